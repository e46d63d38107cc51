"""A round of frames taken in by the compiled bank of links: where its tables lie, and room for what is worked out of the round.

bank.c does what the parts of `engine.radio.links` say in numpy. Exponentials and logarithms lie between its functions: they stay numpy's
own, whose last bits differ between machines, so that both come to the same.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.radio.kernels.arrays import Array
from engine.radio.kernels.compiled import ffi, lib

TONES, BINS_OF_RIPPLES, WAVES = 64, 40, 5
SHARES = 14
_KINDS: dict[str, type[np.generic]] = {
    "int64_t": np.int64,
    "double": np.float64,
    "uint8_t": np.uint8,
    "float": np.float32,
    "int8_t": np.int8,
}
_POINTERS = {kind: f"{name} *" for name, kind in _KINDS.items()}
_IN_TABLES = {
    **dict.fromkeys(("gain_before", "openness_power", "openness_floor"), 2),
    **dict.fromkeys(("fluctuation_recent", "baselines_recent", "stillness_sum"), 6),
    **dict.fromkeys((f"fluctuation_{name}" for name in ("frames", "mean", "newest", "power")), 3),
    **dict.fromkeys((f"baselines_{name}" for name in ("frames", "level", "liveliness", "away")), 3),
    **dict.fromkeys((f"quiet_{name}" for name in ("sum", "squares", "highest", "quiet", "spread", "limit")), 3),
    **dict.fromkeys((f"choice_{name}" for name in ("seen", "strength", "lively", "quiet", "chosen", "usable")), TONES),
    **dict.fromkeys(("fluctuation_shape", "baselines_shape"), TONES),
    "openness_moments": 4,
    "ripples_at_ns": BINS_OF_RIPPLES,
}
"""How many numbers a row has, where more than one."""
_IN_ROUND = {
    **dict.fromkeys(("taken", "levels", "floor", "learnt", "fluctuating", "quiet", "spread", "limit", "use"), 3),
    **dict.fromkeys(("usable", "masked", "deviation"), TONES),
    "powers": 2,
    "level": 2,
    "shares": SHARES,
}
_IN_FRAMES = {"occupied": TONES, "shape": TONES}
_PLAIN = {np.dtype(np.bool_): np.uint8, np.dtype(np.complex64): np.float32}


def columns_of(struct: str) -> dict[str, type[np.generic]]:
    """Pointers of a struct, and the kind of number that each points to."""
    fields = ffi.typeof(struct).fields
    return {name: _KINDS[field.type.item.cname] for name, field in fields if field.type.kind == "pointer"}


_TABLES, _FRAMES, _ROUND = (columns_of(struct) for struct in ("bank_tables", "bank_frames", "bank_round"))


def pointer(values: npt.NDArray[Any], kind: type[np.generic], many: int) -> Any:
    """Where `many` numbers lie; ValueError where there are not so many, or others than C reads."""
    plain = values.view(_PLAIN[values.dtype]) if values.dtype in _PLAIN else values
    if plain.dtype != np.dtype(kind) or plain.size != many or not plain.flags.c_contiguous:
        raise ValueError(f"an array {values.shape} of {values.dtype} where a kernel reads {many} of {np.dtype(kind)}")
    return ffi.cast(_POINTERS[kind], ffi.from_buffer("char[]", plain.reshape(-1))) if many else ffi.NULL


class BankRound:
    """The parts' tables as they lie until they grow, and what was worked out of the newest round.

    Of a round of n frames, one of each of n paths whose rows rise. What lies here is valid until the next round:
        passed_s, new_s: (n,) seconds since the path's frame before, and what of them is learned from. column: (n,) NORM or POWER.
        use: (n, 3) which channels mean something. is_open, calm, noise: (n,). levels, floor, fluctuating: (n, 3).
        quiet, spread, limit: (n, 3) of `Quiet`. usable: (n, 64). masked: (n, 64) shapes where usable. deviation: (n, 64).
        quiet_due, choice_due, phase_due, ripples_due, bin_ended: (n,) whose slower parts are due.
    """

    def __init__(self, tables: Mapping[str, npt.NDArray[Any]], rows: int) -> None:
        """`tables`: every column (rows, …) by part and name; ValueError where one is not as C reads it."""
        self._kept: tuple[Mapping[str, npt.NDArray[Any]], ...] = (tables, {})
        self._tables, self._frames, self._round = ffi.new("bank_tables *"), ffi.new("bank_frames *"), ffi.new("bank_round *")
        self._tables.rows = self._round.room = rows
        for name, kind in _TABLES.items():
            setattr(self._tables, name, pointer(tables[name], kind, rows * _IN_TABLES.get(name, 1)))
        self._flat = {name: np.zeros(rows * _IN_ROUND.get(name, 1), kind) for name, kind in _ROUND.items()}
        for name, kind in _ROUND.items():
            setattr(self._round, name, pointer(self._flat[name], kind, self._flat[name].size))
        plain = {name: values.view(np.bool_) if values.dtype == np.uint8 else values for name, values in self._flat.items()}
        self._shaped = {name: values.reshape(rows, _IN_ROUND[name]) if name in _IN_ROUND else values for name, values in plain.items()}
        self._batch: list[tuple[str, Any, int]] = []
        self._all = self.many = 0

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """(n, …) of the round's frames."""
        return self._shaped[name][: self.many]

    def batch(self, frames: Mapping[str, npt.NDArray[Any]]) -> None:
        """The frames of a batch, round by round: `rows` (N,) and the rest. They have to stay as they are until the last round."""
        self._all = many = len(frames["rows"])
        widths = {name: _IN_FRAMES.get(name, 1) for name in _FRAMES}
        self._batch = [(name, pointer(frames[name], kind, many * widths[name]), widths[name]) for name, kind in _FRAMES.items()]
        self._kept = self._kept[0], frames

    def time(self, begin: int, end: int) -> bool:
        """Begin a round of these frames of the batch. Whether they have as many subcarriers as before; `fits` has to be given else."""
        if not 0 <= begin <= end <= self._all:
            raise ValueError(f"frames {begin} to {end} of {self._all}")
        self.many = self._frames.many = end - begin
        for name, pointer, width in self._batch:
            setattr(self._frames, name, pointer + begin * width)
        return bool(self._call(lib.kernel_bank_time))

    def give_fits(self, fits: npt.NDArray[np.bool_], rms: Array) -> None:
        """Which frames (n,) have as many subcarriers as their paths' others; `rms` (n,) of all."""
        self["fits"][:] = fits
        self["logs"][:] = np.maximum(np.where(fits, rms, 0.0), 1e-6)

    def change(self) -> None:
        """What the frames are against those just before and against the baselines, all but what the baselines learn."""
        flat, many = self._flat, self.many
        for function, name in ((np.exp, "powers"), (np.log, "logs"), (np.expm1, "shares")):
            values = flat[name][: many * _IN_ROUND.get(name, 1)]
            function(values, out=values)
        self._call(lib.kernel_bank_gain)
        np.exp(self["gain"], out=self["gain"])
        self._call(lib.kernel_bank_change)
        np.expm1(self["taken"], out=self["taken"])

    def learn(self, learnt: Array) -> int:
        """What is learned of the frames, and which slower parts are due. `learnt` (n, 3): quiet levels at this hour.

        Returns:
            How many frames have a shape. Unless all have, choice, phase, ripples and stillness were not told of any.
        """
        self["learnt"][:] = learnt
        return self._call(lib.kernel_bank_learn)

    def breathe(self, waves: npt.NDArray[np.float32]) -> None:
        """Adds the frames to the bins of breathing; `waves` (n, 5) of their shapes."""
        self._call(lib.kernel_bank_still, pointer(waves, np.float32, self.many * WAVES))

    def _call(self, kernel: Any, *more: Any) -> int:
        found = kernel(self._tables, self._frames, self._round, *more)
        if found < 0:
            raise IndexError("a row that a kernel looks up by is outside its table")
        return int(found)
