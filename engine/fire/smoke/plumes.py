"""Plumes: what several cameras see of one column of smoke.

What belongs together is computed anew from all sequences each time: it does not hang on the order in which they came, and no place is
ever older than the sequences it rests on. What lasts is a plume's id. Groups whose places are within 2.0 km of that of the first one, and
that were seen at most 1800 s apart, are one plume. A group without a place joins the one plume that its sequences are in, and so does one
with a vague place that may be the same. A sequence that is alone is a plume without a place; so is one that an operator called something
else than wildfire smoke, and one that is not validated: it says nothing of a place.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from operator import attrgetter

from engine.fire.smoke.bearings import PAIRS_WITHIN_NS, Bearing, Planes, bearing_of
from engine.fire.smoke.crossing import cross, in_ellipse
from engine.fire.smoke.groups import Group, Pair, are_together, groups_of, pair_of
from engine.model.errors import InputError, NotFound
from engine.model.fire.smoke import Arrangement, Crossing, ListedPlume, Lookout, Plume, PlumeWords, SmokeLabel, SmokeSequence
from engine.model.value_class import dataclass

Lookouts = Mapping[str, Lookout]
"""By their camera's id."""
_NO_WORDS = PlumeWords()


def arrange(
    sequences: Iterable[SmokeSequence], lookouts: Lookouts, plumes: Iterable[Plume] = (), words: PlumeWords = _NO_WORDS
) -> Arrangement:
    """`sequences`: all that are in `plumes` and still there, and what is new.

    Doing it again changes nothing.
    """
    known = {each.id: each for each in sorted(sequences, key=_age)}
    before = sorted(plumes, key=attrgetter("started_ns", "id"))
    planes = Planes()
    together = _clusters(known, lookouts, words, planes)
    named = _assign_plume_ids(together, known, before)
    after = {plume_id: _plume(plume_id, ids, known, lookouts, before, planes) for plume_id, ids in named.items()}
    unchanged = {plume.id: plume for plume in before}
    gone = tuple(plume.id for plume in before if plume.id not in after)
    absorbed = tuple((plume.id, into) for plume in before if plume.id in gone and (into := _now_in(plume, after)))
    changed = tuple(plume for plume in _inheriting(after, before, absorbed) if plume != unchanged.get(plume.id))
    return Arrangement(changed, gone, _reassigned_sequences(known, after), absorbed)


def unmatched(plume: Plume, sequence_id: str) -> tuple[Plume, frozenset[Pair]]:
    """An operator says that a sequence is no part of a plume: the plume without it, and the pairs that are kept apart from now on.

    Raises NotFound: it is no part of it; InputError: it is all of it.
    """
    if sequence_id not in plume.sequence_ids:
        raise NotFound(f"The sequence {sequence_id[:80]!r} is no part of this plume.")
    left = tuple(each for each in plume.sequence_ids if each != sequence_id)
    if not left:
        raise InputError("sequence_id", "is the only one of its plume; label it instead")
    return replace(plume, sequence_ids=left), frozenset(pair_of(sequence_id, each) for each in left)


def merged(kept: Plume, other: Plume) -> frozenset[Pair]:
    """An operator says that two plumes are one: the pairs that are together from now on. Raises InputError: they are the same."""
    if kept.id == other.id:
        raise InputError("other_id", "is the same plume")
    return frozenset(pair_of(one, another) for one in kept.sequence_ids for another in other.sequence_ids if one != another)


def as_shown(plume: Plume, sequences: Sequence[SmokeSequence], shown_ids: Collection[str], lookouts: Lookouts) -> ListedPlume:
    """With only those of its sequences that are shown. Its place is where these cross; where they alone do not, it is the one that rests on
    hidden ones too, and marked `partial`."""
    shown = tuple(sorted((each for each in sequences if each.id in shown_ids and each.id in plume.sequence_ids), key=_age))
    hidden = len(plume.sequence_ids) - len(shown)
    if not hidden:
        return ListedPlume(plume, shown)
    place = _cross_sequences(shown, lookouts, Planes())
    listed = replace(
        plume,
        sequence_ids=tuple(each.id for each in shown),
        started_ns=min((each.started_ns for each in shown), default=plume.started_ns),
        last_seen_ns=max((each.last_seen_ns for each in shown), default=plume.last_seen_ns),
        place=place or plume.place,
        partial=place is None and plume.place is not None,
    )
    return ListedPlume(listed, shown, hidden)


@dataclass(slots=True)
class _Cluster:
    """Groups that are one plume. `place`: of the first of them."""

    ids: set[str]
    place: Crossing | None
    since_ns: int
    until_ns: int
    is_vague: bool


def _clusters(known: Mapping[str, SmokeSequence], lookouts: Lookouts, words: PlumeWords, planes: Planes) -> list[tuple[str, ...]]:
    groups = groups_of(_crossing_bearings(known.values(), lookouts), words.apart, planes)
    clusters: list[_Cluster] = []
    for group in sorted((each for each in groups if each.place), key=lambda each: _rank(each, known)):
        _join(clusters, group, known, words.apart)
    for group in groups:
        if group.place is None:
            _join_unlocated(clusters, group, known, words.apart)
    taken = {each for cluster in clusters for each in cluster.ids}
    alone = [{each.id} for each in known.values() if each.id not in taken]
    joined = _joined_by_words([*(cluster.ids for cluster in clusters), *alone], words.together)
    return sorted({tuple(each for each in known if each in ids) for ids in joined}, key=lambda ids: _age(known[ids[0]]))


def _joined_by_words(several: list[set[str]], together: Collection[Pair]) -> list[set[str]]:
    """An operator's word joins all plumes that the two are in."""
    for pair in sorted(together):
        own = [ids for ids in several if ids & set(pair)]
        if set(pair) <= set().union(*own):
            several = [*(ids for ids in several if ids not in own), set().union(*own)]
    return several


def _crossing_bearings(sequences: Iterable[SmokeSequence], lookouts: Lookouts) -> Iterable[Bearing]:
    for each in sequences:
        if each.validation.is_shown and each.label in (None, SmokeLabel.WILDFIRE_SMOKE):
            bearing = bearing_of(each, lookouts.get(each.camera_id))
            if bearing is not None:
                yield bearing


def _rank(group: Group, known: Mapping[str, SmokeSequence]) -> tuple[bool, int, tuple[str, ...]]:
    """Vague ones last; then by when they were complete."""
    return group.is_vague, max(known[each].started_ns for each in group.ids), group.ids


def _join(clusters: list[_Cluster], group: Group, known: Mapping[str, SmokeSequence], kept_apart: Collection[Pair]) -> None:
    new = _cluster_of(group, known)
    for cluster in clusters:
        near = _are_near(cluster, new)
        soon = max(cluster.since_ns, new.since_ns) - min(cluster.until_ns, new.until_ns) <= PAIRS_WITHIN_NS
        if near and soon and not _are_apart(cluster.ids, new.ids, kept_apart):
            _merge_cluster(cluster, new)
            return
    clusters.append(new)


def _are_near(cluster: _Cluster, new: _Cluster) -> bool:
    if cluster.place is None or new.place is None:
        return False
    if are_together(cluster.place, new.place):
        return True
    return new.is_vague and bool(cluster.ids & new.ids) and in_ellipse(new.place, cluster.place.latitude, cluster.place.longitude)


def _join_unlocated(clusters: list[_Cluster], group: Group, known: Mapping[str, SmokeSequence], kept_apart: Collection[Pair]) -> None:
    """Where its sequences are in several plumes, these have to be close together: else nobody knows which one it is."""
    new = _cluster_of(group, known)
    sharing = [each for each in clusters if each.ids & new.ids and not _are_apart(each.ids, new.ids, kept_apart)]
    places = [each.place for each in sharing if each.place is not None]
    if sharing and all(are_together(one, other) for one, other in combinations(places, 2)):
        _merge_cluster(sharing[0], new)
    else:
        clusters.append(new)


def _cluster_of(group: Group, known: Mapping[str, SmokeSequence]) -> _Cluster:
    within = [known[each] for each in group.ids]
    since_ns, until_ns = min(each.started_ns for each in within), max(each.last_seen_ns for each in within)
    return _Cluster(set(group.ids), group.place, since_ns, until_ns, group.is_vague)


def _merge_cluster(cluster: _Cluster, more: _Cluster) -> None:
    cluster.ids |= more.ids
    cluster.since_ns, cluster.until_ns = min(cluster.since_ns, more.since_ns), max(cluster.until_ns, more.until_ns)


def _are_apart(some: Collection[str], others: Collection[str], kept_apart: Collection[Pair]) -> bool:
    return bool(kept_apart) and any(pair_of(one, other) in kept_apart for one in some for other in others)


def _assign_plume_ids(
    together: list[tuple[str, ...]], known: Mapping[str, SmokeSequence], before: list[Plume]
) -> dict[str, tuple[str, ...]]:
    """Each gets the id of the oldest plume that has most of its sequences there; else a new one, after its oldest sequence."""
    named: dict[str, tuple[str, ...]] = {}
    for plume in before:
        free = [ids for ids in together if ids not in named.values() and _shared(ids, plume)]
        if free:
            named[plume.id] = max(
                free, key=lambda ids: (len(set(ids) & set(plume.sequence_ids)), _is_smoke(ids, known), -together.index(ids))
            )
    taken = {plume.id for plume in before}
    for ids in together:
        if ids not in named.values():
            named[_free_id(f"pl-{ids[0].removeprefix('sq-')}", {*taken, *named})] = ids
    return named


def _shared(ids: Iterable[str], plume: Plume) -> int:
    return len(set(ids) & set(plume.sequence_ids))


def _is_smoke(ids: tuple[str, ...], known: Mapping[str, SmokeSequence]) -> bool:
    return any(known[each].label in (None, SmokeLabel.WILDFIRE_SMOKE) for each in ids)


def _free_id(wanted: str, taken: Collection[str]) -> str:
    tried, number = wanted, 1
    while tried in taken:
        number += 1
        tried = f"{wanted}-{number}"
    return tried


def _plume(
    plume_id: str, ids: tuple[str, ...], known: Mapping[str, SmokeSequence], lookouts: Lookouts, before: list[Plume], planes: Planes
) -> Plume:
    within = [known[each] for each in ids]
    earlier = next((plume for plume in before if plume.id == plume_id), None)
    return Plume(
        id=plume_id,
        sequence_ids=ids,
        started_ns=min(each.started_ns for each in within),
        last_seen_ns=max(each.last_seen_ns for each in within),
        place=_cross_sequences(within, lookouts, planes),
        incident_id=earlier.incident_id if earlier else "",
        simulated=any(each.simulated for each in within),
    )


def _cross_sequences(sequences: Iterable[SmokeSequence], lookouts: Lookouts, planes: Planes) -> Crossing | None:
    return cross(list(_crossing_bearings(sequences, lookouts)), planes)


def _now_in(gone: Plume, after: Mapping[str, Plume]) -> str | None:
    """Which plume has most of its sequences."""
    shared = {plume.id: _shared(plume.sequence_ids, gone) for plume in after.values()}
    best = max(shared, key=lambda each: shared[each], default=None)
    return best if best is not None and shared[best] else None


def _inheriting(after: Mapping[str, Plume], before: list[Plume], absorbed: tuple[tuple[str, str], ...]) -> Iterable[Plume]:
    """A plume that has no incident takes on that of the oldest one it absorbed."""
    of = {plume.id: plume.incident_id for plume in before}
    for plume in after.values():
        inherited = next((of[gone] for gone, into in absorbed if into == plume.id and of[gone]), "")
        yield plume if plume.incident_id or not inherited else replace(plume, incident_id=inherited)


def _reassigned_sequences(known: Mapping[str, SmokeSequence], after: Mapping[str, Plume]) -> tuple[SmokeSequence, ...]:
    first: dict[str, str] = {}
    for plume in sorted(after.values(), key=attrgetter("started_ns", "id")):
        for sequence_id in plume.sequence_ids:
            first.setdefault(sequence_id, plume.id)
    return tuple(replace(each, plume_id=first.get(each.id, "")) for each in known.values() if each.plume_id != first.get(each.id, ""))


def _age(sequence: SmokeSequence) -> tuple[int, str]:
    return sequence.started_ns, sequence.id
