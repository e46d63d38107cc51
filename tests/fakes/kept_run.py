"""A run as an engine keeps it: its observations in a journal, a checkpoint now and then, and all that its pipeline said."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.event import Event
from engine.model.observation import Numbered, Tick
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.time import SECOND, SystemClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.checkpoints import Checkpoints
from engine.recording.journal import Journal
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.settings_file import save_settings
from engine.sources.simulated.waves.batches import ROOM_EPOCH_NS
from engine.store.store import open_store
from engine.vision.tracking import Tracker
from tests.fakes.observations import START_NS, Walk, camera, scene
from tests.fakes.radio_runs import SETTINGS, in_order, later, room_run

BATCH = 25  # observations that are written at once


@dataclass(frozen=True)
class KeptRun:
    journal: Path
    checkpoints: Path
    observed: list[Numbered]
    said: list[StepResult]

    def number_at(self, at_ns: int) -> int:
        """Of the first observation received from then on."""
        return next(numbered.number for numbered in self.observed if numbered.received_ns >= at_ns)

    def events(self, since_ns: int, until_ns: int) -> list[Event]:
        """As they were last told in a stretch of time."""
        return list({event.id: event for result in self.within(since_ns, until_ns) for event in result.events}.values())

    def decisions(self, since_ns: int, until_ns: int) -> list[Decision]:
        return list({decision.id: decision for result in self.within(since_ns, until_ns) for decision in result.decisions}.values())

    def alerts(self, since_ns: int, until_ns: int) -> list[Alert]:
        return list({alert.id: alert for result in self.within(since_ns, until_ns) for alert in result.alerts}.values())

    def within(self, since_ns: int, until_ns: int) -> list[StepResult]:
        pairs = zip(self.observed, self.said, strict=True)
        return [result for numbered, result in pairs if since_ns <= numbered.received_ns < until_ns]


def as_used(folder: Path) -> Path:
    """A data folder with the settings and the database that every engine leaves beside its log; its path."""
    data = DataFolder(folder)
    save_settings(data.settings, Settings())
    open_store(data.database, SystemClock()).close()
    return data.path


def keep_run(folder: Path, observed: Iterable[Numbered], checkpoint_every: int = 400, segment_bytes: int = 8 << 20) -> KeptRun:
    numbered, said = list(observed), list[StepResult]()
    journal = Journal(folder / "journal", segment_bytes=segment_bytes)
    checkpoints = Checkpoints(folder / "checkpoints")
    pipeline = Pipeline(Tracker)
    for begin in range(0, len(numbered), BATCH):
        batch = numbered[begin : begin + BATCH]
        said += [pipeline.step(each) for each in batch]
        journal.append(batch)
        if begin % checkpoint_every < BATCH and begin:
            checkpoints.save(pipeline.number, pipeline.state())
    journal.close()
    return KeptRun(folder / "journal", folder / "checkpoints", numbered, said)


def a_minute_ago() -> int:
    """How much later than in its world a run has to be, for an engine that keeps nothing that is too old (ns)."""
    return (time.time_ns() // SECOND - 60) * SECOND - ROOM_EPOCH_NS


def room_with_camera(seconds: float, walks: list[Walk], seed: int = 4, later_ns: int = 0) -> list[Numbered]:
    """A room with nodes and phones, and a door with a camera."""
    room = room_run(seed, seconds, settings=replace(SETTINGS, cameras=(camera(),)))
    door = [seen for seen in later(scene(walks, seconds), ROOM_EPOCH_NS - START_NS) if not isinstance(seen, Tick)]
    begin = next(place for place, seen in enumerate(room) if seen.occurred_ns > ROOM_EPOCH_NS)
    everything = [*room[:begin], *sorted((*room[begin:], *door), key=lambda seen: seen.occurred_ns)]
    return in_order(later(everything, later_ns))
