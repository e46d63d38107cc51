"""Which part of the floor radio covers, as predicted from where the nodes that are there stand."""

from collections.abc import Sequence

import numpy as np

from engine.model.geometry import Point
from engine.model.site import Position
from engine.radio.coverage import Coverage, coverage

COVERED_M = 1.0  # good or fair, as *Space* calls it
_AROUND_M, _CELL_M = 1.0, 0.5


class CoveredFloor:
    """Pure but for its memory of the newest answer; the engine thread only. Milliseconds where nodes have come, gone or moved."""

    def __init__(self) -> None:
        self._nodes: Sequence[Position] = ()
        self._map: Coverage | None = None

    def covers(self, nodes: Sequence[Position], at: Point) -> bool:
        if nodes != self._nodes:
            self._nodes, self._map = nodes, _predicted(nodes)
        if self._map is None:
            return False
        across, along = (int((value - low) // self._map.cell_m) for value, low in zip(at, (self._map.x0, self._map.y0), strict=True))
        wide, deep = self._map.accuracy_m.shape
        return 0 <= across < wide and 0 <= along < deep and bool(self._map.accuracy_m[across, along] <= COVERED_M)


def _predicted(nodes: Sequence[Position]) -> Coverage | None:
    if len(nodes) < 2:
        return None
    low, high = np.min(nodes, axis=0) - _AROUND_M, np.max(nodes, axis=0) + _AROUND_M
    return coverage(nodes, (float(low[0]), float(low[1]), float(high[0]), float(high[1])), _CELL_M)
