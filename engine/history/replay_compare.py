"""The record of a window run twice at full speed, as it was and with other settings, side by side: what came out differently.

Both pipelines take in the same observations in turn, so that the journal is read and unpacked once. What is kept of either is one small
value for each thing that it says, so that a shift of eight hours needs no more memory than what happened in it.
"""

import json
from collections.abc import Callable
from pathlib import Path

from engine.history.difference import Things, changed_settings, differences
from engine.history.replay_journal import Gap, JournalFolder
from engine.history.replay_meter import Meter
from engine.history.replay_run import ReplayRun, put_in_force, rewritten, stepped, tried_settings
from engine.history.replay_start import States, nearest_start, restored
from engine.model.replay import ReplayDifference, ReplaySettings
from engine.model.settings import Settings
from engine.pipeline.pipeline import Pipeline


def compare(
    journal: Path,
    states: Callable[[int], States],
    since_ns: int,
    until_ns: int,
    tried: ReplaySettings,
    on_progress: Callable[[int], None],
    pause: Callable[[], None] = lambda: None,
) -> ReplayDifference:
    """Bring a pipeline to `since_ns`, put the tried settings in force in a copy of it, and run both to `until_ns` (exclusive).

    Args:
        on_progress: told at each second of record how far it is (UTC ns); what it raises ends the work.
        pause: called after each observation, to let more important work go first.
    Returns:
        Without a session's id. Its ratio counts the record once, though it is run twice.
    Raises:
        EnvironmentFault: a file cannot be read.
    """
    gaps: list[Gap] = []
    source = JournalFolder(journal, gaps.append)
    start = nearest_start(source, states, since_ns)
    work = _SideBySide(ReplayRun(start.pipeline, source.read(start.from_number, until_ns, start.warm_ns)), since_ns, on_progress, pause)
    then, after = work.run(until_ns, tried)
    gained, lost, same = differences(work.was, work.after)
    return ReplayDifference(
        session_id="",
        gained=gained,
        lost=lost,
        same=same,
        changed=changed_settings(then, after),
        ratio=work.meter.ratio,
        missing=(*start.missing, *(gap.sentence() for gap in gaps), *_left_out(work.was, work.after)),
    )


class _SideBySide:
    """What the two runs say (`was`, `after`), and how fast they are."""

    def __init__(self, run: ReplayRun, since_ns: int, on_progress: Callable[[int], None], pause: Callable[[], None]) -> None:
        self.was, self.after = Things(since_ns), Things(since_ns)
        self.meter = Meter(on_progress)
        self._run = run
        self._since_ns = since_ns
        self._pause = pause

    def run(self, until_ns: int, tried: ReplaySettings) -> tuple[Settings, Settings]:
        """The settings that were in force when the window began, and those that were tried."""
        for taken in self._run.until(self._since_ns):
            self.meter.took(taken.numbered)
            self._pause()
        then, other = self._run.pipeline.settings, _copy(self._run.pipeline)
        forced = put_in_force(other, tried, self._since_ns)
        if forced is not None:
            self.after.take(forced.result)
        while (numbered := self._run.take(until_ns)) is not None:
            self.was.take(stepped(self._run.pipeline, numbered).result)
            self._pause()
            self.after.take(stepped(other, rewritten(numbered, tried)).result)
            self._pause()
            self.meter.took(numbered)
        return then, tried_settings(then, tried)


def _copy(pipeline: Pipeline) -> Pipeline:
    """Another that knows the same and shares nothing with it."""
    copied = restored(json.loads(json.dumps(pipeline.state())))
    if copied is None:
        raise ValueError("a pipeline cannot read its own state")
    return copied


def _left_out(was: Things, after: Things) -> tuple[str, ...]:
    count = max(was.left_out, after.left_out)
    return (f"So much happened that {count} things are not compared; take a shorter window.",) if count else ()
