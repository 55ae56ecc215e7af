"""Whether the output that would be written is already there, under the name it would get."""

from __future__ import annotations

import os
from pathlib import Path

from oimg.words.recipe import Conflict
from oimg.words.task import Task
from oimg.work.cache.results import ResultCache
from oimg.work.files.commit import TRIES, same_file
from oimg.work.files.destinations import conflict_free, spared_paths


def existing_output(cache: ResultCache, task: Task, content: bytes, byte_size: int, suffix: str) -> Path | None:
    """The existing file with this content (a digest) that `commit.write_new` would accept as written.

    None where it would write: under a free name, or over a file that may be replaced; always None in place.
    """
    destination = task.destination
    if destination.names:
        return None
    for path in spared_paths(destination, suffix):
        if cache.files.holds(path, content, byte_size):
            return path
    for number in range(1, TRIES):
        path = conflict_free(destination, suffix, number)
        if not os.path.lexists(path):
            return None
        if not same_file(path, task.source.path) and cache.files.holds(path, content, byte_size):
            return path
        if destination.conflict is not Conflict.RENAME:
            return None
    return None
