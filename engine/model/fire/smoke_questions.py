"""Questions about smoke. Lists leave out what fire weather leaves out, unless they are told otherwise."""

from datetime import date
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.fire.fire import FireClass
from engine.model.fire.smoke import ListedPlume, SmokeSequence
from engine.model.question_type import Question
from engine.model.value_class import dataclass

MOST_ROWS = 1_000
FURTHEST = 1_000_000
UNLABELLED_H = 24


@dataclass(frozen=True, slots=True)
class SmokeFilter:
    """Newest first; pages are full wherever there is enough that passes.

    `unlabelled`: of the last 24 hours, those with something that nobody labelled. day: those that began on it (UTC), measured by the
    classes of that day; both None and False: all, measured by those of today. risk_score: this class for all cameras; `moderate` shows
    everything.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    unlabelled: bool = False
    day: date | None = None
    risk_score: FireClass | None = None
    limit: int = 15
    offset: int = 0
    before_id: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_ROWS:
            raise InputError("limit", f"{self.limit} is outside 1–{MOST_ROWS}")
        if not 0 <= self.offset <= FURTHEST:
            raise InputError("offset", f"{self.offset} is outside 0–{FURTHEST}")
        if self.day is not None and not 1970 <= self.day.year < 2200:
            raise InputError("day", f"{self.day} is not between 1970 and 2200")


@dataclass(frozen=True, slots=True)
class ListPlumes(SmokeFilter, Question[tuple[ListedPlume, ...]]):
    """A page of plumes."""


@dataclass(frozen=True, slots=True)
class ListSmokeSequences(SmokeFilter, Question[tuple[SmokeSequence, ...]]):
    """A page of sequences of single cameras."""


@dataclass(frozen=True, slots=True)
class CountPlumes(SmokeFilter, Question[int]):
    """How many plumes pass, whatever the page."""


@dataclass(frozen=True, slots=True)
class CountSmokeSequences(SmokeFilter, Question[int]):
    """How many sequences pass, whatever the page."""


@dataclass(frozen=True, slots=True)
class PlumeView:
    """`banner`: why lists leave it out, a sentence; empty where they do not."""

    listed: ListedPlume
    banner: str = ""


@dataclass(frozen=True, slots=True)
class SmokeSequenceView:
    """`banner`: as of PlumeView."""

    sequence: SmokeSequence
    banner: str = ""


@dataclass(frozen=True, slots=True)
class GetPlume(Question[PlumeView]):
    """Whether lists show it or not. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    plume_id: str


@dataclass(frozen=True, slots=True)
class GetSmokeSequence(Question[SmokeSequenceView]):
    """Whether lists show it or not. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    sequence_id: str


SmokeQuestion: TypeAlias = ListPlumes | ListSmokeSequences | CountPlumes | CountSmokeSequences | GetPlume | GetSmokeSequence
