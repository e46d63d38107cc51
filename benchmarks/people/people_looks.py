"""Closer looks of the people bench: whose face a camera recognises now and then, sometimes wrongly, and what people look like.

Cosines are drawn as measured: faces above the threshold of one false match in a thousand, looks as on PETS09 (one person 0.68, two 0.45).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.people.people_cameras import BenchCamera, overlap
from benchmarks.people.people_world import PEOPLE, WorldTick
from engine.model.cameras.face import Faces
from engine.model.cameras.track import Track
from engine.model.geometry import Box
from engine.model.observation import FacesSeen, LooksSeen
from engine.model.people.person import FaceSample
from engine.sources.simulated.pictures.bodies import Body

Array = npt.NDArray[np.float64]

MODEL, THRESHOLD = "drawn", 0.36
FACE_WRONG = 0.02  # share of recognised faces that fit another person better
FACES_EVERY_S, LOOKS_EVERY_S = 4.0, 2.0  # on average, per track whose face shows; per track
_FACE_COSINE, _FACE_SPREAD = 0.62, 0.07
_LOOK_SAME, _LOOK_OTHER = 0.68, 0.45
_SIZE = 128
_FACING = np.cos(np.radians(55))
_FACE_REACH_M = 6.0
_STEP_S = 0.1
_OVERLAP = 0.4


class Lookers:
    """Stateful: ask once for every tick."""

    def __init__(self, cameras: Sequence[BenchCamera], seed: int, with_looks: bool) -> None:
        self._cameras, self._with_looks = cameras, with_looks
        self._chance = np.random.default_rng((seed, 74))
        self._faces = np.linalg.qr(self._chance.standard_normal((_SIZE, PEOPLE)))[0].T
        shared, *own = np.linalg.qr(self._chance.standard_normal((_SIZE, PEOPLE + 1)))[0].T
        alike = _LOOK_OTHER / _LOOK_SAME
        self._looks = np.sqrt(alike) * shared + np.sqrt(1 - alike) * np.array(own)

    def samples(self, at_ns: int) -> tuple[FaceSample, ...]:
        """One enrolled face of everybody."""
        return tuple(
            FaceSample(f"fa{index}", f"p{index}", face.astype(np.float32), MODEL, 0.9, at_ns) for index, face in enumerate(self._faces)
        )

    def seen(self, tick: WorldTick, tracks: Mapping[str, Sequence[Track]]) -> Iterator[FacesSeen | LooksSeen]:
        """What looking closer at the tracks of the last pictures tells."""
        for camera in self._cameras:
            for track in tracks.get(camera.plan.id, ()):
                walker = self._walker(track, tick, camera)
                if walker is None:
                    continue
                if self._faces_camera(tick.bodies[walker], camera) and self._chance.random() < _STEP_S / FACES_EVERY_S:
                    yield self._face(tick, camera, track, walker)
                if self._with_looks and self._chance.random() < _STEP_S / LOOKS_EVERY_S:
                    yield self._look(tick, camera, track, walker)

    def _walker(self, track: Track, tick: WorldTick, camera: BenchCamera) -> int | None:
        """Who fills the track's box best."""
        boxes: Mapping[str, Box] = tick.shown.get(camera.plan.id, {})
        best = max(boxes, key=lambda name: overlap(track.box_xyxy, boxes[name]), default=None)
        if best is None or overlap(track.box_xyxy, boxes[best]) < _OVERLAP:
            return None
        return next(index for index, body in enumerate(tick.bodies) if body.id == best)

    def _faces_camera(self, body: Body, camera: BenchCamera) -> bool:
        way = camera.lens.at - body.high_m
        level = way[:2] / max(float(np.linalg.norm(way[:2])), 1e-6)
        return float(np.linalg.norm(way)) < _FACE_REACH_M and float(body.front[:2] @ level) > _FACING

    def _face(self, tick: WorldTick, camera: BenchCamera, track: Track, walker: int) -> FacesSeen:
        if self._chance.random() < FACE_WRONG:
            walker = (walker + int(self._chance.integers(1, PEOPLE))) % PEOPLE
        cosine = float(np.clip(self._chance.normal(_FACE_COSINE, _FACE_SPREAD), 0.3, 0.9))
        embedding = _near(self._faces[walker], cosine, self._chance)
        one: Any = np.float32
        faces = Faces(np.array([track.box_xyxy], one), np.zeros((1, 5, 2), one), np.ones(1, one), embedding[None], np.full(1, 0.6, one))
        return FacesSeen(camera.plan.id, tick.now_ns, (track.id,), (track.id,), faces, MODEL, THRESHOLD)

    def _look(self, tick: WorldTick, camera: BenchCamera, track: Track, walker: int) -> LooksSeen:
        embedding = _near(self._looks[walker], float(np.sqrt(_LOOK_SAME)), self._chance)
        return LooksSeen(camera.plan.id, tick.now_ns, (track.id,), embedding[None], MODEL)


def _near(one: Array, cosine: float, chance: np.random.Generator) -> npt.NDArray[np.float32]:
    """A random unit vector with this cosine to `one`."""
    other = chance.standard_normal(len(one))
    other -= (other @ one) * one
    return (cosine * one + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)).astype(np.float32)
