"""A replay that can be stopped, gone on with and moved: one pipeline with what was on screen, forward by steps, back by what it kept.

Nothing of it touches the live record: the journal and the checkpoints are read, results go to the scene in memory, and that is all.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path

from engine.history.replay.journal import Gap, JournalFolder
from engine.history.replay.run import ReplayRun, put_in_force, rewritten, stepped
from engine.history.replay.scene import ReplayScene
from engine.history.replay.start import Start, States, nearest_start, pipeline_of
from engine.model.errors import NotFound
from engine.model.event import Event
from engine.model.history.replay import ReplaySettings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.checkpoints import deflated, inflated

KEEP_NS = SECOND  # of record between two states that are kept, while there are few: what is run again after a seek
MOST_KEPT = 320  # of about a fifth of a megabyte each
_QUICKLY = 1  # of deflating: they go again with the session
FAR_NS = (
    10 * SECOND
)  # of record, which takes about a second: a way farther than this begins at a checkpoint of the record where there is one


@dataclass(slots=True)
class _Way:
    """One pipeline on its way through the record: everything received before `at_ns` is taken in, and on its scene.

    origin: where it began; what was said before is on no scene.
    """

    run: ReplayRun
    scene: ReplayScene
    at_ns: int
    origin: "_Origin"


@dataclass(frozen=True, slots=True)
class _Origin:
    """`warm_ns`: of the checkpoint, 0 where there was none. `missing`: as of `Start`."""

    warm_ns: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SavedState:
    """The state after everything received before `at_ns`, as deflated JSON, and what was on screen then."""

    at_ns: int
    number: int
    state: bytes
    scene: ReplayScene
    origin: _Origin


class ReplayPlayer:
    """One thread at a time.

    Args:
        states: checkpoints at or before a number, newest first. events_before: what the record has of events that began before a time.
    """

    def __init__(
        self,
        journal: Path,
        states: Callable[[int], States],
        events_before: Callable[[int], Iterable[Event]],
        since_ns: int,
        until_ns: int,
        settings: ReplaySettings,
    ) -> None:
        self._states = states
        self._events_before = events_before
        self._since_ns = since_ns
        self._until_ns = until_ns
        self._settings = settings
        self._gaps: list[Gap] = []
        self._source = JournalFolder(journal, self._gaps.append)
        self._kept: list[_SavedState] = []
        self._keep_ns = KEEP_NS
        self._way: _Way | None = None  # what is shown
        self._ahead: _Way | None = None  # what keeps states for quick seeks

    @property
    def warm_ns(self) -> int:
        """Of the checkpoint that what is shown began from: no event that is over by then is in the picture."""
        return 0 if self._way is None else self._way.origin.warm_ns

    @property
    def at_ns(self) -> int:
        """Everything received before this is taken in."""
        return self._since_ns if self._way is None else self._way.at_ns

    @property
    def missing(self) -> tuple[str, ...]:
        """As far as was read, as sentences."""
        origin = () if self._way is None else self._way.origin.missing
        return (*origin, *dict.fromkeys(gap.sentence() for gap in sorted(self._gaps, key=attrgetter("since_ns"))))

    def seek(self, at_ns: int, check: Callable[[], None] = lambda: None) -> None:
        """To a moment of the window, from the nearest state there is before it. `check` is called after each step; what it raises ends the
        work on the way, and another seek has to follow. Raises EnvironmentFault."""
        at_ns = min(max(at_ns, self._since_ns), self._until_ns)
        way = self._way
        if way is None or way.at_ns > at_ns or self._kept_before(at_ns) > way.at_ns:
            self._way = way = self._nearest(at_ns)
        if self._settings.empty and at_ns - way.at_ns > FAR_NS:
            self._way = way = self._by_checkpoint(way, at_ns)
        self._go(way, at_ns, check)

    def advance(self, at_ns: int, check: Callable[[], None] = lambda: None) -> None:
        """Forward to a moment, after a first seek; one that is past changes nothing."""
        if self._way is not None:
            self._go(self._way, at_ns, check)

    def fill(self, check: Callable[[], None]) -> bool:
        """Keep the next state for quick seeks that is not kept yet; False where the whole window is done. `check` as for `seek`, but the
        work goes on from there the next time."""
        from_ns = self._filled_until()
        if from_ns + self._keep_ns >= self._until_ns:
            return False
        if self._ahead is None or not from_ns <= self._ahead.at_ns <= from_ns + self._keep_ns:
            self._ahead = self._nearest(from_ns)
        self._go(self._ahead, from_ns + self._keep_ns + 1, check)
        return True

    def picture(self) -> Snapshot:
        """Raises NotFound before the first seek."""
        if self._way is None:
            raise NotFound("The replay is not ready yet.")
        return self._way.scene.picture(self._way.run.pipeline)

    def _go(self, way: _Way, at_ns: int, check: Callable[[], None]) -> None:
        run, at_ns = way.run, min(at_ns, self._until_ns)
        while (numbered := run.peek(at_ns)) is not None:
            self._pass(way, numbered.received_ns)
            tried = numbered if numbered.received_ns < self._since_ns else rewritten(numbered, self._settings)
            way.scene.take_step(stepped(run.pipeline, tried))
            way.at_ns = numbered.received_ns
            check()
        self._pass(way, at_ns)
        way.at_ns = max(way.at_ns, at_ns)

    def _pass(self, way: _Way, next_ns: int) -> None:
        """Before what is received at `next_ns` is taken in: begin the window where it begins, and keep a state now and then."""
        if way.at_ns < self._since_ns <= next_ns:
            way.at_ns = self._since_ns
            forced = put_in_force(way.run.pipeline, self._settings, self._since_ns)
            if forced is not None:
                way.scene.take_step(forced)
            self._save_state(self._since_ns, way)
        elif next_ns >= self._since_ns and next_ns - self._kept_before(next_ns) >= self._keep_ns:
            self._save_state(next_ns, way)

    def _filled_until(self) -> int:
        """From the beginning of the window on there is a state now and then until this time."""
        until_ns = self._since_ns
        for kept in self._kept:
            if kept.at_ns - until_ns > 2 * self._keep_ns:
                break
            until_ns = kept.at_ns
        return until_ns

    def _kept_before(self, at_ns: int) -> int:
        place = bisect_right(self._kept, at_ns, key=_kept_ns)
        return self._kept[place - 1].at_ns if place else 0

    def _save_state(self, at_ns: int, way: _Way) -> None:
        place = bisect_right(self._kept, at_ns, key=_kept_ns)
        if place and self._kept[place - 1].at_ns == at_ns:
            return
        pipeline = way.run.pipeline
        state = deflated(pipeline.state(), _QUICKLY)
        self._kept.insert(place, _SavedState(at_ns, pipeline.number, state, way.scene.copy(), way.origin))
        if len(self._kept) > MOST_KEPT:
            self._kept = self._kept[::2]
            self._keep_ns *= 2

    def _nearest(self, at_ns: int) -> _Way:
        place = bisect_right(self._kept, at_ns, key=_kept_ns)
        return self._from_kept(self._kept[place - 1]) if place else self._from_checkpoint()

    def _from_checkpoint(self) -> _Way:
        """Of the record, to before the window: within it other settings may be tried."""
        return self._way_from(nearest_start(self._source, self._states, self._since_ns), self._since_ns - 1)

    def _by_checkpoint(self, way: _Way, at_ns: int) -> _Way:
        """A shorter way to a moment, from a checkpoint of the record within the window; else the same one."""
        start = nearest_start(self._source, self._states, at_ns)
        shorter = start.warm_ns >= self._since_ns and start.pipeline.number > way.run.pipeline.number
        return self._way_from(start, at_ns) if shorter else way

    def _way_from(self, start: Start, latest_ns: int) -> _Way:
        scene = ReplayScene(self._events_before(start.warm_ns or self._since_ns))
        scene.know_lost_cameras(start.pipeline)
        return _Way(self._reading(start), scene, min(start.warm_ns, latest_ns), _Origin(start.warm_ns, start.missing))

    def _from_kept(self, kept: _SavedState) -> _Way:
        pipeline = pipeline_of(inflated(kept.state))
        return _Way(self._reading(Start(pipeline, kept.number + 1, kept.at_ns)), kept.scene.copy(), kept.at_ns, kept.origin)

    def _reading(self, start: Start) -> ReplayRun:
        return ReplayRun(start.pipeline, self._source.read_observations(start.from_number, self._until_ns, start.warm_ns))


def _kept_ns(kept: _SavedState) -> int:
    return kept.at_ns
