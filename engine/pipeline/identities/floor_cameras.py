"""The site's cameras over the floor: where their tracks stand, which of them should see a spot, and how far each shows people beside."""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.fusion.alignment import Alignment, Glance
from engine.fusion.projection import FloorView, Spot
from engine.fusion.sighting import Sighting
from engine.model.cameras.track import Track, TrackStatus
from engine.model.geometry import Box, Point
from engine.model.radio.fused import FusedPicture, SourceKind
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor
from engine.model.time import SECOND

FRESH_NS = SECOND // 2  # a detection older than this is carried along, not measured
_FRAME_M = 0.3  # between a door and the end of its wall, at most
_ALIVE_NS = SECOND  # without a frame for so long, a camera sees nothing

Floats = npt.NDArray[np.float64]
Tracks = Mapping[str, Sequence[Track]]


class FloorCameras:
    """Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self._settings = Settings()
        self._sizes: dict[str, tuple[int, int]] = {}
        self._views: dict[str, FloorView | None] = {}
        self.displaced: frozenset[str] = frozenset()  # look elsewhere than where their pose holds; said anew before each tick
        self._aligned = Alignment()
        self._framed: set[str] = set()  # since the last tick
        self._alive_ns: dict[str, int] = {}
        self._doorways: Sequence[tuple[Point, Point]] = ()
        self._last_ns = 0

    def configure(self, settings: Settings) -> None:
        before, self._settings = self._settings.floor.camera_poses, settings
        self._views = {}
        self._doorways = doorways(settings.floor)
        self._aligned.reset_cameras(pose.camera_id for pose in before if pose != self._pose(pose.camera_id))

    def framed(self, camera_id: str, size: tuple[int, int]) -> None:
        """A frame of that size came."""
        self._framed.add(camera_id)
        if self._sizes.get(camera_id) != size:
            self._sizes[camera_id] = size
            self._views.pop(camera_id, None)

    def begin(self, now_ns: int) -> None:
        """A tick begins."""
        self._alive_ns = {name: at for name, at in self._alive_ns.items() if 0 <= now_ns - at < _ALIVE_NS}
        self._alive_ns |= dict.fromkeys(sorted(self._framed), now_ns)
        self._framed = set()

    @property
    def live(self) -> Set[str]:
        """Cameras whose frames came lately."""
        return self._alive_ns.keys()

    def has_pose(self, camera_id: str) -> bool:
        """Whether it is known where this camera hangs."""
        return self._view(camera_id) is not None

    def sightings(self, now_ns: int, tracks: Tracks, looks: Mapping[str, Floats]) -> list[Sighting]:
        """Of cameras that have a place; tentative tracks and those in the sky are left out."""
        placed = [(view, each) for camera_id, each in tracks.items() if (view := self._view(camera_id)) is not None]
        return [s for view, each in placed for track in each if (s := self._sighting(track, view, now_ns, looks.get(track.id))) is not None]

    def watching(self, xy: Floats) -> list[str]:
        """Cameras that should see somebody who stands there."""
        return [camera_id for camera_id, _ in self._watching(xy)]

    def watching_in_room(self, xy: Floats) -> list[str]:
        """Of those, cameras that do not look there through a doorway, where frames and corners hide most of whoever stands beyond."""
        there = float(xy[0]), float(xy[1])
        return [name for name, view in self._watching(xy) if not any(_cross(view.camera_xy, there, *door) for door in self._doorways)]

    def align(self, now_ns: int, tracks: Tracks, picture: FusedPicture, seen: Sequence[Sighting]) -> None:
        """Where several cameras see one person they must agree. The surest is compared with each of the others."""
        dt_s, self._last_ns = min(max((now_ns - self._last_ns) / SECOND, 0.0), 1.0), now_ns
        boxes = {track.id: track.box_xyxy for each in tracks.values() for track in each}
        whose = {source.id: fused.id for fused in picture.tracks for source in fused.sources if source.kind is SourceKind.CAMERA}
        together: dict[str, list[Sighting]] = {}
        for sighting in sorted(seen, key=lambda each: float(np.trace(each.covariance))):
            if sighting.measured and sighting.id in whose:
                together.setdefault(whose[sighting.id], []).append(sighting)
        for first, *others in together.values():
            surest = self._glance(first, boxes[first.id])
            for sighting in others:
                other = self._glance(sighting, boxes[sighting.id])
                if surest is not None and other is not None:
                    self._aligned.agree(surest, other, dt_s)

    def trouble(self, camera_ids: Iterable[str]) -> str:
        """Which of these have no place; a sentence, empty when all have."""
        cameras = [self._settings.camera(camera_id) for camera_id in sorted(camera_ids) if not self.has_pose(camera_id)]
        names = [camera.name for camera in cameras if camera is not None and camera.id not in self.displaced]
        if not names:
            return ""
        shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
        return f"Not placed on the floor plan: {shown}. Place the camera, or mark floor points."

    def state(self) -> dict[str, Any]:
        return {
            "sizes": {camera_id: list(size) for camera_id, size in self._sizes.items()},
            "aligned": self._aligned.state(),
            "framed": sorted(self._framed),
            "alive_ns": dict(self._alive_ns),
            "last_ns": self._last_ns,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._sizes = {camera_id: (int(width), int(height)) for camera_id, (width, height) in state["sizes"].items()}
        self._views = {}
        self._aligned.restore(state["aligned"])
        self._framed, self._alive_ns, self._last_ns = set(state["framed"]), dict(state["alive_ns"]), int(state["last_ns"])

    def _view(self, camera_id: str) -> FloorView | None:
        if camera_id in self.displaced:
            return None
        if camera_id not in self._views:
            self._views[camera_id] = self._made_view(camera_id)
        return self._views[camera_id]

    def _made_view(self, camera_id: str) -> FloorView | None:
        pose = self._pose(camera_id)
        size = self._sizes.get(camera_id)
        if pose is None or size is None:
            return None
        try:
            return FloorView(pose, size)
        except ValueError:
            return None

    def _pose(self, camera_id: str) -> CameraPose | None:
        return next((pose for pose in self._settings.floor.camera_poses if pose.camera_id == camera_id), None)

    def _sighting(self, track: Track, view: FloorView, now_ns: int, look: Floats | None) -> Sighting | None:
        if track.status is TrackStatus.TENTATIVE:
            return None
        spot = view.spot(track.box_xyxy, self._aligned.off(track.camera_id), self._aligned.doubt(track.camera_id))
        if spot is None:
            return None
        camera = self._settings.camera(track.camera_id)
        return Sighting(
            SourceKind.CAMERA,
            track.id,
            track.camera_id,
            track.last_seen_ns,
            spot.xy,
            spot.covariance,
            measured=track.status is TrackStatus.CONFIRMED and now_ns - track.last_seen_ns < FRESH_NS,
            look=look,
            simulated=camera is not None and camera.simulated,
        )

    def _glance(self, sighting: Sighting, box: Box) -> Glance | None:
        view = self._view(sighting.sensor_id)
        if view is None:
            return None
        jacobian = view.jacobian(box, Spot(sighting.xy, sighting.covariance), self._aligned.off(sighting.sensor_id))
        return None if jacobian is None else Glance(sighting.sensor_id, sighting.xy, jacobian, view.noise(box), view.off_pixels)

    def _watching(self, xy: Floats) -> list[tuple[str, FloorView]]:
        views = ((camera_id, self._view(camera_id)) for camera_id in self._alive_ns)
        return [(name, view) for name, view in views if view is not None and view.shows(xy) and not self._walled_off(view, xy)]

    def _walled_off(self, view: FloorView, xy: Floats) -> bool:
        there = float(xy[0]), float(xy[1])
        return any(_cross(view.camera_xy, there, wall.a, wall.b) for wall in self._settings.floor.walls)


def doorways(floor: Floor) -> Sequence[tuple[Point, Point]]:
    """Doors that stand in a wall; a line across an open floor hides nobody."""
    ends = [end for wall in floor.walls for end in (wall.a, wall.b)]
    return [(door.a, door.b) for door in floor.portals if any(math.dist(side, end) < _FRAME_M for side in (door.a, door.b) for end in ends)]


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the way from a to b crosses the one from c to d."""
    return _turns_left(a, b, c) != _turns_left(a, b, d) and _turns_left(c, d, a) != _turns_left(c, d, b)


def _turns_left(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])
