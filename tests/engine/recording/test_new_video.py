"""Files in the making let other threads go on, and what is left of files whose ends are missing is read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import av
import pytest

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.recording import new_video
from engine.recording.clips.clip_file import ClipFile, suffix_for
from engine.recording.clips.cut_video import open_left
from engine.recording.footage.playback import ClipReader
from engine.recording.segments.recovery import whole_packets
from tests.engine.recording.streams import COUNT, FPS, LGPL, seen, stream

KINDS = (LGPL, "mjpeg", "h264 length-prefixed", "vp8")
LONGEST_S = 60


def made(folder: Path, kind: str, *, growing: bool = True) -> Path:
    info, packets = stream(kind)
    file = ClipFile(folder / f"made{suffix_for(info)}", info, growing=growing)
    for packet in packets:
        file.write(packet)
    file.finish()
    return file.path


def cut(path: Path, share: float) -> Path:
    with path.open("r+b") as opened:
        opened.truncate(round(path.stat().st_size * share))
    return path


def indexes(path: Path) -> list[int]:
    with ClipReader(path) as reader:
        return [seen(picture)[1] for picture in reader.pictures()]


@contextmanager
def another_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A disk that does nothing before another thread has run; gives what it was asked for."""
    asked, ran, over = threading.Event(), threading.Event(), threading.Event()
    done: list[str] = []

    def wait(what: str) -> None:
        asked.set()
        assert ran.wait(LONGEST_S)
        ran.clear()
        done.append(what)

    def run() -> None:
        while not over.is_set():
            if asked.wait(0.1):
                asked.clear()
                ran.set()

    class Slow(FileIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            wait("write")
            return super().write(data)

        def read(self, size: int = -1) -> bytes:
            wait("read")
            return super().read(size)

    monkeypatch.setattr(new_video, "FileIO", Slow)
    thread = threading.Thread(target=run)
    thread.start()
    yield done
    over.set()
    thread.join()


@pytest.mark.parametrize("growing", [False, True])
def test_other_threads_run_whenever_the_disk_is_waited_for_also_while_a_file_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, growing: bool
) -> None:
    info, packets = stream()
    with another_thread(monkeypatch) as done:
        file = ClipFile(tmp_path / "clip.mp4", info, growing=growing)
        for packet in packets:
            file.write(packet)
        done.clear()
        file.finish()
    assert done.count("write") > 1, "the index, and where its place is"
    assert ("read" in done) is not growing, "only where the index is put in front, pictures are moved"
    assert indexes(tmp_path / "clip.mp4") == list(range(COUNT))


def test_a_disk_that_refuses_says_so_and_nothing_stays_open(tmp_path: Path) -> None:
    info, _ = stream()
    with pytest.raises(EnvironmentFault, match="Could not record"):
        ClipFile(tmp_path / ("long" * 100), info)
    (tmp_path / "there.mp4.part").mkdir()
    with pytest.raises(EnvironmentFault, match=r"Could not record there\.mp4"):
        ClipFile(tmp_path / "there.mp4", info)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_of_a_file_that_grew_is_read(tmp_path: Path, kind: str) -> None:
    path = made(tmp_path, kind)
    assert indexes(path) == list(range(COUNT))
    before = COUNT
    for share in (0.8, 0.7, 0.8):
        left = indexes(cut(path, share))[:-1]  # the last may be cut through
        assert left == list(range(len(left))) and 10 < len(left) < before
        before = len(left)


def test_times_of_what_is_left_are_those_that_they_were(tmp_path: Path) -> None:
    path = made(tmp_path, "h264 length-prefixed")
    with ClipReader(cut(path, 0.6)) as reader:
        pictures = [(picture.at_ns, seen(picture)[1]) for picture in reader.pictures()]
    assert len(pictures) > 10 and [round(at_ns * FPS / SECOND) for at_ns, _ in pictures] == [index for _, index in pictures]


def test_what_is_left_of_a_file_beyond_four_gibibytes_is_read(tmp_path: Path) -> None:
    """Its box of pictures has a size of 64 bits, for which the empty box before it makes room."""
    path = made(tmp_path, LGPL)
    data = path.read_bytes()
    at = data.index(b"free") - 4
    assert data[at + 12 : at + 16] == b"mdat"
    large = (1).to_bytes(4) + b"mdat" + (5 << 30).to_bytes(8)
    path.write_bytes(data[:at] + large + data[at + 16 : round(len(data) * 0.6)])
    left = indexes(path)
    assert 10 < len(left) < COUNT and left == list(range(len(left)))


@pytest.mark.parametrize("kind", [LGPL, "h264 length-prefixed"])
def test_wherever_it_is_cut_every_picture_before_is_there(tmp_path: Path, kind: str) -> None:
    """Also where the index of a fragment is cut through, or the last one of all."""
    path = made(tmp_path, kind)
    data = path.read_bytes()
    counts = []
    for percent in range(20, 100):
        path.write_bytes(data[: len(data) * percent // 100])
        with open_left(path) as container:
            counts.append(sum(1 for _ in whole_packets(container)))
    assert counts == sorted(counts) and counts[0] > 0 and counts[-1] == COUNT
    assert len(set(counts)) > COUNT // 2


def test_a_file_that_was_never_closed_is_read_wherever_it_is_cut(tmp_path: Path) -> None:
    info, packets = stream()
    file = ClipFile(tmp_path / "made.mp4", info, growing=True)
    for packet in packets:
        file.write(packet)
    data = (tmp_path / "made.mp4.part").read_bytes()
    file.abandon()
    for percent in range(20, 101):
        (tmp_path / "part").write_bytes(data[: len(data) * percent // 100])
        with open_left(tmp_path / "part") as container:
            assert sum(1 for _ in whole_packets(container)) > 0


@pytest.mark.parametrize("kind", [LGPL, "vp8"])
@pytest.mark.parametrize("size", [0, 1, 15, 40])
def test_where_nothing_is_left_that_is_said(tmp_path: Path, kind: str, size: int) -> None:
    path = made(tmp_path, kind)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(EnvironmentFault, match="cannot be played"):
        ClipReader(path)


def test_a_whole_file_is_an_ordinary_one_and_read_as_it_is(tmp_path: Path) -> None:
    path = made(tmp_path, LGPL)
    with open_left(path) as left, av.open(str(path)) as whole:
        assert left.streams.video[0].frames == whole.streams.video[0].frames == COUNT
        assert left.streams.video[0].duration == whole.streams.video[0].duration
