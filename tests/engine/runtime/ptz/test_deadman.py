"""A PTZ camera stops when the operator's messages cease, whatever becomes of who sent them, and whatever the camera does."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.ptz.view import PtzState
from engine.runtime.ptz import deadman, ptz_side
from engine.runtime.ptz.deadman import DEADMAN_S, STILL
from engine.sources.camera.ptz import client
from tests.engine.runtime.ptz.ptz_desk import ANNA, RITA, PtzDesk, ptz_desk
from tests.fakes.ptz_camera import PtzCamera, ptz_camera
from tests.fakes.waiting import until

RIGHT = (1.0, 0.0, 0.0)


@pytest.fixture
def camera() -> Iterator[PtzCamera]:
    with ptz_camera() as camera:
        yield camera


@pytest.fixture
def desk(camera: PtzCamera, tmp_path: Path) -> Iterator[PtzDesk]:
    with ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        yield desk


def steer(desk: PtzDesk, camera: PtzCamera) -> None:
    desk.side.steer("yard", RIGHT, ANNA)
    until(lambda: camera.moving, "the camera moves")


def stops(camera: PtzCamera) -> None:
    until(lambda: not camera.moving, "the camera stands still")


@pytest.fixture
def no_deadman(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stops the camera is something else."""
    monkeypatch.setattr(deadman, "DEADMAN_S", 600.0)


def test_without_another_message_it_stops(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.ignores_timeout = True
    steer(desk, camera)
    stops(camera)
    assert camera.count("Stop") >= 1


def driven(desk: PtzDesk, camera: PtzCamera) -> tuple[float, int, int]:
    """Messages for a while: the longest time between two, and how many movements and stops came of them."""
    moves, halts, longest_s = camera.count("ContinuousMove"), camera.count("Stop"), 0.0
    before_s = began_s = time.monotonic()
    while before_s < began_s + 2.5 * DEADMAN_S:
        desk.side.steer("yard", RIGHT, ANNA)
        now_s = time.monotonic()
        longest_s, before_s = max(longest_s, now_s - before_s), now_s
        time.sleep(0.2)
    return longest_s, camera.count("ContinuousMove") - moves, camera.count("Stop") - halts


def test_it_goes_on_while_messages_come(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.ignores_timeout = True
    for _ in range(10):
        steer(desk, camera)
        longest_s, moves, halts = driven(desk, camera)
        if longest_s < 0.5 * DEADMAN_S:  # or the machine slept, and a stop was right
            break
    assert halts == 0 and camera.moving
    assert 1 <= moves <= 6, "a message is not a request each"


@pytest.mark.usefixtures("no_deadman")
def test_it_stops_at_once_when_told(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.ignores_timeout = True
    steer(desk, camera)
    desk.side.steer("yard", STILL, ANNA)
    stops(camera)


@pytest.mark.parametrize(
    "end",
    [
        lambda desk: desk.side.on_session_ended(ANNA.id),
        lambda desk: desk.side.release("yard", ANNA),
        lambda desk: desk.side.take("yard", RITA),
        lambda desk: desk.side.on_stop(),
        lambda desk: desk.side.on_settings(desk.settings.without_camera("yard")),
    ],
    ids=["the session ends", "it is released", "somebody else takes it", "the engine stops", "the camera is removed"],
)
@pytest.mark.usefixtures("no_deadman")
def test_it_stops_when_nobody_holds_it_any_more(desk: PtzDesk, camera: PtzCamera, end: Callable[[PtzDesk], object]) -> None:
    camera.faults.ignores_timeout = True
    steer(desk, camera)
    end(desk)
    stops(camera)


def test_a_camera_that_is_removed_as_the_engine_stops_is_let_go_of(
    camera: PtzCamera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it does not answer, and closing it is cut short."""
    clients: list[client.PtzClient] = []
    connect = client.PtzClient.open

    def open_it(this: client.PtzClient) -> Any:
        clients.append(this)
        return connect(this)

    monkeypatch.setattr(client.PtzClient, "open", open_it)
    monkeypatch.setattr(ptz_side, "_LAST_S", 0.1)
    with ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        steer(desk, camera)
        camera.faults.ignores_timeout = True
        camera.faults.hanging.add("Stop")
        stops_before = camera.count("Stop")
        desk.side.on_settings(desk.settings.without_camera("yard"))
        camera.wait_for("Stop", stops_before + 1)
    assert clients and not [each for each in clients if each._parts is not None]


def test_a_movement_that_hangs_holds_up_no_stop(desk: PtzDesk, camera: PtzCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client._call, "__defaults__", (600.0,))  # no request ends by its own time limit
    steer(desk, camera)
    camera.faults.ignores_timeout = True
    camera.faults.hanging.add("ContinuousMove")
    desk.side.steer("yard", (0.0, 1.0, 0.0), ANNA)
    camera.wait_for("ContinuousMove", 2)
    stops(camera)


def test_a_movement_that_arrives_late_is_stopped_once_more(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.late_s["ContinuousMove"] = DEADMAN_S + 0.2
    camera.faults.ignores_timeout = True
    desk.side.steer("yard", RIGHT, ANNA)
    camera.wait_for("Stop", 2)
    time.sleep(0.2)
    stops(camera)


def test_stop_that_is_refused_is_repeated_and_said(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.ignores_timeout = True
    camera.faults.refusing.add("Stop")
    steer(desk, camera)
    until(lambda: "does not take Stop" in desk.view().trouble, "it is said")
    camera.faults.refusing.clear()
    stops(camera)


def test_a_camera_that_takes_stop_and_goes_on_is_told_again_and_it_is_said(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.ignores_stop = camera.faults.ignores_timeout = True
    steer(desk, camera)
    until(lambda: "does not stop" in desk.view().trouble, "it is said")
    assert camera.count("Stop") >= 3 and desk.view().moving
    camera.faults.ignores_stop = False
    stops(camera)
    until(lambda: desk.view().trouble == "" and not desk.view().moving, "all is well again")


def test_a_camera_that_says_it_is_still_while_it_moves_is_not_believed(desk: PtzDesk, camera: PtzCamera) -> None:
    """Slowly, so that it does not come to its end."""
    camera.faults.ignores_stop = camera.faults.ignores_timeout = camera.faults.says_still = True
    desk.side.steer("yard", (0.1, 0.0, 0.0), ANNA)
    camera.wait_for("Stop")
    time.sleep(1.0)
    until(lambda: desk.view().moving, "it is seen to move still")


def test_a_connection_lost_in_a_movement_is_made_again_to_stop_it(desk: PtzDesk, camera: PtzCamera) -> None:
    camera.faults.ignores_timeout = True
    steer(desk, camera)
    camera.faults.closing.update(("Stop", "GetServices", "GetSystemDateAndTime", "GetStatus"))
    until(lambda: desk.view().state is PtzState.OFFLINE, "it is told as lost")
    with pytest.raises(EnvironmentFault) as refused:
        desk.side.steer("yard", RIGHT, ANNA)
    assert refused.value.reason == "ptz_offline"
    camera.faults.closing.clear()
    stops(camera)


def test_every_movement_asks_the_camera_to_stop_by_itself(desk: PtzDesk, camera: PtzCamera) -> None:
    """As the engine may be killed."""
    steer(desk, camera)
    camera.faults.closing.add("Stop")
    stops(camera)  # nobody else can tell it to


def test_after_a_kill_the_next_engine_stops_what_moved(camera: PtzCamera, tmp_path: Path) -> None:
    """Where the camera does not heed its own time limit."""
    camera.faults.ignores_timeout = True
    with ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        steer(desk, camera)
        camera.faults.ignores_stop = True  # as if this engine were gone now
        memory = (tmp_path / "ptz.json").read_bytes()
    (tmp_path / "ptz.json").write_bytes(memory)
    assert camera.moving
    camera.faults.ignores_stop = False
    with ptz_desk(tmp_path, camera) as desk:
        desk.wait_online()
        stops(camera)
        assert "yard" in desk.away and desk.moves[0] == (False, False)


def test_focus_has_the_same_deadman(desk: PtzDesk, camera: PtzCamera) -> None:
    head = desk.side.take("yard", ANNA, "focus")
    for _ in range(3):
        desk.side.wait(head.focus(0.5))
    assert camera.focus_speed == 0.5 and camera.count("Move") == 1, "going on asks the camera nothing"
    assert camera.imaging == ["MANUAL"], "autofocus would undo it"
    until(lambda: camera.focus_speed == 0, "the lens stands still")
