"""The remote port on its subscription: told at once, through cuts, restarts and slow lines; and by polls where there is none."""

import json
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from benchmarks.slow_line import SlowLine
from console.site import Site, running
from engine.gateway import schemas
from engine.gateway.border.bind import Bind
from engine.gateway.live import subscriptions
from engine.gateway.live.deflated import TAIL
from engine.gateway.remote import calls, feed, subscription
from engine.gateway.remote import port as remote
from engine.gateway.remote.port import RemotePort
from engine.gateway.remote.subscription import StreamTaken
from engine.model.accounts.access import Role
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.vocabulary import own_release
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.conftest import PASSWORD, lose_door
from tests.engine.gateway.relay import Relay
from tests.fakes.waiting import until


@pytest.fixture
def relay(site: Site) -> Iterator[Relay]:
    with Relay(urlsplit(site.url).port or 0) as relay:
        yield relay


@contextmanager
def port_at(url: str, token: str) -> Iterator[RemotePort]:
    port = RemotePort(url, token)
    try:
        yield port
    finally:
        port.close()


@pytest.fixture
def polls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The polls of all ports, as a list that grows."""
    asked: list[int] = []
    refresh = RemotePort._refresh

    async def counted(self: RemotePort, client: httpx.AsyncClient) -> bool:
        asked.append(1)
        return await refresh(self, client)

    monkeypatch.setattr(RemotePort, "_refresh", counted)
    return asked


def is_told(port: RemotePort) -> bool:
    return port._subscription._taken.revision > 0


def is_there(port: RemotePort, event_id: str) -> None:
    """In time, and once."""
    until(lambda: event_id in [event.id for event in port.snapshot().events], "nothing was lost")
    ids = [event.id for event in port.snapshot().events]
    assert len(set(ids)) == len(ids)


def test_what_happens_is_told_without_a_poll(site: Site, operator: str, polls: list[int]) -> None:
    with port_at(site.url, operator) as port:
        until(lambda: is_told(port), "it is told")
        polls.clear()  # a busy machine lets an attempt take so long that polls begin beside it
        event_id = lose_door(site)
        until(lambda: event_id in [event.id for event in port.snapshot().events], "what happens is told")
        until(lambda: len(port._subscription._taken.stream) > 0 and port.snapshot().number > 0, "and goes on")
    assert polls == []


def test_a_cut_line_goes_on_where_it_was(
    site: Site, relay: Relay, operator: str, polls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    wholes: list[int] = []
    whole = subscriptions.Stream.whole

    def counted(self: subscriptions.Stream, now: Snapshot) -> dict[str, object]:
        wholes.append(1)
        return whole(self, now)

    monkeypatch.setattr(subscriptions.Stream, "whole", counted)
    with port_at(relay.url, operator) as port:
        until(lambda: is_told(port), "it is told")
        stream = port._subscription._taken.stream
        for most in (1, 7, 40, 150):  # bytes until the connection ends, in the middle of a message
            relay.cut_after(most)
            is_there(port, lose_door(site))
        assert port._subscription._taken.stream == stream and len(wholes) == 1, "all of now was told once"


def test_an_engine_that_was_started_anew_tells_all_of_now(tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "REQUEST_S", 60.0)  # a busy machine takes long until an engine that starts answers
    added = CommandLineSettings((CameraSettings("door", "Front door", str(video)),))
    with ExitStack() as stack:
        with running(tmp_path / "data", Bind(), added, gateway_needed=True) as site:
            address = Bind("127.0.0.1", urlsplit(site.url).port or 0)
            token = site.engine.accounts.create_token(Role.OPERATOR, "test")
            port = stack.enter_context(port_at(site.url, token))
            until(lambda: is_told(port), "it is told")
            before, began_ns = port._subscription._taken.stream, port.snapshot().health.started_ns
        until(lambda: "cannot be reached" in " ".join(port.snapshot().health.troubles), "it says so")
        with running(tmp_path / "data", address, added, gateway_needed=True):
            until(lambda: port._subscription._taken.stream not in ("", before), "it is told by the new one")
            until(lambda: port.snapshot().health.started_ns > began_ns, "of its own life")


def test_without_a_subscription_it_polls(site: Site, operator: str, polls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "own_release", lambda: replace(own_release(), features=()))
    with port_at(site.url, operator) as port:
        number = port.snapshot().number
        until(lambda: port.snapshot().number > number and len(polls) > 3, "snapshots move on")
        assert not is_told(port)


def test_where_sockets_are_refused_it_polls(site: Site, operator: str, polls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_STREAMS", 0)
    monkeypatch.setattr(remote, "SUBSCRIBE_AGAIN_S", 0.2)
    with port_at(site.url, operator) as port:
        number = port.snapshot().number
        until(lambda: port.snapshot().number > number and len(polls) > 3, "snapshots move on")
        assert port.snapshot().cameras[0].health.state is CameraState.LIVE and not is_told(port)
        monkeypatch.setattr(subscriptions, "MOST_STREAMS", 64)
        until(lambda: is_told(port), "as soon as it can be")


def test_who_may_not_see_is_not_told(site: Site) -> None:
    address = f"{site.url.replace('http', 'ws', 1)}/ws/changes"
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        with pytest.raises(InvalidStatus) as refused, connect(address, proxy=None, additional_headers=headers):
            pass
        assert refused.value.response.status_code == 401


def test_an_ended_session_ends_its_subscription(site: Site) -> None:
    user = site.engine.accounts.create_user("tom", Role.OPERATOR, PASSWORD, ())
    token = site.door.sign_in_for_token("tom", PASSWORD)[0]
    inflating, taken = zlib.decompressobj(-15), StreamTaken(lambda _: None)
    address = f"{site.url.replace('http', 'ws', 1)}/ws/changes"
    with connect(address, proxy=None, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        data = socket.recv(60)
        assert isinstance(data, bytes)
        first = taken.take(json.loads(inflating.decompress(data + TAIL)))
        assert first.cameras == () and first.users == (), "this account is limited to no cameras"
        for nonsense in ("x", "[]", '{"have": "x"}', '{"have": 99999999}', "{" * 2000):
            socket.send(nonsense)
        site.engine.accounts.remove_user(user.id)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(60)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008


def test_what_is_told_over_a_slow_line_comes_apart_before_it_ends(site: Site, operator: str) -> None:
    """What a console is sent that has not answered yet, while something happens all the time: no message waits for an answer of seconds."""
    inflating, taken, times_ns = zlib.decompressobj(-15), StreamTaken(lambda _: None), list[int]()
    address = f"{site.url.replace('http', 'ws', 1)}/ws/changes"
    with connect(address, proxy=None, additional_headers={"Authorization": f"Bearer {operator}"}) as socket:
        while len(times_ns) < subscriptions.IN_FLIGHT:
            data = socket.recv(60)
            assert isinstance(data, bytes)
            times_ns.append(taken.take(json.loads(inflating.decompress(data + TAIL))).at_ns)
            lose_door(site)
    apart_s = [(after - before) / SECOND for before, after in pairwise(times_ns)][subscriptions.QUICKLY - 1 :]
    assert min(apart_s) > 0.8 * subscriptions.BEAT_S, apart_s


def test_a_console_that_takes_nothing_is_sent_little(site: Site, operator: str) -> None:
    inflating, taken = zlib.decompressobj(-15), StreamTaken(lambda _: None)
    address = f"{site.url.replace('http', 'ws', 1)}/ws/changes"
    with connect(address, proxy=None, additional_headers={"Authorization": f"Bearer {operator}"}) as socket:
        revisions: list[int] = []
        with pytest.raises(TimeoutError):
            while True:  # it answers nothing
                data = socket.recv(4)
                assert isinstance(data, bytes)
                taken.take(json.loads(inflating.decompress(data + TAIL)))
                revisions.append(taken.revision)
        assert len(revisions) == subscriptions.IN_FLIGHT
        event_id = lose_door(site)
        socket.send(json.dumps({"have": taken.revision}))
        data = socket.recv(60)
        assert isinstance(data, bytes)
        now = taken.take(json.loads(inflating.decompress(data + TAIL)))
        assert event_id in [event.id for event in now.events], "what happened meanwhile is in the next one"


@pytest.mark.parametrize("query", ["revision=-1", "revision=x", "stream=" + "x" * 65, "revision=99999999999999999999"])
def test_odd_requests_are_refused(site: Site, operator: str, query: str) -> None:
    address = f"{site.url.replace('http', 'ws', 1)}/ws/changes?{query}"
    with pytest.raises(InvalidStatus) as refused, connect(address, proxy=None, additional_headers={"Authorization": f"Bearer {operator}"}):
        pass
    assert 400 <= refused.value.response.status_code < 500


def test_lost_is_said_within_moments(relay: Relay, operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "LOST_S", 0.3)
    with port_at(relay.url, operator) as port:
        until(lambda: is_told(port), "it is told")
        relay.freeze()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LOST, "nothing old is shown as live")
        relay.mend()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "it is back")


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything five times as quick as it is."""
    for module, name in (
        *((remote, name) for name in ("LOST_S", "AGAIN_S", "BESIDE_S", "REQUEST_S", "SUBSCRIBE_AGAIN_S")),
        *((subscription, name) for name in ("LOST_S", "OPEN_S")),
        (subscriptions, "BEAT_S"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name) / 5)


@pytest.mark.parametrize("sockets", [True, False], ids=["sockets", "polls"])
@pytest.mark.usefixtures("scaled")
def test_an_engine_that_needs_long_for_each_answer_is_found_again(
    site: Site, operator: str, monkeypatch: pytest.MonkeyPatch, sockets: bool
) -> None:
    """Longer than it may be silent: 0.8 s in place of four, 0.36 s in place of 1.8."""
    if not sockets:
        monkeypatch.setattr(schemas, "own_release", lambda: replace(own_release(), features=()))
    with SlowLine(urlsplit(site.url).port or 0, 1e9, 0.0) as line, Relay(line.port) as relay, port_at(relay.url, operator) as port:
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "it is live")
        relay.cut()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LOST, "nothing old is shown as live")
        line.change(1e9, 0.4)
        revision, number = port._subscription._taken.revision, port.snapshot().number
        relay.mend()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE and port.snapshot().number > number, "it is back")
        until(lambda: not sockets or port._subscription._taken.revision > revision, "and tells what changes")


def test_a_line_that_is_back_is_tried_again_beside_attempts_that_it_swallowed(
    relay: Relay, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests of before wait for longer than this test."""
    monkeypatch.setattr(remote, "REQUEST_S", 600.0)
    monkeypatch.setattr(subscription, "OPEN_S", 600.0)
    with port_at(relay.url, operator) as port:
        until(lambda: is_told(port), "it is told")
        relay.swallow()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LOST, "nothing old is shown as live")
        attempts = relay.connections
        until(lambda: relay.connections > attempts + 1, "it is tried by the socket and by polls")
        relay.mend()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "it is back")


def test_who_waits_to_try_again_tries_as_soon_as_the_engine_is_found(relay: Relay, operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(feed, name, 600.0)
    with port_at(relay.url, operator) as port:
        tile = port.watch("door", PictureWant(160, 90), lambda: None)
        until(lambda: tile.latest() is not None, "pictures come")
        relay.cut()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LOST, "nothing old is shown as live")
        last = tile.latest()
        relay.mend()
        until(lambda: tile.latest() is not last, "pictures come again, without waiting for ten minutes")


def test_what_is_not_understood_is_asked_for(site: Site, operator: str, polls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def garbled(self: subscriptions.Stream, now: Snapshot) -> dict[str, object]:
        return {"revision": 1, "stream": "s", "snapshot": {"cameras": 5}}

    monkeypatch.setattr(subscriptions.Stream, "whole", garbled)
    with port_at(site.url, operator) as port:
        number = port.snapshot().number
        until(lambda: port.snapshot().number > number and len(polls) > 3, "snapshots move on")
        assert port.snapshot().cameras[0].health.state is CameraState.LIVE
