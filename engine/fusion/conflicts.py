"""What no single sensor could say: a badge that goes without its owner, a person in two places, a phone that was left behind."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from engine.model.event import EventKind
from engine.model.radio.fused import Assertion, AssertionKind, FusedTrack
from engine.model.radio.radio import BleDeviceView
from engine.model.site import Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass

OFTEN = 1.9  # times that a body has to have been told who it is
SURE = 2.0  # log-odds of what an assertion must count to contradict another
APART_M, APART_SIGMA = 2.0, 3.0
NEAR_M, NEAR_SIGMA = 1.0, 1.0
_BADGE = "badge"
_BODILY = (AssertionKind.FACE, AssertionKind.OPERATOR, AssertionKind.VOICE)
# A contradiction that is away for less is the same one: who meets somebody is known less well for a while, and owners pass their phones.
_BREAK_S: dict[EventKind, float] = {EventKind.BADGE_WITHOUT_OWNER: 30.0, EventKind.TWO_PLACES: 2.0, EventKind.PHONE_LEFT: 15.0}
_DISPROVED = 2.0  # seconds that a second of the opposite takes away
_STEP_MOST_S = 0.5
# Scanners report phones every five seconds, and whose phone goes with whom is often wrong for one or two reports.
PERSIST_S: dict[EventKind, float] = {EventKind.BADGE_WITHOUT_OWNER: 15.0, EventKind.TWO_PLACES: 3.0, EventKind.PHONE_LEFT: 30.0}


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion about one fused track, with what it counts now, and how `often` it was said."""

    track: FusedTrack
    assertion: Assertion
    counts: float
    often: float = 1.0


@dataclass(frozen=True, slots=True)
class Conflict:
    """`key` names it for as long as it lasts. `seen_s`: for how long it was seen, breaks not counted. `reason`: a sentence."""

    kind: EventKind
    key: str
    person_id: str
    position: Position
    seen_s: float
    reason: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class _ConflictSpell:
    """`seen_s`: for so long, up to `last_ns`. `break_s`: away for longer, it is over."""

    last_ns: int
    seen_s: float
    break_s: float


class ConflictWatch:
    """Sans-IO, deterministic; the engine thread only."""

    def __init__(self) -> None:
        self._seen: dict[str, _ConflictSpell] = {}
        self._last_ns = 0

    @property
    def lasting(self) -> frozenset[str]:
        """Keys of those that go on, also of those that are not seen just now."""
        return frozenset(self._seen)

    def step(
        self, now_ns: int, tracks: Sequence[FusedTrack], claims: Sequence[Claim], devices: Sequence[BleDeviceView], names: Mapping[str, str]
    ) -> tuple[Conflict, ...]:
        """All that are seen now. `names`: of persons, by id; of others nothing is said."""
        found = {
            conflict.key: conflict
            for conflict in (*_badges(claims, names), *_find_two_places(claims, names), *_phones(tracks, devices, names))
        }
        dt_s, self._last_ns = min(max((now_ns - self._last_ns) / SECOND, 0.0), _STEP_MOST_S) if self._last_ns else 0.0, now_ns
        self._seen = self._gone_on(now_ns, dt_s, {claim.assertion.person_id for claim in _with_owner(claims)})
        for key, conflict in found.items():
            before = self._seen.get(key)
            self._seen[key] = _ConflictSpell(now_ns, 0.0 if before is None else before.seen_s + dt_s, _BREAK_S[conflict.kind])
        return tuple(replace(conflict, seen_s=self._seen[key].seen_s) for key, conflict in sorted(found.items()))

    def _gone_on(self, now_ns: int, dt_s: float, with_owner: Iterable[str]) -> dict[str, _ConflictSpell]:
        """What is not over; that a badge is with its owner speaks against all that was thought of it."""
        disproved = tuple(f"{_BADGE} {person_id} " for person_id in with_owner)
        less = {
            key: replace(seen, seen_s=seen.seen_s - _DISPROVED * dt_s) if key.startswith(disproved) else seen
            for key, seen in self._seen.items()
        }
        return {key: seen for key, seen in less.items() if now_ns - seen.last_ns < seen.break_s * SECOND and seen.seen_s >= 0}

    def drop_person(self, person_id: str) -> None:
        self._seen = {key: seen for key, seen in self._seen.items() if person_id not in key}

    def state(self) -> dict[str, Any]:
        return {"seen": {key: [seen.last_ns, seen.seen_s, seen.break_s] for key, seen in self._seen.items()}, "last_ns": self._last_ns}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._seen = {
            key: _ConflictSpell(int(last_ns), float(seen_s), float(break_s)) for key, (last_ns, seen_s, break_s) in state["seen"].items()
        }
        self._last_ns = int(state["last_ns"])


def _badges(claims: Sequence[Claim], names: Mapping[str, str]) -> Iterator[Conflict]:
    """Somebody carries a person's phone, and is bodily another."""
    bodies = {claim.track.id: claim for claim in _bodily(claims)}
    for badge in claims:
        if not _is_badge(badge):
            continue
        owner, body = badge.assertion.person_id, bodies.get(badge.track.id)
        if body is None or body.assertion.person_id == owner or owner not in names or body.assertion.person_id not in names:
            continue
        other = names[body.assertion.person_id]
        reason = f"{names[owner]}'s phone goes with {other}, says the {body.assertion.kind.value}."
        yield _conflict(EventKind.BADGE_WITHOUT_OWNER, f"{_BADGE} {owner} {body.assertion.person_id}", owner, badge.track, reason)


def _with_owner(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Badges that go with those whose they are."""
    bodies = {(claim.track.id, claim.assertion.person_id) for claim in _bodily(claims)}
    return (badge for badge in claims if _is_badge(badge) and (badge.track.id, badge.assertion.person_id) in bodies)


def _is_badge(claim: Claim) -> bool:
    return claim.assertion.kind is AssertionKind.BLE and claim.counts >= SURE


def _find_two_places(claims: Sequence[Claim], names: Mapping[str, str]) -> Iterator[Conflict]:
    """One person, bodily, on two tracks that cannot be one."""
    sure = sorted(_bodily(claims), key=lambda claim: (-claim.counts, claim.track.number))
    for index, one in enumerate(sure):
        for other in sure[index + 1 :]:
            person_id = one.assertion.person_id
            if other.assertion.person_id != person_id or person_id not in names or not _are_apart(one.track, other.track):
                continue
            pair = " ".join(sorted((one.track.id, other.track.id)))
            reason = f"{names[person_id]} is said to be in two places, {math.dist(one.track.position, other.track.position):.0f} m apart."
            yield _conflict(EventKind.TWO_PLACES, f"places {person_id} {pair}", person_id, one.track, reason)


def _phones(tracks: Sequence[FusedTrack], devices: Sequence[BleDeviceView], names: Mapping[str, str]) -> Iterator[Conflict]:
    """A phone that lies still, and nobody near could be its owner: others who are known may pass."""
    for device in devices:
        if not device.left_behind or device.position is None or device.person_id not in names:
            continue
        reach_m = NEAR_M + NEAR_SIGMA * (device.sigma_m or 0.0)
        near = [track for track in tracks if math.dist(track.position[:2], device.position[:2]) < reach_m]
        if any(track.identity is None or track.identity.person_id == device.person_id for track in near):
            continue
        reason = f"{names[device.person_id]}'s phone lies where {names[device.person_id]} is not."
        yield Conflict(EventKind.PHONE_LEFT, f"phone {device.device}", device.person_id, device.position, 0.0, reason, device.simulated)


def _bodily(claims: Sequence[Claim]) -> list[Claim]:
    """Who each track bodily is, where that is sure: said more than once, and so much more than it is said of anybody else."""
    by_track: dict[str, dict[str, list[Claim]]] = {}
    for claim in claims:
        if claim.assertion.kind in _BODILY:
            by_track.setdefault(claim.track.id, {}).setdefault(claim.assertion.person_id, []).append(claim)
    ranked = [sorted(persons.values(), key=_sum, reverse=True) for persons in by_track.values()]
    return [
        replace(max(best, key=attrgetter("counts")), counts=_sum(best))
        for best, *others in ranked
        if _sum(best) - (_sum(others[0]) if others else 0.0) >= SURE and _said_enough(best)
    ]


def _sum(claims: Sequence[Claim]) -> float:
    return sum(claim.counts for claim in claims)


def _said_enough(claims: Sequence[Claim]) -> bool:
    """One picture may be wrong; an operator is asked to look."""
    return sum(claim.often for claim in claims) >= OFTEN or any(claim.assertion.kind is AssertionKind.OPERATOR for claim in claims)


def _are_apart(one: FusedTrack, other: FusedTrack) -> bool:
    if one.id == other.id:
        return False
    spread = math.sqrt(sum(track.covariance[axis][axis] for track in (one, other) for axis in (0, 1)))
    return math.dist(one.position[:2], other.position[:2]) > APART_M + APART_SIGMA * spread


def _conflict(kind: EventKind, key: str, person_id: str, track: FusedTrack, reason: str) -> Conflict:
    return Conflict(kind, key, person_id, track.position, 0.0, reason, track.simulated)
