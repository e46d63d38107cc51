"""A link's two directions taken together: A heard by B and B heard by A are one link."""

import numpy as np
import numpy.typing as npt

from engine.radio.links.amplitude import Mask
from engine.radio.links.smoothing import Array
from engine.radio.location.paths import Rows


class Directions:
    """Combines values of paths (P,) into values of links (L,). `members` (L, 2) rows, -1 for none; `fresh` (P,) the paths that count."""

    def __init__(self, members: Rows, fresh: Mask) -> None:
        self._members = members
        self._there = members >= 0
        self._counts = self._there & fresh[members]
        self._many = np.maximum(np.add.reduce(self._counts, axis=1), 1)

    def means(self, values: Array) -> Array:
        """(L, K) of values (P, K): of the fresh directions; 0 where there is none."""
        told: Array = np.add.reduce(np.where(self._counts[..., None], values[self._members], 0.0), axis=1)
        return told / self._many[:, None]

    def mean_told(self, rows: Array) -> Array:
        """(L, F) mean of rows (P, F) of those fresh directions whose row is not all 0; all 0 where there is none."""
        told = rows[self._members] * self._counts[..., None]
        many = np.add.reduce(np.maximum.reduce(told, axis=2, initial=0.0) > 0, axis=1)
        mean: Array = np.add.reduce(told, axis=1) / np.maximum(many, 1)[:, None]
        return mean

    def most(self, values: Array) -> Array:
        """The highest of the fresh directions; 0 where there is none."""
        return np.maximum.reduce(np.where(self._counts, values[self._members], 0.0), axis=1, initial=0.0)

    def total(self, values: Array) -> Array:
        return np.add.reduce(np.where(self._there, values[self._members], 0.0), axis=1)

    def least(self, values: Array) -> Array:
        return np.minimum.reduce(np.where(self._there, values[self._members], np.inf), axis=1, initial=np.inf)

    def newest(self, values: npt.NDArray[np.int64], age_s: Array) -> npt.NDArray[np.int64]:
        """The value of the direction that was heard last."""
        ages = np.where(self._there, age_s[self._members], np.inf)
        last = self._members[np.arange(len(ages)), ages.argmin(axis=1)] if len(ages) else np.zeros(0, np.intp)
        return values[last]
