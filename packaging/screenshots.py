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
            ("Mountains at dawn.jpg", ((250, 190, 150), (110, 130, 190)), (60, 70, 95)),
            ("Lake.jpg", ((190, 220, 245), (70, 130, 200)), (40, 90, 100)),
            ("Desert.png", ((255, 225, 170), (235, 150, 90)), (150, 90, 50)),
            ("Night.webp", ((40, 50, 90), (10, 12, 30)), (15, 20, 35)),
        ]
    ):
        landscape(sky, earth, np.random.default_rng(seed)).save(folder / name, quality=96)
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


def landscape(sky: tuple[Color, Color], earth: Color, random: np.random.Generator) -> Image.Image:
    """Paint ridges before a sky, paler the farther they are, with the noise that photos have."""
    width, height = 1440, 960
    down = np.linspace(0, 1, height)[:, None, None]
    pixels = np.array(sky[1]) * (1 - down) + np.array(sky[0]) * down
    pixels = np.repeat(pixels, width, axis=1)
    across = np.arange(width)
    for ridge in range(5):
        waves = sum(
            np.sin(across / width * 2 * np.pi * (1.3 + ridge) * 2**octave + random.uniform(0, 7)) / 1.9**octave
            for octave in range(7)
        )
        top = height * (0.42 + 0.12 * ridge) + height / 18 * waves
        share = (ridge + 1) / 5
        color = np.array(sky[0]) * (1 - share) + np.array(earth) * share
        below = np.arange(height)[:, None] > top[None, :]
        pixels[below] = color
    pixels += random.normal(0, 3.5, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


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
