"""Files: every frame, in order, with times that run on."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from engine.model.cameras.frame import DecodedFrame, EncodedPacket
from engine.model.errors import EnvironmentFault
from engine.model.time import MILLISECOND, SystemClock
from engine.sources.camera.file import FileSource, file_path
from engine.sources.camera.protocol import EndOfStream
from engine.sources.camera.stream import VideoStreamReader
from tests.fakes.video import Clip, picture_number, write_clip


def read_all(source: FileSource, limit: int = 10_000) -> tuple[list[DecodedFrame], list[EncodedPacket]]:
    frames: list[DecodedFrame] = []
    packets: list[EncodedPacket] = []
    source.open()
    try:
        while len(packets) < limit:
            reading = source.read()
            frames.extend(reading.frames)
            packets.extend([reading.packet] if reading.packet else [])
    except EndOfStream:
        pass
    finally:
        source.close()
    return frames, packets


@pytest.mark.parametrize(("name", "codec"), [("h264.mp4", "h264"), ("h265.mp4", "hevc"), ("mjpeg.avi", "mjpeg"), ("b_frames.mp4", "h264")])
def test_every_frame_comes_once_in_order(videos: dict[str, Path], clock: SystemClock, name: str, codec: str) -> None:
    source = FileSource(videos[name], clock, paced=False, loop=False)
    info = source.open()
    assert (info.codec, info.width, info.height, info.fps) == (codec, 160, 96, 25.0)
    source.close()
    frames, packets = read_all(FileSource(videos[name], clock, paced=False, loop=False))
    assert [picture_number(frame.luma()) for frame in frames] == list(range(50))
    assert [frame.index for frame in frames] == list(range(50))
    assert len(packets) == 50 and packets[0].keyframe
    assert all(abs(b.captured_ns - a.captured_ns - 40 * MILLISECOND) < MILLISECOND for a, b in pairwise(frames))


@pytest.mark.parametrize("name", ["short.mp4", "b_frames.mp4", "mjpeg.avi"])
def test_times_run_on_through_the_rounds(videos: dict[str, Path], clock: SystemClock, name: str) -> None:
    frames, packets = read_all(FileSource(videos[name], clock, paced=False, loop=True), limit=170)
    length = 10 if name == "short.mp4" else 50
    assert [picture_number(frame.luma()) for frame in frames] == [number % length for number in range(len(frames))]
    assert all(abs(b.captured_ns - a.captured_ns - 40 * MILLISECOND) < MILLISECOND for a, b in pairwise(frames))
    assert all(a.dts < b.dts for a, b in pairwise(packets))
    assert {packet.pts >= packet.dts for packet in packets} == {True}


def opened_files(source: FileSource, monkeypatch: pytest.MonkeyPatch) -> list[VideoStreamReader]:
    """Filled with what the source opens from now on."""
    opened: list[VideoStreamReader] = []
    open_stream = source._open_stream

    def noting() -> VideoStreamReader:
        opened.append(open_stream())
        return opened[-1]

    monkeypatch.setattr(source, "_open_stream", noting)
    return opened


@pytest.mark.parametrize(
    ("name", "clip", "again"),
    [
        ("plain.mp4", Clip(), False),
        ("between.mp4", Clip(b_frames=2), False),
        ("between.mkv", Clip(b_frames=2), False),
        ("plain.ts", Clip(), None),
        ("between.ts", Clip(b_frames=2), None),
        ("bare.h264", Clip(), None),
        ("hevc.mp4", Clip("libx265", b_frames=2), False),
        ("motion.avi", Clip("mjpeg"), False),
    ],
)
def test_rounds_are_the_same_whether_the_file_is_rewound_or_opened_again(
    tmp_path: Path, clock: SystemClock, monkeypatch: pytest.MonkeyPatch, name: str, clip: Clip, again: bool | None
) -> None:
    """`again`: None: as the container allows."""
    path = write_clip(tmp_path / name, clip)
    rewinding, opening = FileSource(path, clock, paced=False, loop=True), FileSource(path, clock, paced=False, loop=True)
    opened = opened_files(rewinding, monkeypatch)
    frames, packets = read_all(rewinding, limit=160)
    monkeypatch.setattr(VideoStreamReader, "rewind", lambda _: False)
    other_frames, other_packets = read_all(opening, limit=160)
    assert again is None or len(opened) == (4 if again else 1)
    assert [(each.pts, each.dts, each.data) for each in packets] == [(each.pts, each.dts, each.data) for each in other_packets]
    assert [picture_number(each.luma()) for each in frames] == [picture_number(each.luma()) for each in other_frames]
    assert all(np.array_equal(a.luma(), b.luma()) for a, b in zip(frames, other_frames, strict=True))


def test_a_file_that_was_replaced_is_opened_with_its_next_round(
    tmp_path: Path, clock: SystemClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_clip(tmp_path / "loop.mp4", Clip(frames=10))
    source = FileSource(path, clock, paced=False, loop=True)
    opened = opened_files(source, monkeypatch)
    source.open()
    pictures = [picture_number(frame.luma()) for _ in range(15) for frame in source.read().frames]
    assert len(opened) == 1
    write_clip(tmp_path / "other.mp4", Clip(frames=4)).replace(path)
    pictures += [picture_number(frame.luma()) for _ in range(20) for frame in source.read().frames]
    source.close()
    assert len(opened) > 1 and pictures[:20] == [*range(10), *range(10)]
    assert [*range(4), *range(4)] == pictures[20:28], "no picture of the old one comes after its round"


def test_a_paced_file_waits_for_its_time(videos: dict[str, Path], clock: SystemClock) -> None:
    began_ns = clock.now_ns()
    frames, _ = read_all(FileSource(videos["short.mp4"], clock, paced=True, loop=False))
    assert clock.now_ns() - began_ns >= 9 * 40 * MILLISECOND
    assert len(frames) == 10


def test_held_packets_give_a_picture_at_once(videos: dict[str, Path], clock: SystemClock) -> None:
    source = FileSource(videos["h264.mp4"], clock, paced=False, loop=False)
    source.open()
    source.decoding = False
    for _ in range(40):
        assert source.read().frames == ()
    source.decoding = True
    frames = source.read().frames
    source.close()
    assert [picture_number(frame.luma()) for frame in frames] == [40]


def test_an_interrupted_wait_returns(videos: dict[str, Path], clock: SystemClock) -> None:
    source = FileSource(videos["short.mp4"], clock, paced=True, loop=False)
    source.open()
    source.read()
    source.interrupt()
    with pytest.raises(EnvironmentFault) as caught:
        for _ in range(3):
            source.read()
            source._undecoded = None  # so that the file itself is read again
    source.close()
    assert caught.value.reason == "interrupted"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: folder / "missing.mp4", "not_found"),
        (lambda folder: folder, "unreadable"),
        (lambda folder: _written(folder / "text.mp4", b"this is no video" * 100), "unreadable"),
        (lambda folder: _written(folder / "empty.mp4", b""), "unreadable"),
        (lambda folder: _written(folder / "list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n"), "unreadable"),
        (lambda folder: _written(folder / "list.txt", b"ffconcat version 1.0\nfile /etc/passwd\n"), "unreadable"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, clock: SystemClock, make, reason: str) -> None:  # type: ignore[no-untyped-def]
    path = make(tmp_path)
    source = FileSource(path, clock, paced=True, loop=True)
    with pytest.raises(EnvironmentFault) as caught:
        source.open()
    source.close()
    assert str(path) in str(caught.value)
    assert caught.value.reason in (reason, "closed")


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_file_addresses() -> None:
    assert file_path("/a b.mp4") == Path("/a b.mp4")
    assert file_path("file:/a%20b.mp4") == Path("/a%20b.mp4")
    assert file_path("file:///a%20b.mp4") == Path("/a b.mp4")


def test_a_real_film_reads_to_its_end(shared: Path, clock: SystemClock) -> None:
    frames, packets = read_all(FileSource(shared / "data/video/vtest_480x360.avi", clock, paced=False, loop=False), limit=100)
    assert len(packets) == 100 and len(frames) > 90


def test_another_size_in_mid_stream_is_told(tmp_path: Path, clock: SystemClock) -> None:
    """Also a bare stream: no container, hence no times."""
    parts = [write_clip(tmp_path / f"{width}.h264", Clip(width=width, height=64, frames=25)) for width in (160, 128)]
    path = _written(tmp_path / "both.h264", b"".join(part.read_bytes() for part in parts))
    source = FileSource(path, clock, paced=False, loop=False)
    assert source.open().width == 160
    readings = []
    with pytest.raises(EndOfStream):
        while True:
            readings.append(source.read())
    source.close()
    changes = [reading for reading in readings if reading.info is not None]
    assert [(change.info.width, change.frames[0].width) for change in changes if change.info] == [(128, 128)]
    frames = [frame for reading in readings for frame in reading.frames]
    assert [picture_number(frame.luma()) for frame in frames] == [*range(25), *range(25)]
    assert all(a.captured_ns < b.captured_ns for a, b in pairwise(frames))


def test_an_unknown_codec_is_told(videos: dict[str, Path], tmp_path: Path, clock: SystemClock) -> None:
    path = _written(tmp_path / "odd.avi", videos["mjpeg.avi"].read_bytes().replace(b"MJPG", b"ZZ9Z"))
    with pytest.raises(EnvironmentFault, match=r"cannot be decoded here|nothing that can be read") as caught:
        FileSource(path, clock, paced=True, loop=True).open()
    assert caught.value.reason == "codec"


def test_a_file_cut_short_plays_what_is_there(videos: dict[str, Path], tmp_path: Path, clock: SystemClock) -> None:
    whole = videos["mjpeg.avi"].read_bytes()
    path = _written(tmp_path / "cut.avi", whole[: len(whole) // 2])
    frames, _ = read_all(FileSource(path, clock, paced=False, loop=False))
    assert 10 < len(frames) < 50


def test_sound_alone_is_no_camera(tmp_path: Path, clock: SystemClock) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    with pytest.raises(EnvironmentFault, match="holds no video"):
        FileSource(path, clock, paced=True, loop=True).open()
