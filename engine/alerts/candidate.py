"""What may become an alert: the facts of an event that the rules look at, as they are when it is decided."""

from math import dist

from engine.model.alerts.decision import AlertFacts, CandidateKind, Decision, EvidencePart
from engine.model.event import EventKind, Severity
from engine.model.geometry import foot_point
from engine.model.site import Position
from engine.model.value_class import dataclass

SAME_PLACE_M = 2.5  # of two places of the same thing: the spread of radio and of a camera at the far end of a room
SEVERE = Severity.HIGH  # from here on nothing but facts keeps a candidate from an operator
FACTS = frozenset({EventKind.CAMERA_LOST, EventKind.NODE_LOST, EventKind.FORECAST_FAILED})
# Different sensors and lanes tell in these words that somebody is there.
SOMEBODY = frozenset({EventKind.PERSON, EventKind.PRESENCE, EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED, EventKind.CROSSING})


@dataclass(frozen=True, slots=True)
class Candidate:
    """`reason`: a sentence."""

    facts: AlertFacts
    evidence: tuple[EvidencePart, ...]
    subject_id: str
    camera_id: str
    at_ns: int
    position: Position | None = None
    zone_id: str = ""
    event_id: str = ""
    reason: str = ""
    simulated: bool = False

    @property
    def log_odds(self) -> float:
        return sum(part.log_odds for part in self.evidence)

    @property
    def place_id(self) -> str:
        """Where it is, as one word: zone, camera, else the subject."""
        return self.zone_id or self.camera_id or next(iter(self.facts.zone_ids), "") or self.subject_id

    @property
    def group(self) -> str:
        """What alerts of one cause share."""
        facts = self.facts
        return facts.incident_id or f"{facts.kind.value}{f':{facts.label}' if facts.label else ''} {self.place_id}"

    @property
    def cause(self) -> str:
        """What everything of one sort at this site shares, wherever it is and whichever sensor tells it."""
        return "somebody:" if self.facts.kind in SOMEBODY else f"{self.facts.kind}:{self.facts.label}"


def of_decision(decision: Decision) -> Candidate | None:
    """The candidate that was decided; None for a decision about an event."""
    if decision.facts is None:
        return None
    return Candidate(
        decision.facts,
        decision.evidence,
        decision.subject_id,
        decision.camera_id,
        decision.decided_ns,
        decision.position,
        decision.zone_id,
        decision.event_id or "",
        decision.reason,
    )


def supersedes(newer: Decision, held: Decision) -> bool:
    """Whether it says anew, or better, what was held of declined smoke (which has no event): of the same sequence, or of its plume."""
    declined = not held.event_id and held.candidate is CandidateKind.SMOKE
    return declined and held.subject_id == newer.subject_id and (bool(newer.event_id) or held.evidence_ids == newer.evidence_ids)


def _ids(facts: AlertFacts) -> frozenset[str]:
    return frozenset((facts.same_id, *facts.also_ids)) - {""}


def _near_on_picture(one: AlertFacts, other: AlertFacts) -> bool:
    """Within a body's height of each other, by the feet, where that is told."""
    if one.box_xyxy is None or other.box_xyxy is None or one.kind in SOMEBODY:
        return True
    tall = max(one.box_xyxy[3] - one.box_xyxy[1], one.box_xyxy[2] - one.box_xyxy[0])
    return dist(foot_point(one.box_xyxy), foot_point(other.box_xyxy)) <= max(tall, 1.0)


def same_matter(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates of one rule are about the same: incident, person, or place.

    Of smoke the direction from the same camera decides. Where both have a place on the floor, the places decide; else the camera, zone or
    node. Two who fall before one camera are two matters: that somebody is there is one.
    """
    first, second = one.facts, other.facts
    if first.incident_id or second.incident_id:
        return first.incident_id == second.incident_id
    if _ids(first) & _ids(second):
        return True
    if first.directions and second.directions:
        return any(one_way.meets(other_way) for one_way in first.directions for other_way in second.directions)
    if one.position is not None and other.position is not None:
        return dist(one.position[:2], other.position[:2]) <= SAME_PLACE_M
    if one.camera_id and other.camera_id:
        return one.camera_id == other.camera_id and _near_on_picture(first, second)
    return bool(one.zone_id) and one.zone_id == other.zone_id
