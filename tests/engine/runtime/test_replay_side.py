"""Replays of a running engine over its port: played, moved, tried with other settings, applied; each in a process of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from engine.history.replay.window import Window
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound, PermissionDenied
from engine.model.history.replay import (
    ApplyReplay,
    ChangeReplay,
    DifferenceKind,
    GetDifference,
    GetReplay,
    ListReplays,
    MoveReplay,
    ReplayDifference,
    ReplaySession,
    ReplaySettings,
    ReplayState,
    StartReplay,
    StopReplay,
)
from engine.model.question import ListAudit
from engine.model.settings import GateSettings
from engine.model.snapshot import Job, JobState
from engine.model.time import SECOND, SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort
from engine.runtime.replay import replay_side
from engine.vision.models import ModelStore
from tests.fakes.kept_run import KeptRun, a_minute_ago, as_used, keep_run, room_with_camera
from tests.fakes.observations import Walk
from tests.fakes.waiting import until

SECONDS = 9.0
STRICT = ReplaySettings(gates=replace(GateSettings(), min_confidence=0.95))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replays") / "site"


@pytest.fixture(scope="module")
def kept(folder: Path) -> KeptRun:
    return keep_run(as_used(folder), room_with_camera(SECONDS, [Walk(4.5, 8.5)], later_ns=a_minute_ago()), 50)


@contextmanager
def running(folder: Path) -> Iterator[Engine]:
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture(scope="module")
def engine(folder: Path, kept: KeptRun) -> Iterator[Engine]:
    with running(folder) as engine:
        yield engine


def port_of(engine: Engine, name: str = "rita", role: Role = Role.ADMIN) -> LocalPort:
    session = Session(f"session-{name}", User(f"us-{name}", name, role), ROLE_VERBS[role])
    return LocalPort(engine, lambda: session)


@pytest.fixture
def port(engine: Engine) -> Iterator[LocalPort]:
    yield port_of(engine)
    engine.replays.end_all()


def at(kept: KeptRun, second: float) -> int:
    return kept.observed[0].received_ns + round(second * SECOND)


def told(port: LocalPort, replay_id: str) -> ReplaySession:
    return port.ask(GetReplay(replay_id)).session


def started(port: LocalPort, kept: KeptRun, settings: ReplaySettings = ReplaySettings()) -> str:  # noqa: B008
    replay_id = port.command(StartReplay(at(kept, 4.0), at(kept, SECONDS), settings))
    until(lambda: told(port, replay_id).state is not ReplayState.PREPARING, "the replay is ready")
    return replay_id


def ended(engine: Engine, job_id: str) -> Job:
    def job() -> Job:
        return next(job for job in engine.jobs.all() if job.id == job_id)

    until(lambda: job().state is not JobState.RUNNING, "the job has ended")
    return job()


def test_it_is_played_moved_and_stopped(kept: KeptRun, port: LocalPort) -> None:
    replay_id = started(port, kept)
    begun = told(port, replay_id)
    assert (begun.state, begun.at_ns, begun.by, begun.missing) == (ReplayState.PAUSED, at(kept, 4.0), "rita", ())
    assert at(kept, 0.0) < begun.warm_ns < begun.since_ns
    port.command(MoveReplay(replay_id, seek_ns=at(kept, 7.0)))
    assert told(port, replay_id).at_ns == at(kept, 7.0)
    until(lambda: told(port, replay_id).state is ReplayState.PAUSED, "it is there")
    shown = port.ask(GetReplay(replay_id, picture=True)).picture
    assert shown is not None and shown.replay_id == replay_id and shown.radio.picture is not None
    live = [result for result in kept.within(0, at(kept, 7.0)) if result.radio is not None][-1].radio
    assert live is not None and shown.radio.picture.blobs == live.blobs != ()
    assert shown.cameras[0].tracks and shown.settings.site_name == "Room"
    assert port.snapshot().replay_id == "" and port.snapshot().cameras == ()
    port.command(MoveReplay(replay_id, playing=True, speed=32.0))
    until(lambda: told(port, replay_id).state is ReplayState.ENDED, "it is over")
    assert told(port, replay_id).at_ns == at(kept, SECONDS)
    port.command(MoveReplay(replay_id, seek_ns=at(kept, 5.0), playing=False))
    until(lambda: told(port, replay_id).state is ReplayState.PAUSED, "it is back")
    port.command(StopReplay(replay_id))
    with pytest.raises(NotFound):
        told(port, replay_id)
    assert port.ask(ListReplays()) == ()
    assert not [thread for thread in threading.enumerate() if thread.name == replay_id]


def test_it_keeps_its_speed(kept: KeptRun, port: LocalPort) -> None:
    replay_id = started(port, kept)
    port.command(MoveReplay(replay_id, playing=True, speed=2.0))
    until(lambda: told(port, replay_id).at_ns >= at(kept, 5.0), "one second of record")
    assert (told(port, replay_id).state, told(port, replay_id).speed) == (ReplayState.PLAYING, 2.0)


def test_what_other_settings_make_different(kept: KeptRun, engine: Engine, port: LocalPort) -> None:
    replay_id = started(port, kept)
    with pytest.raises(NotFound):
        port.ask(GetDifference(replay_id))
    job_id = port.command(ChangeReplay(replay_id, STRICT))
    assert ended(engine, job_id).state is JobState.DONE
    found = port.ask(GetDifference(replay_id))
    assert found is not None and found.session_id == replay_id
    assert found.changed == (("gates.min_confidence", "0.45", "0.95"),)
    assert {each.kind for each in found.lost} == {DifferenceKind.EVENT}
    assert [each.camera_id for each in found.lost] == ["door"] and found.lost[0].what.startswith("Person")
    stored = {event.id for event in kept.events(at(kept, 4.0), at(kept, SECONDS))}
    assert {each.id for each in found.lost} <= stored
    assert dict(found.same)[DifferenceKind.BLOB] > 0 and found.ratio > 0 and found.missing == ()
    until(lambda: told(port, replay_id).state is ReplayState.PAUSED, "it goes on with them")
    shown = port.ask(GetReplay(replay_id, picture=True)).picture
    assert shown is not None and shown.settings.gates.min_confidence == 0.95
    port.command(ApplyReplay(replay_id))
    assert engine.settings.gates.min_confidence == 0.95
    rows = [row for row in port.ask(ListAudit()) if row.subject == replay_id]
    assert [row.verb for row in rows] == [AuditVerb.APPLY_REPLAY]
    assert "gates.min_confidence 0.45 → 0.95" in rows[0].detail and "events +0 −1" in rows[0].detail


def test_who_may_only_look_cannot_apply(kept: KeptRun, engine: Engine) -> None:
    looking = port_of(engine, "olga", Role.OPERATOR)
    replay_id = started(looking, kept)
    shown = looking.ask(GetReplay(replay_id, picture=True)).picture
    assert shown is not None and shown.settings.webhooks == ()
    with pytest.raises(PermissionDenied):
        looking.command(ApplyReplay(replay_id))
    with pytest.raises(NotFound):
        port_of(engine).ask(GetReplay(replay_id))
    assert port_of(engine).ask(ListReplays()) == ()
    engine.replays.on_session_renewed("session-olga", "session-olga-2")
    engine.replays.on_session_ended("session-olga")
    looking.ask(GetReplay(replay_id))  # it goes on as her new session
    engine.replays.on_session_ended("session-olga-2")
    with pytest.raises(NotFound):
        looking.ask(GetReplay(replay_id))


def test_too_many_too_long_and_nothing_there(kept: KeptRun, port: LocalPort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_side, "MOST_SESSIONS", 2)
    with pytest.raises(InputError):
        port.command(StartReplay(at(kept, -900.0), at(kept, -800.0)))
    with pytest.raises(InputError):
        port.command(StartReplay(at(kept, -25 * 3600.0), at(kept, 5.0)))
    first = started(port, kept)
    with pytest.raises(InputError):
        port.command(MoveReplay(first, seek_ns=at(kept, 100.0)))
    port.command(StartReplay(at(kept, 4.0), at(kept, 5.0)))
    with pytest.raises(EnvironmentFault):
        port.command(StartReplay(at(kept, 4.0), at(kept, 5.0)))


def test_a_process_that_dies_is_told(kept: KeptRun, engine: Engine, port: LocalPort) -> None:
    replay_id = started(port, kept)
    process = engine.replays._kept[replay_id].process
    assert process is not None
    process._process.kill()
    until(lambda: told(port, replay_id).state is ReplayState.FAILED, "it has failed")
    assert told(port, replay_id).trouble
    with pytest.raises(NotFound):
        port.command(MoveReplay(replay_id, playing=True))


def test_a_cancelled_difference(kept: KeptRun, engine: Engine, port: LocalPort) -> None:
    replay_id = started(port, kept)
    job_id = port.command(ChangeReplay(replay_id, STRICT))
    with pytest.raises(EnvironmentFault):
        port.ask(GetDifference(replay_id))
    engine.jobs.cancel(job_id)
    assert ended(engine, job_id).state is JobState.CANCELLED
    with pytest.raises(EnvironmentFault, match="cancelled"):
        port.ask(GetDifference(replay_id))


def test_who_waits_for_a_long_difference_gets_it(kept: KeptRun, engine: Engine, port: LocalPort, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a whole shift, which takes longer than the hour after which a replay ends that nobody asks for."""
    replay_id, real, go_on = started(port, kept), replay_side.worked_out, threading.Event()

    def slowly(job_id: str, window: Window, at: Callable[[int], None]) -> ReplayDifference:
        assert go_on.wait(60)
        return real(job_id, window, at)

    def an_hour_passes() -> None:
        engine.replays._kept[replay_id].asked_s -= replay_side.IDLE_S + 1

    monkeypatch.setattr(replay_side, "worked_out", slowly)
    job_id = port.command(ChangeReplay(replay_id, STRICT))
    an_hour_passes()
    assert [each.id for each in port.ask(ListReplays())] == [replay_id]
    go_on.set()
    assert ended(engine, job_id).state is JobState.DONE
    assert port.ask(GetDifference(replay_id)) is not None
    an_hour_passes()
    assert port.ask(ListReplays()) == ()


def test_nothing_goes_on_with_what_was_erased(kept: KeptRun, engine: Engine, port: LocalPort) -> None:
    started(port, kept)
    erased = threading.Event()
    engine._hand_over(lambda _number, _state: erased.set())
    until(erased.is_set, "the record begins anew")
    until(lambda: port.ask(ListReplays()) == (), "the replay has ended")
