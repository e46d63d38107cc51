"""What the timeline shows: asked for once the view has settled, one question at a time, never on the screen's thread."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.history.timeline import MOST_COLUMNS, GetTimeline, Timeline
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.timeline.timeline_rows import slimmed
from widgets.timeline.timeline_window import TimeWindow

_SETTLED_MS = 80
_OFTEN_NS = 2 * SECOND  # while now is in view


@dataclass(frozen=True, slots=True)
class _Wish:
    since_ns: int
    until_ns: int
    columns: int


class TimelineFeed(QObject):
    """UI thread. Signals: changed(Timeline). refused(WatchroomError)."""

    changed = Signal(object)
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wish: _Wish | None = None
        self._asking: _Wish | None = None
        self._shown: _Wish | None = None
        self._asked_ns = 0
        self._stale = False
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._ask_window)

    @property
    def settled(self) -> bool:
        """What is wanted is what is shown."""
        return self._wish is not None and self._wish == self._shown and self._asking is None

    def want(self, window: TimeWindow, columns: int) -> None:
        """That view, once nobody has moved it for a moment."""
        wish = aligned(window, columns)
        if wish != self._wish:
            self._wish = wish
            self._settled.start()

    def renew(self) -> None:
        """The record has changed: ask again for the same."""
        self._stale = True
        self._settled.start()

    def follow(self, now_ns: int) -> None:
        """While now is in view, what happens is added: as often as a column fills, every two seconds at most."""
        wish = self._wish
        if wish is None or not wish.since_ns <= now_ns or wish.until_ns < self._asked_ns:
            return
        pause_ns = max(_OFTEN_NS, (wish.until_ns - wish.since_ns) // wish.columns)
        if now_ns - self._asked_ns >= pause_ns and self._asking is None:
            self._asked_ns = now_ns
            self.renew()

    def _ask_window(self) -> None:
        wish = self._wish
        if wish is None or self._asking is not None or (wish == self._shown and not self._stale):
            return
        self._asking, self._stale = wish, False
        port, question = self._bridge.port, GetTimeline(wish.since_ns, wish.until_ns, wish.columns)
        self._bridge.fetch(lambda: _slim(port.ask(question)), self._take_timeline, self._on_timeline_error, owner=self)

    def _take_timeline(self, timeline: Timeline | None) -> None:
        self._shown, self._asking = self._asking, None
        if timeline is not None:
            self.changed.emit(timeline)
        self._ask_again()

    def _on_timeline_error(self, error: WatchroomError) -> None:
        self._shown, self._asking = self._asking, None
        self.refused.emit(error)
        self._ask_again()

    def _ask_again(self) -> None:
        if self._wish != self._shown or self._stale:
            self._settled.start()


def aligned(window: TimeWindow, columns: int) -> _Wish:
    """Columns that lie on a grid of their own width, so that marks do not shiver while the view is moved."""
    count = max(1, min(columns, MOST_COLUMNS - 1))
    column_ns = max(1, -(-window.length_ns // count))
    first = window.since_ns // column_ns
    last = -(-window.until_ns // column_ns)
    return _Wish(first * column_ns, last * column_ns, min(last - first, MOST_COLUMNS))


def _slim(timeline: Timeline | None) -> Timeline | None:
    """Worker thread."""
    return None if timeline is None else slimmed(timeline)
