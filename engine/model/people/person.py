"""Who is known: persons, their faces, and the edits that change them."""

from dataclasses import field
from enum import StrEnum
from typing import TypeAlias

from engine.model.errors import InputError
from engine.model.geometry import Box, Floats
from engine.model.site import check_color
from engine.model.value_class import dataclass

GENERATED_PREFIX = "Person_"
PERSON_NAME_LENGTH = 120


class NameSource(StrEnum):
    GENERATED = "generated"  # nobody knows the name yet: Person_XXXXXXXX
    VOICE = "voice"  # they said it
    OPERATOR = "operator"


class Consent(StrEnum):
    UNKNOWN = "unknown"
    GIVEN = "given"
    REFUSED = "refused"  # never recognised by face or voice


@dataclass(frozen=True, slots=True)
class Person:
    """An identity as remembered.

    Attributes:
        visits: how often they came, not in how many frames they were seen. last_camera_id: where they were seen last, empty for radio.
        archived_ns: since when they are kept aside, unseen for long. locked: nothing of theirs may be erased (legal hold).
    """

    id: str
    name: str
    color: str = "#56b4e9"
    name_source: NameSource = NameSource.OPERATOR
    created_ns: int = 0
    first_seen_ns: int | None = None
    last_seen_ns: int | None = None
    last_camera_id: str = ""
    visits: int = 0
    consent: Consent = Consent.UNKNOWN
    note: str = ""
    archived_ns: int | None = None
    locked: bool = False

    def __post_init__(self) -> None:
        if not self.id or len(self.id) > 64 or not all(c.isalnum() or c in "-_" for c in self.id):
            raise InputError("id", f"{self.id[:70]!r} may hold only letters, digits, - and _, at most 64")
        if not self.name.strip() or len(self.name) > PERSON_NAME_LENGTH:
            raise InputError("name", f"needs 1 to {PERSON_NAME_LENGTH} characters")
        check_color("color", self.color)
        if len(self.note) > 2000:
            raise InputError("note", "needs at most 2000 characters")


@dataclass(frozen=True, slots=True, eq=False)
class FaceSample:
    """One face of a person. `embedding` (D,) float32 of unit length, of `model`; `negative`: this is certainly not them."""

    id: str
    person_id: str
    embedding: Floats = field(repr=False)
    model: str
    quality: float
    taken_ns: int
    camera_id: str = ""
    negative: bool = False


@dataclass(frozen=True, slots=True)
class PersonGone:
    """To be removed from the record: a person who was erased, or turned out to be another."""

    id: str


@dataclass(frozen=True, slots=True)
class FaceGone:
    """To be removed from the record."""

    id: str


@dataclass(frozen=True, slots=True)
class PersonPut:
    """Add a person, or change name, colour, consent, note, archive and lock of the one with this id; what was counted stays."""

    person: Person


@dataclass(frozen=True, slots=True)
class PersonErased:
    """`pseudonym` stands for them in what happened."""

    person_id: str
    pseudonym: str = ""


@dataclass(frozen=True, slots=True)
class PersonsMerged:
    """`gone_id` was `kept_id` all along: faces and visits are added up, name and colour of the kept one stay."""

    kept_id: str
    gone_id: str


@dataclass(frozen=True, slots=True)
class FacesMoved:
    """These faces are of another person, who is added where unknown (a split)."""

    face_ids: tuple[str, ...]
    person: Person


@dataclass(frozen=True, slots=True, eq=False)
class FaceAdded:
    """Enrolled from a picture."""

    sample: FaceSample


@dataclass(frozen=True, slots=True)
class FaceDenied:
    """This face is not this person: it becomes a negative example of theirs."""

    face_id: str


@dataclass(frozen=True, slots=True)
class TrackNamed:
    """An operator says who a fused track is; empty `person_id`: it is not who it is taken for."""

    fused_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class VoiceNameUndone:
    """The name a person was heard to say was wrong: they get their generated name back, and it is not learned from voice again."""

    person_id: str


@dataclass(frozen=True, slots=True)
class TrackKnownElsewhere:
    """A track has the face of somebody known at another site. `words`: who, where and for what, as the event says it. likeness: raw
    cosine, threshold: from which it counts. box_xyxy: of the face, in pixels."""

    track_id: str
    camera_id: str
    box_xyxy: Box
    words: str
    likeness: float
    threshold: float


RosterEdit: TypeAlias = (
    PersonPut | PersonErased | PersonsMerged | FacesMoved | FaceAdded | FaceDenied | TrackNamed | VoiceNameUndone | TrackKnownElsewhere
)


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """Everybody who is known, with their faces."""

    persons: tuple[Person, ...] = ()
    faces: tuple[FaceSample, ...] = ()

    def person(self, person_id: str) -> Person | None:
        return next((person for person in self.persons if person.id == person_id), None)
