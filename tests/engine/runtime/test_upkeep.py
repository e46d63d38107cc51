"""Old clips, strays and the old part of the journal go; everything else stays."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from engine.incidents.correlation import correlate
from engine.incidents.editing import edit_incident
from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import EvidenceLock
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.incidents.incident import IncidentState
from engine.model.people.person import Person
from engine.model.people.traces import ERASED_NAME
from engine.model.question import ListClips, ListDecisions, ListEvents, ListIncidents
from engine.model.result import StepResult
from engine.model.settings import RecordingSettings, Settings
from engine.model.time import SECOND, ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.clips.clip_rows import keep_row, row_beside
from engine.recording.files import sha256_of
from engine.runtime.data_folder import DataFolder
from engine.runtime.keeping.upkeep import DAY_NS, RESERVE_BYTES, STRAY_NS, STRAYS_EVERY, Upkeep
from engine.runtime.recorder.record import Record
from engine.store.segments.segments import LATER_CLIP
from engine.vision.tracking import Tracker
from tests.engine.store import records
from tests.fakes.observations import START_NS, Walk, numbered, scene
from tests.fakes.observations import camera as fake_camera
from tests.fakes.ports import NO_TROUBLE, SettingsOf
from tests.fakes.reports import report

NOW_NS = START_NS + 100 * DAY_NS
MIB = 1 << 20


@dataclass
class Desk:
    folder: Path
    record: Record
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW_NS))
    settings: RecordingSettings = field(default_factory=RecordingSettings)

    def __post_init__(self) -> None:
        self.bounds = SettingsOf(lambda: Settings(recording=self.settings))
        self.upkeep = Upkeep(self.folder, self.clock, self.record, self.record.board, self.bounds)

    def keep(self, number: int, age_days: float, mib: int = 1, of_event: int | None = None) -> Clip:
        """A clip with row and files, as the recorder leaves it."""
        ended_ns = NOW_NS - round(age_days * DAY_NS)
        day = f"clips/2026-01-{number:02d}"
        clip = records.clip(number, of_event=of_event)
        clip = replace(clip, started_ns=ended_ns - SECOND, ended_ns=ended_ns, size_bytes=mib * MIB)
        clip = replace(clip, file=f"{day}/{clip.id}.mp4", thumbnail=f"thumbnails/{clip.id}.jpg")
        self.put(clip.file, age_days)
        self.put(clip.thumbnail, age_days)
        self.record.store.save([clip, records.event(number)])
        self.record.board.take(StepResult(number, events=(records.event(number),)), 0)
        self.record.board.add_clip(clip)
        return clip

    def put(self, name: str, age_days: float) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        at_ns = NOW_NS - round(age_days * DAY_NS)
        os.utime(path, ns=(at_ns, at_ns))
        return path

    def tidy(self) -> None:
        self.upkeep.tidy()
        assert self.record.writer.flush(20)

    def rows(self) -> set[str]:
        return {clip.id for clip in self.record.store.answer(ListClips())}

    def has(self, clip: Clip) -> tuple[bool, bool]:
        return (self.folder / clip.file).exists(), (self.folder / clip.thumbnail).exists()


def open_record(folder: Path) -> Record:
    return Record(DataFolder(folder), ManualClock(START_NS), lambda: Pipeline(Tracker), NO_TROUBLE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "site"
    record = open_record(folder)
    record.writer.start()
    for name in ("clips", "thumbnails"):
        (folder / name).mkdir(exist_ok=True)
    yield Desk(folder, record)
    record.close()


def test_clips_that_are_too_old_go_with_their_pictures(desk: Desk) -> None:
    old, young = desk.keep(1, 31), desk.keep(2, 29)
    desk.tidy()
    assert desk.rows() == {young.id}
    assert desk.has(old) == (False, False)
    assert desk.has(young) == (True, True)
    assert desk.record.board.clip_events() == {young.event_id}


def test_the_oldest_go_until_the_rest_fits(desk: Desk) -> None:
    clips = [desk.keep(number, 10 - number, mib=100) for number in range(1, 6)]
    desk.settings = RecordingSettings(keep_clips_gib=0.3)
    desk.tidy()
    assert desk.rows() == {clip.id for clip in clips[2:]}
    assert [desk.has(clip) for clip in clips] == [(False, False)] * 2 + [(True, True)] * 3
    desk.tidy()
    assert len(desk.rows()) == 3


def test_an_event_keeps_its_mark_while_one_of_its_clips_is_left(desk: Desk) -> None:
    desk.keep(1, 31)
    rest = desk.keep(2, 29, of_event=1)
    desk.tidy()
    assert desk.rows() == {rest.id}
    assert records.event(1).id in desk.record.board.clip_events()


def test_a_file_that_is_gone_already_or_a_clip_without_picture_hinders_nothing(desk: Desk) -> None:
    first, second = desk.keep(1, 40), desk.keep(2, 35)
    (desk.folder / first.file).unlink()
    desk.record.store.save([replace(second, thumbnail="")])
    desk.tidy()
    assert desk.rows() == set()
    assert desk.folder.exists()


def test_files_without_a_row_go_after_an_hour(desk: Desk) -> None:
    known = desk.keep(1, 1)
    hour = STRAY_NS / DAY_NS
    strays = [desk.put("clips/2026-01-09/cl-lost.mp4", 2 * hour), desk.put("thumbnails/cl-lost.jpg", 2 * hour)]
    fresh = desk.put("clips/2026-01-09/cl-new.mp4", hour / 2)
    event_picture, old_picture = desk.put("thumbnails/ev-1.jpg", 2), desk.put("thumbnails/ev-0.jpg", 31)
    desk.tidy()
    assert [path.exists() for path in strays] == [False, False]
    assert desk.has(known) == (True, True)
    assert (fresh.exists(), event_picture.exists(), old_picture.exists()) == (True, True, False)
    later = desk.put("clips/2026-01-10/cl-lost.mp4", 2 * hour)
    for _ in range(STRAYS_EVERY):
        desk.tidy()
    assert not later.exists()


def lose(desk: Desk, clip: Clip, age_days: float) -> Clip:
    """As a crash leaves one that was just made: whole, with what is known of it beside it, and without a row."""
    clip = replace(clip, sha256=sha256_of(desk.folder / clip.file), size_bytes=1)
    event = desk.record.store.event(clip.event_id)
    assert event is not None
    desk.record.store.save([replace(event, started_ns=clip.started_ns, ended_ns=clip.ended_ns)])
    keep_row(desk.folder, clip)
    at_ns = NOW_NS - round(age_days * DAY_NS)
    os.utime(row_beside(desk.folder, clip), ns=(at_ns, at_ns))
    desk.record.store.remove_clips([clip.id])
    desk.record.board.remove_clips({clip.event_id})
    return clip


@pytest.mark.parametrize("age_days", [STRAY_NS / DAY_NS / 2, 3])
def test_a_clip_whose_row_was_lost_is_found_again(desk: Desk, age_days: float) -> None:
    clip = lose(desk, desk.keep(1, age_days), age_days)
    desk.tidy()
    assert desk.has(clip) == (True, True) and desk.record.store.clip(clip.id) == clip
    assert clip.event_id in desk.record.board.clip_events()
    assert desk.record.store.segments.to_erase(LATER_CLIP) == frozenset()
    desk.tidy()
    assert desk.has(clip) == (True, True) and desk.upkeep.strays() == []


def test_one_that_is_about_to_get_its_row_is_left_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = lose(desk, desk.keep(1, 0), 0)
    row_beside(desk.folder, clip).unlink()
    monkeypatch.setattr("engine.runtime.storage.clip_files.found_clip", lambda folder, path, event: clip)
    desk.tidy()
    assert desk.rows() == set() and desk.has(clip) == (True, True)


def test_one_of_whom_is_erased_goes_when_no_lock_holds_it(desk: Desk) -> None:
    before, meanwhile, other = (lose(desk, desk.keep(number, 1), 1) for number in (1, 2, 3))
    desk.record.store.save([replace(records.event(1), person=ERASED_NAME)])
    gone = meanwhile.event_id
    desk.upkeep = Upkeep(desk.folder, desk.clock, desk.record, desk.record.board, desk.bounds, wanted=lambda event_id: event_id != gone)
    desk.tidy()
    assert desk.rows() == {before.id, meanwhile.id, other.id}
    assert {clip.id for clip in desk.record.store.segments.clips_to_erase()} == {before.id, meanwhile.id}


def lock(desk: Desk, since_ns: int, until_ns: int) -> str:
    desk.record.store.segments.put_lock(EvidenceLock("lk-1", since_ns, until_ns, "a theft", "ada", NOW_NS))
    return "lk-1"


def test_what_is_locked_is_no_stray_though_the_record_knows_neither_it_nor_its_event(desk: Desk) -> None:
    held, other = lose(desk, desk.keep(1, 40), 40), lose(desk, desk.keep(2, 50), 50)
    desk.record.store.remove_events(NOW_NS, 10)
    lock_id = lock(desk, held.started_ns, held.ended_ns)
    desk.tidy()
    assert desk.has(held) == (True, True) and row_beside(desk.folder, held).exists() and desk.has(other) == (False, False)
    desk.record.store.segments.remove_lock(lock_id)
    assert len(desk.upkeep.strays()) == 3


def test_days_without_clips_go_too(desk: Desk) -> None:
    day = desk.folder / "clips" / "2025-01-01"
    day.mkdir()
    os.utime(day, ns=(NOW_NS - DAY_NS, NOW_NS - DAY_NS))
    desk.tidy()
    assert not day.exists()


def test_nothing_is_touched_while_the_record_cannot_be_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    old, stray = desk.keep(1, 31), desk.put("clips/2026-01-09/cl-waits.mp4", 1)
    monkeypatch.setattr(type(desk.record.writer), "troubled", property(lambda writer: True))
    desk.tidy()
    assert desk.has(old) == (True, True)
    assert stray.exists()


def test_old_journal_and_checkpoints_go_and_the_rest_can_be_recovered(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    record = open_record(folder)
    record.journal._segment_bytes = 1  # a segment for each batch
    story = numbered(scene([Walk(1, 6)], 4), Settings(cameras=(fake_camera(),)))
    for start in range(0, len(story), 20):
        batch = story[start : start + 20]
        for item in batch:
            record.pipeline.step(item)
        record.journal.append(batch)
        record.save_checkpoint(record.pipeline.number, record.pipeline.state())
    checkpoints = sorted((folder / "checkpoints").glob("*.json.z"))
    record.forget_before(story[0].received_ns - 1)
    assert len(list((folder / "checkpoints").glob("*.json.z"))) == len(checkpoints)
    assert record.journal.first_number == story[0].number
    middle = story[50]
    record.forget_before(middle.received_ns)
    kept = sorted(int(path.name.split(".")[0]) for path in (folder / "checkpoints").glob("*.json.z"))
    assert story[0].number < record.journal.first_number <= kept[0] + 1 <= middle.number
    assert len(kept) < len(checkpoints)
    state = record.pipeline.state()
    record.forget_before(story[-1].received_ns + DAY_NS)
    record.close()
    again = open_record(folder)
    assert again.pipeline.state() == state
    again.close()


def grown(desk: Desk, batch: int = 20) -> int:
    """A journal of many segments with two checkpoints at its middle and one at its end; its size in bytes."""
    story = numbered(scene([Walk(1, 6)], 4), Settings(cameras=(fake_camera(),)))
    desk.record.journal._segment_bytes = 1
    for start in range(0, len(story), batch):
        part = story[start : start + batch]
        desk.record.journal.append(part)
        if start in (0, 40, 80):
            desk.record.save_checkpoint(part[-1].number, desk.record.pipeline.state())
    return desk.record.journal.size_bytes()


def test_the_journal_is_kept_within_its_bytes_but_for_what_the_newest_checkpoints_need(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.keeping.upkeep.GIB", 20_000)
    size = grown(desk)
    desk.settings = RecordingSettings(keep_journal_gib=(size + 1) / 20_000)
    desk.upkeep = Upkeep(desk.folder, ManualClock(START_NS), desk.record, desk.record.board, desk.bounds)
    desk.tidy()
    assert desk.record.journal.size_bytes() == size
    desk.settings = RecordingSettings(keep_journal_gib=(size - 1) / 20_000)
    desk.tidy()
    assert desk.record.journal.size_bytes() < size
    desk.settings = RecordingSettings(keep_journal_gib=0.05)
    desk.tidy()
    needed = desk.record.checkpoints.newest(2)[-1]
    assert desk.record.journal.first_number <= needed + 1
    assert desk.record.journal.size_bytes() > 1_000
    assert len(desk.record.checkpoints.newest(9)) <= 3, "what is older than the journal can no longer be continued from"


def test_a_disk_that_is_nearly_full_gets_room_from_the_journal_even_while_the_record_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = grown(desk)
    monkeypatch.setattr(type(desk.record.writer), "troubled", property(lambda writer: True))
    free = shutil.disk_usage(desk.folder)._replace(free=RESERVE_BYTES - 1)
    monkeypatch.setattr("engine.runtime.keeping.upkeep.shutil.disk_usage", lambda folder: free)
    desk.tidy()
    assert 0 < desk.record.journal.size_bytes() < size


def test_log_that_is_locked_stays_though_the_clock_was_behind_for_a_while(desk: Desk) -> None:
    story = numbered(scene([Walk(1, 6)], 4), Settings(cameras=(fake_camera(),)))
    desk.record.journal._segment_bytes = 1
    for start in range(0, 100, 20):
        part = story[start : start + 20]
        behind = [replace(item, received_ns=item.number) for item in part]  # as where a machine starts without a network
        desk.record.journal.append(behind if start == 60 else part)
        desk.record.save_checkpoint(part[-1].number, desk.record.pipeline.state())
    lock_id = lock(desk, story[25].received_ns, story[30].received_ns)
    assert desk.record.held_number() == story[20].number
    desk.record.forget_before(NOW_NS)
    assert desk.record.journal.first_number <= story[20].number
    desk.record.store.segments.remove_lock(lock_id)
    desk.record.forget_before(story[30].received_ns)
    assert desk.record.journal.first_number <= story[20].number, "nor is it older than it is"
    desk.record.forget_before(NOW_NS)
    assert desk.record.journal.first_number > story[20].number


def test_without_a_checkpoint_the_journal_stays_whole(desk: Desk) -> None:
    story = numbered(scene([Walk(1, 6)], 4), Settings(cameras=(fake_camera(),)))
    desk.record.journal._segment_bytes = 1
    desk.record.journal.append(story[:20])
    desk.record.journal.append(story[20:40])
    desk.tidy()
    assert desk.record.journal.first_number == story[0].number


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("keep_clips_days", 0.0),
        ("keep_clips_gib", 0.0),
        ("keep_clips_days", float("nan")),
        ("keep_journal_gib", 0.0),
        ("keep_incidents_days", 29.0),
    ],
)
def test_bounds_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(InputError, match=name):
        RecordingSettings(**{name: value})


# How long things are kept (S16)

HOUR = 1 / 24


def event_of(desk: Desk, number: int, age_days: float, **facts: object) -> Event:
    at_ns = NOW_NS - round(age_days * DAY_NS)
    event = replace(records.event(number), started_ns=at_ns - SECOND, ended_ns=at_ns, **facts)  # type: ignore[arg-type]
    desk.record.store.save([event, replace(records.decision(number), decided_ns=at_ns)])
    desk.put(f"thumbnails/{event.id}.jpg", 1)
    return event


def kept(desk: Desk) -> set[str]:
    return {event.id for event in desk.record.store.answer(ListEvents())}


def test_a_clip_is_kept_to_the_second(desk: Desk) -> None:
    young, old = desk.keep(1, 30 - HOUR), desk.keep(2, 30 + SECOND / DAY_NS)
    desk.tidy()
    assert desk.rows() == {young.id} and desk.has(old) == (False, False)
    desk.tidy()
    assert desk.rows() == {young.id} and desk.has(young) == (True, True)


def test_a_clip_whose_file_cannot_be_removed_stays_listed_until_it_can(desk: Desk) -> None:
    clip = desk.keep(1, 31)
    path = desk.folder / clip.file
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()
    desk.tidy()
    assert desk.rows() == {clip.id} and clip.event_id in desk.record.board.clip_events()
    (path / "in the way").unlink()
    path.rmdir()
    desk.tidy()
    assert desk.rows() == set()


def test_events_go_after_a_year_with_what_led_to_them(desk: Desk) -> None:
    young, old = event_of(desk, 1, 364.9), event_of(desk, 2, 365.1)
    with_clip = desk.keep(3, 1)
    event_of(desk, 3, 400)
    desk.tidy()
    assert kept(desk) == {young.id, with_clip.event_id}
    assert not (desk.folder / f"thumbnails/{old.id}.jpg").exists() and (desk.folder / f"thumbnails/{young.id}.jpg").exists()
    decisions = {decision.event_id for decision in desk.record.store.answer(ListDecisions())}
    assert decisions == {young.id, with_clip.event_id}
    desk.tidy()
    assert kept(desk) == {young.id, with_clip.event_id}


def test_what_is_locked_before_the_writer_comes_to_it_stays(desk: Desk) -> None:
    held, of_ada, other = (desk.keep(number, 31 + number) for number in (1, 2, 3))
    reached = threading.Event()
    desk.record.writer.run_in_order(lambda: reached.wait(60))
    desk.upkeep.tidy()
    lock(desk, held.started_ns, held.ended_ns)
    desk.record.store.save([Person("pe-1", "Ada", locked=True), replace(records.event(2), person_id="pe-1")])
    reached.set()
    assert desk.record.writer.flush(20)
    assert desk.rows() == {held.id, of_ada.id}
    assert [desk.has(clip) for clip in (held, of_ada, other)] == [(True, True), (True, True), (False, False)]


def test_what_is_of_somebody_locked_outlives_every_bound(desk: Desk) -> None:
    desk.record.store.save([Person("pe-1", "Ada", locked=True), Person("pe-2", "Bob")])
    held, by_name = event_of(desk, 1, 900, person_id="pe-1"), event_of(desk, 2, 900, person="Ada")
    event_of(desk, 3, 900, person_id="pe-2", person="Bob")
    clip, other = desk.keep(1, 40), desk.keep(3, 40)
    desk.record.store.save([replace(records.event(1), person_id="pe-1"), replace(records.event(3), person_id="pe-2")])
    desk.settings = RecordingSettings(keep_clips_gib=0.1)
    desk.tidy()
    assert desk.rows() == {clip.id} and desk.has(other) == (False, False)
    desk.tidy()
    assert kept(desk) == {held.id, by_name.id}


def test_incidents_go_when_they_were_over_for_so_long_in_bounded_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.keeping.upkeep.MOST_INCIDENTS_AT_ONCE", 2)
    table = desk.record.store.incidents
    ages = {1: 31.0, 2: 31.0, 3: 31.0, 4: 31.0, 5: 29.0}
    for number, age_days in ages.items():
        at_ns = NOW_NS - round(age_days * DAY_NS)
        table.file([replace(report(number, north_deg=number * 0.01), occurred_ns=at_ns, received_ns=at_ns)], correlate)
        if number != 2:  # that one nobody closed
            table.change(partial(edit_incident, incident_id=f"in-{number}", now_ns=at_ns, state=IncidentState.CLOSED))
    desk.tidy()
    assert len(table.answer(ListIncidents()).incidents) == 5
    desk.settings = RecordingSettings(keep_incidents_days=30.0)
    left: list[set[str]] = []
    for _ in range(2):
        desk.tidy()
        left.append({each.id for each in table.answer(ListIncidents()).incidents})
    assert left == [{"in-2", "in-3", "in-4", "in-5"}, {"in-2", "in-5"}]
    desk.clock.advance_to(NOW_NS + 2 * DAY_NS)
    for _ in range(2):
        desk.tidy()
    assert {each.id for each in table.answer(ListIncidents()).incidents} == {"in-2"}
