"""Hundreds of connections from one address, at a real engine: whoever is signed in is answered all the same."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest

from console.site import Site
from engine.gateway.border import lobby
from engine.gateway.remote.port import RemoteDoor
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.waiting import until

MANY = 500
# The machine may be busy; yet less than strangers may take, by whose end anybody would be answered.
PATIENCE_S, STRANGERS_TAKE_S = 60.0, 600.0
WHOLE = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPGRADE = (
    b"GET /ws/node HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
SENT = {
    "never read": WHOLE * 40,  # more than the kernel keeps for them
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: loc",
    "nothing at all": b"",
    "slow bodies": b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{",
    "silent sockets": UPGRADE,
}


@pytest.fixture(autouse=True)
def _long_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lobby, "STRANGER_WRITE_S", STRANGERS_TAKE_S)


def place(site: Site) -> tuple[str, int]:
    parts = urlsplit(site.url)
    assert parts.hostname is not None and parts.port is not None
    return parts.hostname, parts.port


@contextmanager
def crowd(site: Site, sent: bytes, size: int = MANY, address: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    """Connections from this address that send this and then neither read nor say anything."""
    connections: list[socket.socket] = []
    try:
        for _ in range(size):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connections.append(connection)
            connection.settimeout(10)
            connection.bind((address, 0))
            connection.connect(place(site))
            with suppress(OSError):  # it was hung up on already
                connection.sendall(sent)
        yield connections
    finally:
        for connection in connections:
            connection.close()


def answered_in(site: Site, token: str, address: str) -> tuple[int, float]:
    """The status that a new connection from this address gets for a signed-in client's request, and after how many seconds."""
    begun = time.monotonic()
    connection = HTTPConnection(*place(site), timeout=PATIENCE_S, source_address=(address, 0))
    try:
        connection.request("GET", "/api/v1/cameras", headers={"Authorization": f"Bearer {token}"})
        status = connection.getresponse().status
    except OSError:
        status = 0
    finally:
        connection.close()
    return status, time.monotonic() - begun


@pytest.mark.parametrize("kind", SENT)
def test_a_crowd_of_strangers_keeps_nobody_out(site: Site, operator: str, kind: str):
    with crowd(site, SENT[kind]):
        for address in ("127.0.0.2", "127.0.0.1"):
            status, took_s = answered_in(site, operator, address)
            assert status == 200, f"from {address}: {status} after {took_s:.2f} s"
            assert took_s < PATIENCE_S
        console = RemoteDoor(site.url).sign_in(ADMIN, PASSWORD)  # the first request of it is a stranger's
        console.close()


def test_a_console_that_was_there_before_stays(site: Site, client: httpx.Client):
    assert client.get("/api/v1/cameras").status_code == 200
    with crowd(site, SENT["never read"]):
        assert client.get("/api/v1/cameras", timeout=PATIENCE_S).status_code == 200


def test_who_reads_nothing_is_hung_up_on(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lobby, "STRANGER_WRITE_S", 0.5)
    with crowd(site, SENT["never read"], 5, "127.0.0.3") as connections:  # the other has asked for more than it may, and gets short answers
        until(lambda: all(gone(each) for each in connections), "all five were hung up on", 15)


@pytest.mark.parametrize("kind", ["half a head", "nothing at all"])
def test_half_a_head_is_not_waited_for(site: Site, kind: str):
    with crowd(site, SENT[kind], 1) as (connection,):
        connection.settimeout(60)
        assert connection.recv(1) == b""


def test_one_token_does_not_take_every_place(site: Site, operator: str, admin: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lobby, "MOST_KNOWN", 10)
    ask = b"GET /api/v1/cameras HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + operator.encode() + b"\r\n\r\n"
    with HTTPConnectionOf(site, admin) as other:
        assert other() == 200
        with crowd(site, ask, 40):
            assert other() == 200  # on the same connection
            assert answered_in(site, admin, "127.0.0.1")[0] == 200


def gone(connection: socket.socket) -> bool:
    """Whether the other side has ended this connection, without reading what came."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return info[0] != 1  # TCP_ESTABLISHED


class HTTPConnectionOf:
    """One connection that is used again for each request; calling it gives the status."""

    def __init__(self, site: Site, token: str) -> None:
        self._connection = HTTPConnection(*place(site), timeout=PATIENCE_S)
        self._connection.auto_open = 0
        self._token = token

    def __enter__(self) -> Callable[[], int]:
        self._connection.connect()
        return self._status

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _status(self) -> int:
        self._connection.request("GET", "/api/v1/cameras", headers={"Authorization": f"Bearer {self._token}"})
        response = self._connection.getresponse()
        response.read()
        return response.status


def test_the_description_of_the_interface_is_made_once(stranger: httpx.Client, site: Site):
    first = stranger.get("/openapi.json")
    begun = time.monotonic()
    for _ in range(20):
        assert stranger.get("/openapi.json").content == first.content
    assert first.json()["openapi"].startswith("3.")
    print(f"20 times in {time.monotonic() - begun:.3f} s")
