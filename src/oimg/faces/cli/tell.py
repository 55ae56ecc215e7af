"""`oimg inspect`, `oimg compare`, `oimg doctor`: tell, change nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import oimg.work.inspection  # noqa: F401 - loads NumPy, before Ctrl-C becomes an exception (`commands.listen`)
from oimg.faces import messages
from oimg.faces.cli.columns import padded
from oimg.faces.cli.inspection import as_json as as_json_object
from oimg.faces.cli.inspection import show
from oimg.faces.cli.screen import stderr
from oimg.faces.messages import _, labelled, number, printable, size
from oimg.words.answers import Comparison, Diagnosis
from oimg.words.errors import OimgError
from oimg.words.i18n import N_
from oimg.words.recipe import Recipe
from oimg.work.session import Session

_FOLDERS: Final = {"settings": N_("settings"), "backups": N_("backups"), "cache": N_("cache")}


def inspect(files: list[Path], recipe: Recipe, *, as_json: bool) -> int:
    """Tell what pictures are and reveal; one JSON object a line with `as_json`."""
    failed = 0
    with Session() as session:
        for path in files:
            try:
                inspection = session.inspect(path, recipe)
            except OimgError as error:
                failed = 1
                if as_json:
                    print(json.dumps({"file": str(path), "error": error.code, "detail": error.detail}))
                stderr(f"{printable(str(path))}: {messages.error(error.code, error.detail)}")
                continue
            if as_json:
                print(json.dumps(as_json_object(inspection)))
            else:
                show(inspection, recipe)
    return failed


def compare(one: Path, other: Path, heatmap: Path | None, *, as_json: bool) -> int:
    """Score how two pictures differ."""
    try:
        with Session() as session:
            comparison = session.compare(one, other, heatmap)
    except OimgError as error:
        stderr(f"oimg: {messages.error(error.code, error.detail)}")
        return 1
    if as_json:
        print(json.dumps({"event": "compare", "a": str(one), "b": str(other), **asdict(comparison)}))
        return 0
    _print_comparison(comparison)
    if heatmap is not None:
        print(labelled(_("heat map"), printable(str(heatmap))))
    return 0


def _print_comparison(comparison: Comparison) -> None:
    about = f"  {_('(approximate: the picture is very small)')}" if comparison.approximate else ""
    print(f"{labelled(_('score'), number(comparison.score, 2))}  {_judgement(comparison)}{about}")
    print(labelled(_("worst place"), number(comparison.worst, 1)))
    mean, largest = number(comparison.mean_difference, 2), number(comparison.max_difference)
    print(_("difference: mean {mean}, largest {largest} of 255").format(mean=mean, largest=largest))


def _judgement(comparison: Comparison) -> str:
    if comparison.identical:
        return _("every pixel is equal")
    for floor, words in (
        (90, _("looks the same")),
        (80, _("very good")),
        (70, _("good")),
        (50, _("visible loss")),
    ):
        if comparison.score >= floor:
            return words
    return _("heavy loss")


def doctor(*, as_json: bool, clear_cache: bool = False) -> int:
    """Tell the state of the program on this machine; or only forget which pictures were done."""
    with Session() as session:
        if clear_cache:
            return _clear_cache(session, as_json=as_json)
        diagnosis = session.diagnose()
    if as_json:
        print(json.dumps(asdict(diagnosis), default=str, indent=2))
    else:
        _print_diagnosis(diagnosis)
    return 0


def _clear_cache(session: Session, *, as_json: bool) -> int:
    try:
        freed = session.clear_cache()
    except OSError as error:
        stderr(f"oimg: {labelled(_('the cache cannot be removed'), printable(str(error)))}")
        return 1
    if as_json:
        print(json.dumps({"event": "clear-cache", "freed_bytes": freed}))
    else:
        print(_("OIMG has forgotten which pictures were done; {size} freed.").format(size=size(freed)))
    return 0


def _print_diagnosis(diagnosis: Diagnosis) -> None:
    print(f"OIMG {diagnosis.version}, Python {diagnosis.python}, {diagnosis.platform}")
    print(f"\n{_('Formats:')}")
    for codec in diagnosis.codecs:
        can = _("reads, writes") if codec.writes else _("reads") if codec.reads else _("MISSING")
        print(f"  {codec.format:5} {padded(can, 14)} {codec.library}")
    kernel = (
        _("a compiled kernel") if diagnosis.metric == "native" else _("numpy, slower: the compiled kernel is missing")
    )
    print(f"\n{labelled(_('Visual score computed by'), kernel)}")
    print(f"\n{_('Network guard:')}")
    for layer in diagnosis.guard:
        print(f"  {padded(_('on') if layer.armed else _('OFF'), 4)} {layer.name}: {layer.detail}")
    print(f"\n{_('Folders:')}")
    for name, path in diagnosis.folders:
        held = f" ({size(diagnosis.cache_bytes)})" if name == "cache" and diagnosis.cache_bytes else ""
        print(f"  {labelled(_(_FOLDERS[name]), printable(str(path)))}{held}")
    text = _("Pictures at once: {count}; memory for them: {size}")
    print("\n" + text.format(count=diagnosis.workers, size=size(diagnosis.memory_limit)))
    for note in diagnosis.notes:
        print(labelled(_("Note"), printable(note)))
