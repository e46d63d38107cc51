"""Which keys the video wall takes, and what for."""

from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


class WallKey(Enum):
    NUMBER = auto()
    ARROW = auto()
    TURN = auto()
    ACTIVATE = auto()
    RESTORE = auto()
    ZOOM = auto()


_KEYS = {
    **{Qt.Key(Qt.Key.Key_1 + i): WallKey.NUMBER for i in range(9)},
    **dict.fromkeys((Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down), WallKey.ARROW),
    **dict.fromkeys((Qt.Key.Key_PageUp, Qt.Key.Key_PageDown), WallKey.TURN),
    **dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), WallKey.ACTIVATE),
    Qt.Key.Key_Escape: WallKey.RESTORE,
    **dict.fromkeys((Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0), WallKey.ZOOM),
}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)


def wall_key(event: QKeyEvent) -> WallKey | None:
    """None for keys that belong to others: anything with Ctrl, Alt or Meta too."""
    if event.modifiers() not in _PLAIN:
        return None
    return _KEYS.get(Qt.Key(event.key())) if event.key() in _KEYS else None
