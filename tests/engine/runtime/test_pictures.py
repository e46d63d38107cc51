import pytest

from engine.model.port import PictureWant
from engine.model.time import SECOND
from engine.runtime.cameras.pictures import PictureHub, fitted
from tests.fakes.frames import FlatFrame

SIZE = (640, 360)


def hub() -> tuple[PictureHub, list[bool]]:
    wanted: list[bool] = []
    return PictureHub("door", wanted.append), wanted


@pytest.mark.parametrize(
    ("frame", "want", "size"),
    [
        ((640, 360), (320, 320), (320, 180)),
        ((640, 360), (4000, 4000), (640, 360)),
        ((360, 640), (320, 320), (180, 320)),
        ((640, 360), (319, 179), (316, 178)),
        ((1280, 720), (639, 359), (636, 358)),
        ((637, 359), (640, 360), (637, 359)),
        ((640, 360), (1, 1), (4, 2)),
    ],
)
def test_pictures_fit_keep_their_shape_and_are_never_enlarged_unasked(frame, want, size):
    assert fitted(*frame, PictureWant(*want)) == size


@pytest.mark.parametrize(
    ("frame", "want", "size"),
    [
        ((640, 360), (1280, 720), (1280, 720)),
        ((640, 480), (1283, 721), (960, 720)),
        ((640, 360), (641, 361), (640, 360)),
        ((640, 360), (320, 320), (320, 180)),
        ((640, 360), (2560, 1440), (640, 360)),
    ],
)
def test_small_pictures_are_enlarged_for_those_who_want_it_up_to_a_full_hd_screen(frame, want, size):
    assert fitted(*frame, PictureWant(*want, enlarged=True)) == size


def test_the_newest_picture_wins_and_unseen_ones_are_counted():
    pictures, _ = hub()
    woken: list[None] = []
    feed = pictures.watch(PictureWant(64, 36), lambda: woken.append(None), lambda: False)
    assert feed.latest() is None
    for index in range(3):
        pictures.show(FlatFrame(index, index), SIZE, "only")
    newest = feed.latest()
    assert newest is not None and newest.index == 2 and len(woken) == 3
    assert pictures.dropped == 2
    assert newest.pixels.shape == (36, 64, 4) and not newest.pixels.flags.writeable


def test_viewers_of_one_size_share_one_conversion():
    pictures, _ = hub()
    feeds = [pictures.watch(PictureWant(64, 36), lambda: None, lambda: False) for _ in range(5)]
    pictures.watch(PictureWant(32, 18), lambda: None, lambda: False)
    frame = FlatFrame(0, 0)
    pictures.show(frame, SIZE, "only")
    assert frame.conversions == 2
    assert len({id(feed.latest()) for feed in feeds}) == 1


def test_without_viewers_nothing_is_converted():
    pictures, _ = hub()
    frame = FlatFrame(0, 0)
    pictures.show(frame, SIZE, "only")
    assert frame.conversions == 0


def test_a_viewer_of_the_main_stream_sees_the_sub_stream_until_main_comes():
    pictures, wanted = hub()
    feed = pictures.watch(PictureWant(4000, 4000, main=True), lambda: None, lambda: False)
    assert wanted[-1] is True
    pictures.show(FlatFrame(0, 101 * SECOND, 640, 360), SIZE, "sub")
    assert feed.latest().pixels.shape[1] == 640
    pictures.show(FlatFrame(0, 102 * SECOND, 1920, 1080), SIZE, "main")
    assert feed.latest().pixels.shape[1] == 1920 and feed.latest().frame_width == 640
    pictures.show(FlatFrame(1, 102 * SECOND + 1, 640, 360), SIZE, "sub")
    assert feed.latest().pixels.shape[1] == 1920
    pictures.show(FlatFrame(2, 104 * SECOND, 640, 360), SIZE, "sub")
    assert feed.latest().pixels.shape[1] == 640
    feed.change(PictureWant(64, 64))
    assert wanted[-1] is False


def test_a_closed_viewer_gets_nothing_more():
    pictures, _ = hub()
    woken: list[None] = []
    feed = pictures.watch(PictureWant(64, 36), lambda: woken.append(None), lambda: False)
    feed.close()
    pictures.show(FlatFrame(0, 0), SIZE, "only")
    assert woken == [] and feed.latest() is None


# Faces


class StripedFrame(FlatFrame):
    def bgra(self, width, height):
        picture = super().bgra(width, height)
        picture[:, ::2] = 255
        return picture


def contrast(picture, x0, y0, x1, y1):
    return int(picture.pixels[y0:y1, x0:x1, :3].std(axis=(0, 1)).max())


def test_faces_are_hidden_from_those_alone_who_may_not_see_them_as_soon_as_that_changes():
    pictures = PictureHub("door", lambda _: None, lambda camera_id, at_ns: [(64.0, 36.0, 320.0, 180.0)])
    masked = [True]
    hidden, plain = (pictures.watch(PictureWant(640, 360), lambda: None, who) for who in (lambda: masked[0], lambda: False))
    pictures.show(StripedFrame(0, 7), SIZE, "only")
    assert contrast(hidden.latest(), 64, 36, 320, 180) < 10 < contrast(hidden.latest(), 330, 0, 640, 360)
    assert contrast(plain.latest(), 64, 36, 320, 180) > 60
    masked[0] = False
    pictures.show(StripedFrame(1, 8), SIZE, "only")
    assert contrast(hidden.latest(), 64, 36, 320, 180) > 60 and hidden.latest() is plain.latest()


def test_where_nobody_knows_who_is_in_view_all_is_hidden():
    pictures = PictureHub("door", lambda _: None)
    feed = pictures.watch(PictureWant(320, 180), lambda: None, lambda: True)
    pictures.show(StripedFrame(0, 7), SIZE, "only")
    assert contrast(feed.latest(), 0, 0, 320, 180) < 10
