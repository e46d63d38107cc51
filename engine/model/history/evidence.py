"""Evidence packs: a stretch of the record that leaves the house whole, signed, and can be run again; and the cases they are in."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.geometry import Polygon
from engine.model.question_type import Question
from engine.model.value_class import dataclass

LONGEST_NOTE = 5_000
LONGEST_NS = 24 * 3600 * 10**9


class Redaction(StrEnum):
    NONE = "none"
    FACES = "faces"  # of everybody


@dataclass(frozen=True, slots=True)
class HiddenRegion:
    """A part of a camera's picture, in shares of it: the upright box around the outline leaves as a mosaic."""

    camera_id: str
    outline: Polygon

    def __post_init__(self) -> None:
        if len(self.outline) < 3:
            raise InputError("outline", "needs three points or more")
        if any(not 0 <= side <= 1 for point in self.outline for side in point):
            raise InputError("outline", "points are shares of the picture, 0 to 1")


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What goes into a pack. `until_ns` exclusive, a day at most. Empty `camera_ids`: all; empty `person_ids`: nobody in particular.

    raw: the stretch of the journal (CSI, sightings, detections) goes with it, so that it can be run again.
    """

    since_ns: int
    until_ns: int
    title: str
    note: str = ""
    camera_ids: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()
    case_id: str = ""
    redaction: Redaction = Redaction.NONE
    hidden: tuple[HiddenRegion, ...] = ()
    raw: bool = True
    zipped: bool = True

    def __post_init__(self) -> None:
        if self.until_ns <= self.since_ns:
            raise InputError("until", "is not later than since")
        if self.until_ns - self.since_ns > LONGEST_NS:
            raise InputError("until", "is more than a day after since; make several packs")
        if not self.title.strip():
            raise InputError("title", "is empty")
        if len(self.note) > LONGEST_NOTE:
            raise InputError("note", f"has {len(self.note)} characters; at most {LONGEST_NOTE}")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was made. `file`: relative to the data folder; `manifest_sha256`: hex. `missing`: what could not go in. `by_id`: the
    user's, empty for what was made before it was kept."""

    id: str
    request: PackRequest
    by: str
    created_ns: int
    file: str
    size_bytes: int
    manifest_sha256: str
    missing: tuple[str, ...] = ()
    by_id: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A folder of packs about one matter. `by_id`: as of `Pack`."""

    id: str
    title: str
    note: str
    by: str
    created_ns: int
    closed: bool = False
    by_id: str = ""


@dataclass(frozen=True, slots=True)
class ListPacks(Question[tuple[Pack, ...]]):
    """Newest first. Empty `case_id`: all. An account that is limited to some cameras is told of its own, of cameras that it still sees."""

    verb: ClassVar[Verb] = Verb.EXPORT
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class ListCases(Question[tuple[Case, ...]]):
    """Newest first. An account that is limited to some cameras is told of its own."""

    verb: ClassVar[Verb] = Verb.EXPORT


@dataclass(frozen=True, slots=True)
class MakePack:
    """The outcome is a job (kind `evidence`), whose message names the pack when it is done. Audited; refused when that cannot be kept."""

    verb: ClassVar[Verb] = Verb.EXPORT
    request: PackRequest


@dataclass(frozen=True, slots=True)
class RemovePack:
    """Raises NotFound."""

    verb: ClassVar[Verb] = Verb.DELETE
    pack_id: str


@dataclass(frozen=True, slots=True)
class PutCase:
    """Add a case (empty id), or change one. The outcome is its id."""

    verb: ClassVar[Verb] = Verb.EXPORT
    title: str
    note: str = ""
    case_id: str = ""
    closed: bool = False

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("title", "is empty")


EvidenceQuestion: TypeAlias = ListPacks | ListCases
EvidenceCommand: TypeAlias = MakePack | RemovePack | PutCase
