"""What a screen is like while a program starts: when its first window was painted, and how long it did not answer."""

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

_EVERY_MS = 5


class ScreenStart(QObject):
    """Main thread, from when the first window was shown.

    Attributes:
        painted_s: on the monotonic clock, when that had been painted; None before. Shown alone, it is an empty frame.
        longest_gap_s: the longest time since then in which the event loop was held up, until `end`.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.painted_s: float | None = None
        self.longest_gap_s = 0.0
        self._last_s = 0.0
        self._pulse = QTimer(self, interval=_EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._pulse.timeout.connect(self._beat)
        window.installEventFilter(self)

    def end(self) -> None:
        self._pulse.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        self.painted_s = self._last_s = time.monotonic()
        self._pulse.start()

    def _beat(self) -> None:
        now_s = time.monotonic()
        self.longest_gap_s = max(self.longest_gap_s, now_s - self._last_s - _EVERY_MS / 1000)
        self._last_s = now_s
