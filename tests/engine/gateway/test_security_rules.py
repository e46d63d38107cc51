"""Rules of privacy and security at the border that no other test here holds it to."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.border.shown_token import COOKIE
from engine.model.accounts.access import Role
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.answers import raw

PIN = "4711"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An engine of its own, as people start it: no bench, nobody paired, no account."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    with running(tmp_path_factory.mktemp("alone") / "data", Bind(), CommandLineSettings(), gateway_needed=True) as site:
        yield site
    monkeypatch.undo()


@pytest.fixture
def guest(alone: Site) -> Iterator[httpx.Client]:
    """On this machine, without a token."""
    with httpx.Client(base_url=alone.url, timeout=60, trust_env=False) as client:
        yield client


def bearer(site: Site, role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.engine.accounts.create_token(role, 'test')}"}


@pytest.mark.parametrize("path", ["/ws/node", "/ws/dashboard", "/ws/camera/door"])
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "169.254.169.254"])
def test_rebound_names_are_refused_on_websockets_too(alone: Site, path: str, host: str) -> None:
    token = bearer(alone, Role.ADMIN)["Authorization"]
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    assert raw(alone.url, (head + key).encode()).split()[1] == b"421"


@pytest.mark.parametrize("path", ["/ws/dashboard", "/ws/camera/door"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_other_sites_are_refused_on_websockets_also_with_a_good_token(alone: Site, path: str, origin: str) -> None:
    url = f"{alone.url.replace('http', 'ws', 1)}{path}"
    with pytest.raises(InvalidStatus) as refused, connect(url, proxy=None, origin=origin, additional_headers=bearer(alone, Role.ADMIN)):
        pass
    assert refused.value.response.status_code == 403


def test_the_pin_is_set_by_code_or_admin_and_opens_no_more_than_an_operators_session(alone: Site, guest: httpx.Client) -> None:
    assert guest.post("/api/auth/setup", json={"pin": PIN}).json()["field"] == "code"
    assert guest.post("/api/auth/setup", json={"pin": PIN, "code": "AAAA-AAAA"}).status_code == 422
    assert guest.post("/api/auth/setup", json={"pin": PIN}, headers=bearer(alone, Role.OPERATOR)).status_code == 403
    assert guest.post("/api/auth/setup", json={"pin": PIN, "code": alone.setup_code}).status_code == 200
    assert guest.post("/api/auth/setup", json={"pin": "0000", "code": alone.setup_code}).status_code == 401, (
        "a code sets the first one only"
    )
    session = guest.post("/api/auth/login", json={"pin": PIN})
    assert session.status_code == 200 and "HttpOnly" in session.headers["set-cookie"] and "SameSite=strict" in session.headers["set-cookie"]
    token = {"Authorization": f"Bearer {session.cookies[COOKIE]}"}
    who = guest.get("/api/v1/session", headers=token).json()
    assert who["role"] == "operator" and "administer" not in who["verbs"]
    command = {"type": "SetPairing", "open": True, "minutes": 5.0}
    assert guest.post("/api/v1/port/command", json=command, headers=token).status_code == 403
    assert not alone.door.nodes.pairing.is_open
    assert guest.post("/api/auth/setup", json={"pin": "9999"}, headers=token).status_code == 403


def test_the_pin_is_of_no_use_from_elsewhere(alone: Site, guest: httpx.Client) -> None:
    alone.door.set_pin(PIN, "bench")
    far = guest.post("/api/auth/login", json={"pin": PIN}, headers={"X-Forwarded-For": "192.168.1.7"})
    assert far.status_code == 401 and "set-cookie" not in far.headers
    assert guest.post("/api/auth/login", json={"pin": PIN}).status_code == 200


def test_what_is_on_record_needs_a_token_also_on_this_machine(guest: httpx.Client) -> None:
    """Nobody without a token but where it says so: every operation of the interface is tried."""
    open_to_all = {
        "/healthz",
        "/health",
        "/api/v1/session",
        "/api/v1/setup",
        "/api/auth/status",
        "/api/auth/setup",
        "/api/auth/login",
        "/api/auth/logout",
    }
    off_by_default = {"/report/site", "/report/map", "/report/reports"}  # the report page: nothing there until it is on
    paths = guest.get("/openapi.json").json()["paths"]
    assert len(paths) > 20
    for path, operations in paths.items():
        for method in operations:
            named = path.replace("{", "").replace("}", "")
            status = guest.request(method, named, json={} if method in ("post", "put", "patch") else None).status_code
            if path in open_to_all:
                continue
            refused = (401, 404) if path.startswith("/firmware/") else (401, 422)
            assert status == 404 if path in off_by_default else status in refused, f"{method} {path} answered {status}"


def test_the_folder_of_a_site_is_for_its_owner(alone: Site) -> None:
    def open_to_others(path: Path) -> bool:
        return bool(path.stat().st_mode & 0o077)

    data = alone.engine.data.path
    assert not open_to_others(data) and not open_to_others(data / "watchroom.db")
