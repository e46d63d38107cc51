"""What the engine says, in the language on screen.

The engine writes plain English, into its record, its log and its answers. Here its sentences are known as templates with numbered fields,
with their translations (`resources/locale/…/engine.po`, gathered from the code by `tests/console/engine_words.py`). What is not among them
is shown as it was written: names, and what people typed.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from gettext import translation
from typing import NamedTuple

from PySide6.QtCore import QLocale

from engine.model.time import from_iso
from widgets.number_text import number_text, written_number_text
from widgets.time_text import clock_text
from widgets.translation import FOLDER, WRITTEN_IN, language_on_screen

DOMAIN = "engine"
LONGEST = 2000  # characters of what is looked up: no sentence of the engine comes near
DEEPEST = 12  # sentences within fields of sentences
MOST_SENTENCES = 12  # one behind the other
MOST_LOOKUPS = 100  # for one sentence, with all that is in it
_MOST_FITTING = 4  # templates that are tried for one sentence
_WEAK = 9  # letters of a template without its fields
_MOST_UNKNOWN = 2  # words in a field of such a template
_UNKNOWN_WORD = re.compile(r"(?<![\w.-])[a-z][^\W\d_]+")  # of prose: names begin with a capital letter
_MOMENT = re.compile(r"\b(?P<day>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?:Z| UTC)\b")
_FIELD = re.compile(r"\{\d+\}")
_NEXT_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[^\W_a-z]|[“\"'(])")
_AND = " and "
_BETWEEN = (_AND, ": ", "; ", " · ", ", ", " × ")
_NAMED = re.compile(r"[\w.-]+: ")  # the field that is refused
_COUNTED = re.compile(r"(\d[\d.,]*) (\D.*)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_AMOUNT = re.compile(r"(-?\d+\.\d+)( ?[^\s\d.]{1,6})?")
_QUOTED = re.compile(r"'([^'\n]+)'")  # what was typed, as the engine repeats it
_PERCENT = re.compile(r"(?<=\d)%(?!\w)")  # the screen puts a space before a unit
_CHOICES_OF = ("none of ", "known are ")  # what follows is typed as it stands, in files and in commands
_VERSION_OF = ("version ", "irmware ", "PostgreSQL ", "PostGIS ")  # what follows is no number, though it looks like one


def translate_engine_text(sentence: str) -> str:
    """A sentence of the engine in the language on screen; as it is where it is not known. Cheap for what was asked for lately."""
    language = language_on_screen()
    shown = sentence if language == WRITTEN_IN or not sentence else _translate_cached(language, sentence)
    return _PERCENT.sub(" %", in_site_time(shown))


def in_site_time(text: str) -> str:
    """The engine writes times into errors and its log in UTC, for programs too; the screen shows the site's clock."""
    return _MOMENT.sub(_site_time, text) if "Z" in text or "UTC" in text else text


def _site_time(found: re.Match[str]) -> str:
    try:
        return clock_text(from_iso(f"{found['day']}T{found['clock']}Z"))
    except (ValueError, OverflowError):
        return found[0]


@lru_cache(4096)
def _translate_cached(language: str, sentence: str) -> str:
    return _phrase_book(language).translate(sentence)


@lru_cache
def _phrase_book(language: str) -> "PhraseBook":
    return PhraseBook(read_catalogue(DOMAIN, language))


def read_catalogue(domain: str, language: str) -> dict[str, str]:
    """Translations by what is translated."""
    found = translation(domain, FOLDER, [language])
    texts: Mapping[str, str] = found._catalog  # type: ignore[attr-defined]
    return {source: text for source, text in texts.items() if source}


class Template(NamedTuple):
    """`pieces`: what stands before, between and behind the fields."""

    pieces: tuple[str, ...]
    text: str

    @property
    def literal(self) -> int:
        return sum(map(len, self.pieces))

    @property
    def is_weak(self) -> bool:
        """It says hardly anything itself, such as `{0} to {1}`, and so fits much that the engine never wrote."""
        return sum(map(str.isalpha, "".join(self.pieces))) < _WEAK

    @property
    def is_several(self) -> bool:
        """It is of several sentences itself."""
        return any(_NEXT_SENTENCE.search(f"{piece}A") for piece in self.pieces)

    def fields_of(self, sentence: str) -> list[str] | None:
        """What the fields hold, each as short as it can be; None: it is another sentence. Takes time in proportion to its length."""
        first, *between, last = self.pieces
        at, end = len(first), len(sentence) - len(last)
        if end < at or not sentence.startswith(first) or not sentence.endswith(last):
            return None
        fields: list[str] = []
        for piece in between:
            found = sentence.find(piece, at, end)
            if found < 0:
                return None
            fields.append(sentence[at:found])
            at = found + len(piece)
        return [*fields, sentence[at:end]]


class Translation(NamedTuple):
    """`unknown`: how many words of it stay as they were: names, and what nobody translated."""

    text: str
    unknown: int


class PhraseBook:
    """Sentences with their translations. Of templates that fit, the one that leaves least unknown is taken, then the one that says most
    itself."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._whole = {source: text for source, text in texts.items() if not _FIELD.search(source)}
        templates = [Template(tuple(_FIELD.split(source)), text) for source, text in texts.items() if _FIELD.search(source)]
        self._by_word: dict[tuple[str, str], list[Template]] = defaultdict(list)
        for template in sorted(templates, key=lambda each: (-each.literal, len(each.pieces))):
            self._by_word[_words_of(template)].append(template)
        self._lookups = 0  # since the sentence was given
        self._shown: dict[str, Translation] = {}  # parts of it
        self._known: dict[tuple[str, bool], Translation | None] = {}

    def translate(self, sentence: str) -> str:
        self._lookups = 0
        self._shown.clear()
        self._known.clear()
        return self._translate_part(sentence, DEEPEST).text if len(sentence) <= LONGEST else sentence

    def _translate_part(self, sentence: str, depth: int) -> Translation:
        """Spaces around it stay."""
        bare = sentence.strip()
        if not bare or not depth:
            return _as_it_is(sentence)
        if _GROUPED.fullmatch(bare):
            return Translation(sentence.replace(bare, _in_groups(bare), 1), 0)
        if quoted := _QUOTED.fullmatch(bare):
            return Translation(sentence.replace(bare, QLocale().quoteString(quoted[1]), 1), 0)
        if amount := _AMOUNT.fullmatch(bare):
            return Translation(sentence.replace(amount[1], written_number_text(amount[1]), 1), 0)
        found = self._shown.get(bare)
        if found is None:
            found = self._shown[bare] = self._best_of(bare, depth)
        return Translation(sentence.replace(bare, found.text, 1), found.unknown)

    def _best_of(self, text: str, depth: int) -> Translation:
        best: Translation | None = None
        for translate in (self._translate_known, self._in_sentences, self._in_parts):
            found = translate(text, depth)
            if found is not None and (best is None or found.unknown < best.unknown):
                best = found
            if best is not None and not best.unknown:
                break
        return best or _as_it_is(text)

    def _translate_known(self, sentence: str, depth: int) -> Translation | None:
        if (whole := self._whole.get(sentence)) is not None:
            return Translation(whole, 0)
        key = sentence, depth < DEEPEST - 1
        if key not in self._known:
            self._lookups += 1
            self._known[key] = self._translate_fitting(sentence, depth) if self._lookups <= MOST_LOOKUPS else None
        return self._known[key]

    def _translate_fitting(self, sentence: str, depth: int) -> Translation | None:
        fitting = self._fitting(sentence)
        if fitting and not fitting[0][0].is_several and (each := self._each_known(sentence, depth)):
            return each
        best: Translation | None = None
        for template, fields in fitting:
            found = self._fill(template, fields, depth)
            if found is not None and (best is None or found.unknown < best.unknown):
                best = found
            if best is not None and not best.unknown:
                break
        return best

    def _fitting(self, sentence: str) -> list[tuple[Template, list[str]]]:
        """Those that say most first."""
        words = dict.fromkeys(((_first_word(sentence), ""), ("", _last_word(sentence)), ("", "")))
        templates = (template for each in words for template in self._by_word.get(each, ()))
        found = [(template, fields) for template in templates if (fields := template.fields_of(sentence)) is not None]
        return sorted(found, key=lambda each: -each[0].literal)[:_MOST_FITTING]

    def _fill(self, template: Template, fields: list[str], depth: int) -> Translation | None:
        """None where it says too little for what would stay unknown: half a sentence in either language is worse than one in English."""
        shown = [self._field(field, before, depth) for before, field in zip(template.pieces, fields, strict=False)]
        if template.is_weak and max(each.unknown for each in shown) > _MOST_UNKNOWN:
            return None
        return Translation(template.text.format(*(each.text for each in shown)), sum(each.unknown for each in shown))

    def _each_known(self, text: str, depth: int) -> Translation | None:
        """Where every sentence of it is known by itself: none is but the field of another."""
        sentences = _NEXT_SENTENCE.split(text)
        if not 1 < len(sentences) <= MOST_SENTENCES or depth < DEEPEST - 1:
            return None
        known = [found for each in sentences if (found := self._translate_known(each, depth - 1))]
        return _join_texts(known, " ") if len(known) == len(sentences) else None

    def _field(self, text: str, before: str, depth: int) -> Translation:
        is_version = before.endswith(_VERSION_OF) and _AMOUNT.fullmatch(text)
        return Translation(text, 0) if is_version or before.endswith(_CHOICES_OF) else self._translate_part(text, depth - 1)

    def _in_sentences(self, text: str, depth: int) -> Translation | None:
        """Several that stand one behind the other, or one that is known without its full stop."""
        sentences = _NEXT_SENTENCE.split(text)
        if 1 < len(sentences) <= MOST_SENTENCES:
            return _if_changed(_join_texts([self._translate_part(each, depth - 1) for each in sentences], " "), text)
        known = self._translate_known(text[:-1], depth) if text.endswith(".") else None
        return known and Translation(f"{known.text}.", known.unknown)

    def _in_parts(self, text: str, depth: int) -> Translation | None:
        """`What failed: why it did`, `What happened, where`, `one thing and another`, `5 of them`."""
        between = ": " if _NAMED.match(text) else next((each for each in _BETWEEN if each in text), "")
        if not between:
            counted = _COUNTED.fullmatch(text)
            return (
                _if_changed(_join_texts([Translation(_in_groups(counted[1]), 0), self._translate_part(counted[2], depth - 1)], " "), text)
                if counted
                else None
            )
        head, _, tail = text.partition(between)
        first, second = self._translate_part(head, depth - 1), self._translate_part(tail, depth - 1)
        rest = self._translate_known(f"{between}{tail}".strip(), depth)
        if rest is not None and rest.unknown <= second.unknown:
            return _join_texts([first, rest], " " if between == _AND else "")
        if between == _AND:
            joined = _join_texts([first, second], f" {self._whole.get('and', 'and')} ")
            is_list = depth < DEEPEST and max(first.unknown, second.unknown) <= _MOST_UNKNOWN  # of names, within a sentence
            return joined if is_list or (first.text, second.text) != (head, tail) else None
        return _if_changed(_join_texts([first, second], between), text)


def _as_it_is(text: str) -> Translation:
    return Translation(text, len(_UNKNOWN_WORD.findall(text)))


def _join_texts(several: Sequence[Translation], between: str) -> Translation:
    return Translation(between.join(each.text for each in several), sum(each.unknown for each in several))


def _if_changed(shown: Translation, before: str) -> Translation | None:
    return shown if shown.text != before else None


def _words_of(template: Template) -> tuple[str, str]:
    """By what it is found: the word it begins with, else that it ends with, else nothing."""
    first = _first_word(template.pieces[0])
    return first, "" if first else _last_word(template.pieces[-1])


def _first_word(text: str) -> str:
    """Empty where a field may go on with it."""
    word, space, _ = text.partition(" ")
    return word if space else ""


def _last_word(text: str) -> str:
    """Empty where a field may go on with it."""
    _, space, word = text.rpartition(" ")
    return word if space else ""


def _in_groups(number: str) -> str:
    """`12,345` with the mark of the language; anything else as it is."""
    return number_text(int(number.replace(",", ""))) if _GROUPED.fullmatch(number) else number
