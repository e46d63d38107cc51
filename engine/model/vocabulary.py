"""What an engine can be told and asked, by name, so that consoles of other versions know it before they ask.

Told are the commands, the questions, and the fields and choices of every class that they hold. What an engine does not know is left out of
what is sent to it only where it says nothing: a field that is as it usually is. Everything else would be done otherwise than it was asked.
"""

import dataclasses
import hashlib
import json
import re
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any

from engine import __version__
from engine.model import wire
from engine.model.cameras.instant_replay import PACKETS
from engine.model.command_terms import FEATURE
from engine.model.errors import InputError
from engine.model.tolerant_wire import read_tolerantly
from engine.model.value_class import dataclass

WIRE = 1  # goes up with what another version must know of: a form of an answer, a way of asking
LEAST_CONSOLE = 1  # the lowest `WIRE` of consoles that this version serves well
LEAST_ENGINE = 0  # and of engines that it can work with; 0: those that do not tell theirs

SUBSCRIPTION = "subscription"  # what changes is told over one socket, `/ws/changes`
FEATURES = (FEATURE, SUBSCRIPTION, PACKETS)
TAG = "type"  # names the class of a member of a union


@dataclass(frozen=True, slots=True)
class EngineRelease:
    """What an engine says of itself at sign-in. `least_console`: the lowest wire version of consoles that it serves well; `vocabulary`: the
    digest of it. An engine that says nothing is older than all that do."""

    version: str = ""
    wire: int = 0
    least_console: int = 0
    features: tuple[str, ...] = ()
    vocabulary: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An enumeration and its values, or a class and its fields."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of classes. `parts`: of each class or enumeration that a command or a question is made of, itself among them."""

    commands: tuple[str, ...]
    questions: tuple[str, ...]
    parts: tuple[Choice, ...]

    def members(self) -> Mapping[str, frozenset[str]]:
        return {part.name: frozenset(part.members) for part in self.parts}


class NotInVocabulary(InputError):
    """An engine does not know this. `field`: the name of what it does not know."""


@cache
def own_vocabulary() -> Vocabulary:
    """Of this version."""
    from engine.model.command import Command
    from engine.model.question import AnyQuestion

    commands, questions = (tuple(sorted(each.__name__ for each in typing.get_args(union))) for union in (Command, AnyQuestion))
    parts: dict[str, set[str]] = {}
    for kind in value_classes(Command, AnyQuestion):
        parts.setdefault(kind.__name__, set()).update(_member_names(kind))
    return Vocabulary(commands, questions, tuple(Choice(name, tuple(sorted(parts[name]))) for name in sorted(parts)))


@cache
def own_digest() -> str:
    return hashlib.sha256(json.dumps(wire.to_plain(own_vocabulary())).encode()).hexdigest()[:16]


@cache
def own_release() -> EngineRelease:
    return EngineRelease(__version__, WIRE, LEAST_CONSOLE, FEATURES, own_digest())


def plain_for(value: Any, known: Mapping[str, frozenset[str]] | None) -> dict[str, Any]:
    """A command or a question for an engine with this vocabulary (`Vocabulary.members`); None: with that of this version.

    Raises NotInVocabulary.
    """
    plain: dict[str, Any] = wire.to_plain(value, tagged=True)
    if known is None:
        return plain
    if type(value).__name__ not in known:
        raise NotInVocabulary(type(value).__name__, "is not known")
    return _known_fields(value, plain, known)


def classes_in(value: Any) -> Iterator[str]:
    """The names of the classes of all values that it holds, itself not among them."""
    for item in _parts_of(value):
        if dataclasses.is_dataclass(item):
            yield type(item).__name__
        yield from classes_in(item)


def value_classes(*hints: Any) -> set[type]:
    """All classes with fields, and enumerations, that values of these types are made of."""
    found: set[type] = set()
    waiting = list(hints)
    while waiting:
        hint = waiting.pop()
        waiting += typing.get_args(hint)
        if isinstance(hint, type) and hint not in found and (dataclasses.is_dataclass(hint) or issubclass(hint, Enum)):
            found.add(hint)
            waiting += typing.get_type_hints(hint).values() if dataclasses.is_dataclass(hint) else ()
    return found


def words_of(name: str) -> str:
    """`RemoveBookmark` as `remove bookmark`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower()


def read_vocabulary(plain: Any) -> Vocabulary:
    """Raises InputError."""
    return read_tolerantly(Vocabulary, plain, "vocabulary")


def _known_fields(value: Any, plain: Mapping[str, Any], known: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    kind: type[Any] = value.__class__
    names = known.get(kind.__name__, frozenset[str]())
    found = {name: plain[name] for name in (TAG,) if name in plain}
    for field in dataclasses.fields(kind):
        item = getattr(value, field.name)
        if field.name in names:
            found[field.name] = _known_item(item, plain[field.name], known)
        elif not _says_nothing(field, item):
            raise NotInVocabulary(f"{kind.__name__}.{field.name}", "is not known")
    return found


def _known_item(item: Any, plain: Any, known: Mapping[str, frozenset[str]]) -> Any:
    if isinstance(item, Enum):
        if str(item.value) not in known.get(type(item).__name__, ()):
            raise NotInVocabulary(f"{type(item).__name__}.{item.value}", "is not known")
        return plain
    if dataclasses.is_dataclass(item):
        return _known_fields(item, plain, known)
    if isinstance(item, tuple):
        members = typing.cast("tuple[Any, ...]", item)
        return [_known_item(each, part, known) for each, part in zip(members, plain, strict=True)]
    if isinstance(item, frozenset):
        for each in typing.cast("frozenset[Any]", item):
            _known_item(each, None, known)
    return plain


def _says_nothing(field: "dataclasses.Field[Any]", item: Any) -> bool:
    default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    return default is not dataclasses.MISSING and type(item) is type(default) and bool(item == default)


def _parts_of(value: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(value):
        yield from (getattr(value, field.name) for field in dataclasses.fields(value))
    elif isinstance(value, (tuple, frozenset)):
        yield from typing.cast("tuple[Any, ...]", value)


def _member_names(kind: type) -> list[str]:
    if issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    return [field.name for field in dataclasses.fields(typing.cast("Any", kind))]
