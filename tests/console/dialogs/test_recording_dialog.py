"""What is recorded is chosen by who sees what that takes."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.recording import RecordingDialog, room_text
from console.pages.system.words import recording_text
from console.recording_estimate import GIB, Limit, estimate
from engine.model.command import ChangeSettings
from engine.model.health import CameraHealth, EngineHealth
from engine.model.settings import CameraSettings, RecordingSettings, Settings
from engine.model.snapshot import CameraView, Snapshot
from tests.fakes.engine import FakeEngine

MBIT = 1_000_000 / 8
SETTINGS = RecordingSettings(continuous=True, keep_segments_days=7, keep_segments_gib=100, keep_free_gib=1)


def view(number: int, rate: float = 2 * MBIT, on: bool = True) -> CameraView:
    return CameraView(
        CameraSettings(f"c{number}", f"C{number}", "rtsp://192.0.2.1/", enabled=on), CameraHealth(recorded_bytes_s=rate), (), 0
    )


def snapshot(*views: CameraView, free_gib: float = 1_000, kept_gib: float = 0, recording: RecordingSettings = SETTINGS) -> Snapshot:
    health = EngineHealth(disk_free_bytes=round(free_gib * GIB), segments_bytes=round(kept_gib * GIB))
    return replace(Snapshot(0, 0, Settings(recording=recording)), cameras=views, health=health)


def test_what_a_day_takes_and_what_decides_how_long_it_is_kept() -> None:
    found = estimate(snapshot(view(1), view(2), view(3, 0.0), view(4, on=False)), SETTINGS)
    assert found is not None
    assert (found.cameras, found.unknown) == (2, 1)
    assert found.bytes_a_day / GIB == pytest.approx(40.2, abs=0.1)
    assert (found.limit, round(found.days, 1)) == (Limit.SIZE, 2.5)
    roomy = estimate(snapshot(view(1)), replace(SETTINGS, keep_segments_gib=1_000))
    assert roomy is not None and (roomy.limit, roomy.days) == (Limit.AGE, 7)
    tight = estimate(snapshot(view(1), free_gib=11, kept_gib=10), SETTINGS)
    assert tight is not None and tight.limit is Limit.DISK
    assert tight.days == pytest.approx(20 / 20.1, abs=0.01) and tight.disk_days == pytest.approx(10 / 20.1, abs=0.01)
    assert estimate(snapshot(view(1, 0.0)), SETTINGS) is None


def test_the_page_says_what_is_recorded() -> None:
    assert recording_text(snapshot(recording=RecordingSettings(enabled=False))).startswith("Recording is off")
    assert recording_text(snapshot(recording=RecordingSettings())) == "Recording clips of events only."
    told = recording_text(snapshot(view(1), kept_gib=38))
    assert told == "Recording all cameras continuously. 38 GiB stored. 20 GiB a day; retention 5.0 days."


@pytest.fixture
def dialog(bridge: EngineBridge, qtbot: QtBot) -> RecordingDialog:
    dialog = RecordingDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_what_is_off_cannot_be_set(dialog: RecordingDialog) -> None:
    of_clips = (dialog.before, dialog.after, dialog.clip_days, dialog.clip_gib)
    assert dialog.enabled.isChecked() and not dialog.continuous.isChecked() and all(box.isEnabled() for box in of_clips)
    assert not any(box.isEnabled() for box in (dialog.days, dialog.gib, dialog.segment, dialog.archive))
    dialog.continuous.setChecked(True)
    assert all(box.isEnabled() for box in (dialog.days, dialog.gib, dialog.segment, dialog.archive, dialog.free))
    dialog.enabled.setChecked(False)
    assert not any(box.isEnabled() for box in (*of_clips, dialog.days, dialog.continuous))


def test_all_that_was_set_is_told(dialog: RecordingDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.continuous.setChecked(True)
    dialog.days.setValue(3)
    dialog.gib.setValue(80)
    dialog.segment.setValue(30)
    dialog.clip_days.setValue(60)
    dialog.before.setValue(12.5)
    dialog.after.setValue(0)
    dialog.archive.setText("/mnt/archive")
    dialog.submit()
    qtbot.waitUntil(lambda: any(isinstance(each, ChangeSettings) for each in engine.commands))
    (told,) = (each.recording for each in engine.commands if isinstance(each, ChangeSettings))
    wanted = RecordingSettings(continuous=True, keep_segments_days=3, keep_segments_gib=80, segment_s=30, keep_clips_days=60)
    assert told == replace(wanted, archive_folder="/mnt/archive", before_s=12.5, after_s=0)


def test_an_archive_that_could_be_anywhere_is_refused(dialog: RecordingDialog, engine: FakeEngine) -> None:
    dialog.continuous.setChecked(True)
    dialog.archive.setText("recordings")
    dialog.submit()
    assert dialog.isVisible() and not any(isinstance(each, ChangeSettings) for each in engine.commands)


def test_without_a_measurement_nothing_is_made_up(dialog: RecordingDialog) -> None:
    assert "The current streams take" in dialog.room.text() or "the size of a day is unknown" in dialog.room.text()


def test_what_is_not_recorded_is_not_said_to_be_kept() -> None:
    found = estimate(snapshot(view(1)), SETTINGS)
    assert "Retention: 5.0 days" in room_text(found, recorded=True)
    off = room_text(found, recorded=False)
    assert "retention would be 5.0 days" in off and "Retention:" not in off
