"""Lookouts, frames and sequences of smoke, for tests."""

from dataclasses import replace
from typing import Any

from geographiclib.geodesic import Geodesic

from engine.model.fire.smoke import Lookout, LookoutView, SmokeBox, SmokeFrame, SmokeSequence, ValidationState
from engine.model.time import SECOND

NOW_NS = 1_790_000_000 * SECOND
BOX = (0.4, 0.4, 0.5, 0.5)


def frame(after_s: float, *boxes: tuple[float, ...], camera: str = "c1", view: str = "0") -> SmokeFrame:
    """Boxes are (xmin, ymin, xmax, ymax, confidence)."""
    smoke = tuple(SmokeBox((x0, y0, x1, y1), confidence) for x0, y0, x1, y1, confidence in boxes)
    return SmokeFrame(camera, view, NOW_NS + round(after_s * SECOND), smoke, "test")


def smoke(after_s: float, confidence: float = 0.5, camera: str = "c1") -> SmokeFrame:
    return frame(after_s, (*BOX, confidence), camera=camera)


def lookout(camera: str, latitude: float = 45.0, longitude: float = 5.0, azimuth: float = 0.0, aov: float = 60.0) -> Lookout:
    return Lookout(camera, latitude, longitude, aov, (LookoutView("0", azimuth),))


def sequence(name: str, azimuth: float | None = None, cone: float | None = 3.0, camera: str = "", **fields: Any) -> SmokeSequence:
    """Validated, seen from `NOW_NS` on for a minute."""
    plain = SmokeSequence(
        id=f"sq-{name}",
        camera_id=camera or name,
        view_id="0",
        started_ns=NOW_NS,
        last_seen_ns=NOW_NS + 60 * SECOND,
        max_conf=0.7,
        frames=5,
        best_box=BOX,
        azimuth_deg=azimuth,
        cone_deg=cone,
        validation=ValidationState.VALIDATED,
    )
    return replace(plain, **fields)


def place(latitude: float, longitude: float, east_m: float = 0.0, north_m: float = 0.0) -> tuple[float, float]:
    """Some metres away, by geodesics: first north, then east."""
    north = Geodesic.WGS84.Direct(latitude, longitude, 0.0, north_m)
    there = Geodesic.WGS84.Direct(north["lat2"], north["lon2"], 90.0, east_m)
    return there["lat2"], there["lon2"]


def azimuth(of: tuple[float, float], seen_from: tuple[float, float]) -> float:
    return Geodesic.WGS84.Inverse(*seen_from, *of)["azi1"] % 360.0


class Country:
    """Cameras in the land, and what they see of a fire."""

    def __init__(self, **cameras: tuple[float, float]) -> None:
        """Places of cameras, latitude and longitude."""
        self.cameras = cameras
        self.lookouts = {name: lookout(name, *where) for name, where in cameras.items()}

    def seen(self, camera: str, fire: tuple[float, float], turned: float = 0.0, name: str = "", **fields: Any) -> SmokeSequence:
        """`turned`: by how much the camera is wrong, degrees."""
        bearing = (azimuth(fire, self.cameras[camera]) + turned) % 360.0
        return sequence(name or camera, bearing, camera=camera, **fields)
