"""The simulated town of the demo site in the engine: its people report through the same door as everybody, marked as simulated.

It moves only into a record that holds no incidents yet, and stays there: no record of what really happened gets any of it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Protocol
from zlib import crc32

from engine.incidents.editing import edit
from engine.model.errors import EnvironmentFault
from engine.model.incident import EditIncidents, Filed, Incident, IncidentEdit, IncidentState, LoadIncident, Report
from engine.model.smoke import SmokeFrame
from engine.model.time import SECOND, Clock
from engine.runtime.reports import ReportDesk
from engine.sources.simulated import SimulatedTown

log = logging.getLogger(__name__)

PAST_NS = 60 * 86_400 * SECOND
LATELY_NS = 4500 * SECOND  # before the start, in which there was as much as there is after it
AT_ONCE = 40  # reports in one commit
REST_S = 0.02  # between two, and at least as long as one takes: the record is for others too
TICK_S = 1.0
AWAY_NS = 600 * SECOND  # a machine that slept for longer missed what was reported
AGAIN_NS = 300 * SECOND  # what was filed last, its neighbours may not have been
_CLOSED_NS, _LATER_NS = 3600 * SECOND, 9000 * SECOND  # somebody has dealt with an incident so long after it


class Incidents(Protocol):
    """Of the record; may raise EnvironmentFault."""

    def newest(self, simulated: bool) -> Incident | None: ...


class TownSide:
    """`run` is the body of the thread `town`.

    Args:
        see: gives the smoke watch a picture. settled: told once the past is in the record, of a town that has just moved in.
    """

    def __init__(
        self,
        town: SimulatedTown,
        desk: ReportDesk,
        incidents: Incidents,
        see: Callable[[SmokeFrame], Future[tuple[str, ...]]],
        settled: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._town = town
        self._desk = desk
        self._incidents = incidents
        self._see = see
        self._settled = settled
        self._clock = clock
        self._started_ns = 0
        self._until_ns = 0

    def run(self, stopping: threading.Event) -> None:
        """A record that is in trouble is tried again; what was filed is not filed twice."""
        while not stopping.is_set():
            try:
                if self._begin(stopping):
                    self._go_on(stopping)
                return
            except EnvironmentFault as fault:
                log.warning("The simulated town says nothing for now: %s", fault)
                stopping.wait(TICK_S)

    def step(self) -> None:
        """What has been reported and seen since the last time. Raises EnvironmentFault; then it is to be done again."""
        now_ns, since_ns = self._clock.now_ns(), self._until_ns
        if not 0 <= now_ns - since_ns <= AWAY_NS:
            self._fill(self._town.past(since_ns, now_ns), now_ns, threading.Event())
            since_ns = now_ns
        welcome = [each for each in self._town.welcome(self._started_ns) if since_ns <= each.received_ns < now_ns]
        for report in (*self._town.live(since_ns, now_ns), *welcome):
            self._desk.file(report)
        self._look(since_ns, now_ns)
        self._close([each for each in self._desk.open_incidents() if each.simulated], now_ns)
        self._until_ns = now_ns

    def _go_on(self, stopping: threading.Event) -> None:
        while not stopping.wait(TICK_S):
            self.step()

    def _begin(self, stopping: threading.Event) -> bool:
        """Bring the record up to now; False where the town has no business in it, or was told to stop."""
        if self._started_ns:
            return True
        newest = self._incidents.newest(simulated=True)
        if newest is None and self._incidents.newest(simulated=False) is not None:
            log.info("The record holds real incidents: nobody simulated reports any.")
            return False
        now_ns = self._clock.now_ns()
        since_ns = max(now_ns - PAST_NS, 0 if newest is None else newest.received_ns - AGAIN_NS)
        lately_ns = max(since_ns, now_ns - LATELY_NS)
        self._fill(self._town.past(since_ns, lately_ns), now_ns, stopping)
        self._fill(self._town.live(lately_ns, now_ns), now_ns, stopping)
        if stopping.is_set():
            return False
        self._look(self._town.smoke_before(now_ns), now_ns)
        if newest is None:
            self._settled()
        self._started_ns = self._until_ns = now_ns
        return True

    def _fill(self, reports: list[Report], until_ns: int, stopping: threading.Event) -> None:
        """The past in the order it was reported, so that who is cut short goes on from the newest."""
        for begin in range(0, len(reports), AT_ONCE):
            begun_s = time.monotonic()
            done = self._desk.file_past(reports[begin : begin + AT_ONCE])
            self._close([each.incident for each in done if isinstance(each, Filed)], until_ns)
            if stopping.wait(max(REST_S, time.monotonic() - begun_s)):
                return

    def _look(self, since_ns: int, until_ns: int) -> None:
        for frame in self._town.frames(since_ns, until_ns):
            self._see(frame)

    def _close(self, several: Iterable[Incident], now_ns: int) -> None:
        """Those that have been dealt with."""
        over = {each.id: _over_ns(each) for each in several if each.state is IncidentState.OPEN and _over_ns(each) <= now_ns}
        if over:
            self._desk.change(_closing(over))


def _over_ns(incident: Incident) -> int:
    return incident.occurred_ns + _CLOSED_NS + crc32(incident.id.encode()) % _LATER_NS


def _closing(over: dict[str, int]) -> EditIncidents:
    def closing(load: LoadIncident) -> IncidentEdit:
        return IncidentEdit(next(iter(over)), tuple(_closed(load, incident_id, over_ns) for incident_id, over_ns in over.items()))

    return closing


def _closed(load: LoadIncident, incident_id: str, over_ns: int) -> Incident:
    return edit(load, incident_id, over_ns, state=IncidentState.CLOSED).incidents[0]
