"""Every operation of OpenAPI, found in the document itself: what a rebound name, another site, nobody, and bad tokens get of it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from console.site import Site
from engine.gateway.border import guards
from engine.model.accounts.access import Role
from engine.model.time import SECOND, ManualClock
from tests.engine.gateway.conftest import ADMIN, PASSWORD

METHODS = ("get", "head", "post", "put", "patch", "delete")
OPEN = {  # to those who are not signed in: that it lives, how to sign in, and nothing of what it sees
    ("get", "/healthz"),
    ("get", "/health"),
    ("get", "/api/v1/setup"),
    ("post", "/api/v1/setup"),
    ("post", "/api/v1/session"),
    ("post", "/api/v1/session/hub"),
    ("put", "/api/v1/session/hub"),
    ("get", "/api/auth/status"),  # of the reference: whether a PIN is set, and who asks
    ("get", "/api/auth/setup"),
    ("post", "/api/auth/logout"),
}
# Refused too, each in the words of its own protocol or as if there were nothing: nodes pair, and the reference's PIN is of this machine.
OTHERWISE = {400, 401, 403, 404, 405, 409, 422}

Operation = tuple[str, str]


@pytest.fixture(scope="module")
def asking(site: Site) -> Iterator[httpx.Client]:
    """Nobody; without limits of how often, which have tests of their own."""
    patch = pytest.MonkeyPatch()
    patch.setattr(guards.Buckets, "take", lambda *_: 0.0)
    with httpx.Client(base_url=site.url, timeout=60, trust_env=False) as client:
        yield client
    patch.undo()


@pytest.fixture(scope="module")
def operations(asking: httpx.Client) -> list[Operation]:
    paths: dict[str, dict[str, Any]] = asking.get("/openapi.json").json()["paths"]
    found = [(method, path) for path, ways in paths.items() for method in ways if method in METHODS]
    assert len(found) > 150, "the whole interface"
    return found


def answers(asking: httpx.Client, operations: list[Operation], headers: dict[str, str]) -> dict[Operation, httpx.Response]:
    """To a request that names nothing that exists."""
    nothing = str.maketrans("{}", "xx")
    return {(method, path): asking.request(method, path.translate(nothing), headers=headers) for method, path in operations}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.rebound.example"])
def test_under_another_name_nothing_answers(asking: httpx.Client, operations: list[Operation], admin: str, host: str) -> None:
    told = answers(asking, operations, {**bearer(admin), "Host": host})
    assert {operation: answer.status_code for operation, answer in told.items() if answer.status_code != 421} == {}


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_pages_of_other_sites_get_nothing(asking: httpx.Client, operations: list[Operation], admin: str, origin: str) -> None:
    told = answers(asking, operations, {**bearer(admin), "Origin": origin})
    assert {operation: answer.status_code for operation, answer in told.items() if answer.status_code != 403} == {}
    assert not any("access-control-allow-origin" in answer.headers for answer in told.values())


def test_nobody_gets_nothing_but_the_way_in(asking: httpx.Client, operations: list[Operation]) -> None:
    told = answers(asking, operations, {})
    got = {operation for operation, answer in told.items() if answer.status_code not in OTHERWISE}
    assert got <= OPEN
    asked = [operation for operation in told if operation[1].startswith("/api/v1/") and operation not in OPEN]
    assert {operation: told[operation].status_code for operation in asked if told[operation].status_code != 401} == {}


@pytest.fixture(scope="module")
def bad_tokens(site: Site, admin: str) -> dict[str, str]:
    """Tokens that nearly are good, and such as were."""
    accounts = site.engine.accounts
    revoked, signed_out = accounts.create_token(Role.ADMIN, "revoked"), accounts.sign_in(ADMIN, PASSWORD)[0]
    for token in (revoked, signed_out):
        accounts.sign_out(token)
    last = "A" if admin[-1] != "A" else "B"
    return {
        "altered": admin[:-1] + last,
        "shortened": admin[:-1],
        "lengthened": admin + "A",
        "other case": admin.swapcase(),
        "twice": f"{admin} {admin}",
        "padded": admin + "=",
        "quoted": f'"{admin}"',
        "hash of it": site.engine.record.store.accounts.tokens()[0].token_hash,
        "revoked": revoked,
        "signed out": signed_out,
        "the alg is none": "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ.",
    }


def test_tokens_that_are_not_good_open_nothing(asking: httpx.Client, operations: list[Operation], bad_tokens: dict[str, str]) -> None:
    """Each is tried on a share of the operations."""
    reading = [operation for operation in operations if operation[1].startswith("/api/v1/") and operation not in OPEN]
    for number, (kind, token) in enumerate(bad_tokens.items()):
        told = answers(asking, reading[number :: len(bad_tokens)], bearer(token))
        assert {operation: answer.status_code for operation, answer in told.items() if answer.status_code != 401} == {}, kind


def test_an_expired_token_opens_nothing(asking: httpx.Client, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later for accounts only: the engine's own time goes on as it does."""
    token, _ = site.engine.accounts.sign_in(ADMIN, PASSWORD)
    assert asking.get("/api/v1/cameras", headers=bearer(token)).status_code == 200
    monkeypatch.setattr(site.engine.accounts._held, "_clock", ManualClock(site.engine.clock.now_ns() + 13 * 3600 * SECOND))
    for address in ("/api/v1/cameras", "/api/v1/snapshot", "/metrics"):
        assert asking.get(address, headers=bearer(token)).status_code == 401, address
