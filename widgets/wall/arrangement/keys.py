"""What keys do on a wall: select, turn pages, maximise, zoom, carry cameras, and shape the cells of a free layout."""

from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from widgets.wall.arrangement.arranging import WallArranging
from widgets.wall.arrangement.cells import WallCells
from widgets.wall.arrangement.edits import Edges, move_cell, resized
from widgets.wall.arrangement.grid import ARROWS
from widgets.wall.arrangement.state import WallState
from widgets.wall.wall_hands import WallHands

ZOOM_STEP = 1.25


class WallKey(Enum):
    NUMBER = auto()
    ARROW = auto()
    CARRY = auto()
    RESIZE = auto()
    MOVE = auto()
    TURN = auto()
    ACTIVATE = auto()
    RESTORE = auto()
    ZOOM = auto()


_KEYS = {
    **{Qt.Key(Qt.Key.Key_1 + i): WallKey.NUMBER for i in range(9)},
    **dict.fromkeys(ARROWS, WallKey.ARROW),
    **dict.fromkeys((Qt.Key.Key_PageUp, Qt.Key.Key_PageDown), WallKey.TURN),
    **dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), WallKey.ACTIVATE),
    Qt.Key.Key_Escape: WallKey.RESTORE,
    **dict.fromkeys((Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0), WallKey.ZOOM),
}
_NONE, _KEYPAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_PLAIN = (_NONE, _KEYPAD, _SHIFT)
_WITH_ARROWS = {_SHIFT: WallKey.CARRY, _CTRL: WallKey.RESIZE, _CTRL | _SHIFT: WallKey.MOVE}


def wall_key(event: QKeyEvent) -> WallKey | None:
    """None for keys that belong to others: anything else with Ctrl, Alt or Meta too."""
    key, modifiers = Qt.Key(event.key()), event.modifiers() & ~_KEYPAD
    if key in ARROWS and modifiers in _WITH_ARROWS:
        return _WITH_ARROWS[modifiers]
    return _KEYS.get(key) if event.modifiers() in _PLAIN else None


class Driven(Protocol):
    """The wall, as keys see it."""

    @property
    def cells(self) -> WallCells: ...
    def select_camera(self, camera_id: str) -> None: ...
    def select_nth(self, cell: int) -> None: ...
    def set_page(self, page: int) -> None: ...
    def toggle_maximised(self, camera_id: str) -> None: ...
    def zoom(self, cell: int, factor: float, about: QPointF) -> None: ...
    def show_whole(self, cell: int) -> None: ...


class WallKeyboard:
    """Main thread only."""

    def __init__(self, wall: Driven, state: WallState, arranging: WallArranging, hands: WallHands) -> None:
        self._wall, self._state, self._arranging, self._hands = wall, state, arranging, hands

    def press(self, event: QKeyEvent) -> bool:
        """False for keys that belong to others."""
        key = wall_key(event)
        if key is not None:
            self._apply(key, event.key())
        return key is not None

    def _apply(self, key: WallKey, code: int) -> None:
        state, wall = self._state, self._wall
        if key is WallKey.NUMBER:
            wall.select_nth(code - Qt.Key.Key_1)
        elif key in (WallKey.ARROW, WallKey.CARRY, WallKey.RESIZE, WallKey.MOVE):
            self._apply_arrow(key, *ARROWS[Qt.Key(code)])
        elif key is WallKey.TURN:
            wall.set_page(state.page + (1 if code == Qt.Key.Key_PageDown else -1))
        elif key is WallKey.RESTORE and self._hands.carrying:
            self._hands.cancel()
        elif key is WallKey.RESTORE and state.maximised:
            wall.toggle_maximised(state.maximised)
        elif key is WallKey.ACTIVATE and state.selected:
            wall.toggle_maximised(state.selected)
        elif key is WallKey.ZOOM and state.selected in state.visible_ids():
            self._zoom(0 if state.maximised else state.position(), code)

    def _apply_arrow(self, key: WallKey, across: int, down: int) -> None:
        state, wall = self._state, self._wall
        if not state.selected:
            wall.select_camera(next(iter(state.visible_ids()), ""))
            return
        cell, layout = state.position(), state.layout
        if key is WallKey.ARROW:
            wall.select_nth(state.towards(across, down))
        elif state.maximised:
            return
        elif key is WallKey.CARRY:
            self._arranging.swap_cells(cell, state.beside(across, down))
        elif layout.free and key is WallKey.MOVE:
            self._arranging.edit_layout(move_cell(layout, cell, across, down))
        elif layout.free:
            self._arranging.edit_layout(resized(layout, cell, Edges(right=across != 0, bottom=down != 0), across, down))

    def _zoom(self, cell: int, code: int) -> None:
        if code == Qt.Key.Key_0:
            self._wall.show_whole(cell)
            return
        factor = 1 / ZOOM_STEP if code == Qt.Key.Key_Minus else ZOOM_STEP
        self._wall.zoom(cell, factor, QPointF(self._wall.cells.rect(cell).center()))
