"""Key files say the same to every file manager, by the rules that each of them has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from key_file_reading import Groups, desktop_words, field_codes, listed, parse
from menu_entries import NAMES, PROGRAMS, made
from oimg.engine.codecs import CODECS
from oimg.words.file_types import ALL_MEDIA_TYPES, MEDIA_TYPES
from oimg.work.desktop import key_files
from oimg.work.desktop.entry import Entry
from oimg.work.desktop.picture_types import OTHER_PICTURES

# Of shared-mime-info alone: desktops add types of their own to those of the system.
TYPES_OF_THE_SYSTEM = Path("/usr/share/mime/packages/freedesktop.org.xml")


def first_group(write: Callable[[Entry], str], group: str, entry: Entry) -> dict[str, str]:
    return parse(write(entry))[group]


def service(entry: Entry) -> str:
    return key_files.service_menu((entry,))


NAMED: list[tuple[Callable[[Entry], str], str]] = [
    (key_files.nemo, "Nemo Action"),
    (key_files.send_to, "Desktop Entry"),
    (key_files.action, "Desktop Entry"),
    (service, "Desktop Action optimize"),
]


@pytest.mark.parametrize(("write", "group"), NAMED)
def test_titles_are_there_in_every_language(write: Callable[[Entry], str], group: str) -> None:
    lines = first_group(write, group, made()[0])
    assert lines["Name"] == "Optimize with OIMG"
    assert lines["Name[de]"] == "Mit OIMG optimieren"
    assert lines["Name[zh_CN]"] == "用 OIMG 优化"


@pytest.mark.parametrize("program", PROGRAMS)
def test_commands_in_quotes_of_desktop_entries_are_what_they_were(program: str) -> None:
    optimize, open_ = made(program)
    targets = [parse(key_files.send_to(each))["Desktop Entry"] for each in (optimize, open_)]
    menu = parse(key_files.service_menu((optimize, open_)))
    actions = [menu[f"Desktop Action {name}"] for name in listed(menu["Desktop Entry"]["Actions"])]
    for lines in (targets, actions):
        found = [field_codes(desktop_words(each["Exec"]), list(NAMES)) for each in lines]
        assert found == [[program, "--quick", *NAMES], [program, *NAMES]]
    assert targets[0]["TryExec"] == program


@pytest.mark.parametrize("program", PROGRAMS)
def test_commands_that_are_split_as_a_shell_does_are_what_they_were(program: str) -> None:
    optimize, open_ = made(program)
    for entry, switches in ((optimize, ["--quick"]), (open_, [])):
        nemo = parse(key_files.nemo(entry))["Nemo Action"]["Exec"]
        action = parse(key_files.action(entry))["X-Action-Profile selected"]["Exec"]
        assert shlex.split(nemo_command(nemo, NAMES)) == [program, *switches, *NAMES]
        assert shlex.split(libfm_command(action, NAMES)) == [program, *switches, *NAMES]


def nemo_command(command: str, paths: Sequence[str]) -> str:
    """Nemo puts paths into double quotes, with quotes and backslashes escaped, and `%` for `%%`."""
    quoted = ['"' + re.sub(r'(["\\])', r"\\\1", path) + '"' for path in paths]
    return re.sub("%[F%]", lambda match: "%" if match[0] == "%%" else " ".join(quoted), command)


def libfm_command(command: str, paths: Sequence[str]) -> str:
    """Both libraries quote paths as g_shell_quote does."""
    quoted = ["'" + path.replace("'", "'\\''") + "'" for path in paths]
    return re.sub("%[F%]", lambda match: "%" if match[0] == "%%" else " ".join(quoted), command)


def test_every_format_that_is_opened_is_offered_and_nothing_else() -> None:
    assert set(MEDIA_TYPES) == set(CODECS)
    wanted = {*ALL_MEDIA_TYPES, "inode/directory"}
    for text, group, key in (
        (key_files.nemo(made()[0]), "Nemo Action", "Mimetypes"),
        (key_files.send_to(made()[0]), "Desktop Entry", "MimeType"),
        (key_files.service_menu(made()), "Desktop Entry", "MimeType"),
    ):
        found = listed(parse(text)[group][key])
        assert len(found) == len(set(found))
        assert set(found) == wanted


def offered(groups: Groups, types: Sequence[str]) -> bool:
    """Match a selection as libfm and libfm-qt do: one type of the list for all, and none that is refused."""
    allowed = False
    for each in listed(groups["X-Action-Profile selected"]["MimeTypes"]):
        kind = each.removeprefix("!")
        hits = [
            kind == "all/all" or (kind.endswith("/*") and one.startswith(kind[:-1])) or kind == one for one in types
        ]
        if each.startswith("!"):
            if any(hits):
                return False
        elif all(hits):
            allowed = True
    return allowed


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["image/png"], True),
        (["image/png", "image/jpeg"], True),
        (["image/png", "inode/directory"], True),
        (["inode/directory"], True),
        (["text/plain"], False),
        (["image/png", "text/plain"], False),
        (["image/png", "application/pdf"], False),
        (["image/svg+xml"], False),
        (["image/png", "image/x-xcf"], False),
        (["video/mp4", "inode/directory"], False),
    ],
)
def test_pcmanfm_is_told_what_to_leave_out(types: list[str], expected: bool) -> None:
    assert offered(parse(key_files.action(made()[0])), types) is expected


def test_pcmanfm_shows_every_format_and_no_other_picture_that_the_system_knows() -> None:
    groups = parse(key_files.action(made()[0]))
    for each in ALL_MEDIA_TYPES:
        assert offered(groups, [each]), each
    assert not {f"image/{name}" for name in OTHER_PICTURES} & set(ALL_MEDIA_TYPES)
    if not TYPES_OF_THE_SYSTEM.exists():
        pytest.skip("NOT TESTED beside the types of the system: shared-mime-info is missing")
    named = re.findall(r'<mime-type type="([^"]+)">', TYPES_OF_THE_SYSTEM.read_text(encoding="utf-8"))
    told = {*ALL_MEDIA_TYPES, *(f"image/{name}" for name in OTHER_PICTURES)}
    assert told & set(named) >= {"image/jpeg", "image/svg+xml"}
    for each in named:
        if each in told or not each.startswith(("inode/", "image/")):  # a later version names more pictures
            assert offered(groups, [each]) is (each in ALL_MEDIA_TYPES), each


def test_what_each_format_needs_to_be_seen() -> None:
    optimize = made()[0]
    nemo = parse(key_files.nemo(optimize))["Nemo Action"]
    assert (nemo["Active"], nemo["Selection"], nemo["Quote"]) == ("true", "notnone", "double")
    assert listed(nemo["Dependencies"]) == ["/usr/bin/oimg-gui"]
    menu = parse(key_files.service_menu(made()))["Desktop Entry"]
    assert (menu["Type"], menu["X-KDE-ServiceTypes"]) == ("Service", "KonqPopupMenu/Plugin")
    assert menu["X-KDE-Protocols"] == "file"
    action = parse(key_files.action(optimize))
    assert action["Desktop Entry"]["Type"] == "Action"
    assert listed(action["Desktop Entry"]["Profiles"]) == ["selected"]
    assert "Tooltip" not in action["Desktop Entry"]  # PCManFM would show it in place of the name
    assert set(action["X-Action-Profile selected"]) == {"MimeTypes", "Exec"}  # PCManFM 1.3.2 crashes at Schemes
    assert parse(key_files.send_to(optimize))["Desktop Entry"]["Type"] == "Application"
