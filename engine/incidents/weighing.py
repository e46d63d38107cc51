"""What an incident is by all that speaks for it: its category, severity, confidence and status.

Severity: at least half of the reporters say this or worse (the upper median), and never less than the classification's, nor than high where
that says emergency: one who exaggerates among many does not count, and nobody's silence makes it milder. Confidence: 1 − Π(1 − w) over
independent sources, w by who it is (`WEIGHTS`), 0.99 at most; a reporter counts once, and so does a camera. Nor is it milder than what
sensors saw. What an operator set (`edited`) stays.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from engine.incidents.categories import Settled, Vote, settle_category
from engine.model.event import Severity
from engine.model.incidents.incident import (
    CategorySource,
    Corroboration,
    EvidenceKind,
    Incident,
    IncidentCategory,
    IncidentStatus,
    SourceOfReport,
)

MOST_LISTED = 20
SURE = 0.99
NAMELESS_WEIGHT = 0.3  # of a citizen who is nobody known; of a patrol or an office, the office speaks
WEIGHTS = {
    SourceOfReport.CITIZEN: 0.5,
    SourceOfReport.IMPORT: 0.5,
    SourceOfReport.PATROL: 0.8,
    SourceOfReport.OFFICIAL: 0.9,
    SourceOfReport.PUBLIC: NAMELESS_WEIGHT,  # a phone can call itself another one
}
SENSOR_WEIGHT = 0.6


def independent(links: Iterable[Corroboration]) -> tuple[Corroboration, ...]:
    """Of reports: the first of each reporter, and all by nobody known."""
    seen: set[str] = set()
    kept: list[Corroboration] = []
    for link in links:
        if link.kind is not EvidenceKind.REPORT or link.reporter in seen:
            continue
        kept.append(link)
        if link.reporter:
            seen.add(link.reporter)
    return tuple(kept)


def sensed(links: Iterable[Corroboration]) -> tuple[Corroboration, ...]:
    """What is no report: the first of each sensor."""
    first: dict[tuple[EvidenceKind, str], Corroboration] = {}
    for link in links:
        if link.kind is not EvidenceKind.REPORT:
            first.setdefault((link.kind, link.reporter or link.id), link)
    return tuple(first.values())


def with_link(incident: Incident, link: Corroboration) -> Incident:
    """With one more report, listed while there is room. `link` is of a reporter who is not in it yet."""
    listed = sum(1 for each in incident.corroborations if each.kind is EvidenceKind.REPORT)
    if listed < MOST_LISTED:
        return replace(incident, corroborations=(*incident.corroborations, link))
    counts = Counter(dict(incident.unlisted))
    counts[link.category] += 1
    return replace(incident, unlisted=tuple(sorted(counts.items())))


def shortened(incident: Incident) -> Incident:
    """With so many reports listed as an incident has; the reporters of the others are counted. All of them are in `incident`."""
    reports = [link for link in incident.corroborations if link.kind is EvidenceKind.REPORT]
    listed = reports[:MOST_LISTED]
    more = set(independent(reports)) - set(listed)
    kept = tuple(link for link in incident.corroborations if link.kind is not EvidenceKind.REPORT or link in listed)
    return replace(incident, corroborations=kept, unlisted=tuple(sorted(Counter(link.category for link in more).items())))


def settled(incident: Incident, now_ns: int) -> Incident:
    """The incident with everything that follows from its corroborations and its classification; the revision rises."""
    category = _category(incident)
    edited = "category" in incident.edited
    return replace(
        incident,
        category=incident.category if edited else category.category,
        category_reason=incident.category_reason if edited else category.reason,
        category_flagged=not edited and category.flagged,
        category_by=CategorySource.OPERATOR if edited else _said_by(incident, category),
        severity=incident.severity if "severity" in incident.edited else _severity(incident),
        confidence=confidence(incident),
        status=_status(incident),
        updated_ns=max(now_ns, incident.updated_ns),
        revision=incident.revision + 1,
    )


def _category(incident: Incident) -> Settled:
    votes = [Vote(IncidentCategory(link.category), link.severity) for link in independent(incident.corroborations)]
    votes += [Vote(IncidentCategory(category), count=count) for category, count in incident.unlisted]
    if not votes:  # of sensors alone
        return Settled(incident.category, incident.category_reason)
    return settle_category(votes, partial(_classified, incident))


def _said_by(incident: Incident, settled_as: Settled) -> CategorySource:
    if settled_as.classified and incident.classification is not None:
        return CategorySource.WORDS if incident.classification.by == "local" else CategorySource.ATLAS
    if incident.reporter_count == 0:
        return CategorySource.SENSORS
    return CategorySource.NOBODY if settled_as.category is IncidentCategory.OTHER else CategorySource.REPORTERS


def _classified(incident: Incident) -> IncidentCategory | None:
    """What was classified, if it is a word of ours. Key words say suspicious activity where they find nothing: that settles nothing."""
    said = incident.classification
    if said is None or said.category not in set(IncidentCategory):
        return None
    category = IncidentCategory(said.category)
    return None if said.by == "local" and category is IncidentCategory.SUSPICIOUS_ACTIVITY else category


def _severity(incident: Incident) -> Severity:
    told = sorted(link.severity for link in independent(incident.corroborations)) or [incident.severity]
    seen = max((link.severity for link in sensed(incident.corroborations)), default=Severity.MINIMAL)
    said = incident.classification
    if said is None:
        return max(told[len(told) // 2], seen)
    return max(told[len(told) // 2], seen, said.severity, Severity.HIGH if said.emergency else Severity.MINIMAL)


def confidence(incident: Incident) -> float:
    doubt = 1.0
    for link in independent(incident.corroborations):
        doubt *= 1 - _weight(link)
    doubt *= (1 - SENSOR_WEIGHT) ** len(sensed(incident.corroborations))
    doubt *= (1 - WEIGHTS[SourceOfReport.CITIZEN]) ** sum(count for _, count in incident.unlisted)
    return round(min(SURE, 1 - doubt), 4)


def _weight(link: Corroboration) -> float:
    source = SourceOfReport(link.source or SourceOfReport.CITIZEN)
    nameless = not link.reporter and source in (SourceOfReport.CITIZEN, SourceOfReport.IMPORT)
    return NAMELESS_WEIGHT if nameless else WEIGHTS[source]


def _status(incident: Incident) -> IncidentStatus:
    if incident.review_ids:
        return IncidentStatus.PENDING_REVIEW
    sources = incident.reporter_count + len(sensed(incident.corroborations))
    return IncidentStatus.CORROBORATED if sources > 1 else IncidentStatus.CREATED
