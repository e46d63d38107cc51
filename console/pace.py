"""The newest of what comes often, handed on less often: what is only read by people need not be written thirty times a second."""

from PySide6.QtCore import QObject, QTimer, Signal


class Pace(QObject):
    """UI thread. What comes after a rest is handed on at once; of what comes within `period_ms` after that, the newest at its end.

    Signals: due(value).
    """

    due = Signal(object)

    def __init__(self, period_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[object] = []  # the newest, or nothing
        self._timer = QTimer(self, singleShot=True, interval=period_ms)
        self._timer.timeout.connect(self._end_of_period)

    def put(self, value: object) -> None:
        if self._timer.isActive():
            self._waiting = [value]
        else:
            self._timer.start()
            self.due.emit(value)

    def stop(self) -> None:
        """What waits is not handed on."""
        self._timer.stop()
        self._waiting.clear()

    def _end_of_period(self) -> None:
        if self._waiting:
            self.put(self._waiting.pop())
