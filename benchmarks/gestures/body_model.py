"""A person as joints and radii in metres, moved by angles: what a made-up camera looks at.

Lengths are shares of the height (Drillis and Contini 1966, in Winter, "Biomechanics and Motor Control of Human Movement", 2009, fig. 4.1).
The world's axes are across, ahead and up; angles are degrees. Radii are what a clothed body fills around its joints.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

TRUNK, NECK, HEAD, NOSE_AHEAD = 0.288, 0.052, 0.078, 0.055  # hips to shoulders; shoulders to the head's base, and on to its middle
UPPER_ARM, FOREARM, HAND = 0.186, 0.146, 0.07
THIGH, SHANK, FOOT_AHEAD, HEEL_BEHIND = 0.245, 0.246, 0.1, 0.04
HALF_SHOULDERS, HALF_HIPS = 0.11, 0.06
ANKLE_UP = 0.039

ANGLES = (
    "pitch",  # of the pelvis, forwards
    "roll",  # of the pelvis, to the left
    "yaw",  # about the vertical
    "spine",  # of the trunk on the pelvis, forwards
    "spine_side",
    "neck",
    "hip_left",
    "hip_right",  # flexion
    "spread",  # of both thighs
    "knee_left",
    "knee_right",
    "arm_left",
    "arm_right",  # upper arms, forwards from hanging
    "arms_out",
    "elbow",
)
JOINTS = (
    "nose",
    "head",
    "shoulder_left",
    "shoulder_right",
    "elbow_left",
    "elbow_right",
    "wrist_left",
    "wrist_right",
    "hand_left",
    "hand_right",
    "hip_left",
    "hip_right",
    "knee_left",
    "knee_right",
    "ankle_left",
    "ankle_right",
    "heel_left",
    "heel_right",
    "toe_left",
    "toe_right",
    "chest",
    "belly",
    "pelvis",
)
_RADII = {
    "nose": 0.01,
    "head": 0.062,
    "shoulder": 0.035,
    "elbow": 0.028,
    "wrist": 0.022,
    "hand": 0.022,
    "hip": 0.055,
    "knee": 0.035,
    "ankle": 0.027,
    "heel": 0.02,
    "toe": 0.02,
    "chest": 0.065,
    "belly": 0.065,
    "pelvis": 0.06,
}
RADII: Array = np.array([_RADII[name.partition("_")[0]] for name in JOINTS])
"""Shares of the height, in the order of `JOINTS`."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """T moments of one person: `angles` (T, A) in the order of `ANGLES`; `place` (T, 2) of the pelvis in metres, `rise` (T,) its height."""

    angles: Array
    place: Array
    rise: Array


def joints_of(motion: Motion, height_m: float) -> Array:
    """(T, J, 3) metres; nobody is below the floor, however low the pelvis is asked to be."""
    joints = _around_pelvis(motion.angles, height_m)
    joints[..., :2] += motion.place[:, None]
    joints[..., 2] += motion.rise[:, None]
    sunk = np.minimum((joints[..., 2] - RADII * height_m).min(axis=1), 0.0)
    joints[..., 2] -= sunk[:, None]
    return joints


def rest_height_m(angles: Mapping[str, float], height_m: float) -> float:
    """Of the pelvis of somebody who touches the floor with whatever of them is lowest."""
    row = np.array([[angles.get(name, 0.0) for name in ANGLES]])
    joints = _around_pelvis(row, height_m)[0]
    return -float((joints[:, 2] - RADII * height_m).min())


def _around_pelvis(angles: Array, height_m: float) -> Array:
    a = {name: np.deg2rad(angles[:, index]) for index, name in enumerate(ANGLES)}
    pelvis = _about_z(a["yaw"]) @ _about_y(a["roll"]) @ _about_x(a["pitch"])
    trunk = pelvis @ _about_x(a["spine"]) @ _about_y(a["spine_side"])
    head = trunk @ _about_x(a["neck"])
    at = {"pelvis": np.zeros((len(angles), 3))}
    at["chest"], at["belly"] = (height_m * share * TRUNK * _column(trunk, 2) for share in (0.75, 0.35))
    neck = height_m * TRUNK * _column(trunk, 2)
    at["head"] = neck + height_m * (NECK + HEAD) * _column(head, 2)
    at["nose"] = at["head"] + height_m * NOSE_AHEAD * _column(head, 1)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        _arm(at, trunk, neck, a, side, sign, height_m)
        _leg(at, pelvis, a, side, sign, height_m)
    return np.stack([at[name] for name in JOINTS], axis=1)


def _arm(at: dict[str, Array], trunk: Array, neck: Array, a: Mapping[str, Array], side: str, sign: float, height_m: float) -> None:
    upper = trunk @ _about_y(sign * a["arms_out"]) @ _about_x(-a[f"arm_{side}"])
    fore = upper @ _about_x(-a["elbow"])
    shoulder = neck + sign * height_m * HALF_SHOULDERS * _column(trunk, 0)
    elbow = shoulder - height_m * UPPER_ARM * _column(upper, 2)
    wrist = elbow - height_m * FOREARM * _column(fore, 2)
    hand = wrist - height_m * HAND * _column(fore, 2)
    at |= {f"shoulder_{side}": shoulder, f"elbow_{side}": elbow, f"wrist_{side}": wrist, f"hand_{side}": hand}


def _leg(at: dict[str, Array], pelvis: Array, a: Mapping[str, Array], side: str, sign: float, height_m: float) -> None:
    thigh = pelvis @ _about_y(sign * a["spread"]) @ _about_x(-a[f"hip_{side}"])
    shank = thigh @ _about_x(a[f"knee_{side}"])
    hip = sign * height_m * HALF_HIPS * _column(pelvis, 0)
    knee = hip - height_m * THIGH * _column(thigh, 2)
    ankle = knee - height_m * SHANK * _column(shank, 2)
    sole = ankle - height_m * ANKLE_UP * 0.5 * _column(shank, 2)
    heel, toe = (sole + height_m * ahead * _column(shank, 1) for ahead in (-HEEL_BEHIND, FOOT_AHEAD))
    at |= {f"hip_{side}": hip, f"knee_{side}": knee, f"ankle_{side}": ankle, f"heel_{side}": heel, f"toe_{side}": toe}


def _column(turns: Array, which: int) -> Array:
    return turns[:, :, which]


def _about_x(angle: Array) -> Array:
    """Up leans ahead (for a pitch), what hangs swings back."""
    c, s, one, none = np.cos(angle), np.sin(angle), np.ones_like(angle), np.zeros_like(angle)
    return _matrix([[one, none, none], [none, c, s], [none, -s, c]])


def _about_y(angle: Array) -> Array:
    """Up leans to the left."""
    c, s, one, none = np.cos(angle), np.sin(angle), np.ones_like(angle), np.zeros_like(angle)
    return _matrix([[c, none, -s], [none, one, none], [s, none, c]])


def _about_z(angle: Array) -> Array:
    c, s, one, none = np.cos(angle), np.sin(angle), np.ones_like(angle), np.zeros_like(angle)
    return _matrix([[c, -s, none], [s, c, none], [none, none, one]])


def _matrix(rows: list[list[Array]]) -> Array:
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
