"""Which incident a report belongs to.

It joins one whose anchor is at most `radius_m` away (geodesic, 50 m by default) and at most `window_s` before or after (5 minutes), whose
category is the same (the one in force, or one that a reporter of it gave), which its reporter is not in yet, and whose pictures, where both
have any, are alike (`min_likeness`, 0.70). Distance is from the anchor, which never moves, so a chain of reports cannot grow further than
that. Of several the best score wins:

    score = 0.5 · (1 − distance / radius) + 0.3 · likeness + 0.2 · (1 − gap / window)

with the pictures' similarity as likeness, 0.5 where nothing was compared; of equals the one that occurred first, then the lower id.

A report of fire also joins an incident whose smoke several cameras see, if it is within the ellipse of where that is and 30 minutes of when
(`smoke_reach`). The score is the same with these as bounds; pictures are not compared, for they are taken from far apart.

What is simulated and what is real never meet, however near they are.

Where a place is known less exactly than `radius_m`, that of the report or that of the incident, there is no match either, and no
repetition: the report begins an incident of its own that waits for an operator's word.

Where pictures could not be compared there is no match: the report begins an incident of its own that waits for an operator's word.
Incidents near it of a related category are offered to the operator.
"""

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from engine._geodesic import distance_m
from engine.incidents.categories import are_related
from engine.incidents.likeness import Likeness, compare, why_not_compared
from engine.incidents.smoke_reach import reach
from engine.incidents.weighing import settled, with_link
from engine.model.errors import InputError
from engine.model.incidents.incident import (
    Correlation,
    Corroboration,
    EvidenceKind,
    Incident,
    IncidentCategory,
    IncidentState,
    IncidentStatus,
    Nearby,
    Report,
)
from engine.model.incidents.settings import IncidentSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass

USUAL = IncidentSettings()
MOST_AHEAD_NS = 300 * SECOND  # of clocks
MOST_RELATED = 5
FIRST, JOINED, IN_SMOKE, REPEATED = "first_report", "near_in_place_and_time", "within_smoke", "same_reporter"
_NEAR, _ALIKE, _SOON = 0.5, 0.3, 0.2
_UNSEEN = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An incident within reach of a report. `far`, `late`: as shares of the reach, 0–1. alike: no pictures speak against it.

    vague: one of the two places is known less exactly than the reach.
    """

    nearby: Nearby
    away_m: float
    gap_ns: int
    far: float
    late: float
    likeness: Likeness
    rule: str = JOINED
    alike: bool = True
    vague: bool = False

    @property
    def incident(self) -> Incident:
        return self.nearby.incident

    @property
    def score(self) -> float:
        alike = _UNSEEN if self.likeness.similarity is None else self.likeness.similarity
        return round(_NEAR * (1 - self.far) + _ALIKE * alike + _SOON * (1 - self.late), 6)

    @property
    def order(self) -> tuple[float, int, str]:
        """The best one first."""
        return -self.score, self.incident.occurred_ns, self.incident.id


def check_time(report: Report) -> None:
    """Raises InputError."""
    if report.occurred_ns > report.received_ns + MOST_AHEAD_NS:
        ahead_s = (report.occurred_ns - report.received_ns) / SECOND
        raise InputError("occurred_at", f"is {ahead_s:.0f} s in the future; at most {MOST_AHEAD_NS // SECOND} s are taken. Check the clock")


def correlate(report: Report, near: tuple[Nearby, ...], rules: IncidentSettings = USUAL) -> Correlation:
    """`near`: incidents around the report; those out of reach do not count.

    Raises InputError: it says that it happened more than 5 minutes after it was received.
    """
    check_time(report)
    candidates = _within_reach(report, near, rules)
    same = [each for each in candidates if says(each.incident, report.category)]
    known = [each for each in same if each.nearby.has_reporter and not each.vague]
    if known:
        return _repeated(report, min(known, key=attrgetter("order")))
    fitting = [each for each in same if not each.likeness.trouble and each.alike and not each.vague]
    if fitting:
        return _correlate_with(report, min(fitting, key=attrgetter("order")))
    return _first(report, candidates, [each for each in same if each.likeness.trouble or each.vague])


def _within_reach(report: Report, near: tuple[Nearby, ...], rules: IncidentSettings) -> list[_Candidate]:
    alike = (each for each in near if each.incident.simulated is report.simulated)
    own = (each for each in alike if each.incident.state is not IncidentState.MERGED)
    found = (_near_anchor(report, each, rules) or _in_smoke(report, each) for each in own)
    return [each for each in found if each is not None]


def _near_anchor(report: Report, each: Nearby, rules: IncidentSettings) -> _Candidate | None:
    gap_ns = abs(each.incident.occurred_ns - report.occurred_ns)
    if gap_ns > rules.window_ns:
        return None
    away_m = distance_m(each.incident.latitude, each.incident.longitude, report.latitude, report.longitude)
    if away_m > rules.radius_m:
        return None
    likeness = compare(report, each.pictured, rules.min_likeness)
    alike = not likeness.is_below(rules.min_likeness)
    vague = max(report.accuracy_m, each.incident.accuracy_m) > rules.radius_m
    return _Candidate(each, away_m, gap_ns, away_m / rules.radius_m, gap_ns / rules.window_ns, likeness, alike=alike, vague=vague)


def _in_smoke(report: Report, each: Nearby) -> _Candidate | None:
    if report.category is not IncidentCategory.FIRE or each.plume is None or each.plume.simulated is not report.simulated:
        return None
    found = reach(each.plume, report.latitude, report.longitude, report.occurred_ns)
    return None if found is None else _Candidate(each, found.away_m, found.gap_ns, found.share, found.late, Likeness(), IN_SMOKE)


def says(incident: Incident, category: IncidentCategory) -> bool:
    """Whether this is its category, or one that somebody gave it: what the others said must not hang on what was made of it."""
    if incident.category is category:
        return True
    given = {link.category for link in incident.corroborations if link.kind is EvidenceKind.REPORT}
    return category.value in given or any(category.value == unlisted for unlisted, _ in incident.unlisted)


def _repeated(report: Report, of: _Candidate) -> Correlation:
    reason = "Same reporter; counted once."
    return Correlation(of.incident, _link(report, of, REPEATED), IncidentStatus.DUPLICATE, reason)


def _correlate_with(report: Report, to: _Candidate) -> Correlation:
    link = _link(report, to, to.rule)
    incident = settled(with_link(to.incident, link), report.received_ns)
    return Correlation(incident, link, IncidentStatus.CORROBORATED, _why(to))


def _why(to: _Candidate) -> str:
    if to.rule == IN_SMOKE:
        return f"Where cameras see smoke, {to.away_m:.0f} m from its middle and {to.gap_ns / SECOND:.0f} s from it (score {to.score:.2f})."
    alike = "" if to.likeness.similarity is None else f", pictures alike by {to.likeness.similarity:.2f}"
    return f"{to.away_m:.0f} m and {to.gap_ns / SECOND:.0f} s from an incident of the same category{alike} (score {to.score:.2f})."


def _link(report: Report, to: _Candidate, rule: str) -> Corroboration:
    return replace(
        first_link(report, to.incident.id),
        rule=rule,
        score=to.score,
        distance_m=round(to.away_m, 3),
        gap_s=to.gap_ns / SECOND,
        similarity=to.likeness.similarity,
    )


def first_link(report: Report, incident_id: str) -> Corroboration:
    return Corroboration(
        kind=EvidenceKind.REPORT,
        id=report.id,
        reporter=report.reporter,
        linked_ns=report.received_ns,
        rule=FIRST,
        score=1.0,
        category=report.category.value,
        severity=report.severity,
        video_id=report.video_id,
        own_incident_id=incident_id,
        source=report.source.value,
        look_trouble=why_not_compared(report),
    )


def incident_id_of(report_id: str) -> str:
    """Of the incident that a report begins."""
    return f"in-{report_id.removeprefix('rp-')}"


def _first(report: Report, near: list[_Candidate], unsure: list[_Candidate]) -> Correlation:
    link = first_link(report, incident_id_of(report.id))
    related = _offered(each for each in near if _offers(each, report))
    incident = Incident(
        id=link.own_incident_id,
        category=report.category,
        description=report.description.strip(),
        latitude=report.latitude,
        longitude=report.longitude,
        occurred_ns=report.occurred_ns,
        received_ns=report.received_ns,
        updated_ns=report.received_ns,
        severity=report.severity,
        corroborations=(link,),
        related_ids=tuple(each.id for each in related),
        review_ids=tuple(each.incident.id for each in sorted(unsure, key=attrgetter("order"))[:MOST_RELATED]),
        revision=0,
        simulated=report.simulated,
        accuracy_m=report.accuracy_m,
    )
    incident = settled(incident, report.received_ns)
    others = tuple(_related_back(each, incident.id, report.received_ns) for each in related if len(each.related_ids) < MOST_RELATED)
    if unsure:
        return Correlation(incident, link, IncidentStatus.PENDING_REVIEW, _doubt(incident.review_ids[0], unsure[0]), others)
    return Correlation(incident, link, IncidentStatus.CREATED, _alone(near), others)


def _doubt(other_id: str, unsure: _Candidate) -> str:
    if unsure.vague:
        return f"Possible duplicate of {other_id}, but the locations are too inaccurate to decide."
    return f"Possible duplicate of {other_id}, but their pictures could not be compared: {unsure.likeness.trouble}"


def _offers(each: _Candidate, report: Report) -> bool:
    return not says(each.incident, report.category) and are_related(each.incident.category, report.category)


def _offered(related: Iterable[_Candidate]) -> tuple[Incident, ...]:
    return tuple(each.incident for each in sorted(related, key=attrgetter("order"))[:MOST_RELATED])


def _related_back(incident: Incident, other_id: str, now_ns: int) -> Incident:
    return replace(
        incident, related_ids=(*incident.related_ids, other_id), updated_ns=max(now_ns, incident.updated_ns), revision=incident.revision + 1
    )


def _alone(near: list[_Candidate]) -> str:
    if any(not each.alike for each in near):
        return "A nearby incident has the same category, but different pictures."
    if near:
        return "Nearby incidents have other categories."
    return "No other report nearby in place and time."
