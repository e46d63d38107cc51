"""An engine that means harm, among others on one console, harms its own rows only."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from engine.gateway.federation import asking, member, rewriting
from engine.gateway.federation import port as federated
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote import calls, received
from engine.gateway.remote.port import RemoteDoor
from engine.model.command import RestartCamera
from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from engine.model.event import Event
from engine.model.health import CameraState
from engine.model.question import GetIncident, ListEvents
from engine.model.sites import SiteReach
from engine.model.snapshot import Snapshot
from tests.engine.gateway import hostile_engine as hostile
from tests.engine.gateway.hostile_engine import Answer, Handler, hostile_engine, says, told
from tests.fakes.engine import FakeEngine
from tests.fakes.media import jpeg
from tests.fakes.peak_memory import forget_peak, peak_mib
from tests.fakes.waiting import until

BOMB = bytes.fromhex("ffd8ffc0001108ffffffff03012200021101031101")  # the head of a JPEG of 65,535 × 65,535 pixels


@pytest.fixture
def good() -> FakeEngine:
    engine = FakeEngine(site_name="Good")
    engine.add_camera("door", "Door")
    engine.add_event("door")
    return engine


@pytest.fixture
def evil() -> FakeEngine:
    engine = FakeEngine(site_name="Evil")
    engine.add_camera("door", "Door")
    engine.add_event("door")
    return engine


@pytest.fixture
def served(evil: FakeEngine) -> Iterator[tuple[str, dict[str, Answer], type[Handler]]]:
    with hostile_engine(evil) as found:
        yield found


@pytest.fixture
def said(served: tuple[str, dict[str, Answer], type[Handler]]) -> dict[str, Answer]:
    return served[1]


@pytest.fixture
def port(good: FakeEngine, served: tuple[str, dict[str, Answer], type[Handler]]) -> Iterator[FederatedPort]:
    port = FederatedPort([Site("good", "Good", good.port), Site("evil", "Evil", lambda: RemoteDoor(served[0]).enter("token"))], home="good")
    until(lambda: reach(port) is SiteReach.ONLINE, "both are reached")
    yield port
    port.close()


def reach(port: FederatedPort) -> SiteReach:
    site = port.snapshot().site("evil")
    assert site is not None
    return site.reach


def is_well(port: FederatedPort, good: FakeEngine) -> bool:
    """The good site goes on: its pictures of now, its answers, its commands."""
    number = len(good.events)
    good.add_event("door")
    until(lambda: len([each for each in port.snapshot().events if each.id.startswith("good/")]) == number + 1, "what is new is shown")
    view = port.snapshot().camera("good/door")
    rows = port.answer(ListEvents(camera_id="good/door"))
    return (
        view is not None
        and view.health.state is CameraState.LIVE
        and len(rows.value) == number + 1
        and port.command(RestartCamera("good/door")).startswith("good/")
    )


@pytest.mark.parametrize(
    "answer", [hostile.a_gigabyte, hostile.a_packed_gigabyte, hostile.nothing, hostile.drop_by_drop, hostile.elsewhere]
)
def test_snapshots_that_never_end_or_never_come(
    port: FederatedPort, good: FakeEngine, said: dict[str, Answer], served: Any, answer: Answer
) -> None:
    before_mib = forget_peak()
    said["/port/snapshot"] = answer
    until(lambda: reach(port) is SiteReach.AWAY, "it is told")
    assert is_well(port, good)
    assert port.snapshot().camera("evil/door").health.state is CameraState.LOST  # type: ignore[union-attr]
    assert peak_mib() < before_mib + 256, "no gigabyte was taken in"


@pytest.mark.parametrize(
    "plain",
    [
        {"snapshot": 7, "mark": ""},
        {"snapshot": {"number": "one"}},
        [],
        {"snapshot": {"number": 1, "at_ns": 1, "settings": {}, "events": [{"id": 7}]}, "mark": ""},
        {"snapshot": None, "changes": {"events": {"ids": ["x"], "changed": []}}, "mark": "m"},
    ],
)
def test_snapshots_of_wrong_types(port: FederatedPort, good: FakeEngine, said: dict[str, Answer], plain: Any) -> None:
    said["/port/snapshot"] = says(plain)
    until(lambda: reach(port) is not SiteReach.ONLINE, "it is told")
    assert is_well(port, good)


def test_ids_that_are_another_sites(port: FederatedPort, good: FakeEngine, evil: FakeEngine, said: dict[str, Answer]) -> None:
    claimed = replace(evil.events[0], id=f"good/{good.events[0].id}", camera_id="good/door")
    odd = replace(evil.events[0], id="ev\n\x1b[2J", camera_id="\u202edoor")
    said["/port/snapshot"] = says(told(replace(evil.snapshot, events=(claimed, odd), clip_events=frozenset({good.events[0].id}))))
    until(lambda: len(port.snapshot().events) == 3, "they are shown")
    own = [event for event in port.snapshot().events if event.id.startswith("good/")]
    assert [event.id for event in own] == [f"good/{good.events[0].id}"] and own[0].camera_id == "good/door"
    others = [event for event in port.snapshot().events if event.id.startswith("evil/")]
    assert {event.camera_id.partition("/")[0] for event in others} == {"evil"}
    assert all(event.id.isprintable() and event.camera_id.isprintable() for event in others)
    assert port.snapshot().clip_events == frozenset({f"evil/{good.events[0].id}"}), "it says nothing of the good site's events"
    said["/port/command"] = says({"id": "good/door"})
    assert port.command(RestartCamera("evil/good/door")) == "evil/good/door" and not good.commands
    assert port.session.user.id == "good/user-ada", "whoever it says that one is, one is who one is at home"


@pytest.mark.parametrize(
    "answer",
    [hostile.a_gigabyte, hostile.a_packed_gigabyte, hostile.elsewhere, says({"answer": 7}), says({"answer": [{"id": "x"}]}), says([1, 2])],
)
def test_answers_of_a_gigabyte_or_of_wrong_types(port: FederatedPort, good: FakeEngine, said: dict[str, Answer], answer: Answer) -> None:
    said["/port/ask"] = answer
    answered = port.answer(ListEvents())
    assert [site.key for site in answered.missing] == ["evil"] and answered.missing[0].reason
    assert [event.id for event in answered.value] == [f"good/{good.events[0].id}"]
    with pytest.raises(WatchroomError):
        port.ask(GetIncident("evil/in-1"))
    assert is_well(port, good)


@pytest.mark.parametrize("answer", [hostile.nothing, hostile.drop_by_drop])
def test_answers_that_never_come(
    port: FederatedPort, good: FakeEngine, said: dict[str, Answer], answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MERGED_S", 0.3)
    monkeypatch.setattr(asking, "ASK_S", 0.3)
    monkeypatch.setattr(federated, "PICTURE_S", 0.3)
    said["/port/ask"] = said["/thumbnail"] = answer
    for number in range(4):
        assert [site.key for site in port.answer(ListEvents()).missing] == ["evil"]
        with pytest.raises(EnvironmentFault):
            port.thumbnail(f"evil/ev-{number}")
    assert is_well(port, good)


def test_a_clip_that_never_ends_leaves_room_on_the_disk(
    port: FederatedPort, good: FakeEngine, said: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "DISK_FREE_BYTES", 1 << 60)
    said["/port/command"] = says({"id": ""})
    said["/clips/cl-1"] = hostile.a_gigabyte
    with pytest.raises(EnvironmentFault) as full:
        port.clip_file("evil/cl-1")
    assert full.value.reason == "disk"
    assert is_well(port, good)


def test_a_picture_that_claims_to_fill_the_memory_is_not_unpacked() -> None:
    for data in (BOMB, b"no picture"):
        with pytest.raises(InputError):
            received._decode_bounded(data)
    assert received._decode_bounded(jpeg(np.zeros((40, 60, 4), np.uint8))).shape == (40, 60, 4)
    assert received.MOST_PIXELS < 65_535 * 65_535


class Spoiled:
    """A port in this process that gives out what nobody could send."""

    def __init__(self, engine: FakeEngine, spoil: Any) -> None:
        self._port, self._spoil = engine.port(), spoil

    def snapshot(self) -> Any:
        return self._spoil(self._port.snapshot())

    def __getattr__(self, name: str) -> Any:
        if name == "link":
            raise AttributeError(name)
        return getattr(self._port, name)


def changed(value: Any, **fields_: Any) -> Any:
    copy = object.__new__(type(value))
    for field in fields(value):
        object.__setattr__(copy, field.name, fields_.get(field.name, getattr(value, field.name)))
    return copy


def timeless(snapshot: Snapshot) -> Any:
    return changed(snapshot, events=(changed(snapshot.events[0], started_ns="yesterday"),))


def eventless(snapshot: Snapshot) -> Any:
    return changed(snapshot, events=None)


def unhealthy(snapshot: Snapshot) -> Any:
    return changed(snapshot, health=changed(snapshot.health, memory_bytes="much"))


def of_another_class(snapshot: Snapshot) -> Any:
    return changed(snapshot, events=("an event",))


def flooding(snapshot: Snapshot) -> Any:
    event: Event = snapshot.events[0]
    return changed(snapshot, events=tuple(changed(event, id=f"ev-{number}") for number in range(60_000)))


def no_snapshot(_: Snapshot) -> Any:
    return {"number": 1}


@pytest.mark.parametrize("spoil", [timeless, eventless, unhealthy, of_another_class, flooding, no_snapshot])
def test_what_nobody_can_show_is_left_out(good: FakeEngine, evil: FakeEngine, spoil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member, "REFUSED_S", 0.05)
    monkeypatch.setattr(rewriting.Qualifier.__init__, "__defaults__", (None, 50_000))
    port = FederatedPort([Site("good", "Good", good.port), Site("evil", "Evil", lambda: Spoiled(evil, spoil))])  # type: ignore[arg-type]
    try:
        until(lambda: reach(port) is SiteReach.REFUSED, "it is told")
        assert is_well(port, good)
        assert all(event.id.startswith("good/") for event in port.snapshot().events)
    finally:
        port.close()


def test_a_site_that_is_refused_while_it_is_looked_at_again(good: FakeEngine, evil: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own thread puts the next useless snapshot there at the worst moment."""
    become = member.Member._become

    def late(self: member.Member, *about: Any) -> Any:
        if about[0] is SiteReach.REFUSED:
            self._own = eventless(evil.snapshot)
        return become(self, *about)

    monkeypatch.setattr(member.Member, "_become", late)
    port = FederatedPort([Site("good", "Good", good.port), Site("evil", "Evil", lambda: Spoiled(evil, eventless))])  # type: ignore[arg-type]
    try:
        until(lambda: reach(port) is SiteReach.REFUSED, "it is told")
        assert is_well(port, good)
    finally:
        port.close()
