"""One person to at most one presence: the best assignment, and how much better it is than the best without a given pair."""

import math

import numpy as np
import numpy.typing as npt

from engine._assignment import best_pairs
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]
_NEVER = -1e6


@dataclass(frozen=True, slots=True)
class Matching:
    """`scores` (P, B): log odds of person p being presence b against being none of them."""

    scores: Array

    def best(self, bonus: Array) -> dict[int, int]:
        """Person to presence in the assignment with the largest sum of scores and `bonus` (P, B); others are left out."""
        presences = self.scores.shape[1]
        if not self.scores.size:
            return {}
        people, chosen = (indices.tolist() for indices in best_pairs(_or_nobody(self.scores + bonus)))
        return {person: presence for person, presence in zip(people, chosen, strict=True) if presence < presences}

    def confidence(self, person: int, presence: int) -> float:
        """0–1: the best assignment with this pair against the best without it."""
        without = self.scores.copy()
        without[person, presence] = _NEVER
        rest = np.delete(np.delete(self.scores, person, axis=0), presence, axis=1)
        margin = float(self.scores[person, presence]) + _total(rest) - _total(without)
        return 1 / (1 + math.exp(-min(max(margin, -50.0), 50.0)))


def _or_nobody(scores: Array) -> Array:
    """(P, B + P): each person may also be none of the presences, which scores 0."""
    return np.concatenate([scores, np.zeros((len(scores), len(scores)))], axis=1)


def _total(scores: Array) -> float:
    extended = _or_nobody(scores)
    return float(extended[best_pairs(extended)].sum())
