"""Clips are decoded by real times: reading on, seeking back, damaged files."""

from pathlib import Path

import pytest

from console.playback.clip_reader import RecordedClipReader
from engine.model.errors import EnvironmentFault


def test_reads_every_picture_in_order(clip_file: Path) -> None:
    reader = RecordedClipReader()
    info = reader.open(clip_file)
    times = []
    while (picture := reader.read()) is not None:
        times.append(picture.time_s)
        assert picture.pixels.shape == (180, 320, 4) and picture.pixels.flags.c_contiguous
    assert times == pytest.approx([n / 10 for n in range(30)], abs=1e-3)
    assert info.duration_s == pytest.approx(3.0, abs=0.11) and (info.width, info.height) == (320, 180)
    reader.close()


@pytest.mark.parametrize(("wanted_s", "expected_s"), [(0.0, 0.0), (1.05, 1.0), (1.1, 1.1), (2.9, 2.9), (99.0, 2.9), (-1.0, 0.0)])
def test_seeks_to_the_picture_at_or_before(clip_file: Path, wanted_s: float, expected_s: float) -> None:
    reader = RecordedClipReader()
    reader.open(clip_file)
    reader.seek(wanted_s)
    picture = reader.read()
    assert picture is not None and picture.time_s == pytest.approx(expected_s, abs=1e-3)
    if 0 <= wanted_s < 2.8:
        following = reader.read()
        assert following is not None and following.time_s == pytest.approx(expected_s + 0.1, abs=1e-3)
    reader.close()


def test_seeking_back_after_the_end(clip_file: Path) -> None:
    reader = RecordedClipReader()
    reader.open(clip_file)
    while reader.read() is not None:
        pass
    reader.seek(0.5)
    picture = reader.read()
    assert picture is not None and picture.time_s == pytest.approx(0.5, abs=1e-3)
    reader.close()


@pytest.mark.parametrize("content", [b"", b"this is no video", None])
def test_what_is_no_clip_is_said_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    reader = RecordedClipReader()
    with pytest.raises(EnvironmentFault, match="cannot be played"):
        reader.open(path)
    reader.close()


def test_a_clip_cut_short_ends_or_says_so(tmp_path: Path, clip_file: Path) -> None:
    """A damaged body must neither hang nor raise anything but our errors."""
    whole = clip_file.read_bytes()
    middle = len(whole) // 3
    path = tmp_path / "clip.mp4"
    path.write_bytes(whole[:middle] + bytes(2000) + whole[middle + 2000 :])
    reader = RecordedClipReader()
    try:
        reader.open(path)
        for _ in range(100):
            if reader.read() is None:
                break
        else:
            pytest.fail("the clip never ended")
    except EnvironmentFault:
        pass
    reader.close()
