"""The release script, in a clone of this checkout that is thrown away: it refuses, sets the version, builds, tags."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from packaging_help import ROOT, need, run, script
from process_help import unmeasured

release, bundle = script("release"), script("bundle")
CHANGELOG = "# Changelog\n\n## [Unreleased]: 1.2.0\n\n- New\n\n## [1.1.0] - 2025-01-01\n\n- Old\n"
NOBODY = {
    **{f"GIT_{who}_NAME": "Nobody" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "nobody@example.org" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
}


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of what is committed, with today's packaging/ and pyproject.toml."""
    need("git", "tar")
    if not (ROOT / ".git").exists():
        pytest.skip("NOT TESTED: this is no git checkout")
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)
    there = tmp_path / "clone"
    run("git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks", ROOT, there)
    for name in ("packaging", "pyproject.toml", "scripts"):
        run("cp", "-R", ROOT / name, there)
    run("git", "-C", there, "add", "--all")
    run("git", "-C", there, "commit", "--quiet", "--allow-empty", "--message", "As it is here")
    return there


def started(clone: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "scripts" / "release", *map(str, arguments)],
        env=unmeasured({"OIMG_PYTHON": sys.executable, "PYTHONPATH": ""}),
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )


def git(clone: Path, *arguments: str) -> str:
    return run("git", "-C", clone, *arguments).strip()


def test_the_changelogs_section_gets_name_and_date() -> None:
    dated = release.with_section(CHANGELOG, "1.2.0", "2026-01-02")
    assert dated == CHANGELOG.replace("## [Unreleased]: 1.2.0", "## [1.2.0] - 2026-01-02")
    assert release.with_section(dated, "1.2.0", "2027-01-01") == dated
    assert release.notes(dated, "1.2.0") == "- New"
    assert release.notes(dated, "1.1.0") == "- Old"


@pytest.mark.parametrize(
    "changelog", [CHANGELOG.replace("- New\n", ""), CHANGELOG.replace("Unreleased", "1.1.9")], ids=["empty", "missing"]
)
def test_a_release_without_a_word_is_none(changelog: str) -> None:
    with pytest.raises(release.ReleaseError):
        release.with_section(changelog, "1.2.0", "2026-01-02")


def test_the_version_is_set_in_its_one_place() -> None:
    assert release.with_version('"""A."""\n__version__ = "0.1.0"\n', "2.0.0") == '"""A."""\n__version__ = "2.0.0"\n'
    with pytest.raises(release.ReleaseError):
        release.with_version("no version here", "2.0.0")


def test_it_is_written_nowhere_else() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8").partition("[project.scripts]")[0]
    assert 'dynamic = ["version"]' in project
    told = [*(ROOT / "packaging").rglob("*.nsi"), *(ROOT / "packaging" / "templates").iterdir()]
    assert not [path.name for path in told if bundle.version() in path.read_text("utf-8").replace("1.10.0", "")]


@pytest.mark.parametrize("version", ["1.2", "v1.2.3", "1.2.3-rc1", ""])
def test_what_is_no_version_is_refused(clone: Path, version: str) -> None:
    done = started(clone, version)
    assert done.returncode == 1
    assert "no version" in done.stderr
    assert git(clone, "status", "--porcelain") == ""


def test_changes_that_are_not_committed_are_refused(clone: Path) -> None:
    (clone / "README.md").write_text("changed")
    done = started(clone, "9.9.9")
    assert (done.returncode, done.stdout) == (1, "")
    assert "README.md" in done.stderr


def test_a_tag_that_is_there_is_refused(clone: Path) -> None:
    git(clone, "tag", "v9.9.9")
    done = started(clone, "9.9.9")
    assert done.returncode == 1
    assert "v9.9.9" in done.stderr
    assert git(clone, "log", "-1", "--format=%s") == "As it is here"


def test_a_release_is_made_and_twice_the_same(clone: Path, tmp_path: Path) -> None:
    if not all(importlib.util.find_spec(name) for name in ("hatchling", "setuptools")):
        pytest.skip("NOT TESTED: hatchling and setuptools are not installed (pip install --group tests)")
    output, setup = tmp_path / "output", tmp_path / "OIMG-9.9.9-x64-setup.exe"
    setup.write_bytes(b"made on Windows")
    done = started(
        clone, "9.9.9", "--output", output, "--skip", "deb", "--skip", "rpm", "--compare", "--tag", "--windows", setup
    )
    assert done.returncode == 0, done.stderr
    assert "built twice, byte for byte the same" in done.stdout
    assert "not made: oimg.rb" in done.stdout
    assert git(clone, "log", "-1", "--format=%s") == "Release 9.9.9"
    assert git(clone, "tag", "--points-at", "HEAD") == "v9.9.9"
    assert git(clone, "status", "--porcelain", "--untracked-files=no") == ""
    assert 'version__ = "9.9.9"' in (clone / "src" / "oimg" / "__init__.py").read_text("utf-8")
    check_files(output, setup)


def check_files(output: Path, setup: Path) -> None:
    names = {path.name for path in output.iterdir()}
    assert names >= {
        "oimg-9.9.9.tar.gz",
        "oimg-9.9.9-source.tar.gz",
        setup.name,
        "NOTES.md",
        "OIMG.OIMG.installer.yaml",
    }
    assert [name for name in names if name.startswith("oimg-9.9.9-") and name.endswith(".whl")]
    sums = dict(reversed(line.split("  ")) for line in (output / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == names - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((output / name).read_bytes()).hexdigest() == digest
    assert hashlib.sha256(b"made on Windows").hexdigest() in (output / "OIMG.OIMG.installer.yaml").read_text()
    assert "## [" not in (output / "NOTES.md").read_text("utf-8")
    with tarfile.open(output / "oimg-9.9.9-source.tar.gz") as archive:
        assert {name.partition("/")[0] for name in archive.getnames()} == {"oimg-9.9.9"}
        assert "oimg-9.9.9/CHANGELOG.md" in archive.getnames()
