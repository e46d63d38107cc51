"""The simulated town of the demo site in the engine: its people report through the same door as everybody, marked as simulated.

It moves only into a record that holds no incidents yet, and stays there: no record of what really happened gets any of it.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol
from zlib import crc32

from engine.incidents.editing import edit_incident
from engine.model.errors import EnvironmentFault
from engine.model.fire.smoke import SmokeFrame
from engine.model.incidents.incident import EditIncidents, Incident, IncidentEdit, IncidentState, LoadIncident, Report
from engine.model.time import SECOND, Clock
from engine.runtime.incidents.reports import ReportDesk
from engine.sources.simulated import SimulatedTown

log = logging.getLogger(__name__)

PAST_NS = 60 * 86_400 * SECOND
LATELY_NS = 4500 * SECOND  # before the start, in which there was as much as there is after it
WINDOW_NS = 12 * 3600 * SECOND  # of the past, filed in one commit
TICK_S, REST_S = 1.0, 0.15  # between two looks at the clock, and between two commits of the past: the record is for others too
AWAY_NS = 600 * SECOND  # a machine that slept for longer missed what was reported
AGAIN_NS = 300 * SECOND  # of what was filed last, others may not have said yet that they saw it too
_CLOSED_NS, _LATER_NS = 3600 * SECOND, 9000 * SECOND  # somebody has dealt with an incident so long after it
_STOPPING = "stopping"


def _nothing() -> None:
    pass


class Incidents(Protocol):
    """Of the record; may raise EnvironmentFault."""

    def newest(self, simulated: bool) -> Incident | None: ...

    def oldest(self, simulated: bool) -> Incident | None: ...


class TownSide:
    """`run` is the body of the thread `town`. First there is what was reported of late, then what is reported now; the past is filed beside
    that, the newest first.

    Args:
        see: gives the smoke watch a picture. moved_in: told before the first report of a town that is new. settled: told once after a
            start, when all of its past is in the record.
    """

    def __init__(
        self,
        town: SimulatedTown,
        desk: ReportDesk,
        incidents: Incidents,
        see: Callable[[SmokeFrame], Future[tuple[str, ...]]],
        clock: Clock,
        moved_in: Callable[[], None] = _nothing,
        settled: Callable[[], None] = _nothing,
    ) -> None:
        self._town = town
        self._desk = desk
        self._incidents = incidents
        self._see = see
        self._clock = clock
        self._moved_in = moved_in
        self._settled = settled
        self._begun_ns = self._until_ns = 0
        self._windows: list[tuple[int, int]] = []  # of the past that is not filed yet; the last one is next
        self._settles = True

    def run(self, stopping: threading.Event) -> None:
        """A record that is in trouble is tried again; what was filed is not filed twice."""
        while not stopping.is_set():
            try:
                if not self.step():
                    return
            except EnvironmentFault as fault:
                if fault.reason == _STOPPING:
                    return
                log.warning("The simulated town says nothing for now: %s", fault)
            stopping.wait(REST_S if self._windows else TICK_S)

    def step(self) -> bool:
        """What was reported and seen since the last time, and a piece of the past. False where the town has no business in this record.
        Raises EnvironmentFault; then it is to be done again."""
        if not self._begun_ns and not self._begin_town():
            return False
        self._go_on()
        if self._windows:
            self._file_past(self._town.past(*self._windows[-1]))
            self._windows.pop()
        if self._settles and not self._windows:
            self._settles = False
            self._settled()
        return True

    def _begin_town(self) -> bool:
        oldest, newest = self._incidents.oldest(simulated=True), self._incidents.newest(simulated=True)
        if newest is None and self._incidents.newest(simulated=False) is not None:
            log.info("The record holds real incidents: nobody simulated reports any.")
            return False
        now_ns = self._clock.now_ns()
        lately_ns, first_ns = now_ns - LATELY_NS, now_ns - PAST_NS
        if oldest is None or newest is None:
            self._moved_in()
            spans = [(first_ns, lately_ns)]
        else:
            lately_ns = max(lately_ns, newest.received_ns - AGAIN_NS)
            spans = [(first_ns, oldest.received_ns + AGAIN_NS), (max(first_ns, newest.received_ns - AGAIN_NS), lately_ns)]
            spans = [span for span in spans if span[1] - span[0] > WINDOW_NS]
        self._windows = [window for span in spans for window in _windows(*span)]
        self._file_past(self._town.live(lately_ns, now_ns))
        self._send_frames(self._town.smoke_before(now_ns), now_ns)
        self._begun_ns = self._until_ns = now_ns
        return True

    def _go_on(self) -> None:
        now_ns, since_ns = self._clock.now_ns(), self._until_ns
        if not 0 <= now_ns - since_ns <= AWAY_NS:
            self._windows += _windows(since_ns, now_ns)
            since_ns = now_ns
        welcome = [each for each in self._town.welcome(self._begun_ns) if since_ns <= each.received_ns < now_ns]
        for report in (*self._town.live(since_ns, now_ns), *welcome):
            self._desk.file(report)
        self._send_frames(since_ns, now_ns)
        self._close_incidents(now_ns)
        self._until_ns = now_ns

    def _file_past(self, reports: list[Report]) -> None:
        now_ns = self._clock.now_ns()
        if reports:
            self._desk.file_past(reports, lambda incident: _over_ns(incident) <= now_ns)

    def _send_frames(self, since_ns: int, until_ns: int) -> None:
        for frame in self._town.frames(since_ns, until_ns):
            self._see(frame)

    def _close_incidents(self, now_ns: int) -> None:
        """Those that have been dealt with."""
        simulated = (each for each in self._desk.open_incidents() if each.simulated)
        over = {each.id: _over_ns(each) for each in simulated if _over_ns(each) <= now_ns}
        if over:
            self._desk.change(_closing(over))


def _windows(since_ns: int, until_ns: int) -> list[tuple[int, int]]:
    """The whole span, in pieces that lie at the same times whatever the span."""
    edges = range(since_ns // WINDOW_NS * WINDOW_NS, until_ns, WINDOW_NS)
    return [(max(since_ns, edge), min(until_ns, edge + WINDOW_NS)) for edge in edges]


def _over_ns(incident: Incident) -> int:
    return incident.occurred_ns + _CLOSED_NS + crc32(incident.id.encode()) % _LATER_NS


def _closing(over: dict[str, int]) -> EditIncidents:
    def closing(load: LoadIncident) -> IncidentEdit:
        return IncidentEdit(next(iter(over)), tuple(_closed(load, incident_id, over_ns) for incident_id, over_ns in over.items()))

    return closing


def _closed(load: LoadIncident, incident_id: str, over_ns: int) -> Incident:
    return edit_incident(load, incident_id, over_ns, state=IncidentState.CLOSED).incidents[0]
