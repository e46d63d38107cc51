"""A world of bare reflections, in the manner of the public node simulator of the recordings, with seeds of its own.

Written from the wire description of that simulator and held against its recordings (`tests/benchmarks/test_reflection_world.py`). A link
carries only what walkers reflect: no static path, no gain control, and received power follows the reflection. The amplitude falls with
the way and with the square of the Fresnel zone; several walkers are summed as amplitudes with their phases averaged.
"""

import struct

import numpy as np
import numpy.typing as npt

from engine.model.site import Position
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]

CHANNEL = 6
NODE_HEIGHT_M, WALKER_HEIGHT_M = 2.0, 1.7
_WAVE_M = 0.123
_SUBCARRIERS = 64
_COUNTS, _NOISE = 12.7, 0.005  # counts of I/Q for an amplitude of 1, and noise as a share of that
_WALL_M = 0.2  # walkers turn back so far from a wall
_SPEED_M_S = (0.6, 0.84)  # of a walker; each step is between two thirds and four thirds of it
_TURN_M_S = 0.03  # spread of the sideways push of one step
_ARRIVAL_S, _LINK_S = 5e-4, 3e-4  # spread of arrival, and between the links of one round
_LEAD_S = 0.05
_HEADER = struct.Struct("<6s6sQbbBB")


@dataclass(frozen=True, slots=True)
class ReflectionCase:
    """One run. `space_m`: width and depth of the room. `rate_hz`: frames a second of each directed link."""

    name: str
    nodes: int
    walkers: int
    space_m: tuple[float, float] = (5.0, 5.0)
    rate_hz: float = 20.0
    duration_s: float = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class ReflectionRun:
    """`nodes`: places (m) by MAC. `frames`: arrival (s) and bytes, in order. `truth`: rows t (s), x, y, z (m) of each walker."""

    nodes: dict[str, Position]
    frames: list[tuple[float, bytes]]
    truth: dict[str, Array]


def reflection_run(case: ReflectionCase, seed: int) -> ReflectionRun:
    """The frames of one run; the same for the same seed."""
    chance = np.random.default_rng((seed, case.nodes, case.walkers))
    step_s = int(1000 / case.rate_hz) / 1000
    times: Array = step_s * np.arange(1, int(case.duration_s / step_s) + 1, dtype=np.float64)
    ways = np.stack([_walk(case.space_m, len(times), step_s, chance) for _ in range(case.walkers)]) if case.walkers else _nobody(len(times))
    places = perimeter(case.nodes, case.space_m)
    truth: dict[str, Array] = {str(number): np.column_stack([times, way]) for number, way in enumerate(ways)}
    return ReflectionRun(places, _frames(places, times, ways, chance), truth)


def perimeter(nodes: int, space_m: tuple[float, float]) -> dict[str, Position]:
    """Places by MAC, evenly along the walls from the south-west corner on."""
    width, depth = space_m
    corners = np.cumsum([0.0, width, depth, width, depth])
    along = corners[-1] * np.arange(nodes) / nodes
    x = np.interp(along, corners, [0, width, width, 0, 0])
    y = np.interp(along, corners, [0, 0, depth, depth, 0])
    return {f"AA:BB:CC:00:00:{n:02X}": (float(x[n]), float(y[n]), NODE_HEIGHT_M) for n in range(nodes)}


def _walk(space_m: tuple[float, float], steps: int, step_s: float, chance: np.random.Generator) -> Array:
    """(steps, 3) a walk that drifts and turns back at the walls."""
    low, high = np.full(2, _WALL_M), np.array(space_m) - _WALL_M
    at, heading, speed = chance.uniform(low, high), chance.uniform(-np.pi, np.pi), chance.uniform(*_SPEED_M_S)
    way = np.empty((steps, 3))
    way[:, 2] = WALKER_HEIGHT_M
    for step in range(steps):
        heading += chance.normal(0, _TURN_M_S / speed)
        toward = np.array([np.cos(heading), np.sin(heading)])
        at = at + toward * speed * chance.uniform(2 / 3, 4 / 3) * step_s
        outside = (at < low) | (at > high)
        toward[outside] *= -1
        heading, at = float(np.arctan2(toward[1], toward[0])), np.clip(at, low, high)
        way[step, :2] = at
    return way


def _nobody(steps: int) -> Array:
    return np.zeros((0, steps, 3))


def reflections(one: Position, other: Position, ways: Array) -> tuple[Array, Array]:
    """(n,) amplitude and phase at the carrier (radians) that walkers (walkers, n, 3) make between two nodes."""
    ends = np.array([one, other])
    legs = np.linalg.norm(ways[:, :, None] - ends, axis=-1).sum(axis=-1)
    excess = legs - np.linalg.norm(ends[1] - ends[0])
    zone = np.maximum(np.ceil(excess / (_WAVE_M / 2)), 1.0)
    amplitude = (10.0 / legs / zone**2).sum(axis=0)
    phase = (np.pi - (np.pi - 2 * np.pi * legs / _WAVE_M) % (2 * np.pi)).mean(axis=0) if len(ways) else np.zeros(ways.shape[1])
    return amplitude, phase


def received(amplitude: Array, phase: Array, number: Array, chance: np.random.Generator) -> tuple[npt.NDArray[np.int8], Array]:
    """(n, 64, 2) I/Q counts, and (n,) RSSI (dBm), of frames with these numbers."""
    tone = np.arange(_SUBCARRIERS)
    fading = 0.8 + 0.4 * np.sin(2 * np.pi * tone / 16)
    angle = phase[:, None] + 0.1 * tone + 0.1 * np.sin(2 * np.pi * number / 100)[:, None]
    level = (amplitude[:, None] * fading)[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    level += _NOISE * chance.standard_normal(level.shape)
    counts = np.clip(np.trunc(_COUNTS * level), -127, 127).astype(np.int8)
    rssi = np.clip(np.trunc(-30 + 20 * np.log10(np.maximum(amplitude, 1e-9))), -90, -30)
    return counts, rssi


def _frames(places: dict[str, Position], times: Array, ways: Array, chance: np.random.Generator) -> list[tuple[float, bytes]]:
    macs = list(places)
    links = [(one, other) for one in macs for other in macs if one != other]
    arrivals = times + _LEAD_S + chance.normal(0, _ARRIVAL_S, len(times))
    number = np.arange(len(times), dtype=float)
    made: list[tuple[float, bytes]] = []
    for turn, (one, other) in enumerate(links):
        counts, rssi = received(*reflections(places[one], places[other], ways), number, chance)
        sender, reader = (bytes.fromhex(mac.replace(":", "")) for mac in (one, other))
        for step, arrival in enumerate((arrivals + _LINK_S * turn / len(links)).tolist()):
            head = _HEADER.pack(sender, reader, step * 50_000, int(rssi[step]), -95, CHANNEL, _SUBCARRIERS)
            made.append((arrival, head + counts[step].tobytes()))
    return sorted(made, key=lambda frame: frame[0])
