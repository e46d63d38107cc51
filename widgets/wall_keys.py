"""Which keys the video wall takes, and what for."""

from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from widgets.wall_grid import ARROWS


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
