"""Journal entries: something became true at a time, and (for spans) stopped being true at another."""

from enum import IntEnum, StrEnum

from engine.model.geometry import Box
from engine.model.radio.fused import AssertionKind
from engine.model.site import Position
from engine.model.value_class import dataclass


class EventKind(StrEnum):
    PERSON = "person"  # a person appeared; ended when they left
    MOTION = "motion"  # something moved that no detector named
    CAMERA_LOST = "camera_lost"  # ended when the camera was restored
    PRESENCE = "presence"  # radio found somebody; ended when nobody was there any more
    ZONE_VISIT = "zone_visit"  # somebody entered a zone; ended when they left it
    ZONE_OCCUPIED = "zone_occupied"  # somebody is in a zone; ended when it was empty
    CROSSING = "crossing"  # somebody went through a portal
    FALL = "fall"  # somebody fell and stayed down; ended when they got up or the alert was closed
    NODE_LOST = "node_lost"  # ended when the node was back
    GESTURE = "gesture"  # somebody made a gesture that was taught
    FIGHT = "fight"
    LOITERING = "loitering"  # somebody stayed in one spot for long
    RUNNING = "running"
    CROWD = "crowd"  # many people at once
    NAMED = "named"  # somebody's name became known
    WHO_IS_IT = "who_is_it"  # a face that could be two persons, a name that was not heard clearly: the operator is asked
    BADGE_WITHOUT_OWNER = "badge_without_owner"  # a person's phone or badge goes with somebody else
    TWO_PLACES = "two_places"  # a person is said to be in two places at once
    PHONE_LEFT = "phone_left"  # a person's phone lies where nobody is
    INCIDENT = "incident"  # people reported an occurrence; ended when the incident was closed
    SMOKE = "smoke"  # one or several cameras see smoke; ended when it was seen last, once that is long ago
    FORECAST_FAILED = "forecast_failed"  # the forecast of incidents could not be learnt; ended when learning it works again


CONTRADICTIONS = frozenset({EventKind.TWO_PLACES, EventKind.BADGE_WITHOUT_OWNER, EventKind.PHONE_LEFT})
"""They tell of one person at several sensors: not for whoever may see one of these alone."""


class Severity(IntEnum):
    """CAP: 5 Extreme, 4 Severe, 3 Moderate, 1–2 Minor."""

    MINIMAL = 1
    LOW = 2
    MODERATE = 3
    HIGH = 4
    CRITICAL = 5


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence with a span: one person seen for a minute is one event, not fifty.

    The pipeline emits it when it opens (`ended_ns` None) and again, with the same id, whenever it changes or closes.
    `occurred` is `started_ns`; `received_ns` is when the engine took in the observation that opened it.

    Attributes:
        subject_id: the track, camera or sensor it is about. box_xyxy: where it was seen best, in pixels.
        confidence: highest so far, not calibrated between producers; 1.0 for facts such as a lost camera.
        reason: a sentence for the operator where the event has a cause ("No picture for 2 s").
        simulated: the sensor is simulated; every view says so.
    position: where on the floor, metres; None: not known. zone_id: the zone or portal it is about. person: the name known when it last
    changed.
    `camera_id` is empty for events of the radio. level: how often it was escalated because nobody answered, from 0.
    person_id: of that person. label: of the gesture. shadow: of a gesture in shadow mode, which raises nothing.
    candidates: ids of persons that it could be, with how alike they are (cosine), best first; of a name that may have been heard
    (`named_by` voice) with how sure the recogniser is, 0–1.
    named_by: the surest ground of the name (a phone identifies its carrier, not its owner). None: nobody known, or an older event.
    """

    id: str
    kind: EventKind
    camera_id: str
    subject_id: str
    severity: Severity
    started_ns: int
    ended_ns: int | None
    received_ns: int
    confidence: float
    decision_id: str
    box_xyxy: Box | None = None
    reason: str = ""
    simulated: bool = False
    position: Position | None = None
    zone_id: str = ""
    person: str = ""
    level: int = 0
    person_id: str = ""
    label: str = ""
    shadow: bool = False
    candidates: tuple[tuple[str, float], ...] = ()
    named_by: AssertionKind | None = None
