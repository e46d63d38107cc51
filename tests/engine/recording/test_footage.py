"""Footage shows exactly the picture that was shown at a time, forwards, backwards and anywhere, in every container and codec."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest

from engine.model.errors import EnvironmentFault, NotFound
from engine.model.time import SECOND
from engine.recording.footage.cache import PictureCache
from engine.recording.footage.footage import Footage, FootagePicture, fitted
from engine.recording.footage.index import own_index
from engine.recording.footage.opening import FootageOpener
from engine.recording.footage.plan import FootageFile, FootageGap, FootagePlan, GapReason
from engine.recording.footage.reader import FootageReader
from engine.recording.opening import open_video
from tests.engine.recording.footages import FRAME_NS, Encoding, at, footage, number, row, walk, write
from tests.engine.recording.streams import START_NS
from tests.fakes.video import Clip, picture_number, write_clip

FRAGMENTED = (("movflags", "frag_keyframe+empty_moov+default_base_moof"),)
KINDS = {
    "h264": Encoding(),
    "h264 with B-pictures": Encoding(b_frames=3),
    "h264 fragmented": Encoding(options=FRAGMENTED),
    "h264 fragmented with B-pictures": Encoding(b_frames=2, options=FRAGMENTED),
    "h264 matroska with B-pictures": Encoding(suffix=".mkv", b_frames=2),
    "matroska without an index": Encoding(suffix=".mkv", options=(("live", "1"),)),
    "hevc open groups": Encoding("libx265", b_frames=2),
    "mjpeg": Encoding("mjpeg", ".mov"),
    "vp8": Encoding("libvpx", ".webm"),
    "one long group": Encoding(gop=250),
}


@pytest.fixture(params=KINDS, scope="module")
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[FootageFile]]:
    """Pictures 0–59, in two files."""
    encoding, folder = KINDS[request.param], tmp_path_factory.mktemp("footage")
    rows = [row(f"{part}{encoding.suffix}", part * 30, 30) for part in (0, 1)]
    for part, each in enumerate(rows):
        write(folder / each.id, 30, part * 30, encoding)
    return folder, rows


@pytest.fixture
def recorded(files: tuple[Path, list[FootageFile]]) -> Iterator[Footage]:
    made = footage(*files)
    yield made
    made.close()


def test_every_picture_comes_once_forwards_with_its_time(recorded: Footage) -> None:
    found = walk(recorded, at(0), 59, forward=True)
    assert [number(shown) for shown in found] == list(range(60))
    assert [round((shown.since_ns - START_NS) / FRAME_NS, 1) for shown in found] == list(range(60))
    assert all(after.since_ns == shown.until_ns for shown, after in pairwise(found))


def test_every_picture_comes_once_backwards(recorded: Footage) -> None:
    assert [number(shown) for shown in walk(recorded, at(59.5), 59, forward=False)] == list(range(59, -1, -1))


def test_any_moment_shows_its_picture(recorded: Footage) -> None:
    for wanted in (41, 3, 29, 30, 59, 0, 17, 18, 16, 44, 31, 12):
        for within in (0.01, 0.5, 0.99):
            assert number(recorded.at(at(wanted + within))) == wanted


def test_several_threads_show_the_same(recorded: Footage) -> None:
    recorded.threads = 3
    for wanted in (41, 3, 29, 30, 59, 17, 31, 12):
        assert number(recorded.at(at(wanted + 0.5))) == wanted
    recorded.threads = 2
    assert [number(shown) for shown in walk(recorded, at(0), 59, forward=True)] == list(range(60))
    assert [number(shown) for shown in walk(recorded, at(59.5), 59, forward=False)] == list(range(59, -1, -1))


_SPEAKING = """
import logging, sys
from itertools import islice
from pathlib import Path
import av.logging
from engine.recording.footage.reader import FootageReader
logging.getLogger("libav").propagate = False
av.logging.set_level(av.logging.DEBUG)
for number in range(40):
    reader = FootageReader(Path(sys.argv[1]), threads=2)
    list(islice(reader.until(59), number % 7 + 1))
    reader.close()
    del reader
"""


def test_decoders_that_have_something_to_say_while_they_are_closed_do_not_hang(tmp_path: Path) -> None:
    """A process of its own: what hangs holds Python's lock, so that no time limit within would end it."""
    write(tmp_path / "a.mp4", 60)
    subprocess.run([sys.executable, "-c", _SPEAKING, str(tmp_path / "a.mp4")], check=True, timeout=60, cwd=Path(__file__).parents[3])


def test_direction_may_change_at_any_picture(recorded: Footage) -> None:
    now, expected = recorded.at(at(25)), 25
    for forward in (True, True, False, False, False, True, False, True, True, True, True, True, True, True, False, False, True):
        now = recorded.at(now.until_ns if forward else now.since_ns - 1, backwards=not forward)
        expected += 1 if forward else -1
        assert number(now) == expected


def test_keyframes_alone_last_until_the_next_one(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 30)
    made = footage(tmp_path, [row("a.mp4", 0, 30)])
    now = made.at(at(17.3), keyframes=True)
    assert (number(now), now.since_ns, now.until_ns) == (10, at(10), at(20))
    assert made.decoded == 1
    made.close()


def test_one_of_several_pictures_lasts_as_long_as_all_of_them(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 30)
    made = footage(tmp_path, [row("a.mp4", 0, 30)])
    shown = made.at(at(3.5), every=4)
    spans: list[tuple[int, int, int]] = []
    while len(spans) < 5:
        assert isinstance(shown, FootagePicture)
        spans.append((number(shown), round((shown.since_ns - START_NS) / FRAME_NS), round((shown.until_ns - START_NS) / FRAME_NS)))
        shown = made.at(shown.until_ns, every=4)
    assert spans == [(3, 3, 7), (7, 7, 10), (10, 10, 14), (14, 14, 18), (18, 18, 20)], "at a keyframe it begins anew"
    shown = made.at(at(17.5), every=4, backwards=True)
    assert isinstance(shown, FootagePicture)
    assert (number(shown), shown.since_ns, shown.until_ns) == (14, at(14), at(18)), "never before its time"
    made.close()


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    ticks = (0, 40, 45, 300, 310, 900, 901, 1500, 3400, 3440)
    write(tmp_path / "a.mp4", 10, encoding=Encoding(ticks=ticks, b_frames=2))
    made = footage(tmp_path, [row("a.mp4", 0, 100)])
    for wanted, tick in enumerate(ticks):
        assert number(made.at(START_NS + tick * 1_000_000 + 500_000)) == wanted
    assert number(made.at(START_NS + 3_399 * 1_000_000)) == 7
    made.close()


def test_a_gap_is_a_gap_with_its_bounds(tmp_path: Path) -> None:
    for name, first in (("a.mp4", 0), ("b.mp4", 100)):
        write(tmp_path / name, 30, first)
    made = footage(tmp_path, [row("a.mp4", 0, 30), row("b.mp4", 100, 30)])
    gap = FootageGap(at(30), at(100))
    assert made.at(at(30)) == gap == made.at(at(99.9))
    assert [type(shown).__name__ for shown in walk(made, at(29), 2, forward=True)] == ["FootagePicture", "FootageGap", "FootagePicture"]
    assert number(walk(made, at(100), 2, forward=False)[-1]) == 29
    assert made.at(at(-1)) == FootageGap(START_NS - 3600 * SECOND, at(0), open_start=True)
    assert made.at(at(140)) == FootageGap(at(130), START_NS + 3600 * SECOND, open_end=True)
    unknown = made.at(START_NS + 7200 * SECOND)
    assert isinstance(unknown, FootageGap)
    assert (unknown.reason, unknown.since_ns, unknown.open_end) == (GapReason.UNKNOWN, START_NS + 3600 * SECOND, True)
    made.close()


def test_codec_and_size_may_change_from_file_to_file(tmp_path: Path) -> None:
    encodings = (Encoding(), Encoding("mjpeg", ".mov", width=128, height=96), Encoding("libx265", b_frames=2, width=64, height=48))
    rows = [row(f"{part}{encoding.suffix}", part * 20, 20) for part, encoding in enumerate(encodings)]
    for part, each in enumerate(rows):
        write(tmp_path / each.id, 20, part * 20, encodings[part])
    made = footage(tmp_path, rows)
    found = walk(made, at(0), 59, forward=True)
    assert [number(shown) for shown in found] == list(range(60))
    assert [shown.width for shown in found if isinstance(shown, FootagePicture)] == [96] * 20 + [128] * 20 + [64] * 20
    assert [number(shown) for shown in walk(made, at(59), 59, forward=False)] == list(range(59, -1, -1))
    made.close()


def test_size_may_change_within_a_file(tmp_path: Path) -> None:
    parts = [write(tmp_path / f"{part}.264", 10, part * 10, Encoding(suffix=".264", width=96 + 32 * part)) for part in (0, 1)]
    joined = tmp_path / "both.264"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    remuxed(joined, tmp_path / "a.mkv")
    made = footage(tmp_path, [row("a.mkv", 0, 20)])
    found = walk(made, at(0), 19, forward=True)
    assert [number(shown) for shown in found] == list(range(20))
    assert [shown.width for shown in found if isinstance(shown, FootagePicture)] == [96] * 10 + [128] * 10
    made.close()


@pytest.mark.parametrize("steps", [(0, 1, 2, 3, 4, 5), (30, 3, 29, 10, 11, 9)])
def test_pictures_whose_container_never_knew_their_order_come_in_the_right_one(tmp_path: Path, steps: tuple[int, ...]) -> None:
    """As H.264 with B-pictures in AVI, recorded as it came."""
    write(tmp_path / "a.h264", 40, encoding=Encoding(b_frames=3, gop=20))
    remuxed(tmp_path / "a.h264", tmp_path / "a.mp4")
    made = footage(tmp_path, [row("a.mp4", 0, 40)])
    assert [number(made.at(at(step + 0.5))) for step in steps] == list(steps)
    assert [number(shown) for shown in walk(made, at(0), 39, forward=True)] == list(range(40))
    assert [number(shown) for shown in walk(made, at(39), 39, forward=False)] == list(range(39, -1, -1))
    made.close()


def remuxed(source: Path, target: Path) -> None:
    """Packets one after the other, whatever order their pictures are shown in."""
    with av.open(str(source)) as given, av.open(str(target), "w") as container:
        stream = container.add_stream_from_template(given.streams.video[0])
        for count, packet in enumerate(packet for packet in given.demux(video=0) if packet.size):
            packet.pts = packet.dts = round(count * FRAME_NS / SECOND / packet.time_base)
            packet.stream = stream
            container.mux(packet)


def test_a_file_that_does_not_open_is_said_and_skipped(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 30)
    (tmp_path / "b.mp4").write_bytes(b"no video" * 100)
    write(tmp_path / "c.mp4", 30, 60)
    made = footage(tmp_path, [row("a.mp4", 0, 30), row("b.mp4", 30, 30), row("c.mp4", 60, 30)])
    broken = walk(made, at(29), 2, forward=True)
    assert isinstance(broken[1], FootageGap)
    assert (broken[1].reason, broken[1].since_ns, broken[1].until_ns) == (GapReason.DAMAGED, at(30), at(60))
    assert "b.mp4 cannot be played" in broken[1].message
    assert number(broken[2]) == 60
    made.close()


def test_a_last_file_that_breaks_off_shows_what_is_there(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.mp4", 100, encoding=Encoding(options=FRAGMENTED)).read_bytes()
    (tmp_path / "a.mp4").write_bytes(whole[: whole.rindex(b"moof") - 100])
    made = footage(tmp_path, [row("a.mp4", 0, 200)])
    there = FootageReader(tmp_path / "a.mp4").index.count
    found = walk(made, at(0), there - 1, forward=True)
    assert there >= 20 and [number(shown) for shown in found[:-1]] == list(range(there - 1))
    half = found[-1]
    assert isinstance(half, FootageGap) and half.reason is GapReason.DAMAGED, "its bytes are cut in the middle of a picture"
    end = made.at(at(199))
    assert isinstance(end, FootageGap) and end.reason is GapReason.DAMAGED and "breaks off" in end.message
    assert end.since_ns == half.until_ns and end.until_ns == at(200)
    made.close()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_after_damage_nothing_is_shown_that_leans_on_it(tmp_path: Path, b_frames: int, threads: int) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(frames=60, gop=20, b_frames=b_frames, noise=60))
    data = bytearray(path.read_bytes())
    longest = len(data) // 15  # several pictures: bits that happen to mean something are not noticed by any decoder
    data[len(data) // 2 : len(data) // 2 + longest] = bytes(longest)
    path.write_bytes(data)
    made = footage(tmp_path, [row("a.mp4", 0, 60)])
    made.threads = threads
    found = walk(made, at(0), 59, forward=True)
    shown = [each for each in found if isinstance(each, FootagePicture)]
    numbers = [round((each.at_ns - START_NS) / FRAME_NS) for each in shown]
    assert numbers == [picture_number(each.frame.to_ndarray(format="gray")) for each in shown]
    lost = [each for each in range(60) if each not in numbers]
    assert 0 < len(lost) <= 20 and lost == list(range(lost[0], 40))
    assert {each.reason for each in found if isinstance(each, FootageGap)} == {GapReason.DAMAGED}
    made.close()


def test_only_what_an_encoder_is_known_to_do_is_opened_undecoded(tmp_path: Path) -> None:
    for name, b_frames, encoder in (
        ("a", 0, "libx264"),
        ("b", 0, "libx264"),
        ("c", 2, "libx264"),
        ("d", 2, "libx264"),
        ("e", 0, "libx265"),
    ):
        write(tmp_path / f"{name}.mp4", 30, encoding=Encoding(encoder, b_frames=b_frames))
    opener, decoded = FootageOpener(), []
    for name in "abcde":
        opened = opener.open(tmp_path / f"{name}.mp4")
        decoded.append(opened.stream.codec_context.pix_fmt is not None)
        opened.container.close()
    assert decoded == [True, False, True, True, True]


def test_a_files_own_table_says_what_its_packets_say(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", 30, encoding=Encoding(ticks=tuple(number * 40 + number % 3 for number in range(30))))
    container, stream = open_video(path, "recording", unseen=True)
    told = own_index(container, stream)
    read = FootageReader(path).index
    assert told is not None and told.in_order and told.tail_ns == read.tail_ns
    for name in ("ticks", "times_ns", "keys", "key_dts"):
        assert getattr(told, name).tolist() == getattr(read, name).tolist()
    container.close()


@pytest.mark.parametrize("kind", ["breaks off", "fragmented", "reordered", "matroska"])
def test_a_table_that_is_not_whole_is_not_believed(tmp_path: Path, kind: str) -> None:
    encoding = {
        "breaks off": Encoding(options=(("movflags", "faststart"),)),
        "fragmented": Encoding(options=FRAGMENTED),
        "reordered": Encoding(b_frames=2),
        "matroska": Encoding(suffix=".mkv"),
    }[kind]
    path = write(tmp_path / f"a{encoding.suffix}", 30, encoding=encoding)
    if kind == "breaks off":
        path.write_bytes(path.read_bytes()[:-200])
    container, stream = open_video(path, "recording", unseen=True)
    assert own_index(container, stream) is None
    container.close()


def test_files_that_cannot_be_had_are_tried_again_when_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", 10)
    answers: list[Exception | Path] = [EnvironmentFault("unreachable", "The engine cannot be reached."), path]

    def locate(_: object) -> Path:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    made = Footage(locate, PictureCache())
    made.plan = FootagePlan([row("a.mp4", 0, 10)], 0, 1 << 62)
    away = FootageGap(at(0), at(10), GapReason.UNREACHABLE, "The engine cannot be reached.")
    assert made.at(at(3)) == away == made.at(at(4))
    made.forget_faults()
    assert number(made.at(at(4))) == 4
    made.close()


def test_what_was_given_up_meanwhile_is_a_gap(tmp_path: Path) -> None:
    def gone(_: object) -> Path:
        raise NotFound("There is no segment a.")

    made = Footage(gone, PictureCache())
    made.plan = FootagePlan([row("a.mp4", 0, 10)], 0, 1 << 62)
    assert made.at(at(3)) == FootageGap(at(0), at(10))


def test_pictures_are_scaled_to_fit_and_say_how_large_they_were(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 10, encoding=Encoding(width=320, height=192))
    made = footage(tmp_path, [row("a.mp4", 0, 10)])
    picture = made.at(at(4), fit=(160, 160))
    assert isinstance(picture, FootagePicture)
    assert picture.bgra().shape == (96, 160, 4)
    assert (picture.width, picture.height, number(picture)) == (320, 192, 4)
    assert picture.bgra()[:, :, 3].min() == 255
    made.close()


@pytest.mark.parametrize("width", range(64, 98, 2))
def test_pictures_of_any_width_are_whole_to_their_edge(tmp_path: Path, width: int) -> None:
    write(tmp_path / "a.mp4", 1, 255, Encoding(width=320, height=192))
    made = footage(tmp_path, [row("a.mp4", 0, 1)])
    picture = made.at(at(0), fit=(width, 192))
    assert isinstance(picture, FootagePicture)
    pixels = picture.bgra().astype(int)
    assert pixels.shape[1] == width
    assert abs(pixels[:, -4:, :3] - pixels[:, -5:-4, :3]).max() < 40
    made.close()


@pytest.mark.parametrize(
    ("size", "fit", "expected"),
    [
        ((100, 50), (0, 0), (100, 50)),
        ((100, 50), (200, 200), (100, 50)),
        ((1280, 720), (640, 640), (640, 360)),
        ((2000, 2), (10, 10), (10, 2)),
    ],
)
def test_sizes_fit(size: tuple[int, int], fit: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fitted(size, fit) == expected


def test_the_cache_never_holds_more_than_it_may_and_stepping_back_still_works(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 100, encoding=Encoding(gop=100))
    cache = PictureCache(24 * (96 * 64 * 3 // 2))
    made = footage(tmp_path, [row("a.mp4", 0, 100)], cache)
    assert [number(shown) for shown in walk(made, at(99), 99, forward=False)] == list(range(99, -1, -1))
    assert 0 < cache.most_bytes <= cache.limit_bytes
    assert made.decoded < 100 * 12, "a group is decoded again for each part of it that fits, not for each picture"
    made.close()


@pytest.mark.parametrize("between", [0, 1, 7, 50])
def test_the_group_before_is_decoded_bit_by_bit_and_nothing_twice(tmp_path: Path, between: int) -> None:
    """Over two files, however much time there is between two pictures."""
    for part in (0, 1):
        write(tmp_path / f"{part}.mp4", 30, part * 30)
    made = footage(tmp_path, [row(f"{part}.mp4", part * 30, 30) for part in (0, 1)])
    shown: list[int] = []
    at_ns = at(59.5)
    while len(shown) < 60:
        found = made.at(at_ns, fit=(96, 64), backwards=True)
        shown.append(number(found))
        at_ns = found.since_ns - 1
        for _ in range(between):
            made.prepare_before(found.since_ns, (96, 64))
    assert shown == list(range(59, -1, -1)) and made.decoded == 60
    assert not made.prepare_before(at(5), (96, 64)), "there is nothing before"
    made.close()


def test_what_was_prepared_for_is_forgotten_by_a_jump(tmp_path: Path) -> None:
    for part in range(4):
        write(tmp_path / f"{part}.mp4", 30, part * 30)
    made = footage(tmp_path, [row(f"{part}.mp4", part * 30, 30) for part in range(4)])
    for wanted in (35, 5, 95, 33, 64, 30, 28, 112, 29, 61, 59, 119, 31, 30, 29):
        assert number(made.at(at(wanted + 0.5), (96, 64), backwards=True)) == wanted
        made.prepare_before(at(wanted), (96, 64))
    made.close()


def test_backwards_in_a_full_cache_what_is_to_come_stays(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 60, encoding=Encoding(gop=20))
    made = footage(tmp_path, [row("a.mp4", 0, 60)], PictureCache(60 * (96 * 64 * 3 // 2)))
    at_ns = at(59.5)
    for wanted in range(59, -1, -1):
        found = made.at(at_ns, fit=(96, 64), backwards=True)
        assert number(found) == wanted
        made.prepare_before(found.since_ns, (96, 64))
        at_ns = found.since_ns - 1
    assert made.decoded == 60
    made.close()


def test_stepping_back_after_playing_decodes_nothing_again(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 30)
    made = footage(tmp_path, [row("a.mp4", 0, 30)])
    walk(made, at(0), 29, forward=True)
    before = made.decoded
    walk(made, at(29), 29, forward=False)
    assert made.decoded == before
    made.close()


@pytest.mark.parametrize("name", ["one-by-one-person-detection.mp4", "vtest_480x360.avi"])
def test_real_video_shows_what_plain_decoding_shows(shared: Path, tmp_path: Path, name: str) -> None:
    """Cut out without encoding, B-pictures and all."""
    source = shared / "data/video" / name
    with av.open(str(source)) as container, av.open(str(tmp_path / "a.mkv"), "w") as cut:
        stream = cut.add_stream_from_template(container.streams.video[0])
        for packet, _ in zip(container.demux(video=0), range(120), strict=False):
            packet.stream = stream
            cut.mux(packet)
    with av.open(str(tmp_path / "a.mkv")) as container:
        plain = [frame.to_ndarray(format="gray").tobytes() for frame in container.decode(video=0)]
    index = FootageReader(tmp_path / "a.mkv").index
    assert index.count == len(plain)
    made = Footage(lambda _: tmp_path / "a.mkv", PictureCache())
    made.plan = FootagePlan([FootageFile("a", 0, index.end_ns)], 0, index.end_ns)
    for wanted in (0, 77, 30, 31, 32, 5, len(plain) - 1, 60, 59, 58):
        shown = made.at(int(index.times_ns[wanted]) + 1_000_000, backwards=wanted < 60)
        assert isinstance(shown, FootagePicture)
        assert shown.frame.to_ndarray(format="gray").tobytes() == plain[wanted]
    made.close()
