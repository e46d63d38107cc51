"""What stands still around radio links: walls that weaken and mirror waves, furniture that scatters them."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.plan import FloorPlan, Furniture, Wall

Array = npt.NDArray[np.float64]

_LOSS_DB: Mapping[str, float] = {"facade": 11.0, "plaster": 4.5, "fence": 1.0}
_MIRROR: Mapping[str, float] = {"facade": 0.38, "plaster": 0.23, "fence": 0.08}
_GLASS_DB = 2.5
_EDGE_M = 0.12  # waves bend around the edge of a door: its loss fades in over this
_METAL_M2: Mapping[str, float] = {"rack": 1.6, "machine": 1.2, "cabinet": 1.0, "container": 3.0, "drum": 0.5, "desk": 0.35}
_WOOD_M2 = 0.15
_FLAT = frozenset({"mat", "rug", "poster", "board", "tree", "hedge"})
_ROOM_CLUTTER = 6


@dataclass(frozen=True, slots=True, eq=False)
class Mirrors:
    """Upright planes for the first reflection: ends (W, 2), height (W,), coefficient (W,)."""

    a: Array
    b: Array
    height: Array
    share: Array


class Surroundings:
    """Immutable after construction."""

    def __init__(self, walls: Iterable[Wall], clutter: Iterable[tuple[Array, float]], ceiling_m: float | None) -> None:
        """`clutter`: places (3,) that scatter, and their radar cross section in m². `ceiling_m` None: open to the sky."""
        kept = tuple(walls)
        self.ceiling_m = ceiling_m
        self._a = np.array([wall.a for wall in kept], np.float64).reshape(-1, 2)
        self._b = np.array([wall.b for wall in kept], np.float64).reshape(-1, 2)
        self._height = np.array([wall.height for wall in kept])
        self._loss_db = np.array([_LOSS_DB[wall.material] for wall in kept])
        self.mirrors = Mirrors(self._a, self._b, self._height, np.array([_MIRROR[wall.material] for wall in kept]))
        holes = [(index, hole) for index, wall in enumerate(kept) for hole in wall.openings]
        self._hole_wall = np.array([index for index, _ in holes], np.intp)
        self._hole = np.array([(hole.start, hole.end, hole.sill, hole.top) for _, hole in holes]).reshape(-1, 4)
        self._hole_db = np.array([_GLASS_DB if hole.window else 0.0 for _, hole in holes])
        self.clutter = tuple(clutter)

    @classmethod
    def of_plan(cls, plan: FloorPlan) -> "Surroundings":
        clutter = [_scatterer(piece) for piece in plan.furniture if piece.kind not in _FLAT]
        return cls(plan.walls, clutter, plan.ceiling_m)

    @classmethod
    def of_room(cls, width_m: float, depth_m: float, height_m: float, seed: int) -> "Surroundings":
        """Four walls just outside the given space, and a few things along them."""
        x0, y0, x1, y1 = -0.12, -0.12, width_m + 0.12, depth_m + 0.12
        corners = (((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1)))
        walls = [Wall(a, b, 0.14, height_m, "plaster", ()) for a, b in corners]
        chance = np.random.default_rng((seed, 17))
        clutter: list[tuple[Array, float]] = []
        for _ in range(_ROOM_CLUTTER):
            wall, along, off = int(chance.integers(4)), chance.uniform(0.1, 0.9), chance.uniform(0.1, 0.4)
            (ax, ay), (bx, by) = corners[wall]
            inward = (0, off) if wall == 0 else (0, -off) if wall == 1 else (off, 0) if wall == 2 else (-off, 0)
            at = np.array([ax + along * (bx - ax) + inward[0], ay + along * (by - ay) + inward[1], chance.uniform(0.3, 1.6)])
            clutter.append((at, float(chance.uniform(0.2, 1.5))))
        return cls(walls, clutter, height_m)

    def loss_db(self, starts: Array, ends: Array) -> Array:
        """What the walls between two places take off a wave: (R, 3) to (R, 3) gives (R,) dB."""
        if not len(self._a):
            return np.zeros(len(starts))
        wall, way = (self._b - self._a)[None], (ends - starts)[:, None]
        offset = self._a[None] - starts[:, None, :2]
        cross = way[..., 0] * wall[..., 1] - way[..., 1] * wall[..., 0]
        safe = np.where(np.abs(cross) < 1e-9, np.inf, cross)
        on_way = (offset[..., 0] * wall[..., 1] - offset[..., 1] * wall[..., 0]) / safe
        on_wall = (offset[..., 0] * way[..., 1] - offset[..., 1] * way[..., 0]) / safe
        z = starts[:, None, 2] + on_way * way[..., 2]
        hit = (on_way > 1e-6) & (on_way < 1 - 1e-6) & (on_wall >= 0) & (on_wall <= 1) & (z < self._height) & (np.abs(cross) > 1e-9)
        loss = np.where(hit, self._loss_db, 0.0)
        if len(self._hole):
            self._open_gaps(loss, hit, on_wall * np.hypot(wall[..., 0], wall[..., 1]), z)
        return loss.sum(axis=1)

    def _open_gaps(self, loss: Array, hit: npt.NDArray[np.bool_], along_m: Array, z: Array) -> None:
        """Lower the loss, in place, where the way goes through an opening; with soft edges, so that nothing jumps."""
        rays, holes = np.nonzero(hit[:, self._hole_wall])
        walls = self._hole_wall[holes]
        at, height = along_m[rays, walls], z[rays, walls]
        start, end, sill, top = self._hole[holes].T
        inside = np.minimum(np.minimum(at - start, end - at), np.minimum(np.where(sill > 0, height - sill, np.inf), top - height))
        share = np.clip(inside / (2 * _EDGE_M) + 0.5, 0, 1)
        np.minimum.at(loss, (rays, walls), self._loss_db[walls] * (1 - share) + self._hole_db[holes] * share)


def _scatterer(piece: Furniture) -> tuple[Array, float]:
    return np.array([*piece.at, 0.6 * piece.size[2]]), _METAL_M2.get(piece.kind, _WOOD_M2)
