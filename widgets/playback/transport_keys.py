"""J, K, L and their like: the keys of an editing program, for the page that plays recordings."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from widgets.playback.playback import Playback


class TransportKeys(QObject):
    """Takes keys that reach a widget and that none of its children wanted, so that text can still be typed into fields.

    L plays, again faster; J backwards; the other key slows down, then turns round. K pauses; K held with J or L goes single pictures, as
    comma and period do. Space pauses and plays. Keys that repeat while they are held step on, and do not go on doubling the speed.
    """

    def __init__(self, playback: Playback, over: QWidget) -> None:
        """`over`: the page; its keys are taken as long as both live."""
        super().__init__(over)
        self._playback = playback
        self._held = False
        over.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            return plain and self._pressed(event.key(), event.isAutoRepeat())
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease:
            if event.key() == Qt.Key.Key_K and not event.isAutoRepeat():
                self._held = False
        elif event.type() in (QEvent.Type.WindowDeactivate, QEvent.Type.Hide):
            self._held = False
        return False

    def _pressed(self, key: int, repeated: bool) -> bool:
        """True where the key is one of ours."""
        if key == Qt.Key.Key_K:
            self._held = True
            self._playback.pause()
        elif key in (Qt.Key.Key_J, Qt.Key.Key_L):
            self._shuttle(key == Qt.Key.Key_L, repeated)
        elif key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            self._playback.step(1 if key == Qt.Key.Key_Period else -1)
        elif key == Qt.Key.Key_Space and not repeated:
            self._playback.toggle()
        else:
            return False
        return True

    def _shuttle(self, forward: bool, repeated: bool) -> None:
        if self._held:
            self._playback.step(1 if forward else -1)
        elif not repeated:
            self._playback.shuttle(forward)
