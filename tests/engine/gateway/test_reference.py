"""The reference's endpoints on the demo's radio nodes: names, shapes, sums, and who may reach what."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from console.site import Site, demo_added, running
from engine.gateway.border.bind import Bind
from engine.gateway.reference.dashboard import wanted_blob
from engine.gateway.reference.events import whole_id
from engine.model.accounts.access import Role
from tests.fakes.waiting import until

LINK_KEYS = {"link_id", "node_mac", "peer_mac", "delta_rms", "zone_number", "weight", "contributing", "contribution"}
ZONE_KEYS = {"link_id", "center_pos", "semi_axes", "zone_number", "tx_pos", "rx_pos", "lambda"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's radio side alone, with pairing open on loopback."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    added = replace(demo_added(()), pairing_open=True)
    with running(tmp_path_factory.mktemp("bench") / "data", Bind(), added, gateway_needed=True) as site:
        until(lambda: bool(_blobs(site)), "somebody is found")
        yield site
    monkeypatch.undo()


def _blobs(site: Site) -> tuple[Any, ...]:
    picture = site.engine.radio.view().picture
    return () if picture is None else picture.blobs


@pytest.fixture
def anyone(bench: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=bench.url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture
def registrar(bench: Site) -> Iterator[httpx.Client]:
    token = bench.engine.accounts.create_token(Role.ADMIN, "test")
    with httpx.Client(base_url=bench.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as client:
        yield client


def somebody(client: httpx.Client) -> dict[str, Any]:
    """Walkers come and go."""
    found: list[dict[str, Any]] = []

    def anybody() -> bool:
        found[:] = client.get("/api/blobs").json()
        return bool(found)

    until(anybody, "somebody is found")
    return found[0]


def test_blobs_are_a_bare_array_with_small_letters(anyone: httpx.Client) -> None:
    blob = somebody(anyone)
    assert {"id", "x", "y", "z", "vx", "vy", "vz", "weight", "person", "person_id", "identityResolved"} <= blob.keys()
    assert isinstance(blob["id"], int) and blob["simulated"] is True and 0 <= blob["weight"] <= 1
    assert isinstance(anyone.get("/ws/node/api/blobs").json(), list)


def test_contributions_add_up_to_the_fused_value(anyone: httpx.Client) -> None:
    told = anyone.get(f"/api/explain/{somebody(anyone)['id']}")
    if told.status_code == 404:  # it left just now
        told = anyone.get(f"/api/explain/{somebody(anyone)['id']}")
    body = told.json()
    total = sum(link["contribution"] for link in body["all_links"])
    assert total == pytest.approx(body["fused_value"], rel=1e-6)
    assert all(link.keys() >= LINK_KEYS for link in body["all_links"]) and all(zone.keys() >= ZONE_KEYS for zone in body["fresnel_zones"])
    assert {link["link_id"] for link in body["contributing_links"]} <= {link["link_id"] for link in body["all_links"]}
    assert all(len(link["link_id"]) == 35 and link["link_id"][:17] == link["node_mac"] for link in body["all_links"])
    past = anyone.get(f"/api/explain/blob/{body['blob_id']}/at/{body['timestamp_ms']}").json()
    assert past["blob_id"] == body["blob_id"] and abs(past["timestamp_ms"] - body["timestamp_ms"]) <= 60_000
    long_ago = anyone.get(f"/api/explain/blob/{body['blob_id']}/at/{body['timestamp_ms'] - 3_600_000}")
    assert long_ago.status_code == 404


@pytest.mark.parametrize("path", ["/api/explain/999999", "/api/explain/nobody", "/api/explain/blob/999999/at/0", "/api/nodes/zz"])
def test_what_is_not_there_is_not_found(anyone: httpx.Client, path: str) -> None:
    assert anyone.get(path).status_code == 404


def test_nodes_events_and_health(anyone: httpx.Client) -> None:
    nodes = anyone.get("/api/nodes").json()
    assert len(nodes) == 8 and all(node["status"] == "online" and node["position_source"] == "plan" for node in nodes)

    def detections() -> list[dict[str, Any]]:
        page: dict[str, Any] = anyone.get("/api/events", params={"type": "detection", "limit": 5}).json()
        return page["events"]

    until(lambda: bool(detections()), "somebody is detected")
    events = detections()
    assert all(event["type"] == "detection" and isinstance(event["id"], int) for event in events)
    assert json.loads(events[0]["detail_json"])["simulated"] is True
    assert anyone.get("/api/events", params={"type": "nonsense"}).status_code == 422
    assert anyone.get("/api/events", params={"type": "anomaly"}).json()["events"] == []
    assert anyone.get("/healthz").json()["status"] in ("ok", "trouble")


def test_a_device_is_registered_changed_and_forgotten(anyone: httpx.Client, registrar: httpx.Client) -> None:
    body = {"addr": "aa-bb-cc-dd-ee-09", "label": "Alice", "type": "person", "color": "#4488ff"}
    assert anyone.post("/api/ble/devices", json=body).status_code == 401
    made = registrar.post("/api/ble/devices", json=body).json()
    assert made["addr"] == "AA:BB:CC:DD:EE:09" and made["person_id"] and made["color"] == "#4488ff"
    assert registrar.patch("/api/ble/devices/AA:BB:CC:DD:EE:09", json={"label": "Phone"}).json()["label"] == "Phone"
    rows = anyone.get("/api/ble/devices", params={"registered": True}).json()["devices"]
    assert any(row["addr"] == "AA:BB:CC:DD:EE:09" for row in rows)
    assert registrar.delete("/api/ble/devices/AA:BB:CC:DD:EE:09").status_code == 204
    assert registrar.delete("/api/ble/devices/AA:BB:CC:DD:EE:09").status_code == 404
    assert registrar.post("/api/ble/devices", json={**body, "addr": "nonsense"}).json()["field"] == "addr"
    assert registrar.post("/api/ble/devices", json={**body, "irk": "12"}).json()["field"] == "irk"


def test_refreshing_explanations_needs_a_token_and_takes_no_data(anyone: httpx.Client, registrar: httpx.Client) -> None:
    assert anyone.post("/api/explain/refresh").status_code == 401
    assert registrar.post("/api/explain/refresh", json={"blobs": [{"id": 1}]}).json()["refreshed"] >= 0


def test_the_dashboard_tells_and_explains(bench: Site, anyone: httpx.Client) -> None:
    with connect(f"{bench.url.replace('http', 'ws', 1)}/ws/dashboard", proxy=None) as socket:
        first = json.loads(socket.recv(60))
        assert first["type"] == "snapshot" and len(first["nodes"]) == 8 and first["zones"] and "blobs" in first
        assert "type" not in json.loads(socket.recv(60))
        socket.send("nonsense")
        socket.send(json.dumps({"type": "request_explain", "blob_id": somebody(anyone)["id"]}))
        told = _told(socket, "blob_explain")
        assert sum(link["contribution"] for link in told["per_link_contributions"]) == pytest.approx(told["fusion_score"], rel=1e-6)
        assert sum(link["contribution_pct"] for link in told["per_link_contributions"] if link["contributing"]) == pytest.approx(100, abs=1)
        assert told["fresnel_intersection_volume"] >= 0
        zones = {zone["link_id"]: zone for zone in told["fresnel_zones"]}
        for link in told["per_link_contributions"]:
            assert (link["tx_mac"], link["rx_mac"]) == (link["peer_mac"], link["node_mac"])
            axes = zones[link["link_id"]]["semi_axes"] if link["link_id"] in zones else [0.0, 0.0, 0.0]
            assert link["fresnel_intersection_volume"] == pytest.approx(4 / 3 * math.pi * axes[0] * axes[1] * axes[2])
            assert not link["contributing"] or link["fresnel_intersection_volume"] >= told["fresnel_intersection_volume"] > 0
        socket.send(json.dumps({"type": "request_explain", "blob_id": 10**6}))
        assert "error" in _told(socket, "blob_explain")


def _told(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        message = json.loads(socket.recv(60))
        if message.get("type") == kind:
            return message


def test_without_a_bench_nobody_reads_without_a_token(site: Site) -> None:
    with httpx.Client(base_url=site.url, timeout=60, trust_env=False) as stranger:
        for path in ("/api/blobs", "/api/nodes", "/api/events", "/api/ble/devices", "/api/explain/1", "/ws/node/api/blobs"):
            assert stranger.get(path).status_code == 401, path
        assert stranger.get("/api/auth/status").json() == {"pin_configured": False, "authenticated": False}
        refused = stranger.post("/api/auth/setup", json={"pin": "1234"})
        assert refused.status_code == 422 and refused.json()["field"] == "code"
        assert stranger.post("/api/provision", json={}).status_code == 401


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", "1", '{"type": "x"}', '{"type": "request_explain"}', '{"type":"request_explain","blob_id":[]}', "[" * 9999],
)
def test_what_is_no_request_is_ignored(text: str | None) -> None:
    assert wanted_blob(text) is None


def test_whole_ids_differ() -> None:
    ids = {whole_id(f"ev-{number:012x}-{ordinal:x}", end) for number in (1, 2, 1 << 41) for ordinal in (0, 1, 255) for end in (False, True)}
    assert len(ids) == 18 and all(0 <= value < 1 << 53 for value in ids)
