"""Quiet hours, as a clock on the site's wall shows them."""

from engine.alerts.schedule import WEEK_MIN, inside_by_min, wall_minute
from engine.model.alerts.settings import Hours
from engine.model.time import SECOND

_MINUTE_NS = 60 * SECOND


def is_quiet(quiet: tuple[Hours, ...], at_ns: int, time_zone: str) -> bool:
    return bool(quiet) and inside_by_min(quiet, wall_minute(at_ns, time_zone)) >= 0


def quiet_until(quiet: tuple[Hours, ...], at_ns: int, time_zone: str) -> int | None:
    """When it is no longer quiet, UTC ns; None where it always is.

    Goes minute by minute on the true clock, so that an hour that comes twice or never is counted as it is lived.
    """
    begin_ns = at_ns - at_ns % _MINUTE_NS
    for minutes in range(1, WEEK_MIN + 1):
        later_ns = begin_ns + minutes * _MINUTE_NS
        if not is_quiet(quiet, later_ns, time_zone):
            return later_ns
    return None
