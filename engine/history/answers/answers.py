"""A result as sentences, each with what it rests on. Every number, name and time in them comes from the result's rows."""

from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from engine.history.answers.alerts import alert_sentences, more_sentences, yes
from engine.history.answers.people import known_people_seen, people_sentences
from engine.history.answers.typical import typical_sentences
from engine.history.answers.unobserved import MOST_BLIND, cause_text, unknown_sentence, unobserved_sentences
from engine.history.answers.words import (
    Words,
    capital,
    date,
    doubt_of,
    duration,
    list_text,
    none_of,
    of_anybody,
    quoted,
    safe,
    severity_words,
    timeless,
)
from engine.history.queries.rows import Result, Row
from engine.history.queries.stays import STAY_KINDS, counts_stays, folds_stays
from engine.history.when.units import WEEKDAYS
from engine.model.clock_text import hours_of_day_text
from engine.model.event import EventKind
from engine.model.history.chat import Citation, CitationKind, ClaimStatus, Sentence
from engine.model.history.plan import Form
from engine.model.history.query import LIST_ASKS, Ask, By, GroupSelection, Of, Query, Scope, Who
from engine.model.history.query_text import from_text, to_text
from engine.model.value_class import dataclass

_MOST_CITED = 20
_TOP = 3
_TIMED = (Form.WHEN, Form.WHERE, Form.ARRIVED, Form.LEFT)  # what is asked is in the rows
_DIFFERENT = {By.CAMERA: ("camera", "cameras"), By.ZONE: ("zone", "zones"), By.KIND: ("kind", "kinds")}
GROUP_NOUNS = _DIFFERENT | {
    By.PERSON: ("known person", "known people"),
    By.DAY: ("day", "days"),
    By.HOUR: ("hour", "hours"),
    By.SEVERITY: ("severity", "severities"),
    By.ASSIGNEE: ("person", "people"),
}


@dataclass(frozen=True, slots=True)
class Answers:
    words: Words

    def write_answer(self, result: Result, form: Form) -> tuple[Sentence, ...]:
        told = [*self._sentences(result, form), *unobserved_sentences(self.words, result)]
        zone = Sentence(f"Times are in {self.words.zone.key}.") if any(sentence.citations for sentence in told) else None
        return (*told, *(() if zone is None else (zone,)))

    def nearest(self, before: bool, row: Row) -> Sentence:
        """Of a time in which nothing was: what was next to it."""
        return Sentence(f"Nearest {'before' if before else 'after'} that: {self.words.event_at(row)}.", (row.citation,))

    def _sentences(self, result: Result, form: Form) -> list[Sentence]:
        query = result.query
        match query.ask:
            case Ask.COUNT:
                return self._count_sentences(result)
            case Ask.COMPARE:
                return self._compare(result)
            case Ask.OBSERVED:
                return self._observed(result)
            case Ask.ABSENT:
                return self._absent(result)
            case Ask.HOW_LONG if query.by is By.PERSON:
                return typical_sentences(self.words, result) or self._nothing(result, form)
            case Ask.HOW_LONG:
                return self._how_long(result)
            case Ask.DAYS | Ask.MATCHING | Ask.AT_ONCE if query.ask is not Ask.DAYS or query.by is By.PERSON:
                return people_sentences(self.words, result, form)
            case Ask.DAYS if form is Form.YES_NO:
                return self._each_day(result, form)
            case Ask.AVERAGE | Ask.USUAL | Ask.LENGTHS | Ask.CLOCKS | Ask.DAYS | Ask.SHARE | Ask.ORDER | Ask.LACKING:
                return typical_sentences(self.words, result) or self._nothing(result, form)
            case Ask.CLIP:
                return [*(self._clips(result) if form is Form.HOW_MANY else []), *self._clip(result)]
            case _:
                pass
        if query.of in (Of.ALERTS, Of.HELD, Of.INCIDENTS) or query.ask in (Ask.WHY_ALERT, Ask.WHY_NOTHING, Ask.HANDLED):
            return alert_sentences(self.words, result, form) or self._nothing(result, form)
        return self._events(result, form)

    def _events(self, result: Result, form: Form) -> list[Sentence]:
        if not result.rows or (result.query.ask is Ask.WITH and result.query.id and not _having(result, result.query.id)):
            return self._nothing(result, form)
        rows = result.rows if not result.query.id else _having(result, result.query.id)
        told = [self._event_sentence(result, row, form) for row in rows]
        if form is Form.HOW_MANY or (len(rows) > 1 and result.query.ask in LIST_ASKS and form not in _TIMED):
            told.insert(0, self._total(result))
        told[0] = yes(told[0]) if form is Form.YES_NO and not all(map(doubt_of, rows)) else told[0]
        return [*told, *more_sentences(result)]

    def _event_sentence(self, result: Result, row: Row, form: Form) -> Sentence:
        if row.last is not None and form not in _TIMED:
            return self._often(row, row.last)
        text = self._event(result, row, form)
        edge = (result.counted,) if " first seen " in text or " last seen " in text else ()
        return Sentence(f"{capital(text)}.", (row.citation, *(() if result.query.ask is Ask.WITH else row.rows), *edge))

    def _often(self, row: Row, last: Row) -> Sentence:
        """How often somebody was there, the first time and the last."""
        words = self.words
        began, ended = (", ".join(part for part in (words.place_words(each), words.when(each)) if part) for each in (row, last))
        counted = next(each for each in row.rows if each.kind is CitationKind.COUNT)
        is_stays = _counts_stays(counted)
        often = f"{words.person_words(row)} was seen {row.count} times" if is_stays else words.there_were(from_text(counted.id), row.count)
        return Sentence(f"{often}: first {began}; last {ended}.", (*_cited(row), *_cited(last)))

    def _event(self, result: Result, row: Row, form: Form) -> str:
        words = self.words
        person = words.person_words(row)
        if person and form is Form.LEFT and row.until_ns is not None and not row.going_on:
            return f"{person} was last seen {words.moment(row.until_ns)}{_at(words.place_words(row))}"
        if person and form is Form.ARRIVED:
            return f"{person} was first seen {words.moment(row.at_ns)}{_at(words.place_words(row))}"
        is_last = result.query.ask is Ask.LAST and not result.query.skip and not row.going_on
        if person and is_last and row.kind in (EventKind.PERSON, EventKind.ZONE_VISIT):
            return f"{person} was last seen {words.place_words(row)}, {words.stretch(row.at_ns, row.until_ns)}".replace("  ", " ")
        return words.event_at(row)

    def _nothing(self, result: Result, form: Form) -> list[Sentence]:
        """Not observed is not the same as not happened."""
        query = result.query
        if query.skip and result.total:
            return self._too_few(result)
        if result.unseen:
            return [unknown_sentence(self.words, result)]
        told = self._none(query)
        return [self._with_held(result, f"No: {told}" if form is Form.YES_NO else capital(told)), *self._coverage(result)]

    def _with_held(self, result: Result, told: str) -> Sentence:
        """Nothing was found; in the same breath what was held back, and why."""
        held = result.held
        if held is None:
            return Sentence(f"{told}.", (result.counted,))
        noun, when = self.words.noun(result.query, held.count), f"{self.words.moment(held.at_ns)} ({quoted(held.text)})"
        what = noun if result.query.of is Of.ALERTS else f"possible {noun}"
        many = f"{held.count} {what}"
        how = f"{many} was held back {when}" if held.count == 1 else f"{many} were held back, the last {when}"
        return Sentence(f"{told}; {how}.", (result.counted, *_cited(held)))

    def _coverage(self, result: Result) -> list[Sentence]:
        """Of a time in which nobody was seen: how much of it was observed."""
        found = result.coverage
        if found is None or result.unseen:
            return []
        return [Sentence(f"Of that time, {duration(found.seen_s)} of {duration(found.asked_s)} were observed.", (found.counted,))]

    def _too_few(self, result: Result) -> list[Sentence]:
        """Asked for was the third of two: told is how many there are."""
        query, number = result.query, result.total
        of_people = query.ask is Ask.ORDER
        scope = replace(query.scope, who=Who.KNOWN) if of_people else query.scope
        count = Query(Ask.COUNT, Of.PEOPLE if of_people else query.of, scope)
        cited = (replace(result.counted, id=to_text(count)),)
        about = self.words.about(query)
        told = known_people_seen(number, about) if of_people else self.words.there_were(query, number)
        return [Sentence(f"{told}.", cited)]

    def _limited(self, result: Result) -> list[Sentence]:
        """Groups that are large, or small, enough."""
        query, words = result.query, self.words
        one, many = GROUP_NOUNS.get(query.by, ("kind", "kinds"))
        what = f"{words.noun(query, 1 if query.least == query.most == 1 else 2)}{words.about(query)}"
        so_many = f"with {query.least} or more {what}" if query.most is None else f"with {query.least} to {query.most} {what}"
        so_many = f"with exactly {query.least} {what}" if query.most == query.least else so_many
        if not result.rows:
            return [Sentence(f"There is {none_of(one)} {so_many}.", (result.counted,))]
        head = Sentence(f"{result.known} {one if result.known == 1 else many} {so_many}.", (result.counted,))
        told = [
            Sentence(f"{capital(self._group_key_words(query, row))}: {row.count} {words.noun(query, row.count)}.", (row.citation,))
            for row in result.rows
        ]
        return [head, *told]

    def _none(self, query: Query) -> str:
        words, scope = self.words, query.scope
        if query.ask is Ask.WHY_ALERT:
            return f"there is {none_of('alert')}{words.about(query)}"
        if scope.going_on and scope.kinds == (EventKind.CAMERA_LOST,) and scope.camera_ids:
            cameras = list_text([words.camera(each) for each in scope.camera_ids])
            return f"the camera {cameras} is not offline" if len(scope.camera_ids) == 1 else f"none of the cameras {cameras} is offline"
        is_seen = query.of in (Of.EVENTS, Of.PEOPLE) and query.ask in (Ask.LAST, Ask.FIRST, Ask.STAYS, Ask.WITH) and not scope.kinds
        if is_seen and scope.person_ids and query.ask is not Ask.WITH:
            where = words.about(query).replace(f" of {words.people_words(scope.person_ids)}", "", 1)
            return f"nobody saw {words.people_words(scope.person_ids)}{where}"
        if is_seen and scope.person_ids:
            whom = words.people_words(scope.person_ids)
            where = words.about(query).replace(f" of {whom}", "", 1)
            return (
                f"{words.people_words((query.id,))} was not seen with {whom}{where}"
                if query.id
                else f"nobody else was seen with {whom}{where}"
            )
        return words.nobody_seen(query) if is_seen or query.of is Of.PEOPLE else words.none(query)

    def _each_day(self, result: Result, form: Form) -> list[Sentence]:
        """Whether there was one on each day."""
        told = typical_sentences(self.words, result)
        if not told:
            return self._nothing(result, form)
        way = "Yes" if all(row.count for row in result.rows) else "No"
        return [replace(told[0], text=f"{way}: {told[0].text}"), *told[1:]]

    def _count_sentences(self, result: Result) -> list[Sentence]:
        query = result.query
        if result.unseen and not result.total:
            return self._nothing(result, Form.PLAIN)
        if query.limited and query.by is not By.ALL:
            return self._limited(result)
        told = [self._total(result)]
        groups = result.rows if query.by is not By.ALL else ()
        if query.wanted is not GroupSelection.ALL and groups:
            told = [*told, self._most(result, groups[0]), *(self._group(query, row) for row in self._behind(groups))]
        else:
            told += [self._group(query, row) for row in groups]
        if groups and query.by in _DIFFERENT and query.wanted is GroupSelection.ALL:
            named = _DIFFERENT[query.by][len(groups) != 1]
            told.insert(1, Sentence(f"Those are {len(groups)} different {named}.", tuple(row.citation for row in groups)))
        if query.of is Of.PEOPLE and query.by is By.ALL:
            told += [self._event_sentence(result, row, Form.PLAIN) for row in result.rows[:_MOST_CITED]]
        return [*told, *self._coverage(result)]

    def _total(self, result: Result) -> Sentence:
        query, words = result.query, self.words
        if query.of is Of.PEOPLE and query.by is By.ALL:
            known, unknown = result.known, result.unknown
            if query.scope.who.value == "unknown":
                return Sentence(f"There were {unknown} sightings{words.about(query)}.", (result.counted,))
            times = f"{unknown} time" if unknown == 1 else f"{unknown} times"
            if unknown and not known:
                return Sentence(f"Unidentified people were seen {times}{words.about(query)}, and no known person.", (result.counted,))
            told = known_people_seen(known, f"{words.about(of_anybody(query))}{self._people_in_brackets(result)}")
            more = f", and unidentified people {times}" if unknown else ""
            return Sentence(f"{told}{more}.", (result.counted,))
        is_folded = folds_stays(query) and bool(query.scope.person_ids) and all(row.kind in STAY_KINDS for row in result.rows)
        is_stays = is_folded or _counts_stays(result.counted)
        there = words.stays(query, result.total) if is_stays else words.there_were(query, result.total)
        doubtful = tuple(row for row in result.rows if doubt_of(row))
        if doubtful:
            how = "which is not certain" if result.total == 1 else f"{len(doubtful)} of them not certain"
            return Sentence(f"{there}, {how}.", (result.counted, *(row.citation for row in doubtful)))
        stays = next((row for row in result.rows if query.by is By.ALL and _counts_stays(row.citation)), None)
        if stays is None:
            return self._with_held(result, there)
        if not stays.count:
            return Sentence(f"{there}; those of cameras, radio and zones are counted apart.", (result.counted,))
        often = (
            f"{words.stays(query, stays.count)}; of {result.total} {words.noun(query, result.total)} those that overlap are counted once."
        )
        return Sentence(often, (stays.citation, result.counted))

    def _people_in_brackets(self, result: Result) -> str:
        ids = tuple(row.person_id for row in result.rows if row.person_id)
        return f" ({self.words.people_words(ids)})" if len(ids) > 1 and len(ids) == result.known else ""

    def _behind(self, groups: tuple[Row, ...]) -> tuple[Row, ...]:
        """Those told after the first, or after the few that tie with it; and those that tie with the last of them, unless they are many."""
        tied = sum(1 for row in groups if row.count == groups[0].count)
        if tied > _TOP:
            return groups[1:_TOP]
        equal = sum(1 for row in groups[_TOP:] if row.count == groups[_TOP - 1].count)
        return groups[tied : _TOP + equal if equal <= _TOP else _TOP]

    def _most(self, result: Result, row: Row) -> Sentence:
        noun = "visits" if _counts_stays(result.counted) else self.words.noun(result.query, 2)
        which = f"Most {noun}" if result.query.wanted is GroupSelection.MOST else f"Fewest {noun}"
        tied = [each for each in result.rows if each.count == row.count]
        if len(tied) > 1 and len(tied) <= _TOP:
            names = ", ".join(self._group_key_words(result.query, each) for each in tied)
            return Sentence(f"{which}: {names}, {_each(row.count)}.", tuple(each.citation for each in tied))
        return Sentence(f"{which}: {self._group_key_words(result.query, row)}, {row.count}.", (row.citation,))

    def _group(self, query: Query, row: Row) -> Sentence:
        return Sentence(f"{capital(self._group_key_words(query, row))}: {row.count}.", (row.citation,))

    def _group_key_words(self, query: Query, row: Row) -> str:
        words = self.words
        match query.by:
            case By.CAMERA:
                return words.camera(row.key)
            case By.ZONE:
                return words.zone_name(row.key)
            case By.PERSON:
                return words.people_words((row.key,))
            case By.HOUR:
                return hours_of_day_text(int(row.key))
            case By.DAY:
                return date(datetime.fromisoformat(row.key))
            case By.WEEKDAY:
                return row.key.capitalize() if row.key in WEEKDAYS else row.key
            case By.KIND:
                return words.noun(replace(query, scope=_scope(row), of=Of.EVENTS), 2)
            case By.SEVERITY:
                return f"severity {severity_words(int(row.key))}"
            case By.VERDICT:
                return f"found {row.key}" if row.key else "not judged"
            case By.ASSIGNEE:
                return safe(row.key)
            case _:
                return row.key.replace("_", " ") or "none"

    def _compare(self, result: Result) -> list[Sentence]:
        pairs = zip(result.rows[::2], result.rows[1::2], strict=True)
        return [*(sentence for first, other in pairs for sentence in self._pair(result, first, other))]

    def _pair(self, result: Result, first: Row, other: Row) -> list[Sentence]:
        """By how many they differ, and both numbers."""
        words, query = self.words, result.query
        both = ((query.scope.spans, first), (query.other, other))
        each = [
            Sentence(f"{capital(words.period(spans))} there {'was' if row.count == 1 else 'were'} {row.count} {what}.", (row.citation,))
            for spans, row in both
            for what in [self._what(query, row.count, row)]
        ]
        apart = first.count - other.count
        what = f"{self._what(query, abs(apart) or 2, first)} {words.period(query.scope.spans)}"
        than = words.period(query.other)
        head = f"{apart} more {what} than {than}." if apart > 0 else f"{-apart} fewer {what} than {than}."
        head = head if apart else f"The same number of {what} and {than}."
        return [Sentence(head, (first.citation, other.citation)), *each]

    def _what(self, query: Query, number: int, row: Row) -> str:
        """`events at Yard`, `known people`, `sighting of an unidentified person`."""
        scope, words = query.scope, self.words
        if query.of is not Of.PEOPLE:
            return f"{words.noun(query, number)}{words.about(timeless(query))}"
        one, many = (
            ("sighting of an unidentified person", "sightings of unidentified people")
            if row.kind == Who.UNKNOWN
            else ("known person", "different known people")
        )
        what = one if number == 1 else many
        return f"{what}{words.about(timeless(replace(query, scope=replace(scope, who=Who.ANYONE))))}"

    def _observed(self, result: Result) -> list[Sentence]:
        about = self.words.about(result.query)
        cited = (result.counted, *(each.citation for each in result.blind[:MOST_BLIND]))
        if result.unseen:
            why = cause_text(self.words, result)
            return [Sentence(f"No, it was not observed{about}: {why}.", cited, ClaimStatus.NOT_OBSERVED)]
        if result.blind:
            cameras = len({each.sensor_id for each in result.blind})
            whole = f"{duration(result.seconds)} of {cameras} cameras" if cameras > 1 else duration(result.seconds)
            return [Sentence(f"Not all the time: together {whole} were not observed{about}.", cited)]
        if not result.query.scope.spans:
            return [Sentence("Say for which time: today, last night, or from when to when.")]
        return [Sentence(f"Yes, it was observed all the time{about}.", (result.counted,))]

    def _absent(self, result: Result) -> list[Sentence]:
        if not result.rows:
            period = self.words.about(Query(Ask.ABSENT, scope=Scope(result.query.scope.spans)))
            return [Sentence(f"Everybody who is known was seen{period}.", (result.counted,))]
        told = [
            Sentence(f"{self.words.people_words((row.person_id,))} was not seen{self.words.about(_anyone(result.query))}.", (row.citation,))
            for row in result.rows
        ]
        return [*told, *more_sentences(result), *self._coverage(result)]

    def _how_long(self, result: Result) -> list[Sentence]:
        if not result.rows:
            return self._nothing(result, Form.PLAIN)
        cited = (result.counted, *(row.citation for row in result.rows[:_MOST_CITED]))
        total = Sentence(f"Together {duration(result.seconds)}{self.words.about(result.query)}.", cited)
        rows = [Sentence(f"{capital(self.words.event_at(row))}.", _cited(row)) for row in result.rows[:_MOST_CITED]]
        return [total, *self._from_first_to_last(result), *rows]

    def _from_first_to_last(self, result: Result) -> list[Sentence]:
        """Of somebody who is asked about wherever they were: how far the first and the last time on that day are apart."""
        scope = result.query.scope
        ended = [row for row in result.rows if row.until_ns is not None]
        whole = sum(span.until_ns - span.since_ns for span in scope.spans) <= 25 * 3_600 * 10**9 and result.total == len(result.rows)
        if len(scope.person_ids) != 1 or scope.camera_ids or scope.zone_ids or scope.kinds or len(ended) < 2 or not (scope.spans and whole):
            return []
        first, last = min(ended, key=attrgetter("at_ns")), max(ended, key=lambda row: row.until_ns or 0)
        if first is last:
            return []
        lies = duration(((last.until_ns or 0) - first.at_ns) / 1e9)
        return [Sentence(f"From the first to the last time that is {lies}.", (first.citation, last.citation))]

    def _clips(self, result: Result) -> list[Sentence]:
        """How many there are; none is told by the event that has none."""
        number = len(result.clips)
        cited = tuple(Citation(CitationKind.CLIP, clip.clip_id, clip.at_ns, clip.camera_id) for clip in result.clips)
        about = self.words.about(result.query)
        told = f"There was {number} clip{about}." if number == 1 else f"There were {number} clips{about}."
        return [Sentence(told, (*cited, result.counted))] if number else []

    def _clip(self, result: Result) -> list[Sentence]:
        if not result.rows:
            return self._nothing(result, Form.PLAIN)
        clips = {clip.event_id: clip for clip in result.clips}
        told: list[Sentence] = []
        for row in result.rows:
            clip = clips.get(row.citation.id)
            if clip is None:
                told.append(Sentence(f"{capital(self.words.event_at(row))}; a clip of it was not kept.", _cited(row)))
            else:
                shown = Citation(CitationKind.CLIP, clip.clip_id, clip.at_ns, clip.camera_id)
                told.append(Sentence(f"The clip {clip.clip_id} shows this: {self.words.event_at(row)}.", (shown, *_cited(row))))
        return told


def _having(result: Result, person_id: str) -> tuple[Row, ...]:
    return tuple(row for row in result.rows if row.person_id == person_id)


def _cited(row: Row) -> tuple[Citation, ...]:
    """With those that were put together to the row."""
    return (row.citation, *row.rows)


def _counts_stays(cited: Citation) -> bool:
    return cited.kind is CitationKind.COUNT and counts_stays(from_text(cited.id))


def _each(number: int) -> str:
    return f"{number} each"


def _at(place: str) -> str:
    return f", {place}" if place else ""


def _scope(row: Row) -> Scope:
    """Of one counted group: its citation is its query."""
    return from_text(row.citation.id).scope


def _anyone(query: Query) -> Query:
    return replace(query, scope=replace(query.scope, person_ids=(), not_person_ids=(), who=Who.ANYTHING))
