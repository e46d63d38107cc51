"""What the Risk page puts on its map: cameras with their fire weather, and where a click belongs."""

from collections.abc import Mapping

import numpy as np

from console.feeds.risk_feed import Areas
from engine.model.fire.smoke import ListedPlume, Lookout
from engine.model.risk.risk import RiskPicture, RiskState
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.maps.heat_raster import EARTH_M
from widgets.maps.risk_layers import CameraOnMap, Outline, PlumeOnMap, Sightline
from widgets.maps.risk_words import fire_text
from widgets.number_text import number_text
from widgets.translation import tr


def cameras_on_map(snapshot: Snapshot) -> tuple[CameraOnMap, ...]:
    """The cameras that watch for smoke; only of them it is known where on Earth they stand."""
    return tuple(_on_map(lookout, snapshot) for lookout in snapshot.settings.lookouts)


def _on_map(lookout: Lookout, snapshot: Snapshot) -> CameraOnMap:
    camera = snapshot.settings.camera(lookout.camera_id)
    said, role = fire_text(snapshot.fire.risk(lookout.camera_id))
    cones = tuple((view.azimuth_deg, lookout.angle_of_view_deg) for view in lookout.views)
    name = lookout.camera_id if camera is None else camera.name
    return CameraOnMap(lookout.camera_id, name, lookout.latitude, lookout.longitude, cones, said, role)


def plumes_on_map(snapshot: Snapshot) -> tuple[PlumeOnMap, ...]:
    """Those of now, from where the cameras stand."""
    lookouts = {lookout.camera_id: lookout for lookout in snapshot.settings.lookouts}
    return tuple(_plume(listed, lookouts) for listed in snapshot.smoke.plumes)


def _plume(listed: ListedPlume, lookouts: Mapping[str, Lookout]) -> PlumeOnMap:
    lines = tuple(
        Sightline(at.latitude, at.longitude, each.azimuth_deg, each.cone_deg or 0.0)
        for each in listed.sequences
        if each.azimuth_deg is not None and (at := lookouts.get(each.camera_id)) is not None
    )
    return PlumeOnMap(listed.plume.id, lines, listed.plume.place, simulated=listed.plume.simulated)


def outlines_of(areas: Areas) -> tuple[Outline, ...]:
    """With what each expects, where that is known."""
    expected = {each.name: each.incidents for each in areas.expected}
    return tuple(Outline(_with(each.name, expected.get(each.name)), each.rings) for each in areas.outlines)


def _with(name: str, incidents: float | None) -> str:
    return name if incidents is None else tr("{0}\n{1} expected in 24 h").format(name, number_text(incidents, ".1f"))


def middle_of(settings: Settings, picture: RiskPicture | None) -> float:
    """The longitude that the map is around: of the site, else of what has data."""
    if settings.anchor is not None:
        return settings.anchor.longitude
    if settings.lookouts:
        return settings.lookouts[0].longitude
    return float(np.median(picture.longitudes)) if picture is not None and len(picture.longitudes) else 0.0


def cell_at(picture: RiskPicture, latitude: float, longitude: float) -> int | None:
    """The index of the cell that holds a place; None where there is no data."""
    if not len(picture.cells):
        return None
    north_m = np.radians(picture.latitudes.astype(np.float64) - latitude) * EARTH_M
    turned = (picture.longitudes.astype(np.float64) - longitude + 540) % 360 - 180
    east_m = np.radians(turned) * EARTH_M * np.cos(np.radians(picture.latitudes.astype(np.float64)))
    nearest = int(np.argmin(np.maximum(np.abs(north_m), np.abs(east_m))))
    half = picture.cell_m / 2 * 1.02  # places are kept as float32
    return nearest if max(abs(float(north_m[nearest])), abs(float(east_m[nearest]))) <= half else None


def headline(state: RiskState) -> str:
    if not state.enabled:
        return tr("Risk map is off")
    if not state.cells:
        return tr("No risk to show yet")
    return tr("Risk of 1 cell") if state.cells == 1 else tr("Risk of {0} cells").format(number_text(state.cells))
