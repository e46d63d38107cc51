"""A record that is damaged, however, is put together again from a copy, the log and files; nothing is deleted, nothing is made up."""

import hashlib
import os
import random
import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.model.accounts.access import Role, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.cameras.segment import EvidenceLock
from engine.model.errors import EnvironmentFault
from engine.model.question import ListClips, ListEvents
from engine.model.repository import StoredToken, StoredUser
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.clips.clip_rows import keep_row
from engine.recording.files import sha256_of
from engine.runtime.data_folder import DataFolder
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.keeping.backups import Backups
from engine.runtime.recorder.record import Record
from engine.runtime.settings.site_settings import FixedSettings
from engine.runtime.storage import restore
from engine.runtime.storage.backup_folder import ABOUT, BackupFolder
from engine.runtime.storage.restore import GOING_ON, last_restored
from engine.runtime.supervisor import ErrorBook
from engine.vision.tracking import Tracker
from tests.engine.store import records
from tests.fakes.observations import START_NS, Walk, numbered, scene
from tests.fakes.observations import camera as fake_camera
from tests.fakes.ports import NO_TROUBLE


@dataclass
class Site:
    folder: Path
    clock: ManualClock

    def open(self) -> Record:
        return Record(DataFolder(self.folder), self.clock, lambda: Pipeline(Tracker), NO_TROUBLE)

    def backups(self, record: Record) -> Backups:
        jobs = Jobs(ErrorBook(self.clock), self.clock)
        data, enough_ns = DataFolder(self.folder), record.copies_enough_from_ns
        return Backups(data, self.clock, FixedSettings(Settings()), record.writer, jobs, NO_TROUBLE, enough_from_ns=enough_ns)

    @property
    def database(self) -> Path:
        return self.folder / "watchroom.db"

    def damage(self, how: str) -> None:
        size, dice = self.database.stat().st_size, random.Random(how)
        if how == "gone":
            self.database.unlink()
            return
        with self.database.open("r+b") as file:
            if how == "truncated":
                file.truncate(size // 2 + 100)
            elif how == "empty":
                file.truncate(0)
            elif how == "garbage header":
                file.write(dice.randbytes(100))
            elif how == "zero pages":
                for page in dice.sample(range(1, size // 4096), size // 4096 // 2):
                    file.seek(page * 4096)
                    file.write(bytes(4096))
            else:
                for page in range(1, size // 4096):
                    file.seek(page * 4096)
                    file.write(dice.randbytes(4096))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """One person came before the copy was made, and one after it."""
    site = Site(tmp_path_factory.mktemp("made") / "site", ManualClock(START_NS))
    record = site.open()
    record.writer.start()
    story = numbered(scene([Walk(1, 6), Walk(20, 26)], 30), Settings(cameras=(fake_camera(),)), record.next_number)
    for step, item in enumerate(story):
        if step == len(story) // 2:
            assert record.writer.flush(20)
            record.save_checkpoint(record.pipeline.number, record.pipeline.state())
            site.backups(record).make(True, lambda: None)
        result = record.pipeline.step(item)
        record.writer.submit(item, (*result.sequences, *result.decisions, *result.events))
    record.store.accounts.add_user(StoredUser(User("u-1", "Ada", Role.ADMIN), "hash"))
    record.store.accounts.add_token(StoredToken("t-1", "u-1", "desk", 1, None))
    record.store.add_audit(AuditRow(5, "Ada", AuditVerb.SIGN_IN, "u-1"))
    record.store.segments.put_lock(EvidenceLock("lk-1", 1, 2, "theft", "Ada", 3))
    site.clock.advance_to(story[-1].received_ns + SECOND)
    record.close()
    return site


@pytest.fixture
def site(made: Site, tmp_path: Path) -> Site:
    shutil.copytree(made.folder, tmp_path / "site")
    return Site(tmp_path / "site", ManualClock(made.clock.now_ns()))


def events(record: Record) -> dict[str, int | None]:
    return {event.id: event.ended_ns for event in record.store.answer(ListEvents(limit=50))}


def before(site: Site) -> dict[str, int | None]:
    record = site.open()
    found = events(record)
    record.close()
    return found


@pytest.mark.parametrize("how", ["truncated", "garbage header", "zero pages", "garbage pages", "empty", "gone"])
def test_a_damaged_record_is_put_together_again(site: Site, how: str) -> None:
    known = before(site)
    assert len(known) == 2
    site.damage(how)
    broken = site.database.read_bytes() if how not in ("gone", "empty") else b""
    record = site.open()
    assert events(record) == known
    restored = record.restored
    assert restored is not None and restored.replayed and not restored.gap
    record.close()
    assert last_restored(site.folder) == restored
    aside = site.folder / restored.aside / "watchroom.db"
    assert aside.exists() == (how != "gone") and (not broken or aside.read_bytes() == broken)
    assert not (site.folder / GOING_ON).exists()
    again = site.open()
    assert again.restored is None and events(again) == known
    again.close()


def test_what_only_the_database_knew_is_carried_over_where_it_can_be_read(site: Site) -> None:
    with closing(sqlite3.connect(site.database)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()[0]
    with site.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    record = site.open()
    assert [stored.user.name for stored in record.store.accounts.users()] == ["Ada"]
    assert record.store.accounts.token("t-1") is not None
    assert [row.verb for row in record.store.audit()] == [AuditVerb.SIGN_IN]
    assert record.store.segments.held_spans() == ((1, 2),)
    assert record.restored is not None and {"users", "tokens", "evidence_locks", "packs", "audit"} <= set(record.restored.carried)
    record.close()


def test_tokens_that_cannot_be_read_are_good_no_more(site: Site) -> None:
    record = site.open()
    site.clock.advance_to(site.clock.now_ns() + 10 * SECOND)
    site.backups(record).make(True, lambda: None)
    record.store.accounts.remove_user("u-1")
    record.close()
    site.damage("garbage header")
    again = site.open()
    assert [stored.user.name for stored in again.store.accounts.users()] == ["Ada"], "the copy still knew her"
    assert again.store.accounts.token("t-1") is None
    again.close()


def test_where_the_database_is_gone_no_token_of_the_copy_is_good(site: Site) -> None:
    record = site.open()
    site.clock.advance_to(site.clock.now_ns() + 10 * SECOND)
    site.backups(record).make(True, lambda: None)
    record.close()
    site.damage("gone")
    again = site.open()
    assert [stored.user.name for stored in again.store.accounts.users()] == ["Ada"]
    assert again.restored is not None and again.store.accounts.token("t-1") is None
    again.close()


@pytest.mark.parametrize("when", ["publish", "carry_over"])
def test_what_was_set_aside_by_an_attempt_that_was_cut_short_is_carried_over_by_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    with closing(sqlite3.connect(site.database)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()[0]
    with site.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restore, when, killed)
        with pytest.raises(KeyboardInterrupt):
            site.open()
    assert not site.database.exists()
    record = site.open()
    assert record.store.accounts.token("t-1") is not None and record.store.segments.held_spans() == ((1, 2),)
    assert len(list((site.folder / "damaged").iterdir())) == 1
    record.close()


def test_a_copy_made_at_the_start_says_up_to_where_it_goes(site: Site) -> None:
    """Otherwise nobody would be told of a gap in the log after it."""
    record = site.open()
    site.clock.advance_to(site.clock.now_ns() + 10 * SECOND)
    assert site.backups(record).make(True, lambda: None).number == record.next_number - 1
    record.close()


def test_without_a_copy_nothing_is_touched(site: Site) -> None:
    shutil.rmtree(site.folder / "backups")
    site.damage("truncated")
    broken = site.database.read_bytes()
    with pytest.raises(EnvironmentFault, match="damaged") as refused:
        site.open()
    assert refused.value.reason == "database_damaged"
    assert site.database.read_bytes() == broken and not (site.folder / "damaged").exists()


def test_a_damaged_copy_is_passed_over(site: Site) -> None:
    known = before(site)
    record = site.open()
    site.clock.advance_to(site.clock.now_ns() + 10 * SECOND)
    newest = site.backups(record).make(True, lambda: None)
    record.close()
    copy = site.folder / "backups" / newest.name / "watchroom.db"
    copy.write_bytes(copy.read_bytes()[:-4096] + bytes(4096))
    site.damage("truncated")
    again = site.open()
    assert again.restored is not None and again.restored.backup_name != newest.name
    assert events(again) == known
    again.close()


def test_where_no_copy_is_sound_nothing_is_touched(site: Site) -> None:
    for backup in BackupFolder(site.folder).all():
        os.truncate(site.folder / "backups" / backup.name / "watchroom.db", 5000)
    site.damage("truncated")
    broken = site.database.read_bytes()
    with pytest.raises(EnvironmentFault, match="None of the 1 backups is sound"):
        site.open()
    assert site.database.read_bytes() == broken


def test_a_restore_that_was_cut_short_is_begun_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    known = before(site)
    site.damage("truncated")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("engine.runtime.recorder.record.Journal", killed)
        with pytest.raises(KeyboardInterrupt):
            site.open()
    assert (site.folder / GOING_ON).exists()
    record = site.open()
    assert events(record) == known and record.restored is not None
    record.close()
    assert len(list((site.folder / "damaged").iterdir())) == 2, "both are kept"


def test_a_gap_in_the_log_is_told(site: Site) -> None:
    shutil.rmtree(site.folder / "checkpoints")
    shutil.rmtree(site.folder / "journal")
    site.damage("truncated")
    record = site.open()
    assert record.restored is not None and record.restored.gap and record.restored.replayed == 0
    assert len(events(record)) == 1, "what the copy knew"
    record.close()


@pytest.mark.parametrize("left", [0.0, 0.3, 0.9])
def test_a_log_that_was_cut_short_has_a_copy_made_before_the_database_is_damaged_too(site: Site, left: float) -> None:
    """What happened after the only copy stands neither in that nor in the log."""
    sound = site.open()
    assert sound.copies_enough_from_ns == 0
    sound.close()
    known, log = before(site), max((site.folder / "journal").iterdir())
    os.truncate(log, round(log.stat().st_size * left))
    record = site.open()
    record.writer.start()
    site.clock.advance_to(site.clock.now_ns() + 5 * SECOND)
    site.backups(record).look(threading.Event())
    record.close()
    site.damage("zero pages")
    again = site.open()
    found = events(again)
    again.close()
    assert again.restored is not None and found.keys() == known.keys(), "one whose end was cut off may go on"


def test_clips_are_found_again_by_what_lies_beside_them(site: Site) -> None:
    record = site.open()
    (event_id,) = [event for event in events(record)][:1]
    clip = records.clip(1)
    path = site.folder / "clips" / "2026-01-01" / f"cl-{event_id.removeprefix('ev-')}.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"film")
    clip = replace(clip, id=path.stem, event_id=event_id, file=path.relative_to(site.folder).as_posix(), size_bytes=4)
    clip = replace(clip, sha256=hashlib.sha256(b"film").hexdigest())
    keep_row(site.folder, clip)
    record.store.save((clip,))
    record.close()
    site.damage("garbage pages")
    again = site.open()
    assert again.store.answer(ListClips()) == (clip,)
    assert again.restored is not None and again.restored.clips == 1
    again.close()


def test_clips_that_went_since_the_copy_was_made_are_not_listed(site: Site) -> None:
    record = site.open()
    (event_id,) = [event for event in events(record)][:1]
    clips = [replace(records.clip(number), event_id=event_id, file=f"clips/{number}.mp4") for number in range(3)]
    (site.folder / "clips").mkdir(exist_ok=True)
    for clip in clips:
        (site.folder / clip.file).write_bytes(b"film")
    record.store.save(clips)
    site.clock.advance_to(site.clock.now_ns() + 10 * SECOND)
    site.backups(record).make(True, lambda: None)
    record.store.remove_clips([clips[1].id])
    (site.folder / clips[1].file).unlink()
    record.close()
    site.damage("garbage pages")
    again = site.open()
    assert {clip.id for clip in again.store.answer(ListClips())} == {clips[0].id, clips[2].id}
    again.close()


def test_a_copy_of_an_older_schema_is_brought_up(site: Site) -> None:
    """As after an upgrade, before the first copy of the new version."""
    (backup,) = BackupFolder(site.folder).all()
    copy = site.folder / "backups" / backup.name / "watchroom.db"
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection:
        connection.executescript((Path(__file__).parents[1] / "store" / "schema_0001.sql").read_text("utf-8"))
    (copy.parent / ABOUT).unlink()
    BackupFolder(site.folder).finish(copy.parent, replace(backup, sha256=sha256_of(copy), schema="0001"))
    site.damage("garbage header")
    record = site.open()
    assert [stored.user.name for stored in record.store.accounts.users()] == ["Ada"]
    assert records.event(1).id in events(record)
    record.close()
