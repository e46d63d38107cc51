"""Walkers on a floor of 10 × 8 m under four cameras and a radio, without any picture: boxes are drawn by the pinhole alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.fusion.alignment import Alignment, Glance
from engine.fusion.person import Followed
from engine.fusion.projection import TOES_M, FloorView, Rays, Spot
from engine.fusion.sighting import Sighting
from engine.model.geometry import Box
from engine.model.radio.fused import SourceKind
from engine.model.site import CameraPose
from engine.model.time import SECOND

SIZE = (640, 360)
CORNERS = ((0.0, 0.0), (10.0, 0.0), (10.0, 8.0), (0.0, 8.0))
STATURE_M = 1.7
LOW, HIGH = np.array([1.0, 1.0]), np.array([9.0, 7.0])
TICK_NS = SECOND // 10


def pose(number: int) -> CameraPose:
    x, y = CORNERS[number]
    return CameraPose(f"c{number}", (x, y, 2.6), (5.0, 4.0, 0.5), 75.0)


def box_of(rays: Rays, xy: np.ndarray) -> tuple[float, float, float, float] | None:
    """Of somebody who stands there upright, toes towards the camera; None where a part of them is out of the picture."""
    sight = xy - rays.origin[:2]
    toes = xy - TOES_M * sight / np.hypot(*sight)
    foot, head = rays.pixel((toes[0], toes[1], 0.0)), rays.pixel((xy[0], xy[1], STATURE_M))
    if foot is None or head is None or not (0 < foot[0] < SIZE[0] and head[1] > 0 and foot[1] < SIZE[1] - 4):
        return None
    half = (foot[1] - head[1]) / 6
    return foot[0] - half, head[1], foot[0] + half, foot[1]


@dataclass
class MadeFloor:
    """`step` walks everybody on for a tick and gives what the sensors say of it, with the truth in `spots`."""

    seed: int
    people: int = 3
    cameras: tuple[int, ...] = (0, 1, 2, 3)
    radio: bool = True
    dead: dict[int, tuple[float, float]] = field(default_factory=dict)
    """From when to when a camera is dead, seconds."""

    def __post_init__(self) -> None:
        self._chance = np.random.default_rng(self.seed)
        self.spots = self._chance.uniform(LOW, HIGH, (self.people, 2))
        self._towards = self._chance.uniform(LOW, HIGH, (self.people, 2))
        self._views = {number: (FloorView(self._believed(number), SIZE), Rays(pose(number), SIZE)) for number in self.cameras}
        self._radio_off = self._chance.normal(0, 0.3, (self.people, 2))
        self.looks = np.linalg.qr(self._chance.standard_normal((16, max(self.people, 2))))[0].T
        self.aligned = Alignment()
        self._boxes: dict[str, Box] = {}
        self.now_ns = 1_000 * SECOND
        self.seconds = 0.0

    def step(self) -> list[Sighting]:
        self.now_ns += TICK_NS
        self.seconds += TICK_NS / SECOND
        for index in range(self.people):
            self._walk(index)
        keep = 0.97
        fresh = self._chance.normal(0, 0.3 * math.sqrt(1 - keep**2), self._radio_off.shape)
        self._radio_off = keep * self._radio_off + fresh
        seen = [sighting for number in self.cameras if not self._is_dead(number) for sighting in self._filmed(number)]
        return [*seen, *(self._felt() if self.radio else [])]

    def _believed(self, number: int) -> CameraPose:
        """The pose as somebody has entered it: a little wrong."""
        true = pose(number)
        x, y, z = (np.array(true.aim) + self._chance.normal(0, (0.15, 0.15, 0.05))).tolist()
        return replace(true, aim=(x, y, z))

    def _is_dead(self, number: int) -> bool:
        begins, ends = self.dead.get(number, (math.inf, math.inf))
        return begins <= self.seconds < ends

    def _walk(self, index: int) -> None:
        way = self._towards[index] - self.spots[index]
        left = float(np.hypot(*way))
        if left < 0.2:
            self._towards[index] = self._chance.uniform(LOW, HIGH)
        else:
            self.spots[index] += way / left * 0.11

    def _filmed(self, number: int) -> list[Sighting]:
        found = [self._sighting(number, index) for index in range(self.people) if self._chance.random() > 0.1]
        return [sighting for sighting in found if sighting is not None]

    def _sighting(self, number: int, index: int) -> Sighting | None:
        view, rays = self._views[number]
        box = box_of(rays, self.spots[index])
        if box is None:
            return None
        shake = self._chance.normal(0, 0.03 * (box[3] - box[1]))
        box = (box[0], box[1], box[2], box[3] + shake)
        self._boxes[f"c{number}-t{index}"] = box
        spot = view.spot(box, self.aligned.off(f"c{number}"), self.aligned.doubt(f"c{number}"))
        if spot is None:
            return None
        look = self.looks[index] + self._chance.normal(0, 0.08, 16)
        return Sighting(
            SourceKind.CAMERA, f"c{number}-t{index}", f"c{number}", self.now_ns, spot.xy, spot.covariance, look=look / np.linalg.norm(look)
        )

    def align(self, people: Sequence[Followed], seen: Sequence[Sighting]) -> None:
        """Cameras that see one person learn from each other."""
        for person in people:
            glances = [self._glance(each) for each in seen if each.kind is SourceKind.CAMERA and person.has(each)]
            for other in glances[1:]:
                self.aligned.agree(glances[0], other, TICK_NS / SECOND)

    def _glance(self, sighting: Sighting) -> Glance:
        view, box = self._views[int(sighting.sensor_id[1:])][0], self._boxes[sighting.id]
        jacobian = view.jacobian(box, Spot(sighting.xy, sighting.covariance), self.aligned.off(sighting.sensor_id))
        assert jacobian is not None
        return Glance(sighting.sensor_id, sighting.xy, jacobian, view.noise(box), view.off_pixels)

    def _felt(self) -> list[Sighting]:
        return [
            Sighting(SourceKind.RADIO, f"b{index}", "radio", self.now_ns, spot + self._radio_off[index], 0.15 * np.eye(2))
            for index, spot in enumerate(self.spots)
        ]


class Ids:
    def __init__(self) -> None:
        self._made = 0

    def __call__(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}-{self._made}"
