"""The ledgers of all pairs of phones and presences."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import BleDeviceView
from engine.model.settings import Settings
from engine.model.site import Position, ScannerCalibration
from engine.model.time import SECOND
from engine.radio.ble.cells import FloorCells
from engine.radio.ble.ledger import Ledger, Reading, fit_anywhere, fit_at, foretold, weight_of
from engine.radio.ble.movement import Movement
from engine.radio.ble.presence import Presence
from engine.radio.ble.survey import Survey

_ELSEWHERE_M, _MOST_ELSEWHERE = 0.8, 100
MAY_LIE, LIES = 0.1, 0.5  # how often a phone that is near somebody lies there: one that has just come or moved, and one that long has not
_JUMP_M = 1.5  # nobody walks so far in a tick: who does was taken for somebody else
_LAIN_S = 60.0  # what that goes by
_Of = TypeVar("_Of")
Pair = tuple[str, str]
"""Device, presence id."""


class PairBook:
    """For every pair two ledgers over the same readings: the phone is with the presence, and the phone is anywhere else.

    And whether it moves along: one that lies where somebody walks fits their way better than it fits anywhere.
    """

    def __init__(self) -> None:
        self._survey = Survey()
        self._losses: dict[str, ScannerCalibration] = {}
        self._learned: dict[str, ScannerCalibration] = {}
        self._with: dict[Pair, Ledger] = {}
        self._without: dict[Pair, Ledger] = {}
        self._movements: dict[Pair, Movement] = {}
        self._along: dict[str, float] = {}  # by device, the movement of the presence that it goes along with best
        self._lying: dict[str, float] = {}  # by device, how likely that is before anything is known of who is near
        self._places: dict[str, tuple[float, float]] = {}  # by presence
        self._heard: dict[Pair, tuple[int, int]] = {}  # by device and scanner: RSSI, and when it changed
        self._at_ns = 0

    def configure(self, settings: Settings) -> None:
        self._losses = {each.scanner: each for each in settings.radio.calibrations}
        self._survey.configure(settings)

    def learn(self, losses: Mapping[str, ScannerCalibration]) -> None:
        """Learned path losses, which count where nobody calibrated the scanner."""
        self._learned = dict(losses)

    def place(self, scanners: Mapping[str, Position]) -> None:
        self._survey.place(scanners)

    def step(self, now_ns: int, presences: Sequence[Presence], phones: Sequence[BleDeviceView]) -> None:
        self._forget_pairs(now_ns, {presence.id for presence in presences}, {phone.device for phone in phones})
        self._lying = {phone.device: _lying(phone, now_ns) for phone in phones}
        self._follow_movement(presences)
        elsewhere = self._elsewhere() if phones and presences else None
        for phone in phones:
            readings = list(self._new(phone, now_ns))
            if readings and elsewhere is not None:
                anywhere = fit_anywhere(elsewhere, readings)
                for presence, there in zip(presences, fit_at(now_ns, presences, readings), strict=True):
                    pair = phone.device, presence.id
                    self._with.setdefault(pair, Ledger()).add(there)
                    self._without.setdefault(pair, Ledger()).add(anywhere)
                    movement = self._movements.setdefault(pair, Movement())
                    for each in readings:
                        movement.add(each.scanner_id, each.rssi, *foretold(now_ns, presence, each), each.weight, now_ns)
        self._along = _best(self._movements)

    def succeed(self, heirs: Mapping[str, str]) -> None:
        """Presences that go on as others, which take over what is known unless they know better themselves."""
        _inherit(self._with, heirs)
        _inherit(self._without, heirs)
        _inherit(self._movements, heirs)

    def log_ratio(self, device: str, presence_id: str) -> float:
        """Log of how much better "the phone is with this presence" explains what was heard than "it is anywhere, or lies near
        them"; 0 for nothing heard."""
        pair = device, presence_id
        if pair not in self._with:
            return 0.0
        anywhere = self._without[pair].log_evidence() - self._with[pair].log_evidence()
        lying, lies = self._lying[device], -self._along.get(device, 0.0)
        return -float(np.logaddexp(math.log(1 - lying) + anywhere, math.log(lying) + lies))

    def best(self, device: str) -> float | None:
        """The log ratio of the presence that the phone fits best; None where nothing was held against anybody."""
        return max((self.log_ratio(*pair) for pair in self._with if pair[0] == device), default=None)

    def state(self) -> dict[str, Any]:
        return {
            "at_ns": self._at_ns,
            "nodes": {mac: list(position) for mac, position in self._survey.nodes.items()},
            "heard": [[*pair, *heard] for pair, heard in self._heard.items()],
            "pairs": [[*pair, ledger.state(), self._without[pair].state()] for pair, ledger in self._with.items()],
            "lying": self._lying,
            "places": {presence: list(place) for presence, place in self._places.items()},
            "movements": [[*pair, movement.state()] for pair, movement in self._movements.items()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._at_ns = int(state["at_ns"])
        self._survey.place({mac: (float(x), float(y), float(z)) for mac, (x, y, z) in state["nodes"].items()})
        self._heard = {(device, scanner): (rssi, at_ns) for device, scanner, rssi, at_ns in state["heard"]}
        self._with = {(device, presence): Ledger.restored(logs) for device, presence, logs, _ in state["pairs"]}
        self._without = {(device, presence): Ledger.restored(logs) for device, presence, _, logs in state["pairs"]}
        self._lying = {device: MAY_LIE for device, _ in self._with} | state.get("lying", {})
        self._movements = {pair: Movement() for pair in self._with}
        self._movements |= {(device, presence): Movement.restored(kept) for device, presence, kept in state.get("movements", ())}
        self._along = _best(self._movements)
        self._places = {presence: (float(x), float(y)) for presence, (x, y) in state.get("places", {}).items()}

    def _follow_movement(self, presences: Sequence[Presence]) -> None:
        """What was learned of somebody's movement ends where they jump."""
        places = {presence.id: presence.position[:2] for presence in presences}
        jumped = {each for each, place in places.items() if math.dist(self._places.get(each, place), place) > _JUMP_M}
        self._movements = {pair: movement for pair, movement in self._movements.items() if pair[1] not in jumped}
        self._places = places

    def _forget_pairs(self, now_ns: int, presences: set[str], devices: set[str]) -> None:
        """Pairs that are gone at once; evidence fades in steps of a second, which spares most of the work."""
        passed_ns = max(now_ns - self._at_ns, 0) if self._at_ns else 0
        fades = passed_ns >= SECOND
        self._at_ns = now_ns if fades or not self._at_ns else self._at_ns
        for kept in (self._with, self._without, self._movements):
            for pair in [pair for pair in kept if pair[0] not in devices or pair[1] not in presences]:
                del kept[pair]
            if fades:
                for each in kept.values():
                    each.forget(passed_ns / SECOND)
        for pair in [pair for pair in self._heard if pair[0] not in devices]:
            del self._heard[pair]

    def _new(self, phone: BleDeviceView, now_ns: int) -> Iterable[Reading]:
        """Of scanners with a place, those whose strength differs from the one before: nodes repeat old ones."""
        scanners = self._survey.scanners
        for scanner, rssi in phone.heard:
            before = self._heard.get((phone.device, scanner))
            if scanner in scanners and (before is None or before[0] != rssi):
                weight = weight_of(None if before is None else now_ns - before[1])
                self._heard[phone.device, scanner] = rssi, now_ns
                yield Reading(scanners[scanner], self._losses.get(scanner, self._learned.get(scanner)), rssi, weight, scanner)

    def _elsewhere(self) -> npt.NDArray[np.float64]:
        signals = self._survey.signals
        if signals is None:
            return np.zeros((1, 2))
        cells = signals.cells
        area = cells.x0, cells.y0, cells.x0 + cells.nx * cells.cell_m, cells.y0 + cells.ny * cells.cell_m
        return FloorCells.over(area, _ELSEWHERE_M, _MOST_ELSEWHERE).centers()


def _inherit(kept: dict[Pair, _Of], heirs: Mapping[str, str]) -> None:
    for device, gone in [pair for pair in kept if pair[1] in heirs]:
        kept.setdefault((device, heirs[gone]), kept.pop((device, gone)))


def _best(movements: Mapping[Pair, Movement]) -> dict[str, float]:
    """Of each phone: one that goes along with somebody does not lie, whoever it is."""
    best: dict[str, float] = {}
    for (device, _), movement in movements.items():
        best[device] = max(best.get(device, -math.inf), movement.log_ratio)
    return best


def _lying(phone: BleDeviceView, now_ns: int) -> float:
    still_s = max(now_ns - phone.still_since_ns, 0) / SECOND if phone.still_since_ns else 0.0
    return LIES + (MAY_LIE - LIES) * math.exp(-still_s / _LAIN_S)
