"""A stretch of a file holds the pictures of that stretch, as they were encoded."""

from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.recording.footage.playback import ClipReader
from engine.recording.pack.excerpt import take_excerpt
from tests.fakes.video import Clip, picture_number, write_clip

FPS = 25


def numbers(path: Path) -> list[int]:
    with ClipReader(path) as reader:
        return [picture_number(picture.bgr().mean(axis=2)) for picture in reader.pictures()]


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_it_begins_at_the_keyframe_before_and_ends_where_it_should(tmp_path: Path, suffix: str, b_frames: int) -> None:
    source = write_clip(tmp_path / f"source{suffix}", Clip(frames=100, gop=25, b_frames=b_frames))
    target = tmp_path / f"part{suffix}"
    excerpt = take_excerpt(source, target, 2 * SECOND + 300_000_000, 3 * SECOND)
    assert excerpt is not None
    shown = numbers(target)
    assert shown[:25] == list(range(50, 75))
    assert shown[-1] <= 74 + 2 * b_frames, "a later picture at most that others lean on"
    assert abs(excerpt.from_ns - 2 * SECOND) <= SECOND // FPS


def test_packets_are_the_same_bytes(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mp4", Clip(frames=50, gop=25))
    take_excerpt(source, tmp_path / "part.mp4", 0, 2 * SECOND)
    with ClipReader(source) as one, ClipReader(tmp_path / "part.mp4") as other:
        pairs = zip(one.pictures(), other.pictures(), strict=True)
        assert all((a.bgr() == b.bgr()).all() for a, b in pairs)


def test_where_nothing_was_shown_no_file_is_written(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mp4", Clip(frames=25))
    assert take_excerpt(source, tmp_path / "part.mp4", 60 * SECOND, 61 * SECOND) is None
    assert not (tmp_path / "part.mp4").exists()


@pytest.mark.parametrize("content", [b"", b"no video", b"\x00\x00\x00\x18ftypmp42" + bytes(64)])
def test_what_is_no_video_is_said(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "source.mp4"
    source.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=r"source\.mp4"):
        take_excerpt(source, tmp_path / "part.mp4", 0, SECOND)
    assert not (tmp_path / "part.mp4").exists()
