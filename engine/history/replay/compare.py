"""The record of a window run twice at full speed, as it was and with other settings: what came out differently.

The two runs know nothing of one another, so that each may have a processor of its own. What is kept of either is one small value for each
thing that it says: a shift of eight hours needs no more memory than what happened in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.history.replay.difference import Things, changed_settings, differences
from engine.history.replay.journal import Gap, JournalFolder
from engine.history.replay.meter import Meter
from engine.history.replay.run import ReplayRun, put_in_force, rewritten, stepped, tried_settings
from engine.history.replay.start import States, nearest_start
from engine.model.alerts.decision import Decision
from engine.model.history.replay import Different, ReplayDifference, ReplaySettings
from engine.model.settings import Settings


@dataclass(frozen=True, slots=True)
class OneRun:
    """What one run said of its window. `then`: the settings in force when the window began. ratio: seconds of record per second of work."""

    things: Things
    then: Settings
    missing: tuple[str, ...]
    ratio: float


def one_run(
    journal: Path, states: Callable[[int], States], since_ns: int, until_ns: int, tried: ReplaySettings, on_progress: Callable[[int], None]
) -> OneRun:
    """Bring a pipeline to `since_ns`, put the tried settings in force, and go on to `until_ns` (exclusive).

    Args:
        on_progress: told at each second of record how far it is (UTC ns); what it raises ends the work.
    Raises:
        EnvironmentFault: a file cannot be read.
    """
    gaps: list[Gap] = []
    source, meter, things = JournalFolder(journal, gaps.append), Meter(on_progress), Things(since_ns)
    start = nearest_start(source, states, since_ns, pictured=False)
    run = ReplayRun(start.pipeline, source.read_observations(start.from_number, until_ns, start.warm_ns))
    for taken in run.until(since_ns):
        meter.took(taken.numbered)
    then = run.pipeline.settings
    forced = put_in_force(run.pipeline, tried, since_ns)
    if forced is not None:
        things.take_result(forced.result)
    while (numbered := run.peek(until_ns)) is not None:
        things.take_result(stepped(run.pipeline, rewritten(numbered, tried)).result)
        meter.took(numbered)
    return OneRun(things, then, (*start.missing, *(gap.sentence() for gap in gaps)), meter.ratio)


def difference(was: OneRun, after: OneRun, tried: ReplaySettings, ratio: float) -> ReplayDifference:
    """Without a session's id. `ratio`: seconds of record per second of both runs together."""
    gained, lost, same, unchanged = differences(was.things, after.things)
    left_out = max(was.things.left_out, after.things.left_out)
    short = (f"So much happened that {left_out} things are not compared; take a shorter window.",) if left_out else ()
    return ReplayDifference(
        session_id="",
        gained=gained,
        lost=lost,
        same=same,
        changed=changed_settings(was.then, tried_settings(was.then, tried)),
        ratio=ratio,
        missing=(*was.missing, *short),
        decisions=tuple(_decisions((*lost, *unchanged), was.things) | _decisions(gained, after.things)),
        unchanged=unchanged,
    )


def _decisions(found: tuple[Different, ...], things: Things) -> dict[Decision, None]:
    """Those that are named, once each, in their order."""
    known = (things.decision(each.decision_id) for each in found)
    return dict.fromkeys(decision for decision in known if decision is not None)


def compare(journal: Path, states: Callable[[int], States], since_ns: int, until_ns: int, tried: ReplaySettings) -> ReplayDifference:
    """Both runs, one after the other, on the caller's thread. Raises EnvironmentFault."""
    was, after = (one_run(journal, states, since_ns, until_ns, each, lambda _: None) for each in (ReplaySettings(), tried))
    return difference(was, after, tried, 1.0 / (1.0 / was.ratio + 1.0 / after.ratio) if was.ratio and after.ratio else 0.0)
