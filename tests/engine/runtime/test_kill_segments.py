"""The engine is killed while it records all the time: every recording that is listed plays, and no more than the last second is lost."""

import multiprocessing
import random
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.video.files import write_streams
from engine.model.time import SECOND
from engine.recording.segments.recovery import left_parts
from engine.recording.segments.store import first_bad_ns
from tests.fakes.engine_process import ForkedEngine
from tests.fakes.recording_process import record
from tests.fakes.waiting import until

SETTINGS = """
[recording]
continuous = true
segment_s = 5.0

[detection]
rate_hz = 0.2
"""


class Site:
    """Cameras that show a video over and over, recorded all the time."""

    def __init__(self, folder: Path, video: Path, cameras: int) -> None:
        self.data = folder / "site"
        self.data.mkdir()
        (self.data / "settings.toml").write_text(SETTINGS, "utf-8")
        self.names = [f"street-{number}" for number in range(cameras)]
        self._arguments = [f"--camera=Street {number}={video}" for number in range(cameras)]
        self._checked: set[str] = set()
        self.worst_lost_s = 0.0
        self.damaged = 0
        self._started_ns = 0

    def start(self) -> ForkedEngine:
        self._started_ns = time.time_ns()
        engine = ForkedEngine(self.data, *self._arguments)
        until(lambda: all(camera["state"] == "live" for camera in engine.get("/api/v1/cameras")), "all cameras are live")
        return engine

    def kill_after(self, engine: ForkedEngine, seconds: float) -> int:
        """When it was (UTC ns)."""
        until(lambda: len(self._parts_since(self._started_ns)) >= len(self.names), "every camera is being recorded")
        time.sleep(seconds)  # of being recorded; the moment is what is tried
        killed_ns = time.time_ns()
        engine.kill()
        return killed_ns

    def check(self, engine: ForkedEngine, killed_ns: int) -> None:
        """What was recorded before is listed again, and plays."""
        until(lambda: not any(part.stat().st_mtime_ns < killed_ns for part in left_parts(self.data)), "what was left is recovered")
        until(lambda: not self._unlisted(killed_ns), "whole files that the record had not heard of are listed")
        until(lambda: len(self._newest(killed_ns)) == len(self.names), "every camera has recordings of before")
        for ended_ns in self._newest(killed_ns).values():
            self.worst_lost_s = max(self.worst_lost_s, (killed_ns - ended_ns) / SECOND)
        self.check_rows()
        assert engine.get("/healthz")["cameras"] == len(self.names)

    def _parts_since(self, at_ns: int) -> list[Path]:
        return [part for part in left_parts(self.data) if part.stat().st_mtime_ns >= at_ns]

    def _unlisted(self, before_ns: int) -> set[Path]:
        """Files of what began before and have no row, by the time in their names: what is recovered is written anew."""
        listed = {self.data / row["file"] for row in self.rows()} | set(left_parts(self.data))
        files = {path for path in (self.data / "segments").rglob("*") if path.is_file() and path not in listed}
        return {path for path in files if int(path.stem.rsplit("-", 1)[1], 16) < before_ns}

    def check_rows(self) -> None:
        """All that is listed plays, or says how far."""
        for row in self.rows():
            if row["id"] not in self._checked:
                self._play(row)

    def rows(self) -> list[dict[str, Any]]:
        connection = sqlite3.connect(self.data / "watchroom.db")
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute("SELECT * FROM segments ORDER BY started_ns")]
        connection.close()
        return found

    def _newest(self, before_ns: int) -> dict[str, int]:
        """End of the newest recording of each camera that began before."""
        return {row["camera_id"]: row["ended_ns"] for row in self.rows() if row["started_ns"] < before_ns}

    def _play(self, row: dict[str, Any]) -> None:
        path = self.data / row["file"]
        assert path.stat().st_size == row["size_bytes"]
        assert first_bad_ns(path) is None or row["damage"]
        self.damaged += bool(row["damage"])
        self._checked.add(row["id"])

    def check_database(self) -> None:
        connection = sqlite3.connect(self.data / "watchroom.db")
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        connection.close()


def kill_again_and_again(site: Site, times: int, longest_s: float) -> None:
    chance = random.Random(times)
    engine = site.start()
    for _ in range(times):
        killed_ns = site.kill_after(engine, chance.uniform(1.5, longest_s))
        site.check_database()
        engine = site.start()
        site.check(engine, killed_ns)
    assert engine.stop() == 0
    assert not left_parts(site.data), "what stops in order leaves nothing half written"
    for earlier, later in overlaps(site.rows()):
        raise AssertionError(f"{earlier} and {later} show the same camera at the same time")


def overlaps(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    ended: dict[str, tuple[int, str]] = {}
    found: list[tuple[str, str]] = []
    for row in rows:
        known = ended.get(row["camera_id"])
        if known is not None and row["started_ns"] < known[0]:
            found.append((known[1], row["id"]))
        ended[row["camera_id"]] = row["ended_ns"], row["id"]
    return found


def test_killed_twice_all_that_is_listed_plays(shared: Path, tmp_path: Path) -> None:
    site = Site(tmp_path, shared / "data" / "video" / "one-by-one-person-detection.mp4", 2)
    kill_again_and_again(site, 2, 3.0)
    assert site.worst_lost_s <= 1.0 and site.damaged == 0


class Recording:
    """The recording parts in a process of their own, forked from one that has loaded everything."""

    def __init__(self, data: Path, video: Path, cameras: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.fakes.recording_process"])
        self._heard, says = context.Pipe(duplex=False)
        self._process = context.Process(target=record, args=(data, video, cameras, says), daemon=True)
        self._process.start()
        says.close()
        assert self._heard.recv() == "ready"

    def kill_after(self, seconds: float) -> int:
        """Time of the newest packet that it had, and said so (UTC ns)."""
        newest_ns = int(self._heard.recv())
        time.sleep(seconds)  # of recording; the moment is what is tried
        self._process.kill()
        self._process.join()
        with suppress(EOFError), self._heard:
            while True:
                newest_ns = int(self._heard.recv())
        return newest_ns


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_a_hundred_times_while_recording_four_cameras(shared: Path, tmp_path: Path) -> None:
    video = write_streams(tmp_path)["720p"]
    site = Site(tmp_path, video, 4)
    chance = random.Random(7)
    lost_s: list[float] = []
    recording = Recording(site.data, video, 4)
    for _ in range(100):
        newest_ns = recording.kill_after(chance.uniform(0.3, 4.0))
        site.check_database()
        recording = Recording(site.data, video, 4)  # recovers first
        ended = {row["camera_id"]: row["ended_ns"] for row in site.rows() if row["started_ns"] <= newest_ns}
        site.check_rows()
        lost_s += [(newest_ns - ended[f"camera-{number}"]) / SECOND for number in range(4)]
    recording.kill_after(0.5)
    assert max(lost_s) <= 1.0
    assert not overlaps(site.rows())
    print(f"{len(site.rows())} recordings, at worst {max(lost_s):.2f} s lost, {site.damaged} marked as damaged")


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_the_whole_engine_is_killed_again_and_again(shared: Path, tmp_path: Path) -> None:
    site = Site(tmp_path, shared / "data" / "video" / "one-by-one-person-detection.mp4", 4)
    kill_again_and_again(site, 30, 7.0)
    print(f"{len(site.rows())} recordings, at worst {site.worst_lost_s:.2f} s lost, {site.damaged} marked as damaged")
    assert site.worst_lost_s <= 1.0
