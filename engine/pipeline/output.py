"""Collects what one step says and hands out its ids."""

from engine.model.alerts.alert import AlarmLoad, Alert
from engine.model.alerts.decision import CandidateKind, Decision, GateReading, Outcome
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.track import Sequence, Track
from engine.model.event import Event
from engine.model.fire.smoke import SmokeSequence
from engine.model.ids import derived_id, family
from engine.model.people.person import FaceGone, FaceSample, Person, PersonGone
from engine.model.people.traces import Traces
from engine.model.radio.blob import RadioPicture
from engine.model.radio.fused import FusedIdentity, FusedPicture
from engine.model.radio.path_loss import LearnedPathLoss
from engine.model.result import StepResult
from engine.model.review.review import ReviewItem
from engine.model.sense_quality import SenseQuality
from engine.model.value_class import dataclass
from engine.vision.known_still import KnownStill


@dataclass(frozen=True, slots=True)
class DeclinedSmoke:
    """What the second scorer declined. `event`: what it would be if an operator raised it after all; it is in no list until then."""

    event: Event
    sequence: SmokeSequence


@dataclass(frozen=True, slots=True)
class CameraView:
    """What a camera shows: living tracks of people and of things where they are at the step, and what stands still."""

    people: tuple[Track, ...]
    things: tuple[Track, ...]
    still: KnownStill
    away: bool = False

    @property
    def tracks(self) -> tuple[Track, ...]:
        return (*self.people, *self.things)


class StepOutput:
    """Filled by the lanes during one step; ids derive from the step's observation number and their order.

    Later lanes read in it what earlier ones found: the views of cameras by id (at a tick of all; after a detector ran, of its camera),
    the pictures of radio and of the floor, names, smoke that was declined, and who was erased. `engine_id`: of the engine that runs; empty
    in a record of before engines had ids.
    """

    def __init__(self, number: int, received_ns: int, engine_id: str = "") -> None:
        self.number = number
        self.received_ns = received_ns
        self.engine_id = engine_id
        self._made = 0
        self._events: dict[str, Event] = {}
        self._decisions: list[Decision] = []
        self._alerts: dict[str, Alert] = {}
        self._reviews: dict[str, ReviewItem] = {}
        self.load: AlarmLoad | None = None
        self._sequences: dict[str, Sequence] = {}
        self._tracks: dict[str, tuple[Track, ...]] = {}
        self._people: dict[str, Person | PersonGone | FaceSample | FaceGone] = {}
        self.radio: RadioPicture | None = None
        self.fused: FusedPicture | None = None
        self.names: tuple[tuple[str, FusedIdentity], ...] = ()
        self.zones: tuple[ZoneCount, ...] | None = None
        self.views: dict[str, CameraView] = {}
        self.senses: tuple[SenseQuality, ...] | None = None
        self.learned: tuple[LearnedPathLoss, ...] = ()
        self.declined: tuple[DeclinedSmoke, ...] = ()
        self.erased: Traces | None = None

    def new_id(self, prefix: str) -> str:
        self._made += 1
        return derived_id(family(prefix, self.engine_id), self.number, self._made - 1)

    def event(self, event: Event) -> None:
        self._events[event.id] = event

    @property
    def events(self) -> tuple[Event, ...]:
        """What was said so far, each as it was said last."""
        return tuple(self._events.values())

    def alert(self, alert: Alert) -> None:
        self._alerts[alert.id] = alert

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """As `events`."""
        return tuple(self._alerts.values())

    def review(self, item: ReviewItem) -> None:
        self._reviews[item.id] = item

    def keep(self, decision: Decision) -> None:
        self._decisions.append(decision)

    def sequence(self, sequence: Sequence) -> None:
        self._sequences[sequence.id] = sequence

    def tracks(self, camera_id: str, tracks: tuple[Track, ...]) -> None:
        self._tracks[camera_id] = tracks

    def person(self, value: Person | PersonGone | FaceSample | FaceGone) -> None:
        """Somebody, or a face of theirs, is new, changed or gone."""
        self._people[value.id] = value

    def decide(
        self,
        candidate: CandidateKind,
        subject_id: str,
        camera_id: str,
        outcome: Outcome,
        gates: tuple[GateReading, ...],
        flip: str,
        event_id: str | None,
        decided_ns: int,
        zone_id: str = "",
    ) -> Decision:
        args = (candidate, subject_id, camera_id, decided_ns, outcome, gates, flip, event_id, (subject_id,))
        decision = Decision(self.new_id("de"), *args, zone_id=zone_id)
        self._decisions.append(decision)
        return decision

    def result(self) -> StepResult:
        return StepResult(
            self.number,
            tuple(self._events.values()),
            tuple(self._decisions),
            tuple(self._sequences.values()),
            tuple(self._tracks.items()),
            self.radio,
            self.fused,
            self.names,
            tuple(self._people.values()),
            tuple(self._alerts.values()),
            self.load,
            self.zones,
            tuple(self._reviews.values()),
            self.senses,
            self.learned,
        )
