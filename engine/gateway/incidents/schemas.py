"""What HTTP says and takes of reports and incidents. OpenAPI is made from these."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictFloat, StrictInt, StrictStr

from engine.gateway.schemas import optional_iso
from engine.gateway.setting_schema import openapi_limits
from engine.incidents.correlation import FIRST
from engine.incidents.likeness import why_not_compared
from engine.model.alerts.cap import CapSeverity, cap_severity
from engine.model.incidents.incident import (
    LONGEST_DESCRIPTION,
    MOST_MEDIA,
    SHORTEST_DESCRIPTION,
    CategorySource,
    Classification,
    Corroboration,
    EvidenceKind,
    Filed,
    Incident,
    IncidentCategory,
    IncidentCounts,
    IncidentState,
    IncidentStatus,
    Report,
)
from engine.model.incidents.settings import IncidentSettings
from engine.model.time import to_iso

TEXT = r"^[^\x00]*$"  # PostgreSQL cannot keep the character zero
LONGEST_ID = 190
Id = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_ID, pattern=TEXT)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=200, pattern=TEXT)]
Latitude = Annotated[StrictFloat, Field(ge=-90, le=90, description="degrees north, WGS-84")]
Longitude = Annotated[StrictFloat, Field(ge=-180, le=180, description="degrees east, WGS-84")]
SeverityIn = Annotated[StrictInt, Field(ge=1, le=5, description="1 minimal … 5 critical")]
Description = Annotated[StrictStr, Field(min_length=SHORTEST_DESCRIPTION, max_length=LONGEST_DESCRIPTION, pattern=TEXT)]
Moment = Annotated[
    StrictStr, Field(max_length=60, description="ISO-8601 with a zone, at most 5 minutes ahead", json_schema_extra={"format": "date-time"})
]


class ReportIn(BaseModel):
    """Anything else that is sent along is left aside: what only the record decides, nobody sets."""

    incident_type: IncidentCategory | None = Field(None, description="without it, the words say it until Atlas does")
    description: Description
    latitude: Latitude
    longitude: Longitude
    occurred_at: (
        Annotated[StrictStr, Field(description="ISO-8601 with a zone, at most 5 minutes ahead", json_schema_extra={"format": "date-time"})]
        | None
    ) = Field(None, description="without it, it happened when the report arrives")
    severity: SeverityIn = 3
    reporter_id: Id | None = Field(None, description="who reports, as their own system names them; goes before `device_id`")
    device_id: Id | None = Field(None, description="for who does not say who they are; only a salted hash of it is kept")
    video_id: Annotated[StrictStr, Field(max_length=200, pattern=TEXT)] | None = None
    media: Annotated[list[Name], Field(max_length=MOST_MEDIA)] | None = Field(
        None, description="names of what was sent along; pictures sent to /api/v1/media are compared by the ids that it gave"
    )
    source: Annotated[StrictStr, Field(max_length=200)] | None = Field(
        None,
        description="`patrol`, `official` or `import`, of senders with the verb `report_for_others`; anything else counts as `citizen`",
    )


class CorroborationOut(BaseModel):
    """A further report, or what a sensor saw. Who reported it is not told."""

    kind: EvidenceKind
    id: str
    reported_by: Literal["user", "device", "nobody", "sensor"]
    linked_at: str
    rule: str
    score: float
    distance_m: float
    gap_s: float
    similarity: float | None = Field(description="of the pictures; null where they were not compared")
    media_trouble: str | None = Field(description="why its pictures, or some, could not be compared, as a sentence")
    category: str
    severity: int
    video_id: str | None

    @classmethod
    def of(cls, link: Corroboration) -> "CorroborationOut":
        return cls(
            kind=link.kind,
            id=link.id,
            reported_by=_who(link),
            linked_at=to_iso(link.linked_ns),
            rule=link.rule,
            score=round(link.score, 4),
            distance_m=round(link.distance_m, 2),
            gap_s=link.gap_s,
            similarity=link.similarity,
            media_trouble=link.look_trouble or None,
            category=link.category,
            severity=int(link.severity),
            video_id=link.video_id or None,
        )


class IncidentOut(BaseModel):
    id: str
    status: IncidentStatus
    category: IncidentCategory
    severity: int = Field(description="1 minimal … 5 critical")
    cap_severity: CapSeverity
    confidence: float = Field(description="0–1, rises with every independent source")
    degraded_reason: str | None = Field(description="why it was not Atlas that classified it; null where it was")
    reporter_count: int = Field(description="different reporters; of those who do not say who they are, each counts")
    corroborating_reports: list[CorroborationOut] = Field(description="all but the one it began with, at most some hundred")
    video_ids: list[str]
    atlas_threat_id: str | None = Field(description="null until Atlas has answered")
    atlas_classification: str | None = Field(description="Atlas's own word for the category; null until it has answered")
    atlas_subcategory: str | None = Field(description="in Atlas's own words; null where it has none")
    atlas_confidence: float | None = Field(description="0–1, as Atlas says it")
    atlas_severity: int | None = Field(description="1–5, as Atlas says it")
    atlas_last_sync: str | None = Field(description="when Atlas answered")
    state: IncidentState
    description: str
    latitude: float
    longitude: float
    occurred_at: str
    received_at: str
    updated_at: str
    category_reason: str
    category_by: CategorySource | None = Field(
        description="who says the category: `reporters`, `words` (key words, here), `atlas`, `sensors`, `operator` or `nobody`"
    )
    category_confidence: float | None = Field(description="0–1, of `words` or `atlas`; null where people or sensors said the category")
    category_flagged: bool = Field(description="it was close; somebody should look")
    classified_by: str | None = Field(description="who classified it: `atlas`, `local` (key words) or `reporter`; it need not be in force")
    classification_confidence: float | None = Field(description="0–1, as whoever classified it says")
    emergency: bool
    recommendations: list[str]
    products: dict[str, str] = Field(description="by product: its own name for the category")
    related_ids: list[str] = Field(description="other incidents that may be the same occurrence")
    review_ids: list[str] = Field(description="incidents that its pictures could not be compared with")
    merged_into: str | None
    edited: list[str] = Field(description="fields that an operator set; nothing automatic changes them")
    validated_category: IncidentCategory | None
    validated_by: str | None
    simulated: bool = Field(description="nothing of this happened")

    @classmethod
    def of(cls, incident: Incident) -> "IncidentOut":
        return cls(**_fields(incident))


class FiledOut(IncidentOut):
    """The incident that a report is in; `status` is what became of this report."""

    report_id: str
    reason: str = Field(description="why it is in this incident, as a sentence")
    media_trouble: str | None = Field(
        description="why the pictures or the video that it names, or some, could not be compared, as a sentence: a name alone is not enough"
    )

    @classmethod
    def of_filed(cls, filed: Filed) -> "FiledOut":
        fields = _fields(filed.incident)
        fields["status"] = filed.status
        return cls(**fields, report_id=filed.report.id, reason=filed.reason, media_trouble=why_not_compared(filed.report) or None)


class IncidentsOut(BaseModel):
    incidents: list[IncidentOut]
    next: str | None = Field(description="give it as `before` to page on; null at the end")


class ReportOut(BaseModel):
    """A report as it was made. Who made it is not told."""

    id: str
    incident_type: IncidentCategory
    description: str
    latitude: float
    longitude: float
    occurred_at: str
    received_at: str
    severity: int
    source: str
    video_id: str | None
    media: list[str]
    media_trouble: str | None = Field(None, description="why its pictures, or some of them, could not be compared, as a sentence")
    simulated: bool = Field(False, description="nothing of this happened")

    @classmethod
    def of(cls, report: Report) -> "ReportOut":
        return cls(
            id=report.id,
            incident_type=report.category,
            description=report.description,
            latitude=report.latitude,
            longitude=report.longitude,
            occurred_at=to_iso(report.occurred_ns),
            received_at=to_iso(report.received_ns),
            severity=int(report.severity),
            source=report.source.value,
            video_id=report.video_id or None,
            media=list(report.media),
            media_trouble=why_not_compared(report) or None,
            simulated=report.simulated,
        )


class ReportsOut(BaseModel):
    reports: list[ReportOut]


class IncidentRulesOut(BaseModel):
    """When a report joins an incident of the same kind; all inclusive."""

    radius_m: float = Field(
        description="greatest distance from the place of its first report, metres",
        json_schema_extra=openapi_limits(IncidentSettings, "radius_m"),
    )
    window_s: float = Field(
        description="greatest time before or after that of its first report, seconds",
        json_schema_extra=openapi_limits(IncidentSettings, "window_s"),
    )
    min_likeness: float = Field(
        description="least similarity of pictures where both have any", json_schema_extra=openapi_limits(IncidentSettings, "min_likeness")
    )

    @classmethod
    def of(cls, settings: IncidentSettings) -> "IncidentRulesOut":
        return cls(radius_m=settings.radius_m, window_s=settings.window_s, min_likeness=settings.min_likeness)


class ValidateIn(BaseModel):
    actual_category: IncidentCategory
    validated_by: Annotated[StrictStr, Field(min_length=1, max_length=120, pattern=TEXT)] | None = Field(
        None, description="who looked into it; left out: who is signed in"
    )


class EditIn(BaseModel):
    """What is left out stays. What is set, nothing automatic changes again."""

    category: IncidentCategory | None = None
    severity: SeverityIn | None = None
    description: Description | None = None
    state: Literal["open", "closed"] | None = None


class MergeIn(BaseModel):
    other_id: Id = Field(description="the incident that lives on in this one; it can be split off again")


class ApartIn(BaseModel):
    other_id: Id


class SplitIn(BaseModel):
    report_ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]


class IncidentCountsOut(BaseModel):
    """Counted in the record, those merged into others left out. What did not occur is not listed."""

    incidents: int
    reports: int
    by_category: dict[str, int]
    by_severity: dict[str, int]
    by_status: dict[str, int]
    by_state: dict[str, int]
    since: str | None
    until: str | None

    @classmethod
    def of(cls, counts: IncidentCounts, since_ns: int | None, until_ns: int | None) -> "IncidentCountsOut":
        return cls(
            incidents=counts.incidents,
            reports=counts.reports,
            by_category=dict(counts.by_category),
            by_severity={str(severity): count for severity, count in counts.by_severity},
            by_status=dict(counts.by_status),
            by_state=dict(counts.by_state),
            since=optional_iso(since_ns),
            until=optional_iso(until_ns),
        )


def _fields(incident: Incident) -> dict[str, Any]:
    said = incident.classification
    return {
        "id": incident.id,
        "status": incident.status,
        "category": incident.category,
        "severity": int(incident.severity),
        "cap_severity": cap_severity(incident.severity),
        "confidence": round(incident.confidence, 4),
        "degraded_reason": incident.degraded_reason or None,
        "reporter_count": incident.reporter_count,
        "corroborating_reports": [CorroborationOut.of(link) for link in _further(incident)],
        "video_ids": list(incident.video_ids),
        **_of_atlas(said),
        "state": incident.state,
        "description": incident.description,
        "latitude": incident.latitude,
        "longitude": incident.longitude,
        "occurred_at": to_iso(incident.occurred_ns),
        "received_at": to_iso(incident.received_ns),
        "updated_at": to_iso(incident.updated_ns),
        "category_reason": incident.category_reason,
        "category_by": incident.category_by,
        "category_confidence": incident.category_confidence,
        "category_flagged": incident.category_flagged,
        "classified_by": said.by if said is not None else None,
        "classification_confidence": said.confidence if said is not None else None,
        "emergency": said is not None and said.emergency,
        "recommendations": list(said.recommendations) if said is not None else [],
        "products": dict(said.products) if said is not None else {},
        "related_ids": list(incident.related_ids),
        "review_ids": list(incident.review_ids),
        "merged_into": incident.merged_into or None,
        "edited": list(incident.edited),
        "validated_category": incident.validated_category or None,
        "validated_by": incident.validated_by or None,
        "simulated": incident.simulated,
    }


def _of_atlas(said: Classification | None) -> dict[str, Any]:
    """What Atlas said, whoever was believed in the end; nothing of it where it has not answered."""
    answered = said if said is not None and said.by == "atlas" else None
    return {
        "atlas_threat_id": (answered.threat_id or None) if answered else None,
        "atlas_classification": dict(answered.products).get("atlas", answered.category) if answered else None,
        "atlas_subcategory": (answered.subcategory or None) if answered else None,
        "atlas_confidence": answered.confidence if answered else None,
        "atlas_severity": int(answered.severity) if answered else None,
        "atlas_last_sync": to_iso(answered.at_ns) if answered else None,
    }


def _further(incident: Incident) -> list[Corroboration]:
    """All but what it began with; that is the first one where its own was split off."""
    links = incident.corroborations
    own = next((link for link in links if link.rule == FIRST and link.own_incident_id == incident.id), links[0] if links else None)
    return [link for link in links if link is not own]


def _who(link: Corroboration) -> Literal["user", "device", "nobody", "sensor"]:
    if link.kind is not EvidenceKind.REPORT:
        return "sensor"
    kind = link.reporter.partition(":")[0]
    return "user" if kind in ("user", "sender") else "device" if kind == "device" else "nobody"
