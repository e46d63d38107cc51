"""Who was there on every day, who here and not there, and how many at once, as sentences."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date as day_of
from datetime import datetime, time

from engine.history.answers.words import UNIDENTIFIED, Words, capital, date, duration, of_anybody
from engine.history.queries.rows import Result, Row
from engine.model.history.chat import Citation, CitationKind, Sentence
from engine.model.history.plan import Form
from engine.model.history.query import Ask, GroupSelection, Query, Scope, Who
from engine.model.history.query_text import from_text

_MOST_ROWS = 20
_MOST_DATES = 31


def people_sentences(words: Words, result: Result, form: Form) -> list[Sentence]:
    says: dict[Ask, Callable[[Words, Result], list[Sentence]]] = {Ask.DAYS: _regular, Ask.MATCHING: _matching, Ask.AT_ONCE: _at_once}
    head, *told = says[result.query.ask](words, result)
    if form is Form.YES_NO:
        way = "Yes" if result.total else "No"
        head = replace(head, text=f"{way}: {head.text}")
    return [head, *told]


def _regular(words: Words, result: Result) -> list[Sentence]:
    query, total = result.query, result.known
    about = words.about(of_anybody(query))
    how = f" {_how_often(query, total)}{about}"
    if not result.rows:
        return [Sentence(f"No known person was seen{how}.", (result.counted,))]
    told = [
        Sentence(f"{words.people_words((row.person_id,))} was seen on {row.count} of {total} days{about}{_dates(row)}.", (row.citation,))
        for row in result.rows[:_MOST_ROWS]
    ]
    return [Sentence(f"{known_people_seen(result.total, how)}: {_people_names(words, result.rows)}.", (result.counted,)), *told]


def _how_often(query: Query, total: int) -> str:
    if query.wanted is GroupSelection.EVERY:
        return f"on each of {total} days"
    if query.most == query.least:
        return f"on {query.least} of {total} days"
    number = f"{query.least} or more" if query.most is None else f"{query.most} or fewer"
    return f"on {number} of {total} days"


def _dates(row: Row) -> str:
    if not 0 < len(row.details) <= _MOST_DATES:
        return ""
    return ": " + ", ".join(date(datetime.combine(day_of.fromisoformat(day), time())) for day in row.details)


def known_people_seen(number: int, how: str) -> str:
    return f"{number} known person was seen{how}" if number == 1 else f"{number} known people were seen{how}"


def _people_names(words: Words, rows: tuple[Row, ...]) -> str:
    return words.people_words(tuple(dict.fromkeys(row.person_id for row in rows)))


def _matching(words: Words, result: Result) -> list[Sentence]:
    query = result.query
    seen = " and".join(_scope_words(words, query, part) for part in (query.scope, *query.also))
    missing = "".join(f" and not{_scope_words(words, query, part)}" for part in query.without)
    if not result.rows:
        return [Sentence(f"No known person was seen{seen}{missing}.", (result.counted,))]
    head = Sentence(f"{known_people_seen(result.total, seen + missing)}: {_people_names(words, result.rows)}.", (result.counted,))
    return [head, *(_matched(words, row) for row in result.rows[: 4 * _MOST_ROWS])]


def _scope_words(words: Words, query: Query, scope: Scope) -> str:
    return words.about(replace(query, scope=replace(scope, who=Who.ANYTHING))) or " at any time"


def _matched(words: Words, row: Row) -> Sentence:
    if row.citation.kind is not CitationKind.COUNT:
        return Sentence(f"{capital(words.event_at(row))}.", (row.citation,))
    asked = from_text(row.citation.id)
    where = words.about(replace(asked, scope=replace(asked.scope, person_ids=(), who=Who.ANYTHING)))
    return Sentence(f"Nobody saw {words.people_words((row.person_id,))}{where}.", (row.citation,))


def _at_once(words: Words, result: Result) -> list[Sentence]:
    query = result.query
    about = words.about(of_anybody(query))
    rows = [row for row in result.rows if row.key != "most"]
    told = [_stretch(words, query, row) for row in rows[:_MOST_ROWS]]
    most = [
        Sentence(f"At most {row.count} {'person was' if row.count == 1 else 'people were'} there at once{about}.", (row.citation,))
        for row in result.rows
        if row.key == "most"
    ]
    if query.wanted is GroupSelection.MOST:
        return [*most, *told] or [Sentence(f"There is no sighting of a person{about}.", (result.counted,))]
    if not rows:
        return [Sentence(f"There is no time with {_so_many(query)} at once{about}.", (result.counted,)), *most]
    cited = (result.counted, *dict.fromkeys(each for row in rows for each in row.rows))[:_MOST_ROWS]
    return [Sentence(f"Together {duration(result.seconds)} with {_so_many(query)} at once{about}.", cited), *told]


def _so_many(query: Query) -> str:
    if query.most is None:
        return f"{query.least} or more people"
    return f"{query.least} people" if query.most == query.least else f"{query.most} or fewer people"


def _stretch(words: Words, query: Query, row: Row) -> Sentence:
    where = words.about(replace(query, scope=replace(query.scope, spans=(), person_ids=(), who=Who.ANYTHING)))
    others = UNIDENTIFIED if len(row.details) < row.count else ""
    who = " and ".join(each for each in (words.people_words(row.details), others) if each)
    cited: tuple[Citation, ...] = (row.citation, *row.rows)
    text = words.stretch(row.at_ns, row.until_ns)
    text = f"{text} there was 1 person at once{where}" if row.count == 1 else f"{text} there were {row.count} people at once{where}"
    return Sentence(f"{capital(text)}: {who}.", cited)
