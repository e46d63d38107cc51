"""Outlines of named places in a camera's picture: drawn there, or projected from the floor. Pure."""

from collections.abc import Iterable

import numpy as np

from engine.fusion.projection import FloorView
from engine.model.geometry import Point, Polygon
from engine.model.settings import Settings
from engine.model.site import CameraPose
from widgets.playback.clip_marks import MarkedPlace

_STEP_M = 0.5
_BEYOND = 1.0  # of the picture: points farther beside it would only be numbers too large to draw


def marked_places(settings: Settings, camera_id: str, place_ids: Iterable[str], size: tuple[int, int]) -> tuple[MarkedPlace, ...]:
    """Places by id, as this camera shows them in a picture of this size in pixels; those that it does not show are left out."""
    found = (_marked_place(settings, camera_id, place_id, size) for place_id in dict.fromkeys(place_ids) if place_id)
    return tuple(place for place in found if place is not None)


def _marked_place(settings: Settings, camera_id: str, place_id: str, size: tuple[int, int]) -> MarkedPlace | None:
    camera = settings.camera(camera_id)
    if camera is None:
        return None
    for zone in camera.zones:
        if zone.id == place_id:
            return MarkedPlace(zone.name, zone.area)
    for line in camera.lines:
        if line.id == place_id:
            return MarkedPlace(line.name, (line.begin, line.end))
    return _from_floor(settings, camera_id, place_id, size)


def _from_floor(settings: Settings, camera_id: str, place_id: str, size: tuple[int, int]) -> MarkedPlace | None:
    zone = next((zone for zone in settings.floor.zones if zone.id == place_id), None)
    view = view_of(settings, camera_id, size)
    if zone is None or view is None:
        return None
    corners = ((zone.x0, zone.y0), (zone.x1, zone.y0), (zone.x1, zone.y1), (zone.x0, zone.y1))
    outline = tuple(share for spot in _border(corners) if (share := _share(view, spot, size)) is not None)
    shown = sum(1 for x, y in outline if 0 <= x <= 1 and 0 <= y <= 1)
    return MarkedPlace(zone.name, outline) if len(outline) > 2 and shown else None


def _border(corners: Polygon) -> Iterable[Point]:
    """Points along a straight-edged outline, near enough for an edge that passes behind the camera to be cut there."""
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0)) / _STEP_M))
        yield from ((x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(steps))


def _share(view: FloorView, spot: Point, size: tuple[int, int]) -> Point | None:
    pixel = view.pixel(spot)
    if pixel is None:
        return None
    x, y = pixel[0] / size[0], pixel[1] / size[1]
    return (x, y) if -_BEYOND <= x <= 1 + _BEYOND and -_BEYOND <= y <= 1 + _BEYOND else None


def view_of(settings: Settings, camera_id: str, size: tuple[int, int]) -> FloorView | None:
    """How a camera sees the floor; None where it has no place on it, or one that says nothing."""
    pose: CameraPose | None = next((pose for pose in settings.floor.camera_poses if pose.camera_id == camera_id), None)
    if pose is None:
        return None
    try:
        return FloorView(pose, size)
    except ValueError:
        return None


def cameras_that_see(settings: Settings, spot: Point, size: tuple[int, int] = (1280, 720)) -> tuple[str, ...]:
    """Cameras in whose picture somebody at this place of the floor would be, the nearest first."""
    seeing: list[tuple[float, str]] = []
    for camera in settings.cameras:
        view = view_of(settings, camera.id, size)
        if view is not None and view.shows(np.array(spot, np.float64)):
            x, y = view.camera_xy
            seeing.append(((x - spot[0]) ** 2 + (y - spot[1]) ** 2, camera.id))
    return tuple(camera_id for _, camera_id in sorted(seeing))
