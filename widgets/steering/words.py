"""How a PTZ camera stands, in words."""

import math

from engine.model.ptz.view import Control, PtzState, PtzView
from engine.model.time import SECOND
from widgets.translation import tr


def seconds_left(control: Control, now_ns: int) -> int:
    return max(0, math.ceil((control.until_ns - now_ns) / SECOND))


def control_words(view: PtzView, own_id: str, now_ns: int) -> str:
    """`Anna steers, free in 8 s`."""
    if view.state is PtzState.CONNECTING:
        return tr("Connecting to the camera…")
    if view.trouble:
        return view.trouble
    control = view.control
    if control is None or control.until_ns <= now_ns:
        return tr("Nobody steers")
    if control.by_id == own_id:
        return tr("You steer, held for {0} s").format(seconds_left(control, now_ns))
    return tr("{0} steers, free in {1} s").format(control.by, seconds_left(control, now_ns))


def tour_words(view: PtzView) -> str:
    """Empty: none runs."""
    if not view.tour_id:
        return ""
    name = next((tour.name for tour in view.tours if tour.id == view.tour_id), view.tour_id)
    return tr("Tour {0} paused").format(name) if view.tour_paused else tr("Tour {0}").format(name)


def plate_words(view: PtzView, now_ns: int) -> str:
    """For a tile whose camera is not at its home position, with who or what moved it; empty: it is at home."""
    if not view.away:
        return ""
    control = view.control
    if control is not None and control.until_ns > now_ns:
        return tr("Away from home: {0} steers").format(control.by)
    if view.tour_id:
        return tr("Away from home: {0}").format(tour_words(view))
    return tr("Away from home: moved by {0}").format(view.moved_by) if view.moved_by else tr("Away from home")


def away_words(view: PtzView) -> str:
    """Empty: it is at home."""
    if view.moving:
        return tr("Moving")
    return tr("Away from home: zones are on hold") if view.away else ""
