"""Pictures convert right for every format and size, from any thread."""

import threading

import av
import numpy as np
import pytest

from engine._opencv import cv2
from engine.sources.camera.picture import ArrayPicture, Scaler, VideoPicture
from tests.fakes.video import numbered_picture, picture_number


def video_picture(pixels: str, width: int = 160, height: int = 96, number: int = 0b1001101) -> VideoPicture:
    frame = av.VideoFrame.from_ndarray(numbered_picture(number, width, height), format="rgb24")
    return VideoPicture(frame.reformat(format=pixels), Scaler(), 5, 3)


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "yuv422p", "yuvj444p", "nv12", "gray", "yuv420p10le", "rgb24", "bgra"])
@pytest.mark.parametrize("size", [(160, 96), (161, 97), (130, 50)])
def test_luma_of_every_format(pixels: str, size: tuple[int, int]) -> None:
    luma = video_picture(pixels, *size).luma()
    assert (luma.shape, luma.dtype) == (size[::-1], np.uint8)
    assert picture_number(luma) == 0b1001101


def test_luma_is_a_view_that_outlives_its_picture() -> None:
    picture = video_picture("yuv420p")
    luma = picture.luma()
    assert np.shares_memory(luma, picture.luma())
    assert not luma.flags.writeable
    del picture
    assert picture_number(luma) == 0b1001101


@pytest.mark.parametrize("size", [(160, 96), (80, 48), (321, 193), (33, 17)])
def test_conversions_are_contiguous_and_in_order(size: tuple[int, int]) -> None:
    width, height = size
    red = np.zeros((96, 160, 3), np.uint8)
    red[:] = (255, 0, 0)
    video = VideoPicture(av.VideoFrame.from_ndarray(red, format="rgb24").reformat(format="yuv420p"), Scaler(), 0, 0)
    array = ArrayPicture(np.ascontiguousarray(red[:, :, ::-1]), 0, 0)
    for picture in (video, array):
        bgr, bgra = picture.bgr(width, height), picture.bgra(width, height)
        assert bgr.shape == (height, width, 3) and bgra.shape == (height, width, 4)
        assert bgr.flags.c_contiguous and bgra.flags.c_contiguous
        assert np.abs(bgr[height // 2, width // 2].astype(int) - (0, 0, 255)).max() < 8
        assert np.abs(bgra[height // 2, width // 2].astype(int) - (0, 0, 255, 255)).max() < 8
        bgr[:] = 0
        assert picture.bgr(width, height).any(), "the array was not the caller's own"


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "nv12", "yuv422p", "gray", "rgb24"])
def test_enlarged_pictures_look_as_their_pixels_enlarged(pixels: str) -> None:
    picture = video_picture(pixels)
    plain = cv2.resize(picture.bgra(160, 96), (400, 240), interpolation=cv2.INTER_LINEAR)
    larger = picture.bgra(400, 240)
    assert larger.shape == plain.shape and (larger[..., 3] == 255).all()
    apart = np.abs(larger.astype(int) - plain.astype(int))
    assert apart.mean() < 3 and apart[:, -4:].mean() < 6, "as a whole, and to its edge"


def test_many_threads_may_convert_one_picture() -> None:
    picture = video_picture("yuv420p", 320, 192)
    wrong: list[int] = []

    def convert(width: int) -> None:
        for _ in range(30):
            number = picture_number(picture.bgra(width, width * 3 // 5)[:, :, 1])
            wrong.extend([number] if number != 0b1001101 else [])

    threads = [threading.Thread(target=convert, args=(width,)) for width in (320, 160, 100, 320)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p", "nv12"])
def test_enlarged_pictures_of_any_width_are_whole(pixels: str) -> None:
    """No column shows what the memory held before: of two plain colours one after another, each is everywhere."""
    scaler = Scaler()
    for width in range(200, 234):
        for luma, chroma in ((235, 90), (16, 170)):
            frame = av.VideoFrame(96, 54, pixels)
            for number, plane in enumerate(frame.planes):
                plane.update(bytes([chroma if number else luma]) * plane.buffer_size)
            larger = VideoPicture(frame, scaler, 0, 0).bgra(width, 114).astype(int)
            assert (np.abs(larger - larger[57, 100]).max(axis=(0, 2)) <= 3).all(), f"{width} wide"
