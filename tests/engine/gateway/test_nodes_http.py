"""Provisioning, firmware and announcement of the gateway."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx
import pytest
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from console.site import Site
from engine.gateway.border.bind import Bind
from engine.gateway.border.bodies import LARGEST_BODY
from engine.gateway.nodes.mdns import INSTANCE, SERVICE, reachable
from engine.gateway.server import GatewayServer
from engine.model.question import ListAudit
from engine.model.radio.radio import UpdateState
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor
from engine.sources.node.firmware import LARGEST_IMAGE
from tests.fakes.node_door import FakeNodeDoor, NoSite
from tests.fakes.node_peer import MAC, NodePeer

ADMIN, OPERATOR = {"Authorization": "Bearer admin"}, {"Authorization": "Bearer operator"}
IMAGE = b"\xe9" + bytes(2000)


@pytest.fixture
def door(tmp_path: Path) -> FakeNodeDoor:
    return FakeNodeDoor(tmp_path)


@pytest.fixture
def server(door: FakeNodeDoor) -> Iterator[GatewayServer]:
    server = GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), Bind(), "test", door)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def http(server: GatewayServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        yield client


def upload(http: httpx.Client, data: bytes = IMAGE, name: str = "spaxel-0.3.0.bin", headers: dict[str, str] = ADMIN) -> httpx.Response:
    return http.post("/api/firmware/upload", files={"firmware": (name, data)}, headers=headers)


def test_provisioning_needs_open_pairing_or_an_admin(http: httpx.Client, door: FakeNodeDoor) -> None:
    assert http.post("/api/provision", json={"mac": MAC}).status_code == 401
    assert http.post("/api/provision", json={"mac": MAC}, headers={"Authorization": "Bearer nobody"}).status_code == 401
    assert http.post("/api/provision", json={"mac": MAC}, headers=OPERATOR).status_code == 403
    assert http.post("/api/provision", json={"mac": MAC}, headers=ADMIN).json()["node_token"] == door.nodes.tokens.token(MAC)
    door.nodes.pairing.open("ada", 5)
    assert http.post("/api/provision", json={"mac": MAC}).status_code == 200
    door.nodes.pairing.close("ada")
    assert http.post("/api/provision", json={"mac": MAC}).status_code == 401


def test_while_pairing_is_open_for_minutes_nobody_is_given_the_token_that_a_node_uses(http: httpx.Client, door: FakeNodeDoor) -> None:
    """It would be good for ever, also after pairing has closed."""
    door.nodes.pairing.open("ada", 5)
    token = http.post("/api/provision", json={"mac": MAC}).json()["node_token"]
    node = NodePeer(door.nodes, MAC, token).hello()
    refused = http.post("/api/provision", json={"mac": MAC})
    assert refused.status_code == 401 and MAC in refused.json()["message"]
    assert http.post("/api/provision", json={"mac": MAC}, headers=OPERATOR).status_code == 403
    assert http.post("/api/provision", json={"mac": MAC}, headers=ADMIN).json()["node_token"] == token
    node.session.closed()
    assert http.post("/api/provision", json={"mac": MAC}).status_code == 401, "also while it is away"
    door.nodes.remove(MAC)
    assert http.post("/api/provision", json={"mac": MAC}).json()["node_token"] != token
    door.nodes.pairing.open("bench", None)
    NodePeer(door.nodes, MAC, door.nodes.tokens.token(MAC)).hello()
    assert http.post("/api/provision", json={"mac": MAC}).status_code == 200, "a bench is this machine's own"


def test_the_simulators_request_gets_what_they_read(http: httpx.Client, door: FakeNodeDoor, server: GatewayServer) -> None:
    door.nodes.pairing.open("bench", None)
    document = http.post("/api/provision", json={"mac": MAC.lower(), "wifi_ssid": "SimNet", "unknown": 1}).json()
    assert document["node_token"] == door.nodes.tokens.token(MAC)
    assert f":{document['ms_port']}" in server.url
    assert len(http.post("/api/provision").json()["node_token"]) == 64
    assert len(http.post("/api/provision", json={}).json()["node_token"]) == 64


@pytest.mark.parametrize("body", [{"mac": "nonsense"}, {"mac": 5}, {"ms_ip": "x"}, {"wifi_ssid": "x" * 100}, [], "x"])
def test_bad_requests_are_refused_in_words(http: httpx.Client, door: FakeNodeDoor, body: object) -> None:
    door.nodes.pairing.open("bench", None)
    answer = http.post("/api/provision", json=body)
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_firmware_is_uploaded_listed_and_fetched_by_a_node(http: httpx.Client, door: FakeNodeDoor) -> None:
    made = upload(http)
    assert made.status_code == 201
    firmware = made.json()
    assert (firmware["version"], firmware["size_bytes"]) == ("0.3.0", len(IMAGE))
    assert http.get("/api/firmware", headers=OPERATOR).json() == [firmware]
    got = http.get(f"/firmware/{firmware['filename']}", headers={"X-Spaxel-MAC": MAC, "X-Spaxel-Token": door.nodes.tokens.token(MAC)})
    assert (got.status_code, got.content) == (200, IMAGE)
    assert (got.headers["x-sha256"], got.headers["x-firmware-version"]) == (firmware["sha256"], "0.3.0")


def test_who_has_no_token_finds_no_firmware(http: httpx.Client, door: FakeNodeDoor) -> None:
    path = f"/firmware/{upload(http).json()['filename']}"
    token = door.nodes.tokens.token(MAC)
    wrong = [
        {},
        {"X-Spaxel-Token": token},
        {"X-Spaxel-MAC": "x", "X-Spaxel-Token": token},
        {"X-Spaxel-MAC": MAC, "X-Spaxel-Token": "0" * 64},
    ]
    assert {http.get(path, headers=headers).status_code for headers in wrong} == {404}
    door.nodes.pairing.open("ada", 5)
    assert [http.get(path, headers=headers).status_code for headers in wrong] == [200, 404, 404, 404]
    assert http.get("/firmware/..%2Fsecret").status_code == 404


def test_only_admins_upload_and_only_images(http: httpx.Client) -> None:
    assert upload(http, headers={}).status_code == 401
    assert upload(http, headers=OPERATOR).status_code == 403
    refused = upload(http, b"\x7fELF" + bytes(100))
    assert (refused.status_code, refused.json()["field"]) == (422, "firmware")
    assert http.post("/api/firmware/upload", headers=ADMIN).status_code == 422


def test_admins_may_upload_as_much_as_a_node_has_room_for_others_no_more_than_usual(http: httpx.Client) -> None:
    largest = b"\xe9" + bytes(LARGEST_IMAGE - 1)
    assert upload(http, largest).status_code == 201
    assert upload(http, largest, headers=OPERATOR).status_code == 413
    assert upload(http, largest, headers={}).status_code == 401
    assert upload(http, largest + bytes(1 << 17)).status_code == 413
    assert http.post("/api/provision", content=bytes(LARGEST_BODY + 1), headers=ADMIN).status_code == 413


def test_an_update_over_http_runs_to_its_end(http: httpx.Client, door: FakeNodeDoor) -> None:
    node = NodePeer(door.nodes, MAC, door.nodes.tokens.token(MAC)).hello()
    assert http.post(f"/api/nodes/{MAC}/ota", headers=ADMIN).status_code == 404  # there is no firmware yet
    upload(http)
    assert http.post(f"/api/nodes/{MAC}/ota", headers=OPERATOR).status_code == 403
    began = http.post(f"/api/nodes/{MAC}/ota", headers=ADMIN, json={"version": "0.3.0"})
    assert began.status_code == 202
    assert node.heard[-1]["type"] == "ota"
    node.say({"type": "ota_status", "mac": MAC, "state": "downloading", "progress_pct": 50})
    progress = http.get("/api/firmware/progress", headers=OPERATOR).json()
    assert progress == {
        "version": "0.3.0",
        "running": True,
        "halted": "",
        "nodes": [{"mac": MAC, "state": "downloading", "progress_pct": 50, "message": ""}],
    }
    node.say({"type": "ota_status", "mac": MAC, "state": "rebooting"})
    node.session.closed()
    NodePeer(door.nodes, MAC, door.nodes.tokens.token(MAC)).hello(firmware_version="0.3.0").measure()
    door.nodes.tick()
    assert door.nodes.views()[0].update is UpdateState.VERIFIED
    assert http.post("/api/firmware/ota-all", headers=ADMIN).json()["running"] is False


def test_what_is_done_to_nodes_over_http_is_noted_with_who_did_it(http: httpx.Client, door: FakeNodeDoor) -> None:
    upload(http, headers=OPERATOR)
    http.post("/api/provision", json={"mac": MAC})
    http.post("/api/firmware/ota-all", headers=ADMIN)  # there is no firmware yet
    assert door.noted == [], "nothing was done"
    upload(http)
    http.post("/api/provision", json={"mac": MAC}, headers=ADMIN)
    door.nodes.pairing.open("ada", 5)
    http.post("/api/provision")
    http.post("/api/provision", headers={"Authorization": "Bearer nobody"})
    NodePeer(door.nodes, MAC, door.nodes.tokens.token(MAC)).hello()
    http.post(f"/api/nodes/{MAC}/ota", headers=ADMIN)
    assert door.noted == [
        ("admin", "add_firmware", "0.3.0"),
        ("admin", "provision_node", MAC),
        ("anybody", "provision_node", ""),
        ("anybody", "provision_node", ""),
        ("admin", "update_nodes", "0.3.0"),
    ]


def test_it_is_in_the_audit(site: Site, admin: str) -> None:
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as client:
        assert client.post("/api/provision", json={"mac": MAC}).status_code == 200
        assert upload(client, headers={}).status_code == 201
        port = site.door.enter(admin)
        told = [(row.by, str(row.verb), row.subject) for row in port.ask(ListAudit(2))]
        name = port.session.user.name
        port.close()
    assert told == [(name, "add_firmware", "0.3.0"), (name, "provision_node", MAC)]


def test_updates_of_unknown_nodes_and_versions_are_not_found(http: httpx.Client) -> None:
    upload(http)
    assert http.post(f"/api/nodes/{MAC}/ota", headers=ADMIN).status_code == 404
    assert http.post("/api/nodes/nonsense/ota", headers=ADMIN).status_code == 422
    assert http.post("/api/firmware/ota-all", headers=ADMIN, json={"version": "9.9"}).status_code == 404


def test_on_loopback_nothing_is_announced_unless_asked_for(door: FakeNodeDoor) -> None:
    before = threading.active_count()
    server = GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), Bind(), "test", door)
    assert server._announced("127.0.0.1", 1) is None
    assert GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), Bind(announce=True), "test", door)._announced("127.0.0.1", 1)
    beyond = Bind("0.0.0.0", insecure=True)
    assert GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), beyond, "test", door)._announced("0.0.0.0", 1)
    assert threading.active_count() == before


def test_nodes_find_the_engine_by_mdns_at_its_true_port(door: FakeNodeDoor) -> None:
    async def look() -> AsyncServiceInfo | None:
        browser = AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
        info = AsyncServiceInfo(SERVICE, f"{INSTANCE}.{SERVICE}")
        try:
            return info if await info.async_request(browser.zeroconf, 10_000) else None
        finally:
            await browser.async_close()

    server = GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), Bind(announce=True), "test", door)
    server.start()
    try:
        found = asyncio.run(look())
    finally:
        server.stop()
    assert found is not None
    assert f":{found.port}" in server.url
    assert found.parsed_addresses() == ["127.0.0.1"]
    assert found.decoded_properties == {"version": "1", "ws": "/ws/node", "dashboard": "/ws/dashboard"}
    assert "spaxel" in (found.server or "")


def test_addresses_under_which_it_is_reached() -> None:
    assert reachable("192.0.2.5") == ("192.0.2.5",)
    assert reachable("::1") == ()
    assert reachable("example") == ()
    assert all(not address.startswith("127.") for address in reachable("0.0.0.0"))


def test_a_console_elsewhere_may_send_an_image_too_when_it_is_an_admins(http: httpx.Client) -> None:
    command = {"type": "AddFirmware", "version": "1.0", "data": "A" * (LARGEST_IMAGE * 4 // 3)}
    assert http.post("/api/v1/port/command", json=command, headers=OPERATOR).status_code == 413
    assert http.post("/api/v1/port/command", json=command).status_code == 401
    assert http.post("/api/v1/port/ask", json=command, headers=ADMIN).status_code == 413
