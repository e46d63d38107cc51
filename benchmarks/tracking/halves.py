"""What trackers and thresholds may be chosen on, and what only says how they do.

Of the five MOT15 sequences two are for tuning, and the first half of PETS09-S2L1, whose scene is that of the shared street clip. Made-up
streets are halved by seeds (`made_street`). The peers are tuned on the same halves.
"""

from dataclasses import replace
from typing import Final

from console.mot_files import MotSequence, Rows

TUNING: Final = "tuning"
HELD_OUT: Final = "held-out"
ALL: Final = "all"
HALVES: Final = (TUNING, HELD_OUT, ALL)

_OF_TUNING = frozenset({"ADL-Rundle-6", "ETH-Bahnhof"})
_CUT_IN_TWO = frozenset({"PETS09-S2L1"})


def half_of(sequence: MotSequence, half: str) -> MotSequence | None:
    """What of a sequence belongs to a half; None where nothing does."""
    if half == ALL:
        return sequence
    if sequence.name in _CUT_IN_TWO:
        return _half_in_time(sequence, half)
    return sequence if (sequence.name in _OF_TUNING) == (half == TUNING) else None


def _half_in_time(sequence: MotSequence, half: str) -> MotSequence:
    """The first half of a film for tuning, the second held out."""
    middle = sequence.frames // 2
    first, last = (1, middle) if half == TUNING else (middle + 1, sequence.frames)
    found, truth = rows_of(sequence.detections, first, last), rows_of(sequence.truth, first, last)
    return replace(sequence, frames=last - first + 1, detections=found, truth=truth)


def rows_of(rows: Rows, first: int, last: int) -> Rows:
    """Those of the frames from `first` to `last`, which are counted from 1 again."""
    part = rows[(rows[:, 0] >= first) & (rows[:, 0] <= last)].copy()
    part[:, 0] -= first - 1
    return part
