"""What all tests share."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# Texts are loaded once, when a test file is: in English, whoever runs the tests.
os.environ["LANGUAGE"] = "en"
# What is made for a whole module, and so before `own_home`, finds no settings of anybody either, and leaves nothing.
_NOBODY = Path(tempfile.mkdtemp(prefix="oimg-tests-"))
for _name in ("CONFIG", "CACHE", "DATA", "STATE"):
    os.environ[f"XDG_{_name}_HOME"] = str(_NOBODY / _name.lower())

# Programs that a shell starts in the background ignore Ctrl-C, and hand that down: here it is always listened to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Another program on the machine must not fail a property.
settings.register_profile("oimg", deadline=None)
settings.load_profile("oimg")


def pytest_unconfigure() -> None:
    """Remove the home of nobody."""
    shutil.rmtree(_NOBODY, ignore_errors=True)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The shared corpus of real pictures: the folder shared/corpus beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED on real pictures: the shared corpus is not at {folder}")
    return folder


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test a home of its own: nobody's settings change a result, no test changes a setting.

    Child processes inherit it. The folder is outside of `tmp_path`, which tests fill and count.
    """
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "runtime"))  # where windows of other tests are not found
    (home / "runtime").mkdir(mode=0o700)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return home
