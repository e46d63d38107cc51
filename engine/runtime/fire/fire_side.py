"""Fire weather as the engine uses it: the classes of today, learnt at the start and once a day, tried again until they are known.

Whatever fails, nothing is hidden for it: a class that nobody knows holds nothing back, and a sentence says why. Classes that were learnt
hold until newer ones come, at most `oldest_h`; so they outlive a service that is down, and a restart.
"""

import logging
import math
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from engine.fire.places import camera_ids, utc_day
from engine.model.errors import EnvironmentFault
from engine.model.fire.fire import FireClass, FireRisk, FireRiskPolicy, FireSettings, FireView
from engine.model.observation import FireRiskKnown
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.runtime.fire.fire_environment import FireOverrides
from engine.runtime.fire.fire_learning import Learnt
from engine.runtime.fire.fire_state import HOUR_NS, MINUTE_NS, FireState
from engine.runtime.ports import Inbox, SettingsSource, StoredSecret, Trouble

log = logging.getLogger(__name__)

POLL_S = 0.5
FORGIVEN_NS = 5 * MINUTE_NS  # a past day that could not be asked for is not asked for again so soon
NO_SOURCE = "No source of fire weather is set."
NOT_YET = "No data yet."
NO_OVERRIDES = FireOverrides()


class Learning(Protocol):
    """What is asked of `FireLearning`. May raise EnvironmentFault."""

    def from_service(self, day: date, password: str) -> Learnt: ...

    def from_weather(self) -> None: ...

    def weather_risks(self) -> tuple[FireRisk, ...]: ...

    def take_csv(self, text: str) -> str: ...


class KeptRisks(Protocol):
    """What is asked of the record (`FireTable`). May raise EnvironmentFault."""

    def risks(self, day: date) -> tuple[FireRisk, ...]: ...

    def newest_risks(self, since_ns: int) -> tuple[FireRisk, ...]: ...

    def keep_risks(self, risks: tuple[FireRisk, ...]) -> None: ...

    def forget(self, before: date) -> None: ...


class SettingsInForce:
    """The stored settings with what the environment says of fire, which goes before them."""

    def __init__(self, stored: SettingsSource, overrides: FireOverrides) -> None:
        self._stored, self._overrides = stored, overrides
        self._known = self._in_force = Settings()

    def now(self) -> Settings:
        stored = self._stored.now()
        if stored is not self._known:
            self._in_force = replace(stored, fire=self._overrides.over(stored.fire))
            self._known = stored
        return self._in_force


class FireSide:
    """Thread `fire` (`run`) learns. The other methods are for any thread and take no time, but for `policy` of a past day that the record
    does not have (as long as the service does, once in five minutes) and `take_csv`.

    Args:
        settings: those that are stored; the environment goes before them. secret: the password of the service.
        inbox: takes today's classes to the pipeline. trouble: a sentence while classes are wanted and not known, None when they are.
        draw: 0–1, for the jitter.
    """

    def __init__(
        self,
        store: KeptRisks,
        learning: Callable[[SettingsSource], Learning],
        settings: SettingsSource,
        secret: StoredSecret,
        clock: Clock,
        inbox: Inbox,
        trouble: Trouble,
        overrides: FireOverrides = NO_OVERRIDES,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._settings = SettingsInForce(settings, overrides)
        self._learning = learning(self._settings)
        self._secret = secret
        self._clock = clock
        self._inbox = inbox
        self._trouble = trouble
        self._overrides = overrides
        self._draw = draw
        self._lock = threading.Lock()  # guards the following
        self._state = FireState()
        self._posted: FireRiskKnown | None = None
        self._unasked: dict[date, int] = {}  # days that could not be asked for, and when
        self._wanted, self._woken = threading.Event(), threading.Event()

    def view(self) -> FireView:
        now_ns, state = self._clock.now_ns(), self._state
        return FireView(
            self._risks(now_ns), state.fetched_ns, state.trouble, state.since_ns, state.due_ns, self._overrides.names, state.has_password
        )

    def policy(self, day: date | None = None, override: FireClass | None = None) -> FireRiskPolicy:
        """What lists and notifications leave out: today, or on a day, which has its own classes. `override`: as a request wants it, for
        all cameras; then nobody is asked anything."""
        fire = self._settings.now().fire
        if not fire.filtering:
            return FireRiskPolicy(thresholds=())
        if override is not None:
            return FireRiskPolicy((), fire.thresholds, override)
        now_ns = self._clock.now_ns()
        risks = self._risks(now_ns) if day is None or day == utc_day(now_ns) else self._risks_of(day, now_ns)
        return FireRiskPolicy(_classes(risks), fire.thresholds)

    def take_csv(self, text: str) -> str:
        """Raises InputError, EnvironmentFault."""
        told = self._learning.take_csv(text)
        self.refresh()
        return told

    def refresh(self) -> None:
        """Learn as soon as possible; settings, password or weather were changed, or somebody wants it."""
        with self._lock:
            self._state = self._state.at_once()
            self._unasked.clear()
        self._wanted.set()
        self._woken.set()

    def run(self, stopping: threading.Event) -> None:
        """The thread's body."""
        self.recall()
        while not stopping.is_set():
            self.turn()
            self._woken.wait(POLL_S)
            self._woken.clear()

    def recall(self) -> None:
        """What was learnt before a restart and is not too old."""
        oldest_ns = self._clock.now_ns() - round(self._settings.now().fire.oldest_h * HOUR_NS)
        try:
            risks = self._store.newest_risks(oldest_ns)
        except EnvironmentFault:
            return  # the record is in trouble, and says so itself
        with self._lock:
            known = {risk.camera_id: risk for risk in risks}
            self._state = replace(self._state, risks=known, fetched_ns=max((risk.fetched_ns for risk in risks), default=0))

    def turn(self) -> None:
        """Learn where it is time to; tell the pipeline what is new, which may be that something is too old."""
        if self._wanted.is_set() or self._state.is_due(self._clock.now_ns()):
            self._wanted.clear()  # before: what is changed meanwhile is learnt anew
            self._learn_risks()
        self._post_risks()

    def _learn_risks(self) -> None:
        now_ns, fire = self._clock.now_ns(), self._settings.now().fire
        learnt, troubles = dict[str, FireRisk](), list[str]()
        failed = self._try(lambda: self._learn_weather(learnt), troubles)
        password = self._password(troubles) if fire.service_url else None
        if fire.service_url:
            failed |= self._try(lambda: self._learn_classes(learnt, password, troubles), troubles)
        failed |= self._try(lambda: self._store_risks(tuple(learnt.values()), now_ns), troubles)
        self._take_learnt(learnt, " ".join(troubles), failed, bool(password), now_ns)

    def _store_risks(self, risks: tuple[FireRisk, ...], now_ns: int) -> None:
        """And let go what is older than the events that it concerned."""
        self._store.keep_risks(risks)
        self._store.forget(utc_day(now_ns) - timedelta(days=math.ceil(self._settings.now().recording.keep_events_days)))

    def _learn_weather(self, learnt: dict[str, FireRisk]) -> None:
        try:
            self._learning.from_weather()
        finally:  # what is kept already counts all the same
            learnt.update({risk.camera_id: risk for risk in self._learning.weather_risks()})

    def _learn_classes(self, learnt: dict[str, FireRisk], password: str | None, troubles: list[str]) -> None:
        """The service's word goes before what was computed here, where it has one."""
        if not password or not self._settings.now().fire.login:
            raise EnvironmentFault("no_login", "The risk service needs a login and a password. Enter both.")
        told = self._learning.from_service(utc_day(self._clock.now_ns()), password)
        learnt.update({risk.camera_id: risk for risk in told.risks if risk.fire_class is not None or risk.camera_id not in learnt})
        troubles.extend(filter(None, (told.warning,)))

    def _try(self, learn: Callable[[], None], troubles: list[str]) -> bool:
        """Whether it failed."""
        try:
            learn()
        except EnvironmentFault as fault:
            troubles.append(str(fault))
            return True
        return False

    def _password(self, troubles: list[str]) -> str | None:
        if self._overrides.password:
            return self._overrides.password
        try:
            return self._secret.get()
        except EnvironmentFault as fault:
            troubles.append(str(fault))
            return None

    def _take_learnt(self, learnt: Mapping[str, FireRisk], trouble: str, failed: bool, has_password: bool, now_ns: int) -> None:
        hour_utc = self._settings.now().fire.refresh_hour_utc
        with self._lock:
            before = self._state
            if failed:
                after = before.after_failure(learnt, trouble, now_ns, self._draw())
            else:
                after = before.succeeded(learnt, trouble, now_ns, hour_utc)
            self._state = replace(after, has_password=has_password)
        if trouble != before.trouble:
            self._trouble.tell(trouble or None)
            log.log(logging.WARNING if trouble else logging.INFO, "fire weather: %s", trouble or "known again")

    def _post_risks(self) -> None:
        now_ns, fire = self._clock.now_ns(), self._settings.now().fire
        classes = _classes(self._risks(now_ns)) if fire.filtering else ()
        known = FireRiskKnown(now_ns, classes, fire.thresholds if classes else ())
        with self._lock:
            before = self._posted or FireRiskKnown(0)
            if (known.classes, known.thresholds) == (before.classes, before.thresholds) and self._posted is not None:
                return
            self._posted = known
        self._inbox.post(known)

    def _risks(self, now_ns: int) -> tuple[FireRisk, ...]:
        """Of every camera, now."""
        settings, known = self._settings.now(), self._state.risks
        why = NOT_YET if _is_wanted(settings.fire) else NO_SOURCE
        oldest_ns = now_ns - round(settings.fire.oldest_h * HOUR_NS)
        unknown = FireRisk("", utc_day(now_ns), None, trouble=why)
        return tuple(
            _if_young(known.get(camera_id) or replace(unknown, camera_id=camera_id), oldest_ns, settings.fire.oldest_h)
            for camera_id in camera_ids(settings)
        )

    def _risks_of(self, day: date, now_ns: int) -> tuple[FireRisk, ...]:
        """Of a day that is over: as the record has it, else as the service does. Unknown where neither knows."""
        try:
            return self._store.risks(day) or self._ask_risk_service(day, now_ns)
        except EnvironmentFault as fault:
            log.warning("The classes of fire weather of %s are unknown: %s", day, fault)
            return ()

    def _ask_risk_service(self, day: date, now_ns: int) -> tuple[FireRisk, ...]:
        fire = self._settings.now().fire
        if not fire.service_url or not fire.login or day > utc_day(now_ns):
            return ()
        with self._lock:
            if now_ns - self._unasked.get(day, -FORGIVEN_NS) < FORGIVEN_NS:
                return ()
            self._unasked[day] = now_ns  # also while somebody asks: the others do not wait
        password = self._overrides.password or self._secret.get()
        risks = self._learning.from_service(day, password).risks if password else ()
        if _classes(risks):
            self._store.keep_risks(risks)
        return risks


def _is_wanted(fire: FireSettings) -> bool:
    return bool(fire.service_url or fire.weather_url)


def _if_young(risk: FireRisk, oldest_ns: int, oldest_h: float) -> FireRisk:
    if risk.fire_class is None or risk.fetched_ns >= oldest_ns:
        return risk
    return replace(risk, fire_class=None, fwi=None, trouble=f"The data is older than {oldest_h:g} h, and no longer used.")


def _classes(risks: tuple[FireRisk, ...]) -> tuple[tuple[str, FireClass], ...]:
    return tuple((risk.camera_id, risk.fire_class) for risk in risks if risk.fire_class is not None)
