"""Who went through which portal, and which way: a blob counts on one side of a portal's line once it is clearly beyond it.

Between two sides the blob's smoothed path has to go through the opening (not past its ends, not above it). Steps in which a blob is only
carried along, and jumps that nobody could walk, are no path.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from engine.model.radio.blob import Blob, BlobStatus
from engine.model.site import Floor, Portal, Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain

BEYOND_M, MOST_BEYOND_M = 0.3, 0.6  # how far past the line is past it: at least, and for an uncertain blob at most
BESIDE_M = 0.15  # past an end of the opening this is still through it
ABOVE_M = 0.6  # heights from radio are that rough
SMOOTH_S = 0.3
FASTEST_M_S = 5.0
SLACK_M = 0.5  # that a blob may jump in one step besides walking
FORGET_S = 3.0  # a blob that was not measured for so long begins anew

_Key: TypeAlias = tuple[str, str]  # portal, blob


@dataclass(frozen=True, slots=True)
class Crossing:
    """A blob went through a portal. `inward`: from the right to the left of the way from `a` to `b`. at_ns, position: on the line."""

    portal_id: str
    blob_id: str
    inward: bool
    at_ns: int
    position: Position


@dataclass(frozen=True, slots=True)
class Walker:
    """One blob's path, smoothed: where it was at its last measurement."""

    blob_id: str
    at_ns: int
    position: Position


@dataclass(frozen=True, slots=True)
class Passage:
    """One blob at one portal.

    Attributes:
        side: 1 left, −1 right of the line, where it was last clearly; 0 while it was on neither.
        through, flips: of all times that the path met the line since, how many went through the opening.
        at_ns, position: of the newest that did.
    """

    portal_id: str
    blob_id: str
    side: int = 0
    through: int = 0
    flips: int = 0
    at_ns: int = 0
    position: Position = (0.0, 0.0, 0.0)


class PortalWatch:
    """Sans-IO, one thread. `configure` first and whenever the floor changes."""

    def __init__(self) -> None:
        self._portals: dict[str, Portal] = {}
        self._walkers: dict[str, Walker] = {}
        self._passages: dict[_Key, Passage] = {}

    def configure(self, floor: Floor) -> None:
        """A portal that was moved begins anew."""
        portals = {portal.id: portal for portal in floor.portals}
        moved = {portal_id for portal_id, portal in self._portals.items() if portals.get(portal_id) != portal}
        self._passages = {key: passage for key, passage in self._passages.items() if key[0] not in moved}
        self._portals = portals

    def step(self, now_ns: int, blobs: Sequence[Blob]) -> tuple[Crossing, ...]:
        crossings: list[Crossing] = []
        for blob in blobs:
            if blob.status is BlobStatus.CONFIRMED:
                crossings += self._measured(blob, now_ns)
        self._forget_walkers(now_ns)
        return tuple(crossings)

    def state(self) -> dict[str, Any]:
        return {
            "walkers": [to_plain(walker) for walker in self._walkers.values()],
            "passages": [to_plain(passage) for passage in self._passages.values()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """After `configure` with the same floor."""
        walkers = [read_as(Walker, plain, "walkers") for plain in state["walkers"]]
        passages = [read_as(Passage, plain, "passages") for plain in state["passages"]]
        self._walkers = {walker.blob_id: walker for walker in walkers}
        self._passages = {(passage.portal_id, passage.blob_id): passage for passage in passages}

    def _measured(self, blob: Blob, now_ns: int) -> list[Crossing]:
        before = self._walkers.get(blob.id)
        if before is not None and _is_jump(before, blob.position, now_ns):
            self._forget_blob(blob.id)
            before = None
        walker = Walker(blob.id, now_ns, blob.position) if before is None else _smoothed(before, blob.position, now_ns)
        self._walkers[blob.id] = walker
        beyond_m = _beyond_m(blob)
        found = [self._at_portal(portal, before or walker, walker, beyond_m) for portal in self._portals.values()]
        return [crossing for crossing in found if crossing is not None]

    def _at_portal(self, portal: Portal, before: Walker, walker: Walker, beyond_m: float) -> Crossing | None:
        key = portal.id, walker.blob_id
        passage = _met(self._passages.get(key) or Passage(*key), portal, before, walker)
        away_m = _left_m(portal, walker.position)
        side = 0 if abs(away_m) < beyond_m else (1 if away_m > 0 else -1)
        crossing = None
        if side and side == -passage.side and 2 * passage.through > passage.flips:
            crossing = Crossing(portal.id, walker.blob_id, side > 0, passage.at_ns, passage.position)
        self._passages[key] = Passage(*key, side) if side else passage
        return crossing

    def _forget_walkers(self, now_ns: int) -> None:
        for walker in list(self._walkers.values()):
            if now_ns - walker.at_ns > FORGET_S * SECOND:
                self._forget_blob(walker.blob_id)

    def _forget_blob(self, blob_id: str) -> None:
        self._walkers.pop(blob_id, None)
        self._passages = {key: passage for key, passage in self._passages.items() if key[1] != blob_id}


def _is_jump(before: Walker, position: Position, now_ns: int) -> bool:
    seconds = (now_ns - before.at_ns) / SECOND
    return math.dist(before.position[:2], position[:2]) > SLACK_M + FASTEST_M_S * max(seconds, SMOOTH_S)


def _smoothed(before: Walker, position: Position, now_ns: int) -> Walker:
    """First-order low pass of time constant `SMOOTH_S`, independent of the rate of steps."""
    share = 1 - math.exp(-max(now_ns - before.at_ns, 0) / (SMOOTH_S * SECOND))
    x, y, z = (old + share * (new - old) for old, new in zip(before.position, position, strict=True))
    return Walker(before.blob_id, now_ns, (x, y, z))


def _beyond_m(blob: Blob) -> float:
    """Half of the larger horizontal standard deviation (an upper bound of it), within bounds."""
    spread_m = math.sqrt(max(blob.covariance[0][0] + blob.covariance[1][1], 0.0))
    return min(max(spread_m / 2, BEYOND_M), MOST_BEYOND_M)


def _left_m(portal: Portal, position: Position) -> float:
    """How far left of the line through the portal, seen from `a` to `b`."""
    (ax, ay), (bx, by) = portal.a, portal.b
    return ((bx - ax) * (position[1] - ay) - (by - ay) * (position[0] - ax)) / math.dist(portal.a, portal.b)


def _along_m(portal: Portal, position: Position) -> float:
    """How far from `a` towards `b`."""
    (ax, ay), (bx, by) = portal.a, portal.b
    return ((bx - ax) * (position[0] - ax) + (by - ay) * (position[1] - ay)) / math.dist(portal.a, portal.b)


def _met(passage: Passage, portal: Portal, before: Walker, now: Walker) -> Passage:
    """The passage with the step from `before` to `now` counted, where that meets the portal's line."""
    from_m, to_m = _left_m(portal, before.position), _left_m(portal, now.position)
    if (from_m > 0) == (to_m > 0):
        return passage
    share = from_m / (from_m - to_m)
    x, y, z = (old + share * (new - old) for old, new in zip(before.position, now.position, strict=True))
    on_line = (x, y, z)
    width_m = math.dist(portal.a, portal.b)
    if not (-BESIDE_M <= _along_m(portal, on_line) <= width_m + BESIDE_M and z <= portal.height_m + ABOVE_M):
        return replace(passage, flips=passage.flips + 1)
    at_ns = before.at_ns + round(share * (now.at_ns - before.at_ns))
    return replace(passage, through=passage.through + 1, flips=passage.flips + 1, at_ns=at_ns, position=on_line)
