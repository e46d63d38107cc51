"""Threads cross in one place, in order, coalesced, and not after closing."""

import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.courier import Bell, Courier, Listener
from engine.model.command import RemoveCamera
from engine.model.errors import EnvironmentFault, NotFound, NotSignedIn, WatchroomError
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.question import ListEvents
from engine.model.snapshot import Picture, Snapshot, adrift
from tests.fakes.engine import FakeEngine


def _never(_value: Any) -> None:
    raise AssertionError("must not be called")


def test_a_bell_rung_often_wakes_once(qtbot: QtBot) -> None:
    woken: list[int] = []
    listener = Listener(lambda: woken.append(1))
    threads = [threading.Thread(target=lambda: [listener.bell.ring() for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: bool(woken))
    assert len(woken) == 1
    listener.bell.ring()
    qtbot.waitUntil(lambda: len(woken) == 2)
    listener.close()


def test_a_closed_bell_is_silent() -> None:
    bell = Bell()
    bell.close()
    bell.ring()
    bell.answer()


def test_every_ring_after_an_answer_wakes_again(qtbot: QtBot) -> None:
    """No ring may be lost between the answer and the look at what was left."""
    left: list[int] = []
    taken: list[int] = []

    def take() -> None:
        while left:
            taken.append(left.pop(0))

    listener = Listener(take)

    def leave() -> None:
        for number in range(2000):
            left.append(number)
            listener.bell.ring()

    thread = threading.Thread(target=leave)
    thread.start()
    qtbot.waitUntil(lambda: len(taken) == 2000)
    thread.join()
    assert taken == list(range(2000))
    listener.close()


def test_answers_come_on_the_ui_thread(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.add_event("yard")
    got: list[Any] = []
    bridge.ask(ListEvents(), lambda answer: got.append((threading.current_thread(), answer)), _never)
    qtbot.waitUntil(lambda: bool(got))
    assert got[0][0] is threading.main_thread() and len(got[0][1]) == 1


def test_errors_come_as_values(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    errors: list[WatchroomError] = []
    bridge.command(RemoveCamera("nowhere"), _never, errors.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert isinstance(errors[0], NotFound)


def test_a_bug_in_a_call_is_logged_and_told(bridge: EngineBridge, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    errors: list[WatchroomError] = []
    bridge.fetch(lambda: 1 // 0, _never, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], EnvironmentFault) and errors[0].reason == "bug"
    assert "ZeroDivisionError" in caplog.text


def test_a_bug_in_an_asker_does_not_keep_the_answers_of_others(qtbot: QtBot) -> None:
    courier = Courier()
    gate = threading.Event()
    got: list[int] = []
    with qtbot.captureExceptions() as exceptions:
        courier.fetch(lambda: gate.wait(60), _never, _never)
        courier.fetch(lambda: gate.wait(60) and 2, got.append, _never)
        gate.set()
        qtbot.waitUntil(lambda: bool(got) and bool(exceptions))
    courier.close()


def test_an_answer_for_a_deleted_owner_is_given_back(bridge: EngineBridge, qtbot: QtBot) -> None:
    owner = QObject()
    gate = threading.Event()
    given_back: list[str] = []
    bridge.fetch(lambda: gate.wait(60) and "feed", _never, _never, owner=owner, discard=given_back.append)
    owner.deleteLater()
    qtbot.waitUntil(lambda: not _valid(owner))
    gate.set()
    qtbot.waitUntil(lambda: bool(given_back))


def _valid(thing: QObject) -> bool:
    import shiboken6

    return bool(shiboken6.isValid(thing))


def test_closing_drops_answers_under_way(engine: FakeEngine, qtbot: QtBot) -> None:
    bridge = EngineBridge(engine.port())
    bridge.start()
    gate = threading.Event()
    given_back: list[str] = []
    bridge.fetch(lambda: gate.wait(60) and "feed", _never, _never, discard=given_back.append)
    threading.Timer(0.05, gate.set).start()
    bridge.close()
    assert given_back == ["feed"]
    bridge.fetch(lambda: "late", _never, _never)
    qtbot.wait(20)


def test_closing_does_not_wait_for_calls_that_never_began(qtbot: QtBot) -> None:
    courier = Courier(workers=1)
    gate = threading.Event()
    began: list[int] = []
    courier.fetch(lambda: gate.wait(60), _never, _never)
    courier.fetch(lambda: began.append(1), _never, _never)
    threading.Timer(0.05, gate.set).start()
    begun_s = time.monotonic()
    courier.close(wait_s=30)
    assert time.monotonic() - begun_s < 20 and began == []


def test_snapshots_are_announced_only_when_new(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    seen: list[Snapshot] = []
    bridge.snapshot_changed.connect(seen.append)
    engine.tick()
    qtbot.waitUntil(lambda: len(seen) == 1)
    qtbot.wait(120)
    assert len(seen) == 1
    engine.tick()
    qtbot.waitUntil(lambda: len(seen) == 2)


def test_without_a_snapshot_nothing_looks_live_and_it_is_said_once(
    bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Snapshot] = []
    bridge.snapshot_changed.connect(seen.append)
    for _ in range(3):
        engine.fail("snapshot", EnvironmentFault("database", "The record cannot be read."))
    qtbot.waitUntil(lambda: len(seen) == 2)
    lost, again = seen
    assert lost.health.troubles == ("The record cannot be read.",)
    assert {view.health.state for view in lost.cameras} == {CameraState.LOST}
    assert again is engine.snapshot and caplog.text.count("cannot be read") == 1


def test_an_engine_elsewhere_that_is_out_of_reach_is_announced(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    """A remote port gives its last snapshot again, with the trouble named."""
    seen: list[Snapshot] = []
    bridge.snapshot_changed.connect(seen.append)
    engine._snapshot = adrift(engine.snapshot, "It cannot be reached.")
    qtbot.waitUntil(lambda: [each.health.troubles for each in seen] == [("It cannot be reached.",)])


def test_the_end_of_the_session_is_told_once(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    ends: list[str] = []
    bridge.signed_out.connect(ends.append)
    engine.fail("snapshot", NotSignedIn("Your session has ended."))
    qtbot.waitUntil(lambda: bool(ends))
    errors: list[WatchroomError] = []
    engine.fail("ask", NotSignedIn("Your session has ended."))
    bridge.ask(ListEvents(), _never, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert ends == ["Your session has ended."]


def test_a_wall_gets_the_newest_of_each_camera(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    pictures: list[Picture] = []
    wall = bridge.wall(pictures.append)
    wall.want({"yard": PictureWant(320, 180), "gate": PictureWant(320, 180)})
    qtbot.waitUntil(lambda: len(engine.feeds) == 2 and bridge.idle)
    for _ in range(30):
        engine.tick()  # the screen is busy: nothing is taken between these
    qtbot.waitUntil(lambda: {p.camera_id for p in pictures} == {"yard", "gate"})
    assert len(pictures) == 2 and {p.index for p in pictures} == {30}
    assert all(threading.current_thread() is threading.main_thread() for _ in pictures)


def test_a_wall_changes_and_closes_feeds(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    wall = bridge.wall(lambda picture: None)
    wall.want({"yard": PictureWant(320, 180)})
    qtbot.waitUntil(lambda: len(engine.feeds) == 1 and bridge.idle)
    wall.want({"yard": PictureWant(1280, 720, main=True)})
    assert [feed.want.main for feed in engine.feeds] == [True]
    wall.want({})
    assert engine.feeds == []


def test_a_feed_that_comes_too_late_is_closed(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("watch")
    wall = bridge.wall(lambda picture: None)
    wall.want({"yard": PictureWant(320, 180)})
    wall.want({})
    gate.set()
    qtbot.waitUntil(lambda: bridge.idle)
    assert engine.feeds == []


def test_a_refused_camera_is_told_and_can_be_tried_again(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    failures: list[tuple[str, str]] = []
    wall = bridge.wall(lambda picture: None)
    wall.failed.connect(lambda camera_id, why: failures.append((camera_id, why)))
    engine.fail("watch", EnvironmentFault("unreachable", "The engine does not answer."))
    wall.want({"yard": PictureWant(320, 180)})
    qtbot.waitUntil(lambda: bool(failures))
    wall.want({"yard": PictureWant(320, 180)})
    qtbot.waitUntil(lambda: len(engine.feeds) == 1)


def test_signals_survive_thousands_of_emits(qtbot: QtBot) -> None:
    """PySide6 6.12 on Python 3.11 aborts after some hundred; the pin in pyproject.toml keeps it out."""
    listener = Listener(lambda: None)
    emitter = _Emitter()
    seen: list[bool] = []
    emitter.destroyed.connect(lambda: None)
    emitter.objectNameChanged.connect(lambda name: seen.append(bool(name)))
    for number in range(5000):
        emitter.setObjectName(str(number))
    assert len(seen) == 5000
    listener.close()


class _Emitter(QObject):
    pass


def test_snapshots_come_often_while_something_is_watched_move(qtbot: QtBot) -> None:
    bridge = EngineBridge(FakeEngine().port())
    slow = bridge._timer.interval()
    bridge.watch_moves("wall", True)
    bridge.watch_moves("page", True)
    bridge.watch_moves("page", False)
    assert bridge._timer.interval() < slow
    bridge.watch_moves("wall", False)
    assert bridge._timer.interval() == slow
    bridge.close()
