"""When somebody of the demo falls, once it was asked for: at the next moment at which sensors can tell. Outside no radio looks, and whoever
else moves among the nodes hides a fall from it. Knows where walkers are, and tells nothing of it but the fall."""

import math
from itertools import pairwise

from engine.sources.simulated.demo import COVERED
from engine.sources.simulated.falls import Fall, FallScript
from engine.sources.simulated.plan import DEMO, XY, FloorPlan
from engine.sources.simulated.world import World

_STEP_S = 0.5
_SOON_S = 1.0  # nobody falls before whoever asked for it looks up
_BEFORE, _AFTER = 4, 16  # steps in which nobody else may move among the nodes: until radio is sure that somebody lies
_WALKS_M, _MOVES_M = 0.4, 0.05  # in a step
_WALL_M = 0.6


def staged_fall(script: FallScript, now_s: float, lies_s: float, plan: FloorPlan = DEMO) -> Fall:
    """The next fall worth seeing, within a round of the walkers; of several at a time the one whose turn it is. Nothing is added yet."""
    world, begin_s = World(plan, falls=script), now_s + _SOON_S
    count = round(plan.period_s / _STEP_S)
    places = [world.places(begin_s + step * _STEP_S) for step in range(-_BEFORE, count + _AFTER)]
    turn = len(script()) % len(plan.walkers)
    order = [(turn + number) % len(plan.walkers) for number in range(len(plan.walkers))]
    for step in range(count):
        around = places[step : step + _BEFORE + _AFTER]
        chosen = next((walker for walker in order if _shows(around, walker, plan)), None)
        if chosen is not None:
            return Fall(plan.walkers[chosen].id, begin_s + step * _STEP_S, lies_s)
    return Fall(plan.walkers[turn].id, begin_s, lies_s)


def _shows(around: list[tuple[XY, ...]], walker: int, plan: FloorPlan) -> bool:
    """Whether this one walks among nodes up to step `_BEFORE`, and nobody else moves there before it or after."""
    own = [places[walker] for places in around[: _BEFORE + 1]]
    if not all(_covered(place, plan, _WALL_M) for place in own) or any(math.dist(a, b) < _WALKS_M for a, b in pairwise(own)):
        return False
    others = [[places[other] for places in around] for other in range(len(plan.walkers)) if other != walker]
    return not any(_stirs(a, b, plan) for other in others for a, b in pairwise(other))


def _stirs(before: XY, after: XY, plan: FloorPlan) -> bool:
    return math.dist(before, after) > _MOVES_M and (_covered(before, plan) or _covered(after, plan))


def _covered(place: XY, plan: FloorPlan, margin_m: float = 0.0) -> bool:
    """In a room with nodes; with a margin: and not in its doors."""
    x, y = place
    rooms = (plan.rooms[name] for name in COVERED)
    return any(x0 + margin_m < x < x1 - margin_m and y0 + margin_m < y < y1 - margin_m for x0, y0, x1, y1 in rooms)
