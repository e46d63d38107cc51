"""A walker's surface: rings lofted around the skeleton, coloured as skin, hair and clothes. Knows nothing of cameras.

Each body part is a tube through rings (ellipses with half axes `side` and `fore`, centred between two joints). Lengths in the tables
are shares of stature, so that one table fits everybody.
"""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.body import INDEX
from engine.sources.simulated.pictures.wardrobe import dress
from engine.sources.simulated.plan import WalkerPlan
from engine.sources.simulated.world import WalkerPose

Array = npt.NDArray[np.float64]

SEGMENTS = 16
_AROUND = np.linspace(0, 2 * np.pi, SEGMENTS, endpoint=False)  # 0 is left, π/2 the front


@dataclass(frozen=True, slots=True)
class Ring:
    """`share` of the way from joint `a` to `b`; `turn` 0 follows the hips, 1 the shoulders; `ahead` shifts forward."""

    a: str
    b: str
    share: float
    side: float
    fore: float
    cloth: str
    ahead: float = 0.0
    turn: float = 1.0


def _trunk() -> list[Ring]:
    """Jacket from its hem, over the belt, to the shoulders and the collar."""
    return [
        Ring("pelvis", "waist", -0.95, 0.103, 0.080, "top", 0.000, 0.0),
        Ring("pelvis", "waist", -0.60, 0.103, 0.080, "top", 0.000, 0.1),
        Ring("pelvis", "waist", 0.00, 0.098, 0.075, "top", 0.002, 0.2),
        Ring("pelvis", "waist", 0.60, 0.089, 0.068, "top", 0.003, 0.3),
        Ring("waist", "chest", 0.10, 0.084, 0.064, "top", 0.004, 0.5),
        Ring("waist", "chest", 0.50, 0.090, 0.067, "top", 0.005, 0.7),
        Ring("waist", "chest", 0.90, 0.098, 0.070, "top", 0.004, 0.9),
        Ring("chest", "neck", 0.25, 0.107, 0.069, "top", 0.001),
        Ring("chest", "neck", 0.52, 0.112, 0.064, "top", -0.003),
        Ring("chest", "neck", 0.72, 0.101, 0.054, "top", -0.006),
        Ring("chest", "neck", 0.86, 0.074, 0.045, "top", -0.006),
        Ring("chest", "neck", 0.97, 0.047, 0.040, "collar", -0.004),
        Ring("chest", "neck", 1.10, 0.036, 0.036, "collar", -0.002),
    ]


def _head() -> list[Ring]:
    """Neck, jaw, face, skull. The centre moves forward at the jaw and back at the crown."""
    return [
        Ring("neck", "head", 0.00, 0.031, 0.033, "skin", 0.000),
        Ring("neck", "head", 0.32, 0.030, 0.033, "skin", 0.003),
        Ring("neck", "head", 0.46, 0.034, 0.042, "face", 0.012),
        Ring("neck", "head", 0.66, 0.040, 0.051, "face", 0.010),
        Ring("neck", "head", 0.88, 0.043, 0.055, "face", 0.008),
        Ring("head", "crown", 0.12, 0.045, 0.057, "face", 0.006),
        Ring("head", "crown", 0.34, 0.046, 0.059, "face", 0.004),
        Ring("head", "crown", 0.56, 0.045, 0.058, "brow", 0.002),
        Ring("head", "crown", 0.76, 0.040, 0.051, "hair", 0.000),
        Ring("head", "crown", 0.92, 0.028, 0.035, "hair", -0.002),
        Ring("head", "crown", 1.00, 0.001, 0.001, "hair", -0.003),
    ]


def _arm(side: str) -> list[Ring]:
    s, e, w, h = (f"{side}_{name}" for name in ("shoulder", "elbow", "wrist", "hand"))
    return [
        Ring(s, e, -0.09, 0.002, 0.002, "top"),
        Ring(s, e, -0.06, 0.018, 0.020, "top"),
        Ring(s, e, 0.02, 0.029, 0.034, "top"),
        Ring(s, e, 0.14, 0.034, 0.039, "top"),
        Ring(s, e, 0.34, 0.034, 0.038, "top"),
        Ring(s, e, 0.60, 0.031, 0.034, "top"),
        Ring(s, e, 0.92, 0.028, 0.031, "top"),
        Ring(e, w, 0.10, 0.028, 0.031, "top"),
        Ring(e, w, 0.45, 0.027, 0.029, "top"),
        Ring(e, w, 0.88, 0.023, 0.025, "top"),
        Ring(e, w, 0.92, 0.016, 0.019, "skin"),
        Ring(w, h, 0.15, 0.015, 0.022, "skin"),
        Ring(w, h, 0.60, 0.014, 0.027, "skin"),
        Ring(w, h, 1.05, 0.012, 0.022, "skin"),
        Ring(w, h, 1.35, 0.002, 0.002, "skin"),
    ]


def _leg(side: str) -> list[Ring]:
    h, k, a = (f"{side}_{name}" for name in ("hip", "knee", "ankle"))
    return [
        Ring(h, k, -0.10, 0.040, 0.052, "trousers", turn=0.0),
        Ring(h, k, 0.05, 0.047, 0.060, "trousers", turn=0.0),
        Ring(h, k, 0.22, 0.050, 0.061, "trousers", turn=0.0),
        Ring(h, k, 0.50, 0.047, 0.055, "trousers", turn=0.0),
        Ring(h, k, 0.80, 0.041, 0.047, "trousers", turn=0.0),
        Ring(h, k, 1.00, 0.038, 0.044, "trousers", turn=0.0),
        Ring(k, a, 0.20, 0.037, 0.043, "trousers", turn=0.0),
        Ring(k, a, 0.45, 0.036, 0.041, "trousers", turn=0.0),
        Ring(k, a, 0.72, 0.033, 0.037, "trousers", turn=0.0),
        Ring(k, a, 0.92, 0.033, 0.037, "trousers", turn=0.0),
        Ring(k, a, 1.04, 0.034, 0.039, "trousers", turn=0.0),
    ]


def _shoe(side: str) -> list[Ring]:
    heel, toe = f"{side}_heel", f"{side}_toe"
    return [
        Ring(heel, toe, -0.10, 0.002, 0.002, "shoes", turn=0.0),
        Ring(heel, toe, -0.04, 0.024, 0.026, "shoes", turn=0.0),
        Ring(heel, toe, 0.20, 0.027, 0.034, "shoes", turn=0.0),
        Ring(heel, toe, 0.45, 0.029, 0.029, "shoes", turn=0.0),
        Ring(heel, toe, 0.75, 0.031, 0.021, "shoes", turn=0.0),
        Ring(heel, toe, 1.00, 0.025, 0.016, "shoes", turn=0.0),
        Ring(heel, toe, 1.10, 0.002, 0.002, "shoes", turn=0.0),
    ]


_PARTS = (_leg("left"), _leg("right"), _shoe("left"), _shoe("right"), _arm("left"), _arm("right"), _trunk(), _head())
_RINGS = tuple(ring for part in _PARTS for ring in part)
_PART_OF = np.repeat(np.arange(len(_PARTS)), [len(part) for part in _PARTS])
_CLOTHS = tuple(ring.cloth for ring in _RINGS)
_IN_PART = tuple((number, index) for number, part in enumerate(_PARTS) for index in range(len(part)))
_LOWER = np.flatnonzero(_PART_OF[:-1] == _PART_OF[1:])  # rings that have a next one in their part
_A = np.array([INDEX[ring.a] for ring in _RINGS])
_B = np.array([INDEX[ring.b] for ring in _RINGS])
_SHARE = np.array([ring.share for ring in _RINGS])[:, None]
_AHEAD = np.array([ring.ahead for ring in _RINGS])[:, None]
_TURN = np.array([ring.turn for ring in _RINGS])[:, None]
_FACING = np.where(_PART_OF >= 6, 1.0, -1.0)[:, None]  # trunk and head are lofted upwards, limbs downwards, shoes forward
_OUTWARD = np.repeat(-_FACING[_LOWER], SEGMENTS, axis=0)
_OVER = np.repeat(np.array([0.0, 0.0, 0.0, 0.0, 0.03, 0.03, 0.06, 0.06])[_PART_OF][_LOWER], SEGMENTS)
_SIDE = np.array([ring.side for ring in _RINGS])
_FORE = np.array([ring.fore for ring in _RINGS])
_GIRTH = np.array([0.0 if ring.cloth in ("skin", "face", "brow", "hair", "shoes") else 1.0 for ring in _RINGS])
_POINT = np.arange(len(_RINGS) * SEGMENTS).reshape(-1, SEGMENTS)
_NEXT = np.roll(_POINT, -1, axis=1)
_PATCHES = np.stack([_POINT[_LOWER], _NEXT[_LOWER], _NEXT[_LOWER + 1], _POINT[_LOWER + 1]], axis=2).reshape(-1, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A body's skin at one moment: points (P, 3) in metres, and of each patch its four points (N, 4) as indices, outward unit normal
    (N, 3) and unlit colour (N, 3) BGR 0–255. `over` (N,): metres by which a patch counts as nearer than it is, so that a jacket
    covers the trousers it touches."""

    points_m: Array
    patches: npt.NDArray[np.intp]
    normals: Array
    colours: Array
    over: Array


class Figure:
    """How one walker looks. Immutable after construction."""

    def __init__(self, walker: WalkerPlan, seed: int) -> None:
        girth = 1 + (walker.build - 1) * _GIRTH
        self._side = _SIDE * girth * walker.height_m
        self._fore = _FORE * girth * walker.height_m
        self._ahead = _AHEAD * walker.height_m
        self._colours = self._patch_colours(dress(_CLOTHS, _IN_PART, _AROUND, walker.outfit, np.random.default_rng(seed)))

    @staticmethod
    def _patch_colours(rgb: Array) -> Array:
        """Colours of ring points (rings, SEGMENTS, 3) RGB as those of the patches above them, (N, 3) BGR."""
        return ((rgb[_LOWER] + np.roll(rgb, -1, axis=1)[_LOWER]) / 2).reshape(-1, 3)[:, ::-1]

    def surface(self, pose: WalkerPose) -> Surface:
        rings = self._rings(pose)
        points = rings.reshape(-1, 3)
        first, second, third, fourth = (points[corner] for corner in _PATCHES.T)
        normals = _cross(third - first, fourth - second) * _OUTWARD
        normals /= np.sqrt(np.einsum("ij,ij->i", normals, normals) + 1e-18)[:, None]
        return Surface(points, _PATCHES, normals, self._colours, _OVER)

    def _rings(self, pose: WalkerPose) -> Array:
        """Points (rings, SEGMENTS, 3)."""
        joints = pose.joints_m
        left = pose.hips.left + _TURN * (pose.shoulders.left - pose.hips.left)
        forward = pose.hips.forward + _TURN * (pose.shoulders.forward - pose.hips.forward)
        centres = joints[_A] + _SHARE * (joints[_B] - joints[_A]) + self._ahead * forward
        along = _along(joints, centres)
        across = left - along * np.sum(left * along, axis=1, keepdims=True)
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        front = _cross(across, along) * _FACING
        side, fore = self._side[:, None] * np.cos(_AROUND), self._fore[:, None] * np.sin(_AROUND)
        return centres[:, None] + side[..., None] * across[:, None] + fore[..., None] * front[:, None]


def _cross(a: Array, b: Array) -> Array:
    """`np.cross` for (N, 3), without its set-up."""
    return a[:, [1, 2, 0]] * b[:, [2, 0, 1]] - a[:, [2, 0, 1]] * b[:, [1, 2, 0]]


def _along(joints: Array, centres: Array) -> Array:
    """Unit direction of each ring's axis: the mean of the ways to its neighbours within the part."""
    steps = np.diff(centres, axis=0)
    steps[_PART_OF[:-1] != _PART_OF[1:]] = 0
    steps /= np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-9)
    along = np.zeros_like(centres)
    along[:-1] += steps
    along[1:] += steps
    return along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
