"""A replay that follows the clock of the page: its picture of then is fetched a few times a second, and never taken for live."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from engine.model.errors import NotFound, WatchroomError
from engine.model.history.replay import (
    FASTEST,
    SLOWEST,
    GetReplay,
    MoveReplay,
    ReplaySession,
    ReplayState,
    ReplayView,
    StartReplay,
    StopReplay,
)
from engine.model.time import MILLISECOND

_LOOK_MS = 150
_OFF_NS = 700 * MILLISECOND  # so far from the page's clock while it runs, the replay is moved there
_OFF_STILL_NS = 60 * MILLISECOND
_GOING = (ReplayState.PREPARING, ReplayState.PLAYING, ReplayState.PAUSED)


class ReplayFollower(QObject):
    """UI thread. One session; its clock is kept near to the page's, by seeking where they part.

    Signals: changed(): another session, another state. pictured(Snapshot): the floor as it was at the moment that is shown.
        ended(): not by this page. refused(WatchroomError).
    """

    changed = Signal()
    pictured = Signal(object)
    ended = Signal()
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.session: ReplaySession | None = None
        self.starting = False
        self._starts = 0
        self._id = ""
        self._asking = self._moving = self._troubled = False
        self._at_ns = 0
        self._playing, self._speed = False, 1.0
        self._told: tuple[bool, float] = (False, 1.0)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._ask_session)

    @property
    def on(self) -> bool:
        return self.starting or bool(self._id)

    def start(self, since_ns: int, until_ns: int) -> None:
        """Of that stretch; a session before it is ended."""
        self.stop()
        self.starting, self._starts = True, self._starts + 1
        number = self._starts
        order = StartReplay(since_ns, until_ns)
        self._bridge.command(order, self._started, lambda error: self._not_started(number, error), number, owner=self)
        self.changed.emit()

    def stop(self) -> None:
        if self._id:
            self._stop_session(self._id)
        self._forget_session()

    def follow(self, at_ns: int, playing: bool, speed: float) -> None:
        """What the page's clock does. Backwards it is shown still, at the moments it comes by."""
        self._at_ns = at_ns
        self._playing, self._speed = playing and speed > 0, min(FASTEST, max(SLOWEST, abs(speed)))
        if self._id:
            self._sync()

    def _started(self, number: int, session_id: str) -> None:
        if not self.starting or number != self._starts:  # given up meanwhile
            self._stop_session(session_id)
            return
        self.starting, self._id = False, session_id
        self._told = (False, 1.0)
        self._timer.start()
        self._ask_session()

    def _ask_session(self) -> None:
        if self._id and not self._asking:
            self._asking, asked = True, self._id
            self._bridge.ask(
                GetReplay(asked, picture=True), self._take_session, lambda error: self._on_replay_error(asked, error), owner=self
            )

    def _take_session(self, view: ReplayView) -> None:
        session = view.session
        if session.id != self._id:
            return
        self._asking = False
        before, self.session = self.session, session
        recovered, self._troubled = self._troubled, False
        if (
            before is None
            or recovered
            or (before.state, before.trouble, before.missing) != (session.state, session.trouble, session.missing)
        ):
            self.changed.emit()
        if view.picture is not None:
            self.pictured.emit(view.picture)
        self._sync()

    def _sync(self) -> None:
        """Tell the engine where to be, where it is not there already; one order at a time."""
        session = self.session
        if session is None or self._moving or session.state is ReplayState.PREPARING:
            return
        wanted_ns = min(max(self._at_ns, session.since_ns), session.until_ns - 1)
        off = abs(session.at_ns - wanted_ns) > (_OFF_NS * max(1.0, self._speed) if self._playing else _OFF_STILL_NS)
        mode = (self._playing, self._speed)
        if not off and mode == self._told:
            return
        self._moving, self._told = True, mode
        moved, order = self._id, MoveReplay(self._id, wanted_ns if off else None, self._playing, self._speed)
        self._bridge.tell(order, self._on_seek, lambda error: self._not_moved(moved, error), moved, owner=self)

    def _on_seek(self, session_id: str) -> None:
        if session_id == self._id:
            self._moving = False
            self._ask_session()

    def _on_replay_error(self, session_id: str, error: WatchroomError) -> None:
        if session_id == self._id:
            self._asking, self._troubled = False, True
            self._show_session_error(error)

    def _not_moved(self, session_id: str, error: WatchroomError) -> None:
        if session_id == self._id:
            self._moving = False
            self._show_session_error(error)

    def _show_session_error(self, error: WatchroomError) -> None:
        if isinstance(error, NotFound):
            self._forget_session()
            self.ended.emit()
        else:
            self.refused.emit(error)

    def _not_started(self, number: int, error: WatchroomError) -> None:
        if self.starting and number == self._starts:
            self._forget_session()
            self.refused.emit(error)

    def _stop_session(self, session_id: str) -> None:
        self._bridge.command(StopReplay(session_id), ignore_answer, ignore_answer)

    def _forget_session(self) -> None:
        self._id, self.session, self.starting = "", None, False
        self._asking = self._moving = False
        self._timer.stop()
        self.changed.emit()
