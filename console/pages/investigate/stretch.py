"""The stretch of time that something is done with on the Investigate page: chosen by its ends, or what the timeline shows."""

from datetime import tzinfo

from console.playback.playback import PlaybackController
from engine.model.time import SECOND, Clock
from widgets.timeline.timeline import TimelineView
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr


class StretchChosen:
    """UI thread."""

    def __init__(self, clock: Clock, zone: tzinfo, playback: PlaybackController, timeline: TimelineView) -> None:
        self._clock, self._zone, self._playback, self._timeline = clock, zone, playback, timeline

    def set_end(self, end: int) -> None:
        """It begins (0) or ends (1) at the moment that is shown; a new one is as long as a tenth of the view."""
        at_ns, shown = self._playback.position_ns, self._timeline.window_shown()
        chosen = self._timeline.range_chosen()
        length_ns = shown.length_ns // 10
        since_ns, until_ns = chosen or ((at_ns, at_ns + length_ns) if end == 0 else (at_ns - length_ns, at_ns))
        since_ns, until_ns = (at_ns, max(until_ns, at_ns + SECOND)) if end == 0 else (min(since_ns, at_ns - SECOND), at_ns)
        self._timeline.canvas.set_range((since_ns, until_ns))

    def now(self) -> tuple[int, int]:
        """The one that is chosen, else what the timeline shows of the past."""
        shown = self._timeline.window_shown()
        now_ns = self._clock.now_ns()
        return self._timeline.range_chosen() or (min(shown.since_ns, now_ns - SECOND), min(shown.until_ns, now_ns))

    def choose_now(self) -> None:
        if self._timeline.range_chosen() is None:
            self._timeline.canvas.set_range(self.now())

    def words(self, chosen: tuple[int, int] | None) -> str:
        return stretch_text(*chosen, self._zone) if chosen else tr("Export evidence for the visible range")
