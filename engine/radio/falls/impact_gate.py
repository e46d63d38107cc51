"""Falls that are told by a sudden stop: which stops are looked into, and what counts as moving afterwards."""

from engine.radio.falls.gates import IMPACT, LEFT, STRENGTH
from engine.radio.falls.impact import AFTER, BEFORE, Impact, Stop, best_impact, stirring, stops
from engine.radio.falls.jolts import Shakes

TRIES = 6  # stops looked at in a tick: more than pass in one, for ticks that come late
SLOTS = BEFORE + AFTER + TRIES
_LEAST_PATHS = 4  # one link fades and swells by itself: alone it told 3 of 20 simulated falls, and 14 an hour where people only walked
_OPENS = 3.0  # evidence that opens a candidate
_MOVES, _MOVING_SLOTS = 0.45, 10
_AGAIN_NS = 1_000_000_000  # stops so near each other are one


def impact_of(shakes: Shakes) -> Impact | None:
    """A stop that is worth looking into."""
    if len(shakes.energy) < _LEAST_PATHS or not any(_may_open(stop) for stop in stops(shakes, TRIES)):
        return None  # most ticks: the fit would be for nothing
    impact = best_impact(shakes, TRIES)
    return impact if impact is not None and impact.evidence >= _OPENS and _may_open(impact) else None


def gives_way(raised_ns: int | None, known: Impact | None, impact: Impact) -> bool:
    """Whether a candidate makes room for another: never once it was raised, nor for one that is no fall; and where it is the same stop,
    only for a better one."""
    if raised_ns is not None:
        return False
    if known is None or not near_enough(known):
        return known is None or abs(impact.at_ns - known.at_ns) > _AGAIN_NS or _score(impact) > _score(known)
    return near_enough(impact) and (abs(impact.at_ns - known.at_ns) > _AGAIN_NS or _score(impact) > _score(known))


def near_enough(impact: Impact) -> bool:
    """Whether it came near a fall."""
    return impact.evidence >= IMPACT and impact.strength >= STRENGTH and impact.left <= LEFT


def moves(shakes: Shakes | None) -> bool:
    """Whether anything has moved in the last half second; also where no path tells."""
    return shakes is None or not len(shakes.energy) or stirring(shakes, _MOVING_SLOTS) > _MOVES


def _may_open(stop: Stop | Impact) -> bool:
    return stop.strength >= STRENGTH / 2 and stop.left <= 2 * LEFT


def _score(impact: Impact) -> float:
    return impact.evidence if near_enough(impact) else min(impact.evidence, IMPACT)
