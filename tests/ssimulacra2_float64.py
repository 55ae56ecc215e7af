"""SSIMULACRA2 v2.1 as it is described, in float64, with all 108 weights and no shortcut.

It shares no code and no number with `oimg.engine.metrics`: the tests hold the fast version against it. The
description is that of https://github.com/cloudinary/ssimulacra2 (version 2.1, BSD-3-Clause).
"""

from __future__ import annotations

import numpy as np

# In the published order: channel X, Y, B; scale 1:1 to 1:32; 1-norm, 4-norm; SSIM, artifact, detail loss.
WEIGHTS = np.fromstring(
    """
    0 0.0007376606707406586 0 0 0.0007793481682867309 0
    0 0.0004371155730107379 0 1.1041726426657346 0.00066284834129271 0.00015231632783718752
    0 0.0016406437456599754 0 1.8422455520539298 11.441172603757666 0
    0.0007989109436015163 0.000176816438078653 0 1.8787594979546387 10.94906990605142 0
    0.0007289346991508072 0.9677937080626833 0
    0.00014003424285435884 0.9981766977854967 0.00031949755934435053
    0.0004550992113792063 0 0 0.0013648766163243398 0 0
    0 0 0 7.466890328078848 0 17.445833984131262
    0.0006235601634041466 0 0 6.683678146179332 0.00037724407979611296 1.027889937768264
    225.20515300849274 0 0 19.213238186143016 0.0011401524586618361 0.001237755635509985
    176.39317598450694 0 0 24.43300999870476 0.28520802612117757 0.0004485436923833408
    0 0 0 34.77906344483772 44.835625328877896 0
    0 0 0 0 0 0
    0 0.0008680556573291698 0 0 0 0
    0 0.0005313191874358747 0 0.00016533814161379112 0 0
    0 0 0 0.0004179171803251336 0.0017290828234722833 0
    0.0020827005846636437 0 0 8.826982764996862 23.19243343998926 0
    95.1080498811086 0.9863978034400682 0.9834382792465353
    0.0012286405048278493 171.2667255897307 0.9807858872435379
    0 0 0 0.0005130064588990679 0 0.00010854057858411537
    """,
    sep=" ",
).reshape(3, 6, 2, 3)


def score(original: np.ndarray, candidate: np.ndarray) -> float:
    """Compare sRGB pixels (h, w, 1 to 4), sides of at least 8, uint8."""
    if original.shape[2] % 2 and candidate.shape[2] % 2:
        return _score(_encoded(original, 0.0), _encoded(candidate, 0.0))
    return min(_score(_encoded(original, gray), _encoded(candidate, gray)) for gray in (0.1, 0.9))


def blur_taps() -> np.ndarray:
    """The impulse response of Charalampidis' recursive Gaussian for sigma 1.5, from its own equations.

    A sum of cosines of frequency k * pi / (2 N), k = 1, 3, 5, each cut off at distance N, whose amplitudes
    solve three equations: unit sum, the Gaussian's second moment, and least squared distance to its spectrum.
    """
    sigma = 1.5
    n = round(3.2795 * sigma + 0.2546)
    omega = np.array([1, 3, 5]) * np.pi / (2 * n)
    sign = np.array([1, -1, 1])
    p = sign / np.tan(omega / 2)
    r = sign * p * p / np.sin(omega)
    rho = np.exp(-0.5 * sigma**2 * omega**2) / n
    d13 = p[0] * r[1] - r[0] * p[1]
    d35 = p[1] * r[2] - r[1] * p[2]
    d51 = p[2] * r[0] - r[2] * p[0]
    system = np.array([p, r, [d35 / d13, d51 / d13, 1]])
    target = np.array([1, n * n - sigma**2, d35 / d13 * rho[0] + d51 / d13 * rho[1] + rho[2]])
    amplitude = np.linalg.solve(system, target)
    distance = np.arange(-n + 1, n)
    return (amplitude[:, None] * np.cos(omega[:, None] * distance)).sum(axis=0)


def _encoded(pixels: np.ndarray, gray: float) -> np.ndarray:
    """Gamma-encoded RGB, 0 to 1, with transparency laid over a gray."""
    values = pixels / 255.0
    if pixels.shape[2] % 2 == 0:
        alpha = values[..., -1:]
        values = values[..., :-1] * alpha + gray * (1 - alpha)
    return np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values


def _score(original: np.ndarray, candidate: np.ndarray) -> float:
    light = [_linear(original), _linear(candidate)]
    norms = np.zeros((3, 6, 2, 3))
    for scale in range(6):
        if min(light[0].shape[:2]) < 8:
            break
        if scale:
            light = [_half(image) for image in light]
        first, second = (_positive_xyb(image) for image in light)
        for channel in range(3):
            for index, errors in enumerate(_error_maps(first[channel], second[channel])):
                norms[channel, scale, 0, index] = errors.mean()
                norms[channel, scale, 1, index] = (errors**4).mean() ** 0.25
    error = (WEIGHTS * norms).sum() * 0.9562382616834844
    error = 2.326765642916932 * error - 0.020884521182843837 * error**2 + 6.248496625763138e-05 * error**3
    return float(100 - 10 * error**0.6276336467831387) if error > 0 else 100.0


def _linear(encoded: np.ndarray) -> np.ndarray:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _half(image: np.ndarray) -> np.ndarray:
    height, width, _ = image.shape
    image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return (image[::2, ::2] + image[::2, 1::2] + image[1::2, ::2] + image[1::2, 1::2]) / 4


def _positive_xyb(light: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bias = 0.0037930732552754493
    matrix = np.array(
        [
            [0.30, 1 - 0.078 - 0.30, 0.078],
            [0.23, 1 - 0.078 - 0.23, 0.078],
            [0.24342268924547819, 0.20476744424496821, 1 - 0.24342268924547819 - 0.20476744424496821],
        ]
    )
    cones = np.cbrt(light @ matrix.T + bias) - np.cbrt(bias)
    x = (cones[..., 0] - cones[..., 1]) / 2
    y = (cones[..., 0] + cones[..., 1]) / 2
    return x * 14 + 0.42, y + 0.01, cones[..., 2] - y + 0.55


def _blur(plane: np.ndarray) -> np.ndarray:
    """Blur both ways; outside the plane there are zeros."""
    taps = blur_taps()
    reach = len(taps) // 2
    for axis in (0, 1):
        plane = np.apply_along_axis(lambda line: np.convolve(line, taps)[reach:-reach], axis, plane)
    return plane


def _error_maps(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean1, mean2 = _blur(first), _blur(second)
    variance1 = _blur(first * first) - mean1**2
    variance2 = _blur(second * second) - mean2**2
    covariance = _blur(first * second) - mean1 * mean2
    stabilizer = 0.0009
    ssim = (1 - (mean1 - mean2) ** 2) * (2 * covariance + stabilizer) / (variance1 + variance2 + stabilizer)
    edges = (1 + abs(second - mean2)) / (1 + abs(first - mean1)) - 1
    return np.maximum(1 - ssim, 0), np.maximum(edges, 0), np.maximum(-edges, 0)
