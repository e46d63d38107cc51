"""How Atlas does, out of what was counted over seven days. None where nothing was counted: no figure is invented."""

from collections.abc import Iterable
from dataclasses import replace

from engine.incidents.atlas.taxonomy import agree
from engine.incidents.local_classifier import classify_words
from engine.model.incidents.atlas import AtlasHealth
from engine.model.incidents.atlas_call import AtlasCounts, JudgedIncident
from engine.model.incidents.incident import IncidentCategory

WEEK_S = 7 * 86_400
_KNOWN = frozenset(category.value for category in IncidentCategory)


def with_figures(health: AtlasHealth, counts: AtlasCounts) -> AtlasHealth:
    """`uptime`: of the minutes in which Atlas was called, the share in which it answered. `agreement` and `local_agreement` are over the
    same incidents: those that an operator judged and Atlas had classified. Assault and violence agree, for Atlas has one word for both."""
    judged = [each for each in counts.judged if each.by == "atlas" and {each.actual, each.predicted} <= _KNOWN]
    return replace(
        health,
        waiting=counts.waiting,
        dropped=counts.dropped_classify + counts.dropped_feedback,
        classified=_ratio(counts.classified, counts.incidents),
        enriched=_ratio(counts.enriched, counts.incidents),
        mean_ms=counts.tally.total_ms / counts.tally.answered if counts.tally.answered else None,
        uptime=_ratio(counts.minutes_up, counts.minutes),
        links_per_week=float(counts.links) if counts.incidents else None,
        agreement=_mean(agree(each.predicted, each.actual) for each in judged),
        local_agreement=_mean(agree(_by_words(each), each.actual) for each in judged),
    )


def _by_words(judged: JudgedIncident) -> str:
    return classify_words(judged.description, "", 0).category


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(verdicts: Iterable[bool]) -> float | None:
    listed = list(verdicts)
    return _ratio(sum(listed), len(listed))
