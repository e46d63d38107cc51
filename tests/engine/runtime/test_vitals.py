"""What the engine says about its own folder."""

from pathlib import Path

from engine.model.health import DetectorHealth, ModelRun
from engine.model.time import SystemClock
from engine.runtime.cameras.camera import CameraUnit
from engine.runtime.health.vitals import FOLDER_EVERY, Vitals, folder_bytes
from engine.runtime.supervisor import ErrorBook
from engine.runtime.troubles import Troubles


class Nothing:
    """To be measured."""

    def cameras(self) -> tuple[CameraUnit, ...]:
        return ()

    def backlog(self) -> int:
        return 0

    def database_bytes(self) -> int:
        return 0

    def detector(self) -> DetectorHealth:
        return DetectorHealth()

    def models(self) -> tuple[ModelRun, ...]:
        return ()

    def providers(self) -> tuple[str, ...]:
        return ()

    def complaints(self) -> tuple[str, ...]:
        return ()


def vitals(folder: Path) -> Vitals:
    clock = SystemClock()
    errors = ErrorBook(clock)
    return Vitals(folder, clock, errors, Troubles(errors), Nothing())


def put(folder: Path, name: str, size: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(bytes(size))


def test_recordings_are_clips_thumbnails_and_journal(tmp_path: Path) -> None:
    put(tmp_path / "clips" / "yard", "a.mp4", 1000)
    put(tmp_path / "thumbnails", "a.jpg", 200)
    put(tmp_path / "journal", "0001.log", 30)
    put(tmp_path / "logs", "engine.log", 5000)
    sampled = vitals(tmp_path)
    sampled.sample()
    assert sampled.health.recordings_bytes == 1230


def test_recordings_are_looked_at_again(tmp_path: Path) -> None:
    sampled = vitals(tmp_path)
    sampled.sample()
    put(tmp_path / "clips", "a.mp4", 77)
    for _ in range(FOLDER_EVERY):
        sampled.sample()
    assert sampled.health.recordings_bytes == 77


def test_a_folder_that_is_not_there_or_links_away_counts_nothing(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "large", 4000)
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert folder_bytes(tmp_path / "missing") == 0
    assert folder_bytes(tmp_path / "inside") < 4000
