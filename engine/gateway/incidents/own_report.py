"""What senders are told who may report and may not read: their own report, and how many reporters there are."""

from dataclasses import replace
from typing import Any

from engine.gateway.incidents.schemas import CorroborationOut, FiledOut, IncidentOut
from engine.incidents.classification import classified_here
from engine.incidents.correlation import JOINED, first_link
from engine.incidents.likeness import why_not_compared
from engine.incidents.weighing import settled
from engine.model.incidents.incident import Filed, Incident, IncidentCategory, IncidentStatus

_REASONS = {
    IncidentStatus.CREATED: "The report began an incident.",
    IncidentStatus.CORROBORATED: "The report joined an incident of the same kind.",
    IncidentStatus.DUPLICATE: "Same reporter; counted once.",
    IncidentStatus.PENDING_REVIEW: "The report awaits review by an operator.",
}


def told_of_own(filed: Filed) -> FiledOut:
    """In the shape of every answer; what others said, sensors saw or operators made of it is left out."""
    own = _with_category(_alone(filed), filed)
    fields: dict[str, Any] = IncidentOut.of(own).model_dump()
    fields |= {
        "reporter_count": filed.incident.reporter_count,
        "confidence": round(filed.incident.confidence, 4),
        "degraded_reason": filed.incident.degraded_reason or None,
    }
    if filed.status not in (IncidentStatus.CREATED, IncidentStatus.PENDING_REVIEW):  # else it is what the incident began with
        fields["corroborating_reports"] = [CorroborationOut.of(link) for link in own.corroborations]
    return FiledOut(
        **fields, report_id=filed.report.id, reason=_REASONS[filed.status], media_trouble=why_not_compared(filed.report) or None
    )


def _with_category(own: Incident, filed: Filed) -> Incident:
    """By the reporter, or else by the words of this report alone, where the site lets words say it."""
    from_words = own.category is IncidentCategory.OTHER and filed.incident.classification is not None
    said = classified_here(own, "", own.received_ns) if from_words else settled(own, own.received_ns)
    return replace(
        own, category=said.category, category_by=said.category_by, category_reason=said.category_reason, classification=said.classification
    )


def _alone(filed: Filed) -> Incident:
    """The incident as if there were this report only."""
    report = filed.report
    return Incident(
        id=filed.incident.id,
        category=report.category,
        description=report.description,
        latitude=report.latitude,
        longitude=report.longitude,
        occurred_ns=report.occurred_ns,
        received_ns=report.received_ns,
        updated_ns=report.received_ns,
        severity=report.severity,
        status=filed.status,
        corroborations=(replace(first_link(report, filed.incident.id), rule=JOINED),),
        simulated=report.simulated,
    )
