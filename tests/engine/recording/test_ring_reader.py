"""A packet ring is read back from any moment on: the right pictures, at the times at which they were live."""

from dataclasses import replace
from itertools import islice

import pytest

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.recording.clips.clip_file import shown_ns
from engine.recording.footage.playback import ClipPicture
from engine.recording.ring import PacketRing
from engine.recording.ring_reader import RingReader
from tests.engine.recording.streams import ALL, COUNT, FRAME_NS, GROUP, LGPL, START_NS, seen, stream


def ring_of(*streams: tuple[StreamInfo, tuple[EncodedPacket, ...]], max_s: float = 60.0) -> PacketRing:
    ring = PacketRing(1 << 26, round(max_s * SECOND))
    for info, packets in streams:
        ring.on_stream(info)
        for packet in packets:
            ring.append(packet)
    return ring


def numbers(shown: "list[ClipPicture]") -> list[int]:
    return [seen(picture)[1] for picture in shown]


@pytest.mark.parametrize("kind", ALL)
def test_a_ring_plays_from_the_picture_that_was_shown_at_a_moment(kind: str) -> None:
    info, packets = stream(kind)
    reader = RingReader(ring_of((info, packets)))
    begun_ns = shown_ns(packets[0], info)  # as in clips: with B-pictures, as much later as they are held back
    wanted = 3 * GROUP + 2  # in the middle of a group
    shown = list(islice(reader.pictures(begun_ns + wanted * FRAME_NS + FRAME_NS // 4), 10))
    assert numbers(shown) == list(range(wanted, wanted + 10))
    assert [picture.at_ns for picture in shown] == pytest.approx(
        [begun_ns + n * FRAME_NS for n in range(wanted, wanted + 10)], abs=2_000_000
    )
    assert numbers(list(islice(reader.on(), 5))) == list(range(wanted + 10, wanted + 15)), "it goes on where it was left"


def test_after_a_picture_comes_the_next_one() -> None:
    reader = RingReader(ring_of(stream()))
    assert numbers(list(islice(reader.pictures(START_NS + 7 * FRAME_NS, after=True), 2))) == [8, 9]


def test_what_is_not_held_any_more_begins_with_the_oldest_picture() -> None:
    ring = ring_of(stream(), max_s=2.0)
    oldest = ring.span_ns()
    assert oldest is not None and oldest[0] > START_NS
    first = next(RingReader(ring).pictures(START_NS))
    assert first.at_ns == oldest[0]


def test_at_its_end_it_waits_for_more() -> None:
    info, packets = stream()
    ring = ring_of((info, packets[:20]))
    reader = RingReader(ring)
    assert numbers(list(reader.pictures(START_NS + 18 * FRAME_NS))) == [18, 19]
    assert list(reader.on()) == []
    ring.append(packets[20])
    assert numbers(list(reader.on())) == [20]


def test_a_reconnection_with_another_stream_is_played_through() -> None:
    info, packets = stream()
    other, later = stream("mjpeg", camera=1)
    shift = COUNT * FRAME_NS
    moved = tuple(EncodedPacket(p.data, p.pts, p.dts, p.duration, p.keyframe, p.captured_ns + shift) for p in later)
    shown = list(RingReader(ring_of((info, packets), (other, moved))).pictures(START_NS))
    assert len(shown) == 2 * COUNT
    assert [picture.at_ns for picture in shown] == sorted(picture.at_ns for picture in shown)


def test_packets_that_were_dropped_while_it_was_read_are_passed_over() -> None:
    info, packets = stream()
    ring = ring_of((info, packets[:20]), max_s=1.0)
    reader = RingReader(ring)
    next(reader.pictures(packets[12].captured_ns))
    for packet in packets[20:]:
        ring.append(packet)  # the ring holds a second only: what comes next for the reader is gone
    left = list(reader.on())
    assert left and left[-1].at_ns == packets[-1].captured_ns
    assert numbers(left)[-1] == COUNT - 1


def test_damage_costs_pictures_up_to_the_next_keyframe_and_no_more() -> None:
    info, packets = stream(LGPL)
    broken = [replace(packet, data=b"\0" * 40) if n == 18 else packet for n, packet in enumerate(packets)]
    found = numbers(list(RingReader(ring_of((info, tuple(broken)))).pictures(START_NS)))
    assert found[:17] == list(range(17)) and found[-1] == COUNT - 1
    assert 18 not in found


def test_an_empty_ring_gives_nothing() -> None:
    assert list(RingReader(PacketRing(1, 1)).pictures(0)) == []
