from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.recording.clips.clip_file import ClipFile, suffix_for
from engine.recording.footage.playback import ClipReader
from tests.engine.recording.streams import COUNT, FRAME_NS, seen, stream


@pytest.fixture(params=["mpeg4", "mjpeg", "h264 length-prefixed", "hevc byte stream", "vp8"])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    info, packets = stream(request.param)
    file = ClipFile(tmp_path / f"clip{suffix_for(info)}", info)
    for packet in packets:
        file.write(packet)
    file.finish()
    return file.path


def test_all_pictures_come_in_order_with_their_times(clip: Path) -> None:
    with ClipReader(clip) as reader:
        pictures = [(round(picture.at_ns / FRAME_NS, 2), seen(picture)[1]) for picture in reader.pictures()]
        assert pictures == [(index, index) for index in range(COUNT)]
        assert (reader.width, reader.height) == (96, 64)
        assert reader.duration_ns == pytest.approx(COUNT * FRAME_NS, abs=3 * FRAME_NS)


@pytest.mark.parametrize(("wanted", "shown"), [(-5.0, 0), (0.0, 0), (0.5, 0), (31.2, 31), (47.99, 47), (79.0, 79), (500.0, 79)])
def test_the_picture_shown_at_a_time_is_found(clip: Path, wanted: float, shown: int) -> None:
    with ClipReader(clip) as reader:
        picture = reader.picture_at(round(wanted * FRAME_NS))
        assert picture is not None and seen(picture)[1] == shown


def test_seeking_back_and_forth_shows_the_right_pictures(clip: Path) -> None:
    with ClipReader(clip) as reader:
        for wanted in (60, 5, 41, 0, 79, 33):
            following = reader.pictures(wanted * FRAME_NS + FRAME_NS // 10)
            assert [seen(next(following))[1] for _ in range(min(3, COUNT - wanted))] == [*range(wanted, COUNT)][:3]


def test_pictures_can_be_scaled(clip: Path) -> None:
    with ClipReader(clip) as reader:
        picture = reader.picture_at(0)
        assert picture is not None and picture.size == (96, 64)
        assert picture.bgra(48, 32).shape == (32, 48, 4)
        assert picture.bgra(48, 32)[:, :, 3].min() == 255
        assert picture.bgr().shape == (64, 96, 3)


@pytest.mark.parametrize("content", [None, b"", b"no video at all" * 100])
def test_what_is_no_clip_is_refused_in_words(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=r"clip\.mp4 cannot be played"):
        ClipReader(path)


def test_a_damaged_stretch_is_skipped(clip: Path) -> None:
    data = bytearray(clip.read_bytes())
    middle = len(data) * 2 // 3
    data[middle : middle + 150] = bytes(150)
    clip.write_bytes(data)
    with ClipReader(clip) as reader:
        assert len(list(reader.pictures())) > COUNT // 3


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile secret.mp4\n",
        "#EXTM3U\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:1,\n{folder}/secret.mp4\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_clip_leads_to_no_other_file(tmp_path: Path, text: str) -> None:
    info, packets = stream("mpeg4")
    secret = ClipFile(tmp_path / "secret.mp4", info)
    for packet in packets:
        secret.write(packet)
    secret.finish()
    clip = tmp_path / "clip.mp4"
    clip.write_text(text.replace("{folder}", str(tmp_path)))
    with pytest.raises(EnvironmentFault):
        ClipReader(clip)


@pytest.mark.parametrize("name", ["a:b.mp4", "http:x.mp4", "-.mp4", "ä ö.mp4"])
def test_a_clip_may_have_any_name(tmp_path: Path, name: str) -> None:
    info, packets = stream("mpeg4")
    clip = ClipFile(tmp_path / "clip.mp4", info)
    for packet in packets:
        clip.write(packet)
    clip.finish()
    with ClipReader(clip.path.rename(tmp_path / name)) as reader:
        assert reader.picture_at(0) is not None
