"""Where bearings cross, and how well that is known.

The error of a bearing is taken as normal, with a spread of σ² = compass² + cone² / 12: how well the camera's azimuth is known (1°, of a
fixed camera that was set up with care), and that the fire may be anywhere under its smoke. The place is the most likely one (P. Gavish
and A. J. Weiss, "Performance analysis of bearing-only target location algorithms", IEEE T-AES 28, 1992; found by Gauss and Newton's
method), held loosely (σ 10 km) at the middle of where the sectors overlap, which matters only where bearings hardly cross. The ellipse is
that of the inverse of Fisher's information; where three bearings or more miss each other by more than their errors explain, it grows by as
much.
"""

import math
from collections.abc import Sequence
from itertools import combinations

from engine._geodesic import offset_m
from engine.fire.smoke.bearings import Bearing, Planes, Ray, apart_m, centre
from engine.fire.smoke.plane import XY
from engine.model.fire.smoke import Crossing
from engine.model.value_class import dataclass

COMPASS_DEG = 1.0
SAME_SITE_M = 100.0  # bearings from closer together than this do not cross in a place worth telling
ACCURATE_M = 2_000.0  # the longer half axis of the ellipse
ACCURATE_ANGLE_DEG = 10.0
_PRIOR_M = 10_000.0
_QUANTILE_95 = -2 * math.log(0.05)  # of χ² with two degrees of freedom
_MOST_STEPS, _CLOSE_ENOUGH_M = 50, 1e-4
_LEAST_AWAY_M = 1.0


@dataclass(frozen=True, slots=True)
class _Spread:
    """A symmetric 2 × 2 matrix: of information (1/m²), or of covariance (m²)."""

    xx: float
    xy: float
    yy: float

    def inverse(self) -> "_Spread":
        det = self.xx * self.yy - self.xy * self.xy
        return _Spread(self.yy / det, -self.xy / det, self.xx / det)

    def times(self, factor: float) -> "_Spread":
        return _Spread(self.xx * factor, self.xy * factor, self.yy * factor)

    def axes(self) -> tuple[float, float, float]:
        """Square roots of its eigenvalues, the larger first, and the larger one's direction, degrees clockwise from north (0–180)."""
        middle, half = (self.xx + self.yy) / 2, math.hypot((self.xx - self.yy) / 2, self.xy)
        turn = math.degrees(math.atan2(2 * self.xy, self.yy - self.xx) / 2) % 180.0
        return math.sqrt(middle + half), math.sqrt(max(middle - half, 0.0)), turn


def cross(bearings: Sequence[Bearing], planes: Planes | None = None) -> Crossing | None:
    """The most likely place of what all of them see; None where no two of them are from different sites and overlap."""
    planes = planes or Planes()
    plane, rays = planes.rays(*bearings) if bearings else (None, ())
    pairs = [pair for pair in combinations(rays, 2) if apart_m(pair[0].bearing, pair[1].bearing) >= SAME_SITE_M]
    shared = [area for area in (planes.overlap(*pair) for pair in pairs) if area]
    if plane is None or not shared:
        return None
    point = _most_likely(rays, _middle([centre(area) for area in shared]))
    latitude, longitude = plane.off(point)
    major, minor, turn = _covariance(rays, point).axes()
    angle = max(_angle_deg(*pair, point) for pair in pairs)
    long_m, short_m = (math.sqrt(_QUANTILE_95) * axis for axis in (major, minor))
    accurate = long_m <= ACCURATE_M and angle >= ACCURATE_ANGLE_DEG
    return Crossing(latitude, longitude, angle, long_m, short_m, turn, _cep(major, minor), accurate)


def in_ellipse(place: Crossing, latitude: float, longitude: float) -> bool:
    east, north = offset_m(place.latitude, place.longitude, latitude, longitude)
    turn = math.radians(place.turn_deg)
    along, across = east * math.sin(turn) + north * math.cos(turn), east * math.cos(turn) - north * math.sin(turn)
    return math.hypot(along / place.major_m, across / max(place.minor_m, 1e-6)) <= 1


def is_vague(place: Crossing, bearings: Sequence[Bearing], within_m: float) -> bool:
    """Whether the compass alone, with cones of no width, leaves more than that open."""
    widest = max(map(sigma_rad, bearings))
    return place.angle_deg < ACCURATE_ANGLE_DEG or place.major_m * math.radians(COMPASS_DEG) / widest > within_m


def sigma_rad(bearing: Bearing) -> float:
    return math.radians(math.hypot(COMPASS_DEG, bearing.cone_deg / math.sqrt(12)))


def _middle(points: Sequence[XY]) -> XY:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _most_likely(rays: Sequence[Ray], start: XY) -> XY:
    """Steps that make it worse are halved."""
    point, worth = start, _cost(rays, start, start)
    for _ in range(_MOST_STEPS):
        step = _newton_step(rays, point, start)
        while math.hypot(*step) > _CLOSE_ENOUGH_M:
            tried = point[0] + step[0], point[1] + step[1]
            cost = _cost(rays, tried, start)
            if cost < worth:
                point, worth = tried, cost
                break
            step = step[0] / 2, step[1] / 2
        else:
            return point
    return point


def _cost(rays: Sequence[Ray], point: XY, start: XY) -> float:
    return (math.dist(point, start) / _PRIOR_M) ** 2 + sum((ray.off(point) / sigma_rad(ray.bearing)) ** 2 for ray in rays)


def _newton_step(rays: Sequence[Ray], point: XY, start: XY) -> XY:
    east, north = (start[0] - point[0]) / _PRIOR_M**2, (start[1] - point[1]) / _PRIOR_M**2
    for ray in rays:
        across, weight = _sideways(ray, point)
        pull = -ray.off(point) * weight / sigma_rad(ray.bearing)
        east, north = east + across[0] * pull, north + across[1] * pull
    back = _information(rays, point).inverse()
    return back.xx * east + back.xy * north, back.xy * east + back.yy * north


def _sideways(ray: Ray, point: XY) -> tuple[XY, float]:
    """Which way a point moves as it goes to the left of a ray, a unit vector; and by how many σ a metre."""
    away = max(ray.away_m(point), _LEAST_AWAY_M)
    across = -(point[1] - ray.at[1]) / away, (point[0] - ray.at[0]) / away
    return across, 1 / (away * sigma_rad(ray.bearing))


def _information(rays: Sequence[Ray], point: XY) -> _Spread:
    xx = yy = 1 / _PRIOR_M**2
    xy = 0.0
    for ray in rays:
        (east, north), weight = _sideways(ray, point)
        xx, xy, yy = xx + (east * weight) ** 2, xy + east * north * weight**2, yy + (north * weight) ** 2
    return _Spread(xx, xy, yy)


def _covariance(rays: Sequence[Ray], point: XY) -> _Spread:
    missed = sum((ray.off(point) / sigma_rad(ray.bearing)) ** 2 for ray in rays)
    return _information(rays, point).inverse().times(max(1.0, missed / max(1, len(rays) - 2)))


def _angle_deg(one: Ray, other: Ray, point: XY) -> float:
    """At which the lines from the cameras to the point meet, 0–90."""
    (x1, y1), (x2, y2) = ((point[0] - ray.at[0], point[1] - ray.at[1]) for ray in (one, other))
    return math.degrees(math.atan2(abs(x1 * y2 - x2 * y1), abs(x1 * x2 + y1 * y2)))


def _cep(major: float, minor: float) -> float:
    """Radius of the circle that half of a normal distribution with these spreads lies in, within 2 %: F. E. Grubbs, "Approximate circular
    and noncircular offset probabilities of hitting" (Operations Research 12, 1964)."""
    total = major**2 + minor**2
    return math.sqrt(total * (1 - 2 * (major**4 + minor**4) / (9 * total**2)) ** 3)
