"""Speeds of playback, and what J and L make of them. No Qt."""

from widgets.playback.playback import FASTEST, SLOWEST


def within(speed: float) -> float:
    """A signed speed brought into ±0.1 to ±32. ValueError for 0."""
    if speed == 0:
        raise ValueError("speed 0 does not play; pause instead")
    size = min(FASTEST, max(SLOWEST, abs(speed)))
    return size if speed > 0 else -size


def shuttled(speed: float, playing: bool, forward: bool) -> float:
    """The speed after L (forward) or J: from standing 1×; that way already, twice as fast; the other way, half as fast, then round."""
    way = 1.0 if forward else -1.0
    if not playing:
        return way
    if speed * way > 0:
        return within(speed * 2) if abs(speed) >= 1 else way
    return speed / 2 if abs(speed) >= 2 else way
