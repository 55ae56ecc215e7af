"""Settings and presets: JSON with a schema number in the user's own folders; unreadable files are kept as .bad."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import platformdirs

from oimg.words.i18n import LANGUAGES
from oimg.words.privacy import MetadataPolicy
from oimg.words.recipe import (
    SCHEMA,
    ColorPolicy,
    Fitting,
    Mode,
    Originals,
    Output,
    Recipe,
    RecipeError,
    Resize,
    Target,
    from_dict,
    to_dict,
)
from oimg.work.files.atomic import replace_file

BUILT_IN: Final[Mapping[str, Recipe]] = MappingProxyType(
    {
        "balanced": Recipe(),
        "lossless": Recipe(mode=Mode.LOSSLESS),
        "web": Recipe(format=Target.AUTO, target=75, resize=Resize(fitting=Fitting.LONG_EDGE, amount=2560)),
        "email": Recipe(
            format=Target.JPEG,
            mode=Mode.SIZE,
            max_bytes=500_000,
            resize=Resize(fitting=Fitting.FIT, width=1600, height=1600),
        ),
        "social": Recipe(
            format=Target.JPEG,
            target=85,
            resize=Resize(fitting=Fitting.LONG_EDGE, amount=2048),
            metadata=MetadataPolicy.STRIP,
            color=ColorPolicy.SRGB,
        ),
        "archive": Recipe(format=Target.JXL, mode=Mode.LOSSLESS, metadata=MetadataPolicy.KEEP),
        "smallest": Recipe(format=Target.AUTO, target=60),
    }
)
_HIGHEST: Final = MappingProxyType(
    {"jobs": 512, "memory_limit": 1 << 50, "backup_days": 36_500, "backup_limit": 1 << 60, "cache_limit": 1 << 40}
)
_CHOICES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {"language": ("", *LANGUAGES), "originals": tuple(Originals)}
)
_NAME: Final = re.compile(r"\w[\w .-]{0,62}")


class SettingsError(Exception):
    """A settings or preset file that cannot be used: `reason` is a code, `detail` names the file and the problem."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings for all runs.

    `jobs` and `memory_limit` (bytes): with 0, the program decides. Originals are kept for `backup_days`, the oldest are
    dropped while they have more than `backup_limit` bytes; 0 means no limit. The cache of results has at most
    `cache_limit` bytes; 0 turns it off. `language` is one of `i18n.LANGUAGES`, or empty for that of the system.
    `originals` is where the window puts replaced originals by default.
    """

    preset: str = "balanced"
    jobs: int = 0
    memory_limit: int = 0
    backup_days: int = 30
    backup_limit: int = 20_000_000_000
    cache_limit: int = 64_000_000
    language: str = ""
    originals: str = Originals.BACKUP.value


def highest(name: str) -> int:
    """The highest value of a numeric setting; the lowest is 0."""
    return _HIGHEST[name]


def config_folder() -> Path:
    """Where settings and presets are kept."""
    return platformdirs.user_config_path("oimg", appauthor=False)


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the window remembers from one start to the next: sizes and positions as Qt encodes them, and choices.

    `folds` are the names of the open sections of the options; `folders` the last output folders, one per line.
    """

    geometry: str = ""
    splitter: str = ""
    columns: str = ""
    drawer: str = ""
    view: str = "split"
    theme: str = "system"
    preset: str = "balanced"
    recipe: Recipe = Recipe()
    folds: str = ""
    folders: str = ""


def load(folder: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """Read the settings, with notes: a wrong field gets its default, an unreadable file is set aside as .bad."""
    path = (folder or config_folder()) / "settings.json"
    data, notes = _read(path)
    known = {field.name: type(field.default) for field in fields(Settings)}
    right = {
        name: data[name] for name, kind in known.items() if type(data.get(name)) is kind and _can_be(name, data[name])
    }
    wrong = tuple(f"{path}: {name}" for name in known if name in data and name not in right)
    return replace(Settings(), **right), (*notes, *wrong)


def save(settings: Settings, folder: Path | None = None) -> None:
    """Write the settings, completely or not at all; fields of a later version are preserved. Raises OSError."""
    path = (folder or config_folder()) / "settings.json"
    before, _ = _read(path)
    _write(path, {**before, "schema": SCHEMA, **asdict(settings)})


def language(folder: Path | None = None) -> str:
    """Read the language only: texts are needed before problems with the settings can be reported."""
    with suppress(OSError, ValueError, RecursionError):
        data = json.loads(((folder or config_folder()) / "settings.json").read_text(encoding="utf-8"))
        chosen = data.get("language") if isinstance(data, dict) else None
        return chosen if isinstance(chosen, str) and chosen in LANGUAGES else ""
    return ""


def load_window(folder: Path | None = None) -> WindowState:
    """Read what the window remembers; if it cannot be read, the state of a first start."""
    data, _ = _read((folder or config_folder()) / "window.json")
    if not data:
        return _first_window(folder)
    texts = {
        field.name: data[field.name]
        for field in fields(WindowState)
        if isinstance(field.default, str) and isinstance(data.get(field.name), str)
    }
    recipe = Recipe()
    with suppress(RecipeError):
        recipe = from_dict(data.get("recipe", {}))
    return WindowState(**texts, recipe=recipe)


def save_window(state: WindowState, folder: Path | None = None) -> None:
    """Write what the window remembers, completely or not at all. Raises OSError."""
    texts = {field.name: getattr(state, field.name) for field in fields(state) if field.name != "recipe"}
    _write((folder or config_folder()) / "window.json", {"schema": SCHEMA, **texts, "recipe": to_dict(state.recipe)})


def _read(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the JSON object in a file; an unreadable file is set aside, and gives an empty object and a note."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError, RecursionError) as error:
        return {}, (_set_aside(path, error),)
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return {}, (_set_aside(path, ValueError("unknown schema")),)
    return data, ()


def _can_be(name: str, value: str | int) -> bool:
    if isinstance(value, str):
        return value in _CHOICES.get(name, (value,))
    return 0 <= value <= _HIGHEST[name]


def _first_window(folder: Path | None) -> WindowState:
    """The window's state at a first start: preset and place for originals from the settings."""
    settings, _ = load(folder)
    output = Output(originals=Originals(settings.originals))
    try:
        return WindowState(
            preset=settings.preset, recipe=replace(PresetStore(folder).get(settings.preset), output=output)
        )
    except SettingsError:  # the preset was deleted
        return WindowState(recipe=Recipe(output=output))


def _set_aside(path: Path, error: Exception) -> str:
    with suppress(OSError):
        path.replace(path.with_suffix(".bad"))
    return f"{path}: {error}"


class PresetStore:
    """Named recipes: the built-in ones, and the user's own, each in a file that can be shared."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = (folder or config_folder()) / "presets"

    def names(self) -> tuple[str, ...]:
        """Built-in names first, then the user's, sorted."""
        own = sorted(path.stem for path in self._folder.glob("*.json")) if self._folder.is_dir() else []
        return (*BUILT_IN, *(name for name in own if name not in BUILT_IN))

    def is_built_in(self, name: str) -> bool:
        """Whether a name belongs to the program."""
        return name.lower() in BUILT_IN

    def get(self, name: str) -> Recipe:
        """The recipe of this name. Raises SettingsError, with "unknown-preset" if there is none."""
        if self.is_built_in(name):
            return BUILT_IN[name.lower()]
        return self.read(self._path(name))[1]

    def read(self, path: Path) -> tuple[str, Recipe]:
        """Read a preset file; returns its name and recipe. Raises SettingsError."""
        try:
            data: Any = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise SettingsError("unknown-preset", path.stem) from error
        except (OSError, ValueError, RecursionError) as error:
            raise SettingsError("unreadable-preset", f"{path}: {error}") from error
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise SettingsError("unreadable-preset", f"{path}: unknown schema")
        try:
            return str(data.get("name", path.stem)), from_dict(data.get("recipe", {}))
        except RecipeError as error:
            raise SettingsError("unreadable-preset", f"{path}: {error}") from error

    def save(self, name: str, recipe: Recipe) -> Path:
        """Write a preset, without the recipe's output; returns its path. Raises SettingsError and OSError."""
        if self.is_built_in(name):
            raise SettingsError("built-in-preset", name)
        path = self._path(name)
        write_preset(path, name, recipe)
        return path

    def rename(self, old: str, new: str) -> None:
        """Rename one of the user's presets to a free name. Raises SettingsError and OSError."""
        self.check(old)
        recipe = self.get(old)
        if self._path(new).exists():
            raise SettingsError("preset-exists", new)
        self.save(new, recipe)
        self.delete(old)

    def check(self, name: str) -> None:
        """Raise SettingsError if a preset of the user cannot have this name."""
        if self.is_built_in(name):
            raise SettingsError("built-in-preset", name)
        self._path(name)

    def delete(self, name: str) -> None:
        """Delete one of the user's presets. Raises SettingsError and OSError."""
        if self.is_built_in(name):
            raise SettingsError("built-in-preset", name)
        try:
            self._path(name).unlink()
        except FileNotFoundError as error:
            raise SettingsError("unknown-preset", name) from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise SettingsError("bad-preset-name", name)
        return self._folder / f"{name}.json"


def write_preset(path: Path, name: str, recipe: Recipe) -> None:
    """Write a preset file that `PresetStore.read` accepts, completely or not at all. Raises OSError."""
    data = {"schema": SCHEMA, "name": name, "recipe": to_dict(replace(recipe, output=Recipe().output))}
    _write(path, data)


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode())
