"""Which bearings are of one plume: pairs that overlap in time and place, and the largest groups in which every two are a pair.

A group of three or more is kept whole if all places in which its pairs cross are within 2.0 km of each other; otherwise it is its pairs.
Where a pair crosses at so small an angle that an error of the compass alone moves its place by more, it says nothing against the others.
Pairs of cameras less than 100 m apart belong together and have no place. The groups are those of C. Bron and J. Kerbosch, "Finding all
cliques of an undirected graph" (CACM 16, 1973), with a pivot.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from operator import attrgetter
from typing import TypeAlias

from engine._geodesic import is_within
from engine.fire.smoke.bearings import FURTHEST_M, PAIRS_WITHIN_NS, Bearing, Planes, apart_m, gap_ns
from engine.fire.smoke.crossing import cross, is_vague
from engine.model.fire.smoke import Crossing
from engine.model.value_class import dataclass

TOGETHER_M = 2_000.0
MOST_BEARINGS = 60  # those seen last: pairs grow with the square
MOST_GROUPS = 300

Pair: TypeAlias = tuple[str, str]
"""Ids of two sequences, the lower one first."""
_Ids: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Sequences of one plume.

    `place` None: no two of them cross in a place worth telling. is_vague: it may well be the same as another one some kilometres away.
    """

    ids: tuple[str, ...]
    place: Crossing | None
    is_vague: bool = False


def pair_of(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def groups_of(bearings: Iterable[Bearing], kept_apart: Collection[Pair] = (), planes: Planes | None = None) -> tuple[Group, ...]:
    """In the order of their ids; of bearings that are in no pair there is none. `kept_apart`: what an operator said is not one plume.

    The same bearings give the same groups, in whatever order they come.
    """
    newest = sorted(bearings, key=lambda each: (-each.last_seen_ns, each.sequence_id))[:MOST_BEARINGS]
    known = {each.sequence_id: each for each in sorted(newest, key=attrgetter("sequence_id"))}
    finding = _Finding(known, planes or Planes())
    pairs = finding.pairs(kept_apart)
    wholes = [part for clique in _cliques(known, pairs) for part in _consistent(clique, pairs)]
    kept = _largest(dict.fromkeys(wholes))
    return tuple(sorted(map(finding.group, kept), key=attrgetter("ids")))


def _largest(several: Collection[_Ids]) -> list[_Ids]:
    """Those that are no part of another one. Whatever holds one of them holds each of its ids."""
    holding: dict[str, list[_Ids]] = defaultdict(list)
    for ids in several:
        for each in ids:
            holding[each].append(ids)
    return [ids for ids in several if not any(ids < other for other in min((holding[each] for each in ids), key=len))]


class _Finding:
    def __init__(self, known: Mapping[str, Bearing], planes: Planes) -> None:
        self._known = known
        self._planes = planes
        self._found: dict[_Ids, Group] = {}

    def pairs(self, kept_apart: Collection[Pair]) -> dict[Pair, Group]:
        candidates = ((one, other) for one, other in combinations(self._known.values(), 2) if self._may_be(one, other, kept_apart))
        found = (self.group(frozenset((one.sequence_id, other.sequence_id))) for one, other in candidates)
        return {pair_of(*group.ids): group for group in found}

    def group(self, ids: _Ids) -> Group:
        """Each is looked at once: most pairs are asked for again in the end."""
        if ids not in self._found:
            self._found[ids] = self._group(ids)
        return self._found[ids]

    def _group(self, ids: _Ids) -> Group:
        bearings = [self._known[each] for each in sorted(ids)]
        place = cross(bearings, self._planes)
        return Group(tuple(sorted(ids)), place, place is not None and is_vague(place, bearings, TOGETHER_M))

    def _may_be(self, one: Bearing, other: Bearing, kept_apart: Collection[Pair]) -> bool:
        if gap_ns(one, other) > PAIRS_WITHIN_NS or apart_m(one, other) > 2.02 * FURTHEST_M:
            return False
        if pair_of(one.sequence_id, other.sequence_id) in kept_apart:
            return False
        return bool(self._planes.overlap(*self._planes.rays(one, other)[1]))


def _consistent(clique: _Ids, pairs: Mapping[Pair, Group]) -> list[_Ids]:
    """The whole of it, or its pairs."""
    inner = [pair_of(*both) for both in combinations(sorted(clique), 2)]
    places = [pair.place for pair in map(pairs.__getitem__, inner) if pair.place is not None and not pair.is_vague]
    return [clique] if _are_all_together(places) else [frozenset(pair) for pair in inner]


def _are_all_together(places: Sequence[Crossing]) -> bool:
    """Every two of them. Of many the outermost to the north, south, east and west are looked at first."""
    if len(places) < 2:
        return True
    outer = {key(places, key=by) for key in (min, max) for by in (_north, _east)}
    if not all(are_together(one, other) for one, other in combinations(outer, 2)):
        return False
    south, north = min(map(_north, places)), max(map(_north, places))
    west, east = min(map(_east, places)), max(map(_east, places))
    if is_within(south, west, north, east, TOGETHER_M):
        return True
    return all(are_together(one, other) for one, other in combinations(places, 2))


def _north(place: Crossing) -> float:
    return place.latitude


def _east(place: Crossing) -> float:
    return place.longitude


def are_together(one: Crossing, other: Crossing) -> bool:
    return is_within(one.latitude, one.longitude, other.latitude, other.longitude, TOGETHER_M)


def _cliques(ids: Iterable[str], pairs: Collection[Pair]) -> list[_Ids]:
    """Of two or more, at most `MOST_GROUPS`."""
    beside: dict[str, set[str]] = {each: set() for each in ids}
    for one, other in pairs:
        beside[one].add(other)
        beside[other].add(one)
    found: list[_Ids] = []
    _extend(found, beside, frozenset(), {each for each in beside if beside[each]}, set())
    return found


def _extend(found: list[_Ids], beside: Mapping[str, set[str]], chosen: _Ids, open_ids: set[str], done: set[str]) -> None:
    if not open_ids and not done:
        if len(chosen) > 1:
            found.append(chosen)
        return
    pivot = max(sorted(open_ids | done), key=lambda each: len(beside[each] & open_ids))
    for each in sorted(open_ids - beside[pivot]):
        if len(found) >= MOST_GROUPS:
            return
        _extend(found, beside, chosen | {each}, open_ids & beside[each], done & beside[each])
        open_ids = open_ids - {each}
        done = done | {each}
