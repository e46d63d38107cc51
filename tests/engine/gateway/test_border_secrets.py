"""A whole engine with one node: what is secret or nobody's business is found neither in its folder nor in its log."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.model.command import ProvisionNode, PutBleDevice, RemoveNode
from engine.model.site import BleDeviceSettings
from engine.recording.checkpoints import Checkpoints
from engine.recording.journal import Journal
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.node_peer import MAC, OTHER, frame
from tests.fakes.waiting import until

STRANGER, NAME = "5A:12:34:56:78:9A", "Strangers-own-phone"
REGISTERED = "C0:FF:EE:00:00:01"
PHONES = ((STRANGER, NAME), (REGISTERED, "Ada"))
WIFI, IRK = "wifi-pass-of-the-house", "ec0234a357c8ad05341010a60a397d9b"


@contextmanager
def bench(folder: Path) -> Iterator[Site]:
    with running(folder, Bind(), CommandLineSettings(pairing_open=True), gateway_needed=True) as site:
        yield site


@contextmanager
def greeted(site: Site, token: str) -> Iterator[ClientConnection]:
    headers = {"X-Spaxel-Token": token}
    with connect(f"{site.url.replace('http', 'ws', 1)}/ws/node", additional_headers=headers, proxy=None) as node:
        node.send(json.dumps({"type": "hello", "mac": MAC, "firmware_version": "0.2.72\n2026 ERROR forged line"}))
        yield node


def ending(node: ClientConnection) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    try:
        while True:
            heard.append(json.loads(node.recv(60)))
    except ConnectionClosed:
        return heard


def test_secrets_and_strangers_are_found_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    caplog.set_level(logging.DEBUG)
    with bench(tmp_path / "data") as site:
        token = spoken(site)
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "websockets")))
    assert not [secret for secret in (WIFI, IRK, token, STRANGER) if secret in said]
    assert "\n2026 ERROR forged" not in said
    sightings = list(on_record(tmp_path / "data"))
    assert any("anon-" in text for text in sightings), "otherwise this proves nothing"
    assert not [text for text in sightings if STRANGER in text or NAME in text]
    kept = Checkpoints(tmp_path / "data" / "checkpoints").nearest()
    assert kept is not None and not [word for word in (WIFI, IRK, token, STRANGER, NAME) if word in repr(kept)]
    for path in (path for path in (tmp_path / "data").rglob("*") if path.is_file() and not path.name.startswith("secrets.json")):
        data = path.read_bytes()
        found = [word for word in (WIFI, IRK, token, STRANGER, NAME) if word.encode() in data]
        assert not found, path


def spoken(site: Site) -> str:
    """A node is provisioned, reports a stranger's and a registered phone, is removed and turned away; gives its token."""
    engine = site.engine
    admin = site.door.enter(engine.accounts.create_token(Role.ADMIN, "test"))
    admin.command(PutBleDevice(BleDeviceSettings(REGISTERED, "Ada's phone", "person"), IRK))
    token = httpx.post(f"{site.url}/api/provision", json={"mac": MAC, "wifi_ssid": "House", "wifi_pass": WIFI}).json()["node_token"]
    line = admin.command(ProvisionNode(MAC, "House", WIFI))
    assert WIFI in line and token in line
    with greeted(site, token) as node:
        for rssi in range(-60, -50):
            devices = [{"addr": address, "addr_type": "random", "rssi_dbm": rssi, "name": name} for address, name in PHONES]
            node.send(json.dumps({"type": "ble", "mac": MAC, "devices": devices}))
            node.send(frame(MAC, OTHER))
        until(lambda: any(view.address == STRANGER and view.name == NAME for view in engine.radio.view().devices), "it is shown live")
        admin.command(RemoveNode(MAC))
        assert ending(node)[-1] == {"type": "reject", "reason": "invalid_token"}
    engine.radio.pairing.close("test")
    with greeted(site, token) as again:
        assert ending(again) == [{"type": "reject", "reason": "invalid_token"}], "the old token is good for nothing"
    return token


def on_record(folder: Path) -> Iterator[str]:
    """What the journal holds of Bluetooth; the engine that wrote it has ended."""
    journal = Journal(folder / "journal")
    yield from (text for text in map(repr, journal.read()) if "BleSightings" in text)
    journal.close()
