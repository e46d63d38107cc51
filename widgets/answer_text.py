"""Answers of the chat and lines of the briefing in the language on screen.

They are put together from phrases (`resources/locale/…/answers.po`, gathered by `tests/console/engine_words.py`). What changes is set apart
first: names, what is quoted, ids, times, amounts. What is left is read as phrases within phrases, to the last word, or the sentence stays
in English as it is: half a sentence in either language would be wrong.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import TypeAlias

from PySide6.QtCore import QLocale

from engine.model.history.chat import CitationKind, Sentence
from widgets.engine_text import read_catalogue, translate_engine_text
from widgets.number_text import written_number_text
from widgets.time_text import day_name, day_number, month_name
from widgets.translation import WRITTEN_IN, language_on_screen

DOMAIN = "answers"
LONGEST = 2_000  # characters
MOST_READINGS = 1_500  # of parts of one sentence
_TIMES = (  # phrases of a clock time and a day, told from those of a place by what stands in them
    "from {0} on {1} to {2} on {3}",
    "between {0} on {1} and {2} on {3}",
    "from {0} to {1} on {2}",
    "between {0} and {1} on {2}",
    "before {0} on {1}",
    "since {0} on {1}",
    "at {0} on {1}",
    "from {0} to {1}",
    "{0} to {1}",
    "on {0}",
)
_FIRST_MARK = 0xE000  # a sentence of LONGEST has fewer than there are
_MARK = "[\ue000-\uf7ff]"
_FIELD = re.compile(r"\{\d+\}")
_QUOTED = re.compile("“([^”]*)”")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(rf"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}})\b")
_CLOCK = re.compile(r"\b\d\d:\d\d(?::\d\d)?(?: (?:[A-Z]{2,5}|UTC[+-]\d\d:\d\d))?(?!\w|:\d)")
_AMOUNT = re.compile(r"(?<![\w.])[+-]?(?P<number>\d+(?:\.\d+)?)(?: (?:h(?: \d+ min)?|min(?: \d+ s)?|s|m|km))?(?![\w.]*\w)")
_AND = " and "
_JOINTS = (": ", "; ", ", ", _AND, " ")  # between phrases that stay in their order
_STRONG = (": ", ", ", "; ")
Template: TypeAlias = tuple[tuple[str, ...], str]  # what stands before, between and behind its fields, and the translation


def translate_answer(sentence: Sentence) -> str:
    """In the language on screen; as it is where any of it is not known."""
    language = language_on_screen()
    return sentence.text if language == WRITTEN_IN else _translate_cached(language, sentence)


@lru_cache(2048)
def _translate_cached(language: str, sentence: Sentence) -> str:
    return _answer_book(language).translate(sentence) or sentence.text


@lru_cache
def _answer_book(language: str) -> "AnswerBook":
    return AnswerBook(read_catalogue(DOMAIN, language))


class Marks:
    """What stands for the values of a sentence. `proper`: names and the like, which begin as they are written, also in front."""

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}
        self.proper: set[str] = set()

    def replace(self, pattern: str | re.Pattern[str], text: str, show: Callable[[re.Match[str]], str], *, is_proper: bool = False) -> str:
        def mark(found: re.Match[str]) -> str:
            mark = chr(_FIRST_MARK + len(self.shown))
            self.shown[mark] = show(found)
            if is_proper:
                self.proper.add(mark)
            return mark

        return re.sub(pattern, mark, text)

    def fill(self, text: str) -> str:
        """A time holds the marks of its day and its clock times."""
        while re.search(_MARK, text):
            text = re.sub(_MARK, lambda found: self.shown[found[0]], text)
        return text


class AnswerBook:
    """Phrases with their translations. Main thread."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        phrases = {_phrase(_lowered(source)): _phrase(text) for source, text in texts.items() if source not in _TIMES}
        self._times = [(_time_pattern(source), texts[source]) for source in _TIMES if source in texts]
        self._whole = {source: text for source, text in phrases.items() if not _FIELD.search(source)}
        self._between = {_AND: f" {self._whole.pop('and', 'and')} "}
        templates: list[Template] = [(tuple(_FIELD.split(source)), text) for source, text in phrases.items() if _FIELD.search(source)]
        templates.sort(key=lambda each: -sum(map(len, each[0])))
        self._long = [each for each in templates if _holds_joint(each)]  # they say more than what stands on both sides of the joint
        self._short = [each for each in templates if not _holds_joint(each)]
        self._read: dict[str, str | None] = {}
        self._proper: set[str] = set()  # of the sentence that is read

    def translate(self, sentence: Sentence) -> str | None:
        """None: not all of it is known."""
        if len(sentence.text) > LONGEST or re.search(_MARK, sentence.text):
            return None
        marks = Marks()
        marked, self._proper = self._set_values_apart(sentence, marks), marks.proper
        bare, end = (marked[:-1], marked[-1]) if marked.endswith((".", "?")) else (marked, "")
        self._read = {}
        found = self._read_part(_lowered(bare))
        if found is None:
            return None
        is_proper = found[:1] in marks.proper
        shown = f"{marks.fill(found)}{end}"
        return shown if is_proper else f"{shown[:1].upper()}{shown[1:]}"

    def _set_values_apart(self, sentence: Sentence, marks: Marks) -> str:
        is_report = any(each.kind is CitationKind.INCIDENT for each in sentence.citations)
        is_own = set(sentence.names).union(_QUOTED.findall(sentence.text) if is_report else ())
        text = marks.replace(_QUOTED, sentence.text, lambda found: _quoted(found[1], found[1] in is_own), is_proper=True)
        names = sorted({*sentence.names, *(each.id for each in sentence.citations)} - {""}, key=len, reverse=True)
        if names:
            text = marks.replace(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", text, itemgetter(0), is_proper=True)
        text = marks.replace(rf"{_MARK}(?:(?:, |{_AND}){_MARK})+", text, self._name_list, is_proper=True)
        before = len(marks.shown)
        text = marks.replace(_CLOCK, marks.replace(_DAY, text, _day), itemgetter(0))
        times = "".join(tuple(marks.shown)[before:])
        for pattern, shown in self._times if times else ():
            text = marks.replace(pattern.replace("#", f"[{times}]"), text, lambda found, shown=shown: shown.format(*found.groups()))
        return marks.replace(_AMOUNT, text, _amount)

    def _name_list(self, found: re.Match[str]) -> str:
        return found[0].replace(_AND, self._between[_AND])

    def _read_part(self, text: str) -> str | None:
        """Spaces around it stay."""
        bare = text.strip()
        if not bare:
            return text
        key = _lowered(bare)
        if key not in self._read and len(self._read) < MOST_READINGS:
            self._read[key] = None  # nothing is a part of itself
            self._read[key] = self._read_bare(key)
        found = self._read.get(key)
        return None if found is None else text.replace(bare, found, 1)

    def _read_bare(self, text: str) -> str | None:
        if re.fullmatch(_MARK, text):
            return text
        if (whole := self._whole.get(text)) is not None:
            return whole
        if text.startswith("(") and text.endswith(")") and (inner := self._read_part(text[1:-1])) is not None:
            return f"({inner})"
        ways = (
            self._read_templates(text, self._long),
            self._read_joints(text, _STRONG),
            self._read_heads(text, 2),
            self._read_templates(text, self._short),
            self._read_heads(text, 1),
            self._read_joints(text, _JOINTS),
        )
        return next((found for way in ways for found in way), None)

    def _read_heads(self, text: str, least: int) -> Iterator[str]:
        """A value, or a phrase of so many words that is known as it stands, and what follows it."""
        for at in _places_of(" ", text):
            head = text[:at] if re.fullmatch(_MARK, text[:at]) else self._whole.get(text[:at])
            if head is not None and text.count(" ", 0, at) + 1 >= least and (joined := self._join(head, " ", text[at + 1 :])):
                yield joined

    def _read_templates(self, text: str, templates: Sequence[Template]) -> Iterator[str]:
        for pieces, translated in templates:
            for fields in _fields_of(text, pieces):
                read = [self._read_part(field) for field in fields]
                if None not in read:
                    yield translated.format(*read)

    def _read_joints(self, text: str, joints: tuple[str, ...]) -> Iterator[str]:
        for joint in joints:
            for at in _places_of(joint, text):
                head = self._read_part(text[:at])
                if head is not None and (joined := self._join(head, joint, text[at + len(joint) :])):
                    yield joined

    def _join(self, head: str, joint: str, text: str) -> str:
        """Empty: not known. No name stands right behind another: there one was taken for a word of the sentence."""
        tail = None if joint == " " and self._proper.issuperset((head[-1:], text[:1])) else self._read_part(text)
        return "" if tail is None else f"{head}{self._between.get(joint, joint)}{tail}"


def _places_of(part: str, text: str) -> Iterator[int]:
    """The last first."""
    at = text.rfind(part)
    while at >= 0:
        yield at
        at = text.rfind(part, 0, at)


def _fields_of(text: str, pieces: tuple[str, ...]) -> Iterator[list[str]]:
    """Every way in which the text fits; the fields that are short first."""
    first, *rest = pieces
    if not text.startswith(first) or not all(piece in text for piece in rest):
        return
    if len(rest) == 1:
        end = len(text) - len(rest[0])
        if end >= len(first) and text.endswith(rest[0]):
            yield [text[len(first) : end]]
        return
    at = text.find(rest[0], len(first))
    while at >= 0:
        for fields in _fields_of(text[at:], tuple(rest)):
            yield [text[len(first) : at], *fields]
        at = text.find(rest[0], at + 1)


def _phrase(text: str) -> str:
    """Without its full stop, and without quotation marks around a field, which holds them."""
    return re.sub("[“„](\\{\\d\\})[”“]", r"\1", text.removesuffix("."))


def _holds_joint(template: Template) -> bool:
    return any(joint in piece for piece in template[0] for joint in _STRONG)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _time_pattern(source: str) -> str:
    """`#` stands for a mark of a time. It may begin a sentence."""
    pattern = _FIELD.sub("(#)", re.escape(source).replace(r"\{", "{").replace(r"\}", "}"))
    return rf"\b(?i:{pattern})" if source[0].isalpha() else pattern


def _day(found: re.Match[str]) -> str:
    try:
        day = datetime(int(found["year"]), _MONTHS.index(found["month"]) + 1, int(found["day"]), tzinfo=UTC)
    except ValueError:
        return found[0]
    return f"{day_name(day, short=True)} {day_number(day)} {month_name(day, short=True)} {day.year}"


def _amount(found: re.Match[str]) -> str:
    number = found["number"]
    return found[0].replace(number, written_number_text(number), 1)


def _quoted(text: str, is_own: bool) -> str:
    """What the engine says of an alert is turned as well; what people reported, and what they called a rule, is theirs."""
    return QLocale().quoteString(text if is_own else translate_engine_text(text))
