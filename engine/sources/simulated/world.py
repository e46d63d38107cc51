"""The one world behind every simulated sensor: a pure function of time."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.falls import UPRIGHT, Down, Fall, fallen, own_time, turn_of_fall
from engine.sources.simulated.pictures.body import JOINTS, Frame, skeleton
from engine.sources.simulated.pictures.itinerary import Itinerary, Moment
from engine.sources.simulated.plan import DEMO, XYZ, FloorPlan, WalkerPlan
from engine.sources.simulated.waves.obstacles import room_around

Array = npt.NDArray[np.float64]

CLEARANCE_M = 0.6
_DRAWS = 8
_CHECK_S = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class WalkerPose:
    """One walker at one moment, in the floor frame.

    Attributes:
        position: (x, y) metres. heading: radians anticlockwise from east. speed_m_s: along the path.
        gait_phase: cycles, 0–1. joints_m: (24, 3) in the order of `body.JOINTS`. hips, shoulders: unit vectors of those parts.
    """

    id: str
    position: tuple[float, float]
    heading: float
    speed_m_s: float
    gait_phase: float
    joints_m: npt.NDArray[np.float64]
    hips: Frame
    shoulders: Frame

    @property
    def upright(self) -> bool:
        """Not falling, lying or getting up."""
        return bool(self.hips.up[2] > 0.999)

    @property
    def joints(self) -> Mapping[str, XYZ]:
        """Joints by name, metres."""
        return {name: (float(x), float(y), float(z)) for name, (x, y, z) in zip(JOINTS, self.joints_m, strict=True)}


def nobody_falls() -> tuple[Fall, ...]:
    return ()


class World:
    """Deterministic for a plan, a seed and the falls; no threads, no clock. Any thread may ask; one call takes about 0.3 ms.

    The seed decides how long each walker stays at each stop. Of some candidate rounds the one is taken in which the walkers keep
    clear of each other best, since nobody steers around anybody: nor do they after somebody who fell goes on late.
    """

    def __init__(self, plan: FloorPlan = DEMO, seed: int = 7, falls: Callable[[], Sequence[Fall]] = nobody_falls) -> None:
        """`falls` is asked at every moment, so that a fall may still be commanded; one in the past changes what was."""
        self.plan = plan
        self._rounds, self._starts = _best_rounds(tuple(plan.walkers), plan.period_s, seed)
        self._falls = falls
        self._room = room_around(plan)

    def walkers(self, t_s: float) -> tuple[WalkerPose, ...]:
        """Every walker at a world time in seconds, wherever they are."""
        states = self._states(t_s)
        return tuple(self._pose(index, *state, t_s) for index, state in enumerate(states))

    def places(self, t_s: float) -> tuple[tuple[float, float], ...]:
        """Only where their ways are, in the order of the plan's walkers: cheap."""
        return tuple((moment.x, moment.y) for moment, _ in self._states(t_s))

    def _states(self, t_s: float) -> list[tuple[Moment, Down]]:
        falls = self._falls()
        states: list[tuple[Moment, Down]] = []
        for walker, round_, start_s in zip(self.plan.walkers, self._rounds, self._starts, strict=True):
            own_s, down = own_time(falls, walker.id, t_s) if falls else (t_s, UPRIGHT)
            states.append((round_.at(own_s + start_s), down))
        return states

    def _pose(self, index: int, moment: Moment, down: Down, t_s: float) -> WalkerPose:
        walker = self.plan.walkers[index]
        joints, hips, shoulders = skeleton(moment, walker.height_m, t_s, habit=1.7 * index)
        place = (moment.x, moment.y)
        if down.lean > 0:
            turn = turn_of_fall(place, moment.heading, 1.2 * walker.height_m, self._room)
            joints, hips, shoulders = fallen(joints, hips, walker.height_m, down, turn)
            place = (float(joints[0, 0]), float(joints[0, 1]))
        return WalkerPose(walker.id, place, moment.heading, moment.speed_m_s, moment.phase % 1.0, joints, hips, shoulders)


@lru_cache(maxsize=4)  # cameras, nodes and phones of a site make the same world
def _best_rounds(walkers: tuple[WalkerPlan, ...], period_s: float, seed: int) -> tuple[tuple[Itinerary, ...], tuple[float, ...]]:
    """Rounds and start times under which no two walkers come too near each other, or the clearest of a few draws."""
    best: tuple[tuple[Itinerary, ...], tuple[float, ...]] = ((), ())
    best_gap, chance = -1.0, np.random.default_rng(seed)
    for _ in range(_DRAWS):
        rounds = tuple(_round(walker, period_s, chance) for walker in walkers)
        starts, gap = clearest_starts(rounds, period_s)
        if gap > best_gap:
            best, best_gap = (rounds, starts), gap
        if gap >= CLEARANCE_M:
            break
    return best


def _round(walker: WalkerPlan, period_s: float, chance: np.random.Generator) -> Itinerary:
    pauses = sum(stop.pause_s > 0 for stop in walker.route)
    return Itinerary(walker, period_s, tuple(float(v) for v in chance.uniform(0.5, 1.8, pauses)))


def clearest_starts(rounds: tuple[Itinerary, ...], period_s: float) -> tuple[tuple[float, ...], float]:
    """Start times one walker after the other, each the one that stays furthest from those already placed; and the smallest gap."""
    times = np.arange(0, period_s, _CHECK_S)
    starts, placed, gap = [0.0], [rounds[0].track(times)], np.inf
    for round_ in rounds[1:]:
        track = round_.track(times)
        gaps = np.min([_gap_by_shift(other, track) for other in placed], axis=0)
        shift = int(gaps.argmax())
        gap = min(gap, float(gaps[shift]))
        starts.append(shift * _CHECK_S)
        placed.append(np.roll(track, -shift, axis=0))
    return tuple(starts), gap


def _gap_by_shift(fixed: Array, moved: Array) -> Array:
    """Smallest distance between two closed tracks (N, 2) for every circular shift of the second, (N,) metres."""
    apart = np.hypot(fixed[:, None, 0] - moved[None, :, 0], fixed[:, None, 1] - moved[None, :, 1])
    index = np.arange(len(fixed))
    return apart[index[:, None], (index[:, None] + index[None, :]) % len(fixed)].min(axis=0)
