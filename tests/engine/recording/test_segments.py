"""Continuous video: whole, playable files one after the other, made of the packets as they came; gaps where something is missing."""

import queue
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.cameras.segment import Segment
from engine.model.errors import EnvironmentFault
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND, ManualClock
from engine.recording.clips.clips import ClipRecorder
from engine.recording.footage.playback import ClipReader
from engine.recording.ring import PacketRing
from engine.recording.segments import cut as segment_cut
from engine.recording.segments.cut import SegmentCut
from engine.recording.segments.recorder import SegmentRecorder
from engine.recording.segments.recovery import left_parts, recover, unlisted
from engine.recording.segments.store import first_bad_ns, read_segment, started_of
from tests.engine.recording import footages
from tests.engine.recording.streams import ALL, COUNT, FRAME_NS, GROUP, LGPL, START_NS, RawFrame, later, seen, stream
from tests.fakes.waiting import until

TWO_SECONDS = 2 * SECOND
RECORDING = RecordingSettings(continuous=True, segment_s=5.0)


@dataclass
class Reel:
    """One camera's ring and what is cut from it."""

    folder: Path
    ring: PacketRing = field(default_factory=lambda: PacketRing(64 << 20, 60 * SECOND))

    def __post_init__(self) -> None:
        self.cut = SegmentCut(self.folder, "yard", self.ring, 0)

    def feed(self, info: StreamInfo | None, packets: Iterable[EncodedPacket]) -> list[Segment]:
        """All in one go, and what became whole of it."""
        if info is not None:
            self.ring.on_stream(info)
        for packet in packets:
            self.ring.append(packet)
        return list(self.cut.advance(TWO_SECONDS))

    def rest(self) -> list[Segment]:
        return list(self.cut.finish())

    def indexes(self, segment: Segment) -> list[int]:
        return [index for _, (_, index) in self.pictures(segment)]

    def pictures(self, segment: Segment) -> list[tuple[int, tuple[int, int]]]:
        with ClipReader(self.folder / segment.file) as reader:
            return [(picture.at_ns, seen(picture)) for picture in reader.pictures()]


@pytest.fixture
def reel(tmp_path: Path) -> Reel:
    return Reel(tmp_path)


@pytest.mark.parametrize("kind", ALL)
def test_segments_of_every_codec_hold_all_pictures_without_a_gap(reel: Reel, kind: str) -> None:
    info, packets = stream(kind)
    made = [*reel.feed(info, packets), *reel.rest()]
    assert len(made) == 4
    found = [index for segment in made for index in reel.indexes(segment)]
    missing = set(range(COUNT)) - set(found)
    assert found == sorted(set(found)) and len(missing) <= (4 if "hevc length" in kind else 0), "pictures that lean on the file before go"
    assert all(earlier.ended_ns == segment.started_ns for earlier, segment in pairwise(made))
    assert made[-1].ended_ns - made[0].started_ns == pytest.approx(COUNT * FRAME_NS, abs=3 * FRAME_NS)
    for segment in made:
        path = reel.folder / segment.file
        assert segment.file == f"segments/yard/2026-09-21/sg-yard-{segment.started_ns:016x}{path.suffix}"
        assert (segment.codec, segment.size_bytes, segment.damage) == (kind.split()[0], path.stat().st_size, "")
        assert segment.keyframe_ms == (100 if kind == "mjpeg" else 800)
        assert started_of(path) == segment.started_ns
        times = [round(at_ns / FRAME_NS, 2) for at_ns, _ in reel.pictures(segment)]
        first = reel.indexes(segment)[0]
        assert times == [index - first for index in reel.indexes(segment)]


@pytest.mark.parametrize("kind", [*ALL])
def test_what_a_crash_left_is_whole_but_for_the_last_second(reel: Reel, kind: str, tmp_path: Path) -> None:
    info, packets = stream(kind)
    cut = SegmentCut(tmp_path, "yard", reel.ring, 0)
    reel.ring.on_stream(info)
    for packet in packets:
        reel.ring.append(packet)
    assert list(cut.advance(60 * SECOND)) == []
    (part,) = left_parts(tmp_path)
    crashed = tmp_path / "crashed"  # what another process would find, were this one gone now
    shutil.copytree(tmp_path / "segments", crashed / "segments")
    (part,) = left_parts(crashed)
    segment = recover(crashed, part)
    assert segment is not None and segment.damage == ""
    assert not left_parts(crashed) and [path.name for path in unlisted(crashed, ())] == [Path(segment.file).name]
    with ClipReader(crashed / segment.file) as reader:
        found = [seen(picture)[1] for picture in reader.pictures()]
    whole = COUNT - SECOND // FRAME_NS
    assert found[:whole] == list(range(whole)), "where B-pictures lean on what is lost, one or two of the last second are too"
    assert segment.ended_ns - segment.started_ns == pytest.approx((found[-1] + 1) * FRAME_NS, abs=4 * FRAME_NS)
    assert (segment.codec, segment.width, segment.height) == (kind.split()[0], 96, 64)
    cut.leave()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_part_file_that_ends_anywhere_gives_what_is_whole_of_it(reel: Reel, tmp_path: Path, share: float) -> None:
    info, packets = stream("h264 byte stream")
    reel.feed(info, packets[:19])
    (part,) = left_parts(tmp_path)
    data = part.read_bytes()
    reel.cut.leave()
    part.write_bytes(data[: round(share * len(data))])
    segment = recover(tmp_path, part)
    assert not left_parts(tmp_path)
    if segment is None:
        assert share <= 0.5 and not list(unlisted(tmp_path, ()))
        return
    assert segment.damage == ""
    found = reel.indexes(segment)
    assert found == list(range(found[0], found[0] + len(found)))


def test_a_part_file_with_a_hole_in_it_is_marked(reel: Reel, tmp_path: Path) -> None:
    info, packets = stream("h264 byte stream")
    reel.feed(info, packets[:16])
    reel.cut.leave()
    (part,) = left_parts(tmp_path)
    data = bytearray(part.read_bytes())
    where = data.rindex(packets[8].data[-40:])
    data[where - 400 : where + 30] = bytes(430)  # as a disk gives back what it never got
    part.write_bytes(data)
    segment = recover(tmp_path, part)
    assert segment is not None and segment.damage.startswith("It plays for 0.")


@pytest.mark.parametrize("change", ["size", "codec", "pause", "back", "lost"])
def test_what_is_missing_or_another_stream_is_a_gap(reel: Reel, change: str) -> None:
    info, packets = stream(LGPL)
    other_info, others = {"size": stream(LGPL, 1, 64, 48), "codec": stream("mjpeg", 1)}.get(change, stream(LGPL, 1))
    reel.feed(info, packets[:20])
    if change == "lost":
        reel.ring.clear()
    by_ns = {"pause": 6 * SECOND, "back": -SECOND}.get(change, 3 * SECOND)
    later_on = later(others, by_ns + (2 * SECOND if change != "back" else 1 * SECOND))
    made = [*reel.feed(None if change in ("lost", "back") else other_info, later_on), *reel.rest()]
    assert {camera for _, (camera, _) in reel.pictures(made[0])} == {0}
    assert len(reel.pictures(made[0])) == 20
    assert made[0].ended_ns == START_NS + 20 * FRAME_NS, "it ends where its last picture does"
    assert {camera for segment in made[1:] for _, (camera, _) in reel.pictures(segment)} == {1}
    assert made[1].started_ns >= made[0].ended_ns


def test_without_keyframes_a_segment_does_not_go_on_for_ever(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_cut, "_LONGEST_NS", 4 * SECOND)
    info, packets = stream(LGPL)
    endless = [packets[0], *(replace(packet, keyframe=False) for packet in packets[1:60]), *packets[64:]]
    made = [*reel.feed(info, endless), *reel.rest()]
    assert [len(reel.pictures(segment)) for segment in made] == [40, 16]


def test_a_disk_that_is_full_leaves_what_was_written_and_goes_on_later(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    info, packets = stream("h264 byte stream")
    reel.feed(info, packets[:12])
    file = reel.cut._file
    assert file is not None

    def refuse(_: EncodedPacket) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    monkeypatch.setattr(file, "write", refuse)
    with pytest.raises(EnvironmentFault):
        reel.feed(None, packets[12:20])
    reel.cut.leave()
    (part,) = left_parts(reel.folder)
    again = SegmentCut(reel.folder, "yard", reel.ring, reel.cut.ended_ns)
    for packet in packets[20:]:
        reel.ring.append(packet)
    made = [*again.advance(60 * SECOND), *again.finish()]
    first = recover(reel.folder, part)
    assert first is not None and reel.indexes(first) == list(range(12))
    assert reel.indexes(made[0]) == list(range(16, COUNT)), "from the next keyframe on, and nothing twice"


def test_a_file_that_could_not_be_ended_is_left_and_nothing_is_recorded_twice(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    info, packets = stream("h264 byte stream")
    reel.feed(info, packets[:16])
    file = reel.cut._file
    assert file is not None

    def refuse() -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    monkeypatch.setattr(file, "finish", refuse)
    with pytest.raises(EnvironmentFault):
        reel.feed(None, packets[16:30])
    left = reel.cut.leave()
    again = SegmentCut(reel.folder, "yard", reel.ring, reel.cut.ended_ns)
    assert left == file.path and reel.cut.ended_ns == file.ended_ns
    made = [*again.advance(60 * SECOND), *again.finish()]
    (part,) = left_parts(reel.folder)
    first = recover(reel.folder, part)
    assert first is not None and not set(reel.indexes(first)) & set(reel.indexes(made[0]))
    assert made[0].started_ns >= first.ended_ns


def test_a_file_without_a_picture_leaves_nothing(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    info, packets = stream("h264 byte stream")
    with monkeypatch.context() as patched, pytest.raises(EnvironmentFault):
        patched.setattr(segment_cut.ClipFile, "write", refuse)
        reel.feed(info, packets[:12])
    assert reel.cut.leave() is None and not left_parts(reel.folder) and reel.cut.ended_ns == 0


def test_what_is_no_segment_is_none(tmp_path: Path) -> None:
    day = tmp_path / "segments" / "yard" / "2026-09-21"
    day.mkdir(parents=True)
    for name in ("sg-yard-nonsense.mp4", "sg-door-000000000000002a.mp4", "notes.txt"):
        (day / name).write_bytes(b"something")
        assert started_of(day / name) is None
    path = day / f"sg-yard-{START_NS:016x}.mp4"
    path.write_bytes(b"no video at all")
    assert [found.name for found in unlisted(tmp_path, ())] == [path.name] and read_segment(tmp_path, path) is None
    assert list(unlisted(tmp_path, (path.stem,))) == []


@dataclass
class Desk:
    clips: ClipRecorder
    segments: SegmentRecorder
    made: "queue.Queue[Segment]"
    troubles: "queue.Queue[str | None]"
    settings: RecordingSettings

    def choose(self, settings: RecordingSettings) -> None:
        self.settings = self.clips.settings = settings


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made: queue.Queue[Segment] = queue.Queue()
    troubles: queue.Queue[str | None] = queue.Queue()
    clips = ClipRecorder(tmp_path, ManualClock(START_NS), lambda _: None, troubles.put, RECORDING)
    desk = Desk(clips, SegmentRecorder(tmp_path, clips.rings, lambda: desk.settings, made.put, troubles.put), made, troubles, RECORDING)
    clips.start()
    desk.segments.start()
    yield desk
    clips.stop()
    desk.segments.stop()


def test_the_recorder_follows_every_camera_and_ends_with_the_camera(desk: Desk, tmp_path: Path) -> None:
    cameras = {"yard": stream(LGPL, 0), "door": stream("mjpeg", 1)}
    for camera_id, (info, packets) in cameras.items():
        desk.clips.on_stream(camera_id, info)
        for packet in packets:
            desk.clips.on_packet(camera_id, packet)
    first = [desk.made.get(timeout=60) for _ in range(2)]
    assert {segment.camera_id for segment in first} == {"yard", "door"}
    desk.clips.forget_camera("yard")
    rest = desk.made.get(timeout=60)
    assert (rest.camera_id, rest.ended_ns) == ("yard", START_NS + COUNT * FRAME_NS)
    desk.segments.stop()
    assert desk.made.get_nowait().camera_id == "door" and desk.made.empty() and desk.troubles.empty()
    assert not left_parts(tmp_path)


def test_raw_pictures_are_recorded_as_clips_of_them_are(desk: Desk, tmp_path: Path) -> None:
    desk.clips.on_stream("sim", StreamInfo("", 96, 64, 10.0))
    until(lambda: "sim" in desk.segments._cuts, "it is recorded")
    for index in range(30):
        desk.clips.on_raw_frame("sim", RawFrame(2, index, START_NS + index * FRAME_NS))
    ring = desk.clips.rings()["sim"]
    until(lambda: bool(ring.read(0)) and ring.read(0)[-1].number == 29, "all are encoded")
    desk.choose(replace(RECORDING, continuous=False))
    segment = desk.made.get(timeout=60)
    assert (segment.codec, segment.camera_id, segment.keyframe_ms) == ("vp9", "sim", 2000)
    with ClipReader(tmp_path / segment.file) as reader:
        assert [seen(picture) for picture in reader.pictures()] == [(2, index) for index in range(30)]


def test_off_and_on_again_records_nothing_twice(desk: Desk) -> None:
    info, packets = stream(LGPL)
    desk.clips.on_stream("yard", info)
    for packet in packets[:30]:
        desk.clips.on_packet("yard", packet)
    until(lambda: "yard" in desk.segments._cuts, "it is recorded")
    desk.choose(replace(RECORDING, continuous=False))
    first = desk.made.get(timeout=60)
    desk.choose(RECORDING)
    for packet in packets[30:]:
        desk.clips.on_packet("yard", packet)
    until(lambda: "yard" in desk.segments._cuts, "it is recorded again")
    desk.segments.stop()
    second = desk.made.get_nowait()
    assert first.ended_ns <= second.started_ns <= first.ended_ns + GROUP * FRAME_NS


def test_trouble_with_one_camera_is_told_and_costs_no_other(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "yard").write_text("a file where a folder is needed")
    for camera_id in ("yard", "door"):
        info, packets = stream(LGPL)
        desk.clips.on_stream(camera_id, info)
        for packet in packets:
            desk.clips.on_packet(camera_id, packet)
    assert desk.made.get(timeout=60).camera_id == "door"
    assert "Could not create the folder" in str(desk.troubles.get(timeout=60))


def test_looking_for_damage_starts_no_threads_of_the_decoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would log from threads of their own, also while the decoder is closed."""
    opened: list[av.VideoCodecContext] = []
    open_file = av.open

    def watched(*given: Any, **how: Any) -> av.container.InputContainer:
        container = open_file(*given, **how)
        opened.append(container.streams.video[0].codec_context)
        return container

    footages.write(tmp_path / "a.mp4", 10)
    monkeypatch.setattr(av, "open", watched)
    assert first_bad_ns(tmp_path / "a.mp4") is None
    assert [context.thread_count for context in opened] == [1]
