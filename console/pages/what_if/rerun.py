"""A replay on the Investigate page: of which stretch, in step with the page's clock, shown on the floor."""

from collections.abc import Callable

from console.pages.investigate.floor import ReplayFloor
from console.pages.investigate.moment import MomentShown
from console.pages.investigate.tools import StretchTools
from console.pages.what_if.replay import ReplayFollower
from console.playback.playback import PlaybackController
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock
from widgets.timeline.timeline import TimelineView
from widgets.timeline.timeline_window import MINUTE_NS
from widgets.translation import tr

_REPLAY_NS = 10 * MINUTE_NS  # of a replay without a stretch chosen


class Rerun:
    """UI thread. `show_floor`: brings the floor on screen."""

    def __init__(
        self,
        replay: ReplayFollower,
        floor: ReplayFloor,
        tools: StretchTools,
        clock: Clock,
        playback: PlaybackController,
        timeline: TimelineView,
        moment: MomentShown,
        show_floor: Callable[[], None],
    ) -> None:
        self._replay, self._floor, self._tools, self._clock = replay, floor, tools, clock
        self._playback, self._timeline, self._moment, self._show_floor = playback, timeline, moment, show_floor
        replay.changed.connect(self._show_session)
        replay.pictured.connect(self._show_picture)
        replay.refused.connect(self._show_replay_error)
        replay.ended.connect(self._show_replay_end)
        floor.start_wanted.connect(self.start)
        floor.stop_wanted.connect(replay.stop)
        playback.state_changed.connect(self.sync)

    def start(self) -> None:
        chosen, at_ns, now_ns = self._timeline.range_chosen(), self._playback.position_ns, self._clock.now_ns()
        since_ns, until_ns = chosen or (at_ns, min(at_ns + _REPLAY_NS, now_ns))
        self._show_floor()
        if chosen is not None and not since_ns <= at_ns < until_ns:
            self._moment.jump(since_ns)
        self._floor.show_trouble("")
        self._replay.start(since_ns, max(until_ns, since_ns + SECOND))
        self.sync()

    def toggle(self) -> None:
        if self._replay.on:
            self._replay.stop()
        else:
            self.start()

    def sync(self) -> None:
        state = self._playback.state
        self._replay.follow(self._playback.position_ns, state.playing, state.speed)

    def _show_session(self) -> None:
        self._floor.show_session(self._replay.session, self._replay.starting)
        self._tools.show_replaying(self._replay.on)

    def _show_picture(self, picture: Snapshot) -> None:
        if self._timeline.isVisible():
            self._floor.show_picture(picture)

    def _show_replay_error(self, error: WatchroomError) -> None:
        self._floor.show_trouble(error_text(error))

    def _show_replay_end(self) -> None:
        self._floor.show_trouble(tr("The replay ended after an hour without use, or its recordings were deleted. Start it again."))
