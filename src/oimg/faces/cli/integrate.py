"""`oimg integrate`: entries in the menus of the file managers, for this user."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from oimg.faces import menus
from oimg.faces.cli.screen import stderr
from oimg.faces.messages import LANGUAGE, printable
from oimg.words.menus import EntryState, EntryStatus, IntegrationError
from oimg.work.session import Session


def integrate(action: str, *, as_json: bool) -> int:
    """Do what `oimg integrate ACTION` asks, and print the state of the entries afterwards."""
    with Session() as session:
        entries = session.menus(menus.titles(), menus.ICON, LANGUAGE)
        try:
            statuses = {"install": entries.install, "remove": entries.remove, "status": entries.status}[action]()
        except IntegrationError as error:
            stderr(f"oimg: {menus.impossible(error)}")
            return 1
        except OSError as error:
            stderr(f"oimg: {printable(str(error))}")
            return 1
    for status in statuses:
        print(json.dumps(as_json_object(status)) if as_json else _line(status))
    if action != "status" and not as_json:
        print(f"\n{menus.restart_hint()}")
    return int(action != "status" and _left(statuses))


def _left(statuses: Sequence[EntryStatus]) -> bool:
    """Whether something was left alone that should have been installed or removed."""
    return any(status.state is EntryState.CHANGED for status in statuses)


def _line(status: EntryStatus) -> str:
    remark = menus.remark(status)
    return f"{menus.NAMES[status.manager]:12} {menus.state(status)}{f' ({remark})' if remark else ''}"


def as_json_object(status: EntryStatus) -> dict[str, Any]:
    """Give what scripts read of one file manager."""
    return {
        "file_manager": status.manager.value,
        "state": status.state.value,
        "package": status.package,
        "found": status.found,
        "missing": status.missing or None,
        "files": [str(path) for path in status.files],
    }
