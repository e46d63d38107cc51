"""`dataclass`, as of the standard library, but each method is made when it is first called.

The engine has a thousand classes of values. `dataclasses` compiles six methods for each while its module is loaded: a third of the
processor time of a start's imports, for methods most of which nobody calls (decision 281). Here a class gets its fields at once and, in the
place of each method, a deferred one, which makes the real one, takes itself away and is never met again. `fields`, `replace`, `asdict`,
`copy` and `pickle` work as on any data class, and both kinds may inherit from each other. Left out: `InitVar`, and a docstring made of the
fields.

What compares, hashes and shows values is made by `dataclasses` itself. `__init__` is ours: the one of a frozen class with slots fills the
slots directly, in half of the time.
"""

import abc
import dataclasses
import functools
import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import KW_ONLY, MISSING, Field, FrozenInstanceError, InitVar
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar, cast, get_origin

if TYPE_CHECKING:  # for whoever reads or checks the code it is the standard library's
    from dataclasses import dataclass as dataclass

_NOT_HERE = re.compile(r"\b(ClassVar|InitVar|KW_ONLY)\b")
_COMPARING = ("__lt__", "__le__", "__gt__", "__ge__")
_MADE_BY_DATACLASSES: dict[str, dict[str, bool]] = {
    "__repr__": {"repr": True},
    "__eq__": {"eq": True},
    "__hash__": {"unsafe_hash": True},
    **{name: {"eq": True, "order": True} for name in _COMPARING},
}


def _dataclass(
    cls: type | None = None, /, *, eq: bool = True, order: bool = False, frozen: bool = False, slots: bool = False, kw_only: bool = False
) -> Any:
    def decorate(cls: type) -> type:
        return _value_class(cls, eq, order, frozen, slots, kw_only)

    return decorate if cls is None else decorate(cls)


if not TYPE_CHECKING:
    dataclass = _dataclass


def _value_class(cls: type, eq: bool, order: bool, frozen: bool, slots: bool, kw_only: bool) -> type:
    standard = _standard(eq, order, frozen, slots)
    _check_bases(cls, frozen)
    fields = _fields(cls, kw_only)
    added: dict[str, Any] = {
        "__dataclass_fields__": fields,
        "__dataclass_params__": getattr(standard, "__dataclass_params__"),  # noqa: B009
        **_deferred(cls, eq, order, frozen),
    }
    by_place = _checked_order(fields.values())
    if "__match_args__" not in cls.__dict__:
        added["__match_args__"] = by_place
    if slots:
        return _with_slots(cls, added, standard if frozen else None)
    for name, value in added.items():
        setattr(cls, name, value)
        if isinstance(value, DeferredMethod):
            value.__set_name__(cls, name)
    abc.update_abstractmethods(cls)
    return cls


@functools.cache
def _standard(eq: bool, order: bool, frozen: bool, slots: bool) -> type:
    """The standard library's own with the same choices: what does not depend on the fields is taken from it."""

    class Standard:
        field: None = None

    decorator: Any = dataclasses.dataclass(eq=eq, order=order, frozen=frozen, slots=slots)
    return decorator(Standard)


_FIELD_KIND: Any = getattr(_standard(True, False, False, False), "__dataclass_fields__")["field"]._field_type  # noqa: B009


def _check_bases(cls: type, frozen: bool) -> None:
    bases = [base for base in cls.__mro__[1:] if "__dataclass_params__" in base.__dict__]
    any_frozen = any(base.__dict__["__dataclass_params__"].frozen for base in bases)
    if any_frozen and not frozen:
        raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
    if bases and frozen and not any_frozen:
        raise TypeError("cannot inherit frozen dataclass from a non-frozen one")


def _fields(cls: type, kw_only: bool) -> dict[str, Field[Any]]:
    """Inherited ones first. Where a field is described, the class is left with its default, or with nothing."""
    found: dict[str, Field[Any]] = {}
    for base in cls.__mro__[-1:0:-1]:
        inherited: Any = base.__dict__.get("__dataclass_fields__", {})
        found |= {name: each for name, each in inherited.items() if each._field_type is _FIELD_KIND or not _is_class_variable(each.type)}
    annotations = inspect.get_annotations(cls)
    for name, kind in annotations.items():
        if kind is KW_ONLY:
            kw_only = True
        elif not _is_class_variable(kind):
            found[name] = _field(cls, name, kind, kw_only)
    for name, value in cls.__dict__.items():
        if _is_described(value) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    for name in annotations:
        _leave_default(cls, name)
    return found


def _is_class_variable(kind: Any) -> bool:
    if isinstance(kind, InitVar) or kind is InitVar or (isinstance(kind, str) and _NOT_HERE.search(kind)):
        raise TypeError(f"{kind!r} is nothing that a value class knows")
    return kind is ClassVar or get_origin(kind) is ClassVar


def _field(cls: type, name: str, kind: Any, kw_only: bool) -> Field[Any]:
    given: Any = getattr(cls, name, MISSING)
    if isinstance(given, MemberDescriptorType):  # a slot of a base
        given = MISSING
    field: Any = given if _is_described(given) else dataclasses.field(default=given)
    field.name, field.type, field._field_type = name, kind, _FIELD_KIND
    if field.kw_only is MISSING:
        field.kw_only = kw_only
    if field.default.__class__.__hash__ is None:
        raise ValueError(f"mutable default {type(field.default)} for field {name} is not allowed: use default_factory")
    return field


def _is_described(value: object) -> bool:
    return isinstance(value, Field)


def _leave_default(cls: type, name: str) -> None:
    given: Any = cls.__dict__.get(name)
    if _is_described(given):
        if given.default is MISSING:
            delattr(cls, name)
        else:
            setattr(cls, name, given.default)


def _checked_order(fields: Iterable[Field[Any]]) -> tuple[str, ...]:
    """The names of what is given by its place."""
    placed = [field for field in fields if field.init and not field.kw_only]
    defaults = False
    for field in placed:
        if not _is_needed(field):
            defaults = True
        elif defaults:
            raise TypeError(f"non-default argument {field.name!r} follows default argument")
    return tuple(field.name for field in placed)


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _deferred(cls: type, eq: bool, order: bool, frozen: bool) -> dict[str, Any]:
    """What the class defines itself stays, except what must not be defined."""
    own = cls.__dict__
    refused = [*(_COMPARING if order else ()), *(("__setattr__", "__delattr__") if frozen else ())]
    for name in refused:
        if name in own:
            raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__}")
    wanted = ["__init__", "__repr__", *(["__eq__"] if eq else ()), *refused]
    deferred: dict[str, Any] = {name: DeferredMethod() for name in wanted if name not in own}
    hash_is_given = "__hash__" in own and not (own["__hash__"] is None and "__eq__" in own)
    if eq and not hash_is_given:
        deferred["__hash__"] = DeferredMethod() if frozen else None
    return deferred


def _with_slots(cls: type, added: dict[str, Any], frozen_standard: type | None) -> type:
    """The class once more: slots cannot be added to one that is there."""
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    inherited = set(itertools.chain.from_iterable(map(_slots, cls.__mro__[1:-1])))
    fields: dict[str, Field[Any]] = added["__dataclass_fields__"]
    left_out = {"__dict__", "__weakref__", *fields}
    content = {name: value for name, value in cls.__dict__.items() if name not in left_out}
    if frozen_standard is not None:  # or else copy and pickle would assign
        added = {name: frozen_standard.__dict__[name] for name in ("__getstate__", "__setstate__")} | added
    slots = tuple(name for name in fields if name not in inherited)
    content = {**added, **content, **_forced(added), "__slots__": slots, "__qualname__": cls.__qualname__}
    return type(cls)(cls.__name__, cls.__bases__, content)


def _forced(added: dict[str, Any]) -> dict[str, Any]:
    """`__hash__` is None where a class defines `__eq__`, without anybody having written so."""
    return {"__hash__": added["__hash__"]} if "__hash__" in added else {}


def _slots(cls: type) -> Iterator[str]:
    slots: Any = cls.__dict__.get("__slots__", ())
    return iter((slots,) if isinstance(slots, str) else slots)


class DeferredMethod:
    """In the place of a method until that is looked up. Two threads that meet it at once make the method twice, and one of them stays."""

    __slots__ = ("_cls", "_name")

    _cls: type
    _name: str

    def __set_name__(self, cls: type, name: str) -> None:
        self._cls, self._name = cls, name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        method = _method(self._cls, self._name)
        if self._cls.__dict__.get(self._name) is self:
            setattr(self._cls, self._name, method)
        return method if instance is None else method.__get__(instance)


def _method(cls: type, name: str) -> Any:
    fields: dict[str, Field[Any]] = cls.__dict__["__dataclass_fields__"]
    if name == "__init__":
        return _with_name(_init(cls, list(fields.values())), cls, name)
    if name in ("__setattr__", "__delattr__"):
        return _with_name(_refusal(cls, name, frozenset(fields)), cls, name)
    return _by_dataclasses(cls, name, fields)


def _with_name(method: Callable[..., Any], cls: type, name: str) -> Callable[..., Any]:
    method.__name__, method.__qualname__, method.__module__ = name, f"{cls.__qualname__}.{name}", cls.__module__
    return method


def _by_dataclasses(cls: type, name: str, fields: dict[str, Field[Any]]) -> Any:
    """Taken from a class that has the same fields and nothing else. It is given copies: they are written to."""
    content: dict[str, Any] = {
        "__annotations__": {field: Any for field in fields},
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": "For one method.",
        **{each.name: dataclasses.field(repr=each.repr, hash=each.hash, compare=each.compare) for each in fields.values()},
    }
    off = {"init": False, "repr": False, "eq": False, "match_args": False}
    made: type = dataclasses.dataclass(**off | _MADE_BY_DATACLASSES[name])(type(cls.__name__, (), content))
    return made.__dict__[name]


def _refusal(cls: type, name: str, fields: frozenset[str]) -> Callable[..., None]:
    doing = "assign to" if name == "__setattr__" else "delete"

    def refuse(self: object, field: str, *value: Any) -> None:
        if type(self) is cls or field in fields:
            raise FrozenInstanceError(f"cannot {doing} field {field!r}")
        getattr(cast(Any, super(cls, self)), name)(field, *value)

    return refuse


def _init(cls: type, fields: list[Field[Any]]) -> Callable[..., None]:
    """Written as text and compiled, as `dataclasses` does; every name that is no field begins with `_of_`."""
    known: dict[str, Any] = {"_of_missing": MISSING, "_of_set": object.__setattr__}
    for field in fields:
        known[f"_of_default_{field.name}"] = field.default
        known[f"_of_make_{field.name}"] = field.default_factory
        known[f"_of_slot_{field.name}"] = getattr(cls.__dict__.get(field.name), "__set__", None)
    given = [field for field in fields if field.init]
    by_name = [_parameter(field) for field in given if field.kw_only]
    parameters = ["_of_self", *(_parameter(field) for field in given if not field.kw_only), *(["*", *by_name] if by_name else ())]
    frozen: bool = cls.__dict__["__dataclass_params__"].frozen
    lines = [line for field in fields if (line := _assignment(cls, field, frozen))]
    if hasattr(cls, "__post_init__"):
        lines.append("_of_self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"]), known)
    init = known["__init__"]
    init.__annotations__ = {**{field.name: field.type for field in given}, "return": None}
    return init


def _parameter(field: Field[Any]) -> str:
    if field.default is not MISSING:
        return f"{field.name}=_of_default_{field.name}"
    return field.name if field.default_factory is MISSING else f"{field.name}=_of_missing"


def _assignment(cls: type, field: Field[Any], frozen: bool) -> str:
    value = _value(field, in_slots="__slots__" in cls.__dict__)
    if not value or not frozen:
        return value and f"_of_self.{field.name} = {value}"
    if isinstance(cls.__dict__.get(field.name), MemberDescriptorType):
        return f"_of_slot_{field.name}(_of_self, {value})"
    return f"_of_set(_of_self, {field.name!r}, {value})"


def _value(field: Field[Any], in_slots: bool) -> str:
    """Empty for a field that is left as the class has it."""
    if field.default_factory is not MISSING:
        made = f"_of_make_{field.name}()"
        return f"{made} if {field.name} is _of_missing else {field.name}" if field.init else made
    if field.init:
        return field.name
    return f"_of_default_{field.name}" if in_slots and field.default is not MISSING else ""
