"""Boxes of people whom no track follows. Trackers begin nobody on unsure boxes, and lying people are seldom found more surely."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.model.geometry import Box, iou_matrix
from engine.model.time import SECOND

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
    """IoU."""
    return float(iou_matrix(np.array([first]), np.array([second]))[0, 0])


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
