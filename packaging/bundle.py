"""What a bundle of OIMG is made of, on every system: the PyInstaller specs of Linux, Windows and macOS ask here.

A bundle has two programs over one folder of libraries: `oimg` for terminals, which is its own codec child too, and
`oimg-gui` for the window. Python's and Qt's parts that OIMG has no use for stay out, above all what could open a
network connection.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]

# The files that a bundle has no use for, of OIMG and of all libraries.
_NO_DATA: Final = re.compile(r".*(\.(pyi?|pyc|po|c|h|so|pyd|f2py_f2cmap)|/py\.typed)$|.*/(tests|__pycache__)/")
IDENTIFIER: Final = "io.github.oimg.oimg"
"""The name of the program among all others: AppStream, Flatpak, macOS."""


@dataclass(frozen=True, slots=True)
class Program:
    """An executable, and the script that it runs."""

    name: str
    script: str
    console: bool


PROGRAMS: Final = (
    Program("oimg", str(ROOT / "packaging" / "programs" / "command_line.py"), console=True),
    Program("oimg-gui", str(ROOT / "packaging" / "programs" / "window.py"), console=False),
)

# The modules of Qt that the window is made of.
QT_MODULES: Final = ("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtDBus")
# Imported by C code or by cffi, where no analysis sees it.
_HIDDEN: Final = ("_cffi_backend", "_brotli", "_pillow_heif")
# Never called, but imported somewhere in a branch that OIMG does not take. Without them nothing in the bundle needs
# OpenSSL, bzip2 or LZMA; hashlib does without OpenSSL by itself.
_EXCLUDED: Final = (
    *("ssl", "_ssl", "_hashlib", "http", "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "nntplib", "xmlrpc"),
    *("asyncio", "socketserver", "multiprocessing", "concurrent.futures.process", "urllib.request", "webbrowser"),
    *("bz2", "_bz2", "lzma", "_lzma", "readline", "curses", "dbm", "_uuid"),
    *("tkinter", "_tkinter", "turtle", "idlelib", "unittest", "doctest", "pydoc", "pydoc_data", "lib2to3", "test"),
    *("setuptools", "pkg_resources", "distutils", "pip", "ensurepip", "venv", "PyInstaller", "pytest", "hypothesis"),
    *("PIL.ImageTk", "PIL._imagingtk", "PIL.ImageQt", "PIL.ImageShow", "PIL.ImageGrab", "PIL.SpiderImagePlugin"),
    *(
        "numpy.testing",
        "numpy.f2py",
        "numpy.random",
        "numpy._core._multiarray_tests",
        "matplotlib",
        "IPython",
        "olefile",
        "defusedxml",
        "cffi",
    ),
    *("PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtOpenGL", "PySide6.QtSql", "PySide6.QtTest"),
)
# Folders below Qt's "plugins" that are taken, each with the plugins that are (all where there is none named).
_PLUGINS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "linux": {
        "platforms": ("qxcb", "qwayland", "qoffscreen"),
        "platformthemes": ("qxdgdesktopportal",),
        "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
        "xcbglintegrations": (),
        "wayland-shell-integration": ("xdg-shell",),
        "wayland-decoration-client": (),
        "wayland-graphics-integration-client": ("qt-plugin-wayland-egl",),
    },
    "win32": {"platforms": ("qwindows", "qoffscreen"), "styles": ()},
    "darwin": {"platforms": ("qcocoa", "qoffscreen"), "styles": ()},
}
# Libraries of Qt that the above load.
_QT_LIBRARIES: Final[dict[str, str]] = {
    "linux": r"lib(Qt6(Core|Gui|Widgets|Svg|DBus|XcbQpa|OpenGL|WaylandClient|WlShellIntegration)|icu\w+)\.so[.\d]*",
    "win32": r"Qt6(Core|Gui|Widgets|Svg|DBus)\.dll|.*(msvcp|vcruntime|concrt).*\.dll",
    "darwin": r"Qt(Core|Gui|Widgets|Svg|DBus)",
}
# What a Linux bundle brings itself: what lies in a folder of its own, extension modules, Python, and libraries of
# wheels, which have a digest in their names. All else, such as X11 and fontconfig, is the system's and named as a
# dependency: a copy would be older than what it has to work with.
_OWN_ON_LINUX: Final = re.compile(r".*/|libpython3|.*\.(cpython-|abi3)|lib.+-[0-9a-f]{8}[-.]")


def source() -> Path:
    """Find the folder that the package oimg is imported from: with its compiled kernel, where it was installed."""
    found = find_spec("oimg")
    if found is None or found.origin is None:
        raise LookupError("oimg is not installed")
    return Path(found.origin).parents[1]


def version() -> str:
    """Read the version of OIMG without importing it."""
    path = ROOT / "src/oimg/__init__.py"
    found = re.search(r'^__version__ = "([^"]+)"$', path.read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise LookupError(path)
    return found[1]


def distributions() -> list[str]:
    """Name the libraries that are in the bundle, as pip names them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted({re.split(r"[<>=!~;\[ ]", line)[0] for line in project["dependencies"]})


def data_files() -> list[tuple[str, str]]:
    """List OIMG's own files that are no code, each with its folder in the bundle: icons, translations, priors."""
    found = (path.relative_to(source()) for path in sorted((source() / "oimg").rglob("*")) if path.is_file())
    return [(str(source() / path), str(path.parent)) for path in found if not _NO_DATA.match(path.as_posix())]


def qt_translations() -> list[tuple[str, str]]:
    """List what Qt calls its own buttons in the languages that OIMG speaks."""
    package = find_spec("PySide6")
    if package is None or package.origin is None:
        raise LookupError("PySide6 is not installed")
    above = Path(package.origin).parents[1]
    found = sorted((above / "PySide6").rglob("translations/qtbase_*.qm"))
    return [(str(path), str(path.parent.relative_to(above))) for path in found if path.name in _qt_translations()]


@cache
def _qt_translations() -> frozenset[str]:
    return frozenset(f"qtbase_{path.parts[-3]}.qm" for path in (source() / "oimg/locale").rglob("*.mo"))


def metadata_files() -> list[tuple[str, str]]:
    """List the files by which the program tells versions of its libraries."""
    from importlib.metadata import PackageNotFoundError, files

    found = []
    for name in distributions():
        try:
            listed = files(name) or []
        except PackageNotFoundError:  # not for every Python (pyproject.toml)
            continue
        metadata = [each for each in listed if each.name == "METADATA" and each.parent.suffix == ".dist-info"]
        found += [(str(each.locate()), each.parent.name) for each in metadata]
    return found


def modules() -> list[str]:
    """List every module of OIMG: some are imported by name, and a bundle must not miss one."""
    paths = sorted((source() / "oimg").rglob("*.py"))
    names = {".".join(path.relative_to(source()).with_suffix("").parts).removesuffix(".__init__") for path in paths}
    return sorted({*names, "oimg.engine.metrics._kernel"} - {"oimg.__main__"})


def analysis() -> dict[str, Any]:
    """Give the arguments of PyInstaller's Analysis."""
    return {
        "scripts": [program.script for program in PROGRAMS],
        "pathex": [str(source())],
        "hiddenimports": [*modules(), *_HIDDEN],
        "datas": [*data_files(), *qt_translations(), *metadata_files()],
        "excludes": list(_EXCLUDED),
        "noarchive": False,
        "optimize": 0,
    }


def is_kept(name: str, platform: str = sys.platform) -> bool:
    """Tell whether a file that the analysis collected, named as in the bundle, belongs there."""
    name = name.replace("\\", "/")
    if name.startswith(("PySide6/", "shiboken6/")):
        return _is_kept_of_qt(name, platform)
    if ".dist-info/" in name:
        return name.endswith("/METADATA")
    if re.search(r"\.(so(\.\d+)*|pyd|dll|dylib)$", name) is None:
        return _NO_DATA.match(name) is None
    return platform != "linux" or _OWN_ON_LINUX.match(name) is not None


def _is_kept_of_qt(name: str, platform: str) -> bool:
    parts = name.split("/")
    if framework := re.search(r"/(Qt\w+)\.framework/", name):  # macOS; as a whole, or it cannot be signed
        return re.fullmatch(_QT_LIBRARIES["darwin"], framework[1]) is not None
    stem = re.sub(r"^lib|\.(so|dll|dylib).*$", "", parts[-1])
    if "plugins" in parts:
        folder = parts[parts.index("plugins") + 1]
        wanted = _PLUGINS[platform].get(folder)
        return wanted is not None and (not wanted or stem in wanted)
    if "translations" in parts:
        return parts[-1] in _qt_translations()
    if stem.split(".")[0] in {*QT_MODULES, "__init__", "_config", "_git_pyside_version"} or parts[0] == "shiboken6":
        return not name.endswith(".pyi")
    if stem.startswith(("pyside6", "shiboken6")):
        return "qml" not in stem
    return re.fullmatch(_QT_LIBRARIES[platform], parts[-1]) is not None
