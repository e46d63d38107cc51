"""Values of the model with other ids in them. What holds no id, and what a visitor leaves as it is, stays the same object.

What there is to visit in a class is worked out once from its types. `__post_init__` is not run again: it judges what people write, such as
the id of a camera, and the value was judged where it was made.
"""

import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from engine.gateway.federation.id_fields import id_kind
from engine.gateway.federation.ids import IdKind, qualified, split
from engine.model.accounts.access import OF_GROUP
from engine.model.history.timeline import MICROPHONE, SCANNER

T = TypeVar("T")

MOST_VALUES = 200_000
"""Values in one snapshot or answer of a site: those of some thousand cameras."""
LEAST_REMEMBERED, MOST_TEXTS = 64, 30_000
_KINDS_OF_SENSOR = (MICROPHONE, SCANNER)


class Oversized(Exception):
    """A site says more at once than there can be of it."""


class Elsewhere(Exception):
    """What was asked for is of other sites only."""


class Memory:
    """What was rewritten of one snapshot after another, by identity. Of one thread.

    Below an unchanged value nothing is asked for, so what is still in use is not told by use. Once twice as much is known as there was in
    the last snapshot that was looked through, the next one is looked through down to its last value, and only what is in it stays.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any]] = {}  # the value itself too: while it is held, its identity is nobody else's
        self._before: dict[int, tuple[Any, Any]] = {}  # what was known, while a snapshot is looked through
        self._most = LEAST_REMEMBERED

    def __len__(self) -> int:
        return len(self._known) + len(self._before)

    def begin(self) -> None:
        """Another snapshot."""
        if self._before:
            self._before = {}
            self._most = max(LEAST_REMEMBERED, 2 * len(self._known))
        elif len(self._known) > self._most:
            self._before, self._known = self._known, {}

    def get(self, value: Any) -> Any:
        """None: it is to be rewritten."""
        pair = self._known.get(id(value))
        return None if pair is None else pair[1]

    def put(self, value: Any, written: Any) -> Any:
        """What was made of it first, if that is known: equal to `written`, of the same parts."""
        pair = self._before.get(id(value), (value, written))
        self._known[id(value)] = pair
        return pair[1]


class Visitor(ABC):
    """What becomes of the ids of a value."""

    memory: Memory | None = None

    @abstractmethod
    def visit(self, text: str, kind: IdKind) -> str: ...

    @abstractmethod
    def visit_all(self, texts: tuple[str, ...], kind: IdKind) -> tuple[str, ...]: ...

    def count(self, values: int) -> None:  # noqa: B027 - only what a site says is bounded
        """So many more were looked at."""


class Qualifier(Visitor):
    """Ids of one site as they are beyond it. With a memory it is of one thread."""

    def __init__(self, key: str, memory: Memory | None = None, most: int = MOST_VALUES) -> None:
        self.memory = memory
        self._key, self._most, self._left = key, most, most
        self._texts: dict[str, str] = {}

    def begin(self) -> None:
        """Another snapshot or answer."""
        self._left = self._most
        if self.memory is not None:
            self.memory.begin()
        if len(self._texts) > MOST_TEXTS:
            self._texts.clear()

    def count(self, values: int) -> None:
        self._left -= values
        if self._left < 0:
            raise Oversized

    def visit(self, text: str, kind: IdKind) -> str:
        if type(text) is not str:
            raise TypeError("an id that is no text")
        if kind is IdKind.OWN:
            known = self._texts.get(text)
            if known is None:
                known = self._texts[text] = qualified(self._key, text)
            return known
        return self._visit_other(text, kind)

    def _visit_other(self, text: str, kind: IdKind) -> str:
        if kind is IdKind.GRANT:
            return text if text.startswith(OF_GROUP) else qualified(self._key, text)
        if kind is IdKind.SENSOR:
            before, local = sensor_parts(text)
            return before + qualified(self._key, local)
        if kind is IdKind.CITED and not _is_query(text):
            return qualified(self._key, text)
        return text

    def visit_all(self, texts: tuple[str, ...], kind: IdKind) -> tuple[str, ...]:
        self.count(len(texts))
        return tuple(self.visit(text, kind) for text in texts)


class Localiser(Visitor):
    """Ids as one site knows them. Raises Elsewhere where an id, or each of several, is another site's, or nobody's."""

    def __init__(self, key: str) -> None:
        self._key = key

    def visit(self, text: str, kind: IdKind) -> str:
        local = self.local(text, kind)
        if local is None:
            raise Elsewhere
        return local

    def visit_all(self, texts: tuple[str, ...], kind: IdKind) -> tuple[str, ...]:
        own = tuple(local for local in (self.local(text, kind) for text in texts) if local is not None)
        if texts and not own and kind is not IdKind.SENSE:
            raise Elsewhere
        return texts if own == texts else own

    def local(self, text: str, kind: IdKind) -> str | None:
        """None: another site's, or nobody's."""
        before, rest = sensor_parts(text) if kind is IdKind.SENSOR else ("", text)
        if (
            not rest
            or kind is IdKind.PLACE
            or (kind is IdKind.GRANT and rest.startswith(OF_GROUP))
            or (kind is IdKind.CITED and _is_query(text))
        ):
            return text
        found = split(rest)
        if found is None:
            return text if kind is IdKind.SENSE else None
        return before + found[1] if found[0] == self._key else None


class Unqualifier(Visitor):
    """Ids of a record of many sites as the site that they are of knows them; what is no such id stays."""

    def __init__(self, key: str) -> None:
        self._localiser = Localiser(key)

    def visit(self, text: str, kind: IdKind) -> str:
        local = self._localiser.local(text, kind)
        return text if local is None else local

    def visit_all(self, texts: tuple[str, ...], kind: IdKind) -> tuple[str, ...]:
        return tuple(self.visit(text, kind) for text in texts)


class Collector(Visitor):
    """Whose ids there are in a value: keys of sites, and `strangers`, ids that say no site."""

    def __init__(self) -> None:
        self.keys: dict[str, None] = {}
        self.strangers: list[str] = []

    def visit(self, text: str, kind: IdKind) -> str:
        found = split(sensor_parts(text)[1] if kind is IdKind.SENSOR else text)
        if kind is IdKind.PLACE:
            return text
        if found is not None:
            self.keys[found[0]] = None
        elif text and kind in (IdKind.OWN, IdKind.SENSOR):
            self.strangers.append(text)
        return text

    def visit_all(self, texts: tuple[str, ...], kind: IdKind) -> tuple[str, ...]:
        for text in texts:
            self.visit(text, kind)
        return texts


def _is_query(text: str) -> bool:
    return text.startswith("{")


def sensor_parts(text: str) -> tuple[str, str]:
    """What kind it is, empty for a camera or node, and its id."""
    before = next((each for each in _KINDS_OF_SENSOR if text.startswith(each)), "")
    return before, text.removeprefix(before)


def rewrite(value: T, visitor: Visitor) -> T:
    """Raises what the visitor raises; TypeError, AttributeError where a value is not what its class says."""
    return cast("T", _any_value(value, visitor))


def localise_plain(hint: Any, plain: Any, key: str, kind: IdKind = IdKind.NONE) -> Any:
    """Plain data of a value of this type, with the ids of one site as it knows them; others stay."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(plain, str):
        local = None if kind is IdKind.NONE else Localiser(key).local(plain, kind)
        return plain if local is None else local
    if origin in (types.UnionType, typing.Union):
        return localise_plain(_member_of(arguments, plain), plain, key, kind)
    if isinstance(plain, list):
        items = cast("list[Any]", plain)
        each = arguments[:1] * len(items) if origin is frozenset or arguments[1:] == (Ellipsis,) else arguments
        return [localise_plain(of, item, key, kind) for of, item in zip(each, items, strict=False)]
    if isinstance(plain, dict) and is_dataclass(hint):
        hints, name = typing.get_type_hints(hint), cast("type[Any]", hint).__name__
        known = cast("dict[str, Any]", plain)
        return {field: localise_plain(hints.get(field), item, key, id_kind(name, field)) for field, item in known.items()}
    return cast("Any", plain)


def _member_of(arguments: tuple[Any, ...], plain: Any) -> Any:
    members = [argument for argument in arguments if argument is not types.NoneType]
    named = cast("dict[str, Any]", plain).get("type") if isinstance(plain, dict) else None
    return next((member for member in members if getattr(member, "__name__", "") == named), members[0])


def unchecked_copy(value: T, **changed: Any) -> T:
    """As `dataclasses.replace`, without judging again what was judged where it was made."""
    copy: Any = object.__new__(type(value))
    for field in fields(cast("Any", value)):
        object.__setattr__(copy, field.name, changed[field.name] if field.name in changed else getattr(value, field.name))
    return cast("T", copy)


def rewrite_answer(hint: Any, value: Any, visitor: Visitor) -> Any:
    """An answer of this type. Raises as `rewrite`."""
    step = _step(hint, IdKind.NONE)
    return value if step is None else step(value, visitor)


_Step = Callable[[Any, Visitor], Any]


def _any_value(value: Any, visitor: Visitor) -> Any:
    plan = _plan(cast("type[Any]", type(value)))
    return value if plan is None else plan.rewrite(value, visitor)


class _Plan:
    """The fields of one class that may hold ids."""

    def __init__(self, kind: type[Any], steps: tuple[tuple[str, _Step], ...]) -> None:
        self._kind = kind
        self._names = tuple(field.name for field in fields(cast("Any", kind)))
        self._places = tuple((self._names.index(name), step) for name, step in steps)
        self._set = object.__setattr__
        self._read = _reader(self._names)

    def rewrite(self, value: Any, visitor: Visitor) -> Any:
        memory = visitor.memory
        if memory is not None:
            known = memory.get(value)
            if known is not None:
                return known
        if type(value) is not self._kind:
            raise TypeError(f"{type(value).__name__} in place of {self._kind.__name__}")
        visitor.count(1)
        items = self._read(value)
        changed: list[Any] | None = None
        for place, step in self._places:
            item = items[place]
            after = step(item, visitor)
            if after is not item:
                changed = changed or list(items)
                changed[place] = after
        written = value if changed is None else self._copy(changed)
        return written if memory is None else memory.put(value, written)

    def _copy(self, items: list[Any]) -> Any:
        copy: Any = object.__new__(self._kind)
        for name, item in zip(self._names, items, strict=True):
            self._set(copy, name, item)
        return copy


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda value: (read(value),)  # with one name alone it gives no tuple


@cache
def _plan(kind: type) -> _Plan | None:
    """None where no id can be in it."""
    if not is_dataclass(kind):
        return None
    hints = typing.get_type_hints(kind)
    found = [(field.name, _step(hints[field.name], id_kind(kind.__name__, field.name))) for field in fields(kind)]
    steps = tuple((name, step) for name, step in found if step is not None)
    return _Plan(kind, steps) if steps else None


@cache
def _step(hint: Any, kind: IdKind) -> _Step | None:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is str:
        return None if kind is IdKind.NONE else lambda text, visitor: visitor.visit(text, kind)
    if origin in (types.UnionType, typing.Union):
        return _union_step(arguments, kind)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _items_step(arguments[0], kind)
    if origin is tuple:
        return _row_step(arguments, kind)
    if origin is frozenset:
        return _set_step(arguments[0], kind)
    plan = _plan(hint) if isinstance(hint, type) else None
    return None if plan is None else plan.rewrite


def _union_step(arguments: tuple[Any, ...], kind: IdKind) -> _Step | None:
    members = [member for member in arguments if member is not types.NoneType]
    steps = {(typing.get_origin(member) or member): _step(member, kind) for member in members}
    if not any(steps.values()):
        return None

    def rewrite_member(value: Any, visitor: Visitor) -> Any:
        if value is None:
            return None
        step = steps[type(value)]
        return value if step is None else step(value, visitor)

    return rewrite_member


def _items_step(item: Any, kind: IdKind) -> _Step | None:
    if item is str:
        return None if kind is IdKind.NONE else lambda texts, visitor: visitor.visit_all(texts, kind)
    step = _step(item, kind)
    if step is None:
        return None

    def rewrite_items(values: Any, visitor: Visitor) -> Any:
        written = tuple([step(value, visitor) for value in values])
        return values if all(after is before for after, before in zip(written, values, strict=True)) else written

    return _remembered(rewrite_items)


def _remembered(step: _Step) -> _Step:
    """For tuples and sets: the same ones are rewritten once, as far as the visitor remembers them."""

    def rewrite_or_recall(values: Any, visitor: Visitor) -> Any:
        if not values:
            return values
        memory = visitor.memory
        if memory is None:
            return step(values, visitor)
        written = memory.get(values)
        return memory.put(values, step(values, visitor)) if written is None else written

    return rewrite_or_recall


def _set_step(item: Any, kind: IdKind) -> _Step | None:
    items = _items_step(item, kind)
    return None if items is None else _remembered(lambda values, visitor: frozenset(items(tuple(values), visitor)))


def _row_step(arguments: tuple[Any, ...], kind: IdKind) -> _Step | None:
    steps = tuple(_step(argument, kind) for argument in arguments)
    if not any(steps):
        return None

    def rewrite_row(row: Any, visitor: Visitor) -> Any:
        visitor.count(1)
        pairs = zip(row, steps, strict=True)
        return tuple(item if step is None else step(item, visitor) for item, step in pairs)

    return rewrite_row
