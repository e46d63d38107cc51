"""The border as an attacker finds it: hosts, origins, sizes, floods, slow connections, and what refusals tell."""

import logging
import socket
import threading
import time
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest

from console.site import Site
from engine.gateway.border import bodies, guards, lobby
from engine.gateway.border.bodies import LARGEST_BODY, STRANGERS_BODY, Rooms
from engine.gateway.border.guards import host_name
from engine.gateway.remote import protocol
from engine.runtime.local import LocalDoor
from tests.engine.gateway.answers import assert_problem, raw
from tests.fakes.waiting import until

PATHS = ("/healthz", "/api/v1/events", "/nowhere", "/openapi.json")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8740", "localhost"),
        ("[::1]:80", "[::1]"),
        ("[fe80::1%eth0]", "[fe80::1%eth0]"),
        ("", ""),
        ("localhost@evil.example", ""),
        ("localhost:80:80", ""),
        ("localhost/..", ""),
        ("[::1]evil", ""),
        ("[::1", ""),
        ("local host", ""),
        ("localhost\n", ""),
    ],
)
def test_host_names(host: str, name: str):
    assert host_name(host) == name


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "169.254.169.254", "", "[::1]x"])
def test_rebound_names_are_refused_everywhere(stranger: httpx.Client, path: str, host: str):
    assert "--host-name" in assert_problem(stranger.get(path, headers={"Host": host}), 421, "bad_input")


def test_two_hosts_or_none_are_refused(site: Site):
    for request in (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", b"GET /healthz HTTP/1.0\r\n\r\n"):
        assert raw(site.url, request).split()[1] in (b"400", b"421")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://[", "file://", "http://127.0.0.1", "http://127.0.0.1:1"])
def test_other_sites_may_not_ask(client: httpx.Client, origin: str):
    assert_problem(client.get("/api/v1/events", headers={"Origin": origin}), 403, "not_permitted")
    assert_problem(client.post("/api/v1/session", headers={"Origin": origin}, json={}), 403, "not_permitted")


def test_the_same_site_may_ask(client: httpx.Client, site: Site):
    assert client.get("/api/v1/cameras", headers={"Origin": site.url}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/api/v1", "/api/v1/events/", "/docs", "/redoc", "/api/v1/clips/a/b", "/%2e%2e/etc/passwd"]
)
def test_unknown_paths(client: httpx.Client, path: str):
    assert_problem(client.get(path), 404, "not_found")


def test_wrong_methods_are_told_the_right_ones(client: httpx.Client):
    response = client.put("/api/v1/session", json={})
    assert_problem(response, 405, "bad_input")
    assert response.headers["allow"] == "DELETE, GET, POST"
    assert client.post("/api/v1/clips/x").headers["allow"] == "GET, HEAD"


JSON = {"Content-Type": "application/json"}


def test_large_bodies_are_refused_however_they_come(client: httpx.Client):
    large = b"x" * (LARGEST_BODY + 1)
    assert_problem(client.post("/api/v1/port/ask", content=large, headers=JSON), 413, "bad_input")
    assert_problem(client.post("/api/v1/port/ask", content=iter([large[:4096], large]), headers=JSON), 413, "bad_input")
    assert client.post("/api/v1/port/ask", content=large[:LARGEST_BODY], headers=JSON).status_code == 422


@pytest.mark.parametrize("token", ["", "Bearer forged"])
def test_strangers_have_little_to_say_however_they_say_it(stranger: httpx.Client, token: str):
    headers = JSON | {"Authorization": token}
    large = b"x" * (STRANGERS_BODY + 1)
    assert_problem(stranger.post("/api/v1/session", content=large, headers=headers), 401, "not_signed_in")
    assert_problem(stranger.post("/api/v1/session", content=iter([large[:4096], large]), headers=headers), 401, "not_signed_in")
    assert stranger.post("/api/v1/session", content=large[:STRANGERS_BODY], headers=headers).status_code == 422


def test_a_strangers_large_body_is_refused_before_any_of_it_came(site: Site):
    head = HEAD + f"Content-Length: {STRANGERS_BODY + 1}\r\n\r\n".encode()
    assert raw(site.url, head).split()[1] == b"401"


def test_one_address_has_so_many_bodies_under_way_and_no_more(site: Site):
    """The one that takes longest gives way: who sends slowly keeps nobody behind the same address from signing in."""
    place = (urlsplit(site.url).hostname, urlsplit(site.url).port)
    slow = HEAD + b"Content-Length: 40\r\n\r\n{"
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(place, 10)) for _ in range(bodies.STRANGERS_AT_ONCE)]
        for line in lines:
            line.sendall(slow)
            time.sleep(0.01)  # they are to come in this order
        quick = raw(site.url, HEAD.replace(b"/api/v1/session", b"/api/v1/port/ask") + b"Content-Length: 2\r\n\r\n{}")
        assert quick.split()[1] == b"401"  # it was read, and went on
        assert lines[0].recv(12) == b"HTTP/1.1 408"
        lines[-1].settimeout(0.2)
        with pytest.raises(TimeoutError):
            lines[-1].recv(12)


def test_nothing_of_a_refused_body_is_kept(site: Site, monkeypatch: pytest.MonkeyPatch):
    kept: list[int] = []
    ended = protocol.BoundedProtocol.on_response_complete

    def on_response_complete(self: protocol.BoundedProtocol) -> None:
        ended(self)
        kept.append(len(self.cycle.body))

    monkeypatch.setattr(protocol.BoundedProtocol, "on_response_complete", on_response_complete)
    raw(site.url, HEAD + f"Content-Length: {1 << 19}\r\n\r\n".encode() + b"x" * 1000)
    assert kept == [0]


HEAD = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("announced", "statuses"),
    [
        (b"Content-Length: 5\r\n", (b"422", b"400")),  # more is sent than announced
        (b"Content-Length: -1\r\n", (b"400",)),
        (b"Content-Length: 99999999999999999999999999\r\n", (b"401", b"400")),
        ("Content-Length: ²\r\n".encode("latin-1"), (b"400",)),
        (b"Content-Length: 2\r\nContent-Length: 40\r\n", (b"400",)),
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", (b"400",)),
    ],
)
def test_lying_lengths_do_no_harm(site: Site, announced: bytes, statuses: tuple[bytes, ...]):
    answer = raw(site.url, HEAD + announced + b"\r\n" + b'{"name": "a", "password": "b", "x": 1}\r\n')
    assert answer.split()[1] in statuses
    assert raw(site.url, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").split()[1] == b"200"


def test_a_body_that_never_ends_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "SLOWEST_BODY_S", 0.2)
    place = urlsplit(site.url)
    with socket.create_connection((place.hostname, place.port), 10) as connection:
        connection.sendall(HEAD + b"Content-Length: 40\r\n\r\n{")
        answer = b""
        while block := connection.recv(65536):
            answer += block
    assert answer.split()[1] == b"408" and b"too slowly" in answer


def test_heads_that_never_end_are_hung_up_on(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol, "HEAD_S", 0.2)
    place = urlsplit(site.url)
    for start in (b"", b"GET /healthz HTTP/1.1\r\nHost: loc"):
        with socket.create_connection((place.hostname, place.port), 10) as connection:
            connection.sendall(start)
            assert connection.recv(100) == b""


def test_a_connection_in_use_is_not_hung_up_on(site: Site, monkeypatch: pytest.MonkeyPatch):
    """The time for the first head once ended connections that had long sent it, just as their next request came."""
    monkeypatch.setattr(protocol, "HEAD_S", 0.25)
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    connection.connect()
    line, opened_s = connection.sock, time.monotonic()
    while time.monotonic() - opened_s < 0.6:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    assert connection.sock is line, "it is the same connection still"
    connection.close()


def test_so_many_connections_and_no_more(site: Site, monkeypatch: pytest.MonkeyPatch):
    """The oldest of them gives way: nobody knows who the newest is before it has said anything."""
    monkeypatch.setattr(lobby, "MOST_STRANGERS", 5)
    place = (urlsplit(site.url).hostname, urlsplit(site.url).port)
    with ExitStack() as stack:
        first, *_ = [stack.enter_context(socket.create_connection(place, 10)) for _ in range(5)]
        with socket.create_connection(place, 10) as one_more:
            with suppress(ConnectionError):
                assert first.recv(10) == b""
            one_more.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert one_more.recv(15) == b"HTTP/1.1 200 OK"


def guard_of(site: Site) -> guards.Guard:
    """One whose clock stands still: on a busy machine, requests come more slowly than the rate limit allows."""

    async def app(scope: object, receive: object, send: object) -> None:
        raise AssertionError("not reached")

    return guards.Guard(app, frozenset({"localhost"}), Rooms(site.door), now_s=lambda: 0.0)  # type: ignore[arg-type]


def test_floods_are_slowed_whatever_token_they_carry(site: Site):
    guard = guard_of(site)

    def status(address: str, token: str) -> int:
        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
        refusal = guard._refusal({"type": "http", "headers": headers, "client": (address, 1), "server": ("127.0.0.1", 1)})
        assert refusal is None or int(refusal.headers["retry-after"]) >= 1
        return refusal.status_code if refusal else 200

    assert [status("10.0.0.1", "same") for _ in range(guards.BURST)] == [200] * guards.BURST
    assert status("10.0.0.1", "same") == 429
    fresh = [status("10.0.0.2", str(number)) for number in range(guards.ADDRESS_BURST + 50)]
    assert fresh[: guards.ADDRESS_BURST] == [200] * guards.ADDRESS_BURST and fresh[-1] == 429
    assert status("10.0.0.3", "another") == 200


def test_one_program_may_report_for_many_but_not_without_end(site: Site):
    guard = guard_of(site)
    scope = {"type": "http", "client": ("10.0.0.1", 1), "server": ("127.0.0.1", 1), "method": "POST", "path": "/api/v1/incidents"}
    scope["headers"] = [(b"host", b"localhost"), (b"authorization", b"Bearer same")]
    assert all(guard._refusal(scope) is None for _ in range(guards.ADDRESS_BURST))
    assert any(guard._refusal(scope) is not None for _ in range(50))


def test_forwarded_addresses_are_not_believed(site: Site, monkeypatch: pytest.MonkeyPatch):
    seen: list[str] = []
    monkeypatch.setattr(guards.Guard, "_wait_s", lambda self, scope, headers: seen.append(scope["client"][0]) or 0.0)
    httpx.get(f"{site.url}/healthz", headers={"X-Forwarded-For": "203.0.113.7"}, trust_env=False)
    assert seen == ["127.0.0.1"]


def test_bugs_show_no_insides(client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, operator: str):
    def broken(self: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(LocalDoor, "overview", broken)
    response = client.get("/healthz")
    assert_problem(response, 500, "bug")
    assert response.headers["connection"] == "close"  # as the server does then: the next request goes over another one
    assert "secret inside" not in response.text and "RuntimeError" not in response.text
    until(lambda: "secret inside" in caplog.text, "the log says what")
    assert "RuntimeError" in caplog.text and operator not in caplog.text


def test_neither_tokens_nor_addresses_are_logged(client: httpx.Client, caplog: pytest.LogCaptureFixture, operator: str):
    caplog.set_level(logging.DEBUG)
    client.get("/api/v1/events", params={"camera": "a-camera-nobody-has"})
    client.get("/api/v1/cameras", params={"token": operator})
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not any(operator in record.getMessage() or "a-camera-nobody-has" in record.getMessage() for record in ours)


def test_answers_are_not_kept_by_caches(client: httpx.Client):
    for path in ("/healthz", "/api/v1/cameras", "/nowhere"):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_the_network_thread_outlives_all_that(site: Site):
    assert "network" in [thread.name for thread in threading.enumerate()]
