"""What was reported in an area that was drawn on a map. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from operator import attrgetter

from engine.model.incidents.incident import Incident, IncidentState
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.time_text import local_time

WEEK_NS = 7 * 86_400 * SECOND
WEEKS = 12
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AreaHistory:
    """`incidents`: newest first. by_week: counts of the last twelve weeks, oldest first. by_hour: of the hours of the day, local time.
    by_category: most first."""

    incidents: tuple[Incident, ...]
    by_week: tuple[int, ...]
    by_hour: tuple[int, ...]
    by_category: tuple[tuple[str, int], ...]


def history(incidents: Iterable[Incident], area: Sequence[Place], now_ns: int, zone: tzinfo | None = None) -> AreaHistory:
    """Those inside the area within the last twelve weeks; those merged into others are counted with them."""
    since_ns = now_ns - WEEKS * WEEK_NS
    inside = [it for it in incidents if since_ns <= it.occurred_ns and it.state is not IncidentState.MERGED and holds(area, it)]
    weeks = Counter(min(WEEKS - 1, max(0, (it.occurred_ns - since_ns) // WEEK_NS)) for it in inside)
    hours = Counter(local_time(it.occurred_ns, zone).hour for it in inside)
    kinds = Counter(it.category.value for it in inside)
    return AreaHistory(
        tuple(sorted(inside, key=attrgetter("occurred_ns"), reverse=True)),
        tuple(weeks[week] for week in range(WEEKS)),
        tuple(hours[hour] for hour in range(24)),
        tuple(kinds.most_common()),
    )


def holds(area: Sequence[Place], incident: Incident) -> bool:
    """Even-odd rule, in degrees; areas across the 180th meridian are taken around their first corner."""
    around = area[0][1]
    x, y = _near(incident.longitude, around), incident.latitude
    inside = False
    for (y1, x1), (y2, x2) in zip(area, (*area[1:], area[0]), strict=True):
        left, right = _near(x1, around), _near(x2, around)
        if (y1 > y) != (y2 > y) and x < (right - left) * (y - y1) / (y2 - y1) + left:
            inside = not inside
    return inside


def circle(area: Sequence[Place]) -> tuple[float, float, float]:
    """Latitude, longitude and kilometres of a circle that holds it: what the record is asked for."""
    around = area[0][1]
    lats, lons = [lat for lat, _ in area], [_near(lon, around) for _, lon in area]
    latitude, longitude = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    far_deg = max(abs(lat - latitude) + abs(lon - longitude) for lat, lon in zip(lats, lons, strict=True))
    return latitude, (longitude + 180) % 360 - 180, max(0.1, far_deg * 111.4)


def _near(longitude: float, around: float) -> float:
    return around + (longitude - around + 540) % 360 - 180
