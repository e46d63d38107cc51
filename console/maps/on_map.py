"""Values of a snapshot as a map draws them: cameras with their fire weather, plumes, neighbourhoods."""

from collections.abc import Mapping, Sequence

import numpy as np

from console.feeds.risk_feed import Areas
from engine.model.fire.fire import FireView
from engine.model.fire.smoke import ListedPlume, Lookout
from engine.model.incidents.incident import Incident
from engine.model.risk.risk import RiskPicture
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.maps.risk_layers import CameraOnMap, Outline, PlumeOnMap, Sightline
from widgets.maps.risk_words import fire_text
from widgets.number_text import number_text
from widgets.translation import tr


def cameras_on_map(snapshot: Snapshot) -> tuple[CameraOnMap, ...]:
    """The cameras that watch for smoke; only of them it is known where on Earth they stand."""
    names = snapshot.settings.camera_names()
    return tuple(_on_map(lookout, names[lookout.camera_id], snapshot.fire) for lookout in snapshot.settings.lookouts)


def _on_map(lookout: Lookout, name: str, fire: FireView) -> CameraOnMap:
    said, role = fire_text(fire.risk(lookout.camera_id))
    cones = tuple((view.azimuth_deg, lookout.angle_of_view_deg) for view in lookout.views)
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


def middle_of(settings: Settings, picture: RiskPicture | None, incidents: Sequence[Incident] = ()) -> float:
    """The longitude that the map is around: of the site, else of what has data."""
    if settings.anchor is not None:
        return settings.anchor.longitude
    if settings.lookouts:
        return settings.lookouts[0].longitude
    if picture is not None and len(picture.longitudes):
        return float(np.median(picture.longitudes))
    return incidents[0].longitude if incidents else 0.0
