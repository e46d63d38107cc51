"""Privacy areas where pictures come in: nothing unburned goes past the capture, and no packet, from the moment on that they are set."""

import threading
from pathlib import Path

import pytest

from engine._burning import Burner
from engine.model.cameras.frame import Bytes2D, DecodedFrame, EncodedPacket, StreamInfo
from engine.model.geometry import Polygon
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.capture import Capture, nothing_private
from engine.sources.camera.picture import ArrayPicture, burned
from engine.sources.camera.source import open_source
from tests.fakes.frames import FlatFrame
from tests.fakes.video import picture_number
from tests.fakes.waiting import until

LOW: Polygon = ((0.2, 0.6), (0.8, 0.6), (0.8, 0.95), (0.2, 0.95))  # the lower half is of one grey, the number is in the upper half


def hidden(picture: Bytes2D) -> bool:
    """BGR of 160 × 96: whether the middle of the area is burned."""
    return bool(picture[70:80, 60:100].max() < 70)


class Sink:
    """What came, in its order: pictures with their number and whether they were burned, and packets. `while_passing` runs within a call."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, bool]] = []
        self.packets: list[EncodedPacket] = []
        self.streams: list[StreamInfo] = []
        self.state: CameraState | None = None
        self.while_passing = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        self.streams.append(info)

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        self.packets.append(packet)

    def on_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        self.while_passing.set()
        assert self.go_on.wait(60)
        self.frames.append((picture_number(frame.luma()), hidden(frame.bgr(160, 96))))

    def on_state(self, camera_id: str, state: CameraState, reason: str, fault: str) -> None:
        self.state = state


def capture_of(path: Path, sink: Sink, **settings: bool) -> Capture:
    camera = CameraSettings("yard", "Yard", str(path), **settings)
    clock = SystemClock()
    return Capture(camera, "main", lambda: open_source(camera, "main", None, clock), clock, sink)


@pytest.mark.parametrize("name", ["h264.mp4", "h265.mp4", "mjpeg.avi", "b_frames.mp4"])
def test_every_picture_comes_burned_whole_and_in_order_and_no_packet_at_all(videos: dict[str, Path], name: str) -> None:
    sink = Sink()
    capture = capture_of(videos[name], sink, paced=False, loop=False)
    capture.privacy = lambda width, height: (LOW,)
    capture.start()
    until(lambda: sink.state is CameraState.ENDED, "the file is over")
    capture.stop()
    assert [number for number, _ in sink.frames] == list(range(50))
    assert all(was_hidden for _, was_hidden in sink.frames) and not sink.packets and sink.streams[0].codec


def test_without_areas_nothing_is_burned_and_packets_come(videos: dict[str, Path]) -> None:
    sink = Sink()
    capture = capture_of(videos["h264.mp4"], sink, paced=False, loop=False)
    capture.start()
    until(lambda: sink.state is CameraState.ENDED, "the file is over")
    capture.stop()
    assert len(sink.packets) == 50 and not any(was_hidden for _, was_hidden in sink.frames)


def test_areas_hold_from_the_moment_on_that_they_are_settled_and_until_they_are_gone(videos: dict[str, Path]) -> None:
    sink = Sink()
    capture = capture_of(videos["h264.mp4"], sink)
    capture.start()
    until(lambda: len(sink.frames) > 3, "pictures come")
    capture.privacy = lambda width, height: (LOW,)
    capture.settle()
    before, packets = len(sink.frames), len(sink.packets)
    until(lambda: len(sink.frames) > before + 5, "pictures come")
    assert len(sink.packets) == packets and all(was_hidden for _, was_hidden in sink.frames[before:])
    capture.privacy = nothing_private
    capture.settle()
    after = len(sink.frames)
    until(lambda: len(sink.packets) > packets + 3, "packets come again")
    until(lambda: len(sink.frames) > after + 3, "pictures come")
    capture.stop()
    assert not any(was_hidden for _, was_hidden in sink.frames[after:])


def test_settling_waits_for_the_picture_that_is_under_way(videos: dict[str, Path]) -> None:
    sink = Sink()
    capture = capture_of(videos["h264.mp4"], sink)
    sink.go_on.clear()
    capture.start()
    assert sink.while_passing.wait(60)
    capture.privacy = lambda width, height: (LOW,)
    settled = threading.Event()

    def settle() -> None:
        capture.settle()
        settled.set()

    thread = threading.Thread(target=settle)
    thread.start()
    assert not settled.is_set()
    sink.go_on.set()
    thread.join(60)
    assert settled.is_set()
    before = len(sink.frames)
    until(lambda: len(sink.frames) > before + 2, "pictures come")
    capture.stop()
    assert all(was_hidden for _, was_hidden in sink.frames[before:])


def test_pictures_of_any_kind_are_burned_and_arrays_that_others_have_are_not_written_to() -> None:
    own = ArrayPicture(FlatFrame(0, 0).bgr(160, 96), 5, 7)
    for frame in (own, FlatFrame(7, 5, 160, 96)):
        made = burned(frame, Burner((LOW,)))
        assert hidden(made.bgr(160, 96)) and (made.index, made.captured_ns) == (7, 5)
        assert made.luma()[75, 80] < 70 and made.bgra(160, 96)[75, 80, 3] == 255
    assert not hidden(own.bgr(160, 96))
