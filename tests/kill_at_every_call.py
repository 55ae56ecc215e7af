"""Kills a process at every call by which one scene changes the disk. Run by a test, in a process without threads.

    python kill_at_every_call.py SCENE FOLDER OPTION...     prints how many times a process was killed
"""  # fmt: skip

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from disk_faults import Disk, Moment
from fault_scenes import BY_NAME, Facts, Scene, check_put_right, check_torn, check_undone, fresh_world
from oimg.words.undo import Recovery
from replacements import World


def _originals(world: World, scene: Scene) -> Facts:
    """Give the facts of the originals as the scene first has them."""
    scene.prepare(world)
    return world.facts()


def _killed(world: World, scene: Scene, disk: Disk) -> bool:
    """Let a child do the scene under a fault; tells whether it was killed."""
    act = scene.prepare(world)
    child = os.fork()
    if child == 0:
        with disk.installed():
            act()
        os.kill(os.getpid(), signal.SIGTERM)  # the end of the scene; nothing of the parent's is run
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGTERM)
    return os.WTERMSIG(status) == signal.SIGKILL


def main(name: str, folder: str, options: list[str]) -> int:
    """Kill before and after every call, and within every write; returns how often."""
    scene, root = BY_NAME[name], Path(folder) / "world"
    base = BY_NAME[name.replace("undo-missing", "replace").replace("undo", "replace")]
    before = _originals(fresh_world(root), base)
    kinds = {"exchanges": "no-exchange" not in options, "links": "no-links" not in options}
    act = scene.prepare(fresh_world(root))
    with Disk(**kinds).installed() as whole:
        act()
    blows = [
        (at, moment)
        for at, (call, _) in enumerate(whole.trace, 1)
        for moment in Moment
        if moment is not Moment.HALF or call == "write"
    ]
    for at, moment in blows:
        world = fresh_world(root)
        try:
            assert _killed(world, scene, Disk(at, moment=moment, **kinds))
            check_torn(world, scene, placeholders=not any(kinds.values()))
            world.keeper.recover()
            check_put_right(world, scene)
            assert world.keeper.recover() == Recovery(), "the second start finds something to do"
            check_undone(world, scene, before)
        except BaseException as error:
            error.add_note(f"killed {moment.value} call {at} of {name} {options}: {whole.trace[at - 1]}")
            raise
    return len(blows)


if __name__ == "__main__":
    os.fsync = lambda _: None  # what the kernel has outlives a process; nobody need wait for the disk
    sys.stdout.write(str(main(sys.argv[1], sys.argv[2], sys.argv[3:])))
