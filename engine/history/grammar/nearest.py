"""The nearest questions that are understood: what is offered where a name is not known, or a pronoun may mean several."""

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from engine.history.answers.words import Words
from engine.history.grammar.planned import read_part
from engine.history.grammar.query_wording import question_of
from engine.history.lexicon.tables import is_word
from engine.history.lexicon.tokens import folded
from engine.history.lexicon.words import HE
from engine.history.names import NamedEntity, NamedKind
from engine.history.planner import PlannerQuestion
from engine.history.queries.rows import Row
from engine.model.history.query import Ask, Of, Query, Scope, Span, Who
from engine.model.time import SECOND

MOST_CHOICES = 3
_ALIKE = 0.6  # of the letters, from which on a name is meant that is neither of a place nor of a person by where it stands
_MOMENT_NS = 60 * SECOND
_AT = r"(?:at|in|inside|outside|near|by|from|through|behind|to|on)"
_PRONOUN = rf"\b(?:{'|'.join(sorted(HE))})\b"
_PLACES, _PEOPLE = (NamedKind.CAMERA, NamedKind.ZONE), (NamedKind.PERSON,)


class NearestQuestions:
    """Of one message, in English words."""

    def __init__(self, asked: PlannerQuestion, words: Words) -> None:
        self._asked, self._words = asked, words

    def with_names(self, message: str, unknown: str, before: Query | None) -> tuple[str, ...]:
        """The question with what is called most alike in the place of a word that nobody knows."""
        asks: dict[str, None] = {}
        for named in self._alike(message, unknown):
            asks |= dict.fromkeys(self._with_word(message, rf"(?:(?<=\bthe )|\b){re.escape(unknown)}\b", named, before))
            if len(asks) == MOST_CHOICES:
                break
        return tuple(asks)

    def wider(self, message: str, unknown: str, query: Query) -> str:
        """Without that word; of a place it says that it is asked of all of them."""
        text = question_of(query, self._words)
        return f"{text[:-1]} anywhere?" if text and self._is_place(message, unknown) else text

    def of_each(self, message: str, rows: tuple[Row, ...], before: Query) -> tuple[str, ...]:
        """The question of each of several who may be meant, at the time of what each was found by; of somebody without a name, who was
        there then."""
        people = {each.id: each for each in self._words.directory.of_kind(NamedKind.PERSON)}
        asks: dict[str, None] = {}
        for row in rows:
            then = replace(before, scope=replace(before.scope, spans=(_span_of(row),))) if before.scope.kinds else before
            named = people.get(row.person_id)
            asks |= dict.fromkeys(self._with_word(message, _PRONOUN, named, then) if named else self._there(row))
        return tuple(asks)[:MOST_CHOICES]

    def _there(self, row: Row) -> Iterator[str]:
        zones = (row.zone_id,) if row.zone_id else ()
        cameras = (row.camera_id,) if row.camera_id and not zones else ()
        scope = Scope((_span_of(row),), who=Who.ANYONE, camera_ids=cameras, zone_ids=zones)
        yield from filter(None, (question_of(Query(Ask.STAYS, Of.PEOPLE, scope), self._words),))

    def _with_word(self, message: str, pattern: str, named: NamedEntity, before: Query | None) -> Iterator[str]:
        changed = re.sub(pattern, lambda _: named.name, message, count=1, flags=re.IGNORECASE)
        reading = read_part(self._asked, changed, before)
        if changed != message and reading.planned is not None and reading.planned.anchor is None:
            yield from filter(None, (question_of(reading.planned.query, self._words),))

    def _alike(self, message: str, unknown: str) -> list[NamedEntity]:
        """The most alike first; of what has a place in the question where a place or a person stands, also what is little alike."""
        if is_word(unknown):
            return []
        kinds = _PLACES if self._is_place(message, unknown) else _PEOPLE if self._is_person(message, unknown) else (*_PLACES, *_PEOPLE)
        alike = {each: _likeness(unknown, each.name) for each in self._words.directory.named if each.kind in kinds}
        meant = [each for each in alike if len(kinds) < len(_PLACES) + 1 or alike[each] >= _ALIKE]
        return sorted(meant, key=lambda each: -alike[each])

    def _is_place(self, message: str, unknown: str) -> bool:
        """False: no word is unknown, or it stands elsewhere."""
        return bool(unknown) and re.search(rf"\b{_AT} (?:the |our |a )?{re.escape(unknown)}\b", message, re.IGNORECASE) is not None

    def _is_person(self, message: str, unknown: str) -> bool:
        beside = rf"\b(?:was|is|did|does|has|of|with|where|when|see|saw) {re.escape(unknown)}\b"
        return re.search(beside, message, re.IGNORECASE) is not None


def says_all(question: str) -> bool:
    """Whether it says itself that it is asked of all places or people."""
    return re.search(r"\b(?:anywhere|anyone)\b", question) is not None


def _span_of(row: Row) -> Span:
    """In whole minutes, as a question says it."""
    until_ns = row.at_ns if row.until_ns is None else row.until_ns
    return Span(row.at_ns // _MOMENT_NS * _MOMENT_NS, (until_ns // _MOMENT_NS + 1) * _MOMENT_NS)


def _likeness(word: str, name: str) -> float:
    return max(SequenceMatcher(None, folded(word), folded(part)).ratio() for part in (name, *name.split()))
