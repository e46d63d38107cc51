"""How sure a difference between two trackers is: both are scored on the same short stretches, which are drawn again and again.

Bootstrap over stretches (Efron, Annals of Statistics 7, 1979), pairs kept together. Where a sequence is cut into stretches, IDF1 has no
interval: who keeps an identity over the cut gains nothing by it, so that the figure of the stretches is another one than that of the whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.tracking.halves import rows_of
from benchmarks.tracking.mot_score import Score, Scorer
from console.mot_files import MotSequence, Rows

STRETCH = 50  # frames
_DRAWS = 2000
_Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Followed:
    """A sequence, and what two trackers made of it."""

    sequence: MotSequence
    ours: Rows
    theirs: Rows


def difference(scorer: Scorer, followed: Sequence[Followed], stretch: int = STRETCH) -> dict[str, float]:
    """Ours less theirs of MOTA, and of IDF1 where nothing is cut, per cent: ends of the 95 % intervals, as `mota_low`, `mota_high`, … ."""
    pairs = [pair for one in followed for pair in _scored(scorer, one, stretch)]
    ours, theirs = (np.array([_counts(pair[side]) for pair in pairs]) for side in (0, 1))
    chance = np.random.default_rng(1)
    drawn = [chance.integers(0, len(pairs), len(pairs)) for _ in range(_DRAWS)]
    apart = np.array([_shares(ours[rows].sum(axis=0)) - _shares(theirs[rows].sum(axis=0)) for rows in drawn])
    low, high = np.percentile(apart, [2.5, 97.5], axis=0)
    ends = {"mota_low": low[0], "mota_high": high[0]}
    if all(one.sequence.frames <= stretch for one in followed):
        ends |= {"idf1_low": low[1], "idf1_high": high[1]}
    return {name: round(100 * float(value), 2) for name, value in ends.items()}


def _scored(scorer: Scorer, one: Followed, stretch: int) -> Iterator[tuple[Score, Score]]:
    for first in range(1, one.sequence.frames + 1, stretch):
        last = min(first + stretch - 1, one.sequence.frames)
        truth = rows_of(one.sequence.truth, first, last)
        ours, theirs = (scorer.score(truth, rows_of(rows, first, last), last - first + 1) for rows in (one.ours, one.theirs))
        yield ours, theirs


def _counts(score: Score) -> _Counts:
    """True people; misses, false ones and switches together; and of identities those that are right, false and missed."""
    clear, identity = score.clear, score.identity
    wrong = clear["CLR_FN"] + clear["CLR_FP"] + clear["IDSW"]
    return np.array([clear["CLR_TP"] + clear["CLR_FN"], wrong, identity["IDTP"], identity["IDFP"], identity["IDFN"]], np.float64)


def _shares(counts: _Counts) -> _Counts:
    """MOTA and IDF1."""
    people, wrong, right, false, missed = counts
    return np.array([1 - wrong / max(people, 1), right / max(right + 0.5 * (false + missed), 1)])
