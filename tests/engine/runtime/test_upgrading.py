"""An upgrade copies the record first, and whoever goes back finds it as it was; nothing is deleted on the way."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from console.__main__ import ENVIRONMENT, main
from engine.model.errors import EnvironmentFault
from engine.model.question import ListEvents
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.model.upkeep import Backup, UpkeepSettings
from engine.pipeline import pipeline as pipeline_file
from engine.pipeline.pipeline import Pipeline
from engine.runtime.data_folder import DataFolder
from engine.runtime.recorder.record import Record
from engine.runtime.storage.backup_copy import write_backup
from engine.runtime.storage.backup_folder import BackupFolder, beyond
from engine.runtime.storage.restore import ask_for, last_restored, open_or_restore
from engine.runtime.storage.upgrading import keep_way_back, open_beside
from engine.store import schema
from engine.store.database import soundness
from engine.vision.tracking import Tracker
from tests.fakes.observations import START_NS, Walk, numbered, scene
from tests.fakes.observations import camera as fake_camera
from tests.fakes.ports import NO_TROUBLE

OLD_SCHEMA = Path(__file__).parents[1] / "store" / "schema_0014.sql"
CLOCK = ManualClock(START_NS)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A folder whose record an older version wrote."""
    data = DataFolder(tmp_path / "site")
    with closing(sqlite3.connect(data.database)) as connection:
        connection.executescript(OLD_SCHEMA.read_text("utf-8"))
    return data


def schema_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def open_record(data: DataFolder, clock: ManualClock = CLOCK) -> Record:
    return Record(data, clock, lambda: Pipeline(Tracker), NO_TROUBLE)


def events(record: Record) -> set[str]:
    return {event.id for event in record.store.answer(ListEvents(limit=200))}


def test_a_record_that_was_closed_in_order_is_not_read_as_a_whole(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes seconds for ten million events. The look at its schema before leaves nothing that looks like a crash."""
    open_record(data).close()
    checked: list[Path] = []
    monkeypatch.setattr(soundness, "_check", lambda path, busy_ms: checked.append(path))
    open_record(data).close()
    open_beside(data, CLOCK).close()
    assert checked == [] and not list(data.path.glob("watchroom.db-wal"))


def test_the_record_is_copied_before_it_is_changed(data: DataFolder) -> None:
    record = open_record(data)
    known = events(record)
    record.close()
    [backup] = BackupFolder(data.path).all()
    assert backup.before_upgrade and backup.schema == "0014"
    assert schema_in(data.database) == schema.NEWEST
    assert schema_in(BackupFolder(data.path).path / backup.name / "watchroom.db") == "0014"
    open_record(data).close()
    assert BackupFolder(data.path).all() == (backup,), "once is enough"
    assert known


def test_a_new_record_and_one_of_this_version_are_not_copied(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "site")
    open_record(data).close()
    open_record(data).close()
    assert BackupFolder(data.path).all() == ()


def test_an_upgrade_that_was_cut_short_does_not_fill_the_disk(data: DataFolder) -> None:
    folders = [BackupFolder(data.path)]
    made = [keep_way_back(data, ManualClock(START_NS + second * SECOND), folders) for second in range(3)]
    assert made[0] is not None and made == [made[0]] * 3


def test_without_room_for_the_copy_nothing_is_changed(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.storage.upgrading.shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    before = data.database.read_bytes()
    with pytest.raises(EnvironmentFault, match="Nothing was changed") as refused:
        open_record(data)
    assert refused.value.reason == "disk_full" and data.database.read_bytes() == before
    assert not list(BackupFolder(data.path).path.iterdir())


def test_going_back_to_the_version_before(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version before refuses what the newer one wrote, says how to go back, and does when it is told to."""
    open_record(data).close()
    newer = schema_in(data.database)
    with monkeypatch.context() as before:
        for place in ("engine.store.schema.NEWEST", "engine.runtime.storage.upgrading.NEWEST"):
            before.setattr(place, "0014")
        [backup] = BackupFolder(data.path).all()
        with pytest.raises(EnvironmentFault, match=f"watchroom backups restore {backup.name}") as refused:
            open_or_restore(data, CLOCK, [BackupFolder(data.path)])
        assert refused.value.reason == "database_newer" and schema_in(data.database) == newer
        ask_for(data, backup, BackupFolder(data.path))
        opened = open_or_restore(data, CLOCK, [BackupFolder(data.path)])
        opened.store.close()
        assert opened.restored is not None and opened.restored.asked and opened.backup == backup
        assert schema_in(data.database) == "0014"
        assert schema_in(data.path / opened.restored.aside / "watchroom.db") == newer, "set aside, not deleted"


def test_going_back_to_a_certain_copy(data: DataFolder) -> None:
    open_record(data).close()
    [old] = BackupFolder(data.path).all()
    ask_for(data, old, BackupFolder(data.path))
    record = open_record(data)
    assert record.restored is not None and record.restored.asked and record.restored.backup_name == old.name
    assert schema_in(data.database) == schema.NEWEST
    record.close()
    assert last_restored(data.path) == record.restored
    again = open_record(data)
    assert again.restored is None, "once"
    again.close()


def test_a_damaged_copy_is_not_gone_back_to(data: DataFolder) -> None:
    open_record(data).close()
    folder = BackupFolder(data.path)
    [old] = folder.all()
    with (folder.path / old.name / "watchroom.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"another")
    with pytest.raises(EnvironmentFault, match="damaged"):
        ask_for(data, old, folder)
    record = open_record(data)
    assert record.restored is None
    record.close()


def test_the_copy_before_the_upgrade_outlives_the_hourly_ones() -> None:
    def made(hour: int, before_upgrade: bool = False) -> Backup:
        return Backup(f"b{hour}", hour * 3600 * SECOND, hour, "1", "", 1 << 30, "1", before_upgrade=before_upgrade)

    hourly = [made(hour) for hour in range(400, 100, -1)]
    older, way_back = made(40, before_upgrade=True), made(100, before_upgrade=True)
    gone = beyond([*hourly, way_back, older], UpkeepSettings(keep_hourly=3, keep_daily=1))
    assert way_back not in gone and older in gone and hourly[0] not in gone
    small = beyond([*hourly, way_back], UpkeepSettings(keep_backups_gib=0.5))
    assert set(hourly) - set(small) == {hourly[0]} and way_back not in small


def test_a_note_of_a_newer_version_is_read(data: DataFolder) -> None:
    open_record(data).close()
    folder = BackupFolder(data.path)
    about = folder.path / folder.all()[0].name / "backup.json"
    about.chmod(0o600)
    about.write_text(about.read_text().replace("{", '{"weather": "fine",', 1))
    assert folder.all()


def a_day_of(data: DataFolder, clock: ManualClock, length_s: int) -> None:
    """A record with a checkpoint at its end, whose log is so long."""
    record = open_record(data, clock)
    record.writer.start()
    story = numbered(
        scene([Walk(1, 6), Walk(length_s - 10, length_s - 4)], length_s), Settings(cameras=(fake_camera(),)), record.next_number
    )
    for item in story:
        result = record.pipeline.step(item)
        record.writer.submit(item, (*result.sequences, *result.decisions, *result.events))
    assert record.writer.flush(60)
    record.save_checkpoint(record.pipeline.number, record.pipeline.state())
    clock.advance_to(story[-1].received_ns + SECOND)
    record.close()


@pytest.mark.parametrize(("longest_s", "forgot"), [(20, True), (3600, False)])
def test_checkpoints_of_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest_s: int, forgot: bool) -> None:
    """A short log is gone through from its beginning; of a long one nothing is, so that a start is never a matter of hours."""
    data, clock = DataFolder(tmp_path / "site"), ManualClock(START_NS)
    a_day_of(data, clock, 40)
    before = open_record(data, clock)
    known = events(before)
    assert not before.forgot and known
    before.close()
    monkeypatch.setattr(pipeline_file, "STATE_VERSION", pipeline_file.STATE_VERSION + 1)
    monkeypatch.setattr("engine.runtime.recorder.recovery.LONGEST_ANEW_NS", longest_s * SECOND)
    after = open_record(data, clock)
    assert after.forgot is forgot and events(after) == known
    assert after.next_number > before.pipeline.number, "ids never come again"
    after.close()


def test_what_a_record_is_told_again_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, clock = DataFolder(tmp_path / "site"), ManualClock(START_NS)
    a_day_of(data, clock, 40)
    record = open_record(data, clock)
    folder = BackupFolder(data.path)
    made = write_backup(data, folder, 1, clock.now_ns(), lambda: None)
    record.close()
    monkeypatch.setattr(pipeline_file, "STATE_VERSION", pipeline_file.STATE_VERSION + 1)
    monkeypatch.setattr("engine.runtime.recorder.recovery.LONGEST_TOLD_NS", 20 * SECOND)
    ask_for(data, made, folder)
    after = open_record(data, clock)
    assert after.forgot and after.restored is not None and after.restored.gap and not after.restored.replayed
    after.close()


def test_commands_leave_an_older_record_to_the_start_of_an_engine(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Which copies it first. An engine of the version before may be using it just now."""
    before = data.database.read_bytes()
    for command in (["token", "list"], ["token", "create", "--role", "operator"], ["users", "list"]):
        assert main([*command, "--data", str(data.path)]) == ENVIRONMENT
        assert "Start the engine of this version once" in capsys.readouterr().err
    assert data.database.read_bytes() == before and BackupFolder(data.path).all() == ()
    open_record(data).close()
    assert main(["token", "list", "--data", str(data.path)]) == 0
