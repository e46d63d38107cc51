"""Where a place on earth lies, seen from the site, in words."""

import math

from engine._geodesic import distance_m
from engine.model.site import SiteAnchor
from widgets.incidents.incident_words import coordinates_text, distance_text
from widgets.translation import tr

_AT_SITE_M = 15.0


def from_site(latitude: float, longitude: float, anchor: SiteAnchor | None) -> str:
    """How far and in what direction from the site; coordinates where the site's place is not known."""
    if anchor is None:
        return coordinates_text(latitude, longitude)
    metres = distance_m(anchor.latitude, anchor.longitude, latitude, longitude)
    if metres < _AT_SITE_M:
        return tr("At the site")
    return tr("{0} {1} of the site").format(distance_text(metres), _direction(anchor, latitude, longitude))


def _direction(anchor: SiteAnchor, latitude: float, longitude: float) -> str:
    east = (longitude - anchor.longitude + 180.0) % 360.0 - 180.0
    bearing = math.degrees(math.atan2(east * math.cos(math.radians(anchor.latitude)), latitude - anchor.latitude)) % 360.0
    words = (*(tr("north"), tr("north-east"), tr("east"), tr("south-east")), *(tr("south"), tr("south-west"), tr("west"), tr("north-west")))
    return words[round(bearing / 45.0) % 8]
