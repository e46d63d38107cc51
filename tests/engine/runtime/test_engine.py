"""The whole engine of one site, started, used and stopped in one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.detection import Category
from engine.model.cameras.track import Sequence
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, FrameSeen, Motion, Numbered, Tick
from engine.model.port import PictureWant
from engine.model.question import ListEvents
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.checkpoints import Checkpoints
from engine.recording.journal import Journal
from engine.runtime.cameras.cameras import Cameras
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.recorder.record import Record
from engine.runtime.recorder.recovery import recover, replay, storables
from engine.vision.models import ModelStore
from engine.vision.tracking import Tracker
from tests.fakes.media import write_mp4
from tests.fakes.observations import START_NS, Walk, camera, numbered, scene
from tests.fakes.waiting import until


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = [np.full((180, 320, 4), 60, np.uint8) for _ in range(20)]
    for index, picture in enumerate(pictures):
        picture[60:120, 10 * index : 10 * index + 40] = 220
    return write_mp4(tmp_path_factory.mktemp("video") / "square.mp4", pictures)


@contextmanager
def running(folder: Path, *cameras: CameraSettings) -> Iterator[Engine]:
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"), CommandLineSettings(cameras))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


def live(engine: Engine, camera_id: str = "door") -> bool:
    view = engine.snapshot(with_users=False).camera(camera_id)
    return view is not None and view.health.state is CameraState.LIVE


def lose(engine: Engine, camera_id: str) -> None:
    """Report the camera as lost for three seconds."""
    now_ns = engine.clock.now_ns()
    engine.mailbox.post(CameraStateChanged(camera_id, now_ns, CameraState.LOST, "No picture for 2 s."))
    engine.mailbox.post(Tick(now_ns + 3 * SECOND))


def lost_events(engine: Engine):
    return [event for event in engine.board.events() if event.kind is EventKind.CAMERA_LOST]


def test_it_sees_remembers_and_goes_on_after_a_restart(tmp_path: Path, video: Path):
    cam = CameraSettings("door", "Front door", str(video))
    with running(tmp_path / "site", cam) as engine:
        until(lambda: live(engine), "the camera is live")
        lose(engine, "door")
        until(lambda: bool(lost_events(engine)), "the event")
        first = lost_events(engine)[0]
        number = engine.core.number
    with running(tmp_path / "site") as engine:
        assert engine.settings.camera("door") == replace(cam, number=1)
        assert engine.core.number >= number
        until(lambda: live(engine), "the camera is live again")
        kept = [event for event in engine.board.events() if event.id == first.id]
        assert len(kept) == 1 and kept[0].ended_ns is not None
        assert engine.record.store.answer(ListEvents(kinds=(EventKind.CAMERA_LOST,)))[-1].id == first.id


def test_a_second_engine_on_the_same_folder_is_refused(tmp_path: Path):
    with running(tmp_path / "site"), pytest.raises(EnvironmentFault) as refused, running(tmp_path / "site"):
        pass
    assert refused.value.reason == "in_use"


def test_broken_settings_name_line_and_field_and_leave_nothing_running(tmp_path: Path):
    DataFolder(tmp_path / "site").settings.write_text('site_name = "x"\n\n[[cameras]]\nid = "a"\nname = "A"\nurl = "ftp://x"\n')
    with pytest.raises(InputError, match=r"line 6.*cameras\[0\]\.url"), running(tmp_path / "site"):
        pass


def test_an_unreadable_file_is_a_lost_camera_with_a_reason_and_others_go_on(tmp_path: Path, video: Path):
    gone = CameraSettings("gone", "Gone", str(tmp_path / "missing.mp4"))
    with running(tmp_path / "site", gone, CameraSettings("door", "Front door", str(video))) as engine:
        until(lambda: live(engine), "the good camera is live")
        until(lambda: engine.snapshot(with_users=False).camera("gone").health.state is CameraState.LOST, "the other is lost")
        assert "missing.mp4" in engine.snapshot(with_users=False).camera("gone").health.reason


def test_a_paused_camera_rests_until_it_is_wanted(tmp_path: Path, video: Path):
    cam = CameraSettings("door", "Front door", str(video), enabled=False)
    with running(tmp_path / "site", cam) as engine:
        assert engine.snapshot(with_users=False).camera("door").health.state is CameraState.PAUSED
        engine.change_settings(engine.settings.with_camera(replace(cam, enabled=True)), "test")
        until(lambda: live(engine), "it is live")


def test_a_bug_in_a_step_costs_that_observation_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with running(tmp_path / "site", camera(enabled=False)) as engine:
        step = Pipeline.step

        def broken(self: Pipeline, item: Numbered):
            if isinstance(item.observation, FrameSeen):
                raise ZeroDivisionError("a bug")
            return step(self, item)

        monkeypatch.setattr(Pipeline, "step", broken)
        engine.mailbox.post(FrameSeen("door", 1, 0, 64, 48, Motion.none()))
        lose(engine, "door")
        until(lambda: bool(lost_events(engine)), "an event after the bug")
        assert any("a bug" in note.message for note in engine.basis.errors.newest_first())


def test_changes_of_two_sessions_at_once_lose_neither(tmp_path: Path):
    with running(tmp_path / "site") as engine:
        threads = [
            threading.Thread(target=engine.update_settings, args=(lambda now, i=i: now.with_camera(camera(f"c{i}", enabled=False)), "test"))
            for i in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(c.id for c in engine.settings.cameras) == [f"c{i}" for i in range(8)]
        assert {unit.settings.id for unit in engine.sight.cameras.all()} == {c.id for c in engine.settings.cameras}


def test_viewers_keep_their_pictures_when_a_camera_is_edited(tmp_path: Path, video: Path):
    cam = CameraSettings("door", "Front door", str(video))
    with running(tmp_path / "site", cam) as engine:
        feed = engine.sight.cameras.unit("door").watch(PictureWant(160, 90), lambda: None, lambda: False)
        until(lambda: feed.latest() is not None, "a picture")
        before = engine.sight.cameras.unit("door")
        engine.change_settings(engine.settings.with_camera(replace(cam, name="Back door")), "test")
        assert engine.sight.cameras.unit("door") is before, "a new name interrupts nothing"
        assert engine.snapshot(with_users=False).camera("door").settings.name == "Back door"
        engine.change_settings(engine.settings.with_camera(replace(cam, paced=False)), "test")
        assert engine.sight.cameras.unit("door") is not before
        edited_ns = engine.clock.now_ns()
        until(lambda: (picture := feed.latest()) is not None and picture.captured_ns > edited_ns, "pictures of the camera as edited")


def test_after_the_end_no_camera_is_started(tmp_path: Path, video: Path):
    with running(tmp_path / "site") as engine:
        pass
    engine.sight.cameras.apply(Settings(cameras=(CameraSettings("door", "Front door", str(video)),)))
    assert engine.sight.cameras.all() == ()


def test_damaged_secrets_are_told_and_the_cameras_run(tmp_path: Path, video: Path):
    data = DataFolder(tmp_path / "site")
    data.secrets.write_text("{broken")
    with running(tmp_path / "site", CameraSettings("door", "Front door", str(video))) as engine:
        until(lambda: live(engine), "the camera is live")
        engine.condition.vitals.sample()
        assert any("secrets.json is damaged" in sentence for sentence in engine.condition.vitals.health.troubles)


def test_an_engine_that_cannot_start_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Cameras, settings: Settings, renewed: str = "") -> None:
        raise EnvironmentFault("io_error", "No.")

    monkeypatch.setattr(Cameras, "apply", refuse)
    before = set(threading.enumerate())
    with pytest.raises(EnvironmentFault), running(tmp_path / "site"):
        pass
    assert set(threading.enumerate()) <= before


def test_events_whose_end_was_lost_with_the_journal_are_closed(tmp_path: Path):
    with running(tmp_path / "site", camera(enabled=False)) as engine:
        lost = Event("ev-1-0", EventKind.PERSON, "door", "tk-1-0", Severity.LOW, START_NS, None, START_NS, 0.8, "de-1-0")
        seen = Sequence("tk-1-0", 1, "door", Category.PERSON, START_NS, START_NS + 7, None, 0.8, 3, (0, 0, 1, 1))
        engine.record.writer.submit(None, (lost, seen))
    with running(tmp_path / "site") as engine:
        (event,) = [event for event in engine.board.events() if event.id == "ev-1-0"]
        assert event.ended_ns == START_NS + 7
        assert engine.record.store.open_events() == ()


def recorded(folder: Path, clock: ManualClock) -> tuple[Journal, Checkpoints, list[Numbered]]:
    """A journal of a busy scene with a checkpoint in its middle."""
    journal, checkpoints = Journal(folder / "journal"), Checkpoints(folder / "checkpoints")
    story = numbered(scene([Walk(1, 6), Walk(3, 9, x=600, speed=-50)], 16), camera_settings())
    pipeline = Pipeline(Tracker)
    half = len(story) // 2
    for item in story[:half]:
        pipeline.step(item)
    checkpoints.save(pipeline.number, pipeline.state())
    for start in range(0, len(story), 50):
        journal.append(story[start : start + 50])
    clock.advance_to(START_NS + 60 * SECOND)
    return journal, checkpoints, story


def camera_settings():
    from engine.model.settings import Settings

    return Settings(cameras=(camera(),))


def test_recovery_from_a_checkpoint_and_the_journal_is_the_whole_run(tmp_path: Path):
    clock = ManualClock(START_NS)
    journal, checkpoints, story = recorded(tmp_path, clock)
    whole = Pipeline(Tracker)
    live_values = {v.id: v for result in replay(whole, iter(story)) for v in storables(result)}
    recovered = recover(lambda: Pipeline(Tracker), journal, checkpoints, clock)
    assert recovered.pipeline.state() == whole.state()
    assert recovered.next_number == clock.now_ns() // 1_000_000
    assert 0 < recovered.replayed < len(story)
    for value in recovered.values:
        assert live_values[value.id] == value
    journal.close()


def test_recovery_passes_over_a_checkpoint_that_it_cannot_use(tmp_path: Path):
    clock = ManualClock(START_NS)
    journal, checkpoints, story = recorded(tmp_path, clock)
    checkpoints.save(story[-1].number, {"version": 99})
    recovered = recover(lambda: Pipeline(Tracker), journal, checkpoints, clock)
    assert recovered.pipeline.number == story[-1].number
    journal.close()


def test_a_fresh_journal_numbers_from_the_clock_so_that_ids_never_come_again(tmp_path: Path):
    journal, checkpoints = Journal(tmp_path / "journal"), Checkpoints(tmp_path / "checkpoints")
    recovered = recover(lambda: Pipeline(Tracker), journal, checkpoints, ManualClock(START_NS))
    assert recovered.next_number == START_NS // 1_000_000
    journal.close()


def test_replaying_a_session_twice_gives_its_events_twice(tmp_path: Path, video: Path):
    with running(tmp_path / "site", CameraSettings("door", "Front door", str(video))) as engine:
        until(lambda: live(engine), "the camera is live")
        lose(engine, "door")
        until(lambda: bool(lost_events(engine)), "the event")
        assert engine.record.writer.flush(10)
        live_events = {event.id: event for event in engine.record.store.answer(ListEvents(limit=1000))}
        last = engine.record.writer.committed_number
    for _ in range(2):
        journal = Journal(tmp_path / "site" / "journal")
        numbers = (item for item in journal.read() if item.number <= last)
        again = {v.id: v for result in replay(Pipeline(Tracker), numbers) for v in storables(result)}
        journal.close()
        assert {event_id: again[event_id] for event_id in live_events} == live_events


def test_an_engine_that_cannot_be_made_leaves_its_record_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Record] = []
    close = Record.close

    def closing(record: Record) -> None:
        closed.append(record)
        close(record)

    def failing(*_: object) -> None:
        raise EnvironmentFault("folder", "It cannot be used.")

    monkeypatch.setattr(Record, "close", closing)
    monkeypatch.setattr("engine.runtime.sides.OptionalSides", failing)
    with pytest.raises(EnvironmentFault):
        Engine(DataFolder(tmp_path / "site", parents=True), SystemClock(), ModelStore(tmp_path / "models"))
    assert len(closed) == 1
