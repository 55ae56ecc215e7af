"""The RPM has the tree of the Debian package; it is installed into a folder, started there and erased again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import oimg
from packaging_help import need, run

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(1800)]
# Only Debian's: its own changelog, its checker, and its folder for completions of zsh.
OTHERWISE = ("usr/share/lintian", "usr/share/doc/oimg/changelog.gz", "usr/share/zsh")


@pytest.fixture(scope="module")
def rpm(packages: Path) -> Path:
    need("rpm", "rpmbuild")
    (found,) = packages.glob("oimg-*.rpm")
    return found


def test_it_has_the_files_of_the_debian_package(rpm: Path, tree: Path) -> None:
    wanted = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_symlink() or path.is_file()}
    listed = {name.removeprefix("/") for name in run("rpm", "-qpl", rpm).splitlines()}
    assert {name for name in wanted - listed if not name.startswith(OTHERWISE)} == set()
    assert "usr/share/zsh/site-functions/_oimg" in listed
    assert run("rpm", "-qp", "--qf", "%{version}", rpm) == oimg.__version__


def test_it_asks_for_system_libraries_and_offers_none(rpm: Path) -> None:
    asked = run("rpm", "-qp", "--requires", rpm)
    assert "libxcb.so.1()(64bit)" in asked
    assert not [name for name in ("libQt6", "libicu", "libpython", "libx265", "libssl") if name in asked]
    assert "libQt6" not in run("rpm", "-qp", "--provides", rpm)
    assert run("rpm", "-qp", "--scripts", rpm) == ""


def test_it_starts_where_it_was_installed_and_leaves_nothing(rpm: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can install into a folder")
    root = tmp_path / "root"
    root.mkdir()
    run("rpm", "--root", root, "--initdb")
    before = {path for path in root.rglob("*") if path.is_file()}
    run("rpm", "--root", root, "-i", "--nodeps", rpm)
    assert run(root / "usr/bin/oimg", "--version") == f"oimg {oimg.__version__}\n"
    assert "a compiled kernel" in run(root / "usr/bin/oimg", "doctor")
    run("rpm", "--root", root, "-e", "oimg")
    left = {path for path in root.rglob("*") if path.is_file() and "var/lib/rpm" not in path.as_posix()}
    assert {path for path in left - before if "usr/lib/sysimage" not in path.as_posix()} == set()
