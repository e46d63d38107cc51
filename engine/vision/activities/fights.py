"""Fights: two people close to each other, staying in one place, both moving violently, for `fight_s`."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from engine.model.alerts.decision import GateReading
from engine.model.event import EventKind, Severity
from engine.model.geometry import Box
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.vision.activities.body import Body, centre
from engine.vision.activities.change import ActivityChange, Stage, all_passed, at_least, at_most
from engine.vision.activities.violence import WINDOW_NS, violence

CLOSE, LEVEL, ALIKE = 0.8, 0.35, 0.6  # body heights between the middles, between the feet; ratio of the heights
TRAVEL = 0.6  # body heights / s: who goes faster side by side walks or runs
BOTH = 0.5  # of what is violent: the other one moves at least so much
CALM_NS = SECOND // 2  # so long a pause does not begin the wait anew
OVER_NS = 3 * SECOND
NEAR = 1.5  # body heights: another pair so near belongs to the same fight
TOLD = 0.6


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who are violent to each other. Means over `looks`: violence of both together and of the calmer one, travel, distance."""

    key: str
    track_ids: tuple[str, ...]
    since_ns: int
    violent_ns: int
    box: Box
    scale: float
    confidence: float
    looks: int
    violence: float
    calmer: float
    travel: float
    close: float
    raised: bool = False


@dataclass(frozen=True, slots=True)
class _Pairs:
    pairs: tuple[Pair, ...] = ()


class FightWatch:
    """One camera's. Sans-IO, one thread."""

    def __init__(self) -> None:
        self._settings = ActivitySettings()
        self._pairs: dict[str, Pair] = {}

    def configure(self, settings: ActivitySettings) -> None:
        self._settings = settings

    def see(self, at_ns: int, bodies: Mapping[str, Body]) -> list[ActivityChange]:
        changes: list[ActivityChange] = []
        measured = _Violence()
        for first, second in combinations(sorted(bodies.values(), key=lambda body: body.id), 2):
            look = _measured_pair(first, second, at_ns, measured)
            if look is not None:
                changes += self._update_pair(look)
        return changes

    def tick(self, now_ns: int) -> list[ActivityChange]:
        return [change for pair in tuple(self._pairs.values()) for change in self._aged(pair, now_ns)]

    def state(self) -> Any:
        return to_plain(_Pairs(tuple(self._pairs.values())))

    def restore(self, state: Any) -> None:
        self._pairs = {pair.key: pair for pair in read_as(_Pairs, state, "fights").pairs}

    def _update_pair(self, look: Pair) -> list[ActivityChange]:
        """A violent look: more of a fight that is known, or the first of one that may be."""
        known = self._pairs.get(look.key) or next((pair for pair in self._pairs.values() if pair.raised and _same_fight(pair, look)), None)
        pair = look if known is None else _merged(known, look)
        self._pairs[pair.key] = pair
        gates = self._fight_gates(pair)
        if pair.raised or not all_passed(gates):
            return []
        self._pairs[pair.key] = replace(pair, raised=True)
        reason = f"Two people close together have been moving violently for {_seconds(pair):.1f} s."
        return [_fight_change(Stage.RAISED, pair, look.violent_ns, reason, gates)]

    def _aged(self, pair: Pair, now_ns: int) -> list[ActivityChange]:
        if now_ns - pair.violent_ns <= (OVER_NS if pair.raised else CALM_NS):
            return []
        del self._pairs[pair.key]
        if pair.raised:
            return [_fight_change(Stage.ENDED, pair, pair.violent_ns, "Calm again, or not seen any more.")]
        told = _seconds(pair) >= TOLD * self._settings.fight_s
        return [_fight_change(Stage.REJECTED, pair, now_ns, "", self._fight_gates(pair))] if told else []

    def _fight_gates(self, pair: Pair) -> tuple[GateReading, ...]:
        return (
            at_most("close", pair.close, CLOSE, "body heights"),
            at_most("in place", pair.travel, TRAVEL, "body heights / s"),
            at_least("violence", pair.violence, 1.0),
            at_least("both", pair.calmer, BOTH),
            at_least("lasts", _seconds(pair), self._settings.fight_s, "s"),
        )


class _Violence:
    """Of everybody on one picture, each measured once, and only where it is asked for."""

    def __init__(self) -> None:
        self._known: dict[str, float | None] = {}

    def of(self, body: Body) -> float | None:
        if body.id not in self._known:
            self._known[body.id] = violence(body)
        return self._known[body.id]


def _measured_pair(first: Body, second: Body, at_ns: int, measured: _Violence) -> Pair | None:
    """Of two who are near each other at about one depth, and violent."""
    scale = (first.scale + second.scale) / 2
    close = math.dist(first.last.centre, second.last.centre) / scale
    level = abs(first.last.box[3] - second.last.box[3]) / scale
    if close > 1.5 * CLOSE or level > LEVEL or min(first.scale, second.scale) < ALIKE * max(first.scale, second.scale):
        return None
    one, other = measured.of(first), measured.of(second)
    if one is None or other is None or one + other < 2.0:  # a mean below 1
        return None
    both = f"{first.id}+{second.id}"
    travel = _travel((first, second), scale)
    return Pair(
        both,
        (first.id, second.id),
        at_ns,
        at_ns,
        _around(first.last.box, second.last.box),
        scale,
        min(first.confidence, second.confidence),
        1,
        (one + other) / 2,
        min(one, other),
        travel,
        close,
    )


def _travel(bodies: Iterable[Body], scale: float) -> float:
    """Speed at which both go along together."""
    moves = [_move(body) for body in bodies]
    return math.hypot(sum(x for x, _ in moves) / 2, sum(y for _, y in moves) / 2) / scale


def _move(body: Body) -> tuple[float, float]:
    """Pixels per second over the last second."""
    samples = body.since(body.last.at_ns - WINDOW_NS)
    (x0, y0), (x1, y1) = samples[0].centre, samples[-1].centre
    seconds = max(samples[-1].at_ns - samples[0].at_ns, 1) / SECOND
    return (x1 - x0) / seconds, (y1 - y0) / seconds


def _same_fight(pair: Pair, look: Pair) -> bool:
    near = math.dist(centre(pair.box), centre(look.box)) <= NEAR * look.scale
    return near or bool(set(pair.track_ids) & set(look.track_ids))


def _merged(pair: Pair, look: Pair) -> Pair:
    looks = pair.looks + 1
    return replace(
        pair,
        track_ids=look.track_ids,
        violent_ns=look.violent_ns,
        box=look.box,
        scale=look.scale,
        confidence=max(pair.confidence, look.confidence),
        looks=looks,
        violence=pair.violence + (look.violence - pair.violence) / looks,
        calmer=pair.calmer + (look.calmer - pair.calmer) / looks,
        travel=pair.travel + (look.travel - pair.travel) / looks,
        close=pair.close + (look.close - pair.close) / looks,
    )


def _around(first: Box, second: Box) -> Box:
    return min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3])


def _seconds(pair: Pair) -> float:
    return (pair.violent_ns - pair.since_ns) / SECOND


def _fight_change(stage: Stage, pair: Pair, at_ns: int, reason: str, gates: tuple[GateReading, ...] = ()) -> ActivityChange:
    return ActivityChange(
        kind=EventKind.FIGHT,
        stage=stage,
        key=pair.key,
        track_ids=pair.track_ids,
        at_ns=at_ns,
        started_ns=pair.since_ns,
        severity=Severity.HIGH,
        confidence=pair.confidence,
        reason=reason,
        gates=gates,
        box_xyxy=pair.box,
    )
