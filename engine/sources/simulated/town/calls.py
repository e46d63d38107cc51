"""What happens in the simulated town, and who says what of it. Pure: the same seed and the same times give the same reports with the same
ids, so that a demo that is started again says nothing twice.

Time is cut into slots, and each slot has dice of its own. Occurrences of the past come at random (a Poisson process by place and hour of
the day); those of the present are seen by more people, for somebody who watches for a few minutes.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import TypeVar

from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory, Report, SourceOfReport
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.sources.simulated.town.plan import EastNorth, Kinds, PlacePlan, Shares, TownPlan

HOUR_NS = 3600 * SECOND
DAY_NS = 24 * HOUR_NS
LIVE_NS = 900 * SECOND  # one occurrence of the present in each
LATEST_NS = 300 * SECOND  # after an occurrence, until the last report of it has come
SEEN_BY: Shares = (0.72, 0.17, 0.07, 0.03, 0.01)  # one, two … reporters, of the past
SEEN_LIVE: Shares = (0.1, 0.25, 0.3, 0.2, 0.15)
_WEEKEND = 1.5  # as much in the evening and at night
_NEAR_M, _FARTHEST_M = 11.0, 24.0  # what reporters differ by in where it is
_SOON_S, _LATEST_S = 25.0, 80.0  # and in when
_OFFICIAL = 0.08
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`key`: what its reports are called by. `place`: as people say it; `words`: what they say."""

    key: str
    category: IncidentCategory
    severity: int
    at: EastNorth
    place: str
    at_ns: int
    words: tuple[str, ...]


def of_hour(town: TownPlan, seed: str, slot: int) -> tuple[Occurrence, ...]:
    """Those of the past in one hour since 1970, in their order."""
    dice = Random(f"{seed} past {slot}")
    found = [each for place in (*town.places, *_series(town, seed, slot)) for each in _of_place(town, seed, place, slot, dice)]
    return tuple(sorted(found, key=lambda each: each.at_ns))


def live(town: TownPlan, seed: str, slot: int) -> Occurrence:
    """The one of the present in a quarter of an hour since 1970."""
    dice = Random(f"{seed} live {slot}")
    at_ns = slot * LIVE_NS + round(dice.random() * LIVE_NS)
    return at_once(town, f"{seed} live {slot}", at_ns, dice)


def at_once(town: TownPlan, key: str, at_ns: int, dice: Random) -> Occurrence:
    """Somewhere where something happens at this time of the day."""
    hour = at_ns // HOUR_NS % 24
    place = weighted_choice(town.places, [each.a_day * town.hours[each.busy][hour] for each in town.places], dice)
    return _happened(town, place, key, at_ns, dice)


def reports_of(town: TownPlan, it: Occurrence, seen_by: Shares) -> Iterator[Report]:
    """In no particular order; the first one is of the place itself. All are received before `LATEST_NS` are over."""
    dice = Random(f"{it.key} reports")
    several = 1 + _number(seen_by, dice)
    said = dice.sample(it.words, k=len(it.words))
    for number, resident in enumerate(dice.sample(range(town.residents), k=several)):
        yield _report(town, it, number, resident, said[number % len(said)], dice)


def received_between(several: Iterable[Report], since_ns: int, until_ns: int) -> list[Report]:
    """From `since_ns` on and before `until_ns`, in their order."""
    return sorted((each for each in several if since_ns <= each.received_ns < until_ns), key=lambda each: (each.received_ns, each.id))


def weighted_choice(several: Sequence[T], shares: Sequence[float], dice: Random) -> T:
    return dice.choices(several, weights=shares)[0]


def _number(shares: Sequence[float], dice: Random) -> int:
    """0 with the first share."""
    return weighted_choice(range(len(shares)), shares, dice)


def around(at: EastNorth, spread_m: float, dice: Random, farthest_m: float = math.inf) -> EastNorth:
    """Normally distributed, `farthest_m` away at most."""
    away = min(spread_m * math.sqrt(2 * dice.expovariate(1.0)), farthest_m)
    turn = dice.uniform(0, 2 * math.pi)
    return at[0] + away * math.cos(turn), at[1] + away * math.sin(turn)


def _of_place(town: TownPlan, seed: str, place: PlacePlan, slot: int, dice: Random) -> Iterator[Occurrence]:
    """As many as come with exponential waits in between."""
    a_slot = place.a_day * town.hours[place.busy][slot % 24] * _by_weekday(place, slot)
    share = dice.expovariate(a_slot)
    while share < 1:
        at_ns = slot * HOUR_NS + round(share * HOUR_NS)
        yield _happened(town, place, f"{seed} past {at_ns} {place.names[0]}", at_ns, dice)
        share += dice.expovariate(a_slot)


def _by_weekday(place: PlacePlan, slot: int) -> float:
    """1970 began on a Thursday."""
    weekend = (slot // 24 + 3) % 7 >= 4
    return _WEEKEND if weekend and place.busy in ("evening", "night") else 1.0


def _series(town: TownPlan, seed: str, slot: int) -> Iterator[PlacePlan]:
    """Those that are going on in an hour."""
    series = town.series
    newest = int(slot / 24 / series.every_days)
    for number in range(newest - math.ceil(series.lasts_days / series.every_days), newest + 1):
        if slot / 24 - number * series.every_days < series.lasts_days:
            dice = Random(f"{seed} series {number}")
            away = series.within_m * math.sqrt(dice.random())
            at = around((0.0, 0.0), series.within_m, dice, away)
            name = series.names[number % len(series.names)]
            yield PlacePlan((name,), at, series.spread_m, series.a_day, series.busy, ((_category(series.kinds, dice), 1.0),))


def _happened(town: TownPlan, place: PlacePlan, key: str, at_ns: int, dice: Random) -> Occurrence:
    category = _category(place.kinds, dice)
    severity = 1 + _number(town.kinds[category].severity, dice)
    at = around(place.at, place.spread_m, dice, 2.5 * place.spread_m)
    return Occurrence(key, category, severity, at, dice.choice(place.names), at_ns, dice.choice(town.kinds[category].scenes))


def _category(kinds: Kinds, dice: Random) -> IncidentCategory:
    return weighted_choice([category for category, _ in kinds], [share for _, share in kinds], dice)


def _report(town: TownPlan, it: Occurrence, number: int, resident: int, words: str, dice: Random) -> Report:
    first = number == 0
    latitude, longitude = town.on_earth(it.at if first else around(it.at, _NEAR_M, dice, _FARTHEST_M))
    off_s = 0.0 if first else max(-_LATEST_S, min(dice.gauss(0.0, _SOON_S), _LATEST_S))
    waits_s = (0.0 if first else _LATEST_S) + dice.uniform(4.0, 20.0 if first else 130.0)
    severity = it.severity + (0 if first else dice.choice((-1, 0, 0, 0, 1)))
    return Report(
        id=_id(it.key, number),
        category=it.category,
        description=words.format(place=it.place),
        latitude=round(latitude, 6),
        longitude=round(longitude, 6),
        occurred_ns=it.at_ns + round(off_s * SECOND),
        received_ns=it.at_ns + round(waits_s * SECOND),
        severity=Severity(max(1, min(severity, 5))),
        reporter=f"user:simulated-{resident:03d}",
        source=SourceOfReport.PATROL if dice.random() < _OFFICIAL else SourceOfReport.CITIZEN,
        simulated=True,
    )


def _id(key: str, number: int) -> str:
    return f"rp-{Random(f'{key} {number}').getrandbits(64):016x}"
