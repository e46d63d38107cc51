"""The record run through the pipeline again from files alone, without an engine: what evidence packs are checked by.

A folder of journal segments and a folder of checkpoints are all that is needed, those of an engine's data folder or copies of a part of
them (`copy_stretch`). Nothing in them is changed.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from engine.history.replay.digest import ResultDigest
from engine.history.replay.journal import Gap, JournalFolder
from engine.history.replay.meter import Meter
from engine.history.replay.run import ReplayRun, put_in_force, rewritten, stepped
from engine.history.replay.start import Start, nearest_start
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.event import Event
from engine.model.history.replay import ReplaySettings
from engine.model.result import StepResult
from engine.model.value_class import dataclass
from engine.recording.checkpoints import Checkpoints, sound_states

SEGMENT = "{:020d}.chunks"
AS_IT_WAS = ReplaySettings()


@dataclass(frozen=True, slots=True)
class Rerun:
    """What was said from `since_ns` on, each value as it was last said, in the order in which it was first said.

    Attributes:
        warm_ns: time of the checkpoint (UTC ns), 0: from the start of a run. missing: what of the record is not there, as sentences.
        observations: how many were taken in from `since_ns` on, and how many before, to get there (`warmed`).
        seconds: of work, warm-up included. ratio: seconds of record taken in per second of work.
        digest: of everything that was said and of every number of radio sensing behind it (`ResultDigest`), as hex.
    """

    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    alerts: tuple[Alert, ...]
    warm_ns: int
    missing: tuple[str, ...]
    observations: int
    warmed: int
    seconds: float
    ratio: float
    digest: str


def rerun(
    journal: Path,
    checkpoints: Path,
    since_ns: int,
    until_ns: int,
    settings: ReplaySettings = AS_IT_WAS,
    on_progress: Callable[[int], None] = lambda at_ns: None,
) -> Rerun:
    """Run the record of a window again: from the nearest checkpoint before it, at full speed, on the caller's thread.

    With the same files and the same build of Watchroom the result is the same, bit for bit: ids, scores, digest. With no `settings` events,
    decisions and alerts are those that the live engine said when it took in what was received in the window.

    Args:
        journal: folder of `NNN.chunks`. checkpoints: folder of `NNN.json.z`; may be empty or missing.
        since_ns, until_ns: UTC ns, by the time at which the engine received what it observed; `until_ns` exclusive.
        settings: tried from `since_ns` on.
        on_progress: told once a second of record how far it is (UTC ns); what it raises ends the work.
    Raises:
        EnvironmentFault: a file cannot be read. What is damaged is skipped and told in `missing`.
    """
    meter = Meter(on_progress)
    gaps: list[Gap] = []
    source = JournalFolder(journal, gaps.append)
    start = nearest_start(source, partial(sound_states, checkpoints), since_ns, pictured=False)
    run = ReplayRun(start.pipeline, source.read_observations(start.from_number, until_ns, start.warm_ns))
    for taken in run.until(since_ns):
        meter.took(taken.numbered)
    warmed = meter.count
    said, digest = LatestResults(), ResultDigest()

    def take_result(result: StepResult) -> None:
        said.take_result(result)
        digest.add_result(result)

    forced = put_in_force(run.pipeline, settings, since_ns)
    if forced is not None:
        take_result(forced.result)
    while (numbered := run.peek(until_ns)) is not None:
        take_result(stepped(run.pipeline, rewritten(numbered, settings)).result)
        meter.took(numbered)
    return Rerun(
        events=tuple(said.events.values()),
        decisions=tuple(said.decisions.values()),
        alerts=tuple(said.alerts.values()),
        warm_ns=start.warm_ns,
        missing=(*start.missing, *(gap.sentence() for gap in gaps)),
        observations=meter.count - warmed,
        warmed=warmed,
        seconds=meter.seconds,
        ratio=meter.ratio,
        digest=digest.hex(),
    )


def copy_stretch(journal: Path, checkpoints: Path, since_ns: int, until_ns: int, into_journal: Path, into_checkpoints: Path) -> Start:
    """Copy all that `rerun` needs for a window: the nearest checkpoint before it, and the journal from there to its end, chunk by chunk.

    `rerun` gives the same for the copy as for the original. Both folders are made; the whole stretch holds every sensor's observations.
    Raises EnvironmentFault, OSError.
    """
    source = JournalFolder(journal)
    start = nearest_start(source, partial(sound_states, checkpoints), since_ns)
    into_journal.mkdir(parents=True, exist_ok=True)
    with (into_journal / SEGMENT.format(start.from_number)).open("wb") as file:
        file.writelines(source.chunks(start.from_number, until_ns))
    kept = Checkpoints(into_checkpoints)
    if start.warm_ns:
        number, state = next(iter(sound_states(checkpoints, start.from_number - 1)))
        kept.save(number, state)
    return start


class LatestResults:
    """The newest of each id, in the order in which they were first said."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.decisions: dict[str, Decision] = {}
        self.alerts: dict[str, Alert] = {}

    def take_result(self, result: StepResult) -> None:
        self.events.update((event.id, event) for event in result.events)
        self.decisions.update((decision.id, decision) for decision in result.decisions)
        self.alerts.update((alert.id, alert) for alert in result.alerts)

    def merge_later(self, later: "LatestResults") -> None:
        """What was said afterwards."""
        self.events.update(later.events)
        self.decisions.update(later.decisions)
        self.alerts.update(later.alerts)
