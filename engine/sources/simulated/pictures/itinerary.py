"""Where one walker is at every moment of the round: path, speed, heading and gait phase, sampled once and interpolated."""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.plan import XY, Stop, WalkerPlan

Array = npt.NDArray[np.float64]

STEP_S = 0.02
_CORNER_M = 0.7  # corners are rounded from this far before them
_ACCELERATION = 1.1  # m/s², how people start and stop
_TURN_S = 0.9  # for turning on the spot


@dataclass(frozen=True, slots=True)
class Moment:
    """`heading` in radians, anticlockwise from east; `phase` counts gait cycles; `stride_m` is 0 when standing."""

    x: float
    y: float
    heading: float
    phase: float
    stride_m: float
    speed_m_s: float


class Itinerary:
    """A closed round of `period_s`. Pure after construction."""

    def __init__(self, walker: WalkerPlan, period_s: float, pause_scale: tuple[float, ...]) -> None:
        """`pause_scale` weighs the pauses, in the order of the route; together they fill what the walking leaves of the round."""
        legs = _legs(walker.route)
        walks = [_walk(leg, walker.speed_m_s) for leg in legs]
        pauses = _pauses(walker.route, pause_scale, period_s - sum(len(walk) * STEP_S for walk in walks))
        self._period_s = period_s
        self._table = _resample(_timeline(walks, pauses, _looks(walker.route)), period_s)

    def at(self, t_s: float) -> Moment:
        table = self._table
        place = (t_s % self._period_s) / self._period_s * (len(table) - 1)
        index = min(int(place), len(table) - 2)
        rest = place - index
        x, y, heading, phase, stride, speed = (float(v) for v in table[index] * (1 - rest) + table[index + 1] * rest)
        return Moment(x, y, heading, phase, stride, speed)

    def track(self, times_s: Array) -> Array:
        """Positions (N, 2) in metres at times (N,) of the round."""
        grid = np.linspace(0, self._period_s, len(self._table))
        return np.stack([np.interp(times_s % self._period_s, grid, self._table[:, column]) for column in (0, 1)], axis=1)


def _legs(route: tuple[Stop, ...]) -> list[list[XY]]:
    """Point lists from one pause to the next; the last leg returns to the first stop. The route starts with a pause."""
    legs: list[list[XY]] = [[route[0].at]]
    for stop in (*route[1:], route[0]):
        legs[-1].append(stop.at)
        if stop.pause_s > 0:
            legs.append([stop.at])
    return legs[:-1]


def _looks(route: tuple[Stop, ...]) -> list[XY]:
    return [stop.look or stop.at for stop in route if stop.pause_s > 0]


def _pauses(route: tuple[Stop, ...], scale: tuple[float, ...], left_s: float) -> list[float]:
    wanted = np.array([stop.pause_s for stop in route if stop.pause_s > 0]) * np.array(scale)
    if left_s < 2 * _TURN_S * len(wanted):
        raise ValueError(f"a route leaves only {left_s:.1f} s for {len(wanted)} pauses")
    spare = left_s - 2 * _TURN_S * len(wanted)
    return [2 * _TURN_S + float(share) * spare for share in wanted / wanted.sum()]


def _walk(points: list[XY], speed: float) -> Array:
    """(N, 4): x, y, heading, speed at every step along a leg that starts and ends at rest."""
    path = _rounded(np.array(points))
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = float(along[-1])
    peak = min(speed, float(np.sqrt(length * _ACCELERATION)))
    ramp_s = peak / _ACCELERATION
    total_s = 2 * ramp_s + (length - peak * ramp_s) / peak
    t = np.arange(0, total_s, STEP_S)
    v = np.minimum(peak, _ACCELERATION * np.minimum(t, total_s - t))
    s = np.concatenate([[0.0], np.cumsum(v[:-1] * STEP_S)])
    s *= length / max(float(s[-1]), 1e-9)
    x, y = np.interp(s, along, path[:, 0]), np.interp(s, along, path[:, 1])
    dx, dy = np.diff(path, axis=0).T
    tangent: Array = np.asarray(np.unwrap(np.arctan2(dy, dx)), np.float64)
    heading: Array = np.interp(s, (along[1:] + along[:-1]) / 2, tangent)
    return np.stack([x, y, heading, v], axis=1)


def _rounded(points: Array) -> Array:
    """The polyline with its corners replaced by quadratic Bézier arcs, densely sampled."""
    t = np.linspace(0, 1, 13)[:, None]
    pieces = [points[:1]]
    for before, corner, after in zip(points[:-2], points[1:-1], points[2:], strict=True):
        start, end = _towards(corner, before), _towards(corner, after)
        pieces.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    pieces.append(points[-1:])
    path = np.concatenate(pieces)
    keep = np.concatenate([[True], np.hypot(*np.diff(path, axis=0).T) > 1e-6])
    return path[keep]


def _towards(corner: Array, other: Array) -> Array:
    away = other - corner
    distance = float(np.hypot(*away))
    return corner + away * min(_CORNER_M, distance / 2) / distance


def _timeline(walks: list[Array], pauses: list[float], looks: list[XY]) -> Array:
    """(N, 4): pause at the first stop, walk, pause, walk … headings unwrapped."""
    pieces: list[Array] = []
    for index, (pause_s, look, walk) in enumerate(zip(pauses, looks, walks, strict=True)):
        arrival = walks[index - 1][-1, 2]
        pieces += [_stand(walk[0, :2], arrival, look, walk[0, 2], pause_s), walk]
    rows = np.concatenate(pieces)
    rows[:, 2] = np.unwrap(rows[:, 2])
    return rows


def _stand(at: Array, arrival: float, look: XY, departure: float, pause_s: float) -> Array:
    """Turn to what is looked at, stay, turn to where the way goes on."""
    towards = look - at
    facing = arrival + _turn(float(np.arctan2(towards[1], towards[0])) - arrival)
    leaving = facing + _turn(departure - facing)
    t = np.arange(0, pause_s, STEP_S)
    heading = arrival + (facing - arrival) * _smooth(t / _TURN_S) + (leaving - facing) * _smooth((t - pause_s) / _TURN_S + 1)
    still = np.zeros_like(t)
    return np.stack([still + at[0], still + at[1], heading, still], axis=1)


def _turn(angle: float) -> float:
    return float((angle + np.pi) % (2 * np.pi) - np.pi)


def _smooth(t: Array) -> Array:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def stride_m(speed: Array) -> Array:
    """Length of one gait cycle (two steps) at a speed; close to Grieve and Gear (1966) for adults: short steps when slow."""
    return np.where(speed > 0.02, 0.50 + 0.60 * speed, 0.0)


def _resample(rows: Array, period_s: float) -> Array:
    """(N, 6) with phase and stride; the table spans exactly the period and its last row equals the first moment, one turn on."""
    x, y, heading, speed = (rows[:, column] for column in range(4))
    strides: Array = stride_m(speed)
    cycles: Array = np.where(strides > 0, speed * STEP_S / np.maximum(strides, 1e-6), 0.0)
    phase: Array = np.cumsum(cycles) - cycles
    gait: Array = _settled(strides * np.clip(speed / 0.5, 0, 1))
    turned = float(heading[-1]) + _turn(float(heading[0] - heading[-1])) - float(heading[0])
    table: Array = np.stack([x, y, _settled(heading, turned), phase, gait, speed], axis=1)
    last = table[:1].copy()
    last[0, 2] += turned
    last[0, 3] = float(phase[-1])
    closed: Array = np.concatenate([table, last])
    grid = np.linspace(0, len(closed) - 1, round(period_s / STEP_S) + 1)
    at = np.arange(len(closed))
    return np.stack([np.interp(grid, at, closed[:, column]) for column in range(closed.shape[1])], axis=1)


def _settled(values: Array, per_round: float = 0.0) -> Array:
    """A running mean over 0.36 s of a closed course that gains `per_round` each time: steps grow and fade, nobody turns at once."""
    half = round(0.18 / STEP_S)
    padded = np.concatenate([values[-half:] - per_round, values, values[:half] + per_round])
    return np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), mode="valid")
