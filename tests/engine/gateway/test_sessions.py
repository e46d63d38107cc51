"""Signing in and out, the first set-up, and tokens that are not good."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border import knocks
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.time import SECOND, ManualClock
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.conftest import ADMIN, PASSWORD

SET_UP = {"site_name": "Harbour", "admin_name": "ada", "password": PASSWORD}


@contextmanager
def bare(folder: Path) -> Iterator[tuple[Site, httpx.Client]]:
    """A site without cameras and accounts."""
    with running(folder, Bind(), CommandLineSettings(), gateway_needed=True) as site:  # noqa: SIM117
        with httpx.Client(base_url=site.url, timeout=60, trust_env=False) as client:
            yield site, client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_first_set_up_needs_the_code(tmp_path: Path):
    with bare(tmp_path / "data") as (site, client):
        assert client.get("/api/v1/setup").json() == {"needed": True}
        for code in ("", "AAAA-AAAA", site.setup_code[:-1], site.setup_code + "A", "\N{KELVIN SIGN}" * 8):
            assert_problem(client.post("/api/v1/setup", json={**SET_UP, "code": code}), 422, "bad_input", "code")
        assert_problem(client.post("/api/v1/setup", json=SET_UP), 422, "bad_input", "code")
        short = client.post("/api/v1/setup", json={**SET_UP, "password": "short", "code": site.setup_code})
        assert_problem(short, 422, "bad_input", "password")
        colon = client.post("/api/v1/setup", json={**SET_UP, "admin_name": "a:b", "code": site.setup_code})
        assert_problem(colon, 422, "bad_input", "admin_name")
        assert client.get("/api/v1/setup").json() == {"needed": True}

        made = client.post("/api/v1/setup", json={**SET_UP, "code": site.setup_code.lower().replace("-", " ")})
        assert made.status_code == 201 and made.json()["role"] == "admin"
        assert client.get("/api/v1/snapshot", headers=bearer(made.json()["token"])).json()["site_name"] == "Harbour"
        again = client.post("/api/v1/setup", json={**SET_UP, "admin_name": "eve", "code": site.setup_code})
        assert_problem(again, 422, "bad_input")
        assert site.setup_code not in made.text


def test_the_first_set_up_says_in_which_zone_the_site_lies(tmp_path: Path):
    with bare(tmp_path / "data") as (site, client):
        wrong = client.post("/api/v1/setup", json={**SET_UP, "code": site.setup_code, "time_zone": "Mars/Base"})
        assert_problem(wrong, 422, "bad_input", "time_zone")
        assert client.get("/api/v1/setup").json() == {"needed": True}
        RemoteDoor(site.url).set_up("Harbour", "ada", PASSWORD, site.setup_code, "Asia/Tokyo").close()
        assert site.engine.settings.alerts.time_zone == "Asia/Tokyo"


def test_guessing_closes_the_name_also_after_a_restart(tmp_path: Path):
    with bare(tmp_path / "data") as (site, client):
        site.door.set_up("Harbour", "ada", PASSWORD).close()
        for _ in range(4):
            assert_problem(client.post("/api/v1/session", json={"name": "ada", "password": "wrong"}), 401, "not_signed_in")
        closed = client.post("/api/v1/session", json={"name": "ADA ", "password": "wrong"})
        assert_problem(closed, 401, "not_signed_in")
        assert 25 <= int(closed.headers["retry-after"]) <= 30
        unknown = client.post("/api/v1/session", json={"name": "nobody", "password": "wrong"})
        assert_problem(unknown, 401, "not_signed_in")
    with bare(tmp_path / "data") as (_, client):
        right = client.post("/api/v1/session", json={"name": "ada", "password": PASSWORD})
        assert "Try again in" in assert_problem(right, 401, "not_signed_in")
        assert 0 < int(right.headers["retry-after"]) <= 30


def test_an_address_may_knock_only_so_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(knocks, "KNOCKS_BURST", 3)
    monkeypatch.setattr(knocks, "KNOCKS_PER_SECOND", 0.001)
    with bare(tmp_path / "data") as (_, client):
        for number in range(3):
            response = client.post("/api/v1/session", json={"name": f"user{number}", "password": "wrong"})
            assert_problem(response, 401, "not_signed_in")
        for path, body in (("/api/v1/session", {"name": "other", "password": "x"}), ("/api/v1/setup", {**SET_UP, "code": "x"})):
            refused = client.post(path, json=body)
            assert_problem(refused, 429, "too_many_requests")
            assert int(refused.headers["retry-after"]) > 1
        assert client.get("/healthz").status_code == 200


def test_signing_in_and_out(stranger: httpx.Client):
    signed = stranger.post("/api/v1/session", json={"name": ADMIN, "password": PASSWORD})
    assert signed.status_code == 200 and signed.headers["cache-control"] == "no-store"
    token = signed.json()["token"]
    me = stranger.get("/api/v1/session", headers=bearer(token))
    assert (me.json()["user"], me.json()["role"]) == (ADMIN, "admin") and "token" not in me.json()
    assert stranger.delete("/api/v1/session", headers=bearer(token)).status_code == 204
    assert_problem(stranger.get("/api/v1/session", headers=bearer(token)), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "ada"}, "password"),
        ({"name": 1, "password": "x"}, "name"),
        ({"name": "", "password": "x"}, "name"),
        ({"name": "ada", "password": "x" * 1001}, "password"),
    ],
)
def test_bad_sign_ins_name_the_field_and_never_the_value(stranger: httpx.Client, body: dict[str, object], field: str):
    message = assert_problem(stranger.post("/api/v1/session", json=body), 422, "bad_input", field)
    assert "xxxx" not in message


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"name": "\\ud800", "password": "\\udfff"}', b"[" * 16_000])
def test_bodies_that_are_no_sign_in(stranger: httpx.Client, content: bytes):
    response = stranger.post("/api/v1/session", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422) and response.json()["error"] == "bad_input"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic YWRhOnBhc3N3b3Jk"},
        {"Authorization": b"Bearer \xff\xfe"},
        {"Authorization": "Bearer " + "a" * 20_000},
        {"Cookie": "token=x"},
    ],
)
def test_forged_tokens(stranger: httpx.Client, headers: dict[str, str]):
    response = stranger.get("/api/v1/snapshot", headers=headers)
    assert_problem(response, 401, "not_signed_in")
    assert response.headers["www-authenticate"] == "Bearer"


def test_tokens_in_the_address_are_not_looked_at(stranger: httpx.Client, operator: str):
    for name in ("token", "access_token", "authorization", "bearer"):
        assert_problem(stranger.get("/api/v1/cameras", params={name: operator}), 401, "not_signed_in")


def test_expired_and_revoked_tokens_and_removed_users(site: Site, stranger: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    accounts = site.engine.accounts
    machine = accounts.create_token(Role.OPERATOR, "revoked soon")
    assert stranger.get("/api/v1/cameras", headers=bearer(machine)).status_code == 200
    accounts.sign_out(machine)
    assert_problem(stranger.get("/api/v1/cameras", headers=bearer(machine)), 401, "not_signed_in")

    user = accounts.create_user("gone soon", Role.OPERATOR, PASSWORD)
    token, _ = accounts.sign_in("gone soon", PASSWORD)
    assert stranger.get("/api/v1/cameras", headers=bearer(token)).status_code == 200
    with monkeypatch.context() as later:  # for accounts only: an engine that has been in the future ticks no more until then
        later.setattr(accounts._held, "_clock", ManualClock(site.engine.clock.now_ns() + 13 * 3600 * SECOND))
        assert_problem(stranger.get("/api/v1/cameras", headers=bearer(token)), 401, "not_signed_in")
    accounts.remove_user(user.id)
    assert_problem(stranger.get("/api/v1/cameras", headers=bearer(token)), 401, "not_signed_in")


ADMIN_ONLY = [{"type": "RemoveCamera", "camera_id": "door"}, {"type": "CreateUser", "name": "x", "role": "admin", "password": PASSWORD}]


@pytest.mark.parametrize("command", ADMIN_ONLY)
def test_verbs_are_held_at_the_border(client: httpx.Client, command: dict[str, str]):
    assert "administer" in assert_problem(client.post("/api/v1/port/command", json=command), 403, "not_permitted")
    assert_problem(client.get("/api/v1/port/jobs/job-1/picture"), 403, "not_permitted")
