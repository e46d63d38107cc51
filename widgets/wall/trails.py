"""Where tracks have been during the last seconds, for drawing."""

from collections import deque

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from engine.model.cameras.track import Track, TrackStatus
from engine.model.geometry import foot_point
from engine.model.time import SECOND

KEPT_NS = 3 * SECOND
_SPACING_NS = SECOND // 10


class Trails:
    """Foot points of one camera's tracks, in frame pixels. A trail goes when its track does; it holds at most about thirty points.

    Attributes:
        version: another one when the trails are others.
    """

    def __init__(self) -> None:
        self._points: dict[str, _Trail] = {}
        self._heads: dict[str, QPointF] = {}
        self.version = 0

    def update(self, tracks: tuple[Track, ...], at_ns: int) -> None:
        """Take the tracks as they were at `at_ns`. A time that goes back (a file that starts again) clears the trails."""
        self.version += 1
        if any(trail.times[-1] > at_ns for trail in self._points.values()):
            self._points.clear()
        living = {track.id: track for track in tracks if track.status in (TrackStatus.CONFIRMED, TrackStatus.COASTING)}
        self._points = {track_id: self._points.get(track_id) or _Trail() for track_id in living}
        self._heads = {track_id: QPointF(*foot_point(track.box_xyxy)) for track_id, track in living.items()}
        for track_id, trail in self._points.items():
            trail.extend(at_ns, self._heads[track_id])

    def clear(self) -> None:
        self.version += 1
        self._points.clear()
        self._heads.clear()

    def lengths(self) -> dict[str, int]:
        return {track_id: len(trail.feet) for track_id, trail in self._points.items()}

    def parts(self, track_id: str) -> list[QPolygonF]:
        """The trail as up to three lines, oldest (faintest) first, that join; the last ends at the feet."""
        trail = self._points.get(track_id)
        return [] if trail is None else [*trail.older(), QPolygonF([trail.feet[-1], self._heads[track_id]])]


class _Trail:
    """Foot points of one track with their times, oldest first."""

    __slots__ = ("_older", "feet", "times")

    def __init__(self) -> None:
        self.times: deque[int] = deque()
        self.feet: deque[QPointF] = deque()
        self._older: list[QPolygonF] | None = None

    def extend(self, at_ns: int, foot: QPointF) -> None:
        if not self.times or at_ns - self.times[-1] >= _SPACING_NS:
            self.times.append(at_ns)
            self.feet.append(foot)
            self._older = None
        while self.times[0] < at_ns - KEPT_NS:
            self.times.popleft()
            self.feet.popleft()

    def older(self) -> list[QPolygonF]:
        """The kept points as up to two lines, made anew only when there is another point."""
        if self._older is None:
            line = list(self.feet)
            middle = len(line) // 2
            self._older = [QPolygonF(part) for part in (line[: middle + 1], line[middle:]) if len(part) > 1]
        return self._older
