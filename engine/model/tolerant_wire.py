"""Values from the plain JSON data of another version of this program: what is not known here is left out, and never fatal.

Left out are fields that a class does not have, members of lists that are of a kind or a choice that is not known, and in a field that may
be missing what this version does not know or would not allow; the field is then as it usually is. Whatever else does not fit, as a number
for a text, is refused as `wire` does: that is no other version's. What a person wrote is read by `wire`, which tells them.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar

from engine.model import wire
from engine.model.errors import InputError

T = TypeVar("T")
_INDEX = re.compile(r"\[\d+\]")
MOST_NAMES = 200  # who sends others for ever is no other version


class UnknownHere(InputError):
    """Of a kind, a choice or a range that this version does not know."""


class Omissions:
    """What was left out while something was read. `classes`: of which some values are not whole, by name."""

    def __init__(self) -> None:
        self.count = 0
        self.names: set[str] = set()
        self.classes: set[str] = set()

    def note(self, field: str) -> None:
        self.count += 1
        if len(self.names) < MOST_NAMES:
            self.names.add(_INDEX.sub("[]", field))


class _LeftOut:
    def __repr__(self) -> str:
        return "LEFT_OUT"


LEFT_OUT: Final = _LeftOut()  # in the place of a member of a list, for those who count places
Reader = Callable[[Any, str, Omissions], Any]


def read_tolerantly(kind: type[T], plain: Any, field: str = "", omissions: Omissions | None = None) -> T:
    """Plain data as `kind`. `omissions`: to which is added what was left out.

    Raises:
        UnknownHere: nothing of it is left. InputError: something that is needed is missing, or mistyped.
    """
    return typing.cast("T", reader(kind)(plain, field, Omissions() if omissions is None else omissions))


@cache
def reader(kind: Any, gaps: bool = False) -> Reader:
    """What reads plain data as `kind`, given its dotted name and where to note what is left out.

    gaps: members of lists that are left out leave `LEFT_OUT` in their place.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _union_reader(arguments, gaps)
    if origin is tuple:
        variable = len(arguments) == 2 and arguments[1] is Ellipsis
        return _list_reader(arguments[0], gaps) if variable else _tuple_reader(arguments, gaps)
    if origin is frozenset:
        members = _list_reader(arguments[0], False)
        return lambda plain, field, omissions: frozenset(members(plain, field, omissions))
    if dataclasses.is_dataclass(kind):
        return _object_reader(kind, gaps)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice_reader(kind)
    return lambda plain, field, _: wire.from_plain(kind, plain, field)


def _choice_reader(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(plain: Any, field: str, _: Omissions) -> Any:
        if not isinstance(plain, (str, int)):
            raise InputError(field, f"expected a choice, got {type(plain).__name__}")
        if plain not in members:
            raise UnknownHere(field, f"{plain!r} is none of {', '.join(map(str, members))}")
        return members[plain]

    return read


def _union_reader(arguments: tuple[Any, ...], gaps: bool) -> Reader:
    optional = types.NoneType in arguments
    members = [argument for argument in arguments if argument is not types.NoneType]
    if len(members) == 1:
        only = _deferred_reader(members[0], gaps)
        return lambda plain, field, omissions: None if plain is None and optional else only(plain, field, omissions)
    by_name = {member.__name__: _deferred_reader(member, gaps) for member in members}

    def read(plain: Any, field: str, omissions: Omissions) -> Any:
        if plain is None and optional:
            return None
        given: Mapping[str, Any] = typing.cast("Mapping[str, Any]", plain) if isinstance(plain, Mapping) else {}
        name = given.get("type")
        if not isinstance(name, str) or name not in by_name:
            refusal = UnknownHere if isinstance(name, str) else InputError
            raise refusal(f"{field}.type".lstrip("."), f"{name!r} is none of {', '.join(by_name)}")
        rest: dict[str, Any] = {key: item for key, item in given.items() if key != "type"}
        return by_name[name](rest, field, omissions)

    return read


def _tuple_reader(arguments: tuple[Any, ...], gaps: bool) -> Reader:
    readers = [reader(argument, gaps) for argument in arguments]

    def read(plain: Any, field: str, omissions: Omissions) -> Any:
        items = _items(plain, field)
        if len(items) != len(readers):
            raise InputError(field, f"expected {len(readers)} items, got {len(items)}")
        return tuple(each(item, f"{field}[{i}]", omissions) for i, (each, item) in enumerate(zip(readers, items, strict=True)))

    return read


def _list_reader(kind: Any, gaps: bool) -> Reader:
    read_item = _deferred_reader(kind, gaps)

    def read(plain: Any, field: str, omissions: Omissions) -> Any:
        found: list[Any] = []
        for i, item in enumerate(_items(plain, field)):
            try:
                found.append(read_item(item, f"{field}[{i}]", omissions))
            except UnknownHere as error:
                omissions.note(error.field)
                if gaps:
                    found.append(LEFT_OUT)
        return tuple(found)

    return read


def _deferred_reader(kind: Any, gaps: bool) -> Reader:
    """Made when it is first used: most of what could be read never is, and a class may hold others of its own kind."""

    def read_first(plain: Any, field: str, omissions: Omissions) -> Any:
        nonlocal found
        found = reader(kind, gaps)
        return found(plain, field, omissions)

    found: Reader = read_first
    return lambda plain, field, omissions: found(plain, field, omissions)


def _items(plain: Any, field: str) -> list[Any]:
    if not isinstance(plain, (list, tuple)):
        raise InputError(field, f"expected a list, got {type(plain).__name__}")
    return typing.cast("list[Any]", plain)


def _object_reader(kind: Any, gaps: bool) -> Reader:
    hints = typing.get_type_hints(kind)
    fields = {each.name: each for each in dataclasses.fields(kind)}
    readers = {name: _deferred_reader(hints[name], gaps) for name in fields}
    exact = {name: hint for name, hint in hints.items() if hint in (bool, int, float, str)}
    optional = frozenset(name for name, each in fields.items() if not _is_needed(each))
    required = fields.keys() - optional

    def read(plain: Any, field: str, omissions: Omissions) -> Any:
        if not isinstance(plain, Mapping):
            raise InputError(field, f"expected an object, got {type(plain).__name__}")
        path, before = f"{field}." if field else "", omissions.count
        values: dict[str, Any] = {}
        for name, item in typing.cast("Mapping[str, Any]", plain).items():
            if type(item) is exact.get(name):
                values[name] = item
            elif name not in fields:
                omissions.note(f"{path}{name}")
            else:
                _take_field(values, name, readers[name], item, f"{path}{name}", name in optional, omissions)
        if not required <= values.keys():
            raise InputError(f"{path}{min(required - values.keys())}", "is missing")
        value = _make_value(kind, values, field, optional, omissions)
        if omissions.count != before:
            omissions.classes.add(kind.__name__)
        return value

    return read


def _is_needed(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _take_field(values: dict[str, Any], name: str, read: Reader, item: Any, path: str, may_be_missing: bool, omissions: Omissions) -> None:
    try:
        values[name] = read(item, path, omissions)
    except UnknownHere as error:
        if not may_be_missing:
            raise
        omissions.note(error.field)


def _make_value(kind: Any, values: dict[str, Any], field: str, optional: frozenset[str], omissions: Omissions) -> Any:
    """Another version has other limits: what this one refuses is left out where it may be missing. Raises UnknownHere elsewhere."""
    while True:
        try:
            return kind(**values)
        except InputError as error:
            name, path = re.split(r"[.\[]", error.field, maxsplit=1)[0], f"{field}.{error.field}".strip(".")
            if name not in optional or values.pop(name, LEFT_OUT) is LEFT_OUT:
                raise UnknownHere(path, error.message) from None
            omissions.note(path)
        except ValueError as error:
            raise UnknownHere(field, str(error)) from None
