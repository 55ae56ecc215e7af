"""The window. Qt is imported in this package and nowhere else."""

from __future__ import annotations

from oimg.faces.gui.lasting import let_constants_last

let_constants_last()
