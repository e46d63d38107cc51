"""A walker's skeleton: named joints in metres from position, heading and gait. Knows nothing of pictures.

Proportions by stature after Drillis and Contini (1966); the legs by inverse kinematics on feet that do not slide.
"""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.itinerary import Moment

Array = npt.NDArray[np.float64]

SIDES = ("left", "right")
JOINTS = (
    "pelvis", "waist", "chest", "neck", "head", "crown",
    *(f"{side}_{name}" for side in SIDES for name in ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "heel", "toe")),
)  # fmt: skip
INDEX = {name: index for index, name in enumerate(JOINTS)}

_LEG = 0.245  # thigh, and shank, of stature
_ANKLE = 0.045
_UPPER_ARM, _FOREARM, _HAND = 0.172, 0.150, 0.075


@dataclass(frozen=True, slots=True)
class Frame:
    """Unit vectors of a body part."""

    forward: Array
    left: Array
    up: Array


def skeleton(moment: Moment, height_m: float, t_s: float, habit: float) -> tuple[Array, Frame, Frame]:
    """Joints (24, 3) in the order of `JOINTS`, and the frames of hips and shoulders. `habit` varies the idle movement by person."""
    swing = float(np.sin(2 * np.pi * moment.phase))
    gait = min(moment.stride_m / 1.4, 1.1)
    idle = 1 - min(gait, 1.0)
    hips = _frame(moment.heading + 0.07 * gait * swing)
    shoulders = _frame(moment.heading - 0.10 * gait * swing + 0.05 * idle * np.sin(0.7 * t_s + habit))
    joints = np.zeros((len(JOINTS), 3))
    lean = 0.035 * gait
    _legs(joints, moment, height_m, hips, gait)
    _trunk(joints, height_m, hips, shoulders, lean, idle * np.sin(0.5 * t_s + 2 * habit))
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        _arm(joints, side, sign, height_m, shoulders, -sign * swing * gait, idle * (0.5 + 0.5 * np.sin(0.9 * t_s + habit + sign)))
    return joints, hips, shoulders


def _frame(heading: float) -> Frame:
    c, s = np.cos(heading), np.sin(heading)
    return Frame(np.array([c, s, 0.0]), np.array([-s, c, 0.0]), np.array([0.0, 0.0, 1.0]))


def _legs(joints: Array, moment: Moment, height: float, hips: Frame, gait: float) -> None:
    ground = np.array([moment.x, moment.y, 0.0])
    feet = {side: foot((moment.phase + offset) % 1.0, moment.stride_m) for side, offset in zip(SIDES, (0.25, 0.75), strict=True)}
    leg = 2 * _LEG * height
    hip_z = min(_ANKLE * height + foot_.lift + np.sqrt((0.994 * leg) ** 2 - foot_.fore**2) for foot_ in feet.values())
    joints[INDEX["pelvis"]] = ground + np.array([0, 0, hip_z + 0.02 * height])
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        step = feet[side]
        spread = sign * (0.052 - 0.012 * gait) * height
        hip = ground + sign * 0.05 * height * hips.left + np.array([0, 0, hip_z])
        ankle = ground + spread * hips.left + step.fore * hips.forward + np.array([0, 0, _ANKLE * height + step.lift])
        joints[INDEX[f"{side}_hip"]] = hip
        joints[INDEX[f"{side}_ankle"]] = ankle
        joints[INDEX[f"{side}_knee"]] = _bend(hip, ankle, _LEG * height, hips.forward)
        _foot_joints(joints, side, sign, ankle, step.pitch, height, hips)


@dataclass(frozen=True, slots=True)
class Step:
    """An ankle relative to the body: metres forward and above standing, and the foot's pitch (toe down is positive, radians)."""

    fore: float
    lift: float
    pitch: float


def foot(phase: float, stride: float) -> Step:
    """The ankle's course through a cycle: half on the ground, moving back at walking speed, half swinging forward."""
    reach = 0.25 * stride
    gait = min(stride / 1.4, 1.0)
    if phase < 0.5:
        rise = max(0.0, (phase - 0.36) / 0.14)
        strike = max(0.0, 1 - phase / 0.08)
        return Step(reach * (1 - 4 * phase), 0.055 * gait * rise**2, gait * (0.5 * rise**2 - 0.25 * strike))
    s = 2 * phase - 1
    course = s * s * (3 - 2 * s) - s * (1 - s) * (1 - 2 * s)  # starts and ends at the speed of the ground
    lift = 0.055 * (1 - s) ** 2 + 0.10 * np.sin(np.pi * s) * (1 - 0.55 * s)
    pitch = 0.5 + 0.55 * np.sin(np.pi * min(1.0, s * 1.4)) - 0.75 * s
    return Step(reach * (2 * course - 1), float(lift) * gait, float(pitch) * gait)


def _bend(start: Array, end: Array, length: float, towards: Array) -> Array:
    """The middle joint of two links of equal length between two points, bending towards a direction."""
    span = end - start
    distance = float(np.linalg.norm(span))
    out = towards - span * (towards @ span) / max(distance**2, 1e-9)
    out /= max(float(np.linalg.norm(out)), 1e-9)
    return start + span / 2 + out * np.sqrt(max(length**2 - (distance / 2) ** 2, 0.0))


def _foot_joints(joints: Array, side: str, sign: float, ankle: Array, pitch: float, height: float, hips: Frame) -> None:
    outward = hips.forward + 0.12 * sign * hips.left
    along = np.cos(pitch) * outward - np.sin(pitch) * hips.up
    down = -np.sin(pitch) * outward - np.cos(pitch) * hips.up
    joints[INDEX[f"{side}_heel"]] = ankle + (0.028 * down - 0.034 * along) * height
    joints[INDEX[f"{side}_toe"]] = ankle + (0.030 * down + 0.105 * along) * height


def _trunk(joints: Array, height: float, hips: Frame, shoulders: Frame, lean: float, sway: float) -> None:
    base = joints[INDEX["pelvis"]]
    up = hips.up + lean * hips.forward + 0.008 * sway * hips.left
    for name, rise in (("waist", 0.075), ("chest", 0.19), ("neck", 0.292)):
        joints[INDEX[name]] = base + rise * height * up
    nod = up + 0.06 * shoulders.forward
    joints[INDEX["head"]] = joints[INDEX["neck"]] + 0.088 * height * nod
    joints[INDEX["crown"]] = joints[INDEX["neck"]] + 0.172 * height * nod
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        joints[INDEX[f"{side}_shoulder"]] = base + 0.262 * height * up + sign * 0.100 * height * shoulders.left


def _arm(joints: Array, side: str, sign: float, height: float, shoulders: Frame, swing: float, idle: float) -> None:
    upper = 0.40 * swing - 0.02
    lower = upper + 0.22 + 0.24 * max(swing, 0.0) + 0.25 * idle
    start = joints[INDEX[f"{side}_shoulder"]]
    elbow = start + _UPPER_ARM * height * _swung(upper, 0.13 * sign, shoulders)
    wrist = elbow + _FOREARM * height * _swung(lower, 0.03 * sign, shoulders)
    joints[INDEX[f"{side}_elbow"]] = elbow
    joints[INDEX[f"{side}_wrist"]] = wrist
    joints[INDEX[f"{side}_hand"]] = wrist + _HAND * height * _swung(lower + 0.12, -0.02 * sign, shoulders)


def _swung(fore: float, out: float, frame: Frame) -> Array:
    direction = np.sin(fore) * frame.forward + out * frame.left - np.cos(fore) * frame.up
    return direction / np.linalg.norm(direction)
