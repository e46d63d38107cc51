"""The power fails: what was not on the disk yet is missing from the end of files, of any of them. The engine starts all the same, its
database is sound, nothing half is listed, and what it had said is still there."""

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import pytest

from engine.model.question import ListEvents
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock, from_iso
from engine.pipeline.pipeline import Pipeline
from engine.recording.files import sha256_of
from engine.recording.segments.store import first_bad_ns
from engine.runtime.data_folder import DataFolder
from engine.runtime.recorder.record import Record
from engine.runtime.storage.backup_folder import BackupFolder
from engine.vision.tracking import Tracker
from tests.fakes.engine_process import EngineProcess
from tests.fakes.observations import START_NS, Walk, numbered, scene
from tests.fakes.observations import camera as fake_camera
from tests.fakes.ports import NO_TROUBLE
from tests.fakes.waiting import until
from tests.soak.figures import keep_figures

SETTINGS = """
[recording]
continuous = true
segment_s = 5.0
before_s = 1.0
after_s = 0.5
"""
LEAST_LEFT = 0.2  # of a file that is cut: what was on the disk for long stays
LOST_NS = SECOND
TIMES = int(os.environ.get("WATCHROOM_KILLS", "100"))


@pytest.mark.parametrize("lost", ["-wal", "-shm", "both"])
def test_what_came_before_a_checkpoint_does_not_need_the_databases_log(tmp_path: Path, lost: str) -> None:
    """The log of observations is gone through from the newest checkpoint on, and what is in the database's log may be older than that."""

    def opened(folder: Path) -> Record:
        return Record(DataFolder(folder), ManualClock(START_NS + 60 * SECOND), lambda: Pipeline(Tracker), NO_TROUBLE)

    record = opened(tmp_path / "site")
    record.writer.start()
    for item in numbered(scene([Walk(1, 6), Walk(10, 15)], 20), Settings(cameras=(fake_camera(),)), record.next_number):
        result = record.pipeline.step(item)
        record.writer.submit(item, (*result.sequences, *result.decisions, *result.events))
    number, state = record.pipeline.number, record.pipeline.state()
    record.writer.run_in_order(lambda: record.save_checkpoint(number, state))
    assert record.writer.flush(20)
    told = {event.id for event in record.store.answer(ListEvents(limit=50))}
    assert len(told) == 2
    shutil.copytree(tmp_path / "site", tmp_path / "cut")  # as the disk is at this moment
    record.close()
    for suffix in ("-wal", "-shm") if lost == "both" else (lost,):
        (tmp_path / "cut" / f"watchroom.db{suffix}").unlink()
    again = opened(tmp_path / "cut")
    assert {event.id for event in again.store.answer(ListEvents(limit=50))} == told
    again.close()


def test_what_was_said_a_moment_ago_needs_neither_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both may be cut by one failure: that of observations, and the database's."""
    monkeypatch.setattr("engine.runtime.recorder.record.SETTLE_S", 0.0)
    folder = DataFolder(tmp_path / "site")
    record = Record(folder, ManualClock(START_NS + 60 * SECOND), lambda: Pipeline(Tracker), NO_TROUBLE)
    record.writer.start()
    for item in numbered(scene([Walk(1, 6), Walk(10, 15)], 20), Settings(cameras=(fake_camera(),)), record.next_number):
        result = record.pipeline.step(item)
        record.writer.submit(item, (*result.sequences, *result.decisions, *result.events))
        assert record.writer.flush(20)
    told = {event.id for event in record.store.answer(ListEvents(limit=50))}
    shutil.copytree(tmp_path / "site", tmp_path / "cut")
    record.close()
    shutil.rmtree(tmp_path / "cut" / "journal")
    for suffix in ("-wal", "-shm"):
        (tmp_path / "cut" / f"watchroom.db{suffix}").unlink()
    with sqlite3.connect(tmp_path / "cut" / "watchroom.db") as cut:
        assert {row[0] for row in cut.execute("SELECT id FROM events")} == told
    cut.close()


@dataclass
class Site:
    """An engine that records all the time, and the folder it leaves when its power fails."""

    folder: Path
    video: Path
    models: Path
    cameras: int
    dice: random.Random
    told: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    to_live_s: list[float] = field(default_factory=list[float])  # by its own account
    to_answer_s: list[float] = field(default_factory=list[float])  # until somebody who asks over HTTP is told so
    work_s: list[float] = field(default_factory=list[float])  # processor time until then: on a busy machine it says more
    cut: dict[str, int] = field(default_factory=dict[str, int])
    lost: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "settings.toml").write_text(SETTINGS, "utf-8")

    def start(self) -> EngineProcess:
        began_s, began_ns = time.monotonic(), time.time_ns()
        engine = EngineProcess(self.folder, *(f"--camera=Street {n}={self.video}" for n in range(self.cameras)), models=self.models)
        until(lambda: all(it["state"] == "live" for it in engine.get("/api/v1/cameras")), "all cameras are live")
        self.to_answer_s.append(time.monotonic() - began_s)
        live_ns = max(from_iso(it["since"]) for it in engine.get("/api/v1/cameras"))
        self.to_live_s.append((live_ns - began_ns) / SECOND)
        self.work_s.append(sum(psutil.Process(engine.pid).cpu_times()[:2]))
        return engine

    def listen(self, engine: EngineProcess, seconds: float) -> None:
        """What it says, until the power fails."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            snapshot = engine.get("/api/v1/snapshot")
            now_ns = from_iso(snapshot["at"])
            self.told |= {event["id"]: event for event in snapshot["events"] if now_ns - from_iso(event["received"]) > LOST_NS}
            time.sleep(0.05)

    def files(self, kind: str) -> list[Path]:
        """Those of a kind, the ones written last at the end."""
        found = [path for path in self.folder.glob(KINDS[kind]) if path.is_file() and path.stat().st_size]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def cut_one(self, kind: str) -> bool:
        """The end of the file of this kind that was written last."""
        found = self.files(kind)
        if not found:
            return False
        size = found[-1].stat().st_size
        with found[-1].open("r+b") as file:
            file.truncate(int(size * self.dice.uniform(LEAST_LEFT, 1.0)))
        self.cut[kind] = self.cut.get(kind, 0) + 1
        return True

    def back_up(self) -> None:
        """One is made soon after every first start."""
        until(lambda: bool(BackupFolder(self.folder).all()), "there is a backup")

    def check(self, engine: EngineProcess) -> None:
        until(lambda: not list((self.folder / "segments").rglob("*.copy")) and self._all_whole(), "nothing half is listed")
        with sqlite3.connect(f"file:{self.folder / 'watchroom.db'}?mode=ro", uri=True) as record:
            assert record.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            kept = {row[0] for row in record.execute("SELECT id FROM events")}
        record.close()
        self.lost += [event_id for event_id in self.told if event_id not in kept]

    def _all_whole(self) -> bool:
        rows = list(self._rows("SELECT file, size_bytes, sha256, '' AS damage FROM clips"))
        rows += list(self._rows("SELECT file, size_bytes, '' AS sha256, damage FROM segments"))
        return all(self._whole(row) for row in rows)

    def _whole(self, row: sqlite3.Row) -> bool:
        path = self.folder / row["file"]
        if not path.exists() or path.stat().st_size != row["size_bytes"]:
            return False
        return not row["sha256"] or sha256_of(path) == row["sha256"]

    def _rows(self, query: str) -> Iterator[sqlite3.Row]:
        record = sqlite3.connect(f"file:{self.folder / 'watchroom.db'}?mode=ro", uri=True)
        record.row_factory = sqlite3.Row
        yield from record.execute(query).fetchall()
        record.close()

    def all_play(self) -> None:
        """To their end, or as far as they say."""
        for row in self._rows("SELECT file, damage FROM segments"):
            assert first_bad_ns(self.folder / row["file"]) is None or row["damage"], row["file"]
        for row in self._rows("SELECT file FROM clips"):
            assert first_bad_ns(self.folder / row["file"]) is None, row["file"]


KINDS = {
    "database": "watchroom.db",
    "log of the database": "watchroom.db-wal",
    "index of that log": "watchroom.db-shm",
    "log of observations": "journal/*.chunks",
    "checkpoint": "checkpoints/*.z",
    "recording": "segments/*/*/*.mp4",
    "recording in the making": "segments/*/*/*.part",
    "clip": "clips/*/*.mp4",
    "row beside a clip": "clips/*/*.row",
    "picture": "thumbnails/*.jpg",
    "privacy ledger": "privacy.json",
}


def fail(site: Site, engine: EngineProcess, kinds: list[str], listen_s: float) -> EngineProcess:
    """The power fails, ends of files are missing, and it is started again."""
    site.listen(engine, listen_s)
    engine.kill()
    for kind in kinds:
        site.cut_one(kind)
    again = site.start()
    site.check(again)
    return again


@pytest.fixture(scope="module")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from engine.vision.models import ModelStore

    folder = tmp_path_factory.mktemp("models")
    ModelStore(folder).install(("yolox-nano",), shared / "data" / "models")
    return folder


@pytest.fixture
def make_site(shared: Path, models: Path, tmp_path: Path) -> Callable[[int, int], Site]:
    def make(cameras: int, seed: int) -> Site:
        return Site(tmp_path / "site", shared / "data" / "video" / "vtest_480x360.avi", models, cameras, random.Random(seed))

    return make


def test_the_ends_of_many_files_are_missing_at_once(make_site: Callable[[int, int], Site]) -> None:
    """Not of the database itself: it is made sound from a backup, which `test_restore.py` tries in many ways."""
    site = make_site(1, 3)
    engine = site.start()
    until(lambda: bool(site.files("clip")) and bool(site.files("recording")), "clips and recordings are there")
    again = fail(site, engine, [kind for kind in KINDS if kind not in ("database", "log of observations")], 1.2)
    assert again.stop() == 0
    site.all_play()
    assert site.told and site.lost == []


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_power_fails_again_and_again(make_site: Callable[[int, int], Site]) -> None:
    """Four cameras; each time the ends of one to three files are missing, of any kind. `WATCHROOM_KILLS`: how often."""
    site = make_site(4, 11)
    engine = site.start()
    site.back_up()
    rounds: list[dict[str, Any]] = []
    log_was_cut = False
    for _ in range(TIMES):
        kinds = site.dice.sample(list(KINDS), site.dice.choice((1, 1, 2, 3)))
        engine = fail(site, engine, kinds, site.dice.uniform(1.2, 4.0))
        rounds.append(
            {
                "cut": kinds,
                "to_live_s": round(site.to_live_s[-1], 2),
                "to_answer_s": round(site.to_answer_s[-1], 2),
                "work_s": round(site.work_s[-1], 2),
                "lost": len(site.lost),
                "load": os.getloadavg()[0],
            }
        )
        keep_figures("power", rounds)
        log_was_cut = log_was_cut or "log of observations" in kinds
        if site.lost:  # only where both that say it were cut since the last backup
            assert log_was_cut and {"database", "log of the database"} & set(kinds), (kinds, site.lost)
            site.told = {event_id: event for event_id, event in site.told.items() if event_id not in site.lost}
            site.lost.clear()
    assert engine.stop() == 0
    site.all_play()
    print(f"\n{len(rounds)} times; cut: {site.cut}; {len(site.told)} events told, {sum(row['lost'] for row in rounds)} lost")
    for name in ("to_live_s", "to_answer_s"):
        restored = [row[name] for row in rounds if "database" in row["cut"]]
        others = [row[name] for row in rounds if "database" not in row["cut"]]
        print(f"{name}: median {median(others):.1f}, longest {max(others):.1f}; database restored: {max(restored, default=0):.1f} at most")
