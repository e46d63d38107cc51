"""All classes of values that travel between an engine and a console, and examples of them."""

import dataclasses
import enum
import types
import typing
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from engine.model.accounts.access import Session
from engine.model.command import Command
from engine.model.question import AnyQuestion
from engine.model.question_type import answer_type
from engine.model.snapshot import Picture, Snapshot

QUESTIONS: tuple[type[Any], ...] = typing.get_args(AnyQuestion)
COMMANDS: tuple[type[Any], ...] = typing.get_args(Command)


@cache
def wire_classes() -> tuple[type[Any], ...]:
    """Snapshot, session, picture, commands, questions, their answers, and all that is in them."""
    found: dict[type[Any], None] = {}
    for kind in (Snapshot, Session, Picture, *COMMANDS, *QUESTIONS, *(answer_type(question) for question in QUESTIONS)):
        _look_into(kind, found)
    return tuple(found)


def _look_into(hint: Any, found: dict[type[Any], None]) -> None:
    for argument in typing.get_args(hint):
        _look_into(argument, found)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and hint not in found:
        found[hint] = None
        for each in typing.get_type_hints(hint).values():
            _look_into(each, found)


def text_fields() -> Iterator[tuple[str, str]]:
    """Class and name of every field that can hold text."""
    for kind in wire_classes():
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            if _holds_text(hints[field.name]):
                yield kind.__name__, field.name


def _holds_text(hint: Any) -> bool:
    return hint is str or any(_holds_text(argument) for argument in typing.get_args(hint))


def example(hint: Any, text: str = "x-1") -> Any:
    """A value of a type with this text wherever text can be, each list with two items, nothing left out; unchecked."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return example(next(each for each in arguments if each is not types.NoneType), text)
    if origin is tuple:
        given = arguments[:1] * 2 if arguments[1:] == (Ellipsis,) else arguments
        return tuple(example(each, text) for each in given)
    if origin is frozenset:
        return frozenset({example(arguments[0], text)})
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        value = object.__new__(hint)
        for name, each in typing.get_type_hints(hint).items():
            if name in {field.name for field in dataclasses.fields(hint)}:
                object.__setattr__(value, name, example(each, text))
        return value
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    plain = {str: text, int: 7, float: 0.5, bool: True, date: date(2026, 6, 30), bytes: b"", type(None): None}
    return plain.get(hint, _NUMBERS) if isinstance(hint, type) else _NUMBERS


_NUMBERS = np.zeros(2)
