"""People on the tiles of a wall: who each track is, how they stand, and what of them is not shown."""

from collections.abc import Mapping
from dataclasses import field

from PySide6.QtCore import QRectF

from engine.model.cameras.hiding import hidden_boxes, predicted_shift_px
from engine.model.cameras.track import Track
from engine.model.people.view import PeopleView, TrackFace, TrackPose
from engine.model.radio.fused import FusedIdentity
from engine.model.snapshot import CameraView
from engine.model.time import SECOND
from engine.model.value_class import dataclass

_POSE_FRESH_NS = SECOND


@dataclass(frozen=True, slots=True, eq=False)
class WallPeople:
    """By track id. `blurred`: faces are not shown to this session."""

    names: Mapping[str, FusedIdentity] = field(default_factory=dict)
    poses: Mapping[str, TrackPose] = field(default_factory=dict)
    faces: Mapping[str, TrackFace] = field(default_factory=dict)
    blurred: bool = False


def wall_people(people: PeopleView, blur_faces: bool, now_ns: int) -> WallPeople:
    unmasked = (people.unmasked_until_ns or 0) > now_ns
    return WallPeople(
        dict(people.names),
        {pose.track_id: pose for pose in people.poses},
        {face.track_id: face for face in people.faces},
        blur_faces and not unmasked,
    )


def hidden_regions(view: CameraView, people: WallPeople, picture_ns: int) -> list[QRectF] | None:
    """`hidden_boxes` of a camera, in frame pixels. None: nobody knows, so all of the picture is hidden."""
    boxes = hidden_boxes(view.tracks, view.tracks_ns, people.faces, picture_ns)
    return None if boxes is None else [QRectF(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes]


def fresh_pose(track: Track, people: WallPeople, picture_ns: int) -> tuple[TrackPose, tuple[float, float]] | None:
    """The pose to draw for a track, and how far it has moved since."""
    pose = people.poses.get(track.id)
    if pose is None or abs(picture_ns - pose.at_ns) > _POSE_FRESH_NS:
        return None
    return pose, predicted_shift_px(track, pose.at_ns, picture_ns)
