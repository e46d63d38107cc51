"""Predicted coverage for the screen: worked out on a worker, and only when nodes or floor have changed."""

import math

import numpy as np
from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.site import Position
from engine.model.snapshot import Snapshot
from engine.model.value_class import dataclass
from engine.radio.coverage import BODY_HEIGHT_M, WORST_M, coverage
from widgets.space.build import bounds_of, node_marks
from widgets.space.ramps import ACCURACY_STEPS_M
from widgets.space.scene import Bounds, CoverageMap

_CELLS = 1200  # about so many, however large the floor is
_COARSE = 240  # enough to compare places
_WALL_M = 0.15


def predict(nodes: tuple[Position, ...], bounds: Bounds, cells: int = _CELLS) -> CoverageMap:
    """`engine.radio.coverage` over what is shown, with about so many cells. Any thread; milliseconds."""
    cell = max(0.05, math.sqrt(bounds.width * bounds.depth / cells))
    found = coverage(nodes, (bounds.x0, bounds.y0, bounds.x1, bounds.y1), cell)
    return CoverageMap(found.x0, found.y0, found.cell_m, found.accuracy_m.T, found.gdop.T)


class CoverageWatch(QObject):
    """UI thread. Signals: changed(): `map` is another one."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.map: CoverageMap | None = None
        self._of: object = None
        self._wanted: tuple[tuple[Position, ...], Bounds] | None = None
        self._busy = False

    def show(self, snapshot: Snapshot, wanted: bool) -> None:
        """Of the nodes of this snapshot, while it is wanted."""
        if not wanted:
            self.show_none()
            return
        picture = snapshot.radio.picture
        marks = node_marks(snapshot.settings, snapshot.radio.nodes)
        bounds = bounds_of(snapshot.settings.floor, picture.extent if picture else None, marks)
        self.show_nodes(tuple(mark.position for mark in marks if mark.online), bounds)

    def show_none(self) -> None:
        self._wanted = None
        if self.map is not None:
            self.map, self._of = None, None
            self.changed.emit()

    def show_nodes(self, nodes: tuple[Position, ...], bounds: Bounds) -> None:
        self._wanted = (nodes, bounds)
        if self._wanted != self._of and not self._busy:
            self._work()

    def _work(self) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        self._busy = True
        self._bridge.fetch(lambda: predict(*wanted), self._receive_coverage, self._on_prediction_error, wanted, owner=self)

    def _receive_coverage(self, of: object, found: CoverageMap) -> None:
        self._busy = False
        if self._wanted is None:
            return
        self.map, self._of = found, of
        self.changed.emit()
        if self._wanted != of:
            self._work()

    def _on_prediction_error(self, error: WatchroomError) -> None:
        """Only a fault of ours gets here, and the log has it: the layer stays as it was."""
        self._busy = False
        self._of = self._wanted


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where one more node helps most. `share`: of the floor that is then good or fair, `before`: without it; 0–1."""

    position: Position
    share: float
    before: float


def suggest(nodes: tuple[Position, ...], bounds: Bounds) -> Suggestion:
    """Any thread; some tenths of a second. Greedy: the best of a grid of places along the walls and inside, for this one node."""
    scores = [(score(predict((*nodes, place), bounds, _COARSE)), place) for place in _candidates(nodes, bounds)]
    best = max(scores, key=lambda scored: scored[0][1])
    return Suggestion(best[1], best[0][0], score(predict(nodes, bounds, _COARSE))[0])


def score(coverage: CoverageMap) -> tuple[float, float]:
    """The share that is good or fair, and a finer figure that also grows while nothing is fair yet."""
    accuracy = np.minimum(coverage.accuracy_m, WORST_M)
    return float((accuracy <= ACCURACY_STEPS_M[1]).mean()), float((1 / (1 + accuracy)).mean())


def _candidates(nodes: tuple[Position, ...], bounds: Bounds) -> list[Position]:
    """Ten by seven places with the walls among them, at alternating heights, none within half a metre of a node."""
    xs = np.linspace(bounds.x0 + _WALL_M, bounds.x1 - _WALL_M, 10).round(2).tolist()
    ys = np.linspace(bounds.y0 + _WALL_M, bounds.y1 - _WALL_M, 7).round(2).tolist()
    heights = (BODY_HEIGHT_M, min(2.2, bounds.z1))
    places = [(x, y, heights[(i + j) % 2]) for i, x in enumerate(xs) for j, y in enumerate(ys)]
    free = [place for place in places if all(np.hypot(place[0] - n[0], place[1] - n[1]) > 0.5 for n in nodes)]
    return free or places
