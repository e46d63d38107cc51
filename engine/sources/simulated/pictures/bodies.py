"""What bodies are to radio waves: a few points that scatter, and a trunk that stands in the way."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.body import INDEX, SIDES, Frame
from engine.sources.simulated.world import World

Array = npt.NDArray[np.float64]

_PARTS_M2: Mapping[str, float] = {  # radar cross section at 2.4 GHz; together about 1 m², as is measured of adults
    "head": 0.07, "chest": 0.32, "waist": 0.24, "pelvis": 0.22,
    **{f"{side}_{part}": area for side in SIDES for part, area in (("elbow", 0.03), ("wrist", 0.025), ("knee", 0.05), ("ankle", 0.03))},
}  # fmt: skip
_PARTS = np.array([INDEX[name] for name in _PARTS_M2])
_REFLECT_M = np.sqrt(np.array(list(_PARTS_M2.values())))
_CHEST = list(_PARTS_M2).index("chest")
_BREATH_M = 0.004  # how far a chest moves at rest
_BREATHS_HZ = 0.25
_HALF_WIDTH_M = 0.19


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One thing that moves, at one moment; floor frame, metres.

    Attributes:
        points_m: (P, 3), what scatters; P and the order stay the same over time. reflect_m: (P,) root of the radar cross section.
        low_m, high_m: ends of the axis of what stands in the way. half_width_m: around it; 0 hides nothing.
        mass_m: where the bulk is: what a tracker should find. front: unit vector, where the chest points.
    """

    id: str
    points_m: Array
    reflect_m: Array
    low_m: Array
    high_m: Array
    half_width_m: float
    mass_m: Array
    front: Array


class Bodies(Protocol):
    """Whatever moves in a world. Pure: the same time gives the same bodies, always the same ones in the same order."""

    def at(self, t_s: float) -> tuple[Body, ...]:
        """Every body at a world time in seconds."""
        ...


def person(name: str, joints_m: Array, shoulders: Frame, girth: float, t_s: float, habit: float) -> Body:
    """A person with this skeleton (24, 3), breathing. `habit` varies rate and moment of the breaths by person."""
    points = joints_m[_PARTS].copy()
    breath = np.sin(2 * np.pi * _BREATHS_HZ * (1 + 0.06 * np.sin(3 * habit)) * t_s + habit)
    points[_CHEST] += _BREATH_M * breath * shoulders.forward
    front, trunk = shoulders.forward, joints_m[[INDEX["pelvis"], INDEX["chest"]]]
    feet = joints_m[[INDEX["left_ankle"], INDEX["right_ankle"]]].mean(axis=0)
    return Body(name, points, girth * _REFLECT_M, feet, joints_m[INDEX["crown"]], girth * _HALF_WIDTH_M, trunk.mean(axis=0), front)


class WalkersOf(Bodies):
    """The walkers of the demo's world as bodies."""

    def __init__(self, world: World) -> None:
        self._world = world

    def at(self, t_s: float) -> tuple[Body, ...]:
        poses = zip(self._world.walkers(t_s), self._world.plan.walkers, strict=True)
        return tuple(
            person(pose.id, pose.joints_m, pose.shoulders, plan.build, t_s, 1.7 * index) for index, (pose, plan) in enumerate(poses)
        )


def thing(name: str, at_m: Array, size_m: float, reflect_m2: float) -> Body:
    """A small thing of about `size_m` around a point, say a bag: four points, too small to hide anybody."""
    corners = np.array([(-0.5, -0.3, -0.3), (0.5, -0.3, 0.3), (-0.5, 0.3, 0.3), (0.5, 0.3, -0.3)]) * size_m
    return Body(name, at_m + corners, np.full(4, np.sqrt(reflect_m2 / 4)), at_m, at_m, 0.0, at_m, np.array([1.0, 0.0, 0.0]))
