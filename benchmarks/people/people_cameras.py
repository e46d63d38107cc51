"""Cameras of the people bench: where they hang, where the site believes they hang, and what a detector makes of them. Nothing is drawn.

Boxes come from the bodies' geometry. Errors of poses, clicked points, boxes and detectors are drawn with the seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Box
from engine.model.site import CameraPose, FloorPoint
from engine.sources.simulated.pictures.bodies import Body
from engine.sources.simulated.pictures.lens import Lens
from engine.sources.simulated.plan import CameraPlan
from engine.sources.simulated.waves.room import Space

Array = npt.NDArray[np.float64]

SIZE = (640, 360)
FOV_DEG, HANGS_M, INSET_M = 80.0, 2.5, 0.1
_ANKLES = (7, 11)  # of a body's points
_AROUND_M = 0.11  # how far flesh and clothes reach beyond the joints
_NEAREST_M = 0.5
_SHOWN, _HIDDEN = 0.35, 0.5  # shares of a box: that must be in the picture; that somebody nearer may hide
_LEAST_HEIGHT = 40.0
_LASTS = 0.9  # how much of a box's error is still there in the next picture
_GHOST_S = 0.5


@dataclass(frozen=True, slots=True)
class CameraErrors:
    """How wrong one site is, drawn anew for every seed.

    Attributes:
        turn_deg: of the poses' direction, standard deviation. off_m: of their places. zoom: of the angles of view, as a share.
        clicked_px: of clicked floor points. clicked: share of the cameras that have such points.
        box: of a box's edges, as a share of its height. missed: share of detections. ghosts_per_min: false boxes, half a second each.
    """

    turn_deg: float
    off_m: float
    zoom: float
    clicked_px: float
    clicked: float
    box: float
    missed: float
    ghosts_per_min: float

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> "CameraErrors":
        return cls(
            turn_deg=float(chance.uniform(0.5, 2.0)),
            off_m=float(chance.uniform(0.03, 0.12)),
            zoom=float(chance.uniform(0.01, 0.03)),
            clicked_px=float(chance.uniform(1.5, 4.0)),
            clicked=0.5,
            box=float(chance.uniform(0.015, 0.04)),
            missed=float(chance.uniform(0.05, 0.25)),
            ghosts_per_min=float(chance.uniform(0.5, 3.0)),
        )


@dataclass(slots=True, eq=False)
class BenchCamera:
    """One camera. Pictures have to be asked for in order."""

    plan: CameraPlan
    believed: CameraPose
    errors: CameraErrors
    chance: np.random.Generator
    lens: Lens = field(init=False)
    _off: dict[str, Array] = field(default_factory=dict[str, Array])
    _ghost: tuple[Box, float] | None = None

    def __post_init__(self) -> None:
        self.lens = Lens.of(self.plan)

    def shows(self, bodies: Sequence[Body]) -> dict[str, Box]:
        """True boxes, cut at the picture's edges, of those who can be seen."""
        boxes = {body.id: (box, depth) for body in bodies if (found := self._outline(body)) is not None for box, depth in [found]}
        return {name: box for name, (box, depth) in boxes.items() if not _hidden(box, depth, list(boxes.values()))}

    def detects(self, shown: dict[str, Box], t_s: float, step_s: float) -> list[Box]:
        """What a detector finds in the picture."""
        found: list[Box] = []
        for name, box in shown.items():
            fresh = self.chance.normal(0, self.errors.box, 4)
            self._off[name] = _LASTS * self._off.get(name, fresh) + np.sqrt(1 - _LASTS**2) * fresh
            if self.chance.random() >= self.errors.missed:
                found.append(_within(np.array(box) + self._off[name] * (box[3] - box[1])))
        return [*found, *self._ghosts(t_s, step_s)]

    def _ghosts(self, t_s: float, step_s: float) -> list[Box]:
        if self._ghost is None and self.chance.random() < self.errors.ghosts_per_min / 60 * step_s:
            x, y, height = self.chance.uniform((60, 200, 80), (580, 340, 180))
            self._ghost = (_within(np.array([x - height / 5, y - height, x + height / 5, y])), t_s + _GHOST_S)
        if self._ghost is not None and t_s > self._ghost[1]:
            self._ghost = None
        return [] if self._ghost is None else [self._ghost[0]]

    def _outline(self, body: Body) -> tuple[Box, float] | None:
        soles = body.points_m[list(_ANKLES)] * np.array([1, 1, 0])
        points = np.concatenate([body.points_m, body.high_m[None], soles])
        beside = _AROUND_M * self.lens.axes[0]
        pixels, depths = self.lens.project(np.concatenate([points - beside, points + beside]))
        if float(depths.min()) < _NEAREST_M:
            return None
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        box = _within(np.array([*low, *high]))
        shown = _area(box) / max(float(np.prod(high - low)), 1e-9)
        return (box, float(depths.mean())) if shown >= _SHOWN and box[3] - box[1] >= _LEAST_HEIGHT else None


def four_cameras(space: Space, seed: int) -> tuple[BenchCamera, ...]:
    """One in every corner."""
    chance = np.random.default_rng((seed, 71))
    errors = CameraErrors.drawn(chance)
    corners = [(x, y) for x in (INSET_M, space.width_m - INSET_M) for y in (INSET_M, space.depth_m - INSET_M)]
    return tuple(_camera(number, corner, space, errors, seed, chance) for number, corner in enumerate(corners))


def _camera(
    number: int, corner: tuple[float, float], space: Space, errors: CameraErrors, seed: int, chance: np.random.Generator
) -> BenchCamera:
    aim = (space.width_m / 2, space.depth_m / 2, 0.7)
    plan = CameraPlan(f"c{number}", f"Camera {number + 1}", "room", (*corner, HANGS_M), aim, FOV_DEG, 0.1, SIZE)
    return BenchCamera(plan, _believed(plan, space, errors, chance), errors, np.random.default_rng((seed, 72, number)))


def _believed(plan: CameraPlan, space: Space, errors: CameraErrors, chance: np.random.Generator) -> CameraPose:
    at, ahead = np.array(plan.at), np.array(plan.aim) - np.array(plan.at)
    away = float(np.linalg.norm(ahead))
    turn = chance.normal(0, np.radians(errors.turn_deg), 2)
    yaw, pitch = np.arctan2(ahead[1], ahead[0]) + turn[0], np.arcsin(ahead[2] / away) + turn[1]
    there = at + chance.normal(0, errors.off_m, 3)
    aim = there + away * np.array([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), np.sin(pitch)])
    points = _clicked(plan, space, errors, chance) if chance.random() < errors.clicked else ()
    fov = plan.fov_deg * float(1 + chance.normal(0, errors.zoom))
    return CameraPose(plan.id, _triple(there), _triple(aim), fov, points)


def _clicked(plan: CameraPlan, space: Space, errors: CameraErrors, chance: np.random.Generator) -> tuple[FloorPoint, ...]:
    """Six spots of the floor well within the picture."""
    floor = np.column_stack([chance.uniform(0, 1, (200, 2)) * (space.width_m, space.depth_m), np.zeros(200)])
    pixels, depths = Lens.of(plan).project(floor)
    inside = (depths > 1) & (pixels > 20).all(axis=1) & (pixels < np.array(SIZE) - 20).all(axis=1)
    clicked = np.clip(pixels[inside][:6] + chance.normal(0, errors.clicked_px, (6, 2)), 0, SIZE) / np.array(SIZE)
    return tuple(FloorPoint((float(u), float(v)), (float(x), float(y))) for (u, v), (x, y, _) in zip(clicked, floor[inside], strict=False))


def _hidden(box: Box, depth: float, others: list[tuple[Box, float]]) -> bool:
    return any(near < depth and _shared(box, other) > _HIDDEN * _area(box) for other, near in others)


def _within(edges: Array) -> Box:
    x0, y0, x1, y1 = np.clip(edges, 0, (*SIZE, *SIZE)).tolist()
    return x0, y0, max(x1, x0 + 1.0), max(y1, y0 + 1.0)


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _shared(one: Box, other: Box) -> float:
    return _area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    both = _shared(one, other)
    return both / max(_area(one) + _area(other) - both, 1e-9)


def _triple(values: Array) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
