"""Questions about smoke. Lists leave out what fire weather leaves out, unless they are told otherwise."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, TypeAlias

from engine.model.access import Verb
from engine.model.errors import InputError
from engine.model.fire import FireClass

MOST_ROWS = 1_000
FURTHEST = 1_000_000
UNLABELLED_H = 24


class SmokeRows(StrEnum):
    PLUMES = "plumes"
    SEQUENCES = "sequences"


@dataclass(frozen=True, slots=True)
class ListSmoke:
    """Plumes or sequences, newest first; pages are full wherever there is enough that passes. `count`: only how many there are.

    `unlabelled`: of the last 24 hours, those with something that nobody labelled. day: those that began on it (UTC), measured by the
    classes of that day; both None and False: all, measured by those of today. risk_score: this class for all cameras; `moderate` shows
    everything.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    rows: SmokeRows = SmokeRows.PLUMES
    unlabelled: bool = False
    day: date | None = None
    risk_score: FireClass | None = None
    limit: int = 15
    offset: int = 0
    before_id: str | None = None
    count: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_ROWS:
            raise InputError("limit", f"{self.limit} is outside 1–{MOST_ROWS}")
        if not 0 <= self.offset <= FURTHEST:
            raise InputError("offset", f"{self.offset} is outside 0–{FURTHEST}")
        if self.day is not None and not 1970 <= self.day.year < 2200:
            raise InputError("day", f"{self.day} is not between 1970 and 2200")


@dataclass(frozen=True, slots=True)
class GetSmoke:
    """One plume or sequence by its id, whether lists show it or not; the answer's `banner` says why they do not. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    rows: SmokeRows
    id: str


SmokeQuestion: TypeAlias = ListSmoke | GetSmoke
