"""Answers to `intelligence/patterns`, held against the place that was asked about: the server is known to answer with places far away."""

from dataclasses import replace
from operator import attrgetter

from engine._geodesic import distance_m
from engine.incidents.atlas.answers import (
    LONGEST_ID,
    Plain,
    clean,
    malformed,
    member,
    members,
    number,
    optional_text,
    share,
    text,
    texts,
    whole,
)
from engine.incidents.atlas.atlas_case import Around
from engine.incidents.atlas.taxonomy import from_atlas
from engine.model.incidents.atlas_call import Pattern, PatternAnswer

FARTHEST_M = 100_000.0
_MOST = 1 << 53
_RISING = ("increasing", "rising", "up")


def read_patterns(plain: Plain, around: Around) -> PatternAnswer:
    """Those that reach into the circle and are as significant as was asked for, nearest first. Raises AtlasFault `malformed`."""
    if "patterns" not in plain:
        raise malformed("patterns", "is missing")
    told = (_measured(_read_pattern(pattern), around) for pattern in members(plain, "patterns"))
    near = [pattern for pattern in told if _matches_request(pattern, around)]
    near.sort(key=attrgetter("distance_m", "id"))
    said = texts(plain, "recommendations")
    return PatternAnswer(True, tuple(near), (said if near else ()) or tuple(map(_recommended, filter(_is_rising, near))))


def is_shared(pattern: Plain) -> bool:
    """Whether more than one product sees it."""
    return sum(1 for _, count in _products(pattern) if count > 0) > 1


def _read_pattern(plain: Plain) -> Pattern:
    place = member(plain, "location")
    return Pattern(
        id=text(plain, "pattern_id", LONGEST_ID),
        name=text(plain, "pattern_name"),
        categories=tuple(dict.fromkeys(category.value for word in texts(plain, "threat_categories") if (category := from_atlas(word)))),
        latitude=number(place, "center_lat", -90, 90),
        longitude=number(place, "center_lon", -180, 180),
        radius_m=number(place, "radius_meters", 0, FARTHEST_M),
        count=whole(plain, "frequency_count", 0, _MOST),
        trend=optional_text(plain, "frequency_trend"),
        significance=share(plain, "statistical_significance"),
        confidence=share(plain, "confidence_score"),
        correlation=share(plain, "cross_product_correlation") if "cross_product_correlation" in plain else 0.0,
        products=_products(plain),
    )


def _products(plain: Plain) -> tuple[tuple[str, int], ...]:
    counts = {} if plain.get("sources") is None else member(plain, "sources")
    return tuple((clean(name, LONGEST_ID), whole(counts, name, 0, _MOST)) for name in sorted(counts))


def _measured(pattern: Pattern, around: Around) -> Pattern:
    return replace(pattern, distance_m=distance_m(around.latitude, around.longitude, pattern.latitude, pattern.longitude))


def _matches_request(pattern: Pattern, around: Around) -> bool:
    reaches = pattern.distance_m - pattern.radius_m <= 1000 * around.radius_km
    named = {category.value for category in around.categories}
    return reaches and pattern.significance >= around.min_significance and (not named or not named.isdisjoint(pattern.categories))


def _is_rising(pattern: Pattern) -> bool:
    return pattern.trend.lower() in _RISING


def _recommended(pattern: Pattern) -> str:
    """Where Atlas says what it sees but not what to do about it."""
    what = ", ".join(category.replace("_", " ") for category in pattern.categories) or "what it counts"
    where = f"{pattern.distance_m / 1000:.1f} km from here"
    return f"Watch {where} more closely: {what} happens more and more often there ({pattern.count} times)."
