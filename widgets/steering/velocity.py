"""From what hands do to a speed: shares of the top speed, right, up and in positive."""

import math
from collections.abc import Set
from typing import TypeAlias

from PySide6.QtCore import QPointF, QSizeF, Qt

Velocity: TypeAlias = tuple[float, float, float]
STILL: Velocity = (0.0, 0.0, 0.0)
DEAD_PX = 10.0  # a hand is not still
REACH = 0.45  # of the tile's smaller side: full speed
KEY_SPEED, FAST, SLOW = 0.5, 1.0, 0.15
STEERING_KEYS: dict[Qt.Key, Velocity] = {
    Qt.Key.Key_Left: (-1.0, 0.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0, 0.0),
    Qt.Key.Key_Down: (0.0, -1.0, 0.0),
    Qt.Key.Key_Plus: (0.0, 0.0, 1.0),
    Qt.Key.Key_Equal: (0.0, 0.0, 1.0),
    Qt.Key.Key_Minus: (0.0, 0.0, -1.0),
}


def drag_velocity(begin: QPointF, now: QPointF, size: QSizeF) -> Velocity:
    """The further from where the button went down, the faster; squared, so that small movements are fine ones."""
    offset = now - begin
    length = math.hypot(offset.x(), offset.y())
    reach = max(1.0, REACH * min(size.width(), size.height()) - DEAD_PX)
    if length <= DEAD_PX:
        return STILL
    speed = min(1.0, (length - DEAD_PX) / reach) ** 2
    return (speed * offset.x() / length, -speed * offset.y() / length, 0.0)


def key_velocity(keys: Set[Qt.Key], modifiers: Qt.KeyboardModifier) -> Velocity:
    """Of the keys that are held down: Shift is fast, Ctrl slow."""
    speed = (
        FAST if modifiers & Qt.KeyboardModifier.ShiftModifier else SLOW if modifiers & Qt.KeyboardModifier.ControlModifier else KEY_SPEED
    )
    total = [sum(STEERING_KEYS[key][axis] for key in keys) for axis in range(3)]
    pan, tilt, zoom = (max(-1.0, min(1.0, each)) * speed for each in total)
    return (pan, tilt, zoom)
