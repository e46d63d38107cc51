"""When somebody of the demo falls, once it was asked for: at the next moment at which sensors can tell. Outside no radio looks, and whoever
else moves among the nodes hides a fall from it; of who falls far from a camera, or half behind something, too little is seen, and radio
alone misses every second one (decision 353). Knows where walkers are, and tells nothing of it but the fall."""

import math
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise

from engine.sources.simulated.camera import SimulatedCamera
from engine.sources.simulated.demo import COVERED
from engine.sources.simulated.falls import Fall, FallScript
from engine.sources.simulated.plan import DEMO, XY, FloorPlan
from engine.sources.simulated.world import World

_STEP_S = 0.5
_SOON_S = 1.0  # nobody falls before whoever asked for it looks up
_BEFORE, _AFTER = 4, 16  # steps in which nobody else may move among the nodes: until radio is sure that somebody lies
_WALKS_M, _MOVES_M = 0.4, 0.05  # in a step
_WALL_M = 0.6
_PATIENCE = 60  # steps for which a moment is waited for that radio may tell as well
_WHOLE = 0.95  # of a body, so much is seen of it by the camera of the room
_LYING_S, _UPRIGHT_S = 3.0, (-0.5, -1.5)  # from the fall
_LYING_PX = 150.0  # the length of who lies, on a picture


def staged_fall(script: FallScript, now_s: float, lies_s: float, plan: FloorPlan = DEMO) -> Fall:
    """The next fall worth seeing, within a round of the walkers; of several at a time the one whose turn it is. Nothing is added yet.

    Whoever falls walks among the nodes, and the camera of the room sees all of them. Soon enough, nobody else moves there.
    """
    return _Round(script, now_s + _SOON_S, lies_s, plan).next_fall()


class _Round:
    """One round of the walkers from a moment on, as it would be if nobody else fell."""

    def __init__(self, script: FallScript, begin_s: float, lies_s: float, plan: FloorPlan) -> None:
        self._plan, self._begin_s, self._lies_s = plan, begin_s, lies_s
        self._tried: tuple[Fall, ...] = ()
        self._world = World(plan, falls=lambda: (*script(), *self._tried))
        self._count = round(plan.period_s / _STEP_S)
        turn = len(script()) % len(plan.walkers)
        self._order = [(turn + number) % len(plan.walkers) for number in range(len(plan.walkers))]

    def next_fall(self) -> Fall:
        steps = range(self._count)
        for_both = next(self._seen_falls(steps[:_PATIENCE], self._who_is_alone), None)
        if for_both is not None:
            return for_both
        turn = self._order[0]
        return next(self._seen_falls(steps, self._who_walks), self._fall(turn, 0))

    def _seen_falls(self, steps: range, who: Callable[[int], list[int]]) -> Iterator[Fall]:
        return filter(self._is_seen, (self._fall(walker, step) for step in steps for walker in who(step)))

    @cached_property
    def _places(self) -> list[tuple[XY, ...]]:
        return [self._world.places(self._begin_s + step * _STEP_S) for step in range(-_BEFORE, self._count + _AFTER)]

    @cached_property
    def _cameras(self) -> dict[str, SimulatedCamera]:
        return {camera.id: SimulatedCamera(self._world, camera) for camera in self._plan.cameras}

    def _who_walks(self, step: int) -> list[int]:
        """Among the nodes, for two seconds."""
        return [walker for walker in self._order if _walks(self._around(step), walker, self._plan)]

    def _who_is_alone(self, step: int) -> list[int]:
        """Of these, while nobody else moves there."""
        return [walker for walker in self._who_walks(step) if _is_alone(self._around(step), walker, self._plan)]

    def _around(self, step: int) -> list[tuple[XY, ...]]:
        return self._places[step : step + _BEFORE + _AFTER]

    def _fall(self, walker: int, step: int) -> Fall:
        x, y = self._places[step + _BEFORE][walker]
        rooms = self._plan.rooms.items()
        room = next((name for name, (x0, y0, x1, y1) in rooms if x0 <= x <= x1 and y0 <= y <= y1), "")
        return Fall(self._plan.walkers[walker].id, self._begin_s + step * _STEP_S, self._lies_s, room=room)

    def _is_seen(self, fall: Fall) -> bool:
        """By a camera, whole: on their feet before, and large enough on the floor."""
        self._tried = (fall,)
        return any(_sees(camera, fall) for camera in self._cameras.values())


def _sees(camera: SimulatedCamera, fall: Fall) -> bool:
    for after_s in (_LYING_S, *_UPRIGHT_S):
        seen = next((each for each in camera.truth(fall.at_s + after_s) if each.id == fall.walker_id), None)
        if seen is None or seen.visible_share < _WHOLE:
            return False
        if after_s == _LYING_S and seen.box_xyxy[2] - seen.box_xyxy[0] < _LYING_PX:
            return False
    return True


def _walks(around: list[tuple[XY, ...]], walker: int, plan: FloorPlan) -> bool:
    """Up to step `_BEFORE`."""
    own = [places[walker] for places in around[: _BEFORE + 1]]
    return all(_covered(place, plan, _WALL_M) for place in own) and all(math.dist(a, b) >= _WALKS_M for a, b in pairwise(own))


def _is_alone(around: list[tuple[XY, ...]], walker: int, plan: FloorPlan) -> bool:
    others = [[places[other] for places in around] for other in range(len(plan.walkers)) if other != walker]
    return not any(_stirs(a, b, plan) for other in others for a, b in pairwise(other))


def _stirs(before: XY, after: XY, plan: FloorPlan) -> bool:
    return math.dist(before, after) > _MOVES_M and (_covered(before, plan) or _covered(after, plan))


def _covered(place: XY, plan: FloorPlan, margin_m: float = 0.0) -> bool:
    """In a room with nodes; with a margin: and not in its doors."""
    x, y = place
    rooms = (plan.rooms[name] for name in COVERED)
    return any(x0 + margin_m < x < x1 - margin_m and y0 + margin_m < y < y1 - margin_m for x0, y0, x1, y1 in rooms)
