"""The packages, built once for all tests and workers; OIMG_PACKAGES names a folder of ready ones instead."""

from __future__ import annotations

import fcntl
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from packaging_help import LINUX, ROOT, need, run
from process_help import unmeasured


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the .deb, and the .rpm where there is rpmbuild."""
    if ready := os.environ.get("OIMG_PACKAGES"):
        return Path(ready)
    if sys.platform != "linux":
        pytest.skip("NOT TESTED: packages of Linux are built on Linux")
    need("dpkg-deb", "strip", "readelf", "tar")
    if find_spec("PyInstaller") is None:
        pytest.skip("NOT TESTED: no PyInstaller (dependency group packaging)")
    if find_spec("oimg.engine.metrics._kernel") is None:
        pytest.skip("NOT TESTED: the metric's C kernel was not compiled, and packages have it")
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    built = shared / "packages"
    with (shared / "packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be building them
        if not (built / "ready").exists():
            build(built)
            (built / "ready").touch()
    return built


def build(folder: Path) -> None:
    environment = unmeasured({"OIMG_PYTHON": sys.executable, "OIMG_XZ": "0", "PYTHONPATH": str(ROOT / "src")})
    run(LINUX / "build.sh", folder, env=environment, seconds=1500)


@pytest.fixture(scope="session")
def deb(packages: Path) -> Path:
    """The Debian package."""
    (found,) = packages.glob("oimg_*.deb")
    return found


@pytest.fixture(scope="session")
def tree(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is in it, unpacked."""
    folder = tmp_path_factory.mktemp("tree")
    run("dpkg-deb", "-x", deb, folder)
    return folder
