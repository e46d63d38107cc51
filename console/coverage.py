"""Predicted coverage for the screen: worked out on a worker, and only when nodes or floor have changed."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.site import Floor, Position
from engine.model.snapshot import Snapshot
from widgets.space.build import bounds_of, node_marks
from widgets.space.ramps import ACCURACY_STEPS_M
from widgets.space.scene import Bounds, CoverageMap

_CELLS = 2500  # about so many, however large the floor is
_COARSE = 240  # enough to compare places
_HOPELESS_M = 10.0
_WALL_M = 0.15
_HEIGHT_M = 1.0  # of a person's middle


def predict(nodes: tuple[Position, ...], floor: Floor, bounds: Bounds, cells: int = _CELLS) -> CoverageMap:
    """Any thread."""
    cell = max(0.1, float(np.sqrt(bounds.width * bounds.depth / cells)))
    xs = np.arange(bounds.x0 + cell / 2, bounds.x1, cell)
    ys = np.arange(bounds.y0 + cell / 2, bounds.y1, cell)
    grid = np.stack([*(a.reshape(-1) for a in np.meshgrid(xs, ys)), np.full(len(xs) * len(ys), _HEIGHT_M)], axis=1)
    info = np.zeros((len(grid), 2, 2))
    for i, a in enumerate(nodes):
        for b in nodes[i + 1 :]:
            va, vb = grid - a, grid - b
            da, db = np.linalg.norm(va, axis=1), np.linalg.norm(vb, axis=1)
            excess = da + db - np.linalg.norm(np.subtract(a, b))
            grad = (va / da[:, None] + vb / db[:, None])[:, :2]
            grad /= np.maximum(np.linalg.norm(grad, axis=1), 1e-6)[:, None]
            info += (grad[:, :, None] * grad[:, None, :]) * np.exp(-excess / 0.3)[:, None, None]
    low = np.linalg.eigvalsh(info)[:, 0] if len(grid) else np.zeros(0)
    accuracy = np.where(low > 1e-3, 0.4 / np.sqrt(np.maximum(low, 1e-9)), np.inf)
    return CoverageMap(bounds.x0, bounds.y0, cell, accuracy.reshape(len(ys), len(xs)))


class CoverageWatch(QObject):
    """UI thread. Signals: changed(): `map` is another one."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.map: CoverageMap | None = None
        self._of: object = None
        self._wanted: tuple[tuple[Position, ...], Floor, Bounds] | None = None
        self._busy = False

    def show(self, snapshot: Snapshot, wanted: bool) -> None:
        """Of the nodes of this snapshot, while it is wanted."""
        if not wanted:
            self.show_none()
            return
        picture = snapshot.radio.picture
        marks = node_marks(snapshot.settings, snapshot.radio.nodes)
        floor = snapshot.settings.floor
        bounds = bounds_of(floor, picture.extent if picture else None, marks)
        self.show_nodes(tuple(mark.position for mark in marks if mark.online), floor, bounds)

    def show_none(self) -> None:
        self._wanted = None
        if self.map is not None:
            self.map, self._of = None, None
            self.changed.emit()

    def show_nodes(self, nodes: tuple[Position, ...], floor: Floor, bounds: Bounds) -> None:
        self._wanted = (nodes, floor, bounds)
        if self._wanted != self._of and not self._busy:
            self._work()

    def _work(self) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        self._busy = True
        self._bridge.fetch(lambda: predict(*wanted), lambda found: self._take(wanted, found), self._failed, owner=self)

    def _take(self, of: object, found: CoverageMap) -> None:
        self._busy = False
        if self._wanted is None:
            return
        self.map, self._of = found, of
        self.changed.emit()
        if self._wanted != of:
            self._work()

    def _failed(self, error: WatchroomError) -> None:
        """Only a fault of ours gets here, and the log has it: the layer stays as it was."""
        self._busy = False
        self._of = self._wanted


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where one more node helps most. `share`: of the floor that is then good or fair, `before`: without it; 0–1."""

    position: Position
    share: float
    before: float


def suggest(nodes: tuple[Position, ...], floor: Floor, bounds: Bounds) -> Suggestion:
    """Any thread; some tenths of a second. Greedy: the best of a grid of places along the walls and inside, for this one node."""
    scores = [(score(predict((*nodes, place), floor, bounds, _COARSE)), place) for place in _candidates(nodes, bounds)]
    best = max(scores, key=lambda scored: scored[0][1])
    return Suggestion(best[1], best[0][0], score(predict(nodes, floor, bounds, _COARSE))[0])


def score(coverage: CoverageMap) -> tuple[float, float]:
    """The share that is good or fair, and a finer figure that also grows while nothing is fair yet."""
    accuracy = np.minimum(coverage.accuracy_m, _HOPELESS_M)
    return float((accuracy <= ACCURACY_STEPS_M[1]).mean()), float((1 / (1 + accuracy)).mean())


def _candidates(nodes: tuple[Position, ...], bounds: Bounds) -> list[Position]:
    """Twelve by eight places with the walls among them, at alternating heights, none within half a metre of a node."""
    xs = np.linspace(bounds.x0 + _WALL_M, bounds.x1 - _WALL_M, 10).round(2).tolist()
    ys = np.linspace(bounds.y0 + _WALL_M, bounds.y1 - _WALL_M, 7).round(2).tolist()
    heights = (_HEIGHT_M + 0.2, min(2.2, bounds.z1))
    places = [(x, y, heights[(i + j) % 2]) for i, x in enumerate(xs) for j, y in enumerate(ys)]
    free = [place for place in places if all(np.hypot(place[0] - n[0], place[1] - n[1]) > 0.5 for n in nodes)]
    return free or places
