"""What is in the Debian package: all that OIMG needs, nothing that could reach a network, and every licence."""

from __future__ import annotations

import fnmatch
import gzip
import re
from pathlib import Path

import pytest

import oimg
from oimg.words.i18n import LANGUAGES
from packaging_help import ROOT, need, run, script

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(1800)]
LIBRARIES = "usr/lib/oimg"
CALLS = ("socket", "connect", "getaddrinfo", "gethostbyname", "gethostbyname_r", "bind", "listen", "sendto", "accept4")
# Who imports such functions, and why that is right: the interpreter has a socket module, which the audit hook and the
# kernel filter hold; Pillow's X11 library would reach a server for screenshots, which OIMG does not take.
MAY_CALL = ("_internal/libpython3*", "_internal/python3*/lib-dynload/_socket.*", "_internal/pillow.libs/libxcb-*")


def elf_files(tree: Path) -> list[Path]:
    found: list[Path] = script("tree").elf_files(tree)
    return found


def test_the_version_is_that_of_the_program(deb: Path, tree: Path) -> None:
    assert run("dpkg-deb", "-f", deb, "Version").strip() == oimg.__version__
    assert f'<release version="{oimg.__version__}"' in next((tree / "usr/share/metainfo").iterdir()).read_text("utf-8")
    with gzip.open(tree / "usr/share/man/man1/oimg.1.gz", "rt", encoding="utf-8") as page:
        assert f"OIMG {oimg.__version__}" in page.read()


def test_all_files_of_the_program_are_there(tree: Path) -> None:
    inside = tree / LIBRARIES / "_internal" / "oimg"
    sources = ROOT / "src" / "oimg"
    wanted = [path for kind in ("*.svg", "*.mo", "*.json", "*.txt") for path in sources.rglob(kind)]
    assert len(wanted) > 60
    assert not [path for path in wanted if not (inside / path.relative_to(sources)).is_file()]
    assert list((inside / "engine" / "metrics").glob("_kernel*.so"))
    spoken = {path.stem.removeprefix("qtbase_") for path in (tree / LIBRARIES).rglob("qtbase_*.qm")}
    assert spoken == set(LANGUAGES) - {"en"}


def test_nothing_of_a_network_is_in_it(tree: Path) -> None:
    names = [path.name.lower() for path in (tree / LIBRARIES).rglob("*")]
    refused = re.compile(r"qt6?network|libssl|libcrypto|_ssl|_hashlib|qt6?(qml|quick|websockets|webengine)|curl|/tls/")
    assert not [name for name in names if refused.search(name)]


def test_no_library_imports_what_reaches_a_network(tree: Path) -> None:
    need("nm")
    files = elf_files(tree)
    assert len(files) > 60
    found = set()
    for line in run("nm", "-A", "-D", "--undefined-only", *files).splitlines():
        path, _, symbol = line.partition(":")
        name = Path(path).relative_to(tree / LIBRARIES).as_posix()
        if symbol.split()[-1].partition("@")[0] in CALLS:
            found.add(name)
    assert {name for name in found if not any(fnmatch.fnmatch(name, each) for each in MAY_CALL)} == set()
    assert found, "Python itself has a socket module: nm saw nothing"


def test_what_a_library_needs_is_inside_or_a_dependency(deb: Path, tree: Path) -> None:
    """By name; tests/packaging/test_bare_debian.py lets the loader say it."""
    need("readelf")
    inside = {path.name for path in (tree / LIBRARIES).rglob("*.so*")}
    wanted = set(re.findall(r"NEEDED.*\[(.+)\]", run("readelf", "-d", *elf_files(tree))))
    assert {"libc.so.6", "libQt6Gui.so.6", "libxcb.so.1"} <= wanted
    relations = run("dpkg-deb", "-f", deb, "Depends")
    for name in wanted - inside:
        assert package_of(name) in relations, name


def package_of(library: str) -> str:
    """The package of Debian 12 that has a library, by the rule for their names; those that have another are few."""
    known = {
        **dict.fromkeys(("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"), "libc6"),
        **dict.fromkeys(("libutil.so.1", "libmvec.so.1", "ld-linux-x86-64.so.2"), "libc6"),
        **dict.fromkeys(("libglib-2.0.so.0", "libgthread-2.0.so.0"), "libglib2.0-0"),
        "libz.so.1": "zlib1g",
        "libgcc_s.so.1": "libgcc-s1",
        "libX11-xcb.so.1": "libx11-xcb1",
    }
    stem, _, number = library.partition(".so.")
    return known.get(library, f"{stem.lower()}{'-' if stem[-1].isdigit() else ''}{number}")


def test_the_c_library_that_it_depends_on_is_new_enough(deb: Path, tree: Path) -> None:
    need("objdump")
    told = re.search(r"libc6 \(>= ([\d.]+)\)", run("dpkg-deb", "-f", deb, "Depends"))
    assert told is not None
    assert script("tree").newest_symbol(elf_files(tree)) <= tuple(map(int, told[1].split(".")))


def test_every_library_has_its_licence(tree: Path) -> None:
    text = (tree / "usr/share/doc/oimg/copyright").read_text("utf-8")
    stanzas = re.split(r"\n\n(?=Files:|License:)", text)
    patterns = {
        pattern: re.search(r"^License: (.+)$", stanza, re.MULTILINE)
        for stanza in stanzas
        if stanza.startswith("Files:") and not stanza.startswith("Files: *")
        for pattern in stanza.splitlines()[0].removeprefix("Files: ").split()
    }
    written = {stanza.splitlines()[0].removeprefix("License: ") for stanza in stanzas if stanza.startswith("License:")}
    ours = f"{LIBRARIES}/_internal/oimg/*"
    for path in elf_files(tree):
        name = path.relative_to(tree).as_posix()
        told = [licence[1] for pattern, licence in patterns.items() if licence and fnmatch.fnmatch(name, pattern)]
        assert told or fnmatch.fnmatch(name, ours), name
        assert {each for licence in told for each in licence.split(" and ")} <= written


def test_files_belong_to_root_and_nothing_can_be_changed_by_others(deb: Path) -> None:
    for line in run("dpkg-deb", "-c", deb).splitlines():
        mode, owner = line.split()[:2]
        assert owner == "root/root", line
        assert mode[0] == "l" or mode[8] == "-", line


def test_the_package_runs_no_script_when_it_is_installed(deb: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "-e", deb, tmp_path / "control")
    assert {path.name for path in (tmp_path / "control").iterdir()} == {"control", "md5sums"}


def test_lintian_finds_no_fault(deb: Path) -> None:
    need("lintian")
    run("lintian", "--fail-on", "error,warning", "--suppress-tags", "initial-upload-closes-no-bugs", deb)


def test_menus_of_file_managers_are_there(tree: Path) -> None:
    share = tree / "usr/share"
    for name in ("nautilus-python/extensions", "nemo/actions", "kio/servicemenus", "file-manager/actions"):
        assert any((share / name).iterdir()), name
