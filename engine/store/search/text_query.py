"""What somebody typed, as a query of SQLite's full text (FTS5). Nothing that is typed is ever read as its syntax.

Each piece becomes a string in double quotes, doubled inside it (FTS5, section 3.1), so that operators, brackets and column names are words.
"""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Sequence as Several
from typing import TypeAlias

from engine.model.errors import InputError
from engine.model.history.timeline import HitKind, SearchFilter
from engine.model.value_class import dataclass
from engine.store.search.screen_words import REJECTED, folded, named_marks, sentences_with
from engine.store.search.text_index import mark

MOST_PIECES = 8
LONGEST = 200
SHORTEST_BEGINNING = 2
MOST_IDS = 400  # of one list in a filter
MOTION = "motion"
_PIECE = re.compile(r'"([^"]*)"?(\*?)|(\S+)')
_SEVEREST = 5

Names: TypeAlias = Mapping[str, tuple[str, ...]]  # ids by what they are called


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, several that stand together, or (`open`) the beginning of the last of them."""

    text: str
    open: bool = False

    def within(self, name: str) -> bool:
        """Whether it stands in a name, as the full text would find it there."""
        sought, there = folded(self.text), folded(name)
        starts = range(len(there) - len(sought) + 1)
        return any(self._at(there[start : start + len(sought)], sought) for start in starts)

    def _at(self, there: list[str], sought: list[str]) -> bool:
        last = there[-1].startswith(sought[-1]) if self.open else there[-1] == sought[-1]
        return there[:-1] == sought[:-1] and last


def pieces(text: str) -> tuple[Piece, ...]:
    """Raises InputError (field `text`): too long, too many, nothing in it that could be found, too short a beginning."""
    if len(text) > LONGEST:
        raise InputError("text", f"has {len(text)} characters; at most {LONGEST} are looked for")
    found = tuple(dict.fromkeys(_pieces(text)))
    if len(found) > MOST_PIECES:
        raise InputError("text", f"has {len(found)} words; at most {MOST_PIECES} are looked for")
    if text.strip() and not found:
        raise InputError("text", "has neither letters nor digits")
    for piece in found:
        if piece.open and len(folded(piece.text)[-1]) < SHORTEST_BEGINNING:
            raise InputError("text", f"{piece.text}* is too short a beginning; give at least {SHORTEST_BEGINNING} letters")
    return found


def _pieces(text: str) -> Iterable[Piece]:
    for quoted, star, word in _PIECE.findall("".join(each if each.isprintable() else " " for each in text)):
        said = quoted or word.replace('"', " ")
        open_ended = bool(star) or (bool(word) and word.endswith("*"))
        if folded(said):
            yield Piece(said.rstrip("*") if open_ended else said, open_ended)


def expression(wanted: SearchFilter, names: Names) -> str:
    """The query. `names`: what cameras, zones, nodes, rules and people are called, for words that name one.

    Raises InputError.
    """
    sought = pieces(wanted.text)
    terms = [_term(piece, names) for piece in sought]
    terms += [_marks(group) for group in mark_groups(wanted) if group]
    if _asks_for_rejected(wanted, sought):
        return " AND ".join(terms)
    kept = " AND ".join(terms) or _marks([f"h{kind.value}" for kind in HitKind])
    return f"({kept}) NOT {_marks([REJECTED])}"


def _asks_for_rejected(wanted: SearchFilter, sought: Several[Piece]) -> bool:
    """Rejected decisions are many, and of what did not happen: they are found where somebody wants them."""
    if wanted.rejected or tuple(wanted.kinds) == (HitKind.DECISION,):
        return True
    words = [word for word, each in named_marks() if each == REJECTED]
    return any(piece.within(word) for piece in sought for word in words)


@dataclass(frozen=True, slots=True)
class Term:
    """What a piece is found by: its own words, marks of what is called so or shows it on screen, or a sentence whose translation has it
    (of each, the texts that it is made of)."""

    piece: Piece
    marks: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]


def term_of(piece: Piece, names: Names) -> Term:
    ids = [each for name, called in names.items() if piece.within(name) for each in called][:MOST_IDS]
    marks = [mark(letter, each) for each in ids for letter in "czpnr"]
    marks += dict.fromkeys(each for word, each in named_marks() if piece.within(word))
    return Term(piece, tuple(marks), sentences_with(folded(piece.text), piece.open))


def _term(piece: Piece, names: Names) -> str:
    term = term_of(piece, names)
    said = [f"(words : {_quoted(piece.text)}{' *' if piece.open else ''})", *([_marks(term.marks)] if term.marks else [])]
    said += map(_sentence, term.sentences)
    return f"({' OR '.join(said)})"


def _sentence(texts: Several[str]) -> str:
    return f"(words : ({' AND '.join(map(_quoted, texts))}))"


def _marks(marks: Several[str]) -> str:
    return f"(marks : ({' OR '.join(map(_quoted, marks))}))"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def mark_groups(wanted: SearchFilter) -> Iterable[list[str]]:
    """Of each group that is not empty one mark has to be there. Raises InputError."""
    kinds = {HitKind.EVENT if kind is HitKind.MOTION else kind for kind in wanted.kinds}
    yield [f"h{kind.value}" for kind in HitKind if kind in kinds]
    events = [*wanted.event_kinds, *([MOTION] if set(wanted.kinds) == {HitKind.MOTION} else [])]
    yield _each("k", "event_kinds", events)
    yield _each("c", "camera_ids", wanted.camera_ids)
    yield _each("p", "person_id", filter(None, [wanted.person_id]))
    yield _each("z", "zone_id", filter(None, [wanted.zone_id]))
    yield _each("l", "label", filter(None, [wanted.label]))
    yield _each("r", "rule_id", filter(None, [wanted.rule_id]))
    yield _each("t", "state", filter(None, [wanted.state]))
    if wanted.min_severity > 1:
        yield [f"s{severity}" for severity in range(wanted.min_severity, _SEVEREST + 1)] or ["none"]


def _each(letter: str, field: str, ids: Iterable[str]) -> list[str]:
    marks = [mark(letter, each) for each in ids]
    if len(marks) > MOST_IDS:
        raise InputError(field, f"names {len(marks)}; at most {MOST_IDS} are looked for")
    return marks
