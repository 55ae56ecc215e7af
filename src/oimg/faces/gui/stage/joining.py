"""Connects the stage with the window: actions, controls in the header, previous and next picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QActionGroup

from oimg.faces.gui.actions import Act
from oimg.faces.gui.queue.rows import Row
from oimg.faces.gui.stage.controls import ViewSwitch, ZoomControl
from oimg.faces.gui.stage.scene import ViewMode

if TYPE_CHECKING:
    from oimg.faces.gui.main_window import MainWindow

VIEWS: Final = {
    Act.VIEW_SPLIT: ViewMode.SPLIT,
    Act.VIEW_SIDE: ViewMode.SIDE,
    Act.VIEW_ORIGINAL: ViewMode.ORIGINAL,
    Act.VIEW_RESULT: ViewMode.RESULT,
    Act.VIEW_DIFFERENCE: ViewMode.DIFFERENCE,
}
SCALES: Final[dict[Act, float | None]] = {
    Act.ZOOM_FIT: None,
    Act.ZOOM_100: 1.0,
    Act.ZOOM_200: 2.0,
    Act.ZOOM_400: 4.0,
}
_STEPS: Final = {Act.ZOOM_IN: 1, Act.ZOOM_OUT: -1}
_NEIGHBORS: Final = {Act.NEXT: 1, Act.PREVIOUS: -1}


def join(window: MainWindow) -> None:
    """Connect all that belongs to the stage."""
    actions, stage = window.actions_, window.stage
    views = QActionGroup(window)
    for act, mode in VIEWS.items():
        views.addAction(actions[act])
        actions[act].triggered.connect(lambda _=False, mode=mode: stage.show_mode(mode))
    show_view(window, ViewMode.SPLIT)
    for act, scale in SCALES.items():
        actions[act].triggered.connect(lambda _=False, scale=scale: stage.canvas.zoom_to(scale))
    for act, steps in _STEPS.items():
        actions[act].triggered.connect(lambda _=False, steps=steps: stage.canvas.zoom_by(steps))
    for act, steps in _NEIGHBORS.items():
        actions[act].triggered.connect(lambda _=False, steps=steps: look_further(window, steps))
    stage.canvas.steps.connect(lambda steps: look_further(window, steps))
    stage.show_ahead(lambda: None if window.running.active else _neighbor(window, 1))
    switch = ViewSwitch([actions[act] for act in VIEWS], window)
    zoom = ZoomControl(
        actions[Act.ZOOM_OUT], actions[Act.ZOOM_IN], [actions[act] for act in (*_STEPS, *SCALES)], window
    )
    window.header.add_to_middle(switch)
    window.header.add_to_middle(zoom)

    def show() -> None:
        some, there = window.model.rowCount() > 0, stage.canvas.image is not None
        for act in (*VIEWS, *_NEIGHBORS):
            actions[act].setEnabled(some)
        for act in (*SCALES, *_STEPS):
            actions[act].setEnabled(there)
        scale = stage.canvas.viewport.scale if stage.canvas.viewport is not None and there else None
        zoom.show_scale(scale)
        for widget in (switch, zoom):
            widget.setVisible(some)

    stage.canvas.moved.connect(show)
    stage.canvas.shown.connect(show)
    window.model.totals_changed.connect(show)
    show()


def show_view(window: MainWindow, view: str) -> None:
    """Take the view of a name, as it is remembered; the split one where there is no such."""
    act = next((act for act, mode in VIEWS.items() if mode == view), Act.VIEW_SPLIT)
    window.actions_[act].setChecked(True)
    window.stage.show_mode(VIEWS[act])


def look_further(window: MainWindow, steps: int) -> None:
    """Look at the next row (1) or the one before (-1), as the list is sorted and filtered."""
    row = _neighbor(window, steps)
    if row is not None:
        window.queue.view.select(row.id)


def _neighbor(window: MainWindow, steps: int) -> Row | None:
    index = window.queue.view.currentIndex()
    return window.queue.proxy.row_at(index.row() + steps) if index.isValid() else None
