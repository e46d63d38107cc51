"""The record of a window run twice at full speed, as it was and with other settings: what came out differently.

The two runs know nothing of one another, so that each may have a processor of its own; what links say, which no setting changes, a third
one may make for both (`engine.history.replay.links`). What is kept of either is one small value for each
thing that it says: a shift of eight hours needs no more memory than what happened in it.
"""

from collections.abc import Callable, Iterator

from engine.history.replay.difference import Things, changed_settings, differences
from engine.history.replay.journal import Gap, JournalFolder
from engine.history.replay.links import GivenLinks, LinksApart, LinkTick, give_links, link_ticks
from engine.history.replay.meter import Meter
from engine.history.replay.run import ReplayRun, put_in_force, rewritten, stepped, tried_settings
from engine.history.replay.start import Start, nearest_start
from engine.history.replay.window import Window
from engine.model.alerts.decision import Decision
from engine.model.history.replay import Different, ReplayDifference, ReplaySettings
from engine.model.observation import Numbered
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class OneRun:
    """What one run said of its window. `then`: the settings in force when the window began. ratio: seconds of record per second of work."""

    things: Things
    then: Settings
    missing: tuple[str, ...]
    ratio: float


def one_run(window: Window, on_progress: Callable[[int], None], links: Iterator[LinkTick] | None = None) -> OneRun:
    """Bring a pipeline to the begin of a window, put the tried settings in force, and go on to its end.

    Args:
        on_progress: told at each second of record how far it is (UTC ns); what it raises ends the work.
        links: what another run made of the CSI of the same window (`links_of`); None: made here.
    Raises:
        EnvironmentFault: a file cannot be read. LinksApart: `links` are not those that this run would have made.
    """
    gaps: list[Gap] = []
    source, meter, things = JournalFolder(window.journal, gaps.append), Meter(on_progress), Things(window.since_ns)
    start, run = _run_from_start(window, source)
    given = give_links(run.pipeline, links)
    while (numbered := run.peek(window.since_ns)) is not None:
        _step(run, given, numbered)
        meter.took(numbered)
    then = run.pipeline.settings
    forced = put_in_force(run.pipeline, window.settings, window.since_ns)
    if forced is not None:
        things.take_result(forced.result)
    while (numbered := run.peek(window.until_ns)) is not None:
        things.take_result(_step(run, given, rewritten(numbered, window.settings)))
        meter.took(numbered)
    if given is not None and given.apart:
        raise LinksApart
    return OneRun(things, then, (*start.missing, *(gap.sentence() for gap in gaps)), meter.ratio)


def links_of(window: Window) -> Iterator[LinkTick]:
    """What links say at each tick of a window, and of what leads to it: from where `one_run` begins. Raises EnvironmentFault."""
    return link_ticks(_run_from_start(window, JournalFolder(window.journal))[1])


def _run_from_start(window: Window, source: JournalFolder) -> tuple[Start, ReplayRun]:
    start = nearest_start(source, window.states, window.since_ns, pictured=False)
    return start, ReplayRun(start.pipeline, source.read_observations(start.from_number, window.until_ns, start.warm_ns))


def _step(run: ReplayRun, given: GivenLinks | None, numbered: Numbered) -> StepResult:
    if given is not None:
        given.pass_over(numbered)
    return stepped(run.pipeline, numbered).result


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
