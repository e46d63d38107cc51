"""The fake engine behaves like one: otherwise what is tested with it proves nothing."""

import threading
from pathlib import Path

import av
import numpy as np
import pytest

from engine.model.accounts.access import Role
from engine.model.command import CancelJob, CreateUser, InstallModels, PutCamera, RemoveCamera, TestCamera
from engine.model.errors import EnvironmentFault, NotFound, NotSignedIn, PermissionDenied
from engine.model.port import EngineDoor, EnginePort, PictureWant
from engine.model.question import ListClips, ListEvents
from engine.model.settings import CameraSettings
from engine.model.snapshot import JobState
from tests.fakes.engine import FakeDoor, FakeEngine
from tests.fakes.media import write_mp4
from tests.fakes.scene import Scene


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine()
    fake.add_camera("yard", "Yard")
    return fake


def test_fits_the_protocols(engine: FakeEngine) -> None:
    door: EngineDoor = FakeDoor(engine)
    port: EnginePort = engine.port()
    assert not door.needs_setup() and port.session.user.name == "ada"


def test_pictures_move_and_fit_what_was_wanted(engine: FakeEngine) -> None:
    rung: list[int] = []
    feed = engine.port().watch("yard", PictureWant(320, 320), lambda: rung.append(1))
    assert feed.latest() is None
    engine.tick()
    first = feed.latest()
    later = []
    for _ in range(10):
        engine.tick()
        later.append(feed.latest())
    second = later[-1]
    assert first is not None and second is not None
    assert len(rung) == 11 and second.index > first.index
    assert first.pixels.shape == (180, 320, 4) and not first.pixels.flags.writeable
    assert any(not np.array_equal(first.pixels, each.pixels) for each in later), "whoever turns back is where they were once"
    feed.close()
    assert engine.feeds == []


def test_tracks_stand_where_people_are_drawn() -> None:
    scene = Scene(people=1)
    left, top, right, bottom = (int(v) for v in scene.boxes_at(4.0)[0])
    changed = scene.picture_at(4.0, 640, 360) != Scene(people=0).picture_at(4.0, 640, 360)
    ys, xs = np.nonzero(changed.any(axis=2))
    assert left - 1 <= xs.min() and xs.max() <= right + 1 and top - 1 <= ys.min() and ys.max() <= bottom + 1


def test_a_camera_test_ends_with_a_picture_or_a_reason(engine: FakeEngine) -> None:
    port = engine.port()
    good = port.command(TestCamera(CameraSettings("a", "A", "rtsp://good/1")))
    bad = port.command(TestCamera(CameraSettings("b", "B", "rtsp://unreachable/1")))
    for _ in range(10):
        engine.tick()
    jobs = {job.id: job for job in port.snapshot().jobs}
    assert jobs[good].state is JobState.DONE and (port.job_picture(good) or b"")[:2] == b"\xff\xd8"
    assert jobs[bad].state is JobState.FAILED and port.job_picture(bad) is None


def test_models_install_or_are_cancelled(engine: FakeEngine) -> None:
    port = engine.port()
    cancelled = port.command(InstallModels())
    port.command(CancelJob(cancelled))
    port.command(InstallModels())
    for _ in range(10):
        engine.tick()
    assert [job.state for job in port.snapshot().jobs] == [JobState.CANCELLED, JobState.DONE]
    assert all(model.installed for model in port.snapshot().models)


def test_cameras_and_events_come_and_go(engine: FakeEngine, tmp_path: Path) -> None:
    port = engine.port()
    port.command(PutCamera(CameraSettings("gate", "Gate", "usb:0")))
    event = engine.add_event("gate")
    file = write_mp4(tmp_path / "clip.mp4", [Scene().picture_at(n / 10, 320, 180) for n in range(10)])
    engine.add_clip(event, file)
    clip = port.ask(ListClips(event_id=event.id))[0]
    with av.open(str(port.clip_file(clip.id))) as container:
        assert sum(1 for _ in container.decode(video=0)) == 10
    assert port.ask(ListEvents()) == (event,)
    assert port.thumbnail(event.id) and port.thumbnail("ev-none") is None
    port.command(RemoveCamera("gate"))
    with pytest.raises(NotFound):
        port.command(RemoveCamera("gate"))


def test_verbs_are_checked_and_sessions_end(engine: FakeEngine) -> None:
    engine.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    port = engine.port("bo")
    with pytest.raises(PermissionDenied):
        port.command(InstallModels())
    port.close()
    with pytest.raises(NotSignedIn):
        port.snapshot()


def test_the_door_locks_after_three_wrong_passwords() -> None:
    door = FakeDoor(FakeEngine(), lock_s=7)
    waits: list[float] = []
    for _ in range(4):
        with pytest.raises(NotSignedIn) as caught:
            door.sign_in("ada", "wrong")
        waits.append(caught.value.retry_after_s)
    assert waits == [0, 0, 7, 7]


def test_calls_fail_and_wait_on_demand(engine: FakeEngine) -> None:
    port = engine.port()
    engine.fail("ask", EnvironmentFault("unreachable", "The engine does not answer."))
    with pytest.raises(EnvironmentFault):
        port.ask(ListEvents())
    gate = engine.hold("ask")
    done = threading.Event()
    thread = threading.Thread(target=lambda: (port.ask(ListEvents()), done.set()))
    thread.start()
    assert not done.is_set()
    gate.set()
    thread.join()
    assert done.is_set()


def test_a_running_engine_publishes_by_itself(engine: FakeEngine) -> None:
    rung = threading.Event()
    engine.port().watch("yard", PictureWant(64, 64), rung.set)
    before = engine.snapshot.number
    with engine.running(200):
        assert rung.wait(60)
    assert engine.snapshot.number > before
