"""What one shift leaves the next: a note, with what was open and what was not working when it was written."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Grants, Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.value_class import dataclass

LONGEST_TEXT = 4_000
MOST_ATTACHED = 200  # of each kind


class LeftKind(StrEnum):
    ALERT = "alert"
    INCIDENT = "incident"
    CAMERA = "camera"  # one that shows nothing


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing that was open. `what`: of an alert the kind of its event, of an incident its category, of a camera why it shows nothing.

    at_ns: since when. severity: 0 for cameras. acknowledged: somebody had taken it on. `camera_id` empty: no camera saw it.
    """

    kind: LeftKind
    id: str
    at_ns: int
    what: str
    severity: int = 0
    camera_id: str = ""
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """By whom, as they were called then; `by_id`: their user id, empty where they are no user any more."""

    by: str
    at_ns: int
    by_id: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """`since_ns`: when the one before was written, None for the first. raised, closed: alerts since then. more: open ones not listed.

    `cameras`: what whoever wrote it was limited to; who sees less than that is not shown it. by_id: the writer's user id; empty: they are
    no user any more.
    """

    id: str
    at_ns: int
    by: str
    text: str
    since_ns: int | None = None
    left: tuple[OpenItem, ...] = ()
    raised: int = 0
    closed: int = 0
    more: int = 0
    cameras: Grants | None = None
    read: tuple[Read, ...] = ()
    by_id: str = ""

    def awaits(self, user_id: str) -> bool:
        """Whether it is to be shown to this user: nobody has read it, and it is not theirs."""
        return not self.read and self.by_id != user_id


@dataclass(frozen=True, slots=True)
class ListHandovers(Question[tuple[Handover, ...]]):
    """Newest first; `before_id` pages on. `unread`: only the newest, and only where nobody has read it and somebody else wrote it."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 50
    before_id: str | None = None
    unread: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 500:
            raise InputError("limit", f"{self.limit} is outside 1–500")


@dataclass(frozen=True, slots=True)
class WriteHandover:
    """What is open is attached by the engine. The outcome is its id."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    text: str

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            raise InputError("text", f"has {len(self.text)} characters; at most {LONGEST_TEXT}")


@dataclass(frozen=True, slots=True)
class ReadHandover:
    """It was read. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    handover_id: str


HandoverCommand: TypeAlias = WriteHandover | ReadHandover
