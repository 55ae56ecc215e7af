"""What bundles of all systems are made of: everything OIMG imports, and nothing of Qt's network."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from packaging_help import ROOT, script

bundle = script("bundle")
SOURCES = ROOT / "src" / "oimg"
PLATFORMS = ("linux", "win32", "darwin")


def imported() -> set[str]:
    """Every module that a line of OIMG imports, wherever the line stands."""
    found = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def test_nothing_that_oimg_imports_is_left_out() -> None:
    names = imported()
    assert {"numpy", "sqlite3", "PySide6.QtWidgets"} <= names
    excluded = set(bundle.analysis()["excludes"])
    beginnings = {name.rsplit(".", depth)[0] for name in names for depth in range(name.count(".") + 1)}
    assert not excluded & beginnings


def test_every_module_and_file_of_oimg_is_taken() -> None:
    modules = set(bundle.analysis()["hiddenimports"])
    for path in SOURCES.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        assert name in modules or name == "oimg.__main__", name
    taken = {Path(folder, Path(path).name).as_posix() for path, folder in bundle.data_files()}
    assert {"oimg/locale/de/LC_MESSAGES/oimg.mo", "oimg/engine/search/priors.json"} <= taken
    assert {f"oimg/faces/gui/icons/{path.name}" for path in SOURCES.rglob("*.svg")} <= taken
    assert not [name for name in taken if name.endswith((".py", ".po", ".c", ".h", ".so", ".pyd"))]


def test_programs_have_their_scripts() -> None:
    assert [(program.name, program.console) for program in bundle.PROGRAMS] == [("oimg", True), ("oimg-gui", False)]
    assert all(Path(program.script).is_file() for program in bundle.PROGRAMS)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Network.so.6",
        "PySide6/Qt6Network.dll",
        "PySide6/Qt/lib/QtNetwork.framework/Versions/A/QtNetwork",
        "PySide6/QtNetwork.abi3.so",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/plugins/networkinformation/qnetworklistmanager.dll",
        "PySide6/Qt/translations/qtbase_xx.qm",
    ],
)
def test_qt_comes_without_its_network(name: str, platform: str) -> None:
    assert not bundle.is_kept(name, platform)


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("PySide6/Qt/lib/libQt6Widgets.so.6", "linux"),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "linux"),
        ("PySide6/Qt/translations/qtbase_de.qm", "linux"),
        ("PySide6\\Qt6Core.dll", "win32"),
        ("PySide6\\plugins\\platforms\\qwindows.dll", "win32"),
        ("numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so", "linux"),
        ("libpython3.11.so.1.0", "linux"),
        ("libscipy_openblas64_-32a4b2a6.so", "linux"),
        ("pillow-13.0.0.dist-info/METADATA", "linux"),
        ("python311.dll", "win32"),
    ],
)
def test_what_is_needed_stays(name: str, platform: str) -> None:
    assert bundle.is_kept(name, platform)


@pytest.mark.parametrize("name", ["libX11.so.6", "libfontconfig.so.1", "libsqlite3.so.0", "libstdc++.so.6"])
def test_linux_has_its_own_system_libraries(name: str) -> None:
    assert not bundle.is_kept(name, "linux")
