"""Finding by words and marks in what one site told, newest first: as `engine.store.search.text_search` does it at the site.

Words are found by PostgreSQL's full text (`simple`, its manual, chapter 12): letters with accents are others than those without.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Several
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    column,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.sql.expression import ColumnClause

from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.history.timeline import HitKind, HitPage, SearchFilter, SearchHit, SearchRecord
from engine.model.plain_text import CONTROL
from engine.model.value_class import dataclass
from engine.store.paging import between
from engine.store.search.screen_words import SIMULATED
from engine.store.search.text_index import MS_NS, PER_MS
from engine.store.search.text_query import Piece, mark_groups, pieces, term_of
from engine.store.search.text_search import alert_hit, decision_hit, event_hit, incident_hit
from engine.store.tables import alerts, decisions, events, incidents

_Condition: TypeAlias = ColumnElement[bool]
_Key: TypeAlias = tuple[int, str, str]  # time, kind and id: what hits are in order by
_SEPARATOR = "~"
_MOST_NS = 1 << 62  # what the database holds
NEWEST = 2_000  # rows that are looked through before the index of words is asked: common words are among them


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """`marked`: columns by the letter of their marks. words: as a tsvector. when: which rows are found at all."""

    hit: HitKind
    table: Any
    time: str
    marked: Mapping[str, ColumnElement[Any]]
    words: ColumnElement[Any]
    of_row: Callable[[Mapping[str, Any]], SearchHit]
    when: _Condition


def _columns(table: Any, **names: str) -> dict[str, ColumnElement[Any]]:
    return {letter: table.c[name] for letter, name in names.items()}


_WORDS: ColumnClause[Any] = column("words")
_PLACED = {"c": "camera_id", "p": "person_id", "z": "zone_id"}
_SOURCES = (
    _Source(
        HitKind.EVENT,
        events,
        "started_ns",
        _columns(events, **_PLACED, k="kind", l="label", s="severity", n="subject_id", x="simulated"),
        _WORDS,
        event_hit,
        not_(events.c.shadow),
    ),
    _Source(
        HitKind.ALERT,
        alerts,
        "raised_ns",
        _columns(alerts, **_PLACED, k="kind", r="rule_id", t="state", d="disposition", s="severity", n="subject_id", x="simulated"),
        _WORDS,
        alert_hit,
        true(),
    ),
    _Source(
        HitKind.DECISION,
        decisions,
        "decided_ns",
        {
            **_columns(decisions, c="camera_id", z="zone_id", a="candidate", r="rule_id", o="outcome"),
            "k": literal_column("facts ->> 'kind'"),
        },
        _WORDS,
        decision_hit,
        decisions.c.stage == "alert",
    ),
    _Source(
        HitKind.INCIDENT,
        incidents,
        "occurred_ns",
        _columns(incidents, k="category", t="state", s="severity", x="simulated"),
        func.to_tsvector(text("'simple'"), incidents.c.category + " " + literal_column("coalesce(body ->> 'description', '')", Text())),
        incident_hit,
        true(),
    ),
)


def search_copy(connection: Connection, ask: SearchRecord, site: str) -> HitPage:
    """`site`: its key, which is one of the words of what it told. Raises InputError."""
    before = _place(ask.before)
    found: list[SearchHit] = []
    for source in _sources_for(ask.filter):
        there = [source.when, *between(_time(source), ask.filter.since_ns, ask.filter.until_ns)]
        if before is not None:
            there.append(_before(source, before))
        found += _hits_of(connection, source, there, ask, site)
    hits = sorted(found, key=_key, reverse=True)[: ask.limit]
    return HitPage(tuple(hits), _token(_key(hits[-1])) if len(hits) == ask.limit else None)


def _hits_of(connection: Connection, source: _Source, there: list[_Condition], ask: SearchRecord, site: str) -> list[SearchHit]:
    """Common words are among the newest rows, which are looked through in their order; for the others there is the index of words."""
    sought = _sought(source, ask.filter)
    last = _last_of_newest(connection, source, there) if ask.filter.text else None
    if last is None:
        return _rows(connection, source, [*there, *sought], ask.limit)
    key = tuple_(_time(source), source.table.c.id)
    hits = _rows(connection, source, [*there, key >= last, *sought], ask.limit)
    if len(hits) < ask.limit:
        hits += _rows(connection, source, [*there, key < last, *_sought(source, ask.filter, site)], ask.limit - len(hits))
    return hits


def _last_of_newest(connection: Connection, source: _Source, there: list[_Condition]) -> Any:
    """Time and id of the last of `NEWEST` rows; None: there are fewer."""
    key = (_time(source), source.table.c.id)
    in_order = select(*key).where(*there).order_by(*(each.desc() for each in key))
    last = connection.execute(in_order.offset(NEWEST - 1).limit(1)).first()
    return None if last is None else tuple_(*last)


def _rows(connection: Connection, source: _Source, conditions: Several[_Condition], limit: int) -> list[SearchHit]:
    query = select(source.table).where(*conditions).order_by(_time(source).desc(), source.table.c.id.desc()).limit(limit)
    return [source.of_row(dict(row)) for row in connection.execute(query).mappings()]


def _sources_for(wanted: SearchFilter) -> Iterable[_Source]:
    kinds = {HitKind.EVENT if kind is HitKind.MOTION else kind for kind in wanted.kinds}
    return (source for source in _SOURCES if not kinds or source.hit in kinds)


def _time(source: _Source) -> Any:
    return source.table.c[source.time]


def _sought(source: _Source, wanted: SearchFilter, site: str = "") -> list[_Condition]:
    """`site`: as of `_says`."""
    terms = [_term(source, piece, site) for piece in pieces(wanted.text)]
    return terms + [_any_mark(source, group) for group in mark_groups(wanted) if group]


def _term(source: _Source, piece: Piece, site: str) -> _Condition:
    term = term_of(piece, {})
    said = [_says(source, piece, site), _any_mark(source, term.marks), _of_kind(source, piece)]
    said += [and_(*(_says(source, Piece(each), site) for each in texts)) for texts in term.sentences]
    return or_(*said)


def _says(source: _Source, piece: Piece, site: str) -> _Condition:
    """`site`: its key as one more word, where rows have it, so that the index of words finds those of the site alone; empty: without."""
    query = _query(piece)
    if site and source.words is _WORDS:
        query = query.op("&&")(_as_tsquery(literal(f"' {site}'")))
    return source.words.op("@@")(query)


def _query(piece: Piece) -> ColumnElement[Any]:
    """For the words in a row; of one that is left open, its last word with whatever follows."""
    words = func.phraseto_tsquery(text("'simple'"), literal(piece.text))
    said = func.nullif(words.op("::")(text("text")), "")  # what looks like a mark of HTML has no words
    return _as_tsquery(said.op("||")(":*")) if piece.open else words


def _as_tsquery(said: ColumnElement[Any]) -> ColumnElement[Any]:
    return said.op("::")(text("tsquery"))


def _of_kind(source: _Source, piece: Piece) -> _Condition:
    """The name of an event's kind as it is written in the record is one of its words, too."""
    named = [kind.value for kind in EventKind if piece.within(kind.value.replace("_", " "))]
    return source.marked["k"].in_(named) if named and source.hit in (HitKind.EVENT, HitKind.ALERT) else false()


def _any_mark(source: _Source, marks: Several[str]) -> _Condition:
    return or_(false(), *(_mark_condition(source, each) for each in marks))


def _mark_condition(source: _Source, mark: str) -> _Condition:
    letter, rest = mark[0], mark[1:]
    if letter == "h":
        return true() if rest == source.hit.value else false()
    found = source.marked.get(letter)
    if found is None:
        return false()
    if letter == "s":
        return found == int(rest) if rest.isdigit() else false()
    if mark == SIMULATED:
        return found.is_(True)
    value = found == bytes.fromhex(rest).decode()
    return and_(value, source.marked["k"] == EventKind.NODE_LOST.value) if letter == "n" else value


def _key(hit: SearchHit) -> _Key:
    return hit.at_ns, hit.kind.value, hit.id


def _before(source: _Source, place: _Key) -> _Condition:
    at_ns, kind, row_id = place
    time, id_ = _time(source), source.table.c.id
    if source.hit.value == kind:
        return or_(time < at_ns, and_(time == at_ns, id_ < row_id))
    return time <= at_ns if source.hit.value < kind else time < at_ns


def _token(key: _Key) -> str:
    return _SEPARATOR.join(map(str, key))


def _place(before: str) -> _Key | None:
    """Also where a page of the site itself goes on: by its millisecond. Raises InputError."""
    if not before:
        return None
    at, separator, rest = before.partition(_SEPARATOR)
    kind, _, row_id = rest.partition(_SEPARATOR)
    try:
        at_ns = int(at)
        if CONTROL.search(row_id) or abs(at_ns) > _MOST_NS:
            raise ValueError
        return (at_ns, HitKind(kind).value, row_id) if separator else ((at_ns // PER_MS + 1) * MS_NS, "", "")
    except ValueError:
        raise InputError("before", f"{before[:40]!r} is not from an answer to this question") from None
