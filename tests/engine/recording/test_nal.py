from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.recording.nal import START_CODE, byte_stream, sequence_sets, split, unit_type
from tests.engine.recording.streams import RTSP, stream

SPS, PPS, IDR, SLICE = b"\x67\x4d\x00\x1f", b"\x68\xe9", b"\x65\x88\x80", b"\x41\x9a\x02"
AVCC = b"\x01\x4d\x00\x1f\xff\xe1\x00\x04" + SPS + b"\x01\x00\x02" + PPS


def packet(data: bytes, keyframe: bool = False) -> EncodedPacket:
    return EncodedPacket(data, 0, 0, 0, keyframe, 0)


def prefixed(*units: bytes) -> bytes:
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def coded(*units: bytes) -> bytes:
    return b"".join(START_CODE + unit for unit in units)


def test_length_prefixes_become_start_codes_and_keyframes_get_the_sets() -> None:
    convert = byte_stream(StreamInfo("h264", 640, 360, 25.0, extradata=AVCC), "h264")
    assert convert(packet(prefixed(IDR), keyframe=True)) == coded(SPS, PPS, IDR)
    assert convert(packet(prefixed(SLICE, SLICE))) == coded(SLICE, SLICE)


def test_a_length_that_looks_like_a_start_code_is_no_start_code() -> None:
    convert = byte_stream(StreamInfo("h264", 640, 360, 25.0, extradata=AVCC), "h264")
    unit = b"\x65" + bytes([255]) * 0x1A6  # length 0x000001A7
    assert convert(packet(prefixed(unit), keyframe=True)) == coded(SPS, PPS, unit)


def test_sets_from_the_session_description_are_put_before_keyframes_only_where_they_are_missing() -> None:
    convert = byte_stream(StreamInfo("h264", 640, 360, 25.0, extradata=coded(SPS, PPS)), "h264")
    assert convert(packet(coded(IDR), keyframe=True)) == coded(SPS, PPS, IDR)
    assert convert(packet(coded(SPS, PPS, IDR), keyframe=True)) == coded(SPS, PPS, IDR)
    assert convert(packet(coded(SLICE))) == coded(SLICE)


def test_units_are_split_and_named() -> None:
    assert list(split(coded(SPS, PPS, IDR) + b"\x00\x00\x01" + SLICE)) == [SPS, PPS, IDR, SLICE]
    assert [unit_type("h264", unit) for unit in (SPS, PPS, IDR, SLICE, b"")] == [7, 8, 5, 1, -1]
    assert sequence_sets("h264", coded(SPS, PPS, IDR)) == (SPS,)
    assert sequence_sets("mjpeg", coded(SPS)) == ()


@pytest.mark.parametrize("kind", ["h264 length-prefixed", "h264 byte stream", "hevc length-prefixed", "hevc byte stream", RTSP])
def test_every_keyframe_of_a_real_stream_carries_the_same_sets(kind: str) -> None:
    info, packets = stream(kind)
    convert = byte_stream(info, info.codec)
    found = {sequence_sets(info.codec, convert(p)) for p in packets if p.keyframe}
    assert len(found) == 1 and found != {()}


@given(
    extradata=st.binary(max_size=60),
    data=st.binary(max_size=60),
    codec=st.sampled_from(["h264", "hevc", "mpeg4", "mjpeg"]),
    avcc=st.booleans(),
)
def test_garbage_never_raises(extradata: bytes, data: bytes, codec: str, avcc: bool) -> None:
    info = StreamInfo(codec, 640, 360, 25.0, extradata=b"\x01" + extradata if avcc else extradata)
    convert = byte_stream(info, codec)
    convert(packet(data, keyframe=True))
    convert(replace(packet(data), pts=5))
