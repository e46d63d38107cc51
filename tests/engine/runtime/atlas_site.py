"""A record with incidents and Atlas's side of an engine, begun and ended like one. Run as a program, it sends until it is killed."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

from engine.incidents.atlas.client import Pacing
from engine.incidents.atlas.environment import Overrides
from engine.incidents.correlation import correlate
from engine.incidents.editing import edit_incident, validate
from engine.model.errors import WatchroomError
from engine.model.event import Severity
from engine.model.incidents.atlas import AtlasSettings
from engine.model.incidents.incident import EditIncidents, Filed, Incident, IncidentCategory, IncidentEdit, Report
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.atlas import atlas_side
from engine.runtime.atlas.atlas_side import SOMEBODY, AtlasSide
from engine.store import open_store
from engine.store.incidents.incidents import IncidentTable
from tests.fakes.atlas import KEY
from tests.fakes.ports import SecretOf, SettingsOf, TroubleOf
from tests.fakes.waiting import until

NOW_NS = 1_790_000_000 * SECOND


def settings(url: str, **more: object) -> AtlasSettings:
    return AtlasSettings(enabled=True, url=url, allow_private=True, retries=0, **more)  # type: ignore[arg-type]


def report(number: int, description: str, **more: object) -> Report:
    """So far from the others that each is an incident of its own."""
    said = Report(
        id=f"rp-{number}",
        category=IncidentCategory.OTHER,
        description=description,
        latitude=59.0 + number / 100,
        longitude=18.0,
        occurred_ns=NOW_NS + number * SECOND,
        received_ns=NOW_NS + number * SECOND,
        severity=Severity.MODERATE,
        reporter=f"user:{number}",
    )
    return replace(said, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Desk:
    """As the engine's own, on the table alone."""

    table: IncidentTable

    def get(self, incident_id: str) -> Incident:
        return self.table.get(incident_id)

    def change(self, edit: EditIncidents) -> IncidentEdit:
        return self.table.change(edit)

    def pseudonym(self, name: str) -> str:
        return SOMEBODY


@dataclass
class Site:
    path: Path
    settings: AtlasSettings
    overrides: Overrides = field(default_factory=Overrides)
    now_s: float = 1000.0
    troubles: list[str | None] = field(default_factory=list)
    secret: str | None = KEY

    def __enter__(self) -> "Site":
        self.clock = ManualClock(NOW_NS + 3600 * SECOND)
        self.store = open_store(self.path, self.clock)
        self.side = AtlasSide(
            self.store.atlas,
            Desk(self.store.incidents),
            SettingsOf(lambda: Settings(atlas=self.settings)),
            SecretOf(lambda: self.secret),
            self.clock,
            TroubleOf(self.troubles.append),
            self.overrides,
            pacing=Pacing(lambda: self.now_s, self.pause, lambda: 0.5),
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.store.close()

    async def pause(self, seconds: float) -> None:
        self.now_s += seconds

    @contextmanager
    def running(self) -> Iterator["Site"]:
        stopping = threading.Event()
        thread = threading.Thread(target=self.side.run, args=(stopping,), name="atlas")
        thread.start()
        try:
            until(lambda: self.side._loop is not None, "the side ran")
            yield self
        finally:
            stopping.set()
            thread.join(60)

    def count(self) -> None:
        asyncio.run(self.side.count())

    def file(self, number: int, description: str, **more: object) -> Incident:
        """Filed and put in the queue, as a report that came in."""
        [filed] = self.store.incidents.file((report(number, description, **more),), correlate).filed
        assert isinstance(filed, Filed)
        self.side.enqueue(filed.incident)
        return filed.incident

    def incident(self, incident: Incident) -> Incident:
        return self.store.incidents.get(incident.id)

    def edit(self, incident: Incident, **said: object) -> Incident:
        done = self.store.incidents.change(lambda load: edit_incident(load, incident.id, self.clock.now_ns(), **said))  # type: ignore[arg-type]
        return done.incidents[0]

    def validate(self, incident: Incident, actual: IncidentCategory) -> Incident:
        done = self.store.incidents.change(lambda load: validate(load, incident.id, actual, "Ada", self.clock.now_ns()))
        return done.incidents[0]

    def is_said(self, incident: Incident, by: str) -> bool:
        said = self.incident(incident).classification
        return said is not None and said.by == by

    def until_said(self, incident: Incident, by: str) -> Incident:
        until(lambda: self.is_said(incident, by), f"{by} had spoken")
        return self.incident(incident)

    def hurry(self) -> bool:
        """Time goes on by a few seconds at each look, whatever pauses are made."""
        self.now_s += 5
        return True

    def until_waiting(self, count: int) -> None:
        until(lambda: self.store.atlas.waiting() == count, f"{count} calls waited")

    def until_attempts(self, count: int) -> None:
        until(lambda: (call := self.store.atlas.next()) is not None and call.attempts == count, f"a call had failed {count} times")

    def until_failed(self) -> None:
        until(lambda: (call := self.store.atlas.next()) is not None and call.attempts > 0, "a call had failed")


def _send(path: Path, url: str) -> None:
    atlas_side.POLL_S = 0.01
    with Site(path, settings(url)) as site:
        site.side.run(threading.Event())


if __name__ == "__main__":
    try:
        _send(Path(sys.argv[1]), sys.argv[2])
    except WatchroomError as error:
        sys.exit(str(error))
