"""The log as files: bounded, without secrets, and whatever the disk does, whoever logs goes on."""

import logging
import os
from logging.handlers import QueueHandler
from pathlib import Path

import pytest

from engine.runtime.health import log_file
from engine.runtime.health.log_file import OLDER, log_kept
from tests.fakes.waiting import until

log = logging.getLogger("camera.test")


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_what_any_part_logs_is_in_the_file_once_and_only_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "watchroom.log"
    before = list(logging.getLogger().handlers)
    log.info("too early")
    for run in ("first", "second"):
        with log_kept(path):
            log.info("the %s run", run)
    log.info("too late")
    lines = path.read_text("utf-8").splitlines()
    assert [line.partition(" INFO ")[2] for line in lines] == ["camera.test: the first run", "camera.test: the second run"]
    assert logging.getLogger().handlers == before


def test_its_files_are_bounded_and_the_newest_lines_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "LARGEST", 2_000)
    with log_kept(tmp_path / "watchroom.log"):
        for number in range(500):
            log.info("line %d", number)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["watchroom.log", *(f"watchroom.log.{number}" for number in range(1, OLDER + 1))]
    assert all(path.stat().st_size <= 2_000 for path in tmp_path.iterdir())
    newest_first = [tmp_path / name for name in names]
    kept = [int(line.rpartition(" ")[2]) for path in reversed(newest_first) for line in path.read_text("utf-8").splitlines()]
    assert kept == list(range(kept[0], 500)) and len(kept) > 100


def test_no_secret_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "watchroom.log"
    with log_kept(path):
        log.warning("cannot open rtsp://root:cam-pass-77@192.0.2.7/main?token=%s", "hunter2-secret")
        try:
            raise OSError("refused: password=hunter2-secret")
        except OSError:
            log.exception("it failed")
    text = path.read_text("utf-8")
    assert "cannot open rtsp://" in text and "Traceback" in text and "refused" in text
    assert "cam-pass-77" not in text and "hunter2-secret" not in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_costs_lines_and_nothing_else(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "watchroom.log"
    path.symlink_to("/dev/full")
    with log_kept(path):
        log.info("there is no room for this")
        log.info("nor for this")
        until(all_taken, "the lines before are under way")
        path.unlink()
        log.info("there is room again")
    assert path.read_text("utf-8").endswith("camera.test: there is room again\n")
    assert "Logging error" not in capfd.readouterr().err


def test_a_folder_that_cannot_be_made_is_tried_again_with_the_next_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "logs"
    folder.write_text("in the way")
    with log_kept(folder / "watchroom.log"):
        log.info("lost")
        until(all_taken, "the lines before are under way")
        folder.unlink()
        log.info("kept")
    assert (folder / "watchroom.log").read_text("utf-8").endswith("camera.test: kept\n")
    assert "Logging error" not in capfd.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nobody_waits_for_a_disk_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MOST_WAITING", 5)
    path = tmp_path / "watchroom.log"
    os.mkfifo(path)  # opening it hangs until somebody reads
    with log_kept(path):
        for number in range(100):
            log.info("line %d", number)
        reading = path.open(encoding="utf-8")
        until(all_taken, "the lines before are under way")
    with reading:
        lines = reading.read().splitlines()
    assert len(lines) in (5, 6) and lines[0].endswith("camera.test: line 0"), "the one that is being written, and those that wait"


def all_taken() -> bool:
    [taker] = [each for each in logging.getLogger().handlers if isinstance(each, QueueHandler)]
    return bool(taker.queue.empty())


def test_text_from_elsewhere_begins_no_line_and_moves_no_cursor(tmp_path: Path) -> None:
    path, forged = tmp_path / "watchroom.log", "yard\r\n2026-01-01 00:00:00,000 INFO engine: all well\x1b[2J"
    with log_kept(path):
        log.warning("%s is lost", forged)
        try:
            raise OSError(forged)
        except OSError:
            log.exception("it failed")
    text = path.read_text("utf-8")
    assert "\x1b" not in text and r"yard\r\n2026-01-01" in text and r"\x1b[2J" in text
    entries = [line for line in text.splitlines() if not line.startswith("    ")]
    assert len(entries) == 2, entries
