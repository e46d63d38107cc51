"""The living tracks of one camera as two flat arrays, so that every step is a few operations over all of them at once."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.wire import from_plain, to_plain

Reals = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

# Columns of `reals`. A box is (centre x, centre y, width, height) in pixels here.
BOX: Final = slice(0, 4)
RATE: Final = slice(4, 8)  # of change of the box, per second
BOX_VAR: Final = slice(8, 12)
BOX_RATE_COV: Final = slice(12, 16)
RATE_VAR: Final = slice(16, 20)
OFFSET: Final = slice(20, 24)  # what the shown box adds to the filtered one
CONFIDENCE: Final = 24
MAX_CONF: Final = 25
REALS: Final = 26

# Columns of `whole`
NUMBER: Final = 0  # of the observation that gave birth
ORDINAL: Final = 1  # among the births of that observation
SHOWN: Final = 2  # the short number for the screen; 0 until confirmed
CATEGORY: Final = 3
FIRST_NS: Final = 4
LAST_NS: Final = 5
STRONG_NS: Final = 6  # time of the last strong detection
STRONG_HITS: Final = 7
CONFIRMED: Final = 8
WHOLE: Final = 9


class TrackTable:
    """N tracks, in order of birth.

    Attributes:
        reals: (N, REALS) float64, columns as above.
        whole: (N, WHOLE) int64, columns as above.
        looks: (N, D) float32 unit vectors of appearance, zero where nothing is known; D is 0 until embeddings come.
    """

    def __init__(self) -> None:
        self.reals: Reals = np.zeros((0, REALS))
        self.whole: Whole = np.zeros((0, WHOLE), np.int64)
        self.looks: npt.NDArray[np.float32] = np.zeros((0, 0), np.float32)

    def __len__(self) -> int:
        return len(self.reals)

    @property
    def confirmed(self) -> Mask:
        return self.whole[:, CONFIRMED] != 0

    def keep(self, mask: Mask) -> None:
        self.reals, self.whole, self.looks = self.reals[mask], self.whole[mask], self.looks[mask]

    def append(self, reals: Reals, whole: Whole) -> None:
        self.reals = np.concatenate([self.reals, reals])
        self.whole = np.concatenate([self.whole, whole])
        self.looks = np.concatenate([self.looks, np.zeros((len(reals), self.looks.shape[1]), np.float32)])

    def widen_looks(self, size: int) -> None:
        """Make room for embeddings of `size` numbers; those of another size (another network) are forgotten."""
        if self.looks.shape[1] != size:
            self.looks = np.zeros((len(self), size), np.float32)

    def state(self) -> dict[str, Any]:
        return {"reals": to_plain(self.reals), "whole": to_plain(self.whole), "looks": to_plain(self.looks)}

    def restore(self, state: dict[str, Any]) -> None:
        """Raises: InputError: an array is missing or of the wrong form."""
        reals = _array(state, "reals", np.float64, REALS)
        whole = _array(state, "whole", np.int64, WHOLE)
        looks = _array(state, "looks", np.float32, None)
        if not len(reals) == len(whole) == len(looks):
            raise InputError("tracks", f"expected arrays of one length, got {len(reals)}, {len(whole)} and {len(looks)}")
        self.reals, self.whole, self.looks = reals, whole, looks


def _array(state: dict[str, Any], name: str, dtype: type[np.generic], columns: int | None) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = from_plain(npt.NDArray[Any], state.get(name), f"tracks.{name}")
    if array.dtype != dtype or array.ndim != 2 or columns not in (None, array.shape[1]):
        raise InputError(f"tracks.{name}", f"expected shape (N, {columns}) {np.dtype(dtype)}, got {array.shape} {array.dtype}")
    return array.copy()  # what the wire gives is read-only
