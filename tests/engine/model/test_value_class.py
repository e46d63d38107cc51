"""Value classes beside the standard library's data classes: what is made, asked and refused there is made, asked and refused here."""

import copy
import dataclasses
import inspect
import pickle
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.model.value_class import DeferredMethod, dataclass

ROOT = Path(__file__).resolve().parents[3]
Kind = TypeVar("Kind")


@dataclasses.dataclass(frozen=True)
class Part:
    """One field of a class in the making."""

    name: str
    default: str
    choices: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Level:
    """One class of a line of inheritance."""

    parts: list[Part]
    flags: dict[str, bool]
    standard: bool
    own: list[str]


OWN: dict[str, Any] = {
    "__repr__": lambda self: "shown by itself",
    "__eq__": lambda self, other: True,
    "__hash__": lambda self: 7,
    "__lt__": lambda self, other: True,
    "__setattr__": object.__setattr__,
    "__match_args__": ("b",),
    "__post_init__": lambda self: [object.__setattr__(self, each.name, "after") for each in dataclasses.fields(self)[:1]],
}
booleans = some.booleans()
parts = some.builds(
    Part,
    some.sampled_from("abcd"),
    some.sampled_from(["none", "none", "value", "factory", "list"]),
    some.fixed_dictionaries(
        {},
        optional={
            "init": booleans,
            "repr": booleans,
            "compare": booleans,
            "hash": some.sampled_from([None, True, False]),
            "kw_only": booleans,
        },
    ),
)
flags = some.fixed_dictionaries({}, optional={name: booleans for name in ("eq", "order", "frozen", "slots", "kw_only")})
levels = some.builds(Level, some.lists(parts, max_size=4), flags, booleans, some.lists(some.sampled_from(sorted(OWN)), max_size=1))


def content(level: Level, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {"__annotations__": {"limit": ClassVar[int]}, "limit": 3, "__module__": __name__, "__qualname__": f"Made{depth}"}
    made.update({name: OWN[name] for name in level.own})
    for part in level.parts:
        made["__annotations__"][part.name] = str
        made.pop(part.name, None)
        given: dict[str, Any] = dict(part.choices)
        if part.default == "value":
            given["default"] = f"of {part.name}"
        if part.default == "factory":
            given["default_factory"] = lambda name=part.name: [name]
        if part.default == "list":
            made[part.name] = []
        elif given:
            made[part.name] = dataclasses.field(**given)
    return made


def line(of: list[Level], decorator: Callable[..., Any], flags: dict[str, bool]) -> type:
    """Classes that inherit from each other; `standard` ones by the standard library in either line."""
    made: type = object
    for depth, level in enumerate(of):
        chosen = dataclasses.dataclass if level.standard else decorator
        made = chosen(**flags | level.flags)(type(f"Made{depth}", (made,) if depth else (), content(level, depth)))
    return made


def outcome(work: Callable[[], Any]) -> Any:
    """What it gives, or the kind of its refusal."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001
        return type(error)


def description(cls: type) -> Any:
    told = [
        (each.name, each.default, each.init, each.repr, each.compare, each.hash, each.kw_only, each.type)
        for each in dataclasses.fields(cls)
    ]
    parameters = [(each.name, each.kind) for each in inspect.signature(cls).parameters.values()]
    slots = cls.__dict__.get("__slots__")
    return told, cls.__match_args__, parameters, slots, cls.__hash__ is None, cls.__name__, cls.__qualname__, cls.__module__, cls.limit


def behaviour(cls: type) -> list[Any]:
    """All that can be asked of two values and of each alone."""
    names = [name for name, parameter in inspect.signature(cls).parameters.items() if parameter.default is inspect.Parameter.empty]
    first, second, changed = (outcome(lambda v=value: cls(**dict.fromkeys(names, v))) for value in ("1", "1", "2"))
    pairs = [
        ("__eq__", first, second),
        ("__eq__", first, changed),
        *((name, first, changed) for name in ("__lt__", "__le__", "__gt__", "__ge__")),
    ]
    said: list[Any] = [outcome(lambda o=one: repr(o)) for one in (first, changed)]
    said += [outcome(lambda n=name, a=a, b=b: getattr(a, n)(b)) for name, a, b in pairs]
    said += [outcome(lambda: (hash(first) == hash(second), len({first, second, changed})))]
    said += [outcome(lambda: cls(*"123456789")), outcome(lambda: cls(unknown=1))]
    said += [outcome(lambda: repr(cls(*names))), outcome(lambda: dataclasses.asdict(first)), outcome(lambda: dataclasses.astuple(first))]
    said += [outcome(lambda n=name: repr(dataclasses.replace(first, **{n: "new"}))) for name in [*names, "d"]]
    globals()[cls.__qualname__] = cls
    copies = (copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value)))  # noqa: S301
    said += [outcome(lambda w=work: (repr(w(first)), w(first) == first)) for work in copies]
    for name in (*names[:1], "a", "limit", "unknown"):
        said += [refusal(lambda n=name: setattr(second, n, "set")), refusal(lambda n=name: delattr(second, n))]
        said += [outcome(lambda: repr(second))]
    return said


def refusal(change: Callable[[], Any]) -> Any:
    """Python 3.11 means to say FrozenInstanceError of a class with slots, and stumbles over its own second class."""
    said = outcome(change)
    return TypeError if said is dataclasses.FrozenInstanceError else said


def comparable(said: Any) -> Any:
    """Two factories make lists that are equal, and two lines of classes, classes of one name."""
    return re.sub(r" at 0x\w+", "", repr(said))


@settings(max_examples=400, deadline=None)
@given(some.lists(levels, min_size=1, max_size=3), flags)
def test_they_are_what_the_standard_library_makes_of_the_same_class(of: list[Level], flags: dict[str, bool]) -> None:
    theirs, ours = (outcome(lambda d=decorator: line(of, d, flags)) for decorator in (dataclasses.dataclass, dataclass))
    if isinstance(theirs, type) and issubclass(theirs, Exception):
        assert issubclass(ours, (TypeError, ValueError))
        return
    assert comparable(description(ours)) == comparable(description(theirs))
    assert comparable(behaviour(ours)) == comparable(behaviour(theirs))


def test_methods_are_made_when_they_are_first_asked_for_and_once() -> None:
    @dataclass(frozen=True, slots=True)
    class Place:
        x: int
        y: int = 0

    deferred = {name for name, value in Place.__dict__.items() if isinstance(value, DeferredMethod)}
    assert deferred == {"__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"}
    place = Place(1)
    assert [name for name in deferred if not isinstance(Place.__dict__[name], DeferredMethod)] == ["__init__"]
    made = Place.__dict__["__init__"]
    assert Place(2) != place and Place.__dict__["__init__"] is made


def test_threads_that_meet_a_method_at_once_all_get_what_it_gives() -> None:
    for _ in range(30):

        @dataclass(frozen=True, slots=True)
        class Place:
            x: int
            tags: list[int] = dataclasses.field(default_factory=list, compare=False)

        together, said = threading.Barrier(8), []

        def ask(number: int, cls: Any = Place, together: threading.Barrier = together, said: list[Any] = said) -> None:
            together.wait()
            said.append((repr(cls(number)), hash(cls(number)) == hash(cls(number)), cls(number) == cls(number, [1])))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(said) == [(f"{Place.__qualname__}(x={number}, tags=[])", True, True) for number in range(8)]


def test_a_subclass_may_ask_its_base_for_any_method() -> None:
    @dataclass
    class Base:
        x: int

    class Plain(Base):
        def __init__(self, x: int) -> None:
            super().__init__(x + 1)

        def __eq__(self, other: object) -> bool:
            return super().__eq__(other)

        def __repr__(self) -> str:
            return "<" + super().__repr__() + ">"

    assert Plain(1) == Plain(1) and Plain(1) != Plain(2) and repr(Plain(1)).endswith(".Plain(x=2)>") and Base(2) != Plain(1)


def test_a_generic_class_and_one_that_is_matched() -> None:
    @dataclass(frozen=True, slots=True)
    class Answer(Generic[Kind]):
        value: Kind
        why: str = dataclasses.field(default="", kw_only=True)

    match Answer[int](3, why="counted"):
        case Answer(value, why=why):
            assert (value, why) == (3, "counted")
    assert Answer[int](3) == Answer(3) and Answer.__match_args__ == ("value",)


@pytest.mark.parametrize("kind", ["ClassVar[int]", "dataclasses.InitVar[int]", dataclasses.InitVar[int], dataclasses.InitVar])
def test_what_is_left_out_is_refused(kind: object) -> None:
    with pytest.raises(TypeError, match="nothing that a value class knows"):
        dataclass(type("Given", (), {"__annotations__": {"x": kind}}))


def test_nobody_takes_the_standard_library_s_own_decorator() -> None:
    taken = r"^\s*(?:from dataclasses import .*\bdataclass\b.*|@dataclasses\.dataclass.*)$"
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for package in ("engine", "console", "widgets")
        for path in (ROOT / package).rglob("*.py")
        for text in re.findall(taken, path.read_text("utf-8"), re.M)
    ]
    assert found == ["engine/model/value_class.py:     from dataclasses import dataclass as dataclass"]
