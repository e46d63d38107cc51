"""Ids of several sites side by side: which fields hold them, and how they get their site and lose it again."""

import dataclasses
import re
import time
from dataclasses import replace
from typing import Any

import pytest

from engine.gateway.federation.id_fields import BY_FIELD, BY_NAME, id_kind
from engine.gateway.federation.ids import IdKind, check_key, qualified, split
from engine.gateway.federation.rewriting import (
    Collector,
    Elsewhere,
    Localiser,
    Memory,
    Oversized,
    Qualifier,
    localise_plain,
    rewrite,
    rewrite_answer,
)
from engine.model import wire
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.history.timeline import LaneKind, Timeline, TimelineLane
from engine.model.question import Called, ListAlerts, ListEvents
from engine.model.question_type import answer_type
from engine.model.snapshot import Snapshot
from tests.engine.gateway.wire_model import COMMANDS, QUESTIONS, example, text_fields, wire_classes
from tests.fakes.engine import FakeEngine

_LIKE_AN_ID = re.compile(r"(^|_)(id|ids|mac|macs)$")


def test_every_field_that_is_named_like_an_id_is_classified() -> None:
    known = {name for _, name in BY_FIELD} | BY_NAME.keys()
    forgotten = [f"{kind}.{name}" for kind, name in text_fields() if _LIKE_AN_ID.search(name) and name not in known]
    assert not forgotten, "say in id_fields what they are"
    generic = {"id", "ids", "cameras"}
    assert not [f"{kind}.{name}" for kind, name in text_fields() if name in generic - BY_NAME.keys() and (kind, name) not in BY_FIELD]


def test_the_table_of_id_fields_names_what_there_is() -> None:
    fields = set(text_fields())
    assert not BY_FIELD.keys() - fields
    assert not BY_NAME.keys() - {name for _, name in fields}


@pytest.mark.parametrize("kind", wire_classes(), ids=lambda kind: kind.__name__)
def test_every_class_gets_its_site_and_loses_it_again(kind: type[Any]) -> None:
    value = example(kind)
    outside = rewrite(value, Qualifier("b"))
    assert wire.to_plain(rewrite(outside, Localiser("b"))) == wire.to_plain(value)
    own = {IdKind.OWN, IdKind.SENSOR, IdKind.GRANT}
    names = [field.name for field in dataclasses.fields(kind) if id_kind(kind.__name__, field.name) in own]
    for name in names:
        assert set(_texts(getattr(outside, name))) <= {"b/x-1"}, name
        assert not _texts(getattr(value, name)) or _texts(getattr(outside, name)), name


def _texts(value: Any) -> list[str]:
    if type(value) is str:
        return [value]
    return [text for each in value for text in _texts(each)] if isinstance(value, (tuple, frozenset)) else []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda kind: kind.__name__)
def test_every_answer_can_be_rewritten(question: type[Any]) -> None:
    hint = answer_type(question)
    value = example(hint)
    outside = rewrite_answer(hint, value, Qualifier("b"))
    assert wire.to_plain(rewrite_answer(hint, outside, Localiser("b"))) == wire.to_plain(value)


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_no_command_for_one_site_is_understood_for_another(kind: type[Any]) -> None:
    outside = rewrite(example(kind), Qualifier("b"))
    found = Collector()
    rewrite(outside, found)
    if found.keys:
        assert list(found.keys) == ["b"]
        with pytest.raises(Elsewhere):
            rewrite(outside, Localiser("a"))


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_what_a_command_was_made_from_is_told_with_the_sites_own_ids(kind: type[Any]) -> None:
    value = example(kind)
    outside = wire.to_plain(rewrite(value, Qualifier("b")))
    assert localise_plain(kind, outside, "b") == wire.to_plain(value)
    assert localise_plain(kind, outside, "a") == outside


def test_a_site_that_says_ids_of_another_has_them_below_its_own_key() -> None:
    for claimed in ("b/ev-1", "/", "//", "b/", "../b/ev-1"):
        outside = qualified("a", claimed)
        assert split(outside) == ("a", claimed)
    assert qualified("a", "") == ""


@pytest.mark.parametrize("odd", ["ev\n1", "ev\x1b[2J", "x" * 100_000, "\u202eev", "ev\x00", "\ud800"])
def test_ids_that_no_engine_gives_become_short_ones(odd: str) -> None:
    outside = qualified("a", odd)
    assert re.fullmatch(r"a/\?[0-9a-f]{16}", outside) and outside == qualified("a", odd)


def test_keys_are_plain() -> None:
    assert check_key("shop-12") == "shop-12"
    for wrong in ("", "Shop", "a/b", "-a", "a" * 33, "a\n", "ä"):
        with pytest.raises(InputError):
            check_key(wrong)
    assert split("door") is None and split("Not a key/door") is None


def test_a_question_with_ids_of_several_sites_asks_each_for_its_own() -> None:
    asked = ListAlerts(camera_ids=("a/door", "b/yard", "b/gate"), called=(Called("ga", ("b/gate", "a/door", "person")),))
    at_b = rewrite(asked, Localiser("b"))
    assert at_b.camera_ids == ("yard", "gate") and at_b.called[0].ids == ("gate", "person")
    with pytest.raises(Elsewhere):
        rewrite(asked, Localiser("c"))
    with pytest.raises(Elsewhere):
        rewrite(ListEvents(camera_id="nobody"), Localiser("a"))
    assert rewrite(ListEvents(), Localiser("a")) is not None


def test_sensors_keep_what_kind_they_are_in_front() -> None:
    lanes = tuple(TimelineLane(LaneKind.OBSERVED, each) for each in ("door", "microphone:hall", "ble:local", ""))
    outside = rewrite(Timeline(0, 1, 1, lanes), Qualifier("a"))
    assert [lane.id for lane in outside.lanes] == ["a/door", "microphone:a/hall", "ble:a/local", ""]
    assert rewrite(outside, Localiser("a")) == Timeline(0, 1, 1, lanes)


def test_what_is_the_same_stays_the_same() -> None:
    snapshot, memory = busy_snapshot(4), Memory()
    qualifier = Qualifier("a", memory)
    first = rewrite(snapshot, qualifier)
    later = replace(snapshot, number=snapshot.number + 1, events=(snapshot.events[1], *snapshot.events))
    second = rewrite(later, qualifier)
    assert second.events[1:] == first.events and second.events[2] is first.events[1]
    assert second.cameras is first.cameras and second.settings is first.settings
    assert first.events[0].id == f"a/{snapshot.events[0].id}" and first.events[0].camera_id.startswith("a/")
    assert first.models is snapshot.models, "what holds no ids is not copied"


def test_a_memory_holds_what_a_snapshot_holds() -> None:
    """However long it goes on; every value kept of an old snapshot would hold all of it."""
    snapshot, memory = busy_snapshot(4), Memory()
    qualifier = Qualifier("a", memory)
    first, sizes = write_on(snapshot, qualifier), list[int]()
    for number in range(3000):
        latest = write_on(changed(snapshot, number), qualifier)
        sizes.append(len(memory))
    assert max(sizes[1500:]) <= max(sizes[:1500]) < 3 * sizes[0], "what was known, and the snapshot looked through"
    assert latest.settings is first.settings and latest.cameras[1] is first.cameras[1], "what never changed is the same object still"
    assert all(after is before for after, before in zip(latest.events, first.events, strict=True))


def write_on(snapshot: Snapshot, qualifier: Qualifier) -> Snapshot:
    qualifier.begin()
    return rewrite(snapshot, qualifier)


def changed(snapshot: Snapshot, number: int) -> Snapshot:
    """One camera looks other than before."""
    first, *others = snapshot.cameras
    return replace(snapshot, number=number, cameras=(replace(first, tracks_ns=number), *others))


def test_more_than_there_can_be_is_refused() -> None:
    snapshot = busy_snapshot(4)
    with pytest.raises(Oversized):
        rewrite(replace(snapshot, events=snapshot.events * 1000), Qualifier("a", most=1000))


@pytest.mark.parametrize("wrong", [7, None, ["ev"], {"id": 1}])
def test_values_of_wrong_types_are_refused(wrong: Any) -> None:
    snapshot = busy_snapshot(1)
    event = object.__new__(Event)
    for field in dataclasses.fields(Event):
        object.__setattr__(event, field.name, getattr(snapshot.events[0], field.name))
    object.__setattr__(event, "id", wrong)
    with pytest.raises((TypeError, AttributeError)):
        rewrite(replace(snapshot, events=(event,)), Qualifier("a"))
    with pytest.raises((TypeError, AttributeError)):
        rewrite_answer(tuple[Event, ...], (wrong,), Qualifier("a"))


def test_a_snapshot_of_which_little_is_new_takes_little() -> None:
    snapshot, qualifier = busy_snapshot(16), Qualifier("a", Memory())
    rewrite(snapshot, qualifier)
    times = []
    for number in range(20):
        cameras = tuple(replace(view, tracks_ns=number) for view in snapshot.cameras)  # each camera looks other than before
        later = replace(snapshot, number=number, cameras=cameras)
        began_s = time.process_time()
        rewrite(later, qualifier)
        times.append(time.process_time() - began_s)
    assert min(times) < 0.003


def busy_snapshot(cameras: int) -> Snapshot:
    engine = FakeEngine()
    for number in range(cameras):
        engine.add_camera(f"cam-{number}", f"Camera {number}")
    event = engine.add_event("cam-0")
    snapshot = engine.snapshot
    events = tuple(replace(event, id=f"ev-{200 - number:012x}-0") for number in range(200))
    return replace(snapshot, events=events)
