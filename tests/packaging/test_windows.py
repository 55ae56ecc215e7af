"""Windows: what the installer writes, and, where Wine is, what is there after installing and after uninstalling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from oimg.faces.menus import titles
from oimg.words.file_types import SUFFIXES
from oimg.words.i18n import LANGUAGES
from oimg.words.menus import EntryState, Verb
from oimg.work.desktop.menus import Menus
from packaging_help import need, script
from registry_stand_in import StandIn
from windows_installer import Keys, Windows, payload

bundle, entries, installer, icon_files, program_version = (
    script(name) for name in ("bundle", "entries", "installer", "icon_files", "program_version")
)
PER_USER = "users/{user}/AppData/Local/Programs/OIMG"
WINES_OWN = "Software\\Wine"
ALWAYS_THERE = {f"Software\\Microsoft\\Windows\\CurrentVersion\\{name}" for name in ("App Paths", "Uninstall")}
UNINSTALL = "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\OIMG"


def test_every_suffix_gets_both_verbs_and_a_place_under_open_with() -> None:
    written = {**entries.own_keys(), **entries.shared_keys()}
    for suffix in SUFFIXES:
        for name, switch in (("OIMG.Optimize", " --quick"), ("OIMG.Open", "")):
            key = f"Software\\Classes\\SystemFileAssociations\\{suffix}\\shell\\{name}"
            assert written[key]["MultiSelectModel"] == "Player"
            assert written[f"{key}\\command"] == {"": f'"$INSTDIR\\oimg-gui.exe"{switch} "%1"'}
        assert written[f"Software\\Classes\\{suffix}\\OpenWithProgids"] == {"OIMG.Picture": ""}
    assert written["Software\\Classes\\OIMG.Picture\\shell\\open\\command"] == {"": '"$INSTDIR\\oimg-gui.exe" "%1"'}
    assert set(written["Software\\Classes\\Applications\\oimg-gui.exe\\SupportedTypes"]) == set(SUFFIXES)


@pytest.mark.parametrize("hive", ["user", "system"])
def test_the_program_knows_the_verbs_of_its_installer(hive: str) -> None:
    written = {key: dict(values) for key, values in entries.verbs().items()}
    assert menu_state(written, hive) is EntryState.PACKAGE


def menu_state(keys: Keys, hive: str) -> EntryState:
    """What the program says of its entries where these keys are those of the user, or of all."""
    registry = StandIn(held=keys) if hive == "user" else StandIn(for_all=keys)
    (told,) = Menus(titles(), "", "en", "/bin/sh", "win32", {}, registry).status()
    return told.state


def test_oimg_becomes_the_default_for_nothing() -> None:
    for key, values in {**entries.own_keys(), **entries.shared_keys()}.items():
        of_a_suffix = re.fullmatch(r"Software\\Classes\\\.[a-z]+", key)
        assert of_a_suffix is None, f"{key}: {values}"
        assert "UserChoice" not in key


def test_what_is_written_is_removed() -> None:
    removed = "\n".join(entries.removing())
    for key in entries.own_keys():
        assert any(f"DeleteRegKey SHCTX '{above}'" in removed for above in parents(key)), key
    for key in entries.shared_keys():
        assert f"DeleteRegValue SHCTX '{key}' 'OIMG.Picture'" in removed
    for key in re.findall(r"DeleteRegKey SHCTX '(.+)'", removed):
        assert "OIMG" in key or key.endswith(".exe"), f"{key} is not ours as a whole"


def parents(key: str) -> Iterator[str]:
    while key:
        yield key
        key = key.rpartition("\\")[0]


def test_every_text_is_told_in_every_language(tmp_path: Path) -> None:
    (tmp_path / "oimg.exe").touch()
    told = re.findall(r'^LangString (\w+) \$\{(LANG_\w+)\} "(.+)"$', installer.content(tmp_path), re.MULTILINE)
    named = {name.strip("$()") for name in entries.TITLES.values()}
    used = named | set(re.findall(r"\$\((\w+)\)", (Path(installer.HERE) / "oimg.nsi").read_text("utf-8")))
    assert {name for name, _, _ in told} == used | {"PictureTitle"}
    assert len(told) == len({name for name, _, _ in told}) * len(LANGUAGES)
    texts = {(name, language): text for name, language, text in told}
    assert texts["OptimizeTitle", "LANG_GERMAN"] == titles()[Verb.OPTIMIZE]["de"]


def test_only_files_that_were_installed_are_removed(tmp_path: Path) -> None:
    for name in ("oimg.exe", "_internal/a b.dll", "_internal/sub/$c.dll"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    text = installer.content(tmp_path)
    assert re.findall(r'Delete "(.+)"', text) == [
        "$INSTDIR\\_internal\\a b.dll",
        "$INSTDIR\\_internal\\sub\\$$c.dll",
        "$INSTDIR\\oimg.exe",
    ]
    assert re.findall(r'RMDir "(.+)"', text) == ["$INSTDIR\\_internal\\sub", "$INSTDIR\\_internal"]
    assert "RMDir /r" not in text + (Path(installer.HERE) / "oimg.nsi").read_text("utf-8")


def test_the_icon_has_every_size_as_it_was_drawn(tmp_path: Path) -> None:
    icon_files.write_ico(tmp_path / "oimg.ico")
    with Image.open(tmp_path / "oimg.ico") as icon:
        sizes = icon.info["sizes"]
        assert sizes == {(size, size) for size in (16, 24, 32, 48, 64, 128, 256)}
        for size in sizes:
            with Image.open(bundle.ROOT / "assets" / "icons" / f"{size[0]}x{size[0]}" / "oimg.png") as drawn:
                wanted = drawn.convert("RGBA").tobytes()
            assert icon.ico.getimage(size).convert("RGBA").tobytes() == wanted  # type: ignore[attr-defined]


def test_the_programs_say_what_they_are(tmp_path: Path) -> None:
    text = program_version.write(tmp_path / "oimg.txt", "oimg", "1.20.3").read_text("utf-8")
    words = (
        "VSVersionInfo",
        "FixedFileInfo",
        "StringFileInfo",
        "StringTable",
        "StringStruct",
        "VarFileInfo",
        "VarStruct",
    )
    told = eval(text, {word: lambda *given, **named: (given, named) for word in words})  # noqa: S307 - as PyInstaller
    assert told[1]["ffi"][1]["filevers"] == told[1]["ffi"][1]["prodvers"] == (1, 20, 3, 0)
    ((((language, structs), _),),), _ = told[1]["kids"][0]
    assert language == "040904B0"
    assert {given[0]: given[1] for given, _ in structs}.items() >= {
        ("ProductVersion", "1.20.3"),
        ("FileVersion", "1.20.3"),
        ("OriginalFilename", "oimg.exe"),
    }


def test_the_recipe_of_the_bundle_is_python() -> None:
    compile((Path(installer.HERE) / "oimg.spec").read_text("utf-8"), "oimg.spec", "exec")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installer around programs that only write down how they were called."""
    need("makensis")
    folder = tmp_path_factory.mktemp("windows")
    return installer.build(payload(folder / "tree"), folder)


def test_nsis_takes_the_script_without_a_warning(made: Path) -> None:
    assert made.name == f"OIMG-{bundle.version()}-x64-setup.exe"
    assert made.read_bytes().startswith(b"MZ")


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Windows:
    """A Windows that nothing was installed on."""
    need("wine", "wineserver", "wineboot")
    there = Windows(tmp_path_factory.mktemp("wine") / "prefix")
    there.start()
    if not there.drive.is_dir():
        pytest.skip("NOT TESTED: Wine cannot make a Windows here")
    return there


def changed(before: Keys, after: Keys) -> Keys:
    """What is in one state and not so in the other, but for what Wine notes about itself, and two keys of Windows."""
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {key: after.get(key, {}) for key in differing if not key.startswith(WINES_OWN) and key not in ALWAYS_THERE}


@pytest.mark.parametrize(
    ("switches", "hive", "folder"),
    [((), "user", PER_USER), (("/AllUsers",), "system", "Program Files/OIMG")],
    ids=["one user", "all users"],
)
def test_installed_found_and_uninstalled(
    windows: Windows, made: Path, switches: tuple[str, ...], hive: str, folder: str
) -> None:
    windows.run("wine", "reg", "add", "HKCU\\Software\\Classes\\.qoi", "/ve", "/d", "Somebody.Else", "/f")
    before, files = {each: windows.keys(each) for each in ("user", "system")}, windows.files()
    for _ in range(2):  # also over itself
        assert windows.run("wine", made, "/S", *switches) == 0
    (place,) = windows.drive.glob(folder.format(user="*"))
    check_installed(windows, place, changed(before[hive], windows.keys(hive)), hive)
    other = "system" if hive == "user" else "user"
    assert not any("OIMG" in key for key in changed(before[other], windows.keys(other)))
    (place / "notes.txt").write_text("the user's own")
    assert windows.run("wine", place / "uninstall.exe", "/S") == 0
    assert {each: changed(before[each], windows.keys(each)) for each in before} == {"user": {}, "system": {}}
    assert windows.files() - files == {str((place / "notes.txt").relative_to(windows.drive))}
    (place / "notes.txt").unlink()
    place.rmdir()


def check_installed(windows: Windows, place: Path, new: Keys, hive: str) -> None:
    there = "C:\\" + str(place.relative_to(windows.drive)).replace("/", "\\")
    names = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    assert names >= {"oimg.exe", "oimg-gui.exe", "_internal/a b.txt", "_internal/sub/$c é.dll", "uninstall.exe"}
    for key, values in {**entries.own_keys(), **entries.shared_keys()}.items():
        for name, value in values.items():
            if "$(" not in value:
                assert new[key][name] == value.replace("$INSTDIR", there)
    assert new[UNINSTALL]["DisplayVersion"] == bundle.version()
    assert new[UNINSTALL]["InstallLocation"] == there
    menus = [name for name in windows.files() if name.endswith("OIMG.lnk")]
    assert sorted(Path(name).parent.name for name in menus) == (
        ["Programs", "SendTo"] if hive == "user" else ["Programs"]
    )
    wanted = {Verb.OPTIMIZE: "Optimize with OIMG", Verb.OPEN: "Open in OIMG"}
    assert {new[f"Software\\Classes\\Directory\\shell\\OIMG.{verb.name.title()}"]["MUIVerb"] for verb in Verb} == set(
        wanted.values()
    )
    assert menu_state(new, hive) is EntryState.PACKAGE
    start_as_explorer_does(windows, place, new)


def start_as_explorer_does(windows: Windows, place: Path, new: Keys) -> None:
    """Start the command of a verb for a file, with its name in the place of %1."""
    picture = "C:\\My pictures\\a 100% 'b' é.png"
    told = place / "started.txt"
    for verb, switch in ((Verb.OPTIMIZE, " --quick"), (Verb.OPEN, "")):
        key = f"Software\\Classes\\SystemFileAssociations\\.png\\shell\\OIMG.{verb.name.title()}\\command"
        batch = windows.drive / "start.cmd"
        batch.write_text(
            f"@{new[key][''].replace('%1', picture.replace('%', '%%'))}\r\n", encoding="cp437"
        )  # of the console
        assert windows.run("wine", "cmd", "/c", "C:\\start.cmd") == 0
        written = told.read_text("utf-16-le").strip()
        assert written.endswith(f'oimg-gui.exe"{switch} "{picture}"')
        told.unlink()
        batch.unlink()
