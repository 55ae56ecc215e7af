"""Settings and presets: what is wrong falls back alone, what cannot be read is kept, names lead nowhere."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oimg.words.recipe import Mode, Originals, Output, Place, Recipe, Target, to_dict
from oimg.work.settings import (
    BUILT_IN,
    PresetStore,
    Settings,
    SettingsError,
    WindowState,
    config_folder,
    highest,
    load,
    load_window,
    save,
    save_window,
    write_preset,
)
from strategies import recipes

WEB = Recipe(format=Target.WEBP, target=75)
DEEP = "[" * 100_000


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "settings.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def store(tmp_path: Path) -> PresetStore:
    return PresetStore(tmp_path)


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == (Settings(), ())
    assert Settings() == Settings(preset="balanced", jobs=0, memory_limit=0)


def test_reads_what_was_set(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"schema": 1, "preset": "web", "jobs": 3, "memory_limit": 10**9, "later": True}))
    assert load(tmp_path) == (Settings("web", 3, 10**9), ())


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", '{"jobs": 2}', '{"schema": 99, "jobs": 2}', b"\xff\xfe", DEEP, '"schema"']
)
def test_an_unreadable_file_is_kept_aside_and_noted(tmp_path: Path, text: str | bytes) -> None:
    path = write(tmp_path, text)
    before = path.read_bytes()
    found, notes = load(tmp_path)
    assert found == Settings()
    assert [str(path) in note for note in notes] == [True]
    assert not path.exists()
    assert path.with_suffix(".bad").read_bytes() == before
    assert load(tmp_path) == (Settings(), ())  # said once


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jobs", "four"),
        ("jobs", 1.5),
        ("jobs", True),
        ("jobs", -1),
        ("jobs", 513),
        ("jobs", None),
        ("memory_limit", -1),
        ("memory_limit", 1 << 60),
        ("preset", 7),
        ("preset", ["web"]),
        ("language", "klingon"),
        ("originals", "nowhere"),
    ],
)
def test_one_wrong_field_keeps_the_rest(tmp_path: Path, field: str, value: object) -> None:
    right = {"schema": 1, "preset": "web", "jobs": 2, "memory_limit": 5}
    path = write(tmp_path, json.dumps({**right, field: value}))
    found, notes = load(tmp_path)
    assert found == replace(Settings("web", 2, 5), **{field: getattr(Settings(), field)})
    assert len(notes) == 1
    assert field in notes[0]
    assert path.exists()


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    wanted = Settings("web", 3, 10**9, 7, 0, 0, "de", "trash")
    save(wanted, tmp_path / "not there yet")
    assert load(tmp_path / "not there yet") == (wanted, ())
    assert [path.name for path in (tmp_path / "not there yet").iterdir()] == ["settings.json"]


def test_saving_keeps_what_a_later_version_put_there(tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps({"schema": 1, "jobs": 2, "later": {"a": [1]}}))
    save(Settings(jobs=4), tmp_path)
    data = json.loads(path.read_text())
    assert (data["later"], data["jobs"], data["schema"]) == ({"a": [1]}, 4, 1)


def test_saving_over_what_cannot_be_read_keeps_that_aside(tmp_path: Path) -> None:
    path = write(tmp_path, "{ broken")
    save(Settings(jobs=4), tmp_path)
    assert path.with_suffix(".bad").read_text() == "{ broken"
    assert load(tmp_path) == (Settings(jobs=4), ())


def test_a_disk_that_is_full_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(Settings(jobs=4), tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(Settings(jobs=5), tmp_path)
    assert load(tmp_path) == (Settings(jobs=4), ())
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_every_number_has_a_highest_value_that_can_be_saved(tmp_path: Path) -> None:
    numbers = {name: highest(name) for name in ("jobs", "memory_limit", "backup_days", "backup_limit", "cache_limit")}
    save(replace(Settings(), **numbers), tmp_path)
    assert load(tmp_path) == (replace(Settings(), **numbers), ())


def test_a_first_window_begins_with_the_settings(tmp_path: Path) -> None:
    save(Settings("web", originals="trash"), tmp_path)
    output = Output(originals=Originals.TRASH)
    assert load_window(tmp_path) == WindowState(preset="web", recipe=replace(BUILT_IN["web"], output=output))
    save(Settings("gone", originals="trash"), tmp_path)
    assert load_window(tmp_path) == WindowState(recipe=Recipe(output=output))
    save_window(WindowState(preset="email"), tmp_path)
    assert load_window(tmp_path) == WindowState(preset="email")


def test_settings_lie_in_the_users_own_folder(own_home: Path) -> None:
    assert own_home in config_folder().parents


def test_built_in_presets_are_what_the_design_says() -> None:
    assert BUILT_IN["balanced"] == Recipe()
    assert BUILT_IN["lossless"].mode is Mode.LOSSLESS
    assert (BUILT_IN["web"].format, BUILT_IN["web"].target, BUILT_IN["web"].resize.amount) == (Target.AUTO, 75, 2560)
    assert (BUILT_IN["email"].max_bytes, BUILT_IN["email"].resize.width) == (500_000, 1600)
    assert BUILT_IN["archive"].format is Target.JXL
    assert BUILT_IN["smallest"].target == 60


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(recipe=recipes())
def test_a_preset_comes_back_as_it_was_but_for_its_place(tmp_path: Path, recipe: Recipe) -> None:
    presets = store(tmp_path)
    presets.save("mine", recipe)
    assert presets.get("mine") == replace(recipe, output=Output())


def test_saved_presets_are_listed_after_the_built_in_ones(tmp_path: Path) -> None:
    presets = store(tmp_path)
    assert presets.names() == tuple(BUILT_IN)
    for name in ("zoo", "Alps 2024"):
        presets.save(name, WEB)
    assert presets.names() == (*BUILT_IN, "Alps 2024", "zoo")


def test_saving_replaces_and_deleting_removes(tmp_path: Path) -> None:
    presets = store(tmp_path)
    presets.save("mine", Recipe())
    path = presets.save("mine", WEB)
    assert presets.get("mine") == WEB
    assert [each.name for each in path.parent.iterdir()] == ["mine.json"]
    presets.delete("mine")
    with pytest.raises(SettingsError) as caught:
        presets.get("mine")
    assert caught.value.reason == "unknown-preset"
    with pytest.raises(SettingsError) as caught:
        presets.delete("mine")
    assert caught.value.reason == "unknown-preset"


@pytest.mark.parametrize("name", [*BUILT_IN, "Balanced", "WEB"])
def test_built_in_presets_are_protected(tmp_path: Path, name: str) -> None:
    presets = store(tmp_path)
    for change in (lambda: presets.save(name, WEB), lambda: presets.delete(name)):
        with pytest.raises(SettingsError) as caught:
            change()
        assert caught.value.reason == "built-in-preset"
    assert presets.get(name) == BUILT_IN[name.lower()]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../evil",
        "a/b",
        "a\\b",
        "/etc/passwd",
        ".hidden",
        " x",
        "-x",
        "a\0b",
        "a\nb",
        "x" * 64,
        "a:b",
    ],
)
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "evil.json"
    write_preset(outside, "evil", WEB)
    presets = PresetStore(tmp_path / "config")
    for use in (lambda: presets.save(name, WEB), lambda: presets.delete(name), lambda: presets.get(name)):
        with pytest.raises(SettingsError) as caught:
            use()
        assert caught.value.reason == "bad-preset-name"
    assert [each.name for each in tmp_path.iterdir()] == ["evil.json"]


@pytest.mark.parametrize("name", ["été", "网页", "my web 2", "a.b-c_d"])
def test_names_are_words_of_any_language(tmp_path: Path, name: str) -> None:
    presets = PresetStore(tmp_path)
    presets.save(name, WEB)
    assert presets.get(name) == WEB
    assert name in presets.names()


def test_an_exported_preset_can_be_imported(tmp_path: Path) -> None:
    write_preset(tmp_path / "share.json", "mine", replace(WEB, output=Output(place=Place.FOLDER, path="/etc")))
    name, recipe = store(tmp_path).read(tmp_path / "share.json")
    assert (name, recipe) == ("mine", WEB)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"schema": 1, "recipe": {"quality": 0}}', '{"schema": 1, "recipe": []}', '{"schema": 2}', DEEP],
)
def test_a_preset_file_that_cannot_be_used_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shared.json"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        store(tmp_path).read(path)
    assert caught.value.reason == "unreadable-preset"
    assert str(path) in caught.value.detail


def test_a_failing_disk_leaves_the_old_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    presets = store(tmp_path)
    path = presets.save("mine", WEB)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        presets.save("mine", Recipe())
    assert presets.get("mine") == WEB
    assert [each.name for each in path.parent.iterdir()] == ["mine.json"]


@given(st.dictionaries(st.text(max_size=6), st.integers() | st.text(max_size=6), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_recipe_in_a_preset_file_is_taken_or_refused(tmp_path: Path, recipe: dict[str, object]) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps({"schema": 1, "recipe": recipe}))
    try:
        _, found = store(tmp_path).read(path)
    except SettingsError as error:
        reason = error.reason
    else:
        reason = ""
        assert set(to_dict(found)) <= set(recipe)
    assert reason in {"", "unreadable-preset"}
