"""The capture thread, with sources that do what the test wants."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.errors import EnvironmentFault, InputError
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, ManualClock
from engine.sources.camera.backoff import Backoff
from engine.sources.camera.capture import Capture
from engine.sources.camera.picture import ArrayPicture
from engine.sources.camera.protocol import EndOfStream, Reading
from tests.fakes.capture_sink import RecordingSink
from tests.fakes.video import numbered_picture

INFO = StreamInfo("", 160, 96, 25.0)
CAMERA = CameraSettings("yard", "Yard", "simulated:yard")

Step = Callable[[], Reading]


def frame(captured_ns: int, index: int = 0, size: tuple[int, int] = (160, 96)) -> Reading:
    return Reading(None, (ArrayPicture(np.asarray(numbered_picture(index, *size)), captured_ns, index),))


class ScriptedSource:
    """Plays its steps, then blocks until it is interrupted."""

    def __init__(self, *steps: Step | Reading | Exception, info: StreamInfo | Exception = INFO) -> None:
        self.steps = list(steps)
        self.info = info
        self.interrupted = threading.Event()
        self.closed = threading.Event()

    def open(self) -> StreamInfo:
        if isinstance(self.info, Exception):
            raise self.info
        return self.info

    def read(self) -> Reading:
        if not self.steps:
            self.interrupted.wait()
            return Reading()
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Reading) else step()

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.closed.set()


class Rig:
    """A capture over a list of sources, one for each connection; the last one is used for all later ones."""

    def __init__(self, *sources: ScriptedSource) -> None:
        self.sources = list(sources)
        self.clock = ManualClock(100 * SECOND)
        self.sink = RecordingSink()
        self.made = 0
        self.capture = Capture(CAMERA, "main", self._make, self.clock, self.sink, backoff=Backoff(Random(1), 0.001, 0.002))

    def _make(self) -> ScriptedSource:
        self.made += 1
        return self.sources.pop(0) if len(self.sources) > 1 else self.sources[0]

    def __enter__(self) -> "Rig":
        self.capture.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.capture.stop()
        assert not self.capture.running


def test_connecting_live_ended() -> None:
    with Rig(ScriptedSource(frame(1), EndOfStream())) as rig:
        rig.sink.wait_state(CameraState.ENDED)
    assert [state for state, _ in rig.sink.states] == [CameraState.CONNECTING, CameraState.LIVE, CameraState.ENDED]
    assert rig.sink.threads == {"capture-yard"}


def test_indices_and_times_run_on_across_connections() -> None:
    gone = EnvironmentFault("closed", "It went.")
    with Rig(ScriptedSource(frame(50), frame(90, 1), gone), ScriptedSource(frame(20), frame(95, 1))) as rig:
        rig.sink.wait_frames(4)
    assert [(seen.index, seen.captured_ns, seen.number) for seen in rig.sink.frames] == [(0, 50, 0), (1, 90, 1), (2, 91, 0), (3, 95, 1)]
    assert rig.capture.reconnects == 1
    assert len(rig.sink.streams) == 2


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (EnvironmentFault("refused", "Nothing answers."), "refused"),
        (InputError("url", "leads nowhere"), "input"),
        (ZeroDivisionError("a bug"), "bug"),
    ],
)
def test_a_lost_camera_has_a_word_for_why_and_none_once_it_is_back(error: Exception, word: str) -> None:
    with Rig(ScriptedSource(frame(1), error), ScriptedSource(frame(2))) as rig:
        rig.sink.wait_frames(2)
    assert rig.sink.faults == ["", "", word, ""]


def test_first_failure_and_recovery_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    absent = [ScriptedSource(info=EnvironmentFault("refused", "Nothing answers.")) for _ in range(20)]
    with caplog.at_level(logging.INFO, "engine.sources.camera"), Rig(*absent, ScriptedSource(frame(1))) as rig:
        rig.sink.wait_state(CameraState.LIVE)
    assert [record.message for record in caplog.records] == ["Camera yard is lost: Nothing answers.", "Camera yard is back"]
    assert [state for state, _ in rig.sink.states] == [CameraState.CONNECTING, CameraState.LOST, CameraState.LIVE]


def test_silence_is_lost_and_then_a_new_connection() -> None:
    def silence(seconds: int) -> Step:
        def step() -> Reading:
            rig.clock.advance_to(rig.clock.now_ns() + seconds * SECOND)
            return Reading(EncodedPacket(b"", 0, 0, 0, False, rig.clock.now_ns()))

        return step

    first = ScriptedSource(frame(1), silence(1), silence(2), frame(2), silence(13))
    rig = Rig(first, ScriptedSource(frame(3)))
    with rig:
        rig.sink.wait_frames(3)
    told = [state for state, _ in rig.sink.states]
    assert told[:4] == [CameraState.CONNECTING, CameraState.LIVE, CameraState.LOST, CameraState.LIVE]
    assert rig.sink.faults[:4] == ["", "", "damaged", ""]
    assert told[-1] is CameraState.LIVE and rig.made == 2
    assert first.closed.is_set()


def test_without_decoding_packets_keep_it_live() -> None:
    packet = Reading(EncodedPacket(b"x", 0, 0, 0, True, 1))
    rig = Rig(ScriptedSource(packet))
    rig.capture.decode = False
    with rig:
        rig.sink.wait_state(CameraState.LIVE)
    assert len(rig.sink.packets) == 1 and not rig.sink.frames


def test_another_picture_size_is_a_new_stream() -> None:
    with Rig(ScriptedSource(frame(1), frame(2, 1, (80, 48)))) as rig:
        rig.sink.wait_frames(2)
    assert [(info.width, info.height) for info in rig.sink.streams] == [(160, 96), (80, 48)]


def test_pictures_of_no_size_are_refused() -> None:
    with Rig(ScriptedSource(info=replace(INFO, width=0, height=0))) as rig:
        rig.sink.wait_state(CameraState.LOST)
    assert "0×0" in rig.sink.reason and not rig.sink.streams


def test_a_bug_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    with Rig(ScriptedSource(frame(1), ZeroDivisionError("a bug")), ScriptedSource(frame(2))) as rig:
        rig.sink.wait_frames(2)
    assert [state for state, _ in rig.sink.states][1:] == [CameraState.LIVE, CameraState.LOST, CameraState.LIVE]
    assert "internal error" in rig.sink.states[2][1]
    assert any(record.exc_info for record in caplog.records)


def test_a_bug_at_every_attempt_is_logged_once_and_again_after_a_steady_while(caplog: pytest.LogCaptureFixture) -> None:
    bug = ZeroDivisionError("a bug")

    def much_later() -> Reading:
        rig.clock.advance_to(rig.clock.now_ns() + 10 * SECOND)
        return frame(3)

    broken = [ScriptedSource(bug) for _ in range(3)]
    with Rig(*broken, ScriptedSource(frame(1), much_later, bug), ScriptedSource(bug), ScriptedSource(frame(4))) as rig:
        rig.sink.wait_frames(3)
    assert rig.made == 6
    assert [record.message for record in caplog.records if record.exc_info] == ["Reading camera yard failed by a bug"] * 2


def test_stop_reaches_a_blocked_read_and_a_long_wait() -> None:
    blocked = ScriptedSource(frame(1))
    with Rig(blocked) as rig:
        rig.sink.wait_state(CameraState.LIVE)
    assert blocked.closed.is_set()
    waiting = Rig(ScriptedSource(info=EnvironmentFault("refused", "No.")))
    waiting.capture = Capture(CAMERA, "main", waiting._make, waiting.clock, waiting.sink, backoff=Backoff(Random(1), 1000, 1000))
    with waiting:
        waiting.sink.wait_state(CameraState.LOST)


def test_a_capture_that_never_started_can_be_stopped() -> None:
    Rig(ScriptedSource()).capture.stop()
