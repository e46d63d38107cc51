"""The people side of now, and what is said about it."""

from enum import StrEnum

from engine.model.geometry import Floats
from engine.model.people.gesture import GestureMode
from engine.model.people.person import Person
from engine.model.radio.fused import FusedIdentity, FusedPicture
from engine.model.value_class import dataclass


class TakeState(StrEnum):
    RECORDING = "recording"
    READY = "ready"
    FAILED = "failed"  # `trouble` says why


@dataclass(frozen=True, slots=True)
class GestureScore:
    """`confidence` 0–1, 0.70 at the gesture's learned threshold."""

    gesture_id: str
    label: str
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class TakeView:
    """A take that waits to be taught. `landmarks` (T, 33, 3) float32 pixels, for drawing; empty while it is recorded.

    `scores`: how well the gestures that are taught match it, best first.
    """

    id: str
    camera_id: str
    state: TakeState
    lasts_s: float = 0.0
    frames: int = 0
    trouble: str = ""
    landmarks: Floats | None = None
    scores: tuple[GestureScore, ...] = ()


@dataclass(frozen=True, slots=True)
class GestureView:
    """A gesture without its takes. `confused_with`: the gesture that its takes are nearest to, and how near (confidence)."""

    id: str
    label: str
    mode: GestureMode
    takes: int
    lasts_s: float
    threshold: float
    created_ns: int
    created_by: str
    fired: int
    shadow_fired: int
    last_seen_ns: int | None
    confused_with: tuple[GestureScore, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TrackPose:
    """The newest pose of one track: `landmarks` (33, 3) float32 pixels of the full frame, `visibility` (33,)."""

    camera_id: str
    track_id: str
    at_ns: int
    landmarks: Floats
    visibility: Floats


@dataclass(frozen=True, slots=True)
class TrackFace:
    """Where the face of a camera track was seen last, in pixels."""

    camera_id: str
    track_id: str
    at_ns: int
    box_xyxy: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MicrophoneView:
    """`trouble`: why it is not heard, as a sentence; empty while it is, or while it is switched off. `trouble_ns`: since when.

    `level_db`: of the sound just now, 0 is the loudest there can be; None while there is none. `heard`: utterances; `dropped`: pieces of
    sound that came too fast. `name`, `name_ns`: the name that somebody gave for themselves last, and when.
    """

    id: str
    trouble: str = ""
    level_db: float | None = None
    heard: int = 0
    dropped: int = 0
    name: str = ""
    name_ns: int | None = None
    trouble_ns: int | None = None


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The people side of now. `photos`: face sample ids by person, the best first, of which there is a picture.

    `names`: who each camera track is, by its id, of those that are somebody. `poses_hz`: looks at poses, of `poses_wanted_hz`.
    `everyday_s`: seconds of everyday movement seen lately, which a gesture that is taught now has to differ from.
    `recogniser`: what of speech is understood, and by what; empty while nobody listens.
    The troubles are sentences, empty when all is well or nobody asked for it. `unmasked_until_ns`: faces are shown to this session.
    """

    persons: tuple[Person, ...] = ()
    photos: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fused: FusedPicture | None = None
    faces: tuple[TrackFace, ...] = ()
    poses: tuple[TrackPose, ...] = ()
    gestures: tuple[GestureView, ...] = ()
    takes: tuple[TakeView, ...] = ()
    microphones: tuple[MicrophoneView, ...] = ()
    face_trouble: str = ""
    pose_trouble: str = ""
    looks_trouble: str = ""
    speech_trouble: str = ""
    unmasked_until_ns: int | None = None
    faces_hz: float = 0.0
    poses_hz: float = 0.0
    poses_wanted_hz: float = 0.0
    names: tuple[tuple[str, FusedIdentity], ...] = ()
    everyday_s: float = 0.0
    recogniser: str = ""

    def person(self, person_id: str) -> Person | None:
        return next((person for person in self.persons if person.id == person_id), None)
