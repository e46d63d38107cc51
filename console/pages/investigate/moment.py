"""The moment that the Investigate page shows: jumping to another, the next event, a day, the ends of the record."""

from datetime import date, datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.pages.investigate.calendar import CalendarPopup
from console.pages.investigate.cameras import CameraChoice
from console.pages.investigate.zone import PageZone
from console.playback.playback import PlaybackController
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.history.timeline import FindNeighbour, NeighbourKind
from engine.model.time import SECOND, Clock
from widgets.marks.toast import ToastArea
from widgets.time_text import local_time
from widgets.timeline.timeline import TimelineView
from widgets.timeline.timeline_window import DAY_NS, HOUR_NS, MINUTE_NS, window
from widgets.translation import tr

_BACK_NS = MINUTE_NS  # from now, where the page begins


class MomentShown(QObject):
    """UI thread. The clock is the playback's position; the timeline goes with it."""

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        zone: PageZone,
        toasts: ToastArea,
        playback: PlaybackController,
        timeline: TimelineView,
        cameras: CameraChoice,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._zone, self._toasts = bridge, clock, zone, toasts
        self._playback, self._canvas, self._cameras = playback, timeline.canvas, cameras
        self.calendar = CalendarPopup(bridge, zone, parent)
        self.calendar.day_chosen.connect(self.show_day)
        self._canvas.ends_wanted.connect(self.go_to_end)

    def begin(self, now_ns: int) -> None:
        """The last hour, a little before now."""
        self._playback.seek(now_ns - _BACK_NS)
        self._canvas.set_playhead(now_ns - _BACK_NS)
        self._canvas.set_words(tr("Loading the record…"))
        self._show_hour_until(now_ns)

    def jump(self, at_ns: int, camera_id: str = "") -> None:
        """Show a moment: the clock goes there, and the timeline with it."""
        self._cameras.bring(camera_id)
        self._playback.seek(at_ns)
        self._canvas.set_playhead(at_ns)
        if not self._canvas.window_shown().holds(at_ns):
            self._canvas.set_window(self._canvas.window_shown().around(at_ns))

    def go_to_end(self, end: int) -> None:
        if end > 0:
            self._show_hour_until(self._clock.now_ns())
            return
        self._ask_neighbour(FindNeighbour(0, True), tr("The record is empty."))

    def _show_hour_until(self, now_ns: int) -> None:
        self._canvas.set_window(window(now_ns - HOUR_NS + 2 * MINUTE_NS, HOUR_NS))

    def step_event(self, forward: bool) -> None:
        none = tr("No later event.") if forward else tr("No earlier event.")
        shown = self._playback.cameras
        chosen = shown if len(shown) < len(self._cameras.known) else ()
        self._ask_neighbour(FindNeighbour(self._playback.position_ns, forward, NeighbourKind.EVENT, chosen), none)

    def _ask_neighbour(self, question: FindNeighbour, none: str) -> None:
        def jump_to_neighbour(at_ns: int | None) -> None:
            if at_ns is None:
                self._toasts.show_message(none)
            else:
                self.jump(at_ns)

        self._bridge.ask(question, jump_to_neighbour, self._toast_jump_error, owner=self)

    def show_day(self, day: date) -> None:
        """All of a local day, with the clock at its first event."""
        since = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        since_ns = int(since.timestamp()) * SECOND
        self._canvas.set_window(window(since_ns, DAY_NS))
        self._bridge.ask(FindNeighbour(since_ns - 1, True), self._in_day, self._toast_jump_error, since_ns, owner=self)

    def _in_day(self, since_ns: int, at_ns: int | None) -> None:
        self.jump(at_ns if at_ns is not None and at_ns < since_ns + DAY_NS else since_ns)

    def open_calendar(self, below: QWidget) -> None:
        shown = local_time(self._playback.position_ns, self._zone).date()
        today = local_time(self._clock.now_ns(), self._zone).date()
        self.calendar.open_at(min(shown, today), today, below)

    def _toast_jump_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical")
