"""`/ws/node` over real sockets, with scripted nodes."""

import json
import logging
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidMessage, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from engine.gateway.border.bind import Bind
from engine.gateway.server import GatewayServer
from engine.model.radio.radio import CsiBatch, NodeState
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor
from engine.sources.node.session import EXCESSIVE
from tests.fakes.certificates import write_certificate
from tests.fakes.node_door import FakeNodeDoor, NoSite
from tests.fakes.node_peer import MAC, OTHER, frame
from tests.fakes.waiting import until

Connect = Callable[..., ClientConnection]


@pytest.fixture
def door(tmp_path: Path) -> FakeNodeDoor:
    return FakeNodeDoor(tmp_path)


over_tls_too = pytest.mark.parametrize("server", ["http", "https"], indirect=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "both.pem", "127.0.0.1")


@pytest.fixture
def server(request: pytest.FixtureRequest, door: FakeNodeDoor, certificate: Path) -> Iterator[GatewayServer]:
    bind = Bind(certificate=certificate if getattr(request, "param", "http") == "https" else None)
    server = GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), bind, "test", door)
    with pytest.MonkeyPatch.context() as patient:
        patient.setattr("engine.gateway.remote.protocol.HEAD_S", 40.0)  # a busy machine may take long over the first handshake
        server.start()
        yield server
        server.stop()


class OneCallAtATime(ssl.SSLSocket):
    """OpenSSL takes one call of a connection at a time; this client reads, and answers a close, on one thread and writes on another."""

    def __new__(cls, *options: Any, **named: Any) -> "OneCallAtATime":
        made = super().__new__(cls, *options, **named)
        made.turn = threading.Lock()
        return made

    turn: threading.Lock

    def read(self, *options: Any) -> Any:
        with self.turn:
            return super().read(*options)

    def send(self, *options: Any) -> int:
        with self.turn:
            return super().send(*options)


def trusting_context(certificate: Path) -> ssl.SSLContext:
    """Of TLS 1.2, as most nodes speak: in TLS 1.3 session tickets wake the reader, who then waits for more while nobody can write."""
    context = ssl.create_default_context(cafile=str(certificate))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = OneCallAtATime
    return context


@pytest.fixture
def dial(server: GatewayServer, certificate: Path) -> Iterator[Connect]:
    """Opens node sockets, and closes them."""
    trusting = {"ssl": trusting_context(certificate)} if server.url.startswith("https") else {}
    with ExitStack() as stack:

        def dialled(headers: dict[str, str] | None = None, **options: Any) -> ClientConnection:
            url = f"ws{server.url.removeprefix('http')}/ws/node"
            patient = {"open_timeout": 40} | trusting | options  # a busy machine may take long over the first handshake
            return stack.enter_context(connect(url, additional_headers=headers, proxy=None, compression=None, **patient))

        yield dialled


@pytest.fixture
def join(dial: Connect, door: FakeNodeDoor) -> Connect:
    """Connects a node with its token and waits until it is let in."""

    def joined(mac: str = MAC, **hello: Any) -> ClientConnection:
        node = dial({"X-Spaxel-Token": door.nodes.tokens.token(mac)})
        say_hello(node, mac, **hello)
        assert said(node)["type"] == "role"
        assert said(node)["type"] == "config"
        return node

    return joined


def say_hello(node: ClientConnection, mac: str = MAC, **fields: Any) -> None:
    hello = {"type": "hello", "mac": mac, "firmware_version": "0.2.72", "capabilities": ["csi", "ble", "tx", "rx"], **fields}
    node.send(json.dumps(hello))


def said(node: ClientConnection) -> dict[str, Any]:
    return json.loads(node.recv(60))


def end_of(node: ClientConnection) -> tuple[int, str] | None:
    """Code and reason of the close frame; None where the connection just ended."""
    try:
        while True:
            node.recv(60)
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)


def drained(door: FakeNodeDoor) -> list[CsiBatch]:
    return [each for each in door.nodes.drain(door.clock.now_ns()) if isinstance(each, CsiBatch)]


@over_tls_too
def test_a_node_with_its_token_in_the_header_is_let_in_and_its_frames_arrive(join: Connect, door: FakeNodeDoor) -> None:
    node = join(pos_x=1, pos_y=2, pos_z=2)
    for rssi in range(-60, -40):
        node.send(frame(rssi=rssi))
    until(lambda: door.nodes.views()[0].frames == 20, "the frames have come")
    (batch,) = drained(door)
    assert batch.links == ((MAC, OTHER),)
    assert batch.rssi_dbm.tolist() == list(range(-60, -40))
    view = door.nodes.views()[0]
    assert (view.state, view.address, view.position) == (NodeState.ONLINE, "127.0.0.1", (1.0, 2.0, 2.0))


@pytest.mark.parametrize("headers", [None, {"X-Spaxel-Token": "wrong"}, {"Authorization": "Bearer wrong"}])
def test_without_a_valid_token_the_upgrade_succeeds_and_the_node_is_told(dial: Connect, headers: dict[str, str] | None) -> None:
    node = dial(headers)
    say_hello(node)
    assert said(node) == {"type": "reject", "reason": "invalid_token"}
    assert end_of(node) is None


def test_a_bearer_or_the_hello_may_carry_the_token_too(dial: Connect, door: FakeNodeDoor) -> None:
    token = door.nodes.tokens.token(MAC)
    bearer = dial({"Authorization": f"Bearer {token}"})
    say_hello(bearer)
    assert said(bearer)["type"] == "role"
    in_hello = dial()
    say_hello(in_hello, token=token)
    assert said(in_hello)["type"] == "role"


@pytest.mark.parametrize("first", ["garbage", b"\x00\x01", '{"type":"health"}'])
def test_what_is_no_hello_ends_without_a_close_frame(dial: Connect, first: str | bytes) -> None:
    node = dial()
    node.send(first)
    assert said(node)["type"] == "reject"
    assert end_of(node) is None


@over_tls_too
def test_the_1001st_malformed_frame_closes_1008_with_the_words_of_the_reference(join: Connect) -> None:
    node = join()
    for _ in range(1001):
        node.send(b"malformed")
    assert end_of(node) == (1008, EXCESSIVE)


def test_the_newest_connection_of_a_mac_stays(join: Connect, door: FakeNodeDoor) -> None:
    old = join()
    new = join()
    assert end_of(old) is None
    until(lambda: len(door.nodes._sessions) == 1, "the old one is cleaned up")
    new.send(frame())
    until(lambda: door.nodes.views()[0].frames == 1, "the new one is heard")
    door.nodes.identify(MAC)
    assert said(new)["type"] == "identify"
    assert door.nodes.views()[0].state is NodeState.ONLINE


@over_tls_too
def test_a_node_that_vanishes_is_offline(join: Connect, door: FakeNodeDoor) -> None:
    node = join()
    node.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    node.socket.close()  # a reset, as when the power goes
    until(lambda: door.nodes.views()[0].state is NodeState.OFFLINE, "it is offline")
    assert door.nodes.views()[0].reason == "The connection was lost."


def test_the_simulators_goodbye_is_answered(join: Connect, door: FakeNodeDoor) -> None:
    node = join()
    node.close(1000, "sim shutdown")
    until(lambda: door.nodes.views()[0].state is NodeState.OFFLINE, "it is offline")
    assert door.nodes.views()[0].reason == "It closed the connection."


@over_tls_too
def test_fragmented_and_large_messages_are_understood_and_oversized_ones_end_the_connection(join: Connect, door: FakeNodeDoor) -> None:
    node = join()
    node.send([frame()[:10], frame()[10:100], frame()[100:]])
    until(lambda: door.nodes.views()[0].frames == 1, "the pieces were joined")
    node.send(json.dumps({"type": "health", "mac": MAC, "wifi_rssi_dbm": -50, "junk": "x" * 60_000}))
    until(lambda: door.nodes.views()[0].rssi_dbm == -50, "the long text was read")
    node.socket.sendall(head_of_text(70_000))  # refused by its length; were its bytes sent too, what is not read would reset the connection
    assert (end_of(node) or (0,))[0] == 1009
    until(lambda: door.nodes.views()[0].state is NodeState.OFFLINE, "it is offline")


def head_of_text(size: int) -> bytes:
    """How a client's frame of text begins (RFC 6455, 5.2): final, masked by zeros, with a length of 64 bits."""
    return struct.pack("!BBQI", 0x81, 0x80 | 127, size, 0)


def test_text_that_is_no_unicode_does_no_harm(join: Connect, door: FakeNodeDoor) -> None:
    node = join()
    node.send(b'{"type":"health","mac":"\xff\xfe"}', text=True)
    node.send(frame())
    until(lambda: door.nodes.views()[0].frames == 1, "it is still listened to")


def test_a_foreign_origin_is_refused_and_none_is_fine(dial: Connect) -> None:
    with pytest.raises(InvalidStatus):
        dial(origin="http://evil.example")
    dial()


@over_tls_too
def test_the_end_is_said_to_nodes_and_then_closed_1000(join: Connect, server: GatewayServer) -> None:
    node = join()
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    assert said(node) == {"type": "shutdown", "reconnect_in_ms": 30000}
    assert end_of(node) == (1000, "")
    stopping.join()


def test_while_it_stops_new_nodes_get_503_in_the_words_that_they_know(dial: Connect, door: FakeNodeDoor) -> None:
    door.nodes.shutdown()
    with pytest.raises(InvalidStatus) as refused:
        dial()
    assert refused.value.response.status_code == 503
    assert json.loads(refused.value.response.body) == {"error": "mothership shutting down", "code": "shutting_down"}


def test_the_update_order_names_the_address_that_the_node_reached(join: Connect, door: FakeNodeDoor, server: GatewayServer) -> None:
    node = join()
    firmware = door.firmware.add(b"\xe9" + bytes(100), "0.3.0")
    door.nodes.update(firmware)
    assert said(node)["url"] == f"{server.url}/firmware/{firmware.file}"


def test_a_node_that_reads_nothing_is_not_waited_for(server: GatewayServer, door: FakeNodeDoor) -> None:
    """A raw socket that never answers: neither close frames nor pongs."""
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port)) as raw:
        head = f"GET /ws/node HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        raw.sendall((head + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        assert raw.recv(1000).startswith(b"HTTP/1.1 101")
        until(lambda: len(door.nodes._sessions) == 1, "it is connected")
        door.nodes.shutdown()
        until(lambda: not door.nodes._sessions, "it is let go")
        raw.settimeout(20)
        while raw.recv(1000):
            pass  # until the other side has hung up


@over_tls_too
def test_sixteen_nodes_from_one_address_are_not_throttled(join: Connect, door: FakeNodeDoor) -> None:
    nodes = [join(f"02:00:00:00:00:{index:02X}") for index in range(16)]
    for index, node in enumerate(nodes):
        for _ in range(50):
            node.send(frame(f"02:00:00:00:00:{index:02X}"))
    until(lambda: sum(view.frames for view in door.nodes.views()) == 800, "all frames have come")
    assert sum(len(batch) for batch in drained(door)) == 800


def test_many_that_say_nothing_are_limited(dial: Connect, join: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sources.node.hub.MOST_CONNECTIONS", 2)
    silent = [dial() for _ in range(3)]
    assert end_of(silent[0]) is None, "the first one gave way"
    join(MAC)
    join(OTHER)
    with pytest.raises(InvalidStatus) as refused:
        dial()
    assert refused.value.response.status_code == 503


def test_rejected_nodes_do_not_crash_on_late_orders(dial: Connect, door: FakeNodeDoor) -> None:
    node = dial()
    say_hello(node)
    with pytest.raises((ConnectionClosedError, ConnectionClosed)):
        while True:
            node.recv(60)
    assert not door.nodes.views()


def test_stopping_does_not_wait_for_a_node_that_takes_nothing(server: GatewayServer, door: FakeNodeDoor) -> None:
    """More is sent to it than fits into the buffers on the way, so that its connection cannot end in order."""
    place = urlsplit(server.url)
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect((place.hostname, place.port))
        head = f"GET /ws/node HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        raw.sendall((head + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        until(lambda: len(door.nodes._sessions) == 1, "it is connected")
        (session,) = door.nodes._sessions
        for _ in range(5000):
            session.order("x" * 2000)
        until(lambda: not door.nodes._sessions, "it was given up, because it does not read")
        server.stop()
    thread = server._network._thread
    assert thread is not None and not thread.is_alive()


@pytest.mark.parametrize("server", ["https"], indirect=True)
def test_a_node_that_does_not_know_the_certificate_does_not_come_in(
    dial: Connect, join: Connect, server: GatewayServer, door: FakeNodeDoor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = write_certificate(tmp_path / "other.pem", "127.0.0.1")
    with pytest.raises(ssl.SSLCertVerificationError, match="self-signed certificate"):
        dial(ssl=ssl.create_default_context(cafile=str(other)))
    with pytest.raises((InvalidMessage, ConnectionError)):
        connect(f"ws{server.url.removeprefix('https')}/ws/node", proxy=None, open_timeout=60)
    assert not door.nodes.views() and not door.nodes._sessions
    join()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
