"""Radio links in a world: what every node hears of every other while bodies move between them.

A channel is a sum of ways: the straight one, single reflections, a tail of late echoes, and one way by each part of each body (bistatic
radar equation), some of those by way of a wall too. Walls take their share, and bodies stand in the way of the fixed ones
(`diffraction`). It is built forwards, from lengths in metres to phases, and shares neither code nor constants with what the engine makes
of CSI.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import LIGHT_M_S, wavelength_m
from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.bodies import Bodies, Body
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.waves.diffraction import passing
from engine.sources.simulated.waves.multipath import REFLECTIONS, images, trace
from engine.sources.simulated.waves.receiver import CARRIER_HZ, TONES, Receivers

Array = npt.NDArray[np.float64]
Complex: TypeAlias = npt.NDArray[np.complexfloating]
Numbers = npt.NDArray[np.intp]

CELL_S = 0.05
_DELAYS = 200
_DELAY_S = 0.5e-9  # parts of bodies are put into delays of this width for the shape over the band; the carrier's phase is exact
_NEAREST_M = 0.3
_JITTER_S = 0.0012
_ROWS = 4
_TAIL, _TAIL_S, _TAIL_SHARE = 6, 25e-9, 0.42  # late echoes of a furnished room: how many, how late, how strong against the straight way
_WORD = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True, slots=True)
class RadioNode:
    """A node by its address and where its aerial is."""

    mac: str
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Packets:
    """What was heard in one cell of time: F rows in order of sending. `reader` and `sender` number the nodes.

    sent_s: (F,) world time. iq: (F, 64, 2) int8, I then Q, in the order of the chip's buffer (0 … 31, −32 … −1).
    """

    reader: Numbers
    sender: Numbers
    sent_s: Array
    iq: npt.NDArray[np.int8]
    rssi_dbm: npt.NDArray[np.int8]
    noise_dbm: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.sent_s)


class Airwaves:
    """All links among some nodes. A pure function of nodes, surroundings, bodies, seed and time; one thread.

    Time is cut into cells of 50 ms. Bodies are posed at the edges of a cell and carried straight in between.
    """

    def __init__(self, nodes: Sequence[RadioNode], around: Surroundings, bodies: Bodies, seed: int = 7, channel: int = 6) -> None:
        self.nodes = tuple(nodes)
        self.channel = channel
        self._bodies, self._around, self._seed = bodies, around, seed
        self._wave_m = wavelength_m(channel)
        self._at = np.array([node.position for node in nodes], np.float64).reshape(-1, 3)
        self._receivers = Receivers(len(nodes), self._wave_m, seed)
        self._fixed = _Fixed(self._at, around, self._wave_m, seed)
        self._images, self._image_share = images(self._at, around)
        lags = np.arange(_DELAYS) * _DELAY_S
        self._band = np.exp(-2j * np.pi * np.outer(lags, CARRIER_HZ)).astype(np.complex64)
        self._edge: tuple[int, _Posed] | None = None

    def cell(self, number: int, rates_hz: Sequence[float]) -> Packets:
        """Everything heard in [number · 50 ms, (number + 1) · 50 ms). `rates_hz`: packets a second of each node, 0 for a silent one."""
        chance = np.random.Generator(np.random.Philox(key=np.array([self._seed & _WORD, number & _WORD], np.uint64)))
        sender, sent_s = _schedule(number, rates_hz, chance)
        first, last = self._posed(number), self._posed(number + 1)
        packet, reader = np.nonzero(sender[:, None] != np.arange(len(self.nodes)))
        if not len(packet):
            nothing = np.zeros(0, np.intp)
            return Packets(nothing, nothing, np.zeros(0), np.zeros((0, TONES, 2), np.int8), np.zeros(0, np.int8), np.zeros(0, np.int8))
        share = np.clip(sent_s / CELL_S - number, 0, 1)
        channel = self._fixed.channel(sender[packet], reader, sent_s[packet], share[packet], first.passing, last.passing)
        if len(first.reflect):
            channel = channel + self._by_bodies(sender, packet, reader, share, first, last)
        heard = self._receivers.hear(channel, sender[packet], reader, chance)
        kept = heard.kept
        return Packets(
            reader[kept], sender[packet][kept], sent_s[packet][kept], heard.iq[kept], heard.rssi_dbm[kept], heard.noise_dbm[kept]
        )

    def _by_bodies(self, sender: Numbers, packet: Numbers, reader: Numbers, share: Array, first: "_Posed", last: "_Posed") -> Complex:
        """(F, 64): the ways by way of bodies."""
        turn = share[:, None, None]
        points, mass = first.points + (last.points - first.points) * turn, first.mass + (last.mass - first.mass) * turn
        through = first.through[:, first.owner]
        apart = _apart(points, self._at)
        one, other, size = apart[packet, sender[packet]], apart[packet, reader], first.reflect
        size = size * through[sender[packet]] * through[reader]
        mirrored = self._mirrored(mass, sender, packet, reader, first)
        one, other, size = (np.concatenate(pair, axis=1) for pair in zip((one, other, size), mirrored, strict=True))
        size = size / np.sqrt(4 * np.pi) / (np.maximum(one, _NEAREST_M) * np.maximum(other, _NEAREST_M))
        length = one + other
        wave = size * np.exp((-2j * np.pi / self._wave_m) * length)
        excess = length - self._fixed.straight_m[sender[packet], reader][:, None]
        lag = np.clip(np.rint(excess / LIGHT_M_S / _DELAY_S), 0, _DELAYS - 1).astype(np.intp)
        slots = (lag + _DELAYS * np.arange(len(packet))[:, None]).ravel()
        cells = len(packet) * _DELAYS
        taps = np.bincount(slots, wave.real.ravel(), cells) + 1j * np.bincount(slots, wave.imag.ravel(), cells)
        return self._over_band(taps.reshape(-1, _DELAYS).astype(np.complex64))

    def _mirrored(self, mass: Array, sender: Numbers, packet: Numbers, reader: Numbers, first: "_Posed") -> tuple[Array, Array, Array]:
        """Ways by a body and a wall: both distances and size, (F, 2 · images · bodies); the body as one point."""
        nodes, count = self._image_share.shape
        far = _apart(mass, self._images.reshape(-1, 3)).reshape(len(mass), nodes, count, -1)
        near = _apart(mass, self._at)
        one, other = far[packet, sender[packet]], far[packet, reader]
        straight_one, straight_other = (np.broadcast_to(near[packet, end][:, None], one.shape) for end in (sender[packet], reader))
        both = first.whole * first.through[sender[packet]] * first.through[reader]
        sizes = [self._image_share[end][:, :, None] * both[:, None] for end in (sender[packet], reader)]
        rows = len(packet)
        return (
            np.concatenate([one.reshape(rows, -1), straight_one.reshape(rows, -1)], axis=1),
            np.concatenate([straight_other.reshape(rows, -1), other.reshape(rows, -1)], axis=1),
            np.concatenate([size.reshape(rows, -1) for size in sizes], axis=1),
        )

    def _over_band(self, taps: Complex) -> Complex:
        """(F, delays) to (F, 64). In pieces so small that the linear algebra library starts no threads: they would cost 50 times more."""
        out = np.empty((len(taps), TONES), np.complex64)
        for start in range(0, len(taps), _ROWS):
            np.matmul(taps[start : start + _ROWS], self._band, out=out[start : start + _ROWS])
        return out

    def _posed(self, number: int) -> "_Posed":
        if self._edge is not None and self._edge[0] == number:
            return self._edge[1]
        posed = _pose(self._bodies.at(number * CELL_S), self._at, self._around, self._fixed)
        self._edge = (number, posed)
        return posed


@dataclass(frozen=True, slots=True, eq=False)
class _Posed:
    """The bodies at one edge of a cell: points (Q, 3), root of cross section (Q,), which body (Q,); the bodies as one point each (B, 3),
    (B,); what walls leave of a wave from each node to each body (N, B); what bodies leave of each fixed way (U, P)."""

    points: Array
    reflect: Array
    owner: Numbers
    mass: Array
    whole: Array
    through: Array
    passing: Complex


def _pose(bodies: Sequence[Body], nodes: Array, around: Surroundings, fixed: "_Fixed") -> _Posed:
    if not bodies:
        nobody = np.zeros((0, 3)), np.zeros(0)
        return _Posed(*nobody, np.zeros(0, np.intp), *nobody, np.zeros((len(nodes), 0)), fixed.unhindered)
    mass = np.array([body.mass_m for body in bodies])
    starts, ends = np.repeat(nodes, len(mass), axis=0), np.tile(mass, (len(nodes), 1))
    through = 10 ** (-around.loss_db(starts, ends) / 20)
    owner = np.repeat(np.arange(len(bodies)), [len(body.points_m) for body in bodies])
    points = np.concatenate([body.points_m for body in bodies])
    reflect = np.concatenate([body.reflect_m for body in bodies])
    whole = np.array([np.sqrt((body.reflect_m**2).sum()) for body in bodies])
    return _Posed(points, reflect, owner, mass, whole, through.reshape(len(nodes), len(mass)), fixed.hindered(bodies))


def _apart(points: Array, nodes: Array) -> Array:
    """Distances (T, N, Q) of nodes (N, 3) from points (T, Q, 3)."""
    return np.sqrt(((points[:, None] - nodes[None, :, None]) ** 2).sum(axis=-1))


class _Fixed:
    """The fixed ways of every pair of nodes, and what slowly changes them."""

    def __init__(self, at: Array, around: Surroundings, wave_m: float, seed: int) -> None:
        self._wave_m = wave_m
        count = len(at)
        one, other = np.triu_indices(count, 1)
        self._pair = np.zeros((count, count), np.intp)
        self._pair[one, other] = self._pair[other, one] = np.arange(len(one))
        self.straight_m = np.linalg.norm(at[:, None] - at[None], axis=-1)
        if not len(one):
            one, other = np.zeros(1, np.intp), np.zeros(1, np.intp)
        self._ways = ways = trace(at[one], at[other], around)
        self._starts, self._ends, self._before, self._after = _stretches(at[one], at[other], ways.bend_m, ways.length_m)
        excess_s = (ways.length_m - ways.length_m[:, :1]) / LIGHT_M_S
        phase = np.exp(-2j * np.pi * ways.length_m / wave_m + 1j * _unknown_depth(ways.length_m.shape, seed))
        over_band = np.exp(-2j * np.pi * excess_s[..., None] * CARRIER_HZ)
        tones = (ways.amplitude * phase)[..., None] * over_band
        late = ways.amplitude[:, :1, None] * _echoes(len(one), seed)
        self._tones = np.concatenate([tones, late], axis=1).astype(np.complex64)
        self.unhindered = np.ones(self._tones.shape[:2], np.complex128)
        self._drift = _Drift(self._tones.shape[:2], seed)

    def hindered(self, bodies: Sequence[Body]) -> Complex:
        """(U, P): what the bodies leave of every way; a bent one has two stretches."""
        low, high = np.array([body.low_m for body in bodies]), np.array([body.high_m for body in bodies])
        half = np.array([body.half_width_m for body in bodies])
        factor = passing(self._starts, self._ends, self._before, self._after, low, high, half, self._wave_m).prod(axis=1)
        pairs = len(self.unhindered)
        bent = factor[pairs:].reshape(pairs, REFLECTIONS, 2).prod(axis=2)
        return np.concatenate([factor[:pairs, None], bent, np.ones((pairs, 1), np.complex128)], axis=1)

    def channel(self, sender: Numbers, reader: Numbers, sent_s: Array, share: Array, first: Complex, last: Complex) -> Complex:
        """(F, 64) for packets from `sender` to `reader` at `share` of the cell."""
        pair = self._pair[sender, reader]
        factor = first[pair] + (last[pair] - first[pair]) * share[:, None]
        factor = factor * self._drift.at(pair, float(sent_s.mean()) if len(sent_s) else 0.0)
        return np.einsum("fp,fpk->fk", factor.astype(np.complex64), self._tones[pair])


def _unknown_depth(shape: tuple[int, ...], seed: int) -> Array:
    """Phase (U, P) of each reflection, 0 for the straight way: where in a wall or a cupboard a wave turns is not known to a wavelength."""
    phase = np.random.default_rng((seed, 47)).uniform(0, 2 * np.pi, shape)
    phase[:, 0] = 0
    return phase


def _echoes(pairs: int, seed: int) -> Complex:
    """(U, 1, 64): the sum of what comes after many reflections, relative to the straight way."""
    chance = np.random.default_rng((seed, 37))
    lag_s = chance.exponential(_TAIL_S, (pairs, _TAIL)) + 8e-9
    size = chance.rayleigh(_TAIL_SHARE / np.sqrt(2 * _TAIL), (pairs, _TAIL)) * np.exp(1j * chance.uniform(0, 2 * np.pi, (pairs, _TAIL)))
    return (size[..., None] * np.exp(-2j * np.pi * lag_s[..., None] * CARRIER_HZ)).sum(axis=1, keepdims=True)


def _stretches(one: Array, other: Array, bend: Array, length: Array) -> tuple[Array, Array, Array, Array]:
    """Straight stretches (U + 2·U·R): starts, ends, and the length of the way before and after each."""
    pairs = len(one)
    starts = np.stack([np.broadcast_to(one[:, None], bend[:, 1:].shape), bend[:, 1:]], axis=2).reshape(-1, 3)
    ends = np.stack([bend[:, 1:], np.broadcast_to(other[:, None], bend[:, 1:].shape)], axis=2).reshape(-1, 3)
    piece = np.linalg.norm(ends - starts, axis=1)
    rest = np.maximum(np.repeat(length[:, 1:].reshape(-1), 2) - piece, 0)
    second = np.arange(len(piece)) % 2 == 1
    straight = np.zeros(pairs)
    return (
        np.concatenate([one, starts]),
        np.concatenate([other, ends]),
        np.concatenate([straight, np.where(second, rest, 0)]),
        np.concatenate([straight, np.where(second, 0, rest)]),
    )


class _Drift:
    """Temperature: each way's phase wanders by some hundredths of a turn and its size by per cents, over minutes to hours."""

    def __init__(self, shape: tuple[int, ...], seed: int) -> None:
        chance = np.random.default_rng((seed, 31))
        self._turn = 2 * np.pi / chance.uniform(180, 5400, (3, *shape))
        self._start = chance.uniform(0, 2 * np.pi, (3, *shape))
        self._phase = chance.normal(0, 0.035, (3, *shape))
        self._size = chance.normal(0, 0.012, (3, *shape))

    def at(self, pair: Numbers, t_s: float) -> Complex:
        """(F, P) complex, near 1."""
        wave = np.sin(self._turn * t_s + self._start)
        return np.exp((self._size * wave).sum(axis=0) + 1j * (self._phase * wave).sum(axis=0))[pair]


def _schedule(number: int, rates_hz: Sequence[float], chance: np.random.Generator) -> tuple[Numbers, Array]:
    """Who sends when in this cell, (T,) each, in order. Nodes take turns; the air is not always free, so each is a little late."""
    sender: list[int] = []
    sent: list[float] = []
    for node, rate_hz in enumerate(rates_hz):
        if rate_hz <= 0:
            continue
        turn = node / len(rates_hz)
        start, end = (int(np.ceil(edge * CELL_S * rate_hz - turn - 1e-9)) for edge in (number, number + 1))
        sender += [node] * (end - start)
        sent += [(count + turn) / rate_hz for count in range(start, end)]
    late = np.array(sent) + chance.exponential(_JITTER_S, len(sent))
    order = np.argsort(late, kind="stable")
    return np.array(sender, np.intp)[order], late[order]
