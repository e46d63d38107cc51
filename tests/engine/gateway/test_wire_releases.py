"""Every released version is understood, and understands: golden files of what each said, as they are and with more or less in them.

`python -m tests.fakes.wire_release tests/engine/gateway/wire_releases/VERSION` writes those of a version that is about to be released.
"""

import copy
import dataclasses
import random
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.gateway.live.changes import ChangesTaken
from engine.gateway.remote.known_engine import KnownEngine
from engine.model import wire
from engine.model.command import Command
from engine.model.errors import InputError
from engine.model.question import AnyQuestion
from engine.model.question_type import answer_type
from engine.model.snapshot import Snapshot
from engine.model.tolerant_wire import Omissions, read_tolerantly, reader
from engine.model.vocabulary import EngineRelease, own_vocabulary, read_vocabulary
from tests.fakes.wire_release import answer_shapes, read

RELEASES = sorted(path for path in Path(__file__).with_name("wire_releases").iterdir() if path.is_dir())
QUESTIONS = {kind.__name__: kind for kind in typing.get_args(AnyQuestion)}
NEW = "of_another_version"
FEW = settings(max_examples=15, deadline=None)

release = pytest.mark.parametrize("folder", RELEASES, ids=lambda folder: folder.name)


def same(one: Any, other: Any) -> bool:
    return wire.to_plain(one, tagged=True) == wire.to_plain(other, tagged=True)


def answers(folder: Path) -> Iterator[tuple[Any, Any]]:
    """The types of answers, and what was answered."""
    for row in read(folder, "answers"):
        yield answer_type(QUESTIONS[row["question"]["type"]]), row["answer"]


def members_of(hint: Any) -> list[Any]:
    return [each for each in typing.get_args(hint) if each is not types.NoneType]


def is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (types.UnionType, typing.Union)


class Another:
    """The same data as another version would have written it. With `chance` at each place."""

    def __init__(self, chance: random.Random, share: float) -> None:
        self._chance, self._share = chance, share

    def _happens(self) -> bool:
        return self._chance.random() < self._share

    def later(self, hint: Any, plain: Any) -> Any:
        """With fields and members that are new."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if plain is None:
            return None
        if is_union(hint):
            members = members_of(hint)
            kind = members[0] if len(members) == 1 else next(each for each in members if each.__name__ == plain["type"])
            return self.later(kind, plain)
        if origin is tuple and arguments[-1] is Ellipsis:
            made = [self.later(arguments[0], each) for each in plain]
            return self._with_new_member(arguments[0], made)
        if origin is tuple:
            return [self.later(each, item) for each, item in zip(arguments, plain, strict=True)]
        if dataclasses.is_dataclass(hint):
            hints = typing.get_type_hints(hint)
            made = {name: self.later(hints[name], item) if name in hints else item for name, item in plain.items()}
            return {NEW: {"a": [1]}, **made} if self._happens() else made
        return plain

    def _with_new_member(self, hint: Any, items: list[Any]) -> list[Any]:
        new = self._new_member(hint, items)
        if new is not None and self._happens():
            items.insert(self._chance.randint(0, len(items)), new)
        return items

    def _new_member(self, hint: Any, items: list[Any]) -> Any:
        if is_union(hint) and len(members_of(hint)) > 1:
            return {"type": NEW, "size": 3}
        if isinstance(hint, type) and issubclass(hint, Enum):
            return NEW
        choice = (
            next((each.name for each in dataclasses.fields(hint) if _is_needed_choice(hint, each)), "")
            if dataclasses.is_dataclass(hint)
            else ""
        )
        return {**copy.deepcopy(items[0]), choice: NEW} if choice and items else None

    def earlier(self, hint: Any, plain: Any) -> Any:
        """Without fields that may be missing."""
        if plain is None:
            return None
        if is_union(hint):
            members = members_of(hint)
            kind = members[0] if len(members) == 1 else next(each for each in members if each.__name__ == plain["type"])
            return self.earlier(kind, plain)
        if typing.get_origin(hint) is tuple and typing.get_args(hint)[-1] is Ellipsis:
            return [self.earlier(typing.get_args(hint)[0], each) for each in plain]
        if not dataclasses.is_dataclass(hint):
            return plain
        hints, given = typing.get_type_hints(hint), {each.name: each for each in dataclasses.fields(hint)}
        kept = {name: item for name, item in plain.items() if name not in given or not (_may_be_missing(given[name]) and self._happens())}
        return {name: self.earlier(hints[name], item) if name in hints else item for name, item in kept.items()}


def _may_be_missing(field: "dataclasses.Field[Any]") -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _is_needed_choice(kind: Any, field: "dataclasses.Field[Any]") -> bool:
    hint = typing.get_type_hints(kind)[field.name]
    return isinstance(hint, type) and issubclass(hint, Enum) and not _may_be_missing(field)


@release
def test_what_an_engine_of_that_version_said_is_wholly_understood(folder: Path) -> None:
    omissions = Omissions()
    taken = ChangesTaken(lambda kind, plain, field="": reader(kind)(plain, field, omissions))
    first, then = taken.take(read(folder, "snapshot")), taken.take(read(folder, "changes"))
    assert len(first.cameras) == 4 and then.number > first.number
    assert same(read_tolerantly(Snapshot, read(folder, "tally"), "", omissions).settings, first.settings) is False
    answered = [reader(kind)(answer, "answer", omissions) for kind, answer in answers(folder)]
    assert len(answered) > 30 and omissions.names == set()


@release
@FEW
@given(st.integers(0, 1 << 30), st.floats(0.05, 1))
def test_a_later_engine_is_understood_as_far_as_it_is_known(folder: Path, seed: int, share: float) -> None:
    another = Another(random.Random(seed), share)
    plain = read(folder, "snapshot")
    later = {**plain, "snapshot": another.later(Snapshot, plain["snapshot"])}
    assert same(ChangesTaken(read_tolerantly).take(later), ChangesTaken().take(plain))
    for kind, answer in answers(folder):
        assert same(read_tolerantly(kind, another.later(kind, answer)), wire.from_plain(kind, answer)), kind


@release
@FEW
@given(st.integers(0, 1 << 30), st.floats(0.05, 1))
def test_an_earlier_engine_is_understood(folder: Path, seed: int, share: float) -> None:
    """Fields that it does not know yet are as they usually are."""
    another = Another(random.Random(seed), share)
    plain = read(folder, "snapshot")
    earlier = another.earlier(Snapshot, plain["snapshot"])
    assert isinstance(ChangesTaken(read_tolerantly).take({"snapshot": earlier, "mark": "1"}), Snapshot)
    for kind, answer in answers(folder):
        read_tolerantly(kind, another.earlier(kind, answer))


@release
def test_what_a_console_of_that_version_asks_and_tells_is_understood(folder: Path) -> None:
    asked = [row["question"] for row in read(folder, "answers")]
    for union, rows in ((Command, read(folder, "commands")), (AnyQuestion, asked)):
        for plain in rows:
            value = wire.from_plain(union, plain)
            assert {name: item for name, item in wire.to_plain(value, tagged=True).items() if name in plain}.keys() == plain.keys()


@release
@FEW
@given(st.integers(0, 1 << 30), st.floats(0.05, 1))
def test_an_earlier_console_is_understood_and_a_later_one_is_refused(folder: Path, seed: int, share: float) -> None:
    another = Another(random.Random(seed), share)
    for plain in read(folder, "commands"):
        wire.from_plain(Command, another.earlier(Command, plain))
        with pytest.raises(InputError) as refused:
            wire.from_plain(Command, {**plain, NEW: True})
        assert refused.value.field == NEW


@release
def test_a_console_leaves_out_what_that_version_does_not_know_and_says_nothing(folder: Path) -> None:
    """All commands of that version can be given to an engine of it."""
    engine = KnownEngine("http://engine", EngineRelease(folder.name, 1), read_vocabulary(read(folder, "vocabulary")).members())
    for plain in read(folder, "commands"):
        sent = engine.form(wire.from_plain(Command, plain))
        assert sent.keys() == plain.keys()


@release
def test_what_consoles_of_that_version_say_is_still_known(folder: Path) -> None:
    """What must go nevertheless raises `LEAST_CONSOLE` of `engine.model.vocabulary`, and the release's folder goes with it."""
    then, now = read_vocabulary(read(folder, "vocabulary")), own_vocabulary()
    assert set(then.commands) <= set(now.commands) and set(then.questions) <= set(now.questions)
    members = now.members()
    gone = {name: sorted(known - members.get(name, frozenset())) for name, known in then.members().items()}
    assert {name: lost for name, lost in gone.items() if lost} == {}


@release
def test_what_consoles_of_that_version_cannot_do_without_is_still_sent(folder: Path) -> None:
    now = _kinds()
    lost = [
        f"{name}.{field}"
        for name, needed in read(folder, "shapes").items()
        for field, hint in needed.items()
        if now.get(name, {}).get(field) != hint
    ]
    assert lost == []


def _kinds() -> Mapping[str, Mapping[str, str]]:
    """The types of all fields of what is answered with, by class."""
    from engine.model.vocabulary import value_classes

    roots = (Snapshot, *(answer_type(kind) for kind in QUESTIONS.values()))
    return {
        kind.__name__: {name: str(hint) for name, hint in typing.get_type_hints(kind).items()}
        for kind in value_classes(*roots)
        if dataclasses.is_dataclass(kind)
    }


def test_shapes_name_what_is_needed() -> None:
    assert answer_shapes()["Event"].keys() >= {"id", "kind", "camera_id"}
