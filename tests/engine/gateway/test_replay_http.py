"""Replays over HTTP: under `/api/v1`, with the reference's names, and over the remote port."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemotePort
from engine.model.accounts.access import Role
from engine.model.history.replay import GetReplay, ListReplays, MoveReplay, ReplayState, StartReplay, StopReplay
from engine.model.time import MILLISECOND, SECOND, to_iso
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.kept_run import KeptRun, a_minute_ago, as_used, keep_run, room_with_camera
from tests.fakes.observations import Walk
from tests.fakes.waiting import until

SECONDS = 8.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replays") / "data"


@pytest.fixture(scope="module")
def kept(folder: Path) -> KeptRun:
    return keep_run(as_used(folder), room_with_camera(SECONDS, [Walk(4.5, 7.5)], later_ns=a_minute_ago()), 50)


@pytest.fixture(scope="module")
def site(folder: Path, kept: KeptRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    with running(folder, Bind(), CommandLineSettings(), gateway_needed=True) as site:
        yield site
    monkeypatch.undo()


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    token = site.engine.accounts.create_token(Role.ADMIN, "test")
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as client:
        yield client
    site.engine.replays.end_all()


def at(kept: KeptRun, second: float) -> int:
    return kept.observed[0].received_ns + round(second * SECOND)


def test_with_the_references_names(kept: KeptRun, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.gateway.reference.replay.BEGUN_S", 120.0)  # however busy the machine is
    span = {"from_iso8601": to_iso(at(kept, 4.0)), "to_iso8601": to_iso(at(kept, SECONDS))}
    begun = client.post("/api/replay/start", json=span, timeout=150).json()
    assert (begun["from_ms"], begun["to_ms"]) == (at(kept, 4.0) // MILLISECOND, at(kept, SECONDS) // MILLISECOND)
    of_session = {"session_id": begun["session_id"]}
    path = f"/api/replay/session/{begun['session_id']}"
    assert client.get(path).json()["ready"], "when the start has answered"
    sought = client.post("/api/replay/seek", json=of_session | {"timestamp_iso8601": to_iso(at(kept, 6.5))}).json()
    assert sought["current_ms"] == at(kept, 6.5) // MILLISECOND
    until(lambda: client.get(path).json()["ready"], "it is there")
    shown = client.get(path).json()
    assert shown["blobs"] and all(blob["replay"] is True for blob in shown["blobs"]) and shown["state"] == "paused"
    assert not [blob for blob in client.get("/api/blobs").json() if blob.get("replay")]
    assert client.post("/api/replay/set-speed", json=of_session | {"speed": 32}).json()["speed"] == 32
    client.post("/api/replay/set-state", json=of_session | {"state": "playing"})
    until(lambda: client.get(path).json()["current_ms"] == at(kept, SECONDS) // MILLISECOND, "it is over")
    assert [each["session_id"] for each in client.get("/api/replay/sessions").json()["sessions"]] == [begun["session_id"]]
    assert client.post("/api/replay/stop", json=of_session).json()["status"] == "stopped"
    assert client.get(path).status_code == 404


def test_as_programs_use_it(kept: KeptRun, client: httpx.Client) -> None:
    span = {"since": to_iso(at(kept, 4.0)), "until": to_iso(at(kept, SECONDS))}
    begun = client.post("/api/v1/replay", json=span)
    assert begun.status_code == 201 and begun.json()["state"] == "preparing"
    path = f"/api/v1/replay/{begun.json()['id']}"
    tried = {"settings": {"gates": {"min_confidence": 0.95}}}
    assert client.get(f"{path}/difference").status_code == 404
    job_id = client.post(f"{path}/change", json=tried).json()["job_id"]
    assert job_id.startswith("job-")
    until(lambda: client.get(f"{path}/difference").status_code == 200, "the difference")
    found = client.get(f"{path}/difference").json()
    assert found["changed"] == [{"field": "gates.min_confidence", "then": "0.45", "tried": "0.95"}]
    assert [each["camera_id"] for each in found["lost"]] == ["door"] and found["gained"] == []
    client.post(f"{path}/move", json={"seek": to_iso(at(kept, 6.5))})
    until(lambda: client.get(path).json()["state"] == "paused", "it is there")
    picture = client.get(f"{path}/picture").json()
    assert picture["snapshot"]["cameras"][0]["tracks"] and picture["blobs"][0]["replay"] is True
    assert client.post(f"{path}/apply").status_code == 200
    assert client.delete(path).status_code == 204
    assert client.get("/api/v1/replay").json() == {"replays": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"since": "yesterday", "until": "2026-01-01T00:00:00Z"}, "since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"}, "until"),
        ({"since": "2001-01-01T00:00:00Z", "until": "2001-01-01T01:00:00Z"}, "since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:10Z", "settings": {"gate": {}}}, "settings.gate"),
    ],
)
def test_what_is_wrong_is_named(client: httpx.Client, body: dict[str, object], field: str) -> None:
    answer = client.post("/api/v1/replay", json=body)
    assert answer.status_code == 422 and answer.json()["field"] == field


def test_a_remote_console_replays(kept: KeptRun, site: Site) -> None:
    token = site.engine.accounts.create_token(Role.OPERATOR, "console")
    port = RemotePort(site.url, token)
    try:
        replay_id = port.command(StartReplay(at(kept, 5.0), at(kept, SECONDS)))
        until(lambda: port.ask(GetReplay(replay_id)).session.state is ReplayState.PAUSED, "it is ready")
        port.command(MoveReplay(replay_id, seek_ns=at(kept, 6.5)))
        until(lambda: port.ask(GetReplay(replay_id)).session.state is ReplayState.PAUSED, "it is there")
        shown = port.ask(GetReplay(replay_id, picture=True)).picture
        assert shown is not None and shown.replay_id == replay_id and shown.radio.picture is not None
        live = [result for result in kept.within(0, at(kept, 6.5)) if result.radio is not None][-1].radio
        assert live is not None and shown.radio.picture.blobs == live.blobs
        port.command(StopReplay(replay_id))
        assert port.ask(ListReplays()) == ()
    finally:
        port.close()
