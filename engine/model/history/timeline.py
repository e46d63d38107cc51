"""What happened over a stretch of time, as lanes on one clock; notes put on it; and what can be looked for in it."""

import math
import re
from dataclasses import field
from enum import StrEnum
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.geometry import Box, Polygon
from engine.model.history.chat import check_message
from engine.model.plain_text import check_line
from engine.model.question_type import Question, RecordQuestion
from engine.model.value_class import dataclass

MOST_COLUMNS = 4_096
MOST_HITS = 200
LONGEST_NOTE = 2_000
LONGEST_NAME = 120  # of a saved search
MOST_NUMBERS = 4_096  # of a description of a person
LONGEST_SITE = 80  # name of a site
MOST_SITES = 100
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNIT = 0.01  # by which the length of a description may be off 1


MICROPHONE, SCANNER = "microphone:", "ble:"  # before their ids, where they are sensors


class LaneKind(StrEnum):
    CAMERA = "camera"  # one per camera: motion, objects, alerts on it; video as spans
    RADIO = "radio"
    BLE = "ble"
    PEOPLE = "people"
    INCIDENTS = "incidents"
    DECISIONS = "decisions"  # those that were held, too
    ACTS = "acts"  # what operators did
    OBSERVED = "observed"  # one per sensor: whether anything would have been seen


class SpanState(StrEnum):
    """What a span of a lane says. Where no span lies, nothing is known."""

    VIDEO = "video"  # continuous video
    CLIP = "clip"  # a clip of an event
    GAP = "gap"  # nothing was recorded though the sensor was there
    OBSERVED = "observed"  # the sensor was up, unmasked, in step with the clock
    PARTLY = "partly"  # some of it could be seen: `reason` says what not
    UNLOOKED = "unlooked"  # there were pictures, but no detector looked at them in time: motion is known, not what moved
    BLIND = "blind"  # nothing would have been seen: `reason` says why


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """`until_ns` exclusive; a span that reaches beyond what was asked for is not cut."""

    since_ns: int
    until_ns: int
    state: SpanState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """How well a sensor watched for a while: a camera by its id, a node by its MAC, `microphone:<id>`, `ble:<MAC or local>`.

    `state`: observed, partly, unlooked or blind; `reason`: a sentence. Those of one sensor do not overlap; carried on by `sensor_id` and
    `since_ns`.
    """

    sensor_id: str
    since_ns: int
    until_ns: int
    state: SpanState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LaneMarks:
    """How much of one kind fell into each column, and how severe the worst was (0: none).

    `kind`: an EventKind, `held`, `raised`, `rejected`, `act`.
    """

    kind: str
    counts: tuple[int, ...]
    worst: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TimelineLane:
    """`id`: of the camera, person or sensor, empty for lanes of which there is one. `spans` rise by when they begin."""

    kind: LaneKind
    id: str = ""
    marks: tuple[LaneMarks, ...] = ()
    spans: tuple[LaneSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A note on a moment, or on a stretch where `until_ns` is set. `camera_id` empty: on all. `by`: what its writer was called then; by_id:
    the user id, which says whose it is; empty: nobody's any more."""

    id: str
    at_ns: int
    note: str
    by: str
    created_ns: int
    until_ns: int | None = None
    camera_id: str = ""
    by_id: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`columns` equal parts of [since, until). `counts` are of starts. `bookmarks`: those within, oldest first.

    coarse_ns: marks are told from aggregates of this width (0: from the rows themselves), so a column's edge is that true.
    """

    since_ns: int
    until_ns: int
    columns: int
    lanes: tuple[TimelineLane, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    coarse_ns: int = 0


@dataclass(frozen=True, slots=True)
class GetTimeline(RecordQuestion[Timeline]):
    """Empty `lanes` and `camera_ids`: all."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    since_ns: int
    until_ns: int
    columns: int = 1_024
    lanes: tuple[LaneKind, ...] = ()
    camera_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.until_ns <= self.since_ns:
            raise InputError("until", "is not later than since")
        if not 1 <= self.columns <= MOST_COLUMNS:
            raise InputError("columns", f"{self.columns} is outside 1–{MOST_COLUMNS}")


class NeighbourKind(StrEnum):
    EVENT = "event"
    ALERT = "alert"
    BOOKMARK = "bookmark"


@dataclass(frozen=True, slots=True)
class FindNeighbour(RecordQuestion[int | None]):
    """The next (or the one before) of a kind, strictly after (before) a time. `next_ns` of the answer is None where there is none."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    at_ns: int
    forward: bool
    kind: NeighbourKind = NeighbourKind.EVENT
    camera_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayCount:
    """`day`: 1–31. `video`: whether any camera has video of it."""

    day: int
    events: int
    alerts: int
    video: bool


@dataclass(frozen=True, slots=True)
class CountDays(RecordQuestion[tuple[DayCount, ...]]):
    """How many events began on each day of a month, by the local days of a time zone (IANA name): for a calendar."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    year: int
    month: int
    time_zone: str


class HitKind(StrEnum):
    EVENT = "event"
    ALERT = "alert"
    INCIDENT = "incident"
    REPORT = "report"
    DECISION = "decision"
    PERSON = "person"
    BOOKMARK = "bookmark"
    MOTION = "motion"
    LOOKS = "looks"


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What hits have to fit, all of it; empty and None: no matter. Times UTC ns, `since` inclusive, `until` exclusive.

    text: words, each has to be found, in any order; "quoted words" stand together; a word's end may be left open with `*`.
    region: of the picture, in shares of it, in which motion or an object was; needs one camera.
    rule_id, state: of an alert. rejected: rejected decisions as well; they are also found where decisions alone are asked for.
    sites: keys of sites, on a console over several, which keeps it to itself; an engine is asked without.
    """

    text: str = ""
    kinds: tuple[HitKind, ...] = ()
    event_kinds: tuple[str, ...] = ()
    camera_ids: tuple[str, ...] = ()
    person_id: str = ""
    zone_id: str = ""
    label: str = ""
    since_ns: int | None = None
    until_ns: int | None = None
    min_severity: int = 0
    region: Polygon = ()
    rule_id: str = ""
    state: str = ""
    rejected: bool = False
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`by`, by_id: as of a bookmark. question: in words, in place of a filter; asked again, its times are those of then. shared: everybody
    finds it, not only whose it is; engines of before, which do not say so, show all of them to everybody."""

    id: str
    name: str
    by: str
    filter: SearchFilter
    by_id: str = ""
    question: str = ""
    shared: bool = True


@dataclass(frozen=True, slots=True)
class SearchHit:
    """`text`: what was found, in words; `likeness`: cosine, −1 to 1, where looks were compared: not how likely it is the same person.
    `until_ns` None: a moment, or still going on.

    what: kind of the event or of an alert's event, category of an incident, candidate of a decision. reason: a sentence, or a description.
    state: of an alert or incident, outcome of a decision. event_id: whose thumbnail is its picture. zone_id: of a silent node, the node.
    """

    kind: HitKind
    id: str
    at_ns: int
    text: str
    until_ns: int | None = None
    camera_id: str = ""
    person_id: str = ""
    severity: int = 0
    likeness: float | None = None
    simulated: bool = False
    what: str = ""
    zone_id: str = ""
    label: str = ""
    person: str = ""
    reason: str = ""
    state: str = ""
    rule_id: str = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class HitPage:
    """`next_id`: pages on, None at the end."""

    hits: tuple[SearchHit, ...] = ()
    next_id: str | None = None


@dataclass(frozen=True, slots=True)
class UncomparedSite:
    """A site of a console over several whose people were not compared, and why, a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class LookHits:
    """`compared`: stays that were compared; `banner`: what has to be known about them, a sentence. left_out: sites that are not in it; an
    engine alone names none."""

    hits: tuple[SearchHit, ...] = ()
    compared: int = 0
    banner: str = ""
    left_out: tuple[UncomparedSite, ...] = ()


@dataclass(frozen=True, slots=True)
class LookDescription:
    """What somebody looks like, for another site to compare. Biometric data: for one answer only, kept and logged nowhere.

    model: SHA-256 (hex) of the file of the model that made it; only numbers of the same model can be compared. vector: (D,) numbers of unit
    length. note: what has to be known about it, a sentence.
    """

    model: str
    vector: tuple[float, ...] = field(repr=False)
    note: str = ""

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(self.model):
            raise InputError("model", "is no SHA-256 in lower-case hex")
        if not 1 <= len(self.vector) <= MOST_NUMBERS:
            raise InputError("vector", f"has {len(self.vector)} numbers; at most {MOST_NUMBERS}")
        if not abs(math.hypot(*self.vector) - 1) <= _UNIT:  # of numbers that are none the length is none, too
            raise InputError("vector", "is not of unit length")
        check_line("note", self.note)


@dataclass(frozen=True, slots=True)
class SearchRecord(RecordQuestion[HitPage]):
    """Newest first; `before` pages on from `next_id` of the answer before."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    filter: SearchFilter = field(default_factory=SearchFilter)
    limit: int = 50
    before: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_HITS:
            raise InputError("limit", f"{self.limit} is outside 1–{MOST_HITS}")


@dataclass(frozen=True, slots=True)
class SearchAlike(Question[LookHits]):
    """Stays of people that look like somebody, most alike first: like whoever is on a picture, or like who was seen in a stay.

    jpeg: a JPEG or PNG file as base64 text. box: where on it they are, left, top, right, bottom in shares of it; None: they are looked for.
    like_id: of an event or of a hit of kind `looks`; then no picture is needed. look: as another site describes them (`DescribeLook`), and
    from_site what that one is called, for the audit. camera_ids: empty: all. sites: as of a `SearchFilter`.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    jpeg: str = ""
    since_ns: int | None = None
    until_ns: int | None = None
    limit: int = 20
    camera_ids: tuple[str, ...] = ()
    box: Box | None = None
    like_id: str = ""
    look: LookDescription | None = None
    from_site: str = ""
    sites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_HITS:
            raise InputError("limit", f"{self.limit} is outside 1–{MOST_HITS}")
        if self.look is None:
            _check_reference(self.jpeg, self.like_id, self.box)
        elif self.jpeg or self.like_id:
            raise InputError("look", "takes neither a picture nor the id of a stay beside it")
        if bool(self.from_site) != (self.look is not None):
            raise InputError("from_site", "says whose description it is, and only that")
        _check_site("from_site", self.from_site)


@dataclass(frozen=True, slots=True)
class DescribeLook(Question[LookDescription]):
    """What somebody looks like, so that other sites can find them: see `SearchAlike` for the fields. sites: what those are called that get
    it, for the audit."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    sites: tuple[str, ...]
    jpeg: str = ""
    box: Box | None = None
    like_id: str = ""

    def __post_init__(self) -> None:
        _check_reference(self.jpeg, self.like_id, self.box)
        if not 1 <= len(self.sites) <= MOST_SITES:
            raise InputError("sites", f"needs 1 to {MOST_SITES} names")
        for name in self.sites:
            _check_site("sites", name)


def _check_reference(jpeg: str, like_id: str, box: Box | None) -> None:
    if bool(jpeg) == bool(like_id):
        raise InputError("jpeg", "or the id of a stay is needed, one of the two")
    if box is not None and not (0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1):
        raise InputError("box", "needs left, top, right and bottom in shares of the picture, 0 to 1")


def _check_site(field_name: str, name: str) -> None:
    if len(name) > LONGEST_SITE:
        raise InputError(field_name, f"has {len(name)} characters; at most {LONGEST_SITE}")
    check_line(field_name, name)


@dataclass(frozen=True, slots=True)
class TrackBack(RecordQuestion[tuple[SearchHit, ...]]):
    """Where a person was, stay by stay, newest first."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    person_id: str
    since_ns: int | None = None
    until_ns: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class ListBookmarks(RecordQuestion[tuple[Bookmark, ...]]):
    """Newest first."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    since_ns: int | None = None
    until_ns: int | None = None
    limit: int = 500


@dataclass(frozen=True, slots=True)
class ListSearches(RecordQuestion[tuple[SavedSearch, ...]]):
    """The user's own, and those that are shared, by name."""

    verb: ClassVar[Verb] = Verb.SEE_PAST


@dataclass(frozen=True, slots=True)
class PutBookmark:
    """Add a bookmark (empty id), or change one. The outcome is its id."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    at_ns: int
    note: str
    until_ns: int | None = None
    camera_id: str = ""
    bookmark_id: str = ""

    def __post_init__(self) -> None:
        if len(self.note) > LONGEST_NOTE:
            raise InputError("note", f"has {len(self.note)} characters; at most {LONGEST_NOTE}")
        if self.until_ns is not None and self.until_ns <= self.at_ns:
            raise InputError("until", "is not later than the moment it begins")


@dataclass(frozen=True, slots=True)
class RemoveBookmark:
    """Raises NotFound; PermissionDenied for somebody else's, without the verb to delete."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    bookmark_id: str


@dataclass(frozen=True, slots=True)
class SaveSearch:
    """For oneself, under a name; one's own of that name is replaced. The outcome is its id. `question`: as of SavedSearch; then the filter
    is empty.

    Raises InputError (`question`).
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    name: str
    filter: SearchFilter
    question: str = ""

    def __post_init__(self) -> None:
        check_message("question", self.question)
        if self.question and self.filter != SearchFilter():
            raise InputError("question", "stands beside a filter; a saved search is one of them")


@dataclass(frozen=True, slots=True)
class ShareSearch:
    """With everybody, or no longer. Raises NotFound; PermissionDenied for somebody else's, unless one administers the site; InputError
    (`shared`) where it would then be nobody's."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    search_id: str
    shared: bool


@dataclass(frozen=True, slots=True)
class RemoveSearch:
    """Raises NotFound; PermissionDenied for somebody else's, unless one administers the site."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    search_id: str


TimelineQuestion: TypeAlias = GetTimeline | FindNeighbour | CountDays | ListBookmarks
TimelineCommand: TypeAlias = PutBookmark | RemoveBookmark | SaveSearch | ShareSearch | RemoveSearch
