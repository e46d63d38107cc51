"""The messages of packets, and the console's reader of them, with an engine that sends anything at all."""

import base64
import json
import random
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import av
import pytest

from engine.gateway.live.packet_messages import (
    NoPacketStream,
    PacketMessage,
    PacketStream,
    feed_fields,
    packed,
    packed_answer,
    read_feed,
    unpacked,
    unpacked_answer,
)
from engine.gateway.remote.received import ReceivedPictures
from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.errors import EnvironmentFault, InputError
from engine.model.port import PictureWant
from engine.recording.nal import byte_stream
from tests.fakes.video import Clip, write_clip

WANT = PictureWant(320, 320)


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> tuple[StreamInfo, list[EncodedPacket]]:
    path = write_clip(tmp_path_factory.mktemp("video") / "one.mp4", Clip(frames=40, gop=10))
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        context = video.codec_context
        info = StreamInfo("h264", context.width, context.height, 25.0, extradata=bytes(context.extradata or b""))
        whole = [packet for packet in container.demux(video) if packet.dts is not None and packet.pts is not None]
        packets = [
            EncodedPacket(bytes(each), each.pts, each.dts, 0, each.is_keyframe, index * 40_000_000)  # type: ignore[arg-type]
            for index, each in enumerate(whole)
        ]
    return info, packets


def taker() -> ReceivedPictures:
    return ReceivedPictures("yard", count(1))


def described(info: StreamInfo, track_size: tuple[int, int] = (0, 0)) -> str:
    return json.dumps(feed_fields("yard", PacketStream(info, "only", track_size)))


def test_what_is_packed_is_what_is_read(stream: tuple[StreamInfo, list[EncodedPacket]]) -> None:
    info, packets = stream
    message = PacketMessage(77, tuple(packets[:3]), answer=True, anew=True)
    read = unpacked(packed(message))
    assert (read.number, read.answer, read.anew) == (77, True, True)
    fields = [(each.data, each.pts, each.dts, each.keyframe, each.captured_ns) for each in read.packets]
    assert fields == [(each.data, each.pts, each.dts, each.keyframe, each.captured_ns) for each in packets[:3]]
    assert len(packed(message)) - sum(len(each.data) for each in packets[:3]) == 6 + 3 * 29
    assert unpacked_answer(packed_answer(77)) == 77 and unpacked_answer(b"") is None and unpacked_answer(b"hello") is None
    for feed in (PacketStream(replace(info, fps=0.0), "sub", (640, 360)), NoPacketStream("privacy", "Parts are private.")):
        assert read_feed(json.loads(json.dumps(feed_fields("yard", feed)))) == feed


def test_pictures_with_their_times_and_only_the_last_of_those_that_come_late(stream: tuple[StreamInfo, list[EncodedPacket]]) -> None:
    info, packets = stream
    take = taker()
    assert take.take(described(info, (1280, 720)), WANT).picture is None
    first = take.take(packed(PacketMessage(1, tuple(packets[:8]), answer=True, anew=True)), WANT)
    assert first.picture is not None and first.answer == packed_answer(1)
    assert first.picture.captured_ns == packets[7].captured_ns and (first.picture.frame_width, first.picture.frame_height) == (1280, 720)
    second = take.take(packed(PacketMessage(2, (packets[8],))), WANT)
    assert second.picture is not None and second.picture.captured_ns == packets[8].captured_ns and second.answer is None
    assert second.picture.index == first.picture.index + 1


def test_what_was_lost_is_gone_on_from_at_the_next_keyframe(stream: tuple[StreamInfo, list[EncodedPacket]]) -> None:
    info, packets = stream
    take = taker()
    take.take(described(info), WANT)
    assert take.take(packed(PacketMessage(1, (packets[3],), anew=True)), WANT).picture is None  # no keyframe: nothing smeared is shown
    assert take.take(packed(PacketMessage(2, (packets[4],))), WANT).picture is None
    again = take.take(packed(PacketMessage(3, (packets[10],))), WANT)
    assert again.picture is not None and again.picture.captured_ns == packets[10].captured_ns
    broken = replace(packets[11], data=packets[11].data[:8] + bytes(len(packets[11].data) - 8))
    take.take(packed(PacketMessage(4, (broken,))), WANT)
    late = [take.take(packed(PacketMessage(number, (packets[number],))), WANT).picture for number in range(12, 21)]
    assert late[-1] is not None


@pytest.mark.parametrize(
    "change",
    [
        {"codec": "mjpeg"},
        {"codec": None},
        {"codec": ["h264"]},
        {"transport": "pigeons"},
        {"extradata": "no base64!"},
        {"extradata": base64.b64encode(bytes(1 << 17)).decode()},
        {"extradata": 7},
        {"width": -1},
        {"height": 1 << 40},
        {"track_width": "wide"},
        {"height": None},
        {"width": float("inf")},
        {"time_base": [1]},
        {"time_base": [0, 1]},
        {"time_base": "1/90000"},
    ],
)
def test_descriptions_that_are_none(stream: tuple[StreamInfo, list[EncodedPacket]], change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        taker().take(json.dumps({**json.loads(described(stream[0])), **change}), WANT)


def test_packets_that_are_none(stream: tuple[StreamInfo, list[EncodedPacket]]) -> None:
    info, packets = stream
    good = packed(PacketMessage(1, (packets[0],), anew=True))
    with pytest.raises(InputError):
        taker().take(good, WANT)  # nobody said what it is
    take = taker()
    take.take(described(info), WANT)
    negative = packed(PacketMessage(1, (replace(packets[0], captured_ns=-1),)))
    for wrong in (
        b"",
        b"\x01",
        b"\x02" + good[1:],
        good[:-1],
        good + b"\x00",
        good[:20],
        negative,
        packed(PacketMessage(1, (packets[0],) * 1001)),
    ):
        with pytest.raises(InputError):
            take.take(wrong, WANT)
    assert take.take(good, WANT).picture is not None


def test_text_that_is_no_message_gives_no_picture() -> None:
    take = taker()
    for text in ("", "{", "[]", "7", "null", '"x"', "{}", '{"type": "frame"}', '{"type": "frame", "data": 3}', "[" * 100_000):
        assert take.take(text, WANT).picture is None
    head = {"type": "frame", "captured_ns": float("inf"), "data": {"frame": "", "index": 1, "width": 1, "height": 1}}
    assert take.take(json.dumps(head), WANT).picture is None


def test_a_stream_that_never_gives_a_picture_is_given_up(stream: tuple[StreamInfo, list[EncodedPacket]]) -> None:
    info, packets = stream
    take = taker()
    take.take(described(info), WANT)
    rubbish = replace(packets[0], data=b"\x00\x00\x00\x20" + bytes(range(32)))
    with pytest.raises(EnvironmentFault):
        for number in range(100):
            take.take(packed(PacketMessage(number, (rubbish,), anew=True)), WANT)


def test_pictures_that_are_too_large_are_not_decoded(tmp_path: Path) -> None:
    """A few bytes say that they are 100 megapixels."""
    with av.open(str(tmp_path / "large.mp4"), "w") as container:
        video = container.add_stream("libx264", rate=1, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 8192, 8192, "yuv420p"
        frame = av.VideoFrame(8192, 8192, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        container.mux(video.encode(frame))
        container.mux(video.encode(None))
    with av.open(str(tmp_path / "large.mp4")) as container:
        video = container.streams.video[0]
        data, extradata = bytes(next(container.demux(video))), bytes(video.codec_context.extradata or b"")
    take = taker()
    take.take(described(StreamInfo("h264", 64, 64, 0.0, extradata=extradata)), WANT)
    with pytest.raises(EnvironmentFault, match="megapixels"):
        take.take(packed(PacketMessage(1, (EncodedPacket(data, 0, 0, 0, True, 1),), anew=True)), WANT)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_gives_pictures_or_an_error_of_ours(stream: tuple[StreamInfo, list[EncodedPacket]], seed: int) -> None:
    info, packets = stream
    chance = random.Random(seed)
    plain = [replace(each, data=byte_stream(info, "h264")(each)) for each in packets]
    take = taker()
    for number in range(400):
        sent = chance.choice(packets if chance.random() < 0.5 else plain)
        dirty = bytearray(sent.data)
        for _ in range(chance.choice((0, 1, 20))):
            dirty[chance.randrange(len(dirty))] = chance.randrange(256)
        extradata = bytes(chance.randrange(256) for _ in range(chance.randrange(60))) if chance.random() < 0.5 else info.extradata
        other = StreamInfo(chance.choice(("h264", "hevc")), chance.randrange(5000), chance.randrange(5000), 0.0, extradata=extradata)
        pts, dts = (chance.randrange(-(1 << 62), 1 << 62) for _ in range(2))
        key = chance.random() < 0.5
        whole = packed(PacketMessage(number, (EncodedPacket(bytes(dirty), pts, dts, 0, key, abs(pts)),), anew=chance.random() < 0.3))
        cut = whole[: chance.randrange(len(whole))] if chance.random() < 0.1 else whole
        for message in (described(other), cut) if chance.random() < 0.1 else (cut,):
            try:
                picture = take.take(message, PictureWant(chance.randrange(1, 4000), chance.randrange(1, 4000))).picture
            except (InputError, EnvironmentFault):
                take = taker()
                take.take(described(info), WANT)
                continue
            assert picture is None or picture.pixels.shape[2] == 4
