"""Pages over several sites, newest first: a merge of each site's own pages by (time, id).

Where a page goes on is said per site: what it was asked before the row that was given of it last. A site that is away keeps its place and
goes on from there when it is back, so that no row comes twice and none is lost; what it then has may be newer than what others gave
meanwhile. The place stands in `next_id` of answers that have one, and is remembered by the last row of those that have none.
"""

import base64
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Several
from dataclasses import fields, replace
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from engine.gateway.federation.ids import split
from engine.model.accounts.handover import ListHandovers
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.smoke_questions import ListPlumes, ListSmokeSequences
from engine.model.history.chat import ListChat
from engine.model.history.timeline import HitPage, SearchHit, SearchRecord
from engine.model.question import AlertPage, IncidentPage, ListAlerts, ListClips, ListDecisions, ListEvents, ListIncidents, ListSequences
from engine.model.question_type import Question
from engine.model.review.review import ListReview, ReviewPage, ReviewRow
from engine.model.snapshot import Snapshot
from engine.model.value_class import dataclass

MOST_ROUNDS = 40
"""Pages of one site that are looked through for one page over sites."""
MOST_GIVEN = 100_000
"""Rows of one site in one paging: a site that never ends ends there."""
LONGEST_PLACE = 1_000
LONGEST_TOKEN = 64_000
REMEMBERED = 2_000
_MARK = "~"


def _no_rows(_: Snapshot) -> tuple[Any, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Paging:
    """How one question is paged.

    Attributes:
        time: of a row, with the question. identity: unique among the rows of a site. ordered: no row is later than the one before.
        page, rows: of an answer with its `next_id`; None: the answer is the rows. by_row: the place is the id of the last row got.
        shown: rows of a snapshot that one may page on from.
    """

    time: Callable[[Any, Any], int]
    identity: Callable[[Any], str] = attrgetter("id")
    page: Callable[[tuple[Any, ...], str | None], Any] | None = None
    rows: Callable[[Any], tuple[Any, ...]] = lambda answer: answer
    place_field: str = "before_id"
    by_row: bool = True
    ordered: bool = True
    shown: Callable[[Snapshot], Several[Any]] = _no_rows


def _at(name: str) -> Callable[[Any, Any], int]:
    read = attrgetter(name)
    return lambda _, row: read(row)


def _plume_time(question: ListPlumes, row: Any) -> int:
    return row.plume.last_seen_ns if question.unlabelled else row.plume.started_ns


def _hit_identity(hit: SearchHit) -> str:
    return f"{hit.kind.value}:{hit.id}"


PAGINGS: Mapping[type[Any], Paging] = {
    ListEvents: Paging(_at("started_ns"), shown=attrgetter("events")),
    ListDecisions: Paging(_at("decided_ns"), shown=attrgetter("alerts.held")),
    ListSequences: Paging(_at("started_ns")),
    ListClips: Paging(_at("started_ns")),
    ListAlerts: Paging(_at("raised_ns"), page=AlertPage, rows=attrgetter("alerts"), shown=attrgetter("alerts.alerts")),
    ListIncidents: Paging(_at("occurred_ns"), page=IncidentPage, rows=attrgetter("incidents"), shown=attrgetter("incidents.incidents")),
    ListReview: Paging(
        _at("item.started_ns"), attrgetter("item.id"), page=ReviewPage, rows=attrgetter("rows"), shown=attrgetter("reviews")
    ),
    ListHandovers: Paging(_at("at_ns")),
    ListChat: Paging(_at("asked_ns")),
    ListPlumes: Paging(_plume_time, attrgetter("plume.id")),
    ListSmokeSequences: Paging(_at("started_ns")),
    SearchRecord: Paging(
        _at("at_ns"), _hit_identity, page=HitPage, rows=attrgetter("hits"), place_field="before", by_row=False, ordered=False
    ),
}
"""By question: all whose route is `paged`."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where one site is. `before`: what it is asked before, None: from its newest. last_id, last_ns: of the row that was given last.

    until_ns: rows later than this are left out, of a place that is known by time only. done: there is no more.
    """

    before: str | None = None
    last_id: str = ""
    last_ns: int | None = None
    until_ns: int | None = None
    given: int = 0
    done: bool = False


Place = Mapping[str, Position]  # by site key
Row = tuple[int, str, Any]  # time, identity, and the row as the site knows it


class Unreliable(EnvironmentFault):
    """A site's pages cannot be those of a record."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__("unreliable", f"The pages of {name} {why}. What it has is left out here.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one site in its order. `pages`: what was asked before, how many rows came of it, and whether the row that was given last was
    still to come; `following`: where it goes on after all of them, None where that is the end. unfinished: there may be more before what
    others have, which took too long to look for."""

    position: Position
    rows: tuple[Row, ...]
    pages: tuple[tuple[str | None, int, bool], ...]
    following: str | None
    unfinished: bool = False


def read_stretch(
    ask: Callable[[Any], Any], question: Any, position: Position, name: str, until_s: float, most_rounds: int = MOST_ROUNDS
) -> Stretch:
    """As many rows as the question's limit, if there are. Raises what `ask` raises, Unreliable."""
    paging, limit = PAGINGS[type(question)], question.limit
    rows: list[Row] = []
    pages: list[tuple[str | None, int, bool]] = []
    seen: set[str] = set()
    before = position.before
    skipping = position if position.last_id and not paging.by_row else None
    for _ in range(most_rounds):
        found, following = _one_page(ask, question, before, paging, name)
        was_skipping = skipping is not None
        fresh, skipping = _beyond(found, skipping, position)
        _check_rows(fresh, rows, seen, paging, position, name)
        pages.append((before, len(fresh), was_skipping))
        rows += fresh
        if following is None or len(rows) >= limit:
            return Stretch(position, tuple(rows), tuple(pages), following)
        if following == before or len(following) > LONGEST_PLACE:
            raise Unreliable(name, "do not go on")
        before = following
        if time.monotonic() > until_s:
            break
    return Stretch(position, tuple(rows), tuple(pages), before, unfinished=True)


def without_row(position: Position) -> Position | None:
    """Where it goes on by time, as the row that was given last is no longer in the site's record; None: that is not known."""
    if position.before is None or position.last_ns is None:
        return None
    return replace(position, before=None, until_ns=position.last_ns)


def _one_page(ask: Callable[[Any], Any], question: Any, before: str | None, paging: Paging, name: str) -> tuple[list[Row], str | None]:
    """Its rows, and where the next page begins; None: there is none."""
    place = before if before is not None or paging.by_row else ""
    answer = ask(replace(question, **{paging.place_field: place}))
    found = paging.rows(answer)
    if len(found) > question.limit:
        raise Unreliable(name, "are longer than was asked for")
    rows = [(paging.time(question, row), paging.identity(row), row) for row in found]
    told = None if paging.page is None else answer.next_id
    full = paging.by_row and len(found) >= question.limit
    return rows, told or (rows[-1][1] if full and rows else None)


def _beyond(found: list[Row], skipping: Position | None, position: Position) -> tuple[list[Row], Position | None]:
    """Without what was given before, and what is later than the place. Still skipping: the row that was given last did not come yet."""
    if skipping is not None and skipping.last_ns is not None:
        places = [place for place, row in enumerate(found) if row[1] == skipping.last_id]
        older = next((place for place, row in enumerate(found) if row[0] < skipping.last_ns), None)
        start = places[0] + 1 if places else older
        if start is None:
            return [], skipping
        found = found[start:]
    until_ns = position.until_ns
    if until_ns is not None and position.last_id:
        found = [row for row in found if row[:2] < (until_ns, position.last_id)]
    elif until_ns is not None:
        found = [row for row in found if row[0] <= until_ns]
    return found, None


def _check_rows(fresh: list[Row], rows: list[Row], seen: set[str], paging: Paging, position: Position, name: str) -> None:
    last_ns = rows[-1][0] if rows else position.last_ns
    for at_ns, identity, _ in fresh:
        if type(at_ns) is not int or type(identity) is not str:
            raise TypeError("a row without time or id")
        if identity in seen or identity == position.last_id:
            raise Unreliable(name, "say the same row twice")
        if paging.ordered and last_ns is not None and at_ns > last_ns:
            raise Unreliable(name, "do not go back in time")
        seen.add(identity)
        last_ns = at_ns


def position_after(stretch: Stretch, given: int, by_row: bool) -> Position:
    """Once so many of its rows were given."""
    start, count = stretch.position, stretch.position.given + given
    last_id, last_ns = (stretch.rows[given - 1][1], stretch.rows[given - 1][0]) if given else (start.last_id, start.last_ns)
    all_given = given == len(stretch.rows)
    if count >= MOST_GIVEN or (all_given and stretch.following is None):
        return replace(start, given=count, done=True)
    if all_given:
        return Position(stretch.following, last_id if by_row else "", last_ns, start.until_ns, count)
    if given and by_row:
        return Position(last_id, last_id, last_ns, start.until_ns, count)
    before, holds_last = _page_of(stretch, max(given, 1))
    return Position(before, last_id if given or by_row or holds_last else "", last_ns, start.until_ns, count)


def _page_of(stretch: Stretch, number: int) -> tuple[str | None, bool]:
    """What was asked before the page with this row, counted from 1; whether the row that was given last was still to come then."""
    for before, count, was_skipping in stretch.pages:
        if number <= count:
            return before, was_skipping
        number -= count
    return stretch.following, False


def merged_rows(stretches: Mapping[str, Stretch], limit: int) -> tuple[tuple[str, Any], ...]:
    """Site and row of the newest; ties by id, then by site."""

    def of(key: str, stretch: Stretch) -> Iterator[tuple[tuple[int, str, str], Any]]:
        return (((at_ns, identity, key), row) for at_ns, identity, row in stretch.rows)

    found = merge(*(of(key, stretch) for key, stretch in stretches.items()), key=lambda pair: pair[0], reverse=True)
    return tuple((pair[0][2], pair[1]) for pair in islice(found, limit))


def place_after(place: Place, stretches: Mapping[str, Stretch], rows: Several[tuple[str, Any]], by_row: bool) -> dict[str, Position]:
    given = dict.fromkeys(stretches, 0)
    for key, _ in rows:
        given[key] += 1
    return {**place, **{key: position_after(stretch, given[key], by_row) for key, stretch in stretches.items()}}


def token_of(place: Place) -> str:
    plain = {key: [getattr(position, field.name) for field in fields(Position)] for key, position in place.items()}
    packed = json.dumps(plain, separators=(",", ":")).encode()
    return _MARK + base64.urlsafe_b64encode(packed).decode()


def place_of_token(token: str, field: str) -> dict[str, Position] | None:
    """None: it is no token. Raises InputError."""
    if not token.startswith(_MARK):
        return None
    try:
        if len(token) > LONGEST_TOKEN:
            raise ValueError
        plain: Any = json.loads(base64.b64decode(token[1:].encode(), altchars=b"-_", validate=True))
        return {str(key): _position(items) for key, items in plain.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise InputError(field, "is not from an answer to this question; begin again with the newest") from None


def _position(items: Any) -> Position:
    before, last_id, last_ns, until_ns, given, done = items
    for value, kinds in ((before, (str, type(None))), (last_id, str), (last_ns, (int, type(None))), (until_ns, (int, type(None)))):
        if not isinstance(value, kinds):
            raise TypeError
    if type(given) is not int or type(done) is not bool:
        raise TypeError
    return Position(*items)


class Places:
    """Where pages without a `next_id` go on, by their last row. One thread at a time."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Any, str], Place] = OrderedDict()

    def put(self, question: Question[Any], last_id: str, place: Place) -> None:
        key = _without_place(question), last_id
        self._known[key] = place
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def get(self, question: Question[Any], last_id: str) -> Place | None:
        return self._known.get((_without_place(question), last_id))


def _without_place(question: Any) -> Any:
    paging = PAGINGS[type(question)]
    return replace(question, **{paging.place_field: None if paging.by_row else "", "limit": 1})


def place_of_question(question: Any) -> str | None:
    return getattr(question, PAGINGS[type(question)].place_field) or None


def place_of_shown(question: Any, snapshot: Snapshot, keys: Several[str]) -> dict[str, Position] | None:
    """Where a row that stands in a snapshot is, at each site. None: it stands in none."""
    paging, wanted = PAGINGS[type(question)], place_of_question(question)
    for row in paging.shown(snapshot):
        if row.id == wanted:
            own, local = split(row.id) or ("", "")
            at_ns = paging.time(question, ReviewRow(row) if isinstance(question, ListReview) else row)
            elsewhere = Position(until_ns=at_ns)
            return {key: Position(local, local, at_ns) if key == own else elsewhere for key in keys}
    return None
