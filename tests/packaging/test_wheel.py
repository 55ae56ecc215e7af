"""The wheel and the source archive: what is in them, and that they work where nothing else of OIMG is."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from oimg.words.i18n import LANGUAGES
from packaging_help import ROOT, run, script
from work_help import photo

bundle = script("bundle")
SOURCE = ROOT / "src" / "oimg"
COMPILER = shutil.which(os.environ.get("CC", "cc")) is not None


def built(sources: Path, output: Path, *kinds: str) -> None:
    """Build as a release does, without a look at a package index."""
    if not all(importlib.util.find_spec(name) for name in ("hatchling", "setuptools")):
        pytest.skip("NOT TESTED: hatchling and setuptools are not installed (pip install --group tests)")
    asked = [part for kind in kinds for part in ("-t", kind)]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *asked, "-d", str(output)],
        cwd=sources,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive of this checkout."""
    folder = tmp_path_factory.mktemp("made")
    built(ROOT, folder, "sdist", "wheel")
    return folder


def wheel_in(folder: Path) -> Path:
    (wheel,) = folder.glob("*.whl")
    return wheel


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_all_that_the_program_needs_and_no_sources_in_c(made: Path) -> None:
    names = names_in(wheel_in(made))
    wanted = {
        str(path.relative_to(SOURCE.parent))
        for pattern in ("*.py", "*.svg", "*.json", "*.mo", "*.txt", "py.typed")
        for path in SOURCE.rglob(pattern)
        if "kernel" not in path.parts or "metrics" not in path.parts
    }
    assert wanted <= names
    assert {f"oimg/locale/{each}/LC_MESSAGES/oimg.mo" for each in LANGUAGES if each != "en"} <= names
    assert not [name for name in names if name.endswith((".c", ".h")) or name.startswith("tests")]
    assert [name for name in names if name.endswith("LICENSE")]


@pytest.mark.skipif(not COMPILER, reason="NOT TESTED: there is no C compiler")
def test_the_wheel_has_the_kernel_for_every_python(made: Path) -> None:
    wheel = wheel_in(made)
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    version, tag = re.fullmatch(r"oimg-(.+?)-(.+)\.whl", wheel.name).groups()  # type: ignore[union-attr]
    assert version == bundle.version()
    assert re.fullmatch(rf"cp311-abi3-({platform}|manylinux_\w+)", tag)
    kernels = [name for name in names_in(wheel) if name.endswith((".so", ".pyd"))]
    assert kernels == ["oimg/engine/metrics/_kernel.abi3.so"]
    with zipfile.ZipFile(wheel) as archive:
        told = archive.read(f"oimg-{version}.dist-info/WHEEL").decode()
    assert "Root-Is-Purelib: false" in told
    assert f"Tag: {tag}" in told


def test_the_source_archive_builds_the_same_wheel(made: Path, tmp_path: Path) -> None:
    (archive,) = made.glob("*.tar.gz")
    run("tar", "-C", tmp_path, "-xzf", archive)
    (sources,) = tmp_path.iterdir()
    assert {"pyproject.toml", "PKG-INFO", "LICENSE", "README.md", "src", "tests"} <= {p.name for p in sources.iterdir()}
    assert not list(sources.rglob("*.so"))
    output = tmp_path / "output"
    built(sources, output, "wheel")
    assert wheel_in(output).name == wheel_in(made).name
    assert names_in(wheel_in(output)) == names_in(wheel_in(made))


@pytest.fixture(scope="module")
def installed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a virtual environment into which the wheel was installed; libraries are those of this one."""
    folder = tmp_path_factory.mktemp("installed") / "a folder é"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    run(*command, "--disable-pip-version-check", wheel_in(made))
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    libraries = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    Path(site, "libraries.pth").write_text("\n".join(libraries), "utf-8")
    return folder / "bin"


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more


def test_the_installed_program_works(installed: Path, tmp_path: Path) -> None:
    env = environment()
    assert run(installed / "oimg", "--version", env=env) == f"oimg {bundle.version()}\n"
    picture = photo(tmp_path / "a.jpg", (96, 64), quality=97)
    run(installed / "oimg", "optimize", tmp_path, "-f", "webp", env=env)
    assert 0 < (tmp_path / "a_optimized.webp").stat().st_size < picture.stat().st_size
    assert ("a compiled kernel" in run(installed / "oimg", "doctor", env=env)) is COMPILER
    german = run(installed / "oimg", "--help", env=environment(LANGUAGE="de"))
    assert german != run(installed / "oimg", "--help", env=env)


def test_the_installed_window_tells_its_version(installed: Path) -> None:
    told = run(installed / "oimg-gui", "--version", env=environment(QT_QPA_PLATFORM="offscreen"))
    assert told == f"oimg {bundle.version()}\n"


def test_the_installed_window_opens(installed: Path) -> None:
    code = (
        "import sys; from oimg.faces.gui import display; from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication\n"
        "import oimg; print(oimg.__file__)\n"
        "start = display.Opening.start\n"
        "def begin(self):\n"
        "    start(self)\n"
        "    QTimer.singleShot(200, leave)\n"
        "def leave():\n"
        "    for each in QApplication.topLevelWidgets():\n"
        "        if hasattr(each, 'leave'):\n"
        "            print(each.windowTitle()); each.leave()\n"
        "display.Opening.start = begin\n"
        "sys.exit(display.run([], lambda reason: 3))"
    )
    told = run(
        installed / "python", "-c", f"import oimg.faces.gui; {code}", env=environment(QT_QPA_PLATFORM="offscreen")
    )
    where, title = told.splitlines()
    assert Path(where).is_relative_to(installed.parent)
    assert title == "OIMG"
