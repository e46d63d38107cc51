"""What is other in a value than in the one before, as plain JSON data; both ends of the wire are here.

A change of an object is an object of its fields that changed; of a list `{"o": order, "c": {index: change}}`, where the order tells the
new list in runs: `[first, count]` of members of the one before, and `[member]` for a new one. Whatever is given anew stands in a list of
one, so that it is told from a change; where that cannot be, as for a number, it stands by itself.

What is withheld, as by how much a figure must move to be told again, is the business of `Cadence` at the engine's end: it gives what the
other end has from then on, which is what the next change is told against.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final, Protocol

import numpy as np

from engine.gateway.live.voxels import is_voxels, read_voxels, voxels_to_plain
from engine.model import wire
from engine.model.errors import InputError
from engine.model.tolerant_wire import LEFT_OUT, Omissions, UnknownHere, reader

ORDER, MEMBERS = "o", "c"
MOST_MEMBERS = 100_000  # of a list: an order could repeat it without end
_KEYS = ("id", "mac", "link", "device", "track_id", "zone_id", "gesture_id", "person_id", "event_id", "model", "camera_id")


class _Same:
    def __repr__(self) -> str:
        return "SAME"


SAME: Final = _Same()  # nothing to tell
Told = tuple[Any, Any]  # the change, and what the other end has then


class Cadence(Protocol):
    """When what is told, for one pass over a value."""

    def field(self, owner: str, name: str, before: Any, now: Any) -> Any:
        """The value of a field to be told: `now`, rounded perhaps; `before` where it is withheld."""
        ...

    def companions(self, owner: str) -> Mapping[str, frozenset[str]]:
        """Fields that are told only with others: of these names, or of any (empty)."""
        ...

    def enter_list(self, length: int) -> Any:
        """A list of objects begins; gives what `leave_list` takes."""
        ...

    def member(self, index: int) -> None: ...

    def leave_list(self, entered: Any) -> None: ...


class Node(Protocol):
    """How values of one type are told."""

    def tell(self, before: Any, now: Any, cadence: Cadence) -> Told: ...

    def take(self, before: Any, change: Any, field: str, omissions: Omissions) -> Any:
        """Raises InputError: it is no change of that."""
        ...


@cache
def node(kind: Any) -> Node:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        members = [each for each in arguments if each is not types.NoneType]
        objects = [each for each in members if dataclasses.is_dataclass(each)]
        return _UnionNode(kind, objects) if objects else _Leaf(kind)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _ListNode(kind, arguments[0])
    if origin is frozenset:
        return _SetNode(kind)
    if dataclasses.is_dataclass(kind):
        return _ObjectNode(kind)
    return _Leaf(kind)


class _Leaf:
    """Told as it is: numbers, texts, choices, arrays, lists of a fixed length."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def tell(self, before: Any, now: Any, cadence: Cadence) -> Told:
        if before is now or _is_equal(before, now):
            return SAME, before
        return _plain_leaf(now), now

    def take(self, before: Any, change: Any, field: str, omissions: Omissions) -> Any:
        if isinstance(change, dict) and "grid" in change:
            return read_voxels(typing.cast("dict[str, Any]", change), field)
        return reader(self._kind, True)(change, field, omissions)


def _is_equal(before: Any, now: Any) -> bool:
    return before.__class__ is now.__class__ and now.__class__ is not np.ndarray and bool(before == now)


def _plain_leaf(value: Any) -> Any:
    return voxels_to_plain(value) if is_voxels(value) else wire.to_plain(value)


class _SetNode:
    """A set: what came and what went."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def tell(self, before: Any, now: Any, cadence: Cadence) -> Told:
        if before is now or before == now:
            return SAME, before
        return {"+": wire.to_plain(now - before), "-": wire.to_plain(before - now)}, now

    def take(self, before: Any, change: Any, field: str, omissions: Omissions) -> Any:
        parts = _object(change, field)
        read = reader(self._kind)
        return (before - read(parts.get("-", []), field, omissions)) | read(parts.get("+", []), field, omissions)


class _UnionNode:
    """Nothing or an object, perhaps of one of several classes."""

    def __init__(self, kind: Any, objects: list[Any]) -> None:
        self._kind = kind
        self._tagged = len(objects) > 1
        self._objects = tuple(objects)

    def tell(self, before: Any, now: Any, cadence: Cadence) -> Told:
        if before is now:
            return SAME, before
        if type(before) is type(now) and isinstance(now, self._objects):
            return node(now.__class__).tell(before, now, cadence)
        return [wire.to_plain(now, tagged=self._tagged)], now

    def take(self, before: Any, change: Any, field: str, omissions: Omissions) -> Any:
        if isinstance(change, list):
            return reader(self._kind, True)(_only(typing.cast("list[Any]", change), field), field, omissions)
        if not isinstance(before, self._objects):
            return before  # of another version: what it was could not be read here
        return node(before.__class__).take(before, change, field, omissions)


class _ObjectNode:
    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._name = kind.__name__
        hints = typing.get_type_hints(kind)
        self._hints = {each.name: hints[each.name] for each in dataclasses.fields(kind)}
        self._nodes: dict[str, Node] = {}

    def _node(self, name: str) -> Node:
        found = self._nodes.get(name)
        if found is None:
            found = self._nodes[name] = node(self._hints[name])
        return found

    def tell(self, before: Any, now: Any, cadence: Cadence) -> Told:
        if before is now:
            return SAME, before
        changes: dict[str, Any] = {}
        other: dict[str, Any] = {}  # fields of what the other end has then that are not those of `now`
        for name in self._hints:
            had, has = getattr(before, name), getattr(now, name)
            if had is has:
                continue
            told = cadence.field(self._name, name, had, has)
            if told is not had:
                change, after = self._node(name).tell(had, told, cadence)
                if change is not SAME:
                    changes[name] = change
            else:
                after = had
            if after is not has:
                other[name] = after
        self._tell_companions(cadence.companions(self._name), now, changes, other)
        if not changes:
            return SAME, before
        return changes, (dataclasses.replace(now, **other) if other else now)

    def _tell_companions(self, companions: Mapping[str, frozenset[str]], now: Any, changes: dict[str, Any], other: dict[str, Any]) -> None:
        with_others = changes.keys() - companions.keys()
        for name in companions.keys() & other.keys():
            wanted = companions[name]
            if with_others & wanted if wanted else with_others:
                changes[name] = wire.to_plain(getattr(now, name))
                del other[name]

    def take(self, before: Any, change: Any, field: str, omissions: Omissions) -> Any:
        path = f"{field}." if field else ""
        values: dict[str, Any] = {}
        for name, part in _object(change, field).items():
            if name not in self._hints:
                omissions.note(f"{path}{name}")
                omissions.classes.add(self._name)
                continue
            try:
                values[name] = self._node(name).take(getattr(before, name), part, f"{path}{name}", omissions)
            except UnknownHere as error:
                omissions.note(error.field)
                omissions.classes.add(self._name)
        try:
            return dataclasses.replace(before, **values) if values else before
        except (InputError, ValueError) as error:
            raise UnknownHere(field, str(error)) from None


class _ListNode:
    def __init__(self, kind: Any, item: Any) -> None:
        self._kind, self._item = kind, item
        self._objects = dataclasses.is_dataclass(item)
        self._key = _key_of(item)
        self._tagged = typing.get_origin(item) in (types.UnionType, typing.Union)

    def tell(self, before: Any, now: Any, cadence: Cadence) -> Told:
        if before is now:
            return SAME, before
        if not before or not now:
            return (SAME, before) if len(before) == len(now) else ([wire.to_plain(now, tagged=self._tagged)], now)
        order, base = self._order(before, now)
        changes, after = self._tell_members(base, now, cadence) if self._objects else ({}, now)
        change: dict[str, Any] = {}
        if order is not None:
            change[ORDER] = order
        if changes:
            change[MEMBERS] = changes
        if not change and all(had is has for had, has in zip(before, after, strict=True)):
            return SAME, before
        return change or SAME, after

    def _tell_members(self, base: Sequence[Any], now: Sequence[Any], cadence: Cadence) -> tuple[dict[int, Any], tuple[Any, ...]]:
        tell, changes, after = node(self._item).tell, dict[int, Any](), list[Any](now)
        entered = cadence.enter_list(len(now))
        for index, (had, has) in enumerate(zip(base, now, strict=True)):
            if had is not has:
                cadence.member(index)
                change, after[index] = tell(had, has, cadence)
                if change is not SAME:
                    changes[index] = change
        cadence.leave_list(entered)
        return changes, tuple(after)

    def _order(self, before: Sequence[Any], now: Sequence[Any]) -> tuple[list[Any] | None, Sequence[Any]]:
        """The runs, None where nothing came, went or moved; and the member before of each that is now, itself where there was none."""
        key = self._key
        if len(before) == len(now) and all(had is has or key(had) == key(has) for had, has in zip(before, now, strict=True)):
            return None, before
        places = {key(each): place for place, each in enumerate(before)}
        runs: list[list[Any]] = []
        base: list[Any] = []
        for each in now:
            place = places.get(key(each))
            if place is None:
                runs.append([wire.to_plain(each, tagged=self._tagged)])
                base.append(each)
                continue
            base.append(before[place])
            if runs and len(runs[-1]) == 2 and sum(runs[-1]) == place:
                runs[-1][1] += 1
            else:
                runs.append([place, 1])
        return runs, base

    def take(self, before: Any, change: Any, field: str, omissions: Omissions) -> Any:
        if isinstance(change, list):
            return reader(self._kind, True)(_only(typing.cast("list[Any]", change), field), field, omissions)
        parts = _object(change, field)
        members = self._ordered(before, parts[ORDER], field, omissions) if ORDER in parts else list(before)
        for index, part in _object(parts.get(MEMBERS, {}), field).items():
            place = _place(index, len(members), field)
            if members[place] is not LEFT_OUT:
                members[place] = node(self._item).take(members[place], part, f"{field}[{index}]", omissions)
        return tuple(members)

    def _ordered(self, before: Any, order: Any, field: str, omissions: Omissions) -> list[Any]:
        members: list[Any] = []
        for run in typing.cast("list[Any]", order if isinstance(order, list) else [None]):
            if not isinstance(run, list) or len(run) not in (1, 2):  # pyright: ignore[reportUnknownArgumentType]
                raise InputError(field, "is no order of what was told before")
            if len(run) == 1:  # pyright: ignore[reportUnknownArgumentType]
                members += reader(self._kind, True)(run, field, omissions)
            else:
                first, count = typing.cast("list[Any]", run)
                first = _place(first, len(before), field)
                if not isinstance(count, int) or not 0 < count <= len(before) - first:
                    raise InputError(field, "is no order of what was told before")
                members += before[first : first + count]
            if len(members) > MOST_MEMBERS:
                raise InputError(field, f"has more than {MOST_MEMBERS} members")
        return members


def _key_of(item: Any) -> Callable[[Any], Hashable]:
    """What makes a member of a list the same one: its id, or that it is equal."""
    if not dataclasses.is_dataclass(item):
        return _itself
    names = {each.name for each in dataclasses.fields(item)}
    if "settings" in names:
        return lambda each: each.settings.id
    name = next((name for name in _KEYS if name in names), None)
    if name is not None:
        return lambda each: getattr(each, name)
    return _itself if item.__hash__ is not None else id


def _itself(each: Any) -> Hashable:
    return each


def _object(change: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(change, dict):
        raise InputError(field, "is no change of what was told before")
    return typing.cast("dict[str, Any]", change)


def _only(change: list[Any], field: str) -> Any:
    if len(change) != 1:
        raise InputError(field, "is no change of what was told before")
    return change[0]


def _place(index: Any, length: int, field: str) -> int:
    try:
        place = int(index)
    except (TypeError, ValueError):
        place = -1
    if not 0 <= place < length:
        raise InputError(field, "is no place in what was told before")
    return place


def without_gaps(value: Any) -> Any:
    """The same without `LEFT_OUT`; parts that have none stay the same ones."""
    if isinstance(value, tuple):
        members = typing.cast("tuple[Any, ...]", value)
        made = tuple(without_gaps(each) for each in members if each is not LEFT_OUT)
        return members if len(made) == len(members) and all(a is b for a, b in zip(made, members, strict=True)) else made
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, Enum)):
        fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        made = {name: part for name, had in fields.items() if (part := without_gaps(had)) is not had}
        return dataclasses.replace(value, **made) if made else value
    return value
