"""The risk side of the engine: hears of incidents, keeps the risk map in step with the record, answers questions about it."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from engine.model.alerts.alert import Alert, Disposition
from engine.model.errors import EnvironmentFault
from engine.model.incidents.incident import Incident, IncidentState
from engine.model.observation import AreaRiskKnown
from engine.model.risk.questions import ExplainRisk, GetRiskPicture, ListHotspots
from engine.model.risk.risk import Hotspot, MapScore, RiskBump, RiskForecast, RiskPicture, RiskReasons, RiskState, Training
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from engine.risk.area import area_risk, is_news
from engine.risk.baseline import EXPIRES_NS
from engine.risk.hotspots import count_cells, explained, hotspots, risk_picture
from engine.risk.surface import RiskSurface, bump_of
from engine.runtime.ports import Inbox, Trouble, WriterQueue
from engine.runtime.risk.risk_map import RiskMap
from engine.store.fire.risk import RiskTable

T = TypeVar("T")

WAIT_S = 10.0  # of who asks while the map is being made
MOST_WAITING = 5_000  # incidents; beyond, the record is read anew instead
AT_ONCE = 50  # incidents that are looked at together
AREA_NS = 60 * SECOND
RENEWED_NS = EXPIRES_NS * 4 // 5
RESTED_S, RESTED_TIMES = 2.0, 50  # between readings of the record: so long, and so many times as long as one takes
RETRY_S = 5.0
KEPT_S = 5.0  # between two times that the map is kept: each takes the disk from reports, and what a crash loses is made again of them
_POLL_S = 0.25
_OFF = "The risk map is switched off. An administrator can switch it on in the settings."
_STARTING = "The risk map is being computed. Try again in a moment."


class RiskSide:
    """`run` is the body of the thread `risk`, which alone changes the map; everything else is for any thread and returns at once, but
    for `answer`, which waits until what was told before it is on the map.

    Args:
        known: what the pipeline knew of the area's risk when it was recovered.
        writer: runs something on the writer's thread once what the pipeline said is in the record.
        on_trouble: a sentence while the map cannot be kept in step with the record, None when it can again.
        simulated: whether simulated incidents count, which the map then says.
    """

    def __init__(
        self,
        table: RiskTable,
        clock: Clock,
        settings: Settings,
        known: AreaRiskKnown | None,
        inbox: Inbox,
        writer: WriterQueue,
        on_trouble: Trouble,
        wait_s: float = WAIT_S,
        simulated: bool = False,
    ) -> None:
        self._table = table
        self._clock = clock
        self._settings = self._applied = settings
        self._told_area = known
        self._inbox = inbox
        self._writer = writer
        self._on_trouble = on_trouble
        self._wait_s = wait_s
        self._simulated = simulated
        self._map = RiskMap(table, settings.risk, simulated)
        self._changed = threading.Condition()  # guards the following
        self._waiting: dict[str, Incident] = {}
        self._reread = True
        self._forecast: RiskForecast | None = None
        self._told, self._done = 1, 0  # changes: those that were told of, those that are on the map
        self._opened = False
        self._trouble = ""
        self._rest_until_s = -math.inf
        self._retry_s = self._save_s = -math.inf
        self._looked_ns = 0
        self._training, self._score = Training(), None
        self._state = RiskState(enabled=settings.risk.enabled)

    def changed(self, incidents: Iterable[Incident]) -> None:
        """These are in the record, new or other than before. Returns at once."""
        with self._changed:
            self._waiting.update((incident.id, incident) for incident in incidents)
            if len(self._waiting) > MOST_WAITING:
                self._waiting.clear()
            self._reread = True
            self._wake()

    def alerted(self, alerts: Iterable[Alert]) -> None:
        """After every step of the pipeline, on its thread: an incident whose alert was closed as false counts no more."""
        if any(alert.incident_id and alert.disposition is Disposition.FALSE for alert in alerts):
            self._writer.run_in_order(self.refresh)

    def refresh(self) -> None:
        """Read the record anew."""
        with self._changed:
            self._reread = True
            self._wake()

    def configure(self, settings: Settings) -> None:
        with self._changed:
            self._settings = settings
            self._wake()

    def use_forecast(self, forecast: RiskForecast) -> None:
        """It replaces the base, if its cells are of the size of now, and stays until there is another."""
        with self._changed:
            self._forecast = forecast
            self._wake()

    def trained(self, training: Training) -> None:
        """How learning the forecast goes."""
        self._training = training

    def scored(self, score: MapScore | None) -> None:
        """How right the forecast was; what does not beat its peers, fades."""
        self._score = score

    def state(self) -> RiskState:
        state, now_ns = self._state, self._clock.now_ns()
        return replace(state, stale=0 < state.expires_ns <= now_ns, training=self._training, score=self._score)

    def hotspots(self, question: ListHotspots) -> tuple[Hotspot, ...]:
        """Raises InputError; EnvironmentFault: the map is switched off, or not made yet."""
        return self._read_surface(lambda surface, now_ns: hotspots(surface, question, now_ns))

    def reasons(self, question: ExplainRisk) -> RiskReasons:
        """Raises as `hotspots`."""
        return self._read_surface(lambda surface, now_ns: explained(surface, question, now_ns))

    def picture(self, question: GetRiskPicture) -> RiskPicture:
        """Raises as `hotspots`."""
        shown = self._read_surface(lambda surface, now_ns: risk_picture(surface, question, now_ns, self._faded(surface)))
        return replace(shown, simulated=self._map.simulated)

    def _read_surface(self, look: Callable[[RiskSurface, int], T]) -> T:
        if not self._settings.risk.enabled:
            raise EnvironmentFault("risk_off", _OFF)
        with self._changed:
            told = self._told
            self._changed.wait_for(lambda: self._done >= told, self._wait_s)
            if not self._opened:
                raise EnvironmentFault("busy", self._trouble or _STARTING)
        now_ns = self._clock.now_ns()
        return self._map.read(lambda surface: look(surface, now_ns))

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._done < self._told and time.monotonic() >= self._retry_s, _POLL_S)
            if not stopping.is_set() and time.monotonic() >= self._retry_s:
                self.step()
        with suppress(EnvironmentFault):  # the next start makes it again
            self._map.save()

    def step(self) -> None:
        """Bring the map up to date. The thread `risk`, or whoever stands in for it."""
        with self._changed:
            told, settings, news = self._told, self._settings, self._told > self._done
        now_ns, trouble = self._clock.now_ns(), self._trouble
        try:
            read = self._bring_up(settings, now_ns)
            self._trouble = ""
        except EnvironmentFault as fault:
            self._trouble, read = f"The risk map may lag behind the reports. {fault}", False
            self._retry_s = time.monotonic() + RETRY_S
        if trouble != self._trouble:
            self._on_trouble.tell(self._trouble or None)
        by_time = not 0 <= now_ns - self._looked_ns < AREA_NS  # what changes by time alone is looked at once a minute
        if news or read or by_time or trouble != self._trouble:
            self._looked_ns = now_ns
            self._tell_area(settings, now_ns)
            self._publish_state(settings, now_ns)
        with self._changed:
            self._done = told
            self._changed.notify_all()

    def _bring_up(self, settings: Settings, now_ns: int) -> bool:
        """True where the record was read anew. Raises EnvironmentFault: what is left over is done the next time."""
        if not settings.risk.enabled:
            self._switch_off(settings)
            return False
        self._configure(settings, now_ns)
        self._take_forecast()
        while waiting := self._take_waiting():
            self._take_incidents(waiting, settings)
        reads = self._needs_reading(now_ns)
        if reads:
            self._read_anew(now_ns)
        self._save()
        return reads

    def _save(self) -> None:
        if time.monotonic() >= self._save_s:
            self._map.save()
            self._save_s = time.monotonic() + KEPT_S

    def _take_forecast(self) -> None:
        with self._changed:
            forecast, self._forecast = self._forecast, None
        if forecast is not None:
            self._map.use_forecast(forecast)

    def _switch_off(self, settings: Settings) -> None:
        with self._changed:
            self._waiting.clear()
            self._reread = True
        if self._opened:
            self._map.close()
        self._opened, self._applied = False, settings

    def _configure(self, settings: Settings, now_ns: int) -> None:
        if not self._opened:
            self._map.open(settings.risk, now_ns)
            self._opened, self._applied = True, settings
            self._rested(0.0)
        elif settings.risk != self._applied.risk:
            self._map.configure(settings.risk, now_ns)
            self._applied = settings

    def _take_waiting(self) -> list[Incident]:
        with self._changed:
            taken = [self._waiting.pop(incident_id) for incident_id in list(self._waiting)[:AT_ONCE]]
        return taken

    def _take_incidents(self, incidents: list[Incident], settings: Settings) -> None:
        """Most changes of an incident change nothing of what it adds."""
        wanted = {incident.id: _bump(incident, settings) for incident in incidents if self._counts(incident)}
        known = self._map.read(
            lambda surface: {incident.id for incident in incidents if wanted.get(incident.id) == surface.bumps.get(incident.id)}
        )
        gone = {incident.id for incident in incidents if incident.id not in wanted or self._is_false(incident, known)}
        drawn = any(incident.simulated and incident.id in wanted for incident in incidents)
        self._map.put((bump for bump in wanted.values() if bump.incident_id not in gone | known), gone, drawn)

    def _counts(self, incident: Incident) -> bool:
        return incident.state is not IncidentState.MERGED and (self._simulated or not incident.simulated)

    def _is_false(self, incident: Incident, known: set[str]) -> bool:
        """Nobody can have said so of a new one; and what is on the map is there because nobody did."""
        return incident.revision > 1 and incident.id not in known and self._table.is_false(incident.id)

    def _needs_reading(self, now_ns: int) -> bool:
        """At a pace that leaves the machine to others, however much is reported; and before the base expires."""
        read_ns = self._map.read_ns
        due = self._reread or not 0 <= now_ns - read_ns < RENEWED_NS
        return due and time.monotonic() >= self._rest_until_s

    def _read_anew(self, now_ns: int) -> None:
        with self._changed:
            self._reread = False
        begun_s = time.monotonic()
        try:
            self._map.catch_up(now_ns)
        except EnvironmentFault:
            self._reread = True
            raise
        self._rested(time.monotonic() - begun_s)

    def _rested(self, took_s: float) -> None:
        self._rest_until_s = time.monotonic() + max(RESTED_S, RESTED_TIMES * took_s) if took_s else -math.inf

    def _tell_area(self, settings: Settings, now_ns: int) -> None:
        area = self._map.read(lambda surface: area_risk(surface, settings, now_ns))
        if is_news(area, self._told_area):
            self._told_area = area
            self._inbox.post(area)

    def _publish_state(self, settings: Settings, now_ns: int) -> None:
        trouble, drawn = self._trouble, self._map.simulated

        def risk_state(surface: RiskSurface) -> RiskState:
            base = surface.base
            cells, incidents = count_cells(surface, now_ns), len(surface.bumps)
            return RiskState(
                settings.risk.enabled, cells, incidents, base.computed_ns, base.expires_ns, base.learnt, trouble=trouble, simulated=drawn
            )

        self._state = self._map.read(risk_state)

    def _faded(self, surface: RiskSurface) -> bool:
        """A forecast that is not known to beat what is plain to see: it did not, or nobody has scored it yet."""
        return surface.base.learnt and not (self._score is not None and self._score.beats)

    def _wake(self) -> None:
        """The caller holds `_changed`."""
        self._told += 1
        self._changed.notify_all()


def _bump(incident: Incident, settings: Settings) -> RiskBump:
    place = incident.latitude, incident.longitude
    return bump_of(incident.id, *place, incident.occurred_ns, incident.category, int(incident.severity), settings.risk)
