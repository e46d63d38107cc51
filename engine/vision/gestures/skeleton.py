"""Which joints of a kind of skeleton are looked at."""

from engine.model.cameras.pose import LANDMARKS
from engine.model.errors import InputError
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Indices into the joints of a frame: the trunk gives position, facing and size; head and limbs make the gesture."""

    joints: int
    shoulders: tuple[int, int]
    hips: tuple[int, int]
    limbs: tuple[int, ...]


# In the same order in both: head, shoulders (how the trunk leans), elbows, wrists, hands, knees, ankles, feet.
POSE = Skeleton(LANDMARKS, (11, 12), (23, 24), (0, 11, 12, 13, 14, 15, 16, 19, 20, 25, 26, 27, 28, 31, 32))
DEPTH_CAMERA = Skeleton(20, (0, 1), (4, 5), (19, 0, 1, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18))
"""The 20 joints of the first depth cameras, as in the MSR Action3D recordings (Li, Zhang, Liu, CVPR workshops 2010)."""


def skeleton_of(joints: int, field: str = "landmarks") -> Skeleton:
    """
    Raises:
        InputError: neither kind has so many joints (field as given).
    """
    for skeleton in (POSE, DEPTH_CAMERA):
        if skeleton.joints == joints:
            return skeleton
    raise InputError(field, f"must have {POSE.joints} joints a frame (or {DEPTH_CAMERA.joints} of a depth camera), not {joints}")
