"""Who is in view of each camera, and where they are on its pictures."""

from collections.abc import Callable, Mapping

from engine.model.cameras.hiding import hidden_boxes, may_have_face, predicted_shift_px
from engine.model.cameras.track import Track
from engine.model.geometry import Box
from engine.model.observation import DetectionsMade
from engine.model.people.view import TrackFace
from engine.model.time import SECOND
from engine.runtime.cameras.inference import InferencePool
from engine.runtime.ports import SettingsSource
from engine.runtime.recorder.board import Board

LOOKED_NS = 4 * SECOND  # a camera that no detector has looked at for so long: nobody knows who is in view


class InView:
    """Any thread.

    Args:
        faces: where the face of each track was seen last.
    """

    def __init__(self, board: Board, pool: InferencePool, faces: Callable[[], Mapping[str, TrackFace]], settings: SettingsSource) -> None:
        self._board, self._pool, self._faces, self._settings = board, pool, faces, settings

    def people_at(self, camera_id: str, at_ns: int) -> list[Box]:
        """Everybody, where they were at this time, in pixels of the frame."""
        tracks, tracks_ns = self._board.tracks(camera_id)
        return [_box_at(track, tracks_ns, at_ns) for track in filter(may_have_face, tracks)]

    def track_at(self, camera_id: str, track_id: str, at_ns: int) -> Box | None:
        """Where a track was at this time, in pixels of the frame; None where it is not in view."""
        tracks, tracks_ns = self._board.tracks(camera_id)
        return next((_box_at(track, tracks_ns, at_ns) for track in tracks if track.id == track_id), None)

    def people_seen(self, seen: DetectionsMade) -> tuple[int, list[Box]]:
        """When the tracks of this camera are of, and everybody then, as shares of the picture's width and height."""
        at_ns = self._board.tracks(seen.camera_id)[1]
        width, height = max(seen.width, 1), max(seen.height, 1)
        people = self.people_at(seen.camera_id, at_ns)
        return at_ns, [(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in people]

    def faces_at(self, camera_id: str, picture_ns: int) -> list[Box] | None:
        """Where faces are or may be on a live picture, in pixels of the frame; None where nobody knows."""
        looked_ns = self._pool.looked_ns(camera_id)
        longest_ns = max(LOOKED_NS, round(2 * SECOND / self._settings.now().detection.rate_hz))
        if looked_ns is None or abs(picture_ns - looked_ns) > longest_ns:
            return None
        tracks, tracks_ns = self._board.tracks(camera_id)
        return hidden_boxes(tracks, tracks_ns, self._faces(), picture_ns)


def _box_at(track: Track, tracks_ns: int, at_ns: int) -> Box:
    dx, dy = predicted_shift_px(track, tracks_ns, at_ns)
    x0, y0, x1, y1 = track.box_xyxy
    return x0 + dx, y0 + dy, x1 + dx, y1 + dy
