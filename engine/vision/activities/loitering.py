"""Loitering: within `loiter_radius` body heights of one spot for `loiter_s`. One event per stay, however long it lasts."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.model.alerts.decision import GateReading
from engine.model.event import EventKind, Severity
from engine.model.geometry import Box
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.vision.activities.body import Body
from engine.vision.activities.change import ActivityChange, Stage, all_passed, at_least

AWAY_NS = 2 * SECOND  # outside for so long ends a stay
UNSEEN_NS = 10 * SECOND  # detectors lose people who stand still; so does everybody who walks past in front
MEMORY_S = 30.0  # the spot follows whoever shifts slowly
TOLD = 0.5


@dataclass(frozen=True, slots=True)
class Stay:
    """`spot`: in pixels. `inside_ns`: when they were last within the radius; `seen_ns`: when they were last seen at all."""

    key: str
    track_id: str
    spot: tuple[float, float]
    scale: float
    since_ns: int
    inside_ns: int
    seen_ns: int
    box: Box
    confidence: float
    raised: bool = False


@dataclass(frozen=True, slots=True)
class _Stays:
    stays: tuple[Stay, ...] = ()


class LoiteringWatch:
    """One camera's. Sans-IO, one thread."""

    def __init__(self) -> None:
        self._settings = ActivitySettings()
        self._stays: dict[str, Stay] = {}

    def configure(self, settings: ActivitySettings) -> None:
        self._settings = settings

    def see(self, at_ns: int, bodies: Mapping[str, Body], down: frozenset[str]) -> list[ActivityChange]:
        """`down`: tracks of people who fell; they do not loiter."""
        changes: list[ActivityChange] = []
        fresh = {body.id: body for body in bodies.values() if body.last.at_ns == at_ns and body.id not in down}
        followed = {stay.track_id for stay in self._stays.values()}
        for body in fresh.values():
            stay = self._stay_of(body, fresh.keys() | followed)
            self._stays[stay.key] = stay = self._looked(stay, body, at_ns)
            changes += self._judged(stay, at_ns)
        return changes

    def tick(self, now_ns: int) -> list[ActivityChange]:
        return [change for stay in tuple(self._stays.values()) for change in self._aged(stay, now_ns)]

    def state(self) -> Any:
        return to_plain(_Stays(tuple(self._stays.values())))

    def restore(self, state: Any) -> None:
        self._stays = {stay.key: stay for stay in read_as(_Stays, state, "loitering").stays}

    def _stay_of(self, body: Body, present: frozenset[str] | set[str]) -> Stay:
        """Their own, that of whoever was lost on this spot, or a new one."""
        own = next((stay for stay in self._stays.values() if stay.track_id == body.id), None)
        if own is not None:
            return own
        lost = [stay for stay in self._stays.values() if stay.seen_ns < body.last.at_ns and self._resumes_stay(stay, present, body)]
        nearest = min(lost, key=lambda stay: math.dist(stay.spot, body.last.centre), default=None)
        if nearest is not None:
            return replace(nearest, track_id=body.id)
        at_ns = body.last.at_ns
        return Stay(_key(body, self._stays), body.id, body.last.centre, body.scale, at_ns, at_ns, at_ns, body.last.box, body.confidence)

    def _resumes_stay(self, stay: Stay, present: frozenset[str] | set[str], body: Body) -> bool:
        gone = stay.seen_ns <= body.last.at_ns - SECOND // 2
        return gone and body.first_ns >= stay.since_ns and self._within(stay, body)

    def _within(self, stay: Stay, body: Body) -> bool:
        return math.dist(stay.spot, body.last.centre) <= self._settings.loiter_radius * stay.scale

    def _looked(self, stay: Stay, body: Body, at_ns: int) -> Stay:
        if not self._within(stay, body):
            return replace(stay, seen_ns=at_ns)
        share = min((at_ns - stay.seen_ns) / SECOND / MEMORY_S, 1.0)
        (x, y), (to_x, to_y) = stay.spot, body.last.centre
        spot = (x + share * (to_x - x), y + share * (to_y - y))
        scale = stay.scale + share * (body.scale - stay.scale)
        confidence = max(stay.confidence, body.confidence)
        return replace(stay, spot=spot, scale=scale, inside_ns=at_ns, seen_ns=at_ns, box=body.last.box, confidence=confidence)

    def _judged(self, stay: Stay, at_ns: int) -> list[ActivityChange]:
        gates = self._gates(stay)
        if stay.raised or not all_passed(gates):
            return []
        self._stays[stay.key] = replace(stay, raised=True)
        reason = f"Somebody has stayed in one spot for {(stay.inside_ns - stay.since_ns) / SECOND:.0f} s."
        return [_loitering_change(Stage.RAISED, stay, at_ns, reason, gates)]

    def _aged(self, stay: Stay, now_ns: int) -> list[ActivityChange]:
        away_ns = stay.seen_ns - stay.inside_ns
        if away_ns <= AWAY_NS and now_ns - stay.seen_ns <= UNSEEN_NS:
            return []
        del self._stays[stay.key]
        if stay.raised:
            return [
                _loitering_change(
                    Stage.ENDED, stay, stay.inside_ns, "Has moved on." if away_ns > AWAY_NS else "Is not seen there any more."
                )
            ]
        gates = self._gates(stay)
        return [_loitering_change(Stage.REJECTED, stay, now_ns, "", gates)] if gates[0].value >= TOLD * gates[0].threshold else []

    def _gates(self, stay: Stay) -> tuple[GateReading, ...]:
        return (at_least("stays", (stay.inside_ns - stay.since_ns) / SECOND, self._settings.loiter_s, "s"),)


def _key(body: Body, known: Mapping[str, Stay]) -> str:
    """A track may stay in several spots, one after the other."""
    return body.id if body.id not in known else f"{body.id}@{body.last.at_ns}"


def _loitering_change(stage: Stage, stay: Stay, at_ns: int, reason: str, gates: tuple[GateReading, ...] = ()) -> ActivityChange:
    return ActivityChange(
        kind=EventKind.LOITERING,
        stage=stage,
        key=stay.key,
        track_ids=(stay.track_id,),
        at_ns=at_ns,
        started_ns=stay.since_ns,
        severity=Severity.LOW,
        confidence=stay.confidence,
        reason=reason,
        gates=gates,
        box_xyxy=stay.box,
    )
