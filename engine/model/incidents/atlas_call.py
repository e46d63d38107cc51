"""What is asked of Atlas: calls that wait in the record, what their answers say, and what is counted of them."""

from enum import StrEnum

from engine.model.event import Severity
from engine.model.value_class import dataclass

WAITS = "Waiting for Atlas"  # how a degraded reason begins that goes away by itself


class AtlasCallKind(StrEnum):
    CLASSIFY = "classify"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class AtlasCall:
    """One call that waits, first in first out.

    Attributes:
        key: the idempotency key; the same for every attempt, and tells nothing about the incident.
        body: what is asked, as JSON text, without anybody's identity. Empty: made of the incident when it is sent.
        seq: its place in the queue, given when it is kept. attempts: in vain so far; last_error: of the newest one.
    """

    key: str
    kind: AtlasCallKind
    incident_id: str
    body: str
    created_ns: int
    seq: int = 0
    attempts: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class AtlasTally:
    """Attempts made, how many were answered as they should be, and how long those took together."""

    calls: int = 0
    answered: int = 0
    total_ms: float = 0.0

    def plus(self, other: "AtlasTally") -> "AtlasTally":
        return AtlasTally(self.calls + other.calls, self.answered + other.answered, self.total_ms + other.total_ms)


@dataclass(frozen=True, slots=True)
class JudgedIncident:
    """An incident of which an operator said what it was, beside what was predicted. by: `atlas`, `local` or empty."""

    description: str
    actual: str
    predicted: str
    by: str


@dataclass(frozen=True, slots=True)
class AtlasCounts:
    """Counted over the last seven days. minutes: in which Atlas was called; minutes_up: in which it answered.

    incidents: those that occurred then; classified: of these, by Atlas; enriched: of these, with patterns nearby; links: to patterns that
    other products see too."""

    tally: AtlasTally = AtlasTally()
    minutes: int = 0
    minutes_up: int = 0
    waiting: int = 0
    dropped_classify: int = 0
    dropped_feedback: int = 0
    incidents: int = 0
    classified: int = 0
    enriched: int = 0
    links: int = 0
    judged: tuple[JudgedIncident, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something that happens again and again around a place, as Atlas sees it over all its products.

    Attributes:
        categories: in our words, those of Atlas that we know. products: how often each product saw it.
        trend: as Atlas says it (`increasing` …). significance, confidence, correlation (of the products): 0–1.
        distance_m: from the place that was asked about to its centre, along the ellipsoid.
    """

    id: str
    name: str
    categories: tuple[str, ...]
    latitude: float
    longitude: float
    radius_m: float
    count: int
    trend: str
    significance: float
    confidence: float
    correlation: float = 0.0
    products: tuple[tuple[str, int], ...] = ()
    distance_m: float = 0.0


@dataclass(frozen=True, slots=True)
class PatternAnswer:
    """`available` False: nobody knows whether there are any, `reason` says why. True without patterns: there are none nearby."""

    available: bool
    patterns: tuple[Pattern, ...] = ()
    recommendations: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MediaAnalysis:
    """What is to be seen or heard in a photo, a video or a sound. `kind`: one of these words.

    found: what, and how sure (0–1). by: `atlas` or `local`. degraded_reason: why it was not Atlas.
    """

    kind: str
    category: str
    severity: Severity
    confidence: float
    by: str
    at_ns: int
    emergency: bool = False
    found: tuple[tuple[str, float], ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    degraded_reason: str = ""
