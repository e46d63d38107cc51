"""What a camera, its detector and its pose estimation tell of a made-up person: boxes with jitter and gaps, landmarks with noise.

How often the detector finds somebody, how sure it is and how far its boxes tremble, and how often there is a pose, were set by what
YOLOX-nano and BlazePose do on the five UR Fall clips: see `UPRIGHT` and `DOWN`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.gestures.body_model import JOINTS, RADII, Array, joints_of
from benchmarks.gestures.fall_scripts import Dice, Scene, Script, fall_s, motion_of
from engine.model.cameras.detection import Detections
from engine.model.cameras.pose import LANDMARKS
from engine.model.geometry import Floats

_TRIES = 60
_NEAR_M = 0.3
_SIZES = ((640, 480), (1280, 720), (1920, 1080))
_RATES = (10.0, 15.0, 25.0)
# Of BlazePose's landmarks, the joint that each lies at or near.
_LANDMARK_JOINTS = (
    *("nose",) * 7,
    *("head",) * 2,
    *("nose",) * 2,
    *("shoulder_left", "shoulder_right", "elbow_left", "elbow_right", "wrist_left", "wrist_right"),
    *("hand_left", "hand_right") * 3,
    *("hip_left", "hip_right", "knee_left", "knee_right", "ankle_left", "ankle_right"),
    *("heel_left", "heel_right", "toe_left", "toe_right"),
)
_WHICH = [JOINTS.index(name) for name in _LANDMARK_JOINTS]
_TRUNK = [11, 12, 23, 24]


@dataclass(frozen=True, slots=True)
class Sight:
    """How well somebody is found. `jitter`: of a box's edges, shares of its size; `noise`: of a landmark, shares of the body's height."""

    found: float
    confidence: float
    confidence_sd: float
    jitter: float
    posed: float
    noise: float


UPRIGHT = Sight(found=0.995, confidence=0.88, confidence_sd=0.03, jitter=0.012, posed=1.0, noise=0.012)
DOWN = Sight(found=0.84, confidence=0.5, confidence_sd=0.18, jitter=0.04, posed=0.6, noise=0.05)


@dataclass(frozen=True, slots=True, eq=False)
class MadeSequence:
    """`boxes` and `poses` of each picture: what was found on it; None: nobody, no pose. `fall_s`: when somebody falls, or None."""

    name: str
    fps: float
    size: tuple[int, int]
    fall_s: float | None
    boxes: tuple[Detections, ...]
    poses: tuple[tuple[Floats, Floats] | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Camera:
    """A pinhole at `place` (3) metres that looks along `ahead`; `focal` in pixels."""

    place: Array
    right: Array
    down: Array
    ahead: Array
    focal: float
    size: tuple[int, int]

    @classmethod
    def towards(cls, place: Array, target: Array, fov_deg: float, size: tuple[int, int], roll_deg: float) -> "_Camera":
        ahead = (target - place) / np.linalg.norm(target - place)
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        down = np.cross(ahead, right)
        c, s = np.cos(np.deg2rad(roll_deg)), np.sin(np.deg2rad(roll_deg))
        return cls(place, c * right + s * down, c * down - s * right, ahead, size[0] / 2 / np.tan(np.deg2rad(fov_deg / 2)), size)

    def seen(self, points: Array) -> tuple[Array, Array]:
        """Pixels (…, 2) of points (…, 3), and how far ahead they are, metres."""
        away = points - self.place
        depth = np.maximum(away @ self.ahead, _NEAR_M)
        across, along = away @ self.right, away @ self.down
        middle = self.size[0] / 2, self.size[1] / 2
        return np.stack([middle[0] + self.focal * across / depth, middle[1] + self.focal * along / depth], axis=-1), depth


def made(script: Script, dice: Dice) -> MadeSequence:
    """One scene before one camera."""
    scene, height_m = script(dice), float(np.clip(dice.normal(1.69, 0.1), 1.45, 1.95))
    fps = float(dice.choice(_RATES))
    motion = motion_of(scene, height_m, fps, dice)
    joints = joints_of(motion, height_m)
    camera = _close(joints, dice) if scene.close else _wall(joints, height_m, dice)
    spots, depth = camera.seen(joints)
    radii = RADII * height_m * camera.focal / depth
    whole = np.stack(
        [(spots[..., 0] - radii).min(1), (spots[..., 1] - radii).min(1), (spots[..., 0] + radii).max(1), (spots[..., 1] + radii).max(1)], 1
    )
    hidden = _hidden(scene, whole, dice)
    return _sensed(scene, fps, camera, spots, whole, hidden, _uprightness(joints, height_m), height_m, dice)


def _wall(joints: Array, height_m: float, dice: Dice) -> _Camera:
    """A camera of a room: drawn until the whole scene, or most of it, is in its picture."""
    best: tuple[float, _Camera] | None = None
    wanted = 1.0 if dice.random() < 0.85 else 0.8
    middle = joints[..., :2].mean(axis=(0, 1))
    for _ in range(_TRIES):
        away, around = dice.uniform(2.2, 6.5), dice.uniform(0, 2 * np.pi)
        place = np.array([*(middle + away * np.array([np.cos(around), np.sin(around)])), dice.uniform(0.8, 3.0)])
        target = np.array([*(middle + dice.normal(0, 0.15 * away, 2)), dice.uniform(0.4, 1.1)])
        size = _SIZES[dice.integers(len(_SIZES))]
        camera = _Camera.towards(place, target, dice.uniform(50, 95), size, dice.normal(0, 1.5))
        spots, depth = camera.seen(joints)
        inside = ((spots > 4) & (spots < np.array(size) - 4)).all(axis=2).mean() * float(depth.min() > 1.0)
        tall = height_m * camera.focal / float(np.median(depth)) / size[1]
        share = float(inside) * (1.0 if tall > 0.15 else 0.5)
        if best is None or share > best[0]:
            best = share, camera
        if share >= wanted - 1e-6:
            break
    assert best is not None
    return best[1]


def _close(joints: Array, dice: Dice) -> _Camera:
    """A camera of a desk or a door, before somebody's face: the picture ends above their knees."""
    head = joints[0, JOINTS.index("head")]
    ahead = np.array([*(joints[0, JOINTS.index("nose")] - head)[:2], 0.0])
    ahead /= max(float(np.linalg.norm(ahead)), 1e-6)
    pelvis = joints[:, JOINTS.index("pelvis")]
    walks = float(np.ptp(pelvis[:, 1])) > 1.0
    place = pelvis[-1] + ahead * dice.uniform(0.4, 0.9) if walks else head + ahead * dice.uniform(0.9, 1.7)
    place = np.array([place[0], place[1], head[2] + dice.uniform(-0.2, 0.6)]) + dice.normal(0, 0.1, 3)
    target = np.array([head[0], head[1], head[2] - dice.uniform(0.1, 0.3)])
    size = _SIZES[dice.integers(len(_SIZES))]
    return _Camera.towards(place, target, dice.uniform(55, 80), size, dice.normal(0, 1.5))


def _uprightness(joints: Array, height_m: float) -> Array:
    """(T,) 0–1: how high the head is, as a share of how high it stands."""
    return np.clip(joints[:, JOINTS.index("head"), 2] / (0.93 * height_m), 0.0, 1.0)


def _hidden(scene: Scene, whole: Array, dice: Dice) -> Array:
    """(T, 4) shares of the boxes that furniture hides, of each side: legs behind a table or a bed, an end of who lies behind a chair."""
    shares = np.zeros_like(whole)
    if scene.furniture and dice.random() < 0.3:
        shares[:, 3] = dice.uniform(0.1, 0.3)
    if scene.furniture and dice.random() < 0.25:
        lies = (whole[:, 2] - whole[:, 0]) > (whole[:, 3] - whole[:, 1])
        shares[lies, dice.choice([0, 2])] = dice.uniform(0.1, 0.35)
    return shares


def _sensed(
    scene: Scene, fps: float, camera: _Camera, spots: Array, whole: Array, hidden: Array, upright: Array, height_m: float, dice: Dice
) -> MadeSequence:
    size = np.array([*camera.size, *camera.size], np.float64)
    extent = np.concatenate([whole[:, 2:] - whole[:, :2]] * 2, axis=1)
    signs = np.array([1.0, 1.0, -1.0, -1.0])
    shown = whole + hidden * signs * extent
    sight = _mixed(upright)
    jitter = _wandering(dice, len(whole), 4, 0.6) * sight["jitter"][:, None] * extent
    boxes = np.clip(shown + jitter, 0, size)
    visible = ((boxes[:, 2:] - boxes[:, :2]).prod(axis=1) / np.maximum(extent[:, :2].prod(axis=1), 1.0)) > 0.2
    found = visible & (dice.random(len(whole)) < sight["found"]) & ~_gaps(dice, len(whole), fps, upright)
    sure = np.clip(sight["confidence"] + _wandering(dice, len(whole), 1, 0.7)[:, 0] * sight["confidence_sd"], 0.12, 0.97)
    posed = found & (dice.random(len(whole)) < sight["posed"])
    pixels = height_m * camera.focal / max(float(np.linalg.norm(camera.place - (0, 0, camera.place[2]))), 1.0)
    landmarks = spots[:, _WHICH] + _wandering(dice, len(whole), LANDMARKS * 2, 0.7).reshape(-1, LANDMARKS, 2) * (
        sight["noise"][:, None, None] * pixels
    )
    people = tuple(
        Detections.people([box], [one]) if is_found else Detections.empty() for box, one, is_found in zip(boxes, sure, found, strict=True)
    )
    visibility = _visibility(landmarks, shown, size, dice)
    poses = tuple(_pose(*row) for row in zip(landmarks, visibility, boxes, posed, strict=True))
    return MadeSequence(scene.name, fps, camera.size, fall_s(scene), people, poses)


def _pose(points: Array, visibility: Array, box: Array, posed: bool) -> tuple[Floats, Floats] | None:
    """As the product does, a body has to be in its track's box."""
    slack = 0.15 * (box[2:] - box[:2])
    trunk = points[_TRUNK].mean(axis=0)
    if not posed or (trunk < box[:2] - slack).any() or (trunk > box[2:] + slack).any():
        return None
    flat = np.concatenate([points, np.zeros((LANDMARKS, 1))], axis=1).astype(np.float32)
    return flat, visibility.astype(np.float32)


def _mixed(upright: Array) -> dict[str, Array]:
    """Between `UPRIGHT` and `DOWN`, by how high the head is."""
    share = np.clip((upright - 0.35) / 0.3, 0.0, 1.0)
    return {name: getattr(DOWN, name) + share * (getattr(UPRIGHT, name) - getattr(DOWN, name)) for name in Sight.__dataclass_fields__}


def _wandering(dice: Dice, count: int, width: int, memory: float) -> Array:
    """(count, width) of size 1, each like the one before by `memory`."""
    drawn = dice.normal(0, 1, (count, width))
    for row in range(1, count):
        drawn[row] = memory * drawn[row - 1] + (1 - memory**2) ** 0.5 * drawn[row]
    return drawn


def _gaps(dice: Dice, count: int, fps: float, upright: Array) -> npt.NDArray[np.bool_]:
    """(count,) whether the detector misses somebody for a while: while they move fast, and now and then while they lie."""
    missed = np.zeros(count, bool)
    falling = np.flatnonzero(np.diff(upright, prepend=upright[0]) * fps < -0.7)
    if len(falling) and dice.random() < 0.3:
        start = int(dice.choice(falling))
        missed[start : start + round(dice.uniform(0.1, 0.5) * fps)] = True
    low = np.flatnonzero(upright < 0.35)
    if len(low) and dice.random() < 0.3:
        start = int(dice.choice(low))
        missed[start : start + round(dice.uniform(0.3, 1.5) * fps)] = True
    return missed


def _visibility(landmarks: Array, shown: Array, size: Array, dice: Dice) -> Array:
    """(T, 33): low outside the picture and behind furniture."""
    low, high = np.maximum(shown[:, None, :2], 0), np.minimum(shown[:, None, 2:], size[2:])
    slack = 0.03 * (high - low)
    inside = ((landmarks >= low - slack) & (landmarks <= high + slack)).all(axis=2)
    return np.where(inside, dice.uniform(0.75, 1.0, inside.shape), dice.uniform(0.0, 0.25, inside.shape))


def drawn(scripts: Sequence[Script], seed: int, first: int) -> Iterator[MadeSequence]:
    """Each script once; `first` is the number of the first in its seed."""
    for number, script in enumerate(scripts, start=first):
        yield made(script, np.random.default_rng((seed, number)))
