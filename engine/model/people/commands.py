"""What a session can tell the engine to do about people and gestures."""

from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.people.gesture import GestureMode
from engine.model.people.person import Consent
from engine.model.people.purposes import SetPersonPurpose
from engine.model.value_class import dataclass

LARGEST_PICTURE = 12 << 20  # bytes of a file to learn a face from


@dataclass(frozen=True, slots=True)
class PutPerson:
    """Add a person, or change the one with this id (empty id: a new one is made). The outcome is the id."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    name: str
    color: str = "#56b4e9"
    person_id: str = ""
    consent: Consent = Consent.UNKNOWN
    note: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class RenamePerson:
    """Say what somebody is called, who had a generated name or a wrong one."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Forget a person: faces, clips, name in events and cache. Their devices stay registered, to nobody. `reason` goes to the audit.

    Starts a job (kind `erase_person`). Refused while the person is locked. `reporter_ids`, `device_ids`: what reports named them by; files
    that only these sent along with reports are removed before the job starts.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
    person_id: str
    reason: str
    reporter_ids: tuple[str, ...] = ()
    device_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MergePersons:
    """`gone_id` was `kept_id` all along."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    kept_id: str
    gone_id: str


@dataclass(frozen=True, slots=True)
class SplitPerson:
    """These faces are of somebody else, who is called `name`. The outcome is their id."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    face_ids: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class DenyFace:
    """This face is not this person: an example of who they are not. It can be taken back by removing the face."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    face_id: str


@dataclass(frozen=True, slots=True)
class NameTrack:
    """Say who somebody on the floor is; empty `person_id`: not who they are taken for."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    fused_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class UndoSpokenName:
    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    person_id: str


@dataclass(frozen=True, slots=True)
class EnrolFace:
    """Learn a person's face from a picture (a JPEG or PNG file as base64) that shows one face. Starts a job (kind `enrol_face`)."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    person_id: str
    picture: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EnrolFromClip:
    """Learn a person's face from a clip, where one face is seen well. Starts a job (kind `enrol_face`)."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    person_id: str
    clip_id: str


@dataclass(frozen=True, slots=True)
class RecordTake:
    """Record what somebody in a camera's view does from now on, for some seconds, as one take. Empty `track_id`: the one who is nearest.

    The outcome is the id of the take, which is in `PeopleView.takes`, first as being recorded.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera_id: str
    track_id: str = ""
    seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class TakeFromClip:
    """Make a take from a part of a clip. Starts a job (kind `take_from_clip`); the outcome is the id of the take."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    clip_id: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class DropTake:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    take_id: str


@dataclass(frozen=True, slots=True)
class TeachGesture:
    """Keep takes as a gesture. The outcome is its id. `takes`: ids of recorded takes, or `data` of one made elsewhere.

    `data`: base64 of an `.npy` file without pickle, or of raw float32, of `num_frames` poses of 33 × 3 numbers.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
    label: str
    takes: tuple[str, ...] = ()
    data: str = field(default="", repr=False)
    num_frames: int = 0
    mode: GestureMode = GestureMode.ARMED
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class SetGestureMode:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    gesture_id: str
    mode: GestureMode


@dataclass(frozen=True, slots=True)
class RemoveGesture:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    gesture_id: str


@dataclass(frozen=True, slots=True)
class ShowPoses:
    """Look at poses for some seconds though no gesture needs them: somebody is about to teach one and wants to see themselves."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class UnmaskFaces:
    """Show faces that are blurred, to this session, for some minutes. `reason` goes to the audit."""

    verb: ClassVar[Verb] = Verb.UNMASK
    reason: str
    minutes: float = 10.0


@dataclass(frozen=True, slots=True)
class PrepareClip:
    """Hide faces in a clip, for a session that may not see them, before its file is asked for. The outcome is the job (kind `mask_clip`)
    that does it, or empty where there is nothing to wait for. Not `wanted`: this session does not wait for it any more.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    clip_id: str
    wanted: bool = True


PersonCommand: TypeAlias = (
    PutPerson
    | RenamePerson
    | ErasePerson
    | MergePersons
    | SplitPerson
    | DenyFace
    | NameTrack
    | UndoSpokenName
    | EnrolFace
    | EnrolFromClip
    | UnmaskFaces
    | PrepareClip
    | SetPersonPurpose
)
GestureCommand: TypeAlias = RecordTake | TakeFromClip | DropTake | TeachGesture | SetGestureMode | RemoveGesture | ShowPoses
PeopleCommand: TypeAlias = PersonCommand | GestureCommand
