"""Where every phone is, live: sightings of several scanners in, devices with positions out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.people.person import Person
from engine.model.radio.path_loss import LearnedPathLoss
from engine.model.radio.radio import BleDeviceView, BleSightings
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.radio.ble.belief import Belief
from engine.radio.ble.cells import PHONE_HEIGHT_M
from engine.radio.ble.phone import Phone
from engine.radio.ble.presence import Presence
from engine.radio.ble.signal_map import SignalMap
from engine.radio.ble.stillness import Stillness
from engine.radio.ble.survey import Survey

MOST_PHONES, MOST_BELIEFS = 500, 32
FORGET_S = 900.0
LISTENING_S, UNHEARD_S = 12.0, 20.0  # a scanner listens while it reports; what it has not heard for so long, it does not hear
STEP_EVERY_S, STEPS_AT_ONCE = 0.9, 2  # a step takes milliseconds on a large floor, a tick has forty
LOOKED_AT_AT_ONCE = 40  # phones, most of which have no belief
NEAREST_SIGMA_M, NEAREST_REACH_M = 1.0, 1.0
_STAYS = 0.5  # of its trail
NEAREST, TWO_SCANNERS = "nearest", "two_scanners"


Accompanied: TypeAlias = Callable[[str], bool | None]
"""Whether somebody moves along with a phone; None: that is not known."""


def _not_known(_: str) -> bool | None:
    return None


@dataclass(frozen=True, slots=True)
class _CachedView:
    """A view, and what it was made from: it is made again when the phone has changed, and once a second because its spread grows."""

    revision: int
    second: int
    view: BleDeviceView


class PhoneLocator:
    """Sans-IO, deterministic; the engine thread only. `locate` takes microseconds, plus at most two steps of beliefs.

    Beliefs are kept for registered devices and for some others that are heard by most scanners; the rest is placed at its strongest one.
    """

    def __init__(self) -> None:
        self._phones: dict[str, Phone] = {}
        self._registered: dict[str, BleDeviceSettings] = {}
        self._colors: dict[str, str] = {}  # by person
        self._survey = Survey()
        self._listened_ns: dict[str, int] = {}
        self._shown: dict[str, _CachedView] = {}
        self._saved: dict[str, Any] | None = None  # beliefs of a checkpoint by device, until their map is there
        self._saved_key = ""

    @property
    def scanners(self) -> Mapping[str, Position]:
        """All that have a place, metres."""
        return self._survey.scanners

    def configure(self, settings: Settings) -> None:
        self._registered = {device.address: device for device in settings.ble_devices}
        self._shown.clear()
        if self._survey.configure(settings):
            self._redrawn()

    def know(self, persons: Mapping[str, Person]) -> None:
        """Everybody there is. A phone of somebody who is not among them is nobody's."""
        self._colors = {person.id: person.color for person in persons.values()}
        self._shown.clear()

    def place(self, scanners: Mapping[str, Position]) -> None:
        """Where the nodes stand, in metres; the machine's own adapter stands where the settings say."""
        if self._survey.place(scanners):
            self._redrawn()

    def learn(self, learned: Mapping[str, LearnedPathLoss], changed: Sequence[str]) -> None:
        """Path losses of scanners, some of which are new: beliefs go on with them."""
        if self._survey.learn(learned, changed) and self._survey.signals is not None:
            for phone in self._phones.values():
                if phone.belief is not None:
                    phone.belief.follow(self._survey.signals)

    def take(self, sightings: BleSightings) -> None:
        now_ns = sightings.occurred_ns
        self._listened_ns[sightings.scanner] = now_ns
        for sighting in sightings.sightings:
            if -127 < sighting.rssi_dbm <= 20 and sighting.rssi_dbm:  # 0 and 127 stand for "not measured"
                phone = self._phones.setdefault(sighting.device, Phone(sighting.device, now_ns, now_ns, Stillness(now_ns)))
                phone.simulated = sightings.simulated
                phone.take(sightings.scanner, sighting, now_ns)

    def witness(self, now_ns: int, presences: Sequence[Presence], accompanied: Accompanied = _not_known) -> None:
        """Sensing works and sees these: a phone with nobody near for minutes was left behind. Not called, none ever is.

        Where it is known that a phone moves along with somebody (`accompanied`), that decides: who passes it is no company, who stays is.
        """
        if not self._phones:
            return
        ways = [np.array([presence.position[:2], *(spot[1:] for spot in presence.trail)]) for presence in presences]
        for phone in self._phones.values():
            view = self._view(phone, now_ns)
            if view.position is None or now_ns - phone.stillness.watched_ns < SECOND:
                continue
            reach = max(view.sigma_m or 0.0, NEAREST_REACH_M)
            carried = accompanied(phone.device)
            near = [way[:1] if carried is None else way for way in ways]
            if phone.stillness.watch(bool(carried) or any(_stays(way, view.position, reach) for way in near), now_ns):
                phone.revision += 1

    def locate(self, now_ns: int) -> tuple[BleDeviceView, ...]:
        """Every device heard within the last quarter of an hour, in the order in which they were first heard."""
        if self._saved is not None:
            self._saved = None
            self._redrawn()
        self._forget_phones(now_ns)
        self._step_some(now_ns)
        return tuple(self._view(phone, now_ns) for phone in self._phones.values())

    def state(self) -> dict[str, Any]:
        """Plain JSON. A belief takes some ten kilobytes."""
        return {
            "phones": [phone.state() for phone in self._phones.values()],
            "listened_ns": dict(self._listened_ns),
            "nodes": {mac: list(position) for mac, position in self._survey.nodes.items()},
            "key": self._survey.key,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes on from there, bit for bit, once the same settings are configured (before or after)."""
        self._phones = {each["device"]: Phone.restored(each) for each in state["phones"]}
        self._saved = {each["device"]: each["belief"] for each in state["phones"] if each["belief"] is not None}
        self._saved_key = state["key"]
        self._listened_ns = {scanner: int(at) for scanner, at in state["listened_ns"].items()}
        self._shown.clear()
        self._survey.place({mac: (float(x), float(y), float(z)) for mac, (x, y, z) in state["nodes"].items()})
        self._redrawn()

    def _redrawn(self) -> None:
        """Beliefs over another map are worth nothing: those of a checkpoint wait for theirs, living ones begin anew."""
        if self._saved is None:
            for phone in self._phones.values():
                phone.begin_anew()
        elif self._survey.key == self._saved_key:
            for phone in self._phones.values():
                phone.belief = _restored(self._survey.signals, self._saved.get(phone.device))
            self._saved = None

    def _forget_phones(self, now_ns: int) -> None:
        gone = [phone.device for phone in self._phones.values() if now_ns - phone.last_ns > FORGET_S * SECOND]
        if len(self._phones) - len(gone) > MOST_PHONES:
            rest = sorted((p for p in self._phones.values() if p.device not in self._registered), key=lambda phone: phone.last_ns)
            gone += [phone.device for phone in rest[: len(self._phones) - MOST_PHONES]]
        for device in gone:
            self._phones.pop(device, None)
            self._shown.pop(device, None)

    def _step_some(self, now_ns: int) -> None:
        """Take in what is new, until enough beliefs were stepped for one tick."""
        signals, stepped = self._survey.signals, 0
        if signals is None:
            return
        for phone in self._due(signals, now_ns)[:LOOKED_AT_AT_ONCE]:
            stepped += self._step(phone, signals, now_ns)
            if stepped >= STEPS_AT_ONCE:
                return

    def _due(self, signals: SignalMap, now_ns: int) -> list[Phone]:
        """Those with something new to take in: registered ones before others, then those with a belief, who waited longest first."""
        known = set(signals.scanners)
        waiting = [
            phone
            for phone in self._phones.values()
            if any(heard.pending and scanner in known for scanner, heard in phone.heard.items())
            and (phone.belief is None or now_ns - phone.belief.at_ns >= STEP_EVERY_S * SECOND)
        ]
        return sorted(waiting, key=self._order)

    def _order(self, phone: Phone) -> tuple[bool, bool, int]:
        return phone.device not in self._registered, phone.belief is None, 0 if phone.belief is None else phone.belief.at_ns

    def _step(self, phone: Phone, signals: SignalMap, now_ns: int) -> bool:
        """Whether a belief was stepped, which takes long."""
        readings, silent = self._heard_by(phone, signals, now_ns)
        if phone.belief is None and self._room_for(phone):
            phone.belief = Belief(signals, now_ns)
        if phone.belief is not None:
            phone.belief.step(now_ns, readings, silent)
        for heard in phone.heard.values():
            heard.pending = False
        phone.revision += 1
        return phone.belief is not None

    def _heard_by(self, phone: Phone, signals: SignalMap, now_ns: int) -> tuple[dict[int, float], frozenset[int]]:
        readings: dict[int, float] = {}
        silent: set[int] = set()
        for row, scanner in enumerate(signals.scanners):
            heard = phone.heard.get(scanner)
            if heard is not None and heard.pending:
                readings[row] = heard.rssi
            elif self._listens(scanner, now_ns) and heard is None and now_ns - phone.first_ns > UNHEARD_S * SECOND:
                silent.add(row)
        return readings, frozenset(silent)

    def _listens(self, scanner: str, now_ns: int) -> bool:
        return now_ns - self._listened_ns.get(scanner, 0) <= LISTENING_S * SECOND

    def _room_for(self, phone: Phone) -> bool:
        """Unregistered ones give way, the one heard by fewest scanners and longest ago first."""
        believed = [each for each in self._phones.values() if each.belief is not None]
        registered = phone.device in self._registered
        if len(believed) < MOST_BELIEFS:
            return True
        least = min((each for each in believed if each.device not in self._registered), key=_importance, default=None)
        if least is None or not (registered or len(phone.heard) > len(least.heard)):
            return registered
        least.belief = None
        least.revision += 1
        return True

    def _view(self, phone: Phone, now_ns: int) -> BleDeviceView:
        shown, second = self._shown.get(phone.device), now_ns // SECOND
        if shown is None or shown.revision != phone.revision or shown.second != second:
            shown = _CachedView(phone.revision, second, self._device_view(phone, second * SECOND))
            self._shown[phone.device] = shown
        return shown.view

    def _device_view(self, phone: Phone, now_ns: int) -> BleDeviceView:
        fresh = phone.fresh(now_ns)
        registered = self._registered.get(phone.device)
        position, sigma_m, method = self._locate_phone(phone, [scanner for scanner in fresh if scanner in self._survey.scanners], now_ns)
        best = next(iter(fresh), "")
        person_id = registered.person_id if registered and registered.person_id in self._colors else ""
        return BleDeviceView(
            device=phone.device,
            address=phone.device if registered else "",
            name=phone.name,
            label=registered.label if registered else "",
            type=registered.type if registered else "",
            person_id=person_id,
            color=self._colors.get(person_id, registered.color) if registered else "",
            company_id=phone.company_id,
            rssi_dbm=fresh[best].rssi if best else None,
            best_scanner=best,
            scanners=len(fresh),
            first_seen_ns=phone.first_ns,
            last_seen_ns=phone.last_ns,
            position=position,
            sigma_m=sigma_m,
            method=method,
            left_behind=phone.stillness.left_behind,
            still_since_ns=phone.stillness.since_ns,
            simulated=phone.simulated,
            heard=tuple((scanner, heard.rssi) for scanner, heard in fresh.items()),
        )

    def _locate_phone(self, phone: Phone, scanners: Sequence[str], now_ns: int) -> tuple[Position | None, float | None, str]:
        """By those scanners that hear it now, the strongest first."""
        signals = self._survey.signals
        if not scanners or signals is None:
            return None, None, ""
        if phone.belief is None or len(scanners) == 1:
            x, y, _ = self._survey.scanners[scanners[0]]
            sigma_m = NEAREST_SIGMA_M * 3 if phone.belief is None else phone.belief.sigma_around((x, y), now_ns)
            return (x, y, PHONE_HEIGHT_M), round(max(sigma_m, NEAREST_SIGMA_M), 3), NEAREST
        found = phone.belief.estimate(now_ns)
        method = TWO_SCANNERS if len(scanners) == 2 else signals.method
        return (round(found.x, 3), round(found.y, 3), PHONE_HEIGHT_M), round(found.sigma_m, 3), method


def _stays(way: npt.NDArray[np.float64], place: Position, reach_m: float) -> bool:
    """Whether somebody with this way (N, 2) has been there for half of it or more."""
    away = np.hypot(way[:, 0] - place[0], way[:, 1] - place[1])
    return float(np.mean(away <= reach_m)) >= _STAYS


def _restored(signals: SignalMap | None, saved: Mapping[str, Any] | None) -> Belief | None:
    if signals is None or saved is None:
        return None
    belief = Belief(signals, 0)
    return belief if belief.restore(saved) else None


def _importance(phone: Phone) -> tuple[int, int]:
    return len(phone.heard), phone.last_ns
