"""A data folder that the version before wrote, killed while it watched a simulated camera: all of it is there afterwards.

`data/site_of_schema_0014.tar.xz` was made by that version itself (86bde25, 22 November 2026), not by this one.
"""

import tarfile
from pathlib import Path

import pytest

from engine.model.event import EventKind
from engine.model.question import ListClips, ListDecisions, ListEvents
from engine.model.time import SECOND, ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.runtime.data_folder import DataFolder
from engine.runtime.recorder.record import Record
from engine.runtime.settings.settings_file import load_settings, save_settings
from engine.runtime.storage.backup_folder import BackupFolder
from engine.runtime.storage.restore import ask_for
from engine.store.database.backup import schema_of
from engine.store.schema import NEWEST
from engine.vision.tracking import Tracker
from tests.fakes.ports import NO_TROUBLE

WRITTEN = Path(__file__).parent / "data" / "site_of_schema_0014.tar.xz"
KILLED_NS = 1_795_323_760 * SECOND
KNOWN = {"ev-01a201a239ed-0", "ev-01a201a23a17-0", "ev-01a201a23b0e-0"}
STILL_GOING_ON = "ev-01a201a23b0e-0"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    with tarfile.open(WRITTEN) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2, which Debian 12 has, knows none
        archive.extractall(tmp_path / "site")
    return DataFolder(tmp_path / "site")


def opened(data: DataFolder) -> Record:
    return Record(data, ManualClock(KILLED_NS), lambda: Pipeline(Tracker), NO_TROUBLE)


def test_everything_is_there_and_goes_on(data: DataFolder) -> None:
    record = opened(data)
    assert schema_of(data.database) == NEWEST and not record.forgot and record.restored is None
    events = {event.id: event for event in record.store.answer(ListEvents(limit=50))}
    assert events.keys() == KNOWN and {event.kind for event in events.values()} == {EventKind.MOTION}
    assert len(record.store.answer(ListDecisions(limit=50))) == 6
    clips = record.store.answer(ListClips(limit=50))
    assert len(clips) == 2 and all((data.path / clip.file).is_file() and (data.path / clip.thumbnail).is_file() for clip in clips)
    assert record.pipeline.open_event_ids() == {STILL_GOING_ON} and events[STILL_GOING_ON].ended_ns is None, (
        "its checkpoint and log are read"
    )
    record.close()


def test_settings_are_read_and_written_anew(data: DataFolder) -> None:
    settings = load_settings(data.settings)
    assert [camera.name for camera in settings.cameras] == ["Hall"] and settings.cameras[0].simulated
    save_settings(data.settings, settings)
    assert load_settings(data.settings) == settings


def test_back_to_what_the_version_before_left(data: DataFolder) -> None:
    before = data.settings.read_bytes()
    opened(data).close()
    folder = BackupFolder(data.path)
    [backup] = folder.all()
    kept = folder.path / backup.name
    assert backup.schema == schema_of(kept / "watchroom.db") == "0014" and (kept / "settings.toml").read_bytes() == before
    ask_for(data, backup, folder)
    record = opened(data)
    assert record.restored is not None and record.restored.asked and not record.restored.gap
    assert {event.id for event in record.store.answer(ListEvents(limit=50))} == KNOWN
    record.close()
