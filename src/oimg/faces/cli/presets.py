"""`oimg presets`: the user's named recipes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from oimg.faces import messages
from oimg.faces.cli.recipe_flags import recipe_from
from oimg.faces.cli.screen import stderr
from oimg.faces.messages import _
from oimg.words.recipe import SCHEMA, Recipe, to_dict
from oimg.work.settings import PresetStore, SettingsError, write_preset

BaseRecipe = Callable[[argparse.Namespace], Recipe]


def presets(given: argparse.Namespace, base: BaseRecipe) -> int:
    """Do what `oimg presets ACTION` asks."""
    try:
        _ACTIONS[given.action](PresetStore(), given, base)
    except SettingsError as error:
        stderr(f"oimg: {messages.settings_error(error.reason, error.detail)}")
        return 1
    except BrokenPipeError:
        raise
    except OSError as error:
        stderr(f"oimg: {messages.printable(str(error))}")
        return 1
    return 0


def _list(store: PresetStore, given: argparse.Namespace, base: BaseRecipe) -> None:
    del base
    names = store.names()
    if given.json:
        print(json.dumps([{"name": name, "built_in": store.is_built_in(name)} for name in names]))
        return
    for name in names:
        print(name if store.is_built_in(name) else f"{name}  ({_('yours')})")


def _show(store: PresetStore, given: argparse.Namespace, base: BaseRecipe) -> None:
    del base
    json.dump({"schema": SCHEMA, "name": given.name, "recipe": to_dict(store.get(given.name))}, sys.stdout, indent=2)
    print()


def _save(store: PresetStore, given: argparse.Namespace, base: BaseRecipe) -> None:
    path = store.save(given.name, recipe_from(given, base(given)))
    stderr(f"{_('saved')}: {messages.printable(str(path))}")


def _delete(store: PresetStore, given: argparse.Namespace, base: BaseRecipe) -> None:
    del base
    store.delete(given.name)


def _import(store: PresetStore, given: argparse.Namespace, base: BaseRecipe) -> None:
    del base
    name, recipe = store.read(Path(given.file))
    path = store.save(name, recipe)
    stderr(f"{_('saved')}: {messages.printable(str(path))}")


def _export(store: PresetStore, given: argparse.Namespace, base: BaseRecipe) -> None:
    del base
    write_preset(Path(given.file), given.name, store.get(given.name))


_ACTIONS: Final[dict[str, Callable[[PresetStore, argparse.Namespace, BaseRecipe], None]]] = {
    "list": _list,
    "show": _show,
    "save": _save,
    "delete": _delete,
    "import": _import,
    "export": _export,
}
