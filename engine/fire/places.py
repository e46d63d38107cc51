"""Where weather is needed: the site, and around it the lookouts that stand elsewhere."""

from collections.abc import Mapping
from datetime import date

from engine.model.settings import Settings
from engine.model.time import to_iso
from engine.model.value_class import dataclass

SITE = "site"
_STEP_DEG = 0.1  # open weather is no finer


@dataclass(frozen=True, slots=True)
class Place:
    """`id`: by which its season is kept. Degrees, WGS-84."""

    id: str
    latitude: float
    longitude: float


def site_place(settings: Settings) -> Place | None:
    """None: nobody has said where the site lies."""
    anchor = settings.anchor
    return None if anchor is None else Place(SITE, anchor.latitude, anchor.longitude)


def camera_ids(settings: Settings) -> tuple[str, ...]:
    """All that may see smoke: the site's cameras, and lookouts that only edge devices have."""
    return tuple(dict.fromkeys((*(camera.id for camera in settings.cameras), *(each.camera_id for each in settings.lookouts))))


def places_of(settings: Settings) -> Mapping[str, Place | None]:
    """By camera. Lookouts of the same tenth of a degree share one; every other camera stands at the site, and so do all of them where no
    weather service is asked, as a file of weather is of one place."""
    site = site_place(settings)
    found: dict[str, Place | None] = dict.fromkeys(camera_ids(settings), site)
    if settings.fire.weather_url:
        found |= {each.camera_id: _grid_place(each.latitude, each.longitude, site) for each in settings.lookouts}
    return found


def _grid_place(latitude: float, longitude: float, site: Place | None) -> Place:
    if site is not None and (_cell(latitude), _cell(longitude)) == (_cell(site.latitude), _cell(site.longitude)):
        return site
    north, east = _cell(latitude) * _STEP_DEG, _cell(longitude) * _STEP_DEG
    return Place(f"{north:.1f},{east:.1f}", north, east)


def _cell(degrees: float) -> int:
    return round(degrees / _STEP_DEG)


def utc_day(at_ns: int) -> date:
    return date.fromisoformat(to_iso(at_ns)[:10])
