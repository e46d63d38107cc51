"""An engine that means harm over the socket of changes harms its own rows only, and the console reads no more of it than of a good one."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from engine.gateway.federation import member
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote import subscription
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model import wire
from engine.model.health import CameraState
from engine.model.sites import SiteReach
from engine.model.snapshot import Snapshot
from tests.engine.gateway import hostile_socket as hostile
from tests.engine.gateway.hostile_engine import hostile_engine, nothing
from tests.engine.gateway.hostile_socket import subscribed
from tests.engine.gateway.test_hostile_engine import is_well
from tests.fakes.engine import FakeEngine
from tests.fakes.peak_memory import forget_peak, peak_mib
from tests.fakes.waiting import until

EDGE = 10**18  # of any time that a snapshot can have


def whole(snapshot: Snapshot, revision: Any = 1) -> dict[str, Any]:
    head = {"stream": "s", "revision": revision, "number": 1, "at_ns": snapshot.at_ns}
    return {**head, "snapshot": wire.to_plain(snapshot)}


def change(snapshot: Snapshot, revision: Any, since: Any, **fields: Any) -> dict[str, Any]:
    return {"revision": revision, "from": since, "number": 2, "at_ns": snapshot.at_ns, **fields}


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


class Counted:
    """Messages of each connection. `connections`: so many there were."""

    def __init__(self, messages: Callable[[], Iterable[Any]]) -> None:
        self._messages, self.connections = messages, 0

    def __call__(self) -> Iterable[Any]:
        self.connections += 1
        return self._messages()


class Sites:
    """Both behind one port."""

    def __init__(self, port: FederatedPort, counted: Counted, answers: dict[str, Any]) -> None:
        self.port, self._counted, self.answers = port, counted, answers

    @property
    def connections(self) -> int:
        """To the hostile one's socket."""
        return self._counted.connections

    @property
    def reach(self) -> SiteReach:
        site = self.port.snapshot().site("evil")
        assert site is not None
        return site.reach

    @property
    def remote(self) -> RemotePort:
        self.port.wait_for_sites(60)
        found = self.port.of("evil")
        assert isinstance(found, RemotePort)
        return found

    def evil_events(self) -> list[str]:
        return [event.id for event in self.port.snapshot().events if event.id.startswith("evil/")]


@contextmanager
def sites(good: FakeEngine, evil: FakeEngine, messages: Callable[[], Iterable[Any]]) -> Iterator[Sites]:
    with hostile_engine(evil) as (url, answers, _):
        counted = Counted(messages)
        answers.update(subscribed(counted))
        port = FederatedPort([Site("good", "Good", good.port), Site("evil", "Evil", lambda: RemoteDoor(url).enter("token"))], home="good")
        try:
            yield Sites(port, counted, answers)
        finally:
            port.close()


def test_the_hostile_engine_is_listened_to_at_all(good: FakeEngine, evil: FakeEngine) -> None:
    now = evil.snapshot
    own = wire.to_plain(replace(evil.events[0], id="ev-other"))
    with sites(good, evil, lambda: [whole(now), change(now, 2, 1, change={"events": {"o": [[0, 1], [own]]}})]) as both:
        until(lambda: both.evil_events() == [f"evil/{now.events[0].id}", "evil/ev-other"], "its change is shown")
        assert is_well(both.port, good)


def test_a_change_that_names_another_sites_ids(good: FakeEngine, evil: FakeEngine) -> None:
    now = evil.snapshot
    own = good.events[0].id
    claimed = wire.to_plain(replace(evil.events[0], id=f"good/{own}", camera_id="good/door"))
    odd = wire.to_plain(replace(evil.events[0], id="ev\n\x1b[2J", camera_id="\u202edoor"))
    view = {"c": {"0": {"settings": {"name": "Good door", "id": "good/door"}}}}
    told = change(now, 2, 1, change={"events": {"o": [[claimed], [odd]]}, "cameras": view, "clip_events": {"+": [own], "-": []}})
    with sites(good, evil, lambda: [whole(now), told]) as both:
        until(lambda: len(both.evil_events()) == 2, "it is shown")
        snapshot = both.port.snapshot()
        assert [event.camera_id for event in snapshot.events if event.id == f"good/{own}"] == ["good/door"]
        assert {event.camera_id.partition("/")[0] for event in snapshot.events if event.id.startswith("evil/")} == {"evil"}
        assert all(event.id.isprintable() and event.camera_id.isprintable() for event in snapshot.events)
        assert [view.settings.id for view in snapshot.cameras] == ["good/door", "evil/door"], "no camera is called so"
        assert snapshot.clip_events == frozenset({f"evil/{own}"})
        assert is_well(both.port, good)


def flood(now: Snapshot) -> Iterator[Any]:
    yield whole(now)
    for revision in count(2):
        yield change(now, revision, revision - 1)


def flood_of_wholes(now: Snapshot) -> Iterator[Any]:
    for revision in count(1):
        yield whole(now, revision)


@pytest.mark.parametrize("messages", [flood, flood_of_wholes])
def test_a_flood_is_held_back(good: FakeEngine, evil: FakeEngine, messages: Any) -> None:
    with sites(good, evil, lambda: messages(evil.snapshot)) as both:
        until(lambda: both.remote._subscription._taken.revision > 40, "it is taken in")
        before, began_s = both.remote._subscription._taken.revision, time.monotonic()
        assert is_well(both.port, good)
        until(lambda: both.remote._subscription._taken.revision > before + 20, "and goes on")
        took, lasted_s = both.remote._subscription._taken.revision - before, time.monotonic() - began_s
        most = subscription.MOST_MESSAGES
        assert took <= most * (lasted_s + 2 * subscription.SAVED_S), "no more than a good one could tell"


def doubling(now: Snapshot) -> Iterator[Any]:
    """The list of events is twice as long with each message."""
    yield whole(now)
    length = 1
    for revision in count(2):
        yield change(now, revision, revision - 1, change={"events": {"o": [[0, length], [0, length]]}})
        length *= 2


def repeated(now: Snapshot) -> Iterator[Any]:
    yield whole(now)
    yield change(now, 2, 1, change={"events": {"o": [[0, 1]] * 1_000_000}})


def nested(now: Snapshot) -> Iterator[Any]:
    yield whole(now)
    yield hostile.nested(1_000_000)


def nested_within_reach(now: Snapshot) -> Iterator[Any]:
    yield whole(now)
    yield hostile.nested(900)


def bombs(now: Snapshot) -> Iterator[Any]:
    yield hostile.bomb(64)


def many_lists(now: Snapshot) -> Iterator[Any]:
    yield hostile.many_lists(6_000_000)


def larger_than_allowed(now: Snapshot) -> Iterator[Any]:
    yield whole(now)
    yield b" " * (16 << 20)


def garbage(now: Snapshot) -> Iterator[Any]:
    yield whole(now)
    yield b"\xff" * 1000


def silence(now: Snapshot) -> Iterator[Any]:
    yield whole(now)


@pytest.mark.parametrize(
    "messages", [doubling, repeated, nested, nested_within_reach, bombs, many_lists, larger_than_allowed, garbage, silence]
)
def test_what_is_too_much_or_nothing(good: FakeEngine, evil: FakeEngine, messages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be asked either."""
    monkeypatch.setattr(member, "REFUSED_S", 0.5)
    before_mib = forget_peak()
    with sites(good, evil, lambda: messages(evil.snapshot)) as both:
        until(lambda: both.connections > 0 and both.port.snapshot().site("evil") is not None, "it is listened to")
        both.answers["/port/snapshot"] = nothing
        until(lambda: both.reach in (SiteReach.AWAY, SiteReach.REFUSED), "it is told")
        assert is_well(both.port, good)
        assert both.port.snapshot().camera("evil/door").health.state is CameraState.LOST if both.reach is SiteReach.AWAY else True  # type: ignore[union-attr]
        assert peak_mib() < before_mib + 512, "no gigabyte was taken in"


BACKWARDS: dict[str, Callable[[Snapshot], list[Any]]] = {
    "it goes back": lambda now: [whole(now, 5), change(now, 4, 5), change(now, 3, 4)],
    "it stands still": lambda now: [whole(now, 5), change(now, 5, 5), change(now, 5, 5)],
    "from what was never told": lambda now: [whole(now, 5), change(now, 6, 4)],
    "below zero": lambda now: [whole(now, -1), change(now, -2, -1)],
    "without end": lambda now: [whole(now, 10**4000), change(now, 10**4000 + 1, 10**4000)],
    "no number": lambda now: [whole(now, "1"), change(now, None, 1)],
    "a time beyond all": lambda now: [whole(now), change(now, 2, 1) | {"at_ns": 10**400}],
    "a time before all": lambda now: [whole(now), change(now, 2, 1) | {"at_ns": -(10**400)}],
    "a number that cannot be read": lambda now: [whole(now), hostile.huge_integer()],
    "no place": lambda now: [whole(now), change(now, 2, 1, change={"events": {"c": {"-1": {}, "99": {}, "x": {}}}})],
    "no order": lambda now: [whole(now), change(now, 2, 1, change={"events": {"o": [[0, -1], [5, 5], [[]], 7]}})],
    "other types": lambda now: [whole(now), change(now, 2, 1, change={"settings": 5, "cameras": "all", "health": [[]]})],
    "no numbers": lambda now: [whole(now), change(now, 2, 1, change={"health": {"cpu_percent": float("nan")}})],
    "values beyond all": lambda now: [whole(now), change(now, 2, 1, change={"events": {"c": {"0": {"started_ns": EDGE**20}}}})],
}


@pytest.mark.parametrize("what", BACKWARDS)
def test_what_does_not_follow(good: FakeEngine, evil: FakeEngine, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked again instead, or left out; what it says then counts."""
    monkeypatch.setattr(member, "REFUSED_S", 0.2)
    with sites(good, evil, lambda: BACKWARDS[what](evil.snapshot)) as both:
        until(lambda: both.connections > 0, "it is listened to")
        good.add_event("door")
        until(lambda: len([each for each in both.port.snapshot().events if each.id.startswith("good/")]) == 2, "the other goes on")
        both.answers.update(subscribed(lambda: flood(evil.snapshot)))
        until(lambda: both.reach is SiteReach.ONLINE, "whoever says what is right is listened to again")
        assert is_well(both.port, good)


def test_a_stream_that_ends_at_once_again_and_again(good: FakeEngine, evil: FakeEngine) -> None:
    """Each connection tells all of now: no more of them than of messages."""
    with sites(good, evil, lambda: [whole(evil.snapshot), None]) as both:
        until(lambda: both.connections > 1, "it is tried again")
        before, began_s = both.connections, time.monotonic()
        assert is_well(both.port, good)
        until(lambda: both.connections > before + 3, "and again")
        assert both.connections - before <= subscription.MOST_MESSAGES * (time.monotonic() - began_s + subscription.SAVED_S)
