"""What is hidden of each picture of a video that was looked at now and then.

A video is known to its end, so a face that was found before *or* after a picture hides its place there too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from engine.model.geometry import Box
from engine.model.time import MILLISECOND
from engine.model.value_class import dataclass

LOOK_NS = 200 * MILLISECOND  # between two looks
CARRY_NS = 500 * MILLISECOND  # a face that is not found again is hidden for so long before and after
_REACH = 4.0  # of its size, that a head may move between two looks: somebody who runs near the camera
_TWICE = 0.4  # of the smaller of two parts covered by both: they are the same


@dataclass(frozen=True, slots=True)
class Look:
    """What has to be hidden at one time of a video; boxes in shares of the picture's width and height."""

    at_ns: int
    hidden: tuple[Box, ...]


def hidden_at(looks: Sequence[Look], at_ns: int) -> tuple[Box, ...]:
    """Boxes to hide on a picture of this time. `looks` in the order of time.

    Between two looks a part moves from the one to the other, and all of its way is hidden. One that has no counterpart within reach stays
    where it is; and so does one of an earlier or later look within `CARRY_NS` that nothing hides by now.
    """
    after = bisect_right(looks, at_ns, key=lambda look: look.at_ns)
    before = looks[after - 1].hidden if after > 0 else ()
    coming = looks[after].hidden if after < len(looks) else ()
    hidden = _ways(before, coming)
    for look in _near(looks, after, at_ns):
        hidden += [part for part in look.hidden if not any(_same(part, known) for known in hidden)]
    return tuple(hidden)


def _near(looks: Sequence[Look], after: int, at_ns: int) -> Iterable[Look]:
    """Looks further away than the two around, within reach."""
    first, last = after - 2, after + 1
    while first >= 0 and at_ns - looks[first].at_ns <= CARRY_NS:
        yield looks[first]
        first -= 1
    while last < len(looks) and looks[last].at_ns - at_ns <= CARRY_NS:
        yield looks[last]
        last += 1


def _ways(before: Sequence[Box], after: Sequence[Box]) -> list[Box]:
    """One box around both ends of each way, nearest pairs first; those without a counterpart as they are."""
    near = sorted((_apart(one, other), i, j) for i, one in enumerate(before) for j, other in enumerate(after))
    left, right, found = set(range(len(before))), set(range(len(after))), list[Box]()
    for apart, i, j in near:
        if apart <= _REACH and i in left and j in right:
            left.discard(i)
            right.discard(j)
            found.append(_around(before[i], after[j]))
    return [*found, *(before[i] for i in sorted(left)), *(after[j] for j in sorted(right))]


def _apart(one: Box, other: Box) -> float:
    """Between the middles, in sizes of the larger."""
    across = abs(one[0] + one[2] - other[0] - other[2]) / 2 / max(one[2] - one[0], other[2] - other[0], 1e-9)
    down = abs(one[1] + one[3] - other[1] - other[3]) / 2 / max(one[3] - one[1], other[3] - other[1], 1e-9)
    return max(across, down)


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _same(part: Box, known: Box) -> bool:
    """Whether what is hidden already is this part, somewhat moved."""
    across = min(part[2], known[2]) - max(part[0], known[0])
    down = min(part[3], known[3]) - max(part[1], known[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (part, known))
    return across > 0 and down > 0 and across * down >= _TWICE * smaller
