"""Steering messages of one console: the newest speed several times a second while it is not zero, and one zero at its end."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from console.bridge import EngineBridge
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.ptz.commands import AdjustLens, PtzCommand, SteerCamera
from widgets.steering.velocity import STILL, Velocity

EVERY_MS = 250  # the engine's deadman is a second
STALE_MS = 1000  # a movement that could not be sent for so long is not made up for
ENDS = ("held", "not_able", "no_onvif")  # reasons that time alone does not take away


Message = Callable[[str, float, float, float], PtzCommand]


def focus_message(camera_id: str, speed: float, _tilt: float, _zoom: float) -> AdjustLens:
    """Focus is steered as the head is, by one speed."""
    return AdjustLens(camera_id, speed)


class Driving(QObject):
    """UI thread. No message is sent while one is on its way, so that a slow connection gets no queue of old ones.

    A movement that begins and ends meanwhile is sent afterwards, unless it has become old: then `late` says so. While a hand holds on,
    a camera or an engine that does not answer is asked until it does; that is said once.

    Signals: refused(WatchroomError); late().
    """

    refused = Signal(object)
    late = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject, message: Message = SteerCamera) -> None:
        super().__init__(parent)
        self._bridge, self._message = bridge, message
        self._camera_id = ""
        self._velocity = self._sent = self._unsent = STILL
        self._unsent_age = QElapsedTimer()
        self._on_way = self._told = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._send)

    @property
    def moving(self) -> bool:
        return self._velocity != STILL

    @property
    def on_way(self) -> bool:
        """A message has been sent and not been answered."""
        return self._on_way

    def drive(self, camera_id: str, velocity: Velocity) -> None:
        if camera_id != self._camera_id:
            self.stop()
            self._camera_id, self._unsent = camera_id, STILL
        if self._velocity == STILL:
            self._told = False  # another hand, or anew
        self._velocity = velocity
        if velocity != STILL:
            self._timer.start()
            self._unsent = velocity
            self._unsent_age.start()
        self._send()

    def stop(self) -> None:
        """At once; what could not be sent is not made up for."""
        self._unsent = STILL
        if self._camera_id and self._velocity != STILL:
            self._velocity = STILL
            self._send()

    def _send(self) -> None:
        if self._on_way:
            return
        wanted = self._velocity if self._velocity != STILL else self._made_up_for()
        if wanted == STILL:
            self._timer.stop()
            if self._sent == STILL:
                return
        self._sent, self._unsent, self._on_way = wanted, STILL, True
        self._bridge.tell(self._message(self._camera_id, *wanted), self._arrived, self._fail, owner=self)

    def _made_up_for(self) -> Velocity:
        """Of the tap that fell between two messages."""
        unsent, self._unsent = self._unsent, STILL
        if unsent != STILL and self._unsent_age.elapsed() > STALE_MS:
            self.late.emit()
            return STILL
        return unsent

    def _arrived(self) -> None:
        self._on_way = self._told = False
        if self._velocity != self._sent or self._unsent != STILL:
            self._send()

    def _fail(self, error: WatchroomError) -> None:
        self._on_way = False
        if not (self.moving and isinstance(error, EnvironmentFault) and error.reason not in ENDS):
            self._end()
        if not self._told:
            self._told = self.moving
            self.refused.emit(error)

    def _end(self) -> None:
        """Nothing goes on by itself: the hand has to begin again."""
        self._velocity = self._sent = self._unsent = STILL
        self._timer.stop()
