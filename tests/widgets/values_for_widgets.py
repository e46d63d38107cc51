"""Realistic values for the tests of widgets."""

import numpy as np

from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import Event, EventKind, Severity
from engine.model.health import CameraHealth, CameraState
from engine.model.settings import CameraSettings
from engine.model.snapshot import CameraView, Picture
from engine.model.time import SECOND

NOW_NS = 1_800_000_000 * SECOND


def camera(
    number: int, state: CameraState = CameraState.LIVE, tracks: tuple[Track, ...] = (), at_ns: int = NOW_NS, url: str = ""
) -> CameraView:
    health = CameraHealth(state, since_ns=at_ns - SECOND, last_picture_ns=at_ns, fps=24.9, width=1280, height=720)
    return CameraView(CameraSettings(f"c{number}", f"Camera {number}", url or "rtsp://host/x"), health, tracks, at_ns)


def cameras(count: int) -> tuple[CameraView, ...]:
    return tuple(camera(number) for number in range(count))


def track(number: int, box: tuple[float, float, float, float] = (100, 100, 160, 260), status: TrackStatus = TrackStatus.CONFIRMED) -> Track:
    return Track(f"t{number}", number, "c0", Category.PERSON, status, box, 0.8, 0.9, NOW_NS, NOW_NS)


def picture(
    camera_id: str = "c0",
    index: int = 0,
    at_ns: int = NOW_NS,
    bgr: tuple[int, int, int] = (30, 60, 220),
    size: tuple[int, int] = (640, 360),
) -> Picture:
    """One colour, 1280 × 720 to the tracks."""
    pixels = np.empty((size[1], size[0], 4), np.uint8)
    pixels[:] = (*bgr, 255)
    pixels.flags.writeable = False
    return Picture(camera_id, at_ns, index, 1280, 720, pixels)


def event(
    number: int, kind: EventKind = EventKind.PERSON, camera_id: str = "c0", ended: bool = True, severity: Severity = Severity.LOW
) -> Event:
    started_ns = NOW_NS - 10**6 * SECOND + number * SECOND
    return Event(
        f"ev-{number:06d}",
        kind,
        camera_id,
        "t1",
        severity,
        started_ns,
        started_ns + 4 * SECOND if ended else None,
        started_ns,
        0.9,
        f"d{number}",
    )


def newest_first(first: int, last: int) -> tuple[Event, ...]:
    """Events with the numbers `last` down to `first`."""
    return tuple(event(number) for number in range(last, first - 1, -1))
