"""Boxes of people whom no track follows. Trackers begin nobody on unsure boxes, and lying people are seldom found more surely."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.model.value_class import dataclass

SAME = 0.5  # IoU
TRACKED = 0.5
KEPT_NS = 10 * SECOND
MOST = 24


@dataclass(frozen=True, slots=True)
class Loose:
    box: Box
    first_ns: int
    last_ns: int


def overlap(first: Box, second: Box) -> float:
    """IoU; of two boxes, plain numbers are ten times as fast as arrays."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared / max(areas - shared, 1e-9)


def loosened(before: Sequence[Loose], boxes: Iterable[Box], tracked: Sequence[Box], at_ns: int) -> tuple[Loose, ...]:
    """What was loose until now, with those of `boxes` that belong to none of the `tracked`; the newest last."""
    kept = {index: one for index, one in enumerate(before) if at_ns - one.last_ns <= KEPT_NS}
    new: list[Loose] = []
    for box in boxes:
        if any(overlap(box, other) >= TRACKED for other in tracked):
            continue
        index = max(kept, key=lambda i: overlap(kept[i].box, box), default=-1)
        if index >= 0 and overlap(kept[index].box, box) >= SAME:
            new.append(replace(kept.pop(index), box=box, last_ns=at_ns))
        else:
            new.append(Loose(box, at_ns, at_ns))
    return (*kept.values(), *new)[-MOST:]
