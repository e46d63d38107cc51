"""A camera with privacy areas: what is decoded, recorded and shown of its streams, and what becomes of that when the areas change."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from engine.model.cameras.frame import SOFTWARE, CaptureSink, DecodedFrame, EncodedPacket, StreamInfo
from engine.model.cameras.privacy import WHOLE
from engine.model.command import Credentials
from engine.model.geometry import Polygon
from engine.model.observation import Motion
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings
from engine.model.time import ManualClock
from engine.runtime.cameras.camera import CameraParts, CameraUnit
from engine.runtime.cameras.packets import PacketHub
from engine.runtime.cameras.pictures import PictureHub
from tests.fakes.frames import FlatFrame
from tests.fakes.ports import NO_INBOX

AREA: Polygon = ((0.1, 0.1), (0.4, 0.1), (0.1, 0.4))
OTHER: Polygon = ((0.5, 0.5), (0.9, 0.5), (0.5, 0.9))
ONE = CameraSettings("yard", "Yard", "rtsp://yard/main")
TWO = replace(ONE, sub_url="rtsp://yard/sub")
H264 = StreamInfo("h264", 1280, 720, 25.0, extradata=b"sets")


class FakeCapture:
    def __init__(self, stream: str, sink: CaptureSink) -> None:
        self.stream, self.sink = stream, sink
        self.privacy: Callable[[int, int], tuple[Polygon, ...]] = lambda width, height: ()
        self.decode, self.settled = True, 0
        self.reconnects, self.clock_ahead_ns, self.decoder = 0, None, SOFTWARE

    def start(self) -> None: ...

    def ask_to_stop(self) -> None: ...

    def stop(self) -> None: ...

    def settle(self) -> None:
        self.settled += 1


@dataclass
class FakeRecorder:
    streams: list[StreamInfo] = field(default_factory=list)
    packets: int = 0
    frames: list[DecodedFrame] = field(default_factory=list)
    anew: list[StreamInfo | None] = field(default_factory=list)

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        self.streams.append(info)

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        self.packets += 1

    def on_raw_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        self.frames.append(frame)

    def begin_anew(self, camera_id: str, info: StreamInfo | None) -> None:
        self.anew.append(info)

    def forget_camera(self, camera_id: str) -> None: ...


class NoMotion:
    def look(self, frame: DecodedFrame) -> Motion:
        return Motion(0.0, np.zeros((0, 4), np.float32))


class Rig:
    def __init__(self, settings: CameraSettings) -> None:
        self.recorder, self.captures, self.looked = FakeRecorder(), dict[str, FakeCapture](), list[DecodedFrame]()
        self.motions = 0
        parts = CameraParts(
            ManualClock(10**18),
            self._capture,
            self._motion,
            self.recorder,
            NO_INBOX,
            lambda camera_id, frame, active, regions: self.looked.append(frame),
            lambda camera_id: 1.0,
        )
        self.hub = PictureHub(settings.id, lambda wanted: self.unit.main_wanted(wanted))
        self.unit = CameraUnit(settings, None, parts, self.hub, PacketHub())
        self.unit.start()

    def _capture(self, settings: CameraSettings, stream: str, login: Credentials | None, sink: CaptureSink) -> FakeCapture:
        return self.captures.setdefault(stream, FakeCapture(stream, sink))

    def _motion(self, settings: CameraSettings) -> NoMotion:
        self.motions += 1
        return NoMotion()

    def on(self, stream: str, info: StreamInfo = H264) -> None:
        self.captures[stream].sink.on_stream("yard", info)

    def frame(self, stream: str, index: int = 0) -> FlatFrame:
        frame = FlatFrame(index, 10**18 + index)
        self.captures[stream].sink.on_frame("yard", frame)
        return frame


def test_without_areas_packets_are_recorded_as_they_come() -> None:
    rig = Rig(ONE)
    rig.on("main")
    rig.frame("main")
    assert rig.recorder.streams == [H264] and not rig.recorder.frames and rig.unit.areas(1280, 720) == ()


def test_with_areas_the_recorder_is_told_of_pictures_and_gets_them() -> None:
    rig = Rig(replace(ONE, privacy=(AREA,)))
    rig.on("main")
    frame = rig.frame("main")
    assert rig.recorder.streams == [replace(H264, codec="", extradata=b"")]
    assert rig.recorder.frames == [frame] and rig.looked == [frame]
    assert rig.captures["main"].privacy(1280, 720) == (AREA,)
    assert rig.unit.health().codec == "h264"


def test_of_two_streams_the_main_one_is_recorded_and_therefore_always_decoded() -> None:
    rig = Rig(replace(TWO, privacy=(AREA,)))
    rig.on("sub", replace(H264, width=640, height=360))
    rig.on("main")
    assert rig.captures["main"].decode
    feed = rig.unit.watch(PictureWant(100, 100, main=True), lambda: None, lambda: False)
    feed.close()
    assert rig.captures["main"].decode
    rig.frame("sub")
    main = rig.frame("main")
    assert rig.recorder.frames == [main] and len(rig.looked) == 1


def test_areas_that_are_set_while_it_runs_hold_for_both_streams_and_nothing_of_before_is_kept() -> None:
    rig = Rig(TWO)
    rig.on("sub", replace(H264, width=640, height=360))
    rig.on("main")
    assert not rig.captures["main"].decode
    feed = rig.unit.watch(PictureWant(64, 36), lambda: None, lambda: False)
    rig.frame("sub")
    assert feed.latest() is not None
    rig.unit.configure(replace(TWO, privacy=(AREA,)))
    assert feed.latest() is None and rig.motions == 2
    assert [capture.settled for capture in rig.captures.values()] == [1, 1]
    assert rig.recorder.anew == [replace(H264, codec="", extradata=b"")] and rig.captures["main"].decode
    rig.unit.configure(replace(TWO, privacy=(AREA,), name="Another name"))
    assert len(rig.recorder.anew) == 1 and rig.motions == 2
    rig.unit.configure(replace(TWO, privacy=(AREA, OTHER)))
    rig.unit.configure(TWO)
    assert rig.recorder.anew[1:] == [rig.recorder.anew[0], H264] and not rig.captures["main"].decode


def test_areas_that_are_set_before_it_is_connected_begin_nothing() -> None:
    rig = Rig(ONE)
    rig.unit.configure(replace(ONE, privacy=(AREA,)))
    assert rig.recorder.anew == [None]
    rig.on("main")
    assert rig.recorder.streams[0].codec == ""


def test_streams_of_other_shapes_cover_what_either_reading_would() -> None:
    rig = Rig(replace(TWO, privacy=(OTHER,)))
    rig.on("sub", replace(H264, width=640, height=360))
    assert len(rig.unit.areas(640, 360)) > 1, "nobody knows yet what shape the main stream has"
    rig.on("main")
    assert rig.unit.areas(640, 360) == (OTHER,) == rig.unit.areas(1280, 720)
    rig.on("main", replace(H264, width=2048, height=1536))
    assert len(rig.unit.areas(640, 360)) == 3 == len(rig.unit.areas(2048, 1536))


def test_a_camera_that_is_turned_is_covered_whole_until_its_areas_are_drawn_anew() -> None:
    rig = Rig(replace(ONE, privacy=(AREA,)))
    rig.on("main")
    assert rig.unit.areas(1280, 720) == (AREA,)
    rig.on("main", replace(H264, width=720, height=1280))
    assert rig.unit.areas(720, 1280) == (WHOLE,)
    rig.unit.configure(replace(ONE, privacy=(OTHER,), privacy_size=(720, 1280)))
    assert rig.unit.areas(720, 1280) == (OTHER,)
    upright = Rig(replace(ONE, privacy=(AREA,), privacy_size=(1280, 720)))
    upright.on("main", replace(H264, width=720, height=1280))
    assert upright.unit.areas(720, 1280) == (WHOLE,), "also when it was turned while nobody watched"
