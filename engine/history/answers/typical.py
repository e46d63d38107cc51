"""What is usual, the longest, on which days, and who came first, as sentences."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date as day_of
from datetime import datetime, time

from engine.history.answers.words import A_PERSON, UNIDENTIFIED, Words, capital, clock_of, date, duration, number, timeless
from engine.history.queries.rows import Result, Row
from engine.history.when.zone import local
from engine.model.history.chat import CitationKind, Sentence
from engine.model.history.query import Ask, By, GroupSelection, Measure, Of, Query, Who
from engine.model.history.query_text import from_text, to_text

_MOST_DATES = 31
_MOST_ROWS = 20


def typical_sentences(words: Words, result: Result) -> list[Sentence]:
    """Empty where nothing was found."""
    says: dict[Ask, Callable[[Words, Result], list[Sentence]]] = {
        Ask.AVERAGE: _average,
        Ask.USUAL: _usual,
        Ask.LENGTHS: _lengths,
        Ask.CLOCKS: _clocks,
        Ask.DAYS: _days,
        Ask.SHARE: _share_sentences,
        Ask.ORDER: _order,
        Ask.LACKING: _lacking,
        Ask.HOW_LONG: _stayed,
    }
    return says[result.query.ask](words, result)


def _average(words: Words, result: Result) -> list[Sentence]:
    query = result.query
    if result.value is None:
        return []
    about, noun = words.about(query), words.noun(query, 2)
    unit = {By.DAY: "a day", By.HOUR: "an hour"}.get(query.by, "each time")
    times = f"{result.known} {'days' if query.by is By.DAY else 'stretches'}"
    noun = words.noun(query, 1) if query.measure is Measure.MEDIAN and result.value == 1 else noun
    so_many = f"{number(result.value)} {noun} {unit}{about}"
    if query.measure is Measure.MEDIAN:
        told = f"The median is {so_many}, of {times} with {result.total} in all."
    elif query.by is By.HOUR:
        told = f"On average there were {so_many}, {result.total} in all."
    else:
        told = f"On average there were {so_many}, {result.total} on {times}."
    return [Sentence(told, (result.counted,))]


def _usual(words: Words, result: Result) -> list[Sentence]:
    there, usual, fewest, most = result.rows
    query = result.query
    noun, period = words.noun(query, there.count), words.period(from_text(there.citation.id).scope.spans)
    so_many = f"{there.count} {noun}{words.about(timeless(query))} {period}"
    apart = there.count - usual.seconds
    how = f"{'more' if apart > 0 else 'fewer'} than usual" if apart else "as usual"
    days = f"{usual.count} other day" if usual.count == 1 else f"{usual.count} other days"
    return [
        Sentence(f"There {'was' if there.count == 1 else 'were'} {so_many}, {how}.", (there.citation, usual.citation)),
        Sentence(
            f"Usual at that time is the median {number(usual.seconds)}, from {fewest.count} to {most.count} on {days}.", (usual.citation,)
        ),
    ]


def _lengths(words: Words, result: Result) -> list[Sentence]:
    query = result.query
    if result.value is None:
        return []
    of, length = words.amount(query, result.total), duration(result.value)
    if not result.rows:
        told = f"The median length is {length}, of {of}." if query.measure is Measure.MEDIAN else f"On average it was {length}, of {of}."
        return [Sentence(told, (result.counted,))]
    which = f"The {query.measure.value} of {of}"
    told = [Sentence(f"{which}: {words.event_at(row)}.", (row.citation, result.counted)) for row in result.rows[:1]]
    return [*told, *(Sentence(f"{capital(words.event_at(row))}.", (row.citation,)) for row in result.rows[1:])]


def _clocks(words: Words, result: Result) -> list[Sentence]:
    query, rows = result.query, result.rows
    if not rows or result.value is None:
        return []
    days = f"{result.total} day" if result.total == 1 else f"{result.total} days"
    if query.measure in (Measure.EARLIEST, Measure.LATEST):
        edge = _edge(words, query, rows[0])
        return [Sentence(f"The {query.measure.value} of {days}{words.about(query)}: {edge}.", (rows[0].citation, result.counted))]
    each = [Sentence(f"{capital(words.event_at(row))}.", (row.citation,)) for row in rows[:_MOST_ROWS]]
    if query.measure is Measure.NONE:
        return each
    of = f"{days}{words.about(_nobody(query))}"
    way = f"usually (the median of {of})" if query.measure is Measure.MEDIAN else f"on average (the mean of {of})"
    told = f"{_who(words, query)} was {'first' if query.oldest_first else 'last'} seen at {clock_of(result.value)} {way}"
    return [Sentence(f"{capital(told)}.", (result.counted,)), *(each if len(rows) <= _MOST_ROWS else [])]


def _who(words: Words, query: Query) -> str:
    return words.people_words(query.scope.person_ids) or A_PERSON


def _nobody(query: Query) -> Query:
    return replace(query, scope=replace(query.scope, person_ids=()))


def _edge(words: Words, query: Query, row: Row) -> str:
    person = words.person_words(row) or UNIDENTIFIED
    at_ns = row.at_ns if query.oldest_first or row.until_ns is None else row.until_ns
    place = words.place_words(row)
    return f"{person} was {'first' if query.oldest_first else 'last'} seen {words.moment(at_ns)}{f', {place}' if place else ''}"


def _days(words: Words, result: Result) -> list[Sentence]:
    query = result.query
    having, lacking = [row for row in result.rows if row.count], [row for row in result.rows if not row.count]
    noun = f"{words.noun(query, 2)}{words.about(query)}"
    dates = "" if query.wanted is GroupSelection.FEWEST else _dates(words, having)
    there = f"On {len(having)} of {len(result.rows)} {'stretches' if query.by is By.ALL else 'days'} there were {noun}{dates}."
    told = [Sentence(there, (result.counted,))]
    if query.wanted is GroupSelection.ALL or not lacking:
        return told
    if query.wanted is GroupSelection.FEWEST:
        told.append(Sentence(f"{'Stretches' if query.by is By.ALL else 'Days'} with none: {len(lacking)}.", (result.counted,)))
    dates = _dates(words, lacking)
    return [*told, *([Sentence(f"There were none on{dates[1:]}.", (result.counted,))] if dates else [])]


def _dates(words: Words, rows: list[Row]) -> str:
    if not rows or len(rows) > _MOST_DATES:
        return ""
    return ": " + ", ".join(date(local(row.at_ns, words.zone)) if row.at_ns else date(_midnight(row)) for row in rows)


def _share_sentences(words: Words, result: Result) -> list[Sentence]:
    part, whole = result.rows
    if not whole.count:
        return []
    of = words.amount(from_text(whole.citation.id), whole.count)
    what = f"{_is_what(words, result.query, part.count)}{words.about(timeless(result.query))}"
    percent = number(round(100 * part.count / whole.count, 1))
    return [Sentence(f"Of {of}, {part.count} {what}, {percent} %.", (part.citation, whole.citation))]


def _is_what(words: Words, query: Query, number: int) -> str:
    """`are`, of one kind of event also what they are."""
    is_kind = query.of is Of.EVENTS and len(query.scope.kinds) == 1
    return f"{'is' if number == 1 else 'are'}{f' {words.noun(query, number)}' if is_kind else ''}"


def _order(words: Words, result: Result) -> list[Sentence]:
    query = result.query
    told = [_arrival_sentence(words, query, row) for row in result.rows]
    for person in query.scope.person_ids:
        if all(row.person_id != person for row in result.rows):
            alone = replace(query, ask=Ask.STAYS, scope=replace(query.scope, person_ids=(person,)))
            cited = (replace(result.counted, id=to_text(alone)),)
            told.append(Sentence(f"Nobody saw {words.people_words((person,))}{words.about(_nobody(query))}.", cited))
    for first, after in zip(result.rows, result.rows[1:], strict=False):
        came, left = (first.at_ns, after.at_ns) if query.oldest_first else (first.until_ns or 0, after.until_ns or 0)
        apart = f"{duration((left - came) / 1e9)} " if left > came else ""
        text = f"{words.person_words(first)} {'came' if query.oldest_first else 'left'} {apart}before {words.person_words(after)}"
        told.append(Sentence(f"{text}.", (first.citation, after.citation)))
    return told


def _lacking(words: Words, result: Result) -> list[Sentence]:
    return [
        Sentence(f"{words.there_were(alone, row.count) if row.count else _none_of(words, alone)}.", (row.citation,))
        for row in result.rows
        for alone in [from_text(row.citation.id)]
    ]


def _none_of(words: Words, alone: Query) -> str:
    scope = alone.scope
    if scope.who is Who.ANYTHING or scope.kinds or alone.of is not Of.EVENTS:
        return capital(words.none(alone))
    if not scope.person_ids:
        return capital(words.nobody_seen(alone))
    where = words.about(replace(alone, scope=replace(scope, person_ids=(), who=Who.ANYTHING)))
    return f"Nobody saw {words.people_words(scope.person_ids)}{where}"


def _arrival_sentence(words: Words, query: Query, row: Row) -> Sentence:
    scope = replace(query.scope, person_ids=(row.person_id,), who=Who.ANYONE)
    alone = replace(query, ask=Ask.FIRST if query.oldest_first else Ask.LAST, limit=1, skip=0, scope=scope)
    counted = replace(row.citation, kind=CitationKind.COUNT, id=to_text(alone))
    return Sentence(f"{capital(_edge(words, query, row))}.", (row.citation, counted))


def _stayed(words: Words, result: Result) -> list[Sentence]:
    rows, query = result.rows, result.query
    if not rows:
        return []
    first, *others = rows[:_MOST_ROWS]
    cited = tuple(row.citation for row in rows[:_MOST_ROWS])
    which = f"Together the {'shortest' if query.wanted is GroupSelection.FEWEST else 'longest'}{words.about(query)}"
    head = f"{which}: {words.people_words((first.person_id,))}, {duration(first.seconds)}."
    return [
        Sentence(head, cited),
        *(Sentence(f"{words.people_words((row.person_id,))}: together {duration(row.seconds)}.", (row.citation,)) for row in others),
    ]


def _midnight(row: Row) -> datetime:
    return datetime.combine(day_of.fromisoformat(row.key), time())
