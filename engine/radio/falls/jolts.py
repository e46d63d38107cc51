"""How much each path changes from one frame to the next, finely in time: what an impact is told by.

A frame is turned by the offset and slope that bring it closest to the frame before, as frames have no common phase (see `ripples`). What
is left of their difference grows with the speed of whoever moves and is at its most once ways change by half a wave between frames. Two
differences in a row are alike while somebody moves slowly, and have nothing in common when they move fast: the pulse-pair estimate of
weather radars (Zrnić, IEEE Trans. Aerosp. Electron. Syst. 13(4), 1977), without the phase.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import SUBCARRIERS, CsiBatch
from engine.model.value_class import dataclass
from engine.radio import kernels
from engine.radio.links.amplitude import WEAK, Mask
from engine.radio.links.phase import Waves, waves_of
from engine.radio.links.smoothing import Array
from engine.radio.location.paths import Paths, Rows, rounds
from engine.radio.table import ColumnSpec, Table, Which, all_or

Parts = npt.NDArray[Any]

if TYPE_CHECKING:
    from engine.radio.kernels.jolts import JoltTables

SLOT_NS = 50_000_000
SLOTS = 64
_BANDS = 8
_APART_S, _TOO_FAR_S = 0.038, 0.08  # between two frames that are compared: at other times alike means another speed
_LOST_S = 0.16  # after so long a gap two frames are not compared
_PERIOD_S = 2.0  # frames are sent evenly and arrive late now and then: the mean between them tells how far apart they were sent
_SMOOTH_S, _RISE_S = 0.4, 120.0
_LEAST = 1.25  # times the smallest average, for what chance makes of it
_RECENT = 12  # slots: whoever keeps still for so long shows the noise at once, before it is learned
_EMPTY = 0.4  # share of slots without frames from which a path tells nothing
_NOTHING = np.float32(1e-30)
_ORDER = np.roll(np.arange(SUBCARRIERS), SUBCARRIERS // 2)

_SPECS = {
    "known": ColumnSpec("bool"),
    "at_ns": ColumnSpec("int64"),
    "period_s": ColumnSpec(),
    "waited_s": ColumnSpec(),
    "taken_ns": ColumnSpec("int64"),
    "wave": ColumnSpec("complex64", (_BANDS,)),
    "step": ColumnSpec("complex64", (_BANDS,)),
    "steps": ColumnSpec("bool"),
    "smooth": ColumnSpec(fill=-1.0),
    "floor": ColumnSpec(fill=1e3),
    "slot": ColumnSpec("int64", (SLOTS,), -1),
    "energy": ColumnSpec("float32", (SLOTS,)),
    "alike": ColumnSpec("float32", (SLOTS,)),
    "count": ColumnSpec("float32", (SLOTS,)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Shakes:
    """The last slots of 50 ms of those paths that tell something, (P, S), oldest first; energies are times the path's own noise.

    Attributes:
        last: number of the newest slot. energy: of the change from frame to frame, 1 on the average where nothing moves.
        alike: real part of the product of two changes in a row, in the same unit; -0.5 where nothing moves.
    """

    last: int
    energy: Array
    alike: Array


class Jolts:
    """Sans-IO, one thread."""

    def __init__(self) -> None:
        self._paths, self._table = Paths(), Table(_SPECS)
        self._compiled: JoltTables | None = None  # until the table grows

    def take(self, batch: CsiBatch) -> None:
        if not len(batch):
            return
        rows = self._paths.rows(batch.links)[batch.link]
        if len(self._table) != len(self._paths):
            self._table.grow(len(self._paths))
            self._compiled = None
        turns = list(rounds(rows))
        order = np.concatenate(turns)
        if kernels.JOLT_TABLES is None:
            self._take(batch, rows, turns, order)
        else:
            table = self._table
            self._compiled = self._compiled or kernels.JOLT_TABLES({name: table[name] for name in table.specs}, len(table))
            self._compiled.take(rows, order, batch.arrival_ns, batch.iq)

    def _take(self, batch: CsiBatch, rows: Rows, turns: Sequence[Rows], order: Rows) -> None:
        """The frames of a batch in numpy, `turns` of one of each path one after the other."""
        rows, arrival_ns, ends = rows[order], batch.arrival_ns[order], list(accumulate(map(len, turns)))
        due, near = self._due(rows, arrival_ns, ends)
        bands, heard = _bands(waves_of(batch.iq[order[due]]))
        rows, arrival_ns, near = rows[due], arrival_ns[due], near[due]
        for begin, end in pairwise((0, *np.searchsorted(due, ends).tolist())):
            if begin < end:
                turn = slice(begin, end)
                self._step(rows[turn], arrival_ns[turn], bands[turn], heard[turn], near[turn])

    def shakes(self, now_ns: int, slots: int) -> Shakes:
        """The last full `slots` before `now_ns`."""
        table, last = self._table, now_ns // SLOT_NS - 1
        numbers = last - slots + 1 + np.arange(slots)
        at = numbers % SLOTS
        count = np.where(table["slot"][:, at] == numbers, table["count"][:, at], 0.0)
        telling = np.flatnonzero(np.add.reduce(count == 0, axis=1) / slots < _EMPTY)[:, None]
        newest = np.maximum.accumulate(np.where(count[telling[:, 0]] > 0, np.arange(slots), -1), axis=1)
        mean = np.where(newest >= 0, 1 / np.maximum(count[telling, newest], 1), 0.0)
        energy, alike = (table[name][telling, at[newest]] * mean for name in ("energy", "alike"))
        lately = np.add.reduce(energy[:, -_RECENT:], axis=1, keepdims=True) / _RECENT
        noise = np.minimum(_LEAST * table["floor"][telling], np.maximum(lately, 1e-9))
        return Shakes(int(last), energy / noise, alike / noise)

    def state(self) -> dict[str, Any]:
        return {"paths": self._paths.state(), "table": self._table.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._paths.restore(state["paths"])
        self._table.restore(state["table"])
        self._compiled = None

    def _step(self, rows: Rows, arrival_ns: npt.NDArray[np.int64], bands: Waves, heard: Mask, near: Mask) -> None:
        """One frame of each of some paths; `near`: its path's frames come so often that two of them are compared."""
        table, at = self._table, all_or(rows, len(self._paths))
        apart_s = np.asarray((arrival_ns - table["taken_ns"][at]) * 1e-9, np.float64)
        before, follows = table["wave"][at], table["known"][at] & heard & (apart_s < _LOST_S) & near
        bands = np.where(follows[:, None], _towards(bands, before), bands)
        step: Waves = bands - before
        energy, alike = _products(table["step"][at], step)
        paired = follows & table["steps"][at]
        many = np.count_nonzero(paired)
        if many == len(rows):
            self._note(rows, arrival_ns, apart_s, energy, alike)
        elif many:
            self._note(rows[paired], arrival_ns[paired], apart_s[paired], energy[paired], alike[paired])
        table["wave"][at], table["step"][at], table["steps"][at] = bands, step, follows
        table["known"][at], table["taken_ns"][at] = heard, arrival_ns

    def _due(self, rows: Rows, arrival_ns: npt.NDArray[np.int64], ends: Sequence[int]) -> tuple[Rows, Mask]:
        """Which frames are compared, of fast nodes every second or third; and of each (n,) whether its path's come often enough.

        Rows (n,) of frames, round by round; `ends`: where each round ends.
        """
        due, near = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        for begin, end in pairwise((0, *ends)):
            turn = slice(begin, end)
            due[turn], period = self._waited(all_or(rows[turn], len(self._paths)), arrival_ns[turn])
            near[turn] = period < _TOO_FAR_S
        return np.flatnonzero(due), near

    def _waited(self, rows: Which, arrival_ns: npt.NDArray[np.int64]) -> tuple[Mask, Array]:
        """(n,) whether it is time to compare a frame of each of these paths, and seconds between their frames."""
        table = self._table
        gap_s = np.minimum(np.maximum((arrival_ns - table["at_ns"][rows]) * 1e-9, 0.0), 2 * _TOO_FAR_S)
        known = table["period_s"][rows]
        period = np.where(known > 0, known + _share(gap_s, _PERIOD_S) * (gap_s - known), gap_s)
        waited = table["waited_s"][rows] + period
        due: Mask = waited >= _APART_S
        table["at_ns"][rows], table["period_s"][rows], table["waited_s"][rows] = arrival_ns, period, np.where(due, 0.0, waited)
        return due, period

    def _note(self, rows: Rows, arrival_ns: npt.NDArray[np.int64], apart_s: Array, energy: Array, alike: Array) -> None:
        table, slot = self._table, arrival_ns // SLOT_NS
        at = slot % SLOTS
        fresh = table["slot"][rows, at] != slot
        for name, value in (("energy", energy), ("alike", alike), ("count", np.ones(len(rows)))):
            table[name][rows, at] = np.where(fresh, 0.0, table[name][rows, at]) + value
        table["slot"][rows, at] = slot
        smooth, part = table["smooth"][rows], _share(np.maximum(apart_s, 0.0), _SMOOTH_S)
        smooth = np.where(smooth < 0, energy, smooth + part * (energy - smooth))
        table["smooth"][rows] = smooth
        table["floor"][rows] = np.maximum(np.minimum(table["floor"][rows] * (1 + np.maximum(apart_s, 0.0) / _RISE_S), smooth), 1e-9)


def _bands(waves: Waves) -> tuple[Waves, Mask]:
    """(n, 8) sums over neighbouring tones, by frequency, of mean square 1; and (n,) whether there is enough to tell a shape by."""
    bands = np.add.reduce(waves[:, _ORDER].reshape(len(waves), _BANDS, SUBCARRIERS // _BANDS), axis=2)
    heard = _power(waves) >= SUBCARRIERS * (2 * WEAK) ** 2
    size = np.sqrt(_power(bands) / _BANDS)[:, None]
    whole = np.ascontiguousarray(bands).astype(np.complex128).view(np.float64)
    return (whole / np.maximum(size, 1e-9)).astype(np.float32).view(np.complex64), heard


def _power(waves: Waves) -> Array:
    """(n,) sums of squares of waves (n, m) that are whole counts: up to 2^24, so single precision has no rounding."""
    parts = np.ascontiguousarray(waves).view(np.float32)
    return np.einsum("nx,nx->n", parts, parts).astype(np.float64)


def _share(dt_s: Array, tau_s: float) -> Array:
    """As `smoothing.share`, by the kernels' own exponential."""
    return 1.0 - kernels.exp(dt_s / -tau_s)


def _pair_sum(values: Parts) -> Parts:
    """(…,) sums of (…, m), m a power of 2, in pairs of neighbours."""
    while values.shape[-1] > 1:
        values = values[..., ::2] + values[..., 1::2]
    return values[..., 0]


def _parts(waves: Waves) -> Parts:
    """(2, …) real and imaginary parts."""
    return np.ascontiguousarray(np.ascontiguousarray(waves).view(np.float32).reshape(*waves.shape, 2).transpose(2, 0, 1))


def _times(one: Parts, other: Parts) -> Parts:
    """One (2, …) times the other."""
    found, across = one * other[0], one * other[1]
    found[0] -= across[1]
    found[1] += across[0]
    return found


def _beside(one: Parts, other: Parts) -> Parts:
    """One (2, …) times the conjugate of the other."""
    found, across = one * other[0], one * other[1]
    found[0] += across[1]
    found[1] -= across[0]
    return found


def _back(turns: Parts) -> Parts:
    """(2, n, 1) what turns the sum of turns (2, n, m) back, of size 1; nothing where there is no sum."""
    total = _pair_sum(turns)
    size = np.sqrt(total[0] * total[0] + total[1] * total[1])
    told = size > _NOTHING
    total /= np.maximum(size, _NOTHING)
    if not told.all():
        total[0, ~told], total[1, ~told] = 1, 0
    np.negative(total[1], out=total[1])
    return total[..., None]


def _towards(bands: Waves, before: Waves) -> Waves:
    """Bands (n, 8) turned by offset and slope towards those of the frame before."""
    wave = _parts(bands)
    beside = _beside(wave, _parts(before))
    turns, by = np.zeros(beside.shape, np.float32), np.zeros(beside.shape, np.float32)
    turns[..., :-1] = _beside(beside[..., 1:], beside[..., :-1])
    by[0, :, 0], slope = 1, _back(turns)
    for many in (1, 2, 4):  # from one band to the next by the slope
        by[..., many : 2 * many] = _times(by[..., :many], slope)
        slope = _times(slope, slope)
    turned = np.empty_like(bands)
    turned.real, turned.imag = _times(wave, _times(by, _back(_times(beside, by))))
    return turned


def _products(last: Waves, step: Waves) -> tuple[Array, Array]:
    """Of changes (n, 8): sums of squares (n,), and real part (n,) of the sum of products with the changes before them, conjugated."""
    now, before = (np.ascontiguousarray(each).view(np.float32).astype(np.float64) for each in (step, last))
    return _pair_sum(now * now), _pair_sum(before * now)
