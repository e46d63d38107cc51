"""Frozen values ↔ plain JSON data, for the journal, the gateway and settings files. Strict: what does not fit names its field.

A value becomes an object of its fields; a member of a union also carries `"type": "<class name>"`; an enum its value; a day its ISO form; a
tuple or set a list; an array `{"dtype", "shape", "data"}` with base64 bytes, so that it comes back bit for bit. Fields that have a default
may be missing. Who keeps arrays beside the text gives `arrays`, and puts the bytes themselves in place of base64 before reading.
"""

import base64
import binascii
import dataclasses
import difflib
import logging
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError

log = logging.getLogger(__name__)

T = TypeVar("T")
_NUMBERED = re.compile(r"\[\d+\]")
_Reader = Callable[[Any, str], Any]
_enum_value = attrgetter("_value_")  # what `value` gives, which takes five times as long
_SCALARS: tuple[Any, ...] = (bool, int, float, str)
_AS_IT_IS = frozenset({type(None), *_SCALARS})  # not their subclasses: those may be enums


def array_to_plain(array: npt.NDArray[Any]) -> dict[str, Any]:
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    return {"dtype": array.dtype.str, "shape": list(array.shape), "data": data}


def to_plain(value: Any, tagged: bool = False, arrays: Callable[[npt.NDArray[Any]], Any] = array_to_plain) -> Any:
    """Any value of the model as data that `json.dumps` takes. `tagged` adds the class name, for values read back through a union."""
    kind: type[Any] = value.__class__
    if kind in _AS_IT_IS:
        return value
    fields = _written_fields(kind)
    if fields is not None:
        return _fields_to_plain(value, fields, tagged, arrays)
    if isinstance(value, (tuple, list)):
        items = typing.cast("list[Any]", value)
        return [item if type(item) in _AS_IT_IS else to_plain(item, tagged, arrays) for item in items]
    if isinstance(value, (bool, int, float, str)):
        return _enum_value(value) if isinstance(value, Enum) else value
    if isinstance(value, frozenset):
        return sorted(to_plain(item) for item in typing.cast("frozenset[Any]", value))
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, np.ndarray):
        return arrays(typing.cast("npt.NDArray[Any]", value))
    raise TypeError(f"no plain form for {kind.__name__}")


def _fields_to_plain(
    value: Any, fields: tuple[tuple[str, bool], ...], tagged: bool, arrays: Callable[[npt.NDArray[Any]], Any]
) -> dict[str, Any]:
    """Most fields are plain already; asking that here, not in a call of its own, makes writing a journal much quicker."""
    plain: dict[str, Any] = {"type": type(value).__name__} if tagged else {}
    for name, is_union in fields:
        item = getattr(value, name)
        plain[name] = item if type(item) in _AS_IT_IS else to_plain(item, is_union, arrays)
    return plain


def from_plain(kind: Any, plain: Any, field: str = "") -> Any:
    """Read plain data as `kind`: a dataclass, a union of dataclasses, or a type built of those.

    Raises:
        InputError: missing, unknown or mistyped field, named by its dotted path.
    """
    return _reader(kind)(plain, field)


def read_as(kind: type[T], plain: Any, field: str = "") -> T:
    """`from_plain` for a single class, typed."""
    return typing.cast("T", from_plain(kind, plain, field))


def read_record(kind: type[T], plain: Any, field: str = "") -> T:
    """As `read_as`, for what a program wrote itself, perhaps another version of it: what this one does not know is left out, and said in
    the log once. What a person wrote is read by `read_as`, which tells them of it.

    Raises:
        InputError: something that is needed is missing, or does not fit.
    """
    try:
        return read_as(kind, plain, field)
    except InputError:
        ignored: list[str] = []
        known = _known_part(kind, plain, field, ignored)
        if not ignored:
            raise
        value = read_as(kind, known, field)
    _tell_of_ignored(kind.__name__, tuple(_NUMBERED.sub("[]", name) for name in ignored))
    return value


@cache
def _tell_of_ignored(kind: str, names: tuple[str, ...]) -> None:
    log.warning("%s was written by another version; left out: %s", kind, ", ".join(dict.fromkeys(names)))


def _known_part(kind: Any, plain: Any, field: str, ignored: list[str]) -> Any:
    """Without fields that `kind` does not have, and without members of lists that are of a kind, or a choice, that is not known here."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _known_member(arguments, plain, field, ignored)
    if origin in (tuple, frozenset) and isinstance(plain, list):
        return _known_items(origin, arguments, typing.cast("list[Any]", plain), field, ignored)
    if dataclasses.is_dataclass(kind) and isinstance(plain, Mapping):
        return _known_fields(kind, typing.cast("Mapping[str, Any]", plain), field, ignored)
    return plain


def _known_member(arguments: tuple[Any, ...], plain: Any, field: str, ignored: list[str]) -> Any:
    members = [argument for argument in arguments if argument is not types.NoneType]
    if len(members) == 1:
        return _known_part(members[0], plain, field, ignored)
    if not isinstance(plain, Mapping):
        return plain
    given = typing.cast("Mapping[str, Any]", plain)
    member = next((each for each in members if each.__name__ == given.get("type")), None)
    if member is None:
        return given
    rest = {name: item for name, item in given.items() if name != "type"}
    return {"type": given["type"], **_known_part(member, rest, field, ignored)}


def _known_items(origin: Any, arguments: tuple[Any, ...], plain: list[Any], field: str, ignored: list[str]) -> list[Any]:
    variable = origin is frozenset or (len(arguments) == 2 and arguments[1] is Ellipsis)
    if not variable:
        return [_known_part(arguments[min(i, len(arguments) - 1)], item, f"{field}[{i}]", ignored) for i, item in enumerate(plain)]
    found: list[Any] = []
    for i, item in enumerate(plain):
        known = _known_part(arguments[0], item, f"{field}[{i}]", ignored)
        if _is_of_unknown_kind(arguments[0], known):
            ignored.append(f"{field}[{i}]")
        else:
            found.append(known)
    return found


def _is_of_unknown_kind(kind: Any, plain: Any) -> bool:
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        members = {each.__name__ for each in _members(kind)}
        return len(members) > 1 and isinstance(plain, Mapping) and typing.cast("Mapping[str, Any]", plain).get("type") not in members
    return isinstance(kind, type) and issubclass(kind, Enum) and plain not in [member.value for member in kind]


def _known_fields(kind: Any, plain: Mapping[str, Any], field: str, ignored: list[str]) -> dict[str, Any]:
    """A choice that is not known here leaves its field as it usually is, where it may be missing."""
    hints, path = typing.get_type_hints(kind), f"{field}." if field else ""
    fields = {each.name: each for each in dataclasses.fields(kind)}
    found: dict[str, Any] = {}
    for name, item in plain.items():
        if name not in fields or (_is_of_unknown_kind(hints[name], item) and fields[name].default is not dataclasses.MISSING):
            ignored.append(f"{path}{name}")
        else:
            found[name] = _known_part(hints[name], item, f"{path}{name}", ignored)
    return found


def _read_array(plain: Any, field: str) -> npt.NDArray[Any]:
    try:
        kind = np.dtype(plain["dtype"])
        if kind.hasobject:
            raise ValueError("object arrays are not read")
        data = plain["data"]
        flat = np.frombuffer(data if isinstance(data, bytes) else base64.b64decode(data, validate=True), kind)
        return flat.reshape([int(n) for n in plain["shape"]])
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise InputError(field, f"is not an array ({error})") from None


def _read_date(plain: Any, field: str) -> date:
    try:
        return date.fromisoformat(plain)
    except (TypeError, ValueError):
        raise InputError(field, f"{plain!r} is no day such as 2026-06-30") from None


@cache
def _written_fields(kind: type) -> tuple[tuple[str, bool], ...] | None:
    """The names of a dataclass, each with whether it holds a union; None for another class."""
    if not dataclasses.is_dataclass(kind):
        return None
    unions = _union_fields(kind)
    return tuple((field.name, field.name in unions) for field in dataclasses.fields(kind))


def _union_fields(kind: type) -> frozenset[str]:
    """Names of the fields whose type holds a union of several dataclasses."""
    return frozenset(name for name, hint in typing.get_type_hints(kind).items() if _holds_union(hint))


def _holds_union(hint: Any) -> bool:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return len(_members(hint)) > 1
    return any(_holds_union(argument) for argument in typing.get_args(hint))


def _members(hint: Any) -> list[Any]:
    return [member for member in typing.get_args(hint) if dataclasses.is_dataclass(member)]


@cache
def _reader(kind: Any) -> _Reader:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if _is_array(kind, origin):
        return _read_array
    if origin in (types.UnionType, typing.Union):
        return _union_reader(arguments)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is frozenset:
        items = _tuple_reader((arguments[0], ...))
        return lambda plain, field: frozenset(items(plain, field))
    if issubclass(kind, Enum):
        return _enum_reader(kind)
    if kind is date:
        return _read_date
    return _object_reader(kind) if dataclasses.is_dataclass(kind) else _scalar_reader(kind)


def _is_array(kind: Any, origin: Any) -> bool:
    """`NDArray` is the class itself, or, with NumPy of Python 3.12 and later, an alias that stands for it."""
    return typing.get_origin(getattr(origin, "__value__", kind)) is np.ndarray


def _scalar_reader(kind: type) -> _Reader:
    accepted = (int, float) if kind is float else (kind,)

    def read(plain: Any, field: str) -> Any:
        if not isinstance(plain, accepted) or (isinstance(plain, bool) and kind is not bool):
            raise InputError(field, f"expected {kind.__name__}, got {type(plain).__name__}")
        try:
            return kind(plain)
        except OverflowError:
            raise InputError(field, "is too large a number") from None

    return read


def _enum_reader(kind: type[Enum]) -> _Reader:
    def read(plain: Any, field: str) -> Any:
        try:
            return kind(plain)
        except ValueError:
            known = ", ".join(str(member.value) for member in kind)
            raise InputError(field, f"{plain!r} is none of {known}") from None

    return read


def _tuple_reader(arguments: tuple[Any, ...]) -> _Reader:
    variable = len(arguments) == 2 and arguments[1] is Ellipsis
    readers = [_reader(argument) for argument in arguments if argument is not Ellipsis]

    def read(plain: Any, field: str) -> Any:
        if not isinstance(plain, (list, tuple)):
            raise InputError(field, f"expected a list, got {type(plain).__name__}")
        items = typing.cast("list[Any]", plain)
        if not variable and len(items) != len(readers):
            raise InputError(field, f"expected {len(readers)} items, got {len(items)}")
        return tuple(readers[0 if variable else i](item, f"{field}[{i}]") for i, item in enumerate(items))

    return read


def _union_reader(arguments: tuple[Any, ...]) -> _Reader:
    optional = types.NoneType in arguments
    members = [argument for argument in arguments if argument is not types.NoneType]
    if len(members) == 1:
        only = _reader(members[0])
        return lambda plain, field: None if plain is None and optional else only(plain, field)
    by_name = {member.__name__: _reader(member) for member in members}

    def read(plain: Any, field: str) -> Any:
        if plain is None and optional:
            return None
        name = typing.cast("Mapping[str, Any]", plain).get("type") if isinstance(plain, Mapping) else None
        if not isinstance(name, str) or name not in by_name:
            raise InputError(f"{field}.type".lstrip("."), f"{name!r} is none of {', '.join(by_name)}")
        return by_name[name]({key: item for key, item in typing.cast("Mapping[str, Any]", plain).items() if key != "type"}, field)

    return read


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}? " if close else ""


class _FieldReaders(dict[str, _Reader]):
    """The readers of a dataclass by field, each looked up once: hashing a type for every value takes longer than reading the value."""

    def __init__(self, hints: Mapping[str, Any]) -> None:
        super().__init__()
        self._hints = hints

    def __missing__(self, name: str) -> _Reader:
        found = self[name] = _reader(self._hints[name])
        return found


def _object_reader(kind: Any) -> _Reader:
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    required = {n for n, f in fields.items() if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING}
    exact = {name: hint for name, hint in hints.items() if hint in _SCALARS}
    readers = _FieldReaders(hints)

    def read(plain: Any, field: str) -> Any:
        if not isinstance(plain, Mapping):
            raise InputError(field, f"expected an object, got {type(plain).__name__}")
        given = typing.cast("Mapping[str, Any]", plain)
        path = f"{field}." if field else ""
        if not given.keys() <= fields.keys():
            name = next(name for name in given if name not in fields)
            raise InputError(f"{path}{name}", f"is unknown; {_nearest(name, list(fields))}known are {', '.join(fields)}")
        if not required <= given.keys():
            raise InputError(f"{path}{min(required - given.keys())}", "is missing")
        values = {name: item if type(item) is exact.get(name) else readers[name](item, f"{path}{name}") for name, item in given.items()}
        try:
            return kind(**values)
        except InputError as error:
            raise InputError(f"{path}{error.field}".rstrip("."), error.message) from None
        except ValueError as error:
            raise InputError(field, str(error)) from None

    return read
