"""Runs OIMG as Python on macOS would find the system: without what only Linux has. Run by a test, as a process.

    python on_macos.py FOLDER     imports every module, replaces FOLDER's pictures and brings them back

The kernel below stays that of Linux; what macOS itself does differently is not seen here.
"""  # fmt: skip

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

LINUX_ONLY = (
    *("listxattr", "getxattr", "setxattr", "removexattr", "memfd_create", "sched_getaffinity", "sched_setaffinity"),
    *("copy_file_range", "eventfd", "getrandom", "pidfd_open", "pipe2", "posix_fadvise", "posix_fallocate", "splice"),
    *("O_NOATIME", "O_PATH", "O_TMPFILE", "getresuid", "setresuid", "unshare", "setns"),
)
WINDOWS_ONLY = {"oimg.work.desktop.user_registry"}


def main(folder: str) -> int:
    """Do it; whatever goes wrong ends the process."""
    for name in LINUX_ONLY:
        if hasattr(os, name):
            delattr(os, name)
    sys.platform = "darwin"
    import oimg.faces.gui  # before Qt

    names = [each.name for each in pkgutil.walk_packages(oimg.__path__, "oimg.")]
    for name in names:
        if name not in WINDOWS_ONLY and not name.endswith("__main__"):
            importlib.import_module(name)
    from oimg.faces.cli.main import main as command
    from oimg.work import machine

    assert machine.usable_cores() >= 1
    sys.stdout.write(f"{len(names)} modules\n")
    # `main` takes arguments of its own where none are given to it.
    return command(["optimize", folder, "--in-place", "--json"]) or command(["undo", "--json"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
