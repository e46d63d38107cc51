"""What people cannot lie on: walls and furniture of a plan."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from engine.sources.simulated.plan import FloorPlan, Wall

Array = npt.NDArray[np.float64]

_FLAT = frozenset({"mat", "rug", "poster", "board", "tree"})


def room_around(plan: FloorPlan) -> Callable[[Array], float]:
    """A function that gives the smallest distance of points (N, 2) from walls and furniture, metres; negative never."""
    boxes = [box for wall in plan.walls for box in _closed(wall)]
    boxes += [
        (piece.at[0] - piece.size[0] / 2, piece.at[1] - piece.size[1] / 2, piece.at[0] + piece.size[0] / 2, piece.at[1] + piece.size[1] / 2)
        for piece in plan.furniture
        if piece.kind not in _FLAT
    ]
    low, high = np.array(boxes)[:, :2], np.array(boxes)[:, 2:]

    def room_m(points: Array) -> float:
        off = np.maximum(np.maximum(low - points[:, None], points[:, None] - high), 0)
        return float(np.hypot(off[..., 0], off[..., 1]).min())

    return room_m


def _closed(wall: Wall) -> Iterator[tuple[float, float, float, float]]:
    """The stretches of a wall that nobody passes, as x0, y0, x1, y1."""
    doors = [opening for opening in wall.openings if opening.sill == 0]
    length = abs(wall.b[0] - wall.a[0]) + abs(wall.b[1] - wall.a[1])
    edges = [0.0, *(edge for door in doors for edge in (door.start, door.end)), length]
    half = wall.thickness / 2
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if wall.along_x:
            yield wall.a[0] + start, wall.a[1] - half, wall.a[0] + end, wall.a[1] + half
        else:
            yield wall.a[0] - half, wall.a[1] + start, wall.a[0] + half, wall.a[1] + end
