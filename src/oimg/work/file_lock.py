"""An exclusive lock on a file: held by one process, and released when that process ends in any way."""

from __future__ import annotations

import os
import sys

if sys.platform != "win32":
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Lock an open file if no other process has; the lock ends with the process. Raises OSError."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

else:
    import msvcrt
    from contextlib import suppress
    from typing import Final

    _FAR: Final = 1 << 40  # a byte that no journal reaches: Windows keeps others from reading what is locked

    def try_lock(descriptor: int) -> bool:
        """Lock an open file if no other process has; the lock ends with the process. Raises OSError."""
        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            return True
        os.lseek(descriptor, place, os.SEEK_SET)
        return False
