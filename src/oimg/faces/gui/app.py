"""The entry point of `oimg-gui`: says that the window is not here yet."""

from __future__ import annotations

import sys

from oimg.words import netguard


def main() -> int:
    """Tell that the window comes in a later version; exit code 2, as for any command that cannot be."""
    netguard.arm()
    sys.stderr.write("oimg-gui: the window is not part of this version yet; `oimg optimize` does the work.\n")
    return 2
