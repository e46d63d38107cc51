"""Everything that can change the pipeline's mind. Each is numbered as it enters and appended to the journal."""

from typing import TypeAlias

import numpy as np

from engine.model.alerts.alert import Alert
from engine.model.alerts.commands import AlertEdit
from engine.model.alerts.intent import Intent
from engine.model.cameras.detection import Detections
from engine.model.cameras.face import Faces
from engine.model.cameras.pose import Poses
from engine.model.capability import Capability
from engine.model.fire.fire import FireClass
from engine.model.fire.smoke import Plume, SmokeSequence
from engine.model.geometry import Floats
from engine.model.health import CameraState
from engine.model.incidents.incident import Incident
from engine.model.people.gesture import Gesture
from engine.model.people.person import Roster, RosterEdit
from engine.model.people.speech import Utterance
from engine.model.radio.radio import BleSightings, CsiBatch, NodeChanged
from engine.model.settings import Settings
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What moved between frames: `share` of the picture's pixels (0–1), `regions_xyxy` (N, 4) float32 in pixels of the full frame."""

    share: float
    regions_xyxy: Floats

    @classmethod
    def none(cls) -> "Motion":
        return cls(0.0, np.zeros((0, 4), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class FrameSeen:
    """One frame arrived and was looked at for motion. `index` counts the camera's frames since it was opened."""

    camera_id: str
    occurred_ns: int
    index: int
    width: int
    height: int
    motion: Motion


@dataclass(frozen=True, slots=True, eq=False)
class DetectionsMade:
    """A detector ran on the frame of `occurred_ns`. May arrive after later `FrameSeen`, but in frame order per camera.

    `detector`: id of its model in the manifest, or `hog`. `provider`: what ran it, a proper name: `CPU`, `OpenVINO CPU`, …; empty in
    records from before it was kept.
    """

    camera_id: str
    occurred_ns: int
    index: int
    width: int
    height: int
    detections: Detections
    detector: str
    provider: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FacesSeen:
    """Some tracks of the frame of `occurred_ns` were looked at for faces.

    `looked_at`: these tracks. `track_ids`: whose face each of `faces` is. `model`: what made the embeddings; `threshold`: raw cosine from
    which two of its embeddings may be the same person.
    """

    camera_id: str
    occurred_ns: int
    looked_at: tuple[str, ...]
    track_ids: tuple[str, ...]
    faces: Faces
    model: str
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class PosesSeen:
    """Some tracks of the frame of `occurred_ns` were looked at for their pose; `poses` of those where a body was found."""

    camera_id: str
    occurred_ns: int
    looked_at: tuple[str, ...]
    poses: Poses
    model: str


@dataclass(frozen=True, slots=True, eq=False)
class LooksSeen:
    """What tracks look like, for knowing them again: `embeddings` (N, D) float32 of unit length, one for each of `track_ids`."""

    camera_id: str
    occurred_ns: int
    track_ids: tuple[str, ...]
    embeddings: Floats
    model: str


@dataclass(frozen=True, slots=True)
class UtteranceHeard:
    occurred_ns: int
    utterance: Utterance


@dataclass(frozen=True, slots=True, eq=False)
class RosterLoaded:
    """Everybody who is known, as the record has them; the third observation of a run."""

    occurred_ns: int
    roster: Roster


@dataclass(frozen=True, slots=True, eq=False)
class RosterEdited:
    """Somebody changed who is known, or what is known of them."""

    occurred_ns: int
    edit: RosterEdit
    edited_by: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class GesturesChanged:
    """All gestures that are taught; at the start of a run, and whenever one was taught, changed or removed."""

    occurred_ns: int
    gestures: tuple[Gesture, ...]


@dataclass(frozen=True, slots=True)
class IncidentChanged:
    """An incident of reports is new, or is another now. The record settles what belongs together; this tells the pipeline."""

    occurred_ns: int
    incident: Incident


@dataclass(frozen=True, slots=True)
class AlertsEdited:
    """An operator did something with alerts. `edited_by`: their name then."""

    occurred_ns: int
    edit: AlertEdit
    edited_by: str
    edited_by_id: str = ""


@dataclass(frozen=True, slots=True)
class IntentBrought:
    """What somebody said about alerts at the hub while it did not reach this site. `closed`: those of them that are closed, as the record
    has them."""

    occurred_ns: int
    intent: Intent
    closed: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertsLoaded:
    """Alerts that the record has as open and the pipeline does not know, or knows without the ids of users; at the start of a run."""

    occurred_ns: int
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class AreaRiskKnown:
    """Risk of the hour (0–1) as the risk map has it: at the site, None: no data there; and at the zones of the floor where it is known."""

    occurred_ns: int
    zones: tuple[tuple[str, float], ...] = ()
    site: float | None = None


@dataclass(frozen=True, slots=True)
class PlumeChanged:
    """A plume of smoke is new, is another now, or is no more (`gone`). The record settles what belongs together; this tells the pipeline.

    sequences: all of the plume's, as they are now.
    """

    occurred_ns: int
    plume: Plume
    sequences: tuple[SmokeSequence, ...]
    gone: bool = False


@dataclass(frozen=True, slots=True)
class FireRiskKnown:
    """Today's classes by camera, and the confidence that smoke needs by class (`FireRiskPolicy`). Both empty: nothing is held by them."""

    occurred_ns: int
    classes: tuple[tuple[str, FireClass], ...] = ()
    thresholds: tuple[tuple[FireClass, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ForecastTried:
    """Learning the forecast of incidents has ended. `trouble`: why it failed, as a sentence; empty: it did not."""

    occurred_ns: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CameraStateChanged:
    camera_id: str
    occurred_ns: int
    state: CameraState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CameraMoved:
    """A PTZ camera begins to move, or stands still. `home`: its picture is that for which zones, lines and masks were drawn."""

    camera_id: str
    occurred_ns: int
    moving: bool
    home: bool


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """New settings take effect; always the second observation of a run, so that a journal can be replayed alone."""

    occurred_ns: int
    settings: Settings
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class EngineStarted:
    """The engine (re)started: what was open before has not been watched since. Always the first observation of a run.

    left_out: what this run does without. engine_id: what ids made in this run carry; empty: nothing, as before engines had ids.
    """

    occurred_ns: int
    version: str
    left_out: tuple[Capability, ...] = ()
    engine_id: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed. Ten a second while the engine runs; everything that ends by time-out ends on one."""

    occurred_ns: int


Observation: TypeAlias = (
    FrameSeen
    | DetectionsMade
    | FacesSeen
    | PosesSeen
    | LooksSeen
    | UtteranceHeard
    | CameraStateChanged
    | CameraMoved
    | CsiBatch
    | BleSightings
    | NodeChanged
    | RosterLoaded
    | RosterEdited
    | GesturesChanged
    | IncidentChanged
    | AlertsEdited
    | IntentBrought
    | AlertsLoaded
    | AreaRiskKnown
    | FireRiskKnown
    | PlumeChanged
    | ForecastTried
    | SettingsChanged
    | EngineStarted
    | Tick
)


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """An observation with its place in the journal: `number` rises by one, `received_ns` never falls within a run."""

    number: int
    received_ns: int
    observation: Observation
