"""People on the tiles of a wall: who each track is, how they stand, and what of them is not shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF

from engine.model.detection import Category
from engine.model.fused import FusedIdentity
from engine.model.people_view import PeopleView, TrackFace, TrackPose
from engine.model.snapshot import CameraView
from engine.model.time import MILLISECOND, SECOND
from engine.model.track import Track, TrackStatus

_AHEAD_NS = 250 * MILLISECOND
_FACE_FRESH_NS = 700 * MILLISECOND
_POSE_FRESH_NS = SECOND
_TOO_OLD_NS = 3 * SECOND // 2  # boxes say nothing about a picture that far away
_FACE_MORE = 0.45  # of the face's size on every side: hair, and a head that turns
_HEAD_SHARE = 0.34  # of a standing person's height, when no face is known
_LYING = 1.2  # width by height from which a person's head may be anywhere


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
    """Where faces are or may be on the picture of this time, in frame pixels. None: nobody knows, so all of it is hidden.

    A face that was seen a moment ago is moved with its track. Where none is known, the upper part of the person is hidden, and all of
    one who lies.
    """
    apart_ns = abs(picture_ns - view.tracks_ns)
    if apart_ns > _TOO_OLD_NS:
        return None
    return [_hidden(track, people.faces.get(track.id), view.tracks_ns, picture_ns) for track in view.tracks if _may_have_face(track)]


def _may_have_face(track: Track) -> bool:
    return track.status is not TrackStatus.LOST and track.category is Category.PERSON


def _hidden(track: Track, face: TrackFace | None, tracks_ns: int, picture_ns: int) -> QRectF:
    if face is not None and abs(picture_ns - face.at_ns) <= _FACE_FRESH_NS:
        dx, dy = moved(track, face.at_ns, picture_ns)
        left, top, right, bottom = face.box_xyxy
        more_x, more_y = _FACE_MORE * (right - left), _FACE_MORE * (bottom - top)
        return QRectF(left + dx - more_x, top + dy - more_y, right - left + 2 * more_x, bottom - top + 2 * more_y)
    dx, dy = moved(track, tracks_ns, picture_ns)
    left, top, right, bottom = track.box_xyxy
    width, height = right - left, bottom - top
    shown = height if width > _LYING * height else _HEAD_SHARE * height
    return QRectF(left + dx - 0.05 * width, top + dy - 0.05 * height, 1.1 * width, shown + 0.05 * height)


def moved(track: Track, from_ns: int, to_ns: int) -> tuple[float, float]:
    """Pixels that a track moves between two times, at most what a quarter of a second makes either way."""
    seconds = max(-_AHEAD_NS, min(_AHEAD_NS, to_ns - from_ns)) / SECOND
    return track.velocity_xy[0] * seconds, track.velocity_xy[1] * seconds


def fresh_pose(track: Track, people: WallPeople, picture_ns: int) -> tuple[TrackPose, tuple[float, float]] | None:
    """The pose to draw for a track, and how far it has moved since."""
    pose = people.poses.get(track.id)
    if pose is None or abs(picture_ns - pose.at_ns) > _POSE_FRESH_NS:
        return None
    return pose, moved(track, pose.at_ns, picture_ns)
