"""Where faces are or may be: one rule for live pictures, clips and thumbnails. What is not known is hidden."""

from collections.abc import Iterable, Mapping

from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.geometry import Box
from engine.model.people.view import TrackFace
from engine.model.time import MILLISECOND, SECOND

TOO_OLD_NS = 3 * SECOND // 2  # boxes say nothing about a picture that far away
FACE_FRESH_NS = 700 * MILLISECOND
_AHEAD_NS = 250 * MILLISECOND
_FACE_MORE = 0.45  # of the face's size on every side: hair, and a head that turns
_HEAD_SHARE = 0.34  # of a standing person's height, when no face is known
_BEYOND = 0.05  # of the person's size: boxes are often cut tight
_LYING = 1.2  # width by height from which a person's head may be anywhere


def around_face(face_xyxy: Box) -> Box:
    """What is hidden of a face that was found, in the same unit."""
    left, top, right, bottom = face_xyxy
    more_x, more_y = _FACE_MORE * (right - left), _FACE_MORE * (bottom - top)
    return left - more_x, top - more_y, right + more_x, bottom + more_y


def head_part(person_xyxy: Box) -> Box:
    """What is hidden of a person whose face was not found: the upper part, and all of one who lies. In pixels, or any unit that is the same
    across and down."""
    left, top, right, bottom = person_xyxy
    width, height = right - left, bottom - top
    shown = height if width > _LYING * height else _HEAD_SHARE * height
    return left - _BEYOND * width, top - _BEYOND * height, right + _BEYOND * width, top + shown


def may_have_face(track: Track) -> bool:
    return track.status is not TrackStatus.LOST and track.category is Category.PERSON


def hidden_boxes(tracks: Iterable[Track], tracks_ns: int, faces: Mapping[str, TrackFace], picture_ns: int) -> list[Box] | None:
    """Where faces are or may be on a live picture of this time, in frame pixels. None: nobody knows, so all of it is hidden.

    A face that was seen a moment ago (`faces`, by track id) is moved with its track. Where none is known, the person's head part is hidden.
    """
    if abs(picture_ns - tracks_ns) > TOO_OLD_NS:
        return None
    return [_hidden(track, faces.get(track.id), tracks_ns, picture_ns) for track in tracks if may_have_face(track)]


def _hidden(track: Track, face: TrackFace | None, tracks_ns: int, picture_ns: int) -> Box:
    if face is not None and abs(picture_ns - face.at_ns) <= FACE_FRESH_NS:
        return _shifted(around_face(face.box_xyxy), predicted_shift_px(track, face.at_ns, picture_ns))
    return _shifted(head_part(track.box_xyxy), predicted_shift_px(track, tracks_ns, picture_ns))


def predicted_shift_px(track: Track, from_ns: int, to_ns: int) -> tuple[float, float]:
    """Pixels that a track moves between two times, at most what a quarter of a second makes either way."""
    seconds = max(-_AHEAD_NS, min(_AHEAD_NS, to_ns - from_ns)) / SECOND
    return track.velocity_xy[0] * seconds, track.velocity_xy[1] * seconds


def _shifted(box: Box, by: tuple[float, float]) -> Box:
    return box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1]
