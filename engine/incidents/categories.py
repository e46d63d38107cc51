"""What an incident was, where reporters say different things; and which categories may mean the same occurrence."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations

from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory
from engine.model.value_class import dataclass

_C = IncidentCategory
# Words that different people use for the same occurrence. Only the same category joins; these are offered to the operator.
_ALIKE = (
    (_C.VIOLENCE, _C.ASSAULT, _C.WEAPONS, _C.DISTURBANCE),
    (_C.THEFT, _C.BURGLARY, _C.VEHICLE_CRIME, _C.SUSPICIOUS_ACTIVITY),
    (_C.THEFT, _C.ASSAULT),  # a robbery
    (_C.VANDALISM, _C.BURGLARY, _C.VEHICLE_CRIME, _C.DISTURBANCE),
    (_C.VANDALISM, _C.FIRE),
    (_C.DRUG_RELATED, _C.SUSPICIOUS_ACTIVITY, _C.DISTURBANCE),
)
_RELATED = frozenset(frozenset(pair) for group in _ALIKE for pair in combinations(group, 2))
# From the least to the most severe; only who comes first where reporters are undecided hangs on it.
_RISING = (
    _C.OTHER,
    _C.SUSPICIOUS_ACTIVITY,
    _C.DISTURBANCE,
    _C.VANDALISM,
    _C.DRUG_RELATED,
    _C.THEFT,
    _C.VEHICLE_CRIME,
    _C.BURGLARY,
    _C.ASSAULT,
    _C.VIOLENCE,
    _C.FIRE,
    _C.WEAPONS,
)
_RANK = {category: rank for rank, category in enumerate(_RISING)}


@dataclass(frozen=True, slots=True)
class Vote:
    """What `count` reporters said it was."""

    category: IncidentCategory
    severity: Severity = Severity.MODERATE
    count: int = 1


@dataclass(frozen=True, slots=True)
class Settled:
    """`flagged`: it was close, and somebody should look. classified: the classification said it, not the reporters."""

    category: IncidentCategory
    reason: str
    flagged: bool = False
    classified: bool = False


def are_related(one: IncidentCategory, other: IncidentCategory) -> bool:
    """Whether two different categories may be the same occurrence; `other` says nothing, so it may be anything."""
    return one != other and (_C.OTHER in (one, other) or frozenset((one, other)) in _RELATED)


def settle_category(votes: Iterable[Vote], classify: Callable[[], IncidentCategory | None]) -> Settled:
    """More than half of the reporters; else what `classify` says (None: it cannot); else the most frequent, of those the most severe by
    what its reporters said and then by kind, flagged. Who says `other` says nothing, unless nobody says more.

    Raises InputError: there are no votes.
    """
    given = [vote for vote in votes if vote.count > 0]
    if not given:
        raise InputError("category", "cannot be settled: nobody said what it was")
    told = [vote for vote in given if vote.category is not _C.OTHER]
    counts = Counter[IncidentCategory]()
    for vote in told:
        counts[vote.category] += vote.count
    if not told:
        return _unsaid(classify())
    top, most = counts.most_common(1)[0]
    if 2 * most > counts.total():
        return Settled(top, _majority(top, most, counts.total()))
    said = classify()
    if said is not None:
        return Settled(said, f"Reporters disagree ({_tally(counts)}); classified as {_category_words(said)}.", classified=True)
    chosen = _most_severe(told, counts)
    return Settled(chosen, f"Reporters disagree ({_tally(counts)}), no classification; the most severe category applies.", True)


def _unsaid(said: IncidentCategory | None) -> Settled:
    if said is None or said is _C.OTHER:
        return Settled(_C.OTHER, "No category reported.")
    return Settled(said, f"No category reported; classified as {_category_words(said)}.", classified=True)


def _majority(top: IncidentCategory, most: int, total: int) -> str:
    return f"Reported as {_category_words(top)}." if total == 1 else f"{most} of {total} reporters say {_category_words(top)}."


def _most_severe(votes: list[Vote], counts: Counter[IncidentCategory]) -> IncidentCategory:
    """Of the most frequent ones."""
    most = max(counts.values())
    worst = {category: max(vote.severity for vote in votes if vote.category is category) for category in counts}
    return max((category for category in counts if counts[category] == most), key=lambda category: (worst[category], _RANK[category]))


def _tally(counts: Counter[IncidentCategory]) -> str:
    return ", ".join(
        f"{count} {_category_words(category)}" for category, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _category_words(category: IncidentCategory) -> str:
    return category.value.replace("_", " ")
