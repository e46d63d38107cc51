"""Every route, asked by every kind of caller: who may is let in, and nobody else, whatever is asked for."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from engine.gateway.border import guards
from engine.model.accounts.access import ROLE_VERBS, Role, Verb
from tests.engine.gateway.example_requests import requests_of
from tests.engine.gateway.limited_site import ADMIN, HIDDEN, LIMITED_ADMIN, SEEN, TwoCameras, two_cameras
from tests.engine.gateway.route_scopes import Reach, Rule, rules
from tests.engine.gateway.route_table import all_routes

PIN = "135791"
MAC = "02:00:00:00:00:77"
REFUSED = (401, 403)
ENDS = {("delete", "/api/v1/session")}  # what is asked with is of no use afterwards
ALIASES = {  # twins that OpenAPI does not name
    ("put", "/api/ble/devices/{address}"): ("patch", "/api/ble/devices/{address}"),
    ("get", "/ws/node/api/blobs"): ("get", "/api/blobs"),
}


@dataclass(frozen=True)
class Caller:
    token: str
    verbs: frozenset[Verb] = frozenset()
    limited: bool = False
    known: bool = True
    signed_in: bool = False  # with a password or the PIN

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def refusal(self, rule: Rule) -> int | None:
        """The status that refuses this caller what a rule is for; None: it is let in."""
        if rule.reach is Reach.OPEN:
            return None
        if not self.known or (rule.reach is Reach.PEOPLE and not self.signed_in):
            return 401
        if rule.verb is not None and rule.verb not in self.verbs:
            return 403
        return 403 if rule.reach is Reach.SITE and self.limited else None


@pytest.fixture(scope="module")
def ground(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoCameras]:
    patch = pytest.MonkeyPatch()
    patch.setattr(guards.Buckets, "take", lambda *_: 0.0)
    with two_cameras(video, tmp_path_factory.mktemp("matrix")) as ground:
        yield ground
    patch.undo()


@pytest.fixture(scope="module")
def client(ground: TwoCameras) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=ground.site.url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def callers(ground: TwoCameras, client: httpx.Client) -> dict[str, Caller]:
    every = ROLE_VERBS[Role.ADMIN]
    found = {
        "nobody": Caller("", known=False),
        "node": Caller(ground.site.door.nodes.tokens.token(MAC), known=False),
        "admin, signed in": Caller(ground.signed_in(ADMIN), every, signed_in=True),
        "limited admin, signed in": Caller(ground.signed_in(LIMITED_ADMIN), every, True, signed_in=True),
        "limited operator, signed in": Caller(ground.signed_in("gil"), ROLE_VERBS[Role.OPERATOR], True, signed_in=True),
        "limited investigator, signed in": Caller(ground.signed_in("ines"), ROLE_VERBS[Role.INVESTIGATOR], True, signed_in=True),
    }
    ada = found["admin, signed in"]
    assert client.post("/api/auth/setup", json={"pin": PIN}, headers=ada.headers).status_code == 200
    pin = client.post("/api/auth/login", json={"pin": PIN}).json()["token"]
    found["PIN"] = Caller(pin, ROLE_VERBS[Role.OPERATOR], signed_in=True)
    client.cookies.clear()
    for role in Role:
        found[f"{role} token"] = Caller(ground.token(role), ROLE_VERBS[role])
    found["limited admin token"] = Caller(ground.token(Role.ADMIN, True), every, True)
    for verb in Verb:
        others = tuple(each for each in Verb if each is not verb)
        found[f"without {verb}"] = Caller(ground.token(Role.ADMIN, verbs=others), every - {verb})
    return found


@pytest.fixture(scope="module")
def requests(client: httpx.Client) -> dict[tuple[str, str], dict[str, Any]]:
    found = requests_of(client.get("/openapi.json").json())
    for twin, other in ALIASES.items():
        found[twin] = found[other] | {"method": twin[0], "url": twin[1].replace("{address}", MAC)}
    return found


def test_every_route_is_put_under_a_rule() -> None:
    table, known = set(all_routes()), set(rules())
    assert table - known == set(), "a route was added: put it under a rule in route_scopes.py"
    assert known - table == set()


def _asking(callers: dict[str, Caller], rule: Rule) -> Iterator[tuple[str, Caller]]:
    """All kinds; of those who lack one verb, who lacks that of the rule."""
    lacking = f"without {rule.verb}"
    yield from ((name, caller) for name, caller in callers.items() if not name.startswith("without ") or name == lacking)


def test_sockets(ground: TwoCameras, callers: dict[str, Caller]) -> None:
    base = ground.site.url.replace("http", "ws", 1)

    def status(path: str, caller: Caller) -> int:
        try:
            with connect(f"{base}{path}", proxy=None, additional_headers=caller.headers):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    for (method, path), rule in rules().items():
        if method != "ws" or rule.reach is Reach.OPEN:
            continue
        for name, caller in _asking(callers, rule):
            of_seen, of_hidden = status(path.replace("{camera_id}", SEEN), caller), status(path.replace("{camera_id}", HIDDEN), caller)
            refusal = caller.refusal(rule)
            assert (of_seen == refusal) if refusal is not None else of_seen not in REFUSED, (path, name, of_seen)
            if "{camera_id}" in path and refusal is None:
                assert (of_hidden == 404) == caller.limited, (path, name, of_hidden)


def test_who_may_is_let_in_and_nobody_else(
    ground: TwoCameras, client: httpx.Client, callers: dict[str, Caller], requests: dict[tuple[str, str], dict[str, Any]]
) -> None:
    cameras = tuple(replace(camera, enabled=False) for camera in ground.site.engine.settings.cameras)
    ground.site.engine.change_settings(replace(ground.site.engine.settings, cameras=cameras), "test")  # none films: it is about who asks
    asked = [
        (route, rule, name, caller)
        for route, rule in rules().items()
        if route[0] != "ws" and route[1] != "/openapi.json" and rule.reach is not Reach.OPEN
        for name, caller in _asking(callers, rule)
    ]

    def trouble(one: tuple[tuple[str, str], Rule, str, Caller]) -> str:
        route, rule, name, caller = one
        asker = Caller(ground.token(Role.OPERATOR)) if route in ENDS and caller.known else caller
        given = requests[route]
        headers = {**given.get("headers", {}), **asker.headers}
        status = client.request(**given | {"headers": headers}).status_code
        for _ in range(30):  # how often an address may knock is no question of scope, and other tests knock too
            if status != 429:
                break
            time.sleep(0.5)
            status = client.request(**given | {"headers": headers}).status_code
        refusal = caller.refusal(rule)
        right = status == refusal if refusal is not None else status not in REFUSED and (status < 500 or status == 503)
        return "" if right else f"{' '.join(route)} by {name}: {status}, expected {refusal or 'to be let in'}"

    with ThreadPoolExecutor(8) as threads:
        troubles = list(threads.map(trouble, asked))
    assert [each for each in troubles if each] == [] and len(troubles) > 1_500


def test_firmware_is_for_nodes(ground: TwoCameras, client: httpx.Client, callers: dict[str, Caller]) -> None:
    ada = callers["admin, signed in"].headers
    image = b"\xe9" + bytes(2000)
    file = client.post("/api/firmware/upload", files={"firmware": ("spaxel-0.3.0.bin", image)}, headers=ada).json()["filename"]
    for caller in callers.values():
        assert client.get(f"/firmware/{file}", headers=caller.headers).status_code == 404
    node = {"X-Spaxel-MAC": MAC, "X-Spaxel-Token": callers["node"].token}
    assert client.get(f"/firmware/{file}", headers=node).content == image
