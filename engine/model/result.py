"""What one pipeline step says."""

from dataclasses import field

from engine.model.alerts.alert import AlarmLoad, Alert
from engine.model.alerts.decision import Decision
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.track import Sequence, Track
from engine.model.event import Event
from engine.model.people.person import FaceGone, FaceSample, Person, PersonGone
from engine.model.radio.blob import RadioPicture
from engine.model.radio.fused import FusedIdentity, FusedPicture
from engine.model.radio.path_loss import LearnedPathLoss
from engine.model.review.review import ReviewItem
from engine.model.sense_quality import SenseQuality
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class StepResult:
    """Values to remember, each complete and keyed by id (a later one with the same id replaces it), and what is on screen now.

    `tracks` maps each camera that the step concerned to all its living tracks; cameras left out are unchanged.
    `people`: persons and faces that are new, changed or gone. `fused` and `names`
    (who each camera track is, by its id) are given on ticks.
    `reviews`: review items that are new or changed. `alerts`: likewise; `load` is given on ticks when it changed, otherwise None.
    `zones`: how many are in each zone of a camera's picture; given on ticks, otherwise None: unchanged.
    `senses`: how well each does, given every ten seconds, otherwise None: unchanged.
    `learned`: path losses of Bluetooth scanners that are learned so far, given with `radio`. Equal results may hold other copies of them.
    `radio` is given on ticks while radio sensing is on, otherwise None: unchanged.
    """

    number: int
    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    tracks: tuple[tuple[str, tuple[Track, ...]], ...] = ()
    radio: RadioPicture | None = None
    fused: FusedPicture | None = None
    names: tuple[tuple[str, FusedIdentity], ...] = ()
    people: tuple[Person | PersonGone | FaceSample | FaceGone, ...] = ()
    alerts: tuple[Alert, ...] = ()
    load: AlarmLoad | None = None
    zones: tuple[ZoneCount, ...] | None = None
    reviews: tuple[ReviewItem, ...] = ()
    senses: tuple[SenseQuality, ...] | None = None
    learned: tuple[LearnedPathLoss, ...] = field(default=(), compare=False)
