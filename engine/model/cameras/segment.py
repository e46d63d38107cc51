"""Continuous video of a camera in segments, and what is locked as evidence."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.question_type import RecordQuestion
from engine.model.value_class import dataclass

LONGEST_REASON = 500


class Keeping(StrEnum):
    """Why video is kept, in the order in which it is given up."""

    CONTINUOUS = "continuous"  # because everything was recorded
    EVENT = "event"  # because an event was going on
    LOCKED = "locked"  # because somebody locked it: never given up


@dataclass(frozen=True, slots=True)
class Segment:
    """A whole, playable file of one camera's packets as they came, one after the other without a gap inside.

    Attributes:
        started_ns, ended_ns: UTC of the first picture, and of the end of the last one.
        file: relative to the data folder, or to the archive where `archived`; of those the record itself knows the whole path. sha256: of
            the file, hex; empty until it was archived.
        codec: FFmpeg's name. keyframe_ms: the longest way between two keyframes, which seeking takes at worst.
        damage: why it does not play to its end, a sentence; empty when it does.
    """

    id: str
    camera_id: str
    started_ns: int
    ended_ns: int
    file: str
    size_bytes: int
    codec: str
    width: int
    height: int
    keyframe_ms: int = 0
    keeping: Keeping = Keeping.CONTINUOUS
    sha256: str = ""
    archived: bool = False
    damage: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceLock:
    """Everything of these cameras (none named: of all), clips, segments and journal, between two times stays until the lock ends.

    `until_ns` exclusive. `expires_ns` None: until somebody takes it away.
    """

    id: str
    since_ns: int
    until_ns: int
    reason: str
    by: str
    created_ns: int
    camera_ids: tuple[str, ...] = ()
    expires_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ListSegments(RecordQuestion[tuple[Segment, ...]]):
    """Those that hold something between two times (UTC ns, `until` exclusive), oldest first. Empty `camera_ids`: all cameras."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    since_ns: int
    until_ns: int
    camera_ids: tuple[str, ...] = ()
    limit: int = 5_000


@dataclass(frozen=True, slots=True)
class ListLocks(RecordQuestion[tuple[EvidenceLock, ...]]):
    """Newest first; those that expired too, as long as what they locked is there."""

    verb: ClassVar[Verb] = Verb.SEE_PAST


@dataclass(frozen=True, slots=True)
class LockEvidence:
    """Lock what was recorded between two times. The outcome is the lock's id. Audited; refused when that cannot be kept."""

    verb: ClassVar[Verb] = Verb.EXPORT
    since_ns: int
    until_ns: int
    reason: str
    camera_ids: tuple[str, ...] = ()
    expires_ns: int | None = None

    def __post_init__(self) -> None:
        if self.until_ns <= self.since_ns:
            raise InputError("until", "is not later than since")
        if not self.reason.strip():
            raise InputError("reason", "is empty; say why this is kept")
        if len(self.reason) > LONGEST_REASON:
            raise InputError("reason", f"has {len(self.reason)} characters; at most {LONGEST_REASON}")


@dataclass(frozen=True, slots=True)
class UnlockEvidence:
    """Take a lock away; what it kept goes the way of everything else again. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    lock_id: str


@dataclass(frozen=True, slots=True)
class KeepStill:
    """A picture of a camera leaves as a file of its own. Audited before it does; refused when that cannot be kept. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.EXPORT
    camera_id: str
    captured_ns: int


SegmentQuestion: TypeAlias = ListSegments | ListLocks
SegmentCommand: TypeAlias = LockEvidence | UnlockEvidence | KeepStill
