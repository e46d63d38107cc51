"""What people report, and what becomes of it: reports, the incidents they corroborate, and why."""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.fire.smoke import Plume
from engine.model.time import SECOND
from engine.model.value_class import dataclass

SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 10, 2000
MOST_MEDIA = 20
LEAST_ACCURATE_M = 100_000.0
LAST_NS = 7_258_118_400 * SECOND  # 2200


def check_text(field: str, text: str) -> None:
    """Raises InputError for what no database or answer could carry: NUL, and halves of characters (lone surrogates)."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InputError(field, "holds characters that are no text")


def check_description(text: str) -> None:
    """Raises InputError."""
    length = len(text.strip())
    if not SHORTEST_DESCRIPTION <= length <= LONGEST_DESCRIPTION:
        raise InputError("description", f"has {length} characters; {SHORTEST_DESCRIPTION} to {LONGEST_DESCRIPTION} are needed")
    check_text("description", text)


class IncidentCategory(StrEnum):
    THEFT = "theft"
    ASSAULT = "assault"
    VANDALISM = "vandalism"
    BURGLARY = "burglary"
    VEHICLE_CRIME = "vehicle_crime"
    DRUG_RELATED = "drug_related"
    VIOLENCE = "violence"
    WEAPONS = "weapons"
    DISTURBANCE = "disturbance"
    SUSPICIOUS_ACTIVITY = "suspicious_activity"
    FIRE = "fire"
    OTHER = "other"


class IncidentStatus(StrEnum):
    """How an incident stands; the same words in database, HTTP and on screen. `duplicate` is an answer to a report, never stored."""

    CREATED = "created"  # one report
    CORROBORATED = "corroborated"  # more than one source
    PENDING_REVIEW = "pending_review"  # could be another's, which an operator has to say
    DUPLICATE = "duplicate"


class IncidentState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"  # it lives on in another, and can be split off again


class CategorySource(StrEnum):
    """Who an incident's category is by."""

    REPORTERS = "reporters"
    WORDS = "words"  # key words in the report, looked for here
    ATLAS = "atlas"
    SENSORS = "sensors"
    OPERATOR = "operator"
    NOBODY = "nobody"  # nobody gave one, and no classification says any


class SourceOfReport(StrEnum):
    CITIZEN = "citizen"
    PATROL = "patrol"
    OFFICIAL = "official"
    IMPORT = "import"
    PUBLIC = "public"  # on the page for phones: nobody who is signed in


class EvidenceKind(StrEnum):
    REPORT = "report"
    SEQUENCE = "sequence"
    ACTIVITY = "activity"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Report:
    """One statement by one reporter; never changed once it is kept.

    Attributes:
        latitude, longitude: WGS-84 degrees. occurred_ns, received_ns: UTC.
        reporter: who, as `user:ID`, `device:HASH` (salted; the device's own id is never kept) or, of who reports for themselves only,
            `sender:ACCOUNT`; empty: nobody said.
        media: names of what was sent along. look: embeddings of unit length of its pictures, one after another, for comparing them; empty
            where there is none.
        look_trouble: why its pictures, or some of them, could not be compared, as a sentence.
        key: the idempotency key of the request; the same key from the same sender is the same report.
        look_count: how many pictures `look` is of. look_by: what made it; looks of different makers cannot be compared.
        simulated: nothing of it happened; it never joins what real reporters say, and every view says so.
        accuracy_m: how far from its place it may have been, as far as the reporter knows it; 0: not said.
    """

    id: str
    category: IncidentCategory
    description: str
    latitude: float
    longitude: float
    occurred_ns: int
    received_ns: int
    severity: Severity = Severity.MODERATE
    reporter: str = ""
    source: SourceOfReport = SourceOfReport.CITIZEN
    video_id: str = ""
    media: tuple[str, ...] = ()
    look: tuple[float, ...] = ()
    look_trouble: str = ""
    key: str = ""
    look_count: int = 1
    look_by: str = ""
    simulated: bool = False
    accuracy_m: float = 0.0

    def __post_init__(self) -> None:
        check_description(self.description)
        check_text("video_id", self.video_id)
        check_text("media", "".join(self.media))
        check_text("reporter_id", self.reporter)
        check_text("key", self.key)
        if not math.isfinite(self.latitude) or abs(self.latitude) > 90:
            raise InputError("latitude", f"{self.latitude} is outside ±90")
        if not math.isfinite(self.longitude) or abs(self.longitude) > 180:
            raise InputError("longitude", f"{self.longitude} is outside ±180")
        if not 0 <= self.accuracy_m <= LEAST_ACCURATE_M:
            raise InputError("accuracy_m", f"{self.accuracy_m} is outside 0–{LEAST_ACCURATE_M:g}")
        if not 0 <= self.occurred_ns < LAST_NS:
            raise InputError("occurred_at", "is not between 1970 and 2200")
        if len(self.media) > MOST_MEDIA or any(not name or len(name) > 200 for name in self.media):
            raise InputError("media", f"needs at most {MOST_MEDIA} names of 1 to 200 characters")
        if len(self.video_id) > 200:
            raise InputError("video_id", "needs at most 200 characters")
        if self.look_count < 1 or len(self.look) % self.look_count:
            raise InputError("look", f"of {len(self.look)} numbers is not of {self.look_count} pictures")
        if len(self.reporter) > 200:
            raise InputError("reporter_id", "needs at most 190 characters")

    @property
    def has_media(self) -> bool:
        return bool(self.video_id or self.media)


@dataclass(frozen=True, slots=True)
class Corroboration:
    """The link of a report, sequence, activity or event to an incident, and by which rule.

    `distance_m`, `gap_s`: from the incident's anchor. similarity: of the pictures, None where not both have any. score: 0–1.
    `own_incident_id`: of the incident it made or was in before a merge, to which a split returns it.
    `source`: of a report, what kind of reporter said it. `look_trouble`: why its pictures, or some, could not be compared.
    """

    kind: EvidenceKind
    id: str
    reporter: str
    linked_ns: int
    rule: str
    score: float
    distance_m: float = 0.0
    gap_s: float = 0.0
    similarity: float | None = None
    category: str = ""
    severity: Severity = Severity.MODERATE
    video_id: str = ""
    own_incident_id: str = ""
    source: str = ""
    look_trouble: str = ""


@dataclass(frozen=True, slots=True)
class Classification:
    """What somebody who classifies said. `by`: `atlas`, `local` (key words) or `reporter`. degraded_reason: why it was not Atlas."""

    category: str
    severity: Severity
    confidence: float
    by: str
    at_ns: int
    threat_id: str = ""
    model_version: str = ""
    emergency: bool = False
    products: tuple[tuple[str, str], ...] = ()  # by product: its own name for the category
    recommendations: tuple[str, ...] = ()
    degraded_reason: str = ""
    pattern_ids: tuple[str, ...] = ()  # of patterns nearby
    links: tuple[str, ...] = ()  # those of them that other products see too
    subcategory: str = ""  # in Atlas's own words


@dataclass(frozen=True, slots=True)
class Incident:
    """One real-world occurrence. Its anchor (place and time) is that of the first report and never moves.

    Attributes:
        category, severity: in force: an operator's word, else the reports' majority and the classification.
        category_reason: how the category was settled; `category_flagged`: it was close, somebody should look. category_by: who said it;
            None in records of before.
        confidence: 0–1, rises with every independent source.
        edited: names of fields that an operator set; nothing automatic changes them.
        related_ids: other incidents that may be the same, offered to the operator. merged_into: the one it lives on in.
        revision: rises with every change.
        corroborations: of reports the first ones; `unlisted`: how many different reporters more there are, by the category they gave.
            The record keeps every report and its link whole.
        accuracy_m: of its place, as the first report says; 0: not said.
    """

    id: str
    category: IncidentCategory
    description: str
    latitude: float
    longitude: float
    occurred_ns: int
    received_ns: int
    updated_ns: int
    severity: Severity
    status: IncidentStatus = IncidentStatus.CREATED
    state: IncidentState = IncidentState.OPEN
    confidence: float = 0.5
    category_reason: str = ""
    category_flagged: bool = False
    corroborations: tuple[Corroboration, ...] = ()
    classification: Classification | None = None
    edited: tuple[str, ...] = ()
    related_ids: tuple[str, ...] = ()
    review_ids: tuple[str, ...] = ()  # incidents that pictures could not be compared with
    merged_into: str = ""
    validated_category: str = ""
    validated_by: str = ""
    revision: int = 1
    simulated: bool = False
    unlisted: tuple[tuple[str, int], ...] = ()
    category_by: CategorySource | None = None
    accuracy_m: float = 0.0

    @property
    def category_confidence(self) -> float | None:
        """0–1, of the classification that the category is by; None where people or sensors said it."""
        classified = self.category_by in (CategorySource.WORDS, CategorySource.ATLAS)
        return self.classification.confidence if classified and self.classification is not None else None

    @property
    def reporters(self) -> frozenset[str]:
        return frozenset(each.reporter for each in self.corroborations if each.kind is EvidenceKind.REPORT and each.reporter)

    @property
    def reporter_count(self) -> int:
        """Different reporters; statements of nobody known count one each."""
        nobody = sum(1 for each in self.corroborations if each.kind is EvidenceKind.REPORT and not each.reporter)
        return len(self.reporters) + nobody + sum(count for _, count in self.unlisted)

    @property
    def video_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.video_id for each in self.corroborations if each.video_id))

    @property
    def degraded_reason(self) -> str:
        return "" if self.classification is None else self.classification.degraded_reason


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a report. `status` is what is told of this report; `reason` why, as a sentence. `report`: the one that is kept.

    `again`: it was filed before (the same idempotency key, or the same words by the same reporter); nothing was changed.
    """

    incident: Incident
    report: Report
    status: IncidentStatus
    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Nearby:
    """An incident that a report could belong to. pictured: some of its reports that came with media, the first ones.

    `has_reporter`: one of its reports is by whoever made the new one. plume: the smoke that cameras see of it.
    """

    incident: Incident
    pictured: tuple[Report, ...] = ()
    has_reporter: bool = False
    plume: Plume | None = None


@dataclass(frozen=True, slots=True)
class Correlation:
    """What a report does to the record. `incident`: the one it is in now, with it; `others`: further ones that are changed by it.

    `link`: of the report to the incident.
    """

    incident: Incident
    link: Corroboration
    status: IncidentStatus
    reason: str
    others: tuple[Incident, ...] = ()


CorrelatePlume: TypeAlias = Callable[[tuple[Nearby, ...]], Correlation | None]
"""Pure. Given the incident that a plume is of already, or else those near it; None: there is nothing to change."""
CorrelateReport: TypeAlias = Callable[[Report, tuple[Nearby, ...]], Correlation]
"""Pure. Raises InputError where the report cannot be taken."""


@dataclass(frozen=True, slots=True)
class IncidentEdit:
    """What an operator's act does to the record: incidents as they are now, and links that belong to another one now, each with its
    incident's id. `concerned_id`: the incident that the act is about."""

    concerned_id: str
    incidents: tuple[Incident, ...]
    moved: tuple[tuple[str, Corroboration], ...] = ()


LoadIncident: TypeAlias = Callable[[str], Incident]
"""An incident with all its reports listed; of one that was merged into another, those listed then. Raises NotFound."""
EditIncidents: TypeAlias = Callable[[LoadIncident], IncidentEdit]
"""Pure but for what it loads. Raises InputError, NotFound; then nothing is changed."""


@dataclass(frozen=True, slots=True)
class IncidentCounts:
    """How many incidents there are, those merged into others left out, and of how many reports."""

    incidents: int = 0
    reports: int = 0
    by_category: tuple[tuple[str, int], ...] = ()
    by_severity: tuple[tuple[int, int], ...] = ()
    by_status: tuple[tuple[str, int], ...] = ()
    by_state: tuple[tuple[str, int], ...] = ()
