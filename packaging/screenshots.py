"""Takes the pictures of the window for README.md: assets/screenshots/NAME-THEME.png.

Drives the real window, drawn in memory, over pictures that it generates; home and results lie in a folder that is
removed. OIMG itself makes the pictures of the window smaller. Arguments are names of languages (en, de, zh_CN); others
than English get a suffix.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "screenshots"
THEMES = ("light", "dark")
SIZE = (1280, 800)
PATIENCE = 900.0


def main() -> int:
    """Take all, each language in a process of its own, for texts are loaded once."""
    if sys.argv[1:2] == ["--language"]:
        take(sys.argv[2])
        return 0
    for language in sys.argv[1:] or ["en"]:
        with tempfile.TemporaryDirectory(prefix="oimg-screenshots-") as home:
            folders = {
                f"XDG_{each}_HOME": str(Path(home, each.lower())) for each in ("CONFIG", "CACHE", "DATA", "STATE")
            }
            environment = {**os.environ, **folders, "HOME": home, "LANGUAGE": language, "QT_SCALE_FACTOR": "1.5"}
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
            subprocess.run([sys.executable, __file__, "--language", language], env=environment, check=True)
            smaller = (sys.executable, "-m", "oimg", "optimize", FOLDER, "--in-place", "--quiet")
            subprocess.run(smaller, env=environment, check=True)
    return 0


def pictures(folder: Path) -> Path:
    """Generate pictures that look like something: landscapes at several hours, a chart, a drawing."""
    folder.mkdir(parents=True)
    for seed, (name, sky, earth) in enumerate(
        [
            ("Mountains at dawn.jpg", ((252, 200, 158), (104, 128, 184)), (34, 42, 62)),
            ("Lake.jpg", ((226, 232, 238), (96, 150, 206)), (28, 62, 66)),
            ("Evening.png", ((255, 222, 172), (206, 140, 104)), (104, 56, 34)),
            ("Night.webp", ((58, 72, 118), (12, 16, 40)), (8, 11, 22)),
        ]
    ):
        landscape(sky, earth, np.random.default_rng(seed), water=name.startswith("Lake")).save(
            folder / name, quality=96
        )
    chart = Image.new("RGB", (1400, 900), "#ffffff")
    draw = ImageDraw.Draw(chart)
    for bar in range(9):
        height = 120 + 70 * bar - 30 * (bar % 3)
        draw.rounded_rectangle((120 + 135 * bar, 800 - height, 210 + 135 * bar, 800), 10, fill="#2e6ade")
    draw.line((90, 802, 1330, 802), fill="#57606c", width=4)
    chart.save(folder / "Chart.png", compress_level=1)
    drawing = Image.new("RGB", (1000, 1000), "#fff7e8")
    draw = ImageDraw.Draw(drawing)
    for ring, color in enumerate(("#be2d2d", "#e5b05c", "#1b7a4b", "#2e6ade", "#57606c")):
        draw.ellipse((120 + 75 * ring, 120 + 75 * ring, 880 - 75 * ring, 880 - 75 * ring), outline=color, width=34)
    drawing.filter(ImageFilter.SMOOTH).save(folder / "Rings.png", compress_level=1)
    return folder


Color = tuple[int, int, int]


def landscape(sky: tuple[Color, Color], earth: Color, random: np.random.Generator, *, water: bool) -> Image.Image:
    """Paint ridges before a low sun, each with mist at its foot, the nearest one wooded, with the noise of photos."""
    width, height = 1440, 960
    down, across = np.mgrid[0:height, 0:width].astype(float)
    near, far = np.array(sky[0], float), np.array(sky[1], float)
    share = np.clip(down / (0.62 * height), 0, 1)[..., None]
    pixels = far * (1 - share) + near * share
    away = np.hypot(across - 0.68 * width, down - 0.30 * height)
    glow = 0.55 * np.exp(-away / 210) + np.clip(34 - away, 0, 2) / 4
    pixels += (255 - pixels) * np.clip(glow, 0, 1)[..., None]
    for ridge in range(6):
        depth = (ridge + 1) / 6
        top = height * (0.36 + 0.095 * ridge) + height * (0.05 + 0.015 * ridge) * _outline(width, ridge, random)
        if ridge == 5:
            top -= _firs(width, random)
        below = down - top[None, :]
        color = near * (1 - depth) ** 1.3 + np.array(earth) * (1 - (1 - depth) ** 1.3)
        mist = (0.55 * (1 - depth) * np.clip(below / 150, 0, 1))[..., None]
        shaded = color * (1 + 0.05 * (_outline(width, 4, random)[None, :, None] - 0.4)) * (1 - mist) + near * mist
        cover = np.clip(below + 0.5, 0, 1)[..., None]
        pixels = pixels * (1 - cover) + shaded * cover
    if water:
        shore = round(0.66 * height)
        mirrored = pixels[shore - 1 : 2 * shore - height - 1 : -1]
        rows = np.arange(height - shore)
        shift = np.round(np.sin(rows * rows / 900 + rows / 3) * (1 + rows / 60)).astype(int)
        moved = np.stack([np.roll(row, by, axis=0) for row, by in zip(mirrored, shift, strict=True)])
        pixels[shore:] = 0.82 * moved + 0.18 * np.array(earth) + 2 * np.sin(rows / 2.3)[:, None, None]
    pixels += random.normal(0, 2.5, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _outline(width: int, detail: int, random: np.random.Generator) -> np.ndarray:
    """Waves of many lengths that never repeat, about -1 to 1."""
    across = np.linspace(0, 1, width)
    waves = [
        np.sin(
            2 * np.pi * (across * (0.9 + 0.35 * detail) * 1.87**octave * random.uniform(0.85, 1.15) + random.random())
        )
        / 1.95**octave
        for octave in range(8)
    ]
    return np.sum(waves, axis=0) / 1.6


def _firs(width: int, random: np.random.Generator) -> np.ndarray:
    """How far trees stand out above a slope, column by column."""
    tops = np.zeros(width)
    for middle in random.integers(0, width, 170):
        tall = random.uniform(18, 74)
        reach = np.abs(np.arange(width) - middle)
        branches = 1 + 0.16 * np.sin(reach * 1.9)
        tops = np.maximum(tops, tall - 5.2 * reach * branches)
    return tops


def take(language: str) -> None:
    """Take the pictures in one language, which the environment names."""
    from oimg.faces.gui.display import application_of
    from oimg.faces.gui.main_window import MainWindow
    from oimg.work.session import Session
    from oimg.work.settings import WindowState

    application = application_of(["oimg"])
    suffix = "" if language == "en" else f"-{language}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="oimg-pictures-") as name, Session() as session:
        made = pictures(Path(name, "made"))
        for theme in THEMES:
            folder = Path(shutil.copytree(made, Path(name, theme, "Holiday")))
            window = MainWindow(WindowState(theme=theme))
            window.resize(*SIZE)
            window.use(session)
            window.show()
            wait = waiting(application.processEvents)

            def shot(subject: str, window: MainWindow = window, theme: str = theme) -> None:
                window.grab().save(str(FOLDER / f"{subject}-{theme}{suffix}.png"))

            wait(0.5)
            shot("home")
            with emitted(window.importing.finished) as done:
                window.add([folder])
                wait(until=done)
            photo = next(row for row in window.model.rows() if row.path.name.startswith("Mountains"))
            with emitted(window.stage.loader.result_made) as done:
                window.queue.view.select(photo.id)
                wait(until=done)
            wait(2)
            shot("window")
            with emitted(window.running.ended) as done:
                window.optimize()
                wait(until=done)
            wait(2)
            shot("results")
            window.leave()
            wait(0.5)


def waiting(process_events: Callable[[], None]) -> Callable[..., None]:
    """Let the window live for some seconds, or until something has happened."""

    def wait(seconds: float = PATIENCE, until: Callable[[], bool] = lambda: False) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            process_events()
            time.sleep(0.01)

    return wait


@contextmanager
def emitted(signal) -> Iterator[Callable[[], bool]]:  # noqa: ANN001 - a signal of Qt
    """Give a function that returns whether a signal was emitted meanwhile."""
    heard: list[object] = []

    def hear(*values: object) -> None:
        heard.append(values)

    signal.connect(hear)
    yield lambda: bool(heard)
    signal.disconnect(hear)


if __name__ == "__main__":
    sys.exit(main())
