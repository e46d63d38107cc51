"""Embeddings side by side in memory, so that one matrix product compares all of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.value_class import dataclass

_FIRST_CAPACITY = 64


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one embedding beside its numbers. confirmed: how often an operator agreed with a match to it."""

    sample_id: str
    person_id: str
    quality: float = 1.0
    confirmed: int = 0


class Rows:
    """A growing contiguous (N, D) float32 table. One thread. Removing moves the last row into the gap, so order means nothing."""

    def __init__(self, dimensions: int) -> None:
        self._vectors = np.zeros((_FIRST_CAPACITY, dimensions), np.float32)
        self._rows: list[Row] = []
        self._index: dict[str, int] = {}
        self._owned: dict[str, set[int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, sample_id: str) -> bool:
        return sample_id in self._index

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    @property
    def vectors(self) -> Floats:
        """(N, D), a view that holds until the next change."""
        return self._vectors[: len(self._rows)]

    def vector(self, sample_id: str) -> Floats:
        return self._vectors[self._index[sample_id]]

    def row(self, sample_id: str) -> Row:
        return self._rows[self._index[sample_id]]

    def owners(self) -> set[str]:
        return set(self._owned)

    def of(self, person_id: str) -> list[int]:
        """Indices of a person's rows, by sample id, so that results do not depend on the history."""
        return sorted(self._owned.get(person_id, ()), key=lambda index: self._rows[index].sample_id)

    def ids_of(self, person_id: str) -> tuple[str, ...]:
        return tuple(self._rows[index].sample_id for index in self.of(person_id))

    def add(self, row: Row, vector: Floats) -> None:
        """`row.sample_id` must be new."""
        index = len(self._rows)
        if index == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._vectors[index] = vector
        self._rows.append(row)
        self._index[row.sample_id] = index
        self._owned.setdefault(row.person_id, set()).add(index)

    def remove(self, sample_id: str) -> None:
        index, last = self._index[sample_id], len(self._rows) - 1
        self._disown(self._rows[index].person_id, index)
        if index != last:
            moved = self._rows[last]
            self._disown(moved.person_id, last)
            self._vectors[index], self._rows[index] = self._vectors[last], moved
            self._index[moved.sample_id] = index
            self._owned.setdefault(moved.person_id, set()).add(index)
        # Erased means erased: nothing of a face stays in memory that is not shown anywhere.
        self._vectors[last] = 0.0
        self._rows.pop()
        del self._index[sample_id]

    def hand_over(self, sample_id: str, person_id: str) -> None:
        """Make it another person's."""
        index = self._index[sample_id]
        self._disown(self._rows[index].person_id, index)
        self._rows[index] = replace(self._rows[index], person_id=person_id)
        self._owned.setdefault(person_id, set()).add(index)

    def confirm(self, sample_id: str) -> None:
        index = self._index[sample_id]
        self._rows[index] = replace(self._rows[index], confirmed=self._rows[index].confirmed + 1)

    def scores(self, queries: Floats) -> Floats:
        """Cosines of unit queries (Q, D) with all rows: (Q, N). Exact; one product, which memory bandwidth bounds."""
        if len(queries) == 1:
            return (self.vectors @ queries[0])[None]
        return queries @ self.vectors.T

    def _disown(self, person_id: str, index: int) -> None:
        owned = self._owned[person_id]
        owned.discard(index)
        if not owned:
            del self._owned[person_id]


def least_useful(vectors: Floats, rows: list[Row]) -> int:
    """Which of one person's embeddings (K, D), K ≥ 2, to give up.

    Useful is what is good and unlike the others: quality × distance (1 − cosine) to the nearest of the others. Those that an operator
    confirmed go last, as long as there are others. Equal ones by sample id, the later one first.
    """
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1.0)
    apart: npt.NDArray[np.float32] = 1.0 - likeness.max(axis=1)
    use = [(row.confirmed > 0, round(row.quality * max(float(apart[i]), 1e-3), 6)) for i, row in enumerate(rows)]
    worst = min(use)
    return max((i for i in range(len(rows)) if use[i] == worst), key=lambda i: rows[i].sample_id)
