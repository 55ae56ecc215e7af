"""Files for package managers of Windows and macOS, filled as a release does it, and read by a parser of their own."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from oimg.words.file_types import SUFFIXES
from packaging_help import need, run, script

bundle, placeholders, artefacts, application = (
    script(name) for name in ("bundle", "placeholders", "artefacts", "application")
)
EPOCH = 1_800_000_000  # 15 January 2027
# What winget asks for in each manifest (its JSON schemas, version 1.10.0).
REQUIRED = {
    "version": {"PackageIdentifier", "PackageVersion", "DefaultLocale", "ManifestType", "ManifestVersion"},
    "defaultLocale": {
        *("PackageIdentifier", "PackageVersion", "PackageLocale", "Publisher", "PackageName", "License"),
        *("ShortDescription", "ManifestType", "ManifestVersion"),
    },
    "installer": {"PackageIdentifier", "PackageVersion", "Installers", "ManifestType", "ManifestVersion"},
}
ALLOWED = {
    *("Channel", "InstallerLocale", "Platform", "MinimumOSVersion", "InstallerType", "Scope", "InstallModes"),
    *("InstallerSwitches", "UpgradeBehavior", "Commands", "FileExtensions", "ReleaseDate", "ElevationRequirement"),
}
# Reads a cask as Homebrew does, as far as its words go, and tells them.
CASK = """
require "json"
class Told
  def initialize; @told = Hash.new { |all, name| all[name] = [] }; end
  attr_reader :told
  def appdir; "/Applications"; end
  def method_missing(name, *given, **more)
    return @told[name].last[0] if given.empty? && more.empty?
    @told[name] << [*given, *(more.empty? ? [] : [more])]
  end
  def respond_to_missing?(*) = true
end
def cask(name, &block) = (told = Told.new; told.instance_eval(&block); puts JSON.dump({ "cask" => name, **told.told }))
load ARGV[0]
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    (folder / f"oimg-{bundle.version()}-source.tar.gz").write_bytes(b"sources")
    others = {"windows": folder / "OIMG-setup.exe", "macos": folder / "OIMG-macos.zip"}
    for name, path in others.items():
        path.write_bytes(name.encode())
    assert artefacts.fill_templates(bundle.version(), EPOCH, folder, others) == []
    return folder


def read_yaml(path: Path) -> dict[str, Any]:
    need("ruby")
    told: dict[str, Any] = json.loads(
        run("ruby", "-ryaml", "-rjson", "-e", "puts JSON.dump(YAML.load_file(ARGV[0]))", path)
    )
    return told


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("part", ["", ".locale.en-US", ".installer"])
def test_winget_finds_what_it_asks_for(filled: Path, part: str) -> None:
    path = filled / f"OIMG.OIMG{part}.yaml"
    told = read_yaml(path)
    assert set(told) >= REQUIRED[told["ManifestType"]]
    assert told["PackageIdentifier"] == "OIMG.OIMG"
    assert told["PackageVersion"] == bundle.version()
    assert told["ManifestVersion"] == "1.10.0"
    assert f"winget-manifest.{told['ManifestType']}.1.10.0.schema.json" in path.read_text("utf-8").splitlines()[0]


def test_winget_gets_the_installer_for_one_user_and_for_all(filled: Path) -> None:
    told = read_yaml(filled / "OIMG.OIMG.installer.yaml")
    assert set(told) - REQUIRED["installer"] <= ALLOWED
    assert told["InstallerType"] == "nullsoft"
    assert told["ReleaseDate"] == "2027-01-15"
    assert {f".{suffix}" for suffix in told["FileExtensions"]} == set(SUFFIXES)
    assert [each["Scope"] for each in told["Installers"]] == ["user", "machine"]
    for each in told["Installers"]:
        assert each["Architecture"] == "x64"
        assert each["InstallerSha256"] == digest(b"windows")
        assert re.fullmatch(rf"https://\S+/v{bundle.version()}/OIMG-setup\.exe", each["InstallerUrl"])
    assert told["Installers"][1]["InstallerSwitches"] == {"Custom": "/AllUsers"}


def test_winget_gets_texts_of_the_lengths_that_it_takes(filled: Path) -> None:
    told = read_yaml(filled / "OIMG.OIMG.locale.en-US.yaml")
    assert 3 <= len(told["ShortDescription"]) <= 256
    assert 3 <= len(told["Description"]) <= 10_000
    assert len(told["Tags"]) <= 16
    assert all(re.fullmatch(r"\S{1,40}", tag) for tag in told["Tags"])
    assert told["License"] == "GPL-3.0-or-later"


def test_homebrew_reads_the_cask(filled: Path, tmp_path: Path) -> None:
    need("ruby")
    (tmp_path / "read.rb").write_text(CASK)
    run("ruby", "-c", filled / "oimg.rb")
    told = json.loads(run("ruby", tmp_path / "read.rb", filled / "oimg.rb"))
    assert told["cask"] == "oimg"
    assert told["version"] == [[bundle.version()]]
    assert told["sha256"] == [[digest(b"macos")]]
    assert told["app"] == [[f"{application.NAME}.app"]]
    assert told["binary"] == [[f"/Applications/{application.NAME}.app/Contents/MacOS/oimg"]]
    assert {each[0] for each in told["service"]} == {path.name for path in application.write_quick_actions(tmp_path)}
    assert told["url"][0][0].endswith(f"/v{bundle.version()}/OIMG-macos.zip")
    for key in ("name", "desc", "homepage", "zap", "depends_on"):
        assert told[key], key


def test_nothing_is_left_open(filled: Path) -> None:
    for template in placeholders.TEMPLATES.iterdir():
        assert placeholders.asked((filled / template.name).read_text("utf-8")) == frozenset()


def test_what_is_not_there_is_told_and_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "oimg-1.2.3-source.tar.gz").write_bytes(b"sources")
    missing = artefacts.fill_templates("1.2.3", EPOCH, tmp_path, {})
    assert [line.partition(":")[0] for line in missing] == ["OIMG.OIMG.installer.yaml", "oimg.rb"]
    assert not (tmp_path / "oimg.rb").exists()


def test_a_placeholder_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError, match="NOBODY"):
        placeholders.filled("a @NOBODY@ b", {"VERSION": "1"})
    assert placeholders.filled("a@b.c @VERSION@", {"VERSION": "1"}) == "a@b.c 1"
