"""Which continuous video goes, and when: by age, size, room on the disk; what was going on, what is locked, the archive."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.cameras.segment import Keeping, ListLocks, LockEvidence
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.people.person import Person
from engine.model.question import ListClips
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND
from engine.recording.segments import archive as segment_archive
from engine.recording.segments.archive import copy_checked
from engine.store.segments.segments import LATER_SPAN
from tests.engine.runtime.segment_desk import DAY_NS, GIB, MIB, MINUTE_NS, NOW_NS, SegmentDesk, ids
from tests.engine.store import records
from tests.fakes.segments import Recorded, numbered_video, record_segments

HOUR_NS = 3600 * SECOND


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SegmentDesk]:
    desk = SegmentDesk(tmp_path / "site")
    yield desk
    desk.close()


@pytest.fixture
def archive(desk: SegmentDesk, tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    desk.settings = replace(desk.settings, archive_folder=str(folder))
    return folder


def test_what_is_too_old_goes_and_what_was_going_on_stays_as_long_as_clips(desk: SegmentDesk) -> None:
    old, eventful, young, ancient = (desk.keep(round(days * DAY_NS)) for days in (8, 9, 6, 31))
    desk.event(1, 9 * DAY_NS + 20 * SECOND)
    desk.event(2, 31 * DAY_NS + 20 * SECOND)
    desk.settings = RecordingSettings(keep_segments_days=7, keep_clips_days=30)
    desk.side.keeping._marked_ns = 0  # as if it had run all the time
    desk.tidy()
    assert desk.left() == ids(eventful, young)
    assert {one.id: one.keeping for one in desk.listed()} == {eventful.id: Keeping.EVENT, young.id: Keeping.CONTINUOUS}
    assert old.id not in desk.left() and ancient.id not in desk.left()


def test_recordings_that_cannot_be_removed_are_told_until_they_can(desk: SegmentDesk) -> None:
    old = desk.keep(40 * DAY_NS)
    path = desk.folder / old.file
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()
    desk.tidy()
    assert "1 recordings that are to go cannot be deleted" in str(desk.troubles["recordings that stay"])
    (path / "in the way").unlink()
    path.rmdir()
    desk.tidy()
    assert desk.troubles["recordings that stay"] is None and desk.left() == ids()


@pytest.mark.parametrize(
    ("began_s", "lasted_s", "camera", "counts"),
    [
        (-20, 5, "yard", True),
        (2, 5, "yard", True),
        (8, 5, "yard", False),
        (-68, 2, "yard", False),
        (-64, 2, "yard", True),
        (-20, 5, "door", False),
    ],
)
def test_a_segment_is_of_an_event_where_it_holds_some_of_it_or_just_before_or_after(
    desk: SegmentDesk, began_s: int, lasted_s: int, camera: str, counts: bool
) -> None:
    desk.settings = RecordingSettings(before_s=5, after_s=5)
    segment = desk.keep(0)
    desk.event(1, -began_s * SECOND, lasted_s * SECOND, camera)
    desk.tidy()
    assert desk.table.get(segment.id) == replace(segment, keeping=Keeping.EVENT if counts else Keeping.CONTINUOUS)


def test_an_event_that_goes_on_and_one_in_shadow(desk: SegmentDesk) -> None:
    first, second = desk.keep(2 * MINUTE_NS), desk.keep(MINUTE_NS, camera="door")
    going_on = replace(desk.event(1, 30 * MINUTE_NS), ended_ns=None)
    desk.record.store.save([going_on, replace(desk.event(2, 2 * MINUTE_NS, camera="door"), shadow=True)])
    desk.tidy()
    assert [desk.side.get(one.id).keeping for one in (first, second)] == [Keeping.EVENT, Keeping.CONTINUOUS]


def test_beyond_the_size_the_oldest_go_first_and_those_of_events_last(desk: SegmentDesk) -> None:
    eventful, *others = (desk.keep((10 - number) * MINUTE_NS, 300) for number in range(5))
    desk.event(1, 10 * MINUTE_NS + 20 * SECOND)
    desk.settings = RecordingSettings(keep_segments_gib=1.0)
    desk.tidy()
    assert desk.left() == ids(eventful, *others[2:])
    desk.settings = RecordingSettings(keep_segments_gib=0.2)
    desk.tidy()
    assert desk.left() == set()


def test_what_is_locked_stays_beyond_age_and_size_until_the_lock_ends(desk: SegmentDesk) -> None:
    locked, beside, elsewhere = desk.keep(40 * DAY_NS, 900), desk.keep(40 * DAY_NS - MINUTE_NS), desk.keep(40 * DAY_NS, camera="door")
    lock_id = desk.lock(locked.ended_ns - SECOND, locked.ended_ns, "yard")
    desk.settings = RecordingSettings(keep_segments_gib=0.1)
    desk.tidy()
    assert desk.left() == ids(locked) and desk.side.get(locked.id).keeping is Keeping.LOCKED
    assert beside.id not in desk.left() and elsewhere.id not in desk.left()
    desk.side.unlock(lock_id)
    desk.tidy()
    assert desk.left() == set() and desk.record.store.answer(ListLocks()) == ()
    with pytest.raises(NotFound):
        desk.side.unlock(lock_id)


def test_a_lock_that_expires_holds_no_longer_and_is_told_while_something_is_left(desk: SegmentDesk) -> None:
    young, old = desk.keep(DAY_NS), desk.keep(40 * DAY_NS)
    desk.lock(0, NOW_NS, expires_ns=NOW_NS + DAY_NS)
    desk.tidy()
    assert desk.left() == ids(young, old)
    desk.clock.advance_to(NOW_NS + 2 * DAY_NS)
    desk.tidy()
    assert desk.left() == ids(young)
    (lock,) = desk.record.store.answer(ListLocks())
    assert (lock.reason, lock.by, lock.camera_ids) == ("a theft", "ada", ())
    desk.clock.advance_to(NOW_NS + 20 * DAY_NS)
    desk.tidy()
    desk.tidy()
    assert desk.left() == set() and desk.record.store.answer(ListLocks()) == ()
    with pytest.raises(InputError, match="over already"):
        desk.side.new_lock(LockEvidence(0, 1, "why", (), NOW_NS), "ada")


def test_clips_and_events_of_what_is_locked_stay_too(desk: SegmentDesk) -> None:
    event = desk.event(1, 400 * DAY_NS)
    clip = replace(records.clip(1), camera_id="yard", started_ns=event.started_ns, ended_ns=event.started_ns + SECOND)
    desk.record.store.save([clip, records.decision(1, at_ns=event.started_ns)])
    lock_id = desk.lock(event.started_ns, event.started_ns + SECOND)
    assert desk.record.store.oldest_clips(10) == ()
    desk.record.store.remove_clips([clip.id])
    assert desk.record.store.remove_events(NOW_NS, 10) == ()
    desk.record.store.remove_past(NOW_NS)
    desk.side.unlock(lock_id)
    assert desk.record.store.remove_events(NOW_NS, 10) == (event.id,)


def test_recordings_of_persons_who_are_locked_stay(desk: SegmentDesk) -> None:
    segment = desk.keep(40 * DAY_NS)
    desk.record.store.save([Person("pe-1", "Ada", locked=True)])
    desk.event(1, 40 * DAY_NS + 10 * SECOND, person_id="pe-1")
    desk.side.keeping._marked_ns = 0
    desk.tidy()
    assert desk.left() == ids(segment)
    desk.record.store.save([Person("pe-1", "Ada")])
    desk.tidy()
    assert desk.left() == set()


def test_a_full_disk_takes_continuous_video_first_clips_last_and_locked_never(desk: SegmentDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    continuous = [desk.keep((30 - number) * MINUTE_NS, 200) for number in range(5)]
    eventful, locked = desk.keep(20 * MINUTE_NS, 200), desk.keep(50 * MINUTE_NS, 200)
    event = desk.event(1, 20 * MINUTE_NS + 20 * SECOND)
    clip = replace(records.clip(1), event_id=event.id, size_bytes=200 * MIB)
    (desk.folder / clip.file).parent.mkdir(parents=True, exist_ok=True)
    (desk.folder / clip.file).write_bytes(b"clip")
    desk.record.store.save([clip])
    desk.lock(locked.started_ns, locked.ended_ns)
    desk.settings = RecordingSettings(keep_free_gib=1.0, continuous=True)

    def there() -> tuple[int, bool, bool, bool]:
        left = desk.left()
        return len(left & ids(*continuous)), eventful.id in left, (desk.folder / clip.file).exists(), locked.id in left

    desk.disk_bytes = 8 * 200 * MIB + 1024 * MIB - 300 * MIB  # 300 MiB are missing
    desk.look()
    assert there() == (3, True, True, True) and ids(*continuous[2:]) <= desk.left(), "the oldest two"
    assert desk.troubles["free space"] is None and not desk.side._in_need
    desk.disk_bytes -= 700 * MIB
    desk.look()
    assert there() == (0, True, True, True), "what was going on is given up only in need"
    desk.disk_bytes -= 600 * MIB
    desk.look()
    assert there() == (0, False, True, True)
    desk.disk_bytes -= 200 * MIB
    desk.look()
    assert there() == (0, False, False, True)
    assert desk.record.store.answer(ListClips()) == ()
    desk.disk_bytes -= 400 * MIB
    desk.look()
    assert there() == (0, False, False, True) and desk.side._in_need
    assert "Continuous recording pauses; clips of events go on" in str(desk.troubles["free space"])
    assert desk.side.recorder._rings_to_record() == {}
    desk.disk_bytes += GIB
    desk.look()
    assert desk.troubles["free space"] is None and not desk.side._in_need


def test_a_database_that_cannot_grow_does_not_keep_files_from_going(desk: SegmentDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    old = desk.keep(MINUTE_NS, 200)

    def refuse(*_: object) -> None:
        raise EnvironmentFault("disk_full", "The database cannot grow.")

    monkeypatch.setattr(desk.table, "mark_eventful", refuse)
    desk.disk_bytes = 200 * MIB + GIB - 1
    desk.side._look_at_disk()
    assert desk.left() == set() and old.id not in desk.left()


def test_files_that_the_record_does_not_know_are_found(desk: SegmentDesk, tmp_path: Path) -> None:
    source = numbered_video(tmp_path / "source.mp4")
    made = record_segments(desk.folder, source, Recorded("yard", NOW_NS - 9 * DAY_NS, 3.0, 1.0))
    desk.event(1, 9 * DAY_NS - SECOND, SECOND // 2)
    desk.settings = RecordingSettings(before_s=0, after_s=0, keep_segments_days=30)
    (desk.folder / made[2].file).write_bytes(b"no video at all")
    desk.side.start()
    try:
        for _ in range(3):
            desk.look()
    finally:
        desk.side.stop()
    desk.tidy()
    found = desk.listed()
    assert [replace(one, keeping=Keeping.CONTINUOUS) for one in found] == list(made[:2])
    assert [one.keeping for one in found] == [Keeping.CONTINUOUS, Keeping.EVENT]


def test_before_continuous_video_the_log_and_what_can_be_made_again_go(desk: SegmentDesk) -> None:
    segment = desk.keep(MINUTE_NS, 200)
    masked = desk.folder / "masked"
    masked.mkdir()
    (masked / "copy.mp4").write_bytes(b"x")
    names = [giver.name for giver in desk.side._space._givers]
    assert names == [
        "copies with hidden faces",
        "older backups",
        "the log of observations",
        "continuous recordings",
        "continuous recordings of events",
        "clips of events",
    ]
    desk.disk_bytes = 200 * MIB + GIB - 1
    desk.look()
    assert not (masked / "copy.mp4").exists() and desk.left() in (ids(segment), set())


def test_old_video_moves_to_the_archive_and_is_found_there(desk: SegmentDesk, archive: Path) -> None:
    old, young = desk.keep(8 * DAY_NS), desk.keep(DAY_NS)
    content = (desk.folder / old.file).read_bytes()
    desk.tidy()
    moved = desk.side.get(old.id)
    assert desk.left() == ids(old, young) and (moved.archived, len(moved.sha256)) == (True, 64)
    assert desk.side.file(moved) == archive / old.file and (archive / old.file).read_bytes() == content
    assert not (desk.folder / old.file).exists() and desk.table.sizes_here()[Keeping.CONTINUOUS] == young.size_bytes
    desk.tidy()
    assert desk.side.get(old.id) == moved, "what is archived stays there"
    archive.rename(archive.with_name("away"))
    with pytest.raises(EnvironmentFault, match="cannot be reached"):
        desk.side.file(moved)
    assert desk.side.keeping.remove([moved]) == [], "nothing is forgotten that cannot be removed"


def test_what_is_in_an_archive_stays_there_and_is_erased_there_when_another_one_is_chosen(
    desk: SegmentDesk, archive: Path, tmp_path: Path
) -> None:
    old, older = desk.keep(8 * DAY_NS), desk.keep(9 * DAY_NS)
    desk.tidy()
    assert {each.file for each in desk.listed()} == {old.file, older.file}, "where the archive lies is told to nobody"
    other = tmp_path / "other"
    other.mkdir()
    for chosen in (str(other), ""):
        desk.settings = replace(desk.settings, archive_folder=chosen)
        assert desk.side.file(desk.side.get(old.id)) == archive / old.file
    archive.rename(tmp_path / "away")
    with pytest.raises(EnvironmentFault, match="the archive is away"):
        desk.side.erase([(old.camera_id, old.started_ns, old.ended_ns)])
    assert desk.left() == ids(old, older)
    (tmp_path / "away").rename(archive)
    desk.side.erase([(old.camera_id, old.started_ns, old.ended_ns)])
    assert desk.left() == ids(older) and not (archive / old.file).exists() and (archive / older.file).exists()


def test_an_archive_that_was_moved_as_a_whole_is_found_where_it_is_now(desk: SegmentDesk, archive: Path, tmp_path: Path) -> None:
    old = desk.keep(8 * DAY_NS)
    desk.tidy()
    now = archive.rename(tmp_path / "moved")
    desk.settings = replace(desk.settings, archive_folder=str(now))
    assert desk.side.file(desk.side.get(old.id)) == now / old.file
    assert len(desk.side.keeping.remove([desk.side.get(old.id)])) == 1 and not (now / old.file).exists()


def test_the_data_folder_is_no_archive(desk: SegmentDesk) -> None:
    desk.settings = replace(desk.settings, archive_folder=str(desk.folder))
    old = desk.keep(8 * DAY_NS)
    desk.tidy()
    assert desk.left() == ids(old) and "is the data folder itself" in str(desk.troubles["archive"])
    with pytest.raises(InputError, match="archive_folder"):
        RecordingSettings(archive_folder="recordings")


def test_without_the_archives_disk_recordings_wait_and_go_only_in_need(desk: SegmentDesk, archive: Path) -> None:
    old = desk.keep(8 * DAY_NS, 200)
    archive.rmdir()
    desk.tidy()
    assert desk.left() == ids(old) and "cannot be reached" in str(desk.troubles["archive"])
    desk.disk_bytes = 200 * MIB + GIB - 1
    desk.look()
    assert desk.left() == set()
    archive.mkdir()
    other = desk.keep(8 * DAY_NS)
    desk.disk_bytes = 1_000 * GIB
    desk.tidy()
    assert desk.side.get(other.id).archived and desk.troubles["archive"] is None


def test_what_is_locked_while_the_archive_is_waited_for_stays_on_a_full_disk(
    desk: SegmentDesk, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, other = desk.keep(9 * DAY_NS, 200), desk.keep(8 * DAY_NS, 200)

    def slow(source: Path, target: Path) -> str:
        desk.lock(held.started_ns, held.ended_ns)
        raise EnvironmentFault("io_error", "The archive does not answer.")

    monkeypatch.setattr("engine.runtime.footage.segment_keeping.copy_checked", slow)
    assert desk.side.keeping.give(Keeping.CONTINUOUS, 400 * MIB) == 200 * MIB
    assert desk.left() == ids(held) and not (desk.folder / other.file).exists()


@pytest.mark.parametrize("where", ["copy", "row", "source"])
def test_a_move_that_is_interrupted_is_completed_later(
    desk: SegmentDesk, archive: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = desk.keep(8 * DAY_NS)
    content = (desk.folder / old.file).read_bytes()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    step = {"copy": (segment_archive, "publish"), "row": (desk.table, "archive"), "source": (Path, "unlink")}[where]
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(*step, killed)
        desk.tidy()
    desk.tidy()
    desk.side.keeping.tidy_folders()
    assert desk.left() == ids(old) and desk.side.get(old.id).archived
    assert (archive / old.file).read_bytes() == content and not list(archive.rglob("*.part"))
    assert not (desk.folder / old.file).exists()


def test_a_copy_that_is_not_the_same_is_not_taken_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "a", tmp_path / "other" / "a"
    source.write_bytes(b"one" * 1_000)
    sha256 = copy_checked(source, target)
    assert copy_checked(source, target) == sha256 and target.read_bytes() == source.read_bytes()
    target.write_bytes(b"two" * 1_000)
    assert copy_checked(source, target) == sha256 and target.read_bytes() == source.read_bytes(), "it is copied again"
    target.unlink()

    def failing(part: Path, final: Path) -> None:
        part.write_bytes(b"what a failing disk made of it")
        os.replace(part, final)

    monkeypatch.setattr(segment_archive, "publish", failing)
    with pytest.raises(EnvironmentFault, match="not the same"):
        copy_checked(source, target)
    assert source.exists() and not target.exists()


def test_empty_days_go(desk: SegmentDesk) -> None:
    old = desk.keep(8 * DAY_NS)
    desk.tidy()
    desk.side.keeping.tidy_folders()
    assert not (desk.folder / old.file).parent.exists()


def test_spans_that_were_erased_are_kept_while_a_file_may_become_whole_that_shows_them(desk: SegmentDesk) -> None:
    def kept() -> int:
        return len(desk.table.to_erase(LATER_SPAN))

    growing = desk.folder / f"{desk.keep(5 * HOUR_NS).file}.part"
    growing.touch()
    spans = [("yard", NOW_NS - hours * HOUR_NS - SECOND, NOW_NS - hours * HOUR_NS) for hours in (7, 3)]
    desk.side.erase([*spans, ("door", *spans[1][1:])])
    assert desk.table.to_erase(LATER_SPAN) == {f"{spans[1][1]} {spans[1][2]} yard"}
    desk.tidy()
    assert kept() == 1
    growing.unlink()
    desk.tidy()
    assert kept() == 0
    desk.side.erase([("yard", NOW_NS - SECOND, NOW_NS)])
    desk.tidy()
    assert kept() == 1, "the next file may begin with what is still in memory"
    desk.clock.advance_to(NOW_NS + HOUR_NS)
    desk.tidy()
    assert kept() == 0
