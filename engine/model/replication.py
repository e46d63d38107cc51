"""What a site tells of its record to a hub: changes, numbered in the order in which they are told."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from engine.model.value_class import dataclass


class ChangeKind(StrEnum):
    """What was written. The body of a change is the plain form (`engine.model.wire`) of: Event, Decision (those that raised), Alert,
    ReviewItem, Clip, Incident, AuditRow, Traces (an erasure has begun), ErasedPerson (it is done)."""

    EVENT = "event"
    DECISION = "decision"
    ALERT = "alert"
    REVIEW = "review"
    CLIP = "clip"
    INCIDENT = "incident"
    AUDIT = "audit"
    ERASURE = "erasure"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A value as it is now. `seq`: of this site's stream; a value that changes again gets a new one, and the one before is never told."""

    seq: int
    kind: ChangeKind
    id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """All that waits from `after` (excluded) to `through` (included), oldest first: whoever has everything up to `after` has everything up
    to `through` once these are kept."""

    stream: str
    after: int
    through: int
    changes: tuple[RecordChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplicationState:
    """`stream`: a new one begins where a hub cannot go on with the one before. settled: up to where a hub had it once. sent: the highest
    number that was ever given away. waiting: changes that no hub is known to have. filled: whether all that was recorded before the site
    joined has been entered."""

    stream: str
    settled: int
    sent: int
    waiting: int
    filled: bool
