"""What lies under a privacy area is nowhere in a burned picture, whatever its form."""

import av
import numpy as np
import pytest

from engine._burning import Burner, rasterised
from engine.model.geometry import Polygon

AREA: Polygon = ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7))
SLANTED: Polygon = ((0.31, 0.27), (0.72, 0.35), (0.66, 0.71), (0.28, 0.63))
STAR: Polygon = ((0.5, 0.1), (0.74, 0.84), (0.12, 0.38), (0.88, 0.38), (0.26, 0.84))
RED = (0, 0, 255)


def red_under(area: Polygon, width: int, height: int) -> np.ndarray:
    """BGR: grey, and pure red wherever a pixel touches the area."""
    picture = np.full((height, width, 3), 150, np.uint8)
    fine = 4
    ys, xs = np.mgrid[0 : height * fine, 0 : width * fine]
    inside = np.zeros(xs.shape, bool)
    x, y = (xs + 0.5) / (width * fine), (ys + 0.5) / (height * fine)
    before = area[-1]
    for corner in area:
        (x1, y1), (x2, y2) = before, corner
        crosses = (y1 > y) != (y2 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        before = corner
    touched = inside.reshape(height, fine, width, fine).any(axis=(1, 3))
    picture[touched] = RED
    return picture


def redness(bgr: np.ndarray) -> int:
    wide = bgr.astype(np.int32)
    return int((wide[..., 2] - np.maximum(wide[..., 0], wide[..., 1])).max())


@pytest.mark.parametrize("area", [AREA, SLANTED, STAR])
@pytest.mark.parametrize("size", [(320, 180), (161, 89), (7, 5)])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv411p", "nv12", "yuv420p10le", "rgb24", "gbrp"])
def test_no_colour_of_what_is_under_it_is_left_at_any_size(area: Polygon, size: tuple[int, int], pixels: str) -> None:
    frame = av.VideoFrame.from_ndarray(red_under(area, *size), format="bgr24").reformat(format=pixels)
    burned = Burner((area,)).burned(frame)
    for width, height in (size, (max(2, size[0] // 3), max(2, size[1] // 3)), (size[0] * 2, size[1] * 2)):
        assert redness(burned.reformat(width, height, "bgr24").to_ndarray()) < 24
    assert redness(frame.reformat(format="bgr24").to_ndarray()) >= 0


def test_without_an_area_the_colour_would_be_found() -> None:
    frame = av.VideoFrame.from_ndarray(red_under(SLANTED, 640, 360), format="bgr24").reformat(format="yuv420p")
    assert redness(frame.reformat(213, 120, "bgr24").to_ndarray()) > 100


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_array_is_burned_in_place_and_its_alpha_stays(channels: int) -> None:
    picture = np.full((90, 160, channels), 255, np.uint8)[..., :] if channels > 1 else np.full((90, 160), 255, np.uint8)
    Burner((AREA,)).burn(picture)
    assert (picture[45, 80] != 255).any() if channels > 1 else picture[45, 80] != 255
    assert (picture[5, 5] == 255).all()
    if channels == 4:
        assert (picture[..., 3] == 255).all()


def test_the_rest_of_the_picture_stays_as_it_was() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (540, 640), np.uint8)
    burned = Burner((AREA,)).burned(av.VideoFrame.from_ndarray(noise, format="yuv420p")).to_ndarray()
    changed = np.flatnonzero((burned[:360] != noise[:360]).any(axis=1))
    assert changed[0] >= 0.3 * 360 - 4 and changed[-1] <= 0.7 * 360 + 4
    assert (burned[:100] == noise[:100]).all()


def test_what_a_decoder_leans_on_is_not_written_to(tmp_path) -> None:
    """The next picture of the stream says only what changed: burned references would show the burning where nothing is covered."""
    path = tmp_path / "still.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"g": "100", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        picture = red_under(AREA, 320, 192)
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    burner = Burner((AREA,))
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % 2:
                assert redness(frame.reformat(format="bgr24").to_ndarray()) > 100
            else:
                assert redness(burner.burned(frame).reformat(format="bgr24").to_ndarray()) < 24


def test_areas_over_each_other_and_lines_that_cross_leave_no_hole() -> None:
    mask = rasterised((AREA, AREA), 100, 100)
    assert mask[35:65, 35:65].all()
    assert rasterised((STAR,), 100, 100)[50, 50]


@pytest.mark.parametrize("area", [((0.5, 0.5),), ((0.2, 0.5), (0.8, 0.5)), ((-3.0, -2.0), (0.4, 0.5), (-3.0, 4.0)), ()])
def test_odd_areas_cover_what_they_touch(area: Polygon) -> None:
    mask = rasterised((area,), 64, 48)
    assert mask.any() == bool(area) and not mask.all()


def test_other_areas_count_from_the_next_picture_on() -> None:
    areas: list[tuple[Polygon, ...]] = [()]
    burner = Burner(lambda width, height: areas[0])
    picture = np.full((48, 64, 3), 255, np.uint8)
    burner.burn(picture)
    assert (picture == 255).all()
    areas[0] = (AREA,)
    burner.burn(picture)
    assert (picture[24, 32] != 255).all()
