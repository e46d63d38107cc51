"""The engine is killed while clips are being written: what was written of them plays, is listed with its real length, and has its event."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.cameras.clip import Clip
from engine.model.time import SECOND, SystemClock
from engine.recording.clips.clip_rows import event_of
from engine.recording.footage.playback import ClipReader
from engine.runtime.storage.clip_files import recover_clips
from engine.store import open_store
from tests.engine.store import records
from tests.fakes.engine_process import ForkedEngine
from tests.fakes.waiting import until

WRITTEN = 60_000  # bytes of a part file, some seconds of video


@pytest.fixture(scope="module")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from engine.vision.models import ModelStore

    folder = tmp_path_factory.mktemp("models")
    ModelStore(folder).install(("yolox-nano",), shared / "data" / "models")
    return folder


def parts(data: Path) -> list[Path]:
    """Of events that are on record: how soon they are is not asked here (`test_kill`), and a busy machine takes its time."""
    found = [part for part in (data / "clips").rglob("*.part") if part.stat().st_size > WRITTEN]
    if not found:
        return []
    with closing(sqlite3.connect(f"file:{data / 'watchroom.db'}?mode=ro", uri=True)) as connection:
        kept = {event_id for (event_id,) in connection.execute("SELECT id FROM events")}
    return [part for part in found if event_of(Path(part.name.removesuffix(".part"))) in kept]


def clips_of(data: Path) -> dict[str, sqlite3.Row]:
    """By file name."""
    connection = sqlite3.connect(data / "watchroom.db")
    connection.row_factory = sqlite3.Row
    found = {Path(row["file"]).name: row for row in connection.execute("SELECT * FROM clips")}
    connection.close()
    return found


def check_plays(data: Path, row: sqlite3.Row) -> None:
    path = data / row["file"]
    content = path.read_bytes()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (row["sha256"], row["size_bytes"])
    with ClipReader(path) as reader:
        pictures = list(reader.pictures())
    lasted_s = (row["ended_ns"] - row["started_ns"]) / SECOND
    assert len(pictures) > 10 and lasted_s > 1
    assert abs(lasted_s - (pictures[-1].at_ns - pictures[0].at_ns) / SECOND) <= 0.2 + 1e-9, "its length is its real one"


def test_a_clip_that_was_being_written_is_there_as_far_as_it_was_written(shared: Path, models: Path, tmp_path: Path) -> None:
    data, camera = tmp_path / "site", f"--camera=Street={shared / 'data' / 'video' / 'vtest_480x360.avi'}"
    engine = ForkedEngine(data, camera, models=models)
    left: list[Path] = []
    try:
        until(lambda: bool(left.extend(parts(data)) or left), "a clip is being written")
    finally:
        engine.kill()
    again = ForkedEngine(data, models=models)
    try:
        events = {event["id"] for event in again.get("/api/v1/events?limit=500")["events"]}
    finally:
        assert again.stop() == 0
    known = clips_of(data)
    for part in left:
        name = part.name.removesuffix(".part")
        assert event_of(Path(name)) in events
        row = known[name]
        assert row["event_id"] == event_of(Path(name)) and row["thumbnail"]
        check_plays(data, row)
    assert [path for path in (data / "clips").rglob("*") if path.suffix in (".part", ".begun", ".copy")] == []


def test_what_tells_of_somebody_who_was_erased_or_of_no_event_is_not_recovered(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    (folder / "clips" / "2026-01-01").mkdir(parents=True)
    store = open_store(folder / "watchroom.db", SystemClock())
    gone = replace(records.event(7), person_id="gone-1", person="gone-1")
    store.save((gone,))
    for event_id in (gone.id, "ev-nobody"):
        (folder / "clips" / "2026-01-01" / f"cl-{event_id.removeprefix('ev-')}.mp4.part").write_bytes(bytes(1000))
    recovered: tuple[Clip, ...] = recover_clips(folder, store)
    store.close()
    assert recovered == ()
    assert list((folder / "clips").rglob("*.mp4")) == []
