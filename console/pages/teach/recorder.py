"""Records one take: counts down, tells the engine to begin, and follows it to its end."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.people.commands import RecordTake
from engine.model.people.view import TakeState, TakeView
from engine.model.snapshot import Snapshot

COUNT = 3
TAKE_S = 2.5  # rest at both ends is cut away by the engine


class TakeRecorder(QObject):
    """UI thread; one take at a time.

    Signals:
        counted(text, share): what to show large (empty: nothing), and the share of the take that is recorded (below 0: none is).
        ended(TakeView): ready or failed. refused(WatchroomError): it could not be begun.
    """

    counted = Signal(str, float)
    ended = Signal(object)
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None, count_ms: int = 1000) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._camera_id, self._take_id = "", ""
        self._left = 0
        self._asked = False
        self.for_test = False
        self._timer = QTimer(self)
        self._timer.setInterval(count_ms)
        self._timer.timeout.connect(self._count)

    @property
    def busy(self) -> bool:
        return self._timer.isActive() or self._asked or bool(self._take_id)

    def start(self, camera_id: str, for_test: bool = False) -> None:
        """Does nothing while one is recorded."""
        if self.busy:
            return
        self._camera_id, self.for_test, self._left = camera_id, for_test, COUNT
        self.counted.emit(str(COUNT), -1.0)
        self._timer.start()

    def cancel(self) -> None:
        """While counting down; what is being recorded is recorded to its end."""
        if self._timer.isActive():
            self._timer.stop()
            self.counted.emit("", -1.0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if not self._take_id:
            return
        take = next((take for take in snapshot.people.takes if take.id == self._take_id), None)
        if take is not None and take.state is TakeState.RECORDING:
            self.counted.emit("", min(1.0, take.lasts_s / TAKE_S))
        elif take is not None:
            self._end_take(take)

    def _count(self) -> None:
        self._left -= 1
        if self._left:
            self.counted.emit(str(self._left), -1.0)
            return
        self._timer.stop()
        self._asked = True
        self.counted.emit("", 0.0)
        self._bridge.command(RecordTake(self._camera_id, seconds=TAKE_S), self._follow_recording, self._on_recording_error, owner=self)

    def _follow_recording(self, take_id: str) -> None:
        self._asked, self._take_id = False, take_id

    def _on_recording_error(self, error: WatchroomError) -> None:
        self._asked = False
        self.counted.emit("", -1.0)
        self.refused.emit(error)

    def _end_take(self, take: TakeView) -> None:
        self._take_id = ""
        self.counted.emit("", -1.0)
        self.ended.emit(take)
