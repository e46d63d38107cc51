"""What strangers do to the gateway's sockets, over real ones."""

import json
import logging
import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
from fastapi.requests import HTTPConnection
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from console.site import Site
from engine.gateway.border.bind import Bind
from engine.gateway.border.direct_socket import DirectSocket
from engine.gateway.reference.access import from_this_machine
from engine.gateway.reference.dashboard import wanted_blob
from engine.gateway.server import GatewayServer
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.hub.tunnel_ends import FROM_HUB
from engine.runtime.local import LocalDoor
from tests.fakes.certificates import write_certificate
from tests.fakes.node_door import FakeNodeDoor, NoSite
from tests.fakes.node_peer import MAC
from tests.fakes.waiting import until

UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
TEXT, BINARY, PING = 1, 2, 9


@pytest.fixture
def door(tmp_path: Path) -> FakeNodeDoor:
    return FakeNodeDoor(tmp_path)


@pytest.fixture
def server(request: pytest.FixtureRequest, door: FakeNodeDoor, tmp_path: Path) -> Iterator[GatewayServer]:
    certificate = write_certificate(tmp_path / "both.pem", "127.0.0.1") if getattr(request, "param", "http") == "https" else None
    server = GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), Bind(certificate=certificate), "test", door)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def line(server: GatewayServer, door: FakeNodeDoor) -> Iterator[socket.socket]:
    """A node's connection, let in, that reads nothing of its own accord."""
    with upgraded(server, f"X-Spaxel-Token: {door.nodes.tokens.token(MAC)}\r\n") as line:
        line.sendall(framed(TEXT, json.dumps({"type": "hello", "mac": MAC}).encode()))
        assert b"role" in line.recv(4096)
        yield line


def upgraded(server: GatewayServer, headers: str = "") -> socket.socket:
    place = urlsplit(server.url)
    line = socket.create_connection((place.hostname, place.port), 10)
    if place.scheme == "https":
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        line = trusting.wrap_socket(line)
    line.sendall(f"GET /ws/node HTTP/1.1\r\nHost: {place.netloc}\r\n{headers}{UPGRADE}".encode())
    assert line.recv(4096).startswith(b"HTTP/1.1 101")
    return line


def framed(opcode: int, data: bytes, final: bool = True, reserved: int = 0) -> bytes:
    """A client's WebSocket frame, masked with zeros."""
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
    return bytes([0x80 * final | reserved | opcode]) + size + bytes(4) + data


def close_code(line: socket.socket) -> int | None:
    """Of the close frame that comes; None where the connection just ends."""
    heard = b""
    try:
        while chunk := line.recv(4096):
            heard += chunk
    except ConnectionError:
        pass
    at = heard.find(b"\x88")
    return struct.unpack("!H", heard[at + 2 : at + 4])[0] if at >= 0 else None


@pytest.mark.parametrize("server", ["http", "https"], indirect=True)
def test_pings_of_a_node_that_reads_no_answers_do_not_fill_the_memory(
    line: socket.socket, server: GatewayServer, door: FakeNodeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[int] = []
    taken = DirectSocket.handle_ping

    def handle_ping(self: DirectSocket) -> None:
        taken(self)
        waiting.append(self.transport.get_write_buffer_size())

    monkeypatch.setattr(DirectSocket, "handle_ping", handle_ping)
    pings = framed(PING, b"p" * 125) * 1000
    for _ in range(80):  # 10 MB of answers, more than all buffers between them hold
        line.sendall(pings)
    line.sendall(framed(TEXT, json.dumps({"type": "health", "mac": MAC, "wifi_channel": 9}).encode()))
    until(lambda: door.nodes.views()[0].channel == 9, "it is heard all the same")
    assert max(waiting) < 1 << 20  # 10 MB otherwise


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (framed(BINARY, b"x", reserved=0x40), 1002),  # compressed, which was not agreed on
        (b"\x82\x01x", 1002),  # not masked
        (framed(3, b""), 1002),
        (framed(0, b""), 1002),  # goes on with nothing
        (framed(BINARY, b"x" * 40_000, final=False) + framed(0, b"x" * 40_000), 1009),
    ],
)
def test_broken_frames_end_the_connection_with_their_code(line: socket.socket, door: FakeNodeDoor, sent: bytes, code: int) -> None:
    line.sendall(sent)
    assert close_code(line) == code
    until(lambda: door.nodes.views()[0].state == "offline", "it is offline")


def test_empty_fragments_without_end_carry_no_message(line: socket.socket, server: GatewayServer) -> None:
    line.sendall(framed(BINARY, b"", final=False) + framed(0, b"", final=False) * 10_000 + framed(0, b""))
    with upgraded(server) as other:
        other.sendall(framed(TEXT, b"{}"))
        assert b"expected hello first" in other.recv(4096)


@pytest.mark.parametrize("path", ["/ws/dashboard", "/ws/dashboard?token=TOKEN", "/ws/node/../dashboard", "/ws/nothing"])
@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
def test_refused_sockets_leave_no_errors_in_the_log(
    site: Site, operator: str, caplog: pytest.LogCaptureFixture, path: str, origin: str | None
) -> None:
    url = site.url.replace("http", "ws", 1) + path.replace("TOKEN", operator)
    with pytest.raises(InvalidStatus) as refused, connect(url, proxy=None, additional_headers={"Origin": origin} if origin else None):
        pass
    assert refused.value.response.status_code in (401, 403, 404)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("blob", ["\ud800", "b\n2026 ERROR x", "\u202egnp.exe", "x" * 500])
def test_ids_that_are_asked_for_are_made_printable(blob: str) -> None:
    wanted = wanted_blob(json.dumps({"type": "request_explain", "blob_id": blob}))
    assert wanted is not None and wanted.isprintable() and len(wanted) <= 64


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_who_comes_through_a_proxy_is_not_on_this_machine(header: str) -> None:
    def connection(*headers: tuple[bytes, bytes]) -> HTTPConnection:
        return HTTPConnection({"type": "http", "client": ("127.0.0.1", 5), "headers": list(headers)})

    assert from_this_machine(connection())
    assert not from_this_machine(connection((header.lower().encode(), b"127.0.0.1")))
    for other in ("192.168.1.5", FROM_HUB, f"::ffff:{FROM_HUB}"):
        assert not from_this_machine(HTTPConnection({"type": "http", "client": (other, 5), "headers": []}))
