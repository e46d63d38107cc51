"""The risk of the hour at a site and at the zones of its floor, as decisions about alerts want it."""

import math

import numpy as np

from engine.model.geometry import EARTH_M
from engine.model.observation import AreaRiskKnown
from engine.model.settings import Settings
from engine.model.site import SiteAnchor
from engine.risk.hotspots import risk_at
from engine.risk.surface import RiskSurface

NEWS = 0.005  # of a risk


def earth_place(anchor: SiteAnchor, x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude (degrees) of a place on the floor (metres)."""
    heading = math.radians(anchor.heading_deg)
    east, north = x * math.cos(heading) + y * math.sin(heading), y * math.cos(heading) - x * math.sin(heading)
    narrow = max(math.cos(math.radians(anchor.latitude)), 1e-9)
    latitude = max(-90.0, min(90.0, anchor.latitude + math.degrees(north / EARTH_M)))
    longitude = anchor.longitude + math.degrees(east / EARTH_M / narrow)
    return latitude, (longitude + 180.0) % 360.0 - 180.0


def area_risk(surface: RiskSurface, settings: Settings, now_ns: int) -> AreaRiskKnown:
    """Nothing is known of a site that has no place on Earth; of zones without data, nothing is said."""
    anchor, zones = settings.anchor, settings.floor.zones
    if anchor is None:
        return AreaRiskKnown(now_ns)
    middles = [earth_place(anchor, (zone.x0 + zone.x1) / 2, (zone.y0 + zone.y1) / 2) for zone in zones]
    site, *found = risk_at(surface, np.array([(anchor.latitude, anchor.longitude), *middles]), now_ns)
    known = tuple((zone.id, round(risk, 4)) for zone, risk in zip(zones, found, strict=True) if risk is not None)
    return AreaRiskKnown(now_ns, known, None if site is None else round(site, 4))


def is_news(now: AreaRiskKnown, before: AreaRiskKnown | None) -> bool:
    """Whether the risk at the site or in a zone is another by at least `NEWS`, or is known or unknown unlike before."""
    told = before or AreaRiskKnown(0)
    zones, known = dict(now.zones), dict(told.zones)
    places = {*zones, *known}
    return _differs(now.site, told.site) or any(_differs(zones.get(place), known.get(place)) for place in places)


def _differs(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) >= NEWS
