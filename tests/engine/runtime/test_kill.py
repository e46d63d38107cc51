"""The engine is killed while it records, and everything it had said is still there."""

import hashlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from engine.model.time import SECOND, from_iso
from engine.pipeline.pipeline import Pipeline
from engine.recording.journal import Journal
from engine.runtime.recorder.recovery import replay, storables
from engine.vision.tracking import Tracker
from tests.fakes.engine_process import ForkedEngine

CAMERA = "--camera=Street={video}"


def wait_for_events(engine: ForkedEngine, count: int) -> list[dict[str, Any]]:
    """Everything the engine says has happened, once it is at least so much."""
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        events = engine.get("/api/v1/snapshot")["events"]
        if len(events) >= count:
            return events
        time.sleep(0.1)
    raise AssertionError(f"no {count} events within a minute: {engine.get('/api/v1/snapshot')}")


def rows(data: Path, table: str) -> dict[str, sqlite3.Row]:
    connection = sqlite3.connect(data / "watchroom.db")
    connection.row_factory = sqlite3.Row
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    found = {row["id"]: row for row in connection.execute(f"SELECT * FROM {table}")}
    connection.close()
    return found


def replayed_ids(data: Path) -> set[str]:
    """Ids of all that the journal alone gives, from its first observation on."""
    journal = Journal(data / "journal")
    try:
        return {value.id for result in replay(Pipeline(Tracker), journal.read()) for value in storables(result)}
    finally:
        journal.close()


def check_clips(data: Path) -> None:
    """Every clip listed is whole; no half one is left lying about."""
    for clip in rows(data, "clips").values():
        content = (data / clip["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == clip["sha256"]
    assert list((data / "clips").rglob("*.part")) == []


def kill_and_check(data: Path, arguments: list[str], models: Path | None, events_wanted: int) -> None:
    engine = ForkedEngine(data, *arguments, models=models)
    told = wait_for_events(engine, events_wanted)
    told_ns = from_iso(engine.get("/api/v1/snapshot")["at"])
    engine.kill()
    again = ForkedEngine(data, *arguments, models=models)
    assert again.stop() == 0
    kept = rows(data, "events")
    lost = [event for event in told if event["id"] not in kept and told_ns - from_iso(event["received"]) > SECOND]
    assert lost == []
    ids = replayed_ids(data)
    assert kept.keys() <= ids
    assert rows(data, "decisions").keys() <= ids
    grouped = rows(data, "review_items")
    assert grouped and grouped.keys() <= ids
    members = {event_id for item in grouped.values() for event_id in json.loads(item["event_ids"])}
    assert kept.keys() - {event_id for event_id, row in kept.items() if row["shadow"]} <= members
    assert all(item["ended_ns"] is not None or item["id"] == max(grouped) for item in grouped.values())
    check_clips(data)


@pytest.fixture(scope="module")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from engine.vision.models import ModelStore

    folder = tmp_path_factory.mktemp("models")
    ModelStore(folder).install(("yolox-nano",), shared / "data" / "models")
    return folder


def test_killed_twice_and_nothing_said_before_the_last_second_is_lost(shared: Path, models: Path, tmp_path: Path):
    video = shared / "data" / "video" / "vtest_480x360.avi"
    arguments = [CAMERA.format(video=video)]
    kill_and_check(tmp_path / "site", arguments, models, 3)
    kill_and_check(tmp_path / "site", arguments, models, 6)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_twenty_times(shared: Path, models: Path, tmp_path: Path):
    video = shared / "data" / "video" / "vtest_480x360.avi"
    for count in range(20):
        kill_and_check(tmp_path / "site", [CAMERA.format(video=video)], models, min(3 * (count + 1), 60))
