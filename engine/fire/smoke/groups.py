"""Which bearings are of one plume: pairs that overlap in time and place, and the largest groups in which every two are a pair.

A group of three or more is kept whole if all places in which its pairs cross are within 2.0 km of each other; otherwise it is its pairs.
Pairs of cameras less than 100 m apart belong together and have no place. The groups are those of C. Bron and J. Kerbosch, "Finding all
cliques of an undirected graph" (CACM 16, 1973), with a pivot.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from engine._geodesic import is_within
from engine.fire.smoke.bearings import FURTHEST_M, PAIRS_WITHIN_NS, Bearing, Planes, apart_m, gap_ns, overlap
from engine.fire.smoke.crossing import cross
from engine.model.smoke import Crossing

TOGETHER_M = 2_000.0
MOST_BEARINGS = 200  # those seen last: pairs grow with the square
MOST_GROUPS = 1_000

Pair: TypeAlias = tuple[str, str]
"""Ids of two sequences, the lower one first."""
_Ids: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Sequences of one plume; `place` None: no two of them cross in a place worth telling."""

    ids: tuple[str, ...]
    place: Crossing | None


def pair_of(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def groups_of(bearings: Iterable[Bearing], kept_apart: Collection[Pair] = ()) -> tuple[Group, ...]:
    """In the order of their ids; of bearings that are in no pair there is none. `kept_apart`: what an operator said is not one plume.

    The same bearings give the same groups, in whatever order they come.
    """
    newest = sorted(bearings, key=lambda each: (-each.last_seen_ns, each.sequence_id))[:MOST_BEARINGS]
    known = {each.sequence_id: each for each in sorted(newest, key=lambda each: each.sequence_id)}
    finding = _Finding(known, Planes())
    pairs = finding.pairs(kept_apart)
    wholes = [part for clique in _cliques(known, pairs) for part in _consistent(clique, pairs)]
    kept = [ids for ids in dict.fromkeys(wholes) if not any(ids < other for other in wholes)]
    return tuple(sorted((Group(tuple(sorted(ids)), finding.place(ids)) for ids in kept), key=lambda group: group.ids))


class _Finding:
    def __init__(self, known: Mapping[str, Bearing], planes: Planes) -> None:
        self._known = known
        self._planes = planes

    def pairs(self, kept_apart: Collection[Pair]) -> dict[Pair, Crossing | None]:
        """With the place in which each crosses."""
        candidates = ((one, other) for one, other in combinations(self._known.values(), 2) if self._may_be(one, other, kept_apart))
        return {pair_of(one.sequence_id, other.sequence_id): cross((one, other), self._planes) for one, other in candidates}

    def place(self, ids: _Ids) -> Crossing | None:
        return cross([self._known[each] for each in sorted(ids)], self._planes)

    def _may_be(self, one: Bearing, other: Bearing, kept_apart: Collection[Pair]) -> bool:
        if gap_ns(one, other) > PAIRS_WITHIN_NS or apart_m(one, other) > 2.02 * FURTHEST_M:
            return False
        if pair_of(one.sequence_id, other.sequence_id) in kept_apart:
            return False
        return bool(overlap(*self._planes.rays(one, other)[1]))


def _consistent(clique: _Ids, pairs: Mapping[Pair, Crossing | None]) -> list[_Ids]:
    """The whole of it, or its pairs."""
    inner = [pair_of(*both) for both in combinations(sorted(clique), 2)]
    places = [place for place in map(pairs.__getitem__, inner) if place is not None]
    if all(are_together(one, other) for one, other in combinations(places, 2)):
        return [clique]
    return [frozenset(pair) for pair in inner]


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
