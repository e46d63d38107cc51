"""Pictures from all over a video, however it is made, and none from what is no video."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import InputError
from engine.recording.uploads import first_pictures, key_pictures
from tests.fakes.media import jpeg, write_mp4


def greys(data: bytes, content_type: str = "video/mp4", most: int = 4) -> list[float]:
    return [round(float(picture.mean())) for picture in key_pictures(data, content_type, most)]


@pytest.fixture
def fading(tmp_path: Path) -> bytes:
    """Two seconds, from dark to bright."""
    return write_mp4(tmp_path / "fading.mp4", [np.full((32, 32, 4), 12 * index, np.uint8) for index in range(20)]).read_bytes()


def test_they_are_spread_over_the_whole_video(fading: bytes) -> None:
    assert greys(fading) == pytest.approx([0, 60, 120, 180], abs=6)
    assert greys(fading, most=1) == pytest.approx([0], abs=6)


def test_a_real_film_is_jumped_about_in(shared: Path) -> None:
    film = (shared / "data/video/vtest_480x360.avi").read_bytes()
    found = key_pictures(film, "video/x-msvideo", 4)
    assert [picture.shape for picture in found] == [(360, 480, 3)] * 4
    assert all(np.abs(one.astype(int) - other).mean() > 1 for one, other in itertools.pairwise(found))


def test_what_is_cut_short_gives_what_is_left(shared: Path) -> None:
    film = (shared / "data/video/vtest_480x360.avi").read_bytes()
    assert key_pictures(film[: len(film) // 3], "video/x-msvideo", 4)


def test_what_is_no_video_is_refused(fading: bytes) -> None:
    for data in (b"", jpeg(np.zeros((32, 32, 4), np.uint8)), b"\0\0\0\x18ftypisom" + bytes(400), fading[:200]):
        with pytest.raises(InputError, match=r"cannot be read|holds no video|damaged"):
            key_pictures(data, "video/mp4", 4)
    assert len(first_pictures(fading, "video/mp4", 2)) == 2
