"""VP9 made of a raw camera's JPEG packets."""

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D, EncodedPacket
from engine.model.errors import InputError
from engine.model.time import SECOND
from engine.recording.jpeg import decode_jpeg, encode_jpeg
from engine.recording.raw import raw_packet, raw_stream, recorded_size
from engine.recording.raw_video import KEYFRAME_NS, JpegDecoder, RawVideo, Vp9Encoder
from engine.recording.ring import PacketRing
from tests.engine.recording.streams import FRAME_NS, START_NS, RawFrame

LARGE = 64 << 20
LONG_NS = 600 * SECOND


def ring_of(count: int, width: int = 96) -> PacketRing:
    ring = PacketRing(LARGE, LONG_NS)
    ring.on_stream(raw_stream(RawFrame(1, 0, START_NS, width)))
    for index in range(count):
        ring.append(raw_packet(RawFrame(1, index, START_NS + index * FRAME_NS, width)))
    return ring


def video_of(ring: PacketRing) -> RawVideo:
    return RawVideo(ring, START_NS, LARGE, LONG_NS)


def scene(shift: int) -> Bytes2D:
    """Soft shapes that move, with a little grain."""
    rows, columns = np.mgrid[0:360, 0:640]
    soft = 128 + 60 * np.sin((columns + shift) / 30) * np.cos(rows / 25)
    grain = np.random.default_rng(shift).normal(0, 3, (360, 640))
    return np.repeat(np.clip(soft + grain, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def test_every_picture_once_at_its_time_with_a_keyframe_every_two_seconds() -> None:
    jpegs = ring_of(50)
    video = video_of(jpegs)
    assert not video.advance(30)
    assert video.advance(30)
    kept = video.ring.read(0)
    assert [entry.packet.captured_ns for entry in kept] == [START_NS + index * FRAME_NS for index in range(50)]
    keyframes = [entry.number for entry in kept if entry.packet.keyframe]
    assert keyframes == [0, KEYFRAME_NS // FRAME_NS, 2 * KEYFRAME_NS // FRAME_NS]
    assert video.ring.size_bytes < jpegs.size_bytes / 3


def test_another_size_is_another_stream() -> None:
    jpegs = ring_of(3)
    jpegs.on_stream(raw_stream(RawFrame(1, 3, START_NS, 128)))
    jpegs.append(raw_packet(RawFrame(1, 3, START_NS + 3 * FRAME_NS, 128)))
    video = video_of(jpegs)
    assert video.advance(10)
    assert [entry.stream.width for entry in video.ring.read(0)] == [96, 96, 96, 128]
    assert video.ring.read(3)[0].packet.keyframe


def test_what_is_no_picture_costs_itself_only() -> None:
    jpegs = ring_of(1)
    jpegs.append(EncodedPacket(b"no picture", 0, 0, 0, True, START_NS + FRAME_NS))
    jpegs.append(raw_packet(RawFrame(1, 2, START_NS + 2 * FRAME_NS)))
    video = video_of(jpegs)
    with pytest.raises(InputError):
        video.advance(10)
    assert video.advance(10)
    assert len(video.ring.read(0)) == 2


def test_odd_sizes_are_made_even() -> None:
    frame = RawFrame(1, 0, START_NS, 97, 65)
    assert recorded_size(frame) == (96, 64)
    encoder = Vp9Encoder(*recorded_size(frame))
    assert encoder.encode_picture(JpegDecoder().decode(raw_packet(frame)), START_NS).keyframe


def test_it_looks_like_the_jpeg_and_is_smaller() -> None:
    import av

    encoder = Vp9Encoder(640, 360)
    decoder = av.CodecContext.create("vp9", "r")
    decoder.thread_count, jpeg_decoder = 1, JpegDecoder()
    jpegs = [encode_jpeg(scene(shift), 75) for shift in range(10)]
    decoded = [jpeg_decoder.decode(EncodedPacket(jpeg, 0, 0, 0, True, 0)) for jpeg in jpegs]
    packets = [encoder.encode_picture(picture, START_NS + i * FRAME_NS) for i, picture in enumerate(decoded)]
    pictures = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    pictures += decoder.decode(None)
    assert len(pictures) == len(jpegs)
    for jpeg, picture in zip(jpegs, pictures, strict=True):
        assert cv2.PSNR(np.ascontiguousarray(decode_jpeg(jpeg)[:, :, :3]), picture.to_ndarray(format="bgr24")) > 34
    assert sum(len(packet.data) for packet in packets) < sum(map(len, jpegs)) / 2
