"""Where cameras hang and look, in words that people use: a place, a direction of the compass, a tilt. Pure."""

import math
from dataclasses import replace

from engine.model.errors import InputError
from engine.model.site import CameraPose, Position
from engine.model.value_class import dataclass
from widgets.number_text import number_text

HEIGHT_M = 2.4
REACH_M = 4.0  # how far away the point lies that a new camera looks at
TILT_DEG = 20.0
STEEPEST_DEG = 89.0  # straight down has no direction of the compass


@dataclass(frozen=True, slots=True)
class Look:
    """`direction_deg`: clockwise from north, 0–360. `tilt_deg`: below the horizon; negative looks up."""

    direction_deg: float
    tilt_deg: float

    def __post_init__(self) -> None:
        if not 0 <= self.direction_deg <= 360:
            raise InputError("direction_deg", "is a direction of the compass, 0 to 360")
        if not -STEEPEST_DEG <= self.tilt_deg <= STEEPEST_DEG:
            raise InputError("tilt_deg", f"is outside −{number_text(STEEPEST_DEG, 'g')} to {number_text(STEEPEST_DEG, 'g')}")


def look_of(pose: CameraPose) -> Look:
    """To a tenth of a degree."""
    dx, dy, dz = (aim - at for aim, at in zip(pose.aim, pose.position, strict=True))
    tilt = math.degrees(math.atan2(-dz, math.hypot(dx, dy)))
    direction = math.degrees(math.atan2(dx, dy)) % 360
    return Look(round(direction, 1) % 360, max(-STEEPEST_DEG, min(STEEPEST_DEG, round(tilt, 1))))


def new_pose(camera_id: str, x: float, y: float) -> CameraPose:
    return looking(CameraPose(camera_id, (x, y, HEIGHT_M), (x, y + REACH_M, HEIGHT_M)), Look(0.0, TILT_DEG))


def looking(pose: CameraPose, look: Look) -> CameraPose:
    """Turned about where it hangs; the point it looks at stays as far away. Raises InputError."""
    reach = math.dist(pose.position, pose.aim) or REACH_M
    tilt, direction = math.radians(look.tilt_deg), math.radians(look.direction_deg)
    across = reach * math.cos(tilt)
    x, y, z = pose.position
    return replace(pose, aim=_rounded((x + across * math.sin(direction), y + across * math.cos(direction), z - reach * math.sin(tilt))))


def turned(pose: CameraPose, degrees: float) -> CameraPose:
    """Clockwise, seen from above."""
    look = look_of(pose)
    return looking(pose, replace(look, direction_deg=(look.direction_deg + degrees) % 360))


def translate_pose(pose: CameraPose, position: Position) -> CameraPose:
    """To another place, looking in the same direction. Raises InputError."""
    dx, dy, dz = (new - old for new, old in zip(position, pose.position, strict=True))
    return replace(pose, position=position, aim=_rounded((pose.aim[0] + dx, pose.aim[1] + dy, pose.aim[2] + dz)))


def aimed(pose: CameraPose, x: float, y: float) -> CameraPose:
    """At that point of the plan, at the height it looked at before."""
    if math.dist((x, y), pose.position[:2]) < 0.1:
        return pose
    return replace(pose, aim=_rounded((x, y, pose.aim[2])))


def _rounded(place: Position) -> Position:
    return round(place[0], 4), round(place[1], 4), round(place[2], 4)
