"""The order in which things come to the disk: what a power cut may take is never the only copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from disk_faults import Disk
from oimg.words.recipe import Originals
from replacements import World, change_of, original, picture, replaced


@pytest.mark.parametrize("originals", Originals)
@pytest.mark.parametrize("suffix", ["", ".webp"])
def test_everything_is_synced_before_the_original_goes(world: World, originals: Originals, suffix: str) -> None:
    path = original(world.pictures / "a.png", picture(1) + b"old")
    batch = world.begin([path], originals)
    change = change_of(batch.tasks[0], picture(1), suffix)
    with Disk().installed() as disk:
        assert replaced(batch, change) is None
    batch.close()
    goes = next(
        at
        for at, (call, where) in enumerate(disk.trace)
        if (call == "renameat2" and Path(where) == path) or (call in ("rename", "replace") and Path(where) == path)
    )
    synced = [Path(where) for call, where in disk.trace[:goes] if call == "fsync"]
    kept = world.trash / "files" if originals is Originals.TRASH else world.folders.backups
    assert any(each.parent == path.parent for each in synced)  # the result
    original_at = next(at for at, each in enumerate(synced) if each.is_relative_to(kept))
    journal_at = next(at for at, each in enumerate(synced) if each.is_relative_to(world.folders.journal))
    assert original_at < journal_at  # the journal promises nothing that is not there
    folder = kept if originals is Originals.TRASH else next(kept.iterdir())
    assert folder in synced[:journal_at]  # and what is there has its name
    written = [Path(where) for call, where in disk.trace[:goes] if call == "write"]
    assert written[-1].is_relative_to(world.folders.journal)
    assert disk.trace[goes - 1][0] in ("fsync", "link") or suffix
    assert path.parent in [Path(where) for call, where in disk.trace[goes:] if call == "fsync"]
