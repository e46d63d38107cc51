"""Clips cut from streams as sources hand them over."""

import hashlib
import os
import queue
import resource
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import pytest

from engine._opencv import cv2
from engine.model.cameras.clip import Clip
from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND, ManualClock
from engine.recording.clips.clips import ClipRecorder
from engine.recording.footage.playback import ClipReader
from engine.recording.raw_video import Vp9Encoder
from tests.engine.recording.streams import ALL, COUNT, FRAME_NS, GROUP, LGPL, START_NS, RawFrame, later, seen, stream

EVENT = "ev-00000000002a-0"
SETTINGS = RecordingSettings(before_s=1.0, after_s=1.0)


@dataclass
class Desk:
    """A recorder, its clock, and what it has announced."""

    folder: Path
    clock: ManualClock
    recorder: ClipRecorder
    clips: "queue.Queue[Clip]" = field(default_factory=queue.Queue)
    troubles: "queue.Queue[str | None]" = field(default_factory=queue.Queue)

    def feed(self, camera_id: str, packets: Iterable[EncodedPacket]) -> None:
        for packet in packets:
            self.clock.advance_to(packet.captured_ns)
            self.recorder.on_packet(camera_id, packet)

    def clip(self) -> Clip:
        return self.clips.get(timeout=60)

    def rest(self) -> list[Clip]:
        """Stop, and everything that was not asked for yet."""
        self.recorder.stop()
        return [self.clips.get_nowait() for _ in range(self.clips.qsize())]

    def pictures(self, clip: Clip) -> list[tuple[int, tuple[int, int]]]:
        """(time from the start of the clip in ns, (camera, index)) of every picture."""
        with ClipReader(self.folder / clip.file) as reader:
            return [(picture.at_ns, seen(picture)) for picture in reader.pictures()]

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "clips").rglob("*") if path.is_file())


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(settings: RecordingSettings = SETTINGS, folder: Path = tmp_path) -> Desk:
        clock = ManualClock(START_NS)
        clips: queue.Queue[Clip] = queue.Queue()
        troubles: queue.Queue[str | None] = queue.Queue()
        recorder = ClipRecorder(folder, clock, clips.put, troubles.put, settings)
        made.append(Desk(folder, clock, recorder, clips, troubles))
        recorder.start()
        return made[-1]

    yield make
    for desk in made:
        desk.recorder.stop()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def at(index: int) -> int:
    return START_NS + index * FRAME_NS


def boxes(path: Path) -> list[str]:
    """Names of an MP4 file's top boxes; their sizes must add up to the file."""
    data, offset, names = path.read_bytes(), 0, []
    while offset < len(data):
        names.append(data[offset + 4 : offset + 8].decode("ascii"))
        offset += int.from_bytes(data[offset : offset + 4], "big")
    assert offset == len(data)
    return names


@pytest.mark.parametrize("kind", ALL)
def test_a_clip_holds_the_pictures_around_the_event_at_their_times(desk: Desk, kind: str) -> None:
    info, packets = stream(kind)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:41])
    desk.recorder.open_clip(EVENT, "yard", at(40))
    desk.feed("yard", packets[41:51])
    desk.recorder.close_clip(EVENT, at(50))
    desk.feed("yard", packets[51:])
    clip = desk.clip()

    pictures = desk.pictures(clip)
    indexes = [index for _, (_, index) in pictures]
    first = indexes[0]
    assert indexes == list(range(first, indexes[-1] + 1))
    assert 30 - 2 * GROUP < first <= 30
    assert 57 <= indexes[-1] <= 63
    assert [round(at_ns / FRAME_NS, 2) for at_ns, _ in pictures] == [index - first for index in indexes]
    assert {camera for _, (camera, _) in pictures} == {0}

    shift = clip.started_ns - at(first)
    assert 0 <= shift <= 3 * FRAME_NS  # a stream with B-pictures is shown a little after it is decoded
    assert (clip.ended_ns - clip.started_ns) == pytest.approx(pictures[-1][0], abs=SECOND // 1_000)
    file = desk.folder / clip.file
    assert clip.file == f"clips/2026-09-21/cl-00000000002a-0{file.suffix}"
    assert (clip.id, clip.event_id, clip.camera_id, clip.transcoded) == ("cl-00000000002a-0", EVENT, "yard", False)
    assert (clip.codec, clip.width, clip.height) == (kind.split()[0], 96, 64)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == clip.sha256
    assert file.stat().st_size == clip.size_bytes
    if file.suffix in (".mp4", ".mov"):
        assert boxes(file).index("moov") < boxes(file).index("mdat")
    _, thumb_index = seen(cv2.imread(str(desk.folder / clip.thumbnail)))
    assert 36 <= thumb_index <= 41
    assert desk.files() == [file.name]
    assert desk.troubles.empty()


def test_the_packets_are_those_that_were_received(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.recorder.open_clip(EVENT, "yard", at(10))
    desk.feed("yard", packets)
    (clip,) = desk.rest()
    with av.open(str(desk.folder / clip.file)) as file:
        written = [bytes(packet) for packet in file.demux(video=0) if packet.size]
    received = [p.data for p in packets]
    assert len(written) == len(received)
    assert all(w.endswith(r) for w, r in zip(written, received, strict=True))


def test_uneven_times_are_kept_as_they_were(desk: Desk) -> None:
    info, packets = stream("mjpeg")
    steps = [0, 40, 95, 100, 600, 640, 1_900, 1_901, 1_950]
    uneven = [replace(p, captured_ns=START_NS + ms * 1_000_000) for p, ms in zip(packets, steps, strict=False)]
    desk.recorder.on_stream("yard", info)
    desk.recorder.open_clip(EVENT, "yard", START_NS)
    desk.feed("yard", uneven)
    (clip,) = desk.rest()
    assert [round(at_ns / 1_000_000) for at_ns, _ in desk.pictures(clip)] == steps
    assert clip.ended_ns == START_NS + 1_950_000_000


def test_two_cameras_and_overlapping_events_never_mix(desk: Desk) -> None:
    streams = {f"cam-{c}": stream(LGPL, c) for c in range(3)}
    for camera_id, (info, _) in streams.items():
        desk.recorder.on_stream(camera_id, info)
    for index in range(COUNT):
        for camera_id, (_, packets) in streams.items():
            desk.feed(camera_id, [packets[index]])
            if index in (20, 25):
                desk.recorder.open_clip(f"ev-{camera_id}-{index}", camera_id, at(index))
    clips = desk.rest()
    assert len(clips) == 6
    for clip in clips:
        cameras = {camera for _, (camera, _) in desk.pictures(clip)}
        assert cameras == {int(clip.camera_id[-1])}
        assert clip.camera_id in clip.event_id


@pytest.mark.parametrize("change", ["size", "codec", "pause"])
def test_another_picture_size_codec_or_a_pause_ends_the_file(desk: Desk, change: str) -> None:
    info, packets = stream(LGPL)
    other_info, others = {"size": stream(LGPL, 1, 64, 48), "codec": stream("mjpeg", 1), "pause": stream(LGPL, 1)}[change]
    desk.recorder.on_stream("yard", info)
    desk.recorder.open_clip(EVENT, "yard", at(10))
    desk.feed("yard", packets[:30])
    desk.recorder.on_stream("yard", other_info)
    desk.feed("yard", later(others[1:], (6 if change == "pause" else 3) * SECOND))
    first, second = desk.rest()
    assert (first.id, second.id) == ("cl-00000000002a-0", "cl-00000000002a-0-p2")
    assert {camera for _, (camera, _) in desk.pictures(first)} == {0}
    assert {camera for _, (camera, _) in desk.pictures(second)} == {1}
    assert len(desk.pictures(first)) == 30
    assert (second.width, second.height, second.codec) == (other_info.width, other_info.height, other_info.codec)
    assert first.ended_ns < second.started_ns


def test_a_quick_reconnection_of_the_same_stream_goes_on_in_the_file(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.recorder.open_clip(EVENT, "yard", at(10))
    desk.feed("yard", packets[:30])
    desk.recorder.on_stream("yard", replace(info))
    desk.feed("yard", later(packets[:20], 30 * FRAME_NS))
    (clip,) = desk.rest()
    assert [index for _, (_, index) in desk.pictures(clip)] == [*range(30), *range(20)]


def test_new_parameter_sets_inside_the_stream_end_the_file(desk: Desk) -> None:
    info, packets = stream("h264 byte stream")
    _, others = stream("h264 byte stream", 1, 64, 48)
    desk.recorder.on_stream("yard", info)
    desk.recorder.open_clip(EVENT, "yard", at(10))
    desk.feed("yard", packets[:30])
    desk.feed("yard", later(others, 30 * FRAME_NS))
    clips = desk.rest()
    assert [{camera for _, (camera, _) in desk.pictures(clip)} for clip in clips] == [{0}, {1}]


def test_what_came_before_a_reconnection_before_the_event_is_left_out(desk: Desk) -> None:
    info, packets = stream(LGPL)
    _, others = stream(LGPL, 1)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:20])
    desk.recorder.on_stream("yard", replace(info, fps=9.0))
    desk.feed("yard", later(others[:5], 20 * FRAME_NS))
    desk.recorder.open_clip(EVENT, "yard", at(24))
    desk.feed("yard", later(others[5:40], 20 * FRAME_NS))
    (clip,) = desk.rest()
    assert {camera for _, (camera, _) in desk.pictures(clip)} == {1}
    assert desk.files() == [Path(clip.file).name]


def test_a_clip_is_cut_at_the_longest_length_and_its_event_gets_no_second(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(replace(SETTINGS, longest_clip_s=3.0))
    info, packets = stream("mjpeg")
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:21])
    desk.recorder.open_clip(EVENT, "yard", at(20))
    desk.feed("yard", packets[21:])
    clip = desk.clip()
    assert clip.ended_ns - clip.started_ns == 3 * SECOND
    desk.recorder.open_clip(EVENT, "yard", at(20))  # the event changed and was told again
    desk.recorder.close_clip(EVENT, at(70))
    assert desk.rest() == []
    assert desk.files() == [Path(clip.file).name]


def test_a_camera_that_dies_still_gives_its_clip(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:30])
    desk.recorder.open_clip(EVENT, "yard", at(29))
    desk.recorder.close_clip(EVENT, at(30))
    desk.clock.advance_to(at(30) + 4 * SECOND)
    clip = desk.clip()
    assert clip.ended_ns == at(29)


def test_a_second_event_with_the_same_number_after_a_restart_overwrites_nothing(make_desk: Callable[..., Desk]) -> None:
    info, packets = stream(LGPL)
    made: list[Clip] = []
    for _ in range(2):
        desk = make_desk()
        desk.recorder.on_stream("yard", info)
        desk.recorder.open_clip(EVENT, "yard", at(10))
        desk.feed("yard", packets)
        made += desk.rest()
    assert [clip.id for clip in made] == ["cl-00000000002a-0", "cl-00000000002a-0-p2"]
    assert len(desk.files()) == 2


def test_raw_pictures_become_vp9_in_the_clip(desk: Desk) -> None:
    desk.recorder.on_stream("sim", StreamInfo("", 96, 64, 10.0))
    for index in range(20):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
    desk.recorder.open_clip(EVENT, "sim", at(19))
    for index in range(20, 30):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
    (clip,) = desk.rest()
    pictures = desk.pictures(clip)
    assert (clip.codec, clip.transcoded, clip.width, clip.height) == ("vp9", True, 96, 64)
    first = pictures[0][1][1]
    assert first <= 9, "a clip begins at the keyframe before"
    assert [index for _, (_, index) in pictures] == list(range(first, 30))
    assert [at_ns // 1_000 for at_ns, _ in pictures] == [n * FRAME_NS // 1_000 for n in range(30 - first)]
    assert {camera for _, (camera, _) in pictures} == {2}
    assert (clip.started_ns, clip.ended_ns) == (at(first), at(29))
    file = desk.folder / clip.file
    assert file.suffix == ".mp4"
    assert boxes(file).index("moov") < boxes(file).index("mdat")
    with ClipReader(file) as reader:
        found = reader.picture_at(7 * FRAME_NS)
        assert found is not None
        assert seen(found) == (2, first + 7)


def test_a_machine_that_encodes_slowly_loses_no_pictures_when_an_event_begins(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seconds before an event are encoded while pictures go on coming."""
    encoded = Vp9Encoder.encode_picture

    def slowly(*args: Any) -> EncodedPacket:
        time.sleep(0.06)
        return encoded(*args)

    monkeypatch.setattr(Vp9Encoder, "encode_picture", slowly)
    desk.recorder.settings = replace(SETTINGS, before_s=8.0)
    desk.recorder.on_stream("sim", StreamInfo("", 96, 64, 10.0))
    for index in range(60):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
        if index % 20 == 19:
            time.sleep(0.3)
    desk.recorder.open_clip(EVENT, "sim", at(59))
    for index in range(60, 130):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
        time.sleep(0.05)
    assert desk.recorder.raw_dropped == 0


def test_overlapping_clips_of_raw_pictures_share_one_video(desk: Desk) -> None:
    desk.recorder.on_stream("sim", StreamInfo("", 96, 64, 10.0))
    for index in range(20):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
    desk.recorder.open_clip(EVENT, "sim", at(19))
    for index in range(20, 40):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
    desk.recorder.open_clip("ev-00000000002b-0", "sim", at(39))
    desk.recorder.close_clip(EVENT, at(25))
    desk.clock.advance_to(at(70))
    first = desk.clip()
    for index in range(40, 60):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
    (second,) = desk.rest()
    one, two = ([index for _, (_, index) in desk.pictures(clip)] for clip in (first, second))
    assert one == list(range(one[0], 36))
    assert one[0] <= 9
    assert two == list(range(two[0], 60))
    assert 9 <= two[0] <= 29, "begins at a keyframe that was encoded for the other"
    with av.open(str(desk.folder / first.file)) as a, av.open(str(desk.folder / second.file)) as b:
        shared = {bytes(packet) for packet in a.demux() if packet.size} & {bytes(packet) for packet in b.demux() if packet.size}
    assert len(shared) >= 36 - two[0]


def test_a_raw_camera_that_sends_packets_now_is_another_one(desk: Desk) -> None:
    desk.recorder.on_stream("yard", StreamInfo("", 96, 64, 10.0))
    for index in range(10):
        desk.recorder.on_raw_frame("yard", RawFrame(2, index, at(index)))
    desk.recorder.open_clip(EVENT, "yard", at(9))
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:30])
    desk.recorder.open_clip("ev-00000000002b-0", "yard", at(20))
    made = desk.rest()
    assert made[-1].transcoded is False
    assert {camera for _, (camera, _) in desk.pictures(made[-1])} == {0}


def test_events_after_one_another_get_videos_of_their_own(desk: Desk) -> None:
    """The video of the first is let go of; that of the second is made anew from the ring."""
    desk.recorder.on_stream("sim", StreamInfo("", 96, 64, 10.0))
    for index in range(20):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
    desk.recorder.open_clip(EVENT, "sim", at(10))
    desk.recorder.close_clip(EVENT, at(12))
    desk.clock.advance_to(at(60))
    desk.clip()
    for index in range(20, 40):
        desk.recorder.on_raw_frame("sim", RawFrame(2, index, at(index)))
    desk.recorder.open_clip("ev-00000000002b-0", "sim", at(39))
    (second,) = desk.rest()
    indexes = [index for _, (_, index) in desk.pictures(second)]
    assert indexes == list(range(indexes[0], 40))
    assert indexes[0] <= 29


def test_raw_pictures_of_another_size_begin_another_file_and_large_ones_are_scaled(desk: Desk) -> None:
    desk.recorder.on_stream("usb", StreamInfo("", 96, 64, 10.0))
    desk.recorder.open_clip(EVENT, "usb", at(0))
    for index in range(8):
        desk.recorder.on_raw_frame("usb", RawFrame(1, index, at(index)))
    for index in range(8, 12):
        desk.recorder.on_raw_frame("usb", RawFrame(1, index, at(index), 1_920, 1_080))
    desk.recorder.on_raw_frame("usb", RawFrame(1, 12, at(12), 0, 0))
    first, second = desk.rest()
    assert (first.width, first.height) == (96, 64)
    assert (second.width, second.height) == (1_280, 720)
    assert [index for _, (_, index) in desk.pictures(second)] == [8, 9, 10, 11]


def test_stopping_keeps_what_there_is(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:30])
    desk.recorder.open_clip(EVENT, "yard", at(29))
    (clip,) = desk.rest()
    assert clip.ended_ns == at(29)


def test_a_forgotten_camera_ends_its_clips_and_gives_its_memory_back(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:30])
    assert desk.recorder.ring_bytes()["yard"] == sum(len(p.data) for p in packets[:30])
    desk.recorder.open_clip(EVENT, "yard", at(29))
    desk.recorder.forget_camera("yard")
    assert desk.clip().ended_ns == at(29)
    assert desk.recorder.ring_bytes() == {}
    desk.recorder.on_packet("yard", packets[30])


def test_nothing_is_kept_while_recording_is_off(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:20])
    desk.recorder.settings = replace(SETTINGS, enabled=False)
    desk.feed("yard", packets[20:30])
    desk.recorder.open_clip(EVENT, "yard", at(25))
    assert desk.recorder.ring_bytes() == {"yard": 0}
    desk.recorder.settings = SETTINGS
    desk.feed("yard", packets[30:])
    desk.recorder.open_clip(EVENT, "yard", at(25))
    (clip,) = desk.rest()
    assert desk.pictures(clip)[0][1][1] >= 30


def test_unknown_cameras_and_events_are_ignored(desk: Desk) -> None:
    desk.recorder.on_packet("nobody", stream(LGPL)[1][0])
    desk.recorder.on_raw_frame("nobody", RawFrame(0, 0, START_NS))
    desk.recorder.open_clip(EVENT, "nobody", START_NS)
    desk.recorder.close_clip(EVENT, START_NS)
    assert desk.rest() == []
    assert desk.files() == []


@pytest.mark.parametrize(
    "info",
    [
        StreamInfo("h264", 0, 0, 0.0),
        StreamInfo("mjpeg", 0, 0, 0.0),
        StreamInfo("no such codec", 96, 64, 0.0),
        StreamInfo("h264", 96, 64, 0.0, (1, 0), b"\x01\x02"),
    ],
)
def test_a_stream_that_fits_no_file_is_a_trouble_not_a_crash(desk: Desk, info: StreamInfo) -> None:
    _, packets = stream(LGPL)
    good_info, _ = stream(LGPL, 1)
    desk.recorder.on_stream("bad", info)
    desk.recorder.on_stream("good", good_info)
    desk.recorder.open_clip("ev-1-0", "bad", at(10))
    desk.recorder.open_clip("ev-2-0", "good", at(10))
    noise = [replace(p, data=os.urandom(200)) for p in packets]
    desk.feed("bad", noise)
    desk.feed("good", stream(LGPL, 1)[1])
    clips = {clip.camera_id: clip for clip in desk.rest()}
    assert {camera for _, (camera, _) in desk.pictures(clips["good"])} == {1}
    assert "bad" in clips or "Could not record" in (desk.troubles.get_nowait() or "")
    assert not [name for name in desk.files() if name.endswith(".part")]


def test_a_bug_behind_one_clip_costs_no_other(tmp_path: Path) -> None:
    clips: queue.Queue[Clip] = queue.Queue()
    troubles: queue.Queue[str | None] = queue.Queue()

    def take(clip: Clip) -> None:
        if clip.event_id == "ev-1-0":
            raise RuntimeError("boom")
        clips.put(clip)

    recorder = ClipRecorder(tmp_path, ManualClock(START_NS), take, troubles.put, SETTINGS)
    recorder.start()
    info, packets = stream(LGPL)
    recorder.on_stream("yard", info)
    recorder.open_clip("ev-1-0", "yard", at(10))
    recorder.open_clip("ev-2-0", "yard", at(10))
    for packet in packets:
        recorder.on_packet("yard", packet)
    recorder.stop()
    assert clips.get_nowait().event_id == "ev-2-0"
    assert "boom" in (troubles.get_nowait() or "")
    assert troubles.get_nowait() is None


def test_a_file_that_may_not_grow_leaves_no_half_clip_and_the_next_one_works(desk: Desk) -> None:
    """The kernel stops the write in the middle of the file (RLIMIT_FSIZE), as a full disk does."""
    info, packets = stream("mjpeg")
    desk.recorder.on_stream("yard", info)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        desk.recorder.open_clip("ev-1-0", "yard", at(10))
        desk.feed("yard", packets)
        desk.recorder.close_clip("ev-1-0", at(20))
        trouble = desk.troubles.get(timeout=60)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert trouble is not None and "cl-1-0" in trouble
    assert desk.files() == []
    desk.recorder.open_clip("ev-2-0", "yard", at(30))
    desk.recorder.close_clip("ev-2-0", at(40))
    assert desk.clip().event_id == "ev-2-0"
    assert desk.troubles.get(timeout=60) is None


def test_a_full_disk_leaves_no_half_clip(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("A small file system can be mounted by root only.")
    try:
        desk = make_desk(folder=folder)
        info, packets = stream("mjpeg")
        desk.recorder.on_stream("yard", info)
        desk.recorder.open_clip(EVENT, "yard", at(10))
        desk.feed("yard", packets)
        desk.recorder.stop()
        assert "disk is full" in (desk.troubles.get_nowait() or "")
        assert desk.clips.empty()
        assert desk.files() == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_folder_that_refuses_is_a_trouble(desk: Desk) -> None:
    (desk.folder / "clips" / "2026-09-21").write_text("in the way")
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.recorder.open_clip(EVENT, "yard", at(10))
    desk.feed("yard", packets)
    assert "Could not create the folder" in (desk.troubles.get(timeout=60) or "")
    assert desk.rest() == []


def test_part_files_of_a_crash_are_removed_and_counted(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    day = tmp_path / "clips" / "2026-09-20"
    day.mkdir(parents=True)
    for name in ("cl-1.mp4.part", "cl-2.mov.part", "cl-3.mp4"):
        (day / name).write_bytes(b"x")
    desk = make_desk()
    assert desk.recorder.removed_parts == 2
    assert desk.files() == ["cl-3.mp4"]


def raw(desk: Desk, indices: range, camera: int = 2) -> None:
    for index in indices:
        desk.clock.advance_to(at(index))
        desk.recorder.on_raw_frame("yard", RawFrame(camera, index, at(index)))


def test_a_camera_that_begins_anew_goes_on_in_a_further_file_of_the_event(desk: Desk) -> None:
    """As when parts of its picture become private: packets until then, and pictures since."""
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:20])
    desk.recorder.open_clip(EVENT, "yard", at(15))
    desk.recorder.begin_anew("yard", StreamInfo("", 96, 64, 10.0))
    raw(desk, range(20, 30))
    desk.recorder.close_clip(EVENT, at(25))
    before, since = sorted(desk.rest(), key=lambda clip: clip.started_ns)
    assert (before.id, since.id) == ("cl-00000000002a-0", "cl-00000000002a-0-p2")
    assert (before.transcoded, since.transcoded) == (False, True)
    assert {camera for _, (camera, _) in desk.pictures(before)} == {0}
    assert [seen for _, seen in desk.pictures(since)] == [(2, index) for index in range(20, 30)]


def test_an_event_after_that_gets_nothing_of_before(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", info)
    desk.feed("yard", packets[:20])
    desk.recorder.begin_anew("yard", StreamInfo("", 96, 64, 10.0))
    raw(desk, range(20, 24))
    desk.recorder.open_clip(EVENT, "yard", at(22))
    raw(desk, range(24, 30))
    (clip,) = desk.rest()
    assert [seen for _, seen in desk.pictures(clip)] == [(2, index) for index in range(20, 30)]


def test_packets_of_after_it_begin_at_a_keyframe(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.recorder.on_stream("yard", StreamInfo("", 96, 64, 10.0))
    raw(desk, range(15))
    desk.recorder.begin_anew("yard", info)
    desk.feed("yard", packets[15:20])
    desk.recorder.open_clip(EVENT, "yard", at(18))
    desk.feed("yard", packets[20:40])
    (clip,) = desk.rest()
    pictures = [seen for _, seen in desk.pictures(clip)]
    assert not clip.transcoded and pictures[0] == (0, 2 * GROUP) and {camera for camera, _ in pictures} == {0}


def test_changing_it_again_and_again_makes_a_file_each_and_ends_with_the_event(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.recorder.on_stream("yard", StreamInfo("", 96, 64, 10.0))
    desk.recorder.open_clip(EVENT, "yard", at(0))
    for turn in range(3):
        raw(desk, range(10 * turn, 10 * turn + 10), camera=turn + 1)
        desk.recorder.begin_anew("yard", StreamInfo("", 96, 64, 10.0))
    desk.recorder.close_clip(EVENT, at(29))
    raw(desk, range(30, 60), camera=5)
    made = sorted(desk.rest(), key=lambda clip: clip.started_ns)
    shown = [[camera for _, (camera, _) in desk.pictures(clip)] for clip in made]
    assert shown[-1] == [5] * 10, "until a second after the event"
    assert all(len(set(each)) == 1 for each in shown), "no file holds what came before and after a change"


def test_a_camera_that_is_not_connected_begins_nothing(desk: Desk) -> None:
    desk.recorder.begin_anew("yard", None)
    desk.recorder.open_clip(EVENT, "yard", at(0))
    assert desk.recorder.rings() == {} and desk.rest() == []
