"""An empty rectangular room with people who wander in it: the second world, for tests and benches of any size and seed."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.sources.simulated.falls import UPRIGHT, Down, Fall, fallen, own_time, turn_of_fall
from engine.sources.simulated.pictures.bodies import Bodies, Body, person, thing
from engine.sources.simulated.pictures.body import INDEX, Frame, skeleton
from engine.sources.simulated.pictures.itinerary import Itinerary, Moment
from engine.sources.simulated.plan import XY, Outfit, Stop, WalkerPlan
from engine.sources.simulated.world import clearest_starts

Array = npt.NDArray[np.float64]

_PERIOD_S = 240.0
_MARGIN_M = 0.5
_SHORTEST_M, _LONGEST_M = 1.2, 15.0
_STOP_S = 3.2  # what stopping costs: slowing down, turning, starting
_GREY = Outfit((60, 60, 60), "short", (200, 170, 150), (90, 90, 90), (90, 90, 90), (70, 70, 70), (40, 40, 40))
_HAND_M, _SEAT_M, _GRAVITY = 0.95, 0.45, 9.81
FOR_EVER_S = 1e8


class Scenario(StrEnum):
    WALK = "walk"
    FALL = "fall"  # walker 0 goes down and stays down
    BAG = "bag"  # walker 0 drops a bag onto a couch
    OTA = "ota"  # a firmware update while people walk
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Space:
    """A box with its lower corner at the origin, metres."""

    width_m: float
    depth_m: float
    height_m: float

    def __post_init__(self) -> None:
        if not all(np.isfinite(v) and 1.5 <= v <= 100 for v in (self.width_m, self.depth_m)) or not 1.5 <= self.height_m <= 20:
            raise InputError("space", f"{self.width_m:g}x{self.depth_m:g}x{self.height_m:g} m is no room of 1.5 to 100 m")

    @classmethod
    def parse(cls, text: str) -> "Space":
        """`6x5x2.5`. Raises InputError (field `space`)."""
        parts = text.lower().split("x")
        try:
            width, depth, height = (float(part) for part in parts)
        except ValueError:
            raise InputError("space", f"{text[:40]!r} is not width, depth and height like 6x5x2.5") from None
        return cls(width, depth, height)

    def perimeter(self, count: int, heights_m: Sequence[float]) -> tuple[Position, ...]:
        """Evenly spaced places along the walls from the origin anticlockwise, at these heights in turn."""
        around = 2 * (self.width_m + self.depth_m)
        places: list[Position] = []
        for index in range(count):
            x, y = self._on_perimeter(index * around / count)
            places.append((x, y, min(heights_m[index % len(heights_m)], self.height_m)))
        return tuple(places)

    def _on_perimeter(self, along: float) -> XY:
        w, d = self.width_m, self.depth_m
        if along < w:
            return along, 0.0
        if along < w + d:
            return w, along - w
        return (2 * w + d - along, d) if along < 2 * w + d else (0.0, 2 * (w + d) - along)


@dataclass(frozen=True, slots=True)
class Truth:
    """Where somebody really is: the middle of the trunk, metres, and how fast it moves, m/s."""

    walker: int
    position: Position
    velocity: Position
    fallen: bool


@dataclass(frozen=True, slots=True)
class _Walker:
    plan: WalkerPlan
    round: Itinerary
    start_s: float


class Room(Bodies):
    """Deterministic for its arguments; no clock. One thread."""

    def __init__(
        self,
        space: Space,
        walkers: int,
        seed: int,
        scenario: Scenario = Scenario.WALK,
        event_at_s: float = 10.0,
        lies_s: float = FOR_EVER_S,
        down_s: float = 0.8,
    ) -> None:
        """`event_at_s`: when walker 0 falls or drops the bag; `lies_s`: for how long the faller lies."""
        if not 0 <= walkers <= 20:
            raise InputError("walkers", f"{walkers} is outside 0–20")
        if scenario in (Scenario.FALL, Scenario.BAG) and walkers < 1:
            raise InputError("walkers", f"the scenario {scenario} needs somebody")
        self.space, self.scenario, self.event_at_s = space, scenario, event_at_s
        chance = np.random.default_rng((seed, 3))
        self._couch = _couch(space, chance) if scenario is Scenario.BAG else None
        count = 0 if scenario is Scenario.EMPTY else walkers
        self._walkers = _walkers(space, count, chance, self._couch, event_at_s)
        self._falls = (Fall("walker-0", event_at_s, lies_s, down_s),) if scenario is Scenario.FALL else ()

    def at(self, t_s: float) -> tuple[Body, ...]:
        bodies = [self._person(index, t_s) for index in range(len(self._walkers))]
        if self._couch is not None:
            bodies.append(self._bag(t_s, self._couch))
        return tuple(bodies)

    def truth(self, t_s: float) -> tuple[Truth, ...]:
        """Everybody, in order; things are left out."""
        found: list[Truth] = []
        for index in range(len(self._walkers)):
            before, now = (self._person(index, t).mass_m for t in (t_s - 0.05, t_s))
            down = own_time(self._falls, f"walker-{index}", t_s)[1]
            found.append(Truth(index, _position(now), _position((now - before) / 0.05), down.lean > 0.9))
        return tuple(found)

    def _person(self, index: int, t_s: float) -> Body:
        joints, shoulders = self._joints(index, t_s)
        return person(f"walker-{index}", joints, shoulders, self._walkers[index].plan.build, t_s, 1.7 * index)

    def _joints(self, index: int, t_s: float) -> tuple[Array, Frame]:
        walker = self._walkers[index]
        moment, down = self._moment(index, t_s)
        height_m = walker.plan.height_m
        joints, hips, shoulders = skeleton(moment, height_m, t_s, habit=1.7 * index)
        if down.lean > 0:
            turn = turn_of_fall((moment.x, moment.y), moment.heading, 1.2 * height_m, self._room_m)
            joints, hips, shoulders = fallen(joints, hips, height_m, down, turn)
        return joints, shoulders

    def _moment(self, index: int, t_s: float) -> tuple[Moment, Down]:
        own_s, down = own_time(self._falls, f"walker-{index}", t_s) if self._falls else (t_s, UPRIGHT)
        walker = self._walkers[index]
        return walker.round.at(own_s + walker.start_s), down

    def _room_m(self, points: Array) -> float:
        far = np.array([self.space.width_m, self.space.depth_m])
        return float(np.minimum(points, far - points).min())

    def _bag(self, t_s: float, couch: XY) -> Body:
        """In the right hand until it is let go over the couch; then it falls half a metre and stays."""
        since_s = t_s - self.event_at_s
        if since_s < 0:
            hand = self._joints(0, t_s)[0][INDEX["right_hand"]]
            near = np.clip(1 + since_s / 1.5, 0, 1)  # held out over the couch at the end
            at = (1 - near) * (hand - [0, 0, 0.15]) + near * np.array([*couch, _HAND_M])
        else:
            at = np.array([*couch, max(_HAND_M - _GRAVITY / 2 * since_s**2, _SEAT_M)])
        return thing("bag", at, 0.45, 0.25)


def _position(values: Array) -> Position:
    return float(values[0]), float(values[1]), float(values[2])


def _couch(space: Space, chance: np.random.Generator) -> XY:
    return float(chance.uniform(0.3, 0.7) * space.width_m), min(0.7, space.depth_m / 4)


def _walkers(space: Space, count: int, chance: np.random.Generator, couch: XY | None, event_at_s: float) -> tuple[_Walker, ...]:
    plans = [_plan(space, index, chance, couch if index == 0 else None) for index in range(count)]
    rounds = tuple(_itinerary(plan, chance) for plan in plans)
    if not rounds:
        return ()
    starts, _ = clearest_starts(rounds, _PERIOD_S)
    shift_s = 0.0 if couch is None else _pause_after(rounds[0]) - event_at_s - starts[0]
    return tuple(_Walker(plan, round_, start + shift_s) for plan, round_, start in zip(plans, rounds, starts, strict=True))


def _pause_after(round_: Itinerary) -> float:
    """Well within the pause that the round starts with, at the couch."""
    times = np.arange(0.0, 20.0, 0.1)
    moved = np.hypot(*(round_.track(times) - round_.track(times[:1])).T) > 0.02
    return float(times[moved.argmax()]) / 2 if moved.any() else 2.0


def _plan(space: Space, index: int, chance: np.random.Generator, couch: XY | None) -> WalkerPlan:
    speed = float(chance.uniform(0.6, 1.4))
    route = _route(space, speed, chance, couch)
    return WalkerPlan(
        f"walker-{index}", f"Walker {index}", float(chance.uniform(1.6, 1.88)), speed, float(chance.uniform(0.9, 1.12)), _GREY, route
    )


def _route(space: Space, speed: float, chance: np.random.Generator, couch: XY | None) -> tuple[Stop, ...]:
    """Places until the walking fills most of the round. People stop at some, and wherever they would have to turn sharply."""
    here = (couch[0], couch[1] + 0.55) if couch is not None else _spot(space, chance)
    stops = [Stop(here, 4.0, couch)]
    came: Array | None = None
    spent_s = 8.0
    while True:
        there = _next_spot(space, np.array(here), came, chance)
        way = np.array(there) - here
        home_s = float(np.hypot(*(np.array(there) - stops[0].at))) / speed
        if len(stops) > 1 and spent_s + float(np.hypot(*way)) / speed + home_s > 0.96 * _PERIOD_S:
            break
        if came is not None and stops[-1].pause_s == 0 and _angle(came, way) > np.radians(75):
            stops[-1] = Stop(here, 1.0, there)
            spent_s += _STOP_S
        stops.append(Stop(there, float(chance.uniform(0.5, 4.0)) if chance.random() < 0.25 else 0.0, _spot(space, chance)))
        spent_s += float(np.hypot(*way)) / speed + (_STOP_S if stops[-1].pause_s else 0.0)
        here, came = there, way
    stops[-1] = Stop(here, 1.0, stops[0].at)
    return tuple(stops)


def _angle(one: Array, other: Array) -> float:
    return float(np.arccos(np.clip(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)), -1, 1)))


def _spot(space: Space, chance: np.random.Generator) -> XY:
    x, y = (min(_MARGIN_M, size / 4) for size in (space.width_m, space.depth_m))
    return float(chance.uniform(x, space.width_m - x)), float(chance.uniform(y, space.depth_m - y))


def _next_spot(space: Space, here: Array, came: Array | None, chance: np.random.Generator) -> XY:
    """Not right here and, if possible, roughly ahead; the furthest of a few where the room is small."""
    spots = [_spot(space, chance) for _ in range(10)]
    far = [spot for spot in spots if np.hypot(*(here - spot)) >= _SHORTEST_M]
    ahead = [spot for spot in far if came is None or _angle(came, spot - here) < np.radians(75)]
    x, y = (ahead or far or [max(spots, key=lambda spot: float(np.hypot(*(here - spot))))])[0]
    share = min(1.0, _LONGEST_M / max(float(np.hypot(x - here[0], y - here[1])), 1e-6))
    return float(here[0] + share * (x - here[0])), float(here[1] + share * (y - here[1]))


def _itinerary(plan: WalkerPlan, chance: np.random.Generator) -> Itinerary:
    pauses = sum(stop.pause_s > 0 for stop in plan.route)
    return Itinerary(plan, _PERIOD_S, tuple(float(v) for v in chance.uniform(0.5, 1.8, pauses)))
