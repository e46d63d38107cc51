"""What the engine says, in the language on screen.

The engine writes plain English, into its record, its log and its answers. Here its sentences are known as templates with numbered fields,
with their translations (`resources/locale/…/engine.po`, gathered from the code by `tests/console/engine_words.py`). What is not among them
is shown as it was written: names, and what people typed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from gettext import GNUTranslations, translation
from typing import NamedTuple

from widgets.number_text import written_number_text
from widgets.translation import FOLDER, WRITTEN_IN, language_on_screen

DOMAIN = "engine"
LONGEST = 2000  # characters of what is looked up: no sentence of the engine comes near
DEEPEST = 12  # sentences within fields of sentences
MOST_SENTENCES = 12  # one behind the other
MOST_LOOKUPS = 100  # for one sentence, with all that is in it
_FIELD = re.compile(r"\{\d+\}")
_NEXT_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[^\W_a-z]|[“\"'(])")
_AND = " and "
_BETWEEN = (_AND, ": ", "; ", " · ", ", ")
_NAMED = re.compile(r"[\w.-]+: ")  # the field that is refused
_COUNTED = re.compile(r"(\d[\d.,]*) (\D.*)")
_AMOUNT = re.compile(r"(-?\d+\.\d+)( ?[^\s\d.]{1,6})?")
_VERSION_OF = ("version ", "irmware ", "PostgreSQL ", "PostGIS ")  # what follows is no number, though it looks like one


def translate_engine_text(sentence: str) -> str:
    """A sentence of the engine in the language on screen; as it is where it is not known. Cheap for what was asked for lately."""
    language = language_on_screen()
    return sentence if language == WRITTEN_IN or not sentence else _translate_cached(language, sentence)


@lru_cache(4096)
def _translate_cached(language: str, sentence: str) -> str:
    return _phrase_book(language).translate(sentence)


@lru_cache
def _phrase_book(language: str) -> "PhraseBook":
    return PhraseBook(_Catalogue.read_texts(language))


class _Catalogue(GNUTranslations):
    @staticmethod
    def read_texts(language: str) -> dict[str, str]:
        found = translation(DOMAIN, FOLDER, [language], class_=_Catalogue)
        assert isinstance(found, _Catalogue)
        return found.texts()

    def texts(self) -> dict[str, str]:
        texts: Mapping[str, str] = self._catalog  # type: ignore[attr-defined]
        return {source: text for source, text in texts.items() if source}


class Template(NamedTuple):
    """`pieces`: what stands before, between and behind the fields."""

    pieces: tuple[str, ...]
    text: str

    @property
    def literal(self) -> int:
        return sum(map(len, self.pieces))

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


class PhraseBook:
    """Sentences with their translations. Of templates that fit, the one that says most itself is taken."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._whole = {source: text for source, text in texts.items() if not _FIELD.search(source)}
        templates = [Template(tuple(_FIELD.split(source)), text) for source, text in texts.items() if _FIELD.search(source)]
        self._by_word: dict[tuple[str, str], list[Template]] = defaultdict(list)
        for template in sorted(templates, key=lambda each: (-each.literal, len(each.pieces))):
            self._by_word[_words_of(template)].append(template)
        self._lookups = 0  # since the sentence was given

    def translate(self, sentence: str) -> str:
        self._lookups = 0
        return self._translate_part(sentence, DEEPEST) if len(sentence) <= LONGEST else sentence

    def _translate_part(self, sentence: str, depth: int) -> str:
        """Spaces around it stay."""
        bare = sentence.strip()
        if not bare or not depth:
            return sentence
        if amount := _AMOUNT.fullmatch(bare):
            return sentence.replace(amount[1], written_number_text(amount[1]), 1)
        found = self._translate_known(bare, depth) or self._in_sentences(bare, depth) or self._in_parts(bare, depth)
        return sentence.replace(bare, found, 1) if found else sentence

    def _translate_known(self, sentence: str, depth: int) -> str:
        if (whole := self._whole.get(sentence)) is not None:
            return whole
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            return ""
        words = ((_first_word(sentence), ""), ("", _last_word(sentence)), ("", ""))
        fitting = [found for each in dict.fromkeys(words) if (found := _first_that_fits(self._by_word.get(each, ()), sentence))]
        if not fitting:
            return ""
        template, fields = max(fitting, key=lambda each: each[0].literal)
        if not template.is_several and (each := self._each_known(sentence, depth)):
            return each
        return template.text.format(*(self._field(field, before, depth) for before, field in zip(template.pieces, fields, strict=False)))

    def _each_known(self, text: str, depth: int) -> str:
        """Where every sentence of it is known by itself: none is but the field of another."""
        sentences = _NEXT_SENTENCE.split(text)
        if not 1 < len(sentences) <= MOST_SENTENCES or depth < DEEPEST - 1:
            return ""
        known = [self._translate_known(each, depth - 1) for each in sentences]
        return " ".join(known) if all(known) else ""

    def _field(self, text: str, before: str, depth: int) -> str:
        return text if before.endswith(_VERSION_OF) and _AMOUNT.fullmatch(text) else self._translate_part(text, depth - 1)

    def _in_sentences(self, text: str, depth: int) -> str:
        """Several that stand one behind the other, or one that is known without its full stop."""
        sentences = _NEXT_SENTENCE.split(text)
        if 1 < len(sentences) <= MOST_SENTENCES:
            return _text_if_changed(" ".join(self._translate_part(each, depth - 1) for each in sentences), text)
        return f"{known}." if text.endswith(".") and (known := self._translate_known(text[:-1], depth)) else ""

    def _in_parts(self, text: str, depth: int) -> str:
        """`What failed: why it did`, `What happened, where`, `one thing and another`, `5 of them`."""
        between = ": " if _NAMED.match(text) else next((each for each in _BETWEEN if each in text), "")
        if not between:
            counted = _COUNTED.fullmatch(text)
            return _text_if_changed(f"{counted[1]} {self._translate_part(counted[2], depth - 1)}", text) if counted else ""
        head, _, tail = text.partition(between)
        first, second = self._translate_part(head, depth - 1), self._translate_part(tail, depth - 1)
        if rest := self._translate_known(f"{between}{tail}".strip(), depth):
            return f"{first}{rest}"
        joint = f" {self._whole.get('and', 'and')} " if between == _AND else between
        return f"{first}{joint}{second}" if (first, second) != (head, tail) else ""


def _first_that_fits(templates: Iterable[Template], sentence: str) -> tuple[Template, list[str]] | None:
    return next(((template, fields) for template in templates if (fields := template.fields_of(sentence)) is not None), None)


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


def _text_if_changed(text: str, before: str) -> str:
    return text if text != before else ""
