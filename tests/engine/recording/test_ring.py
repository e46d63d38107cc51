from hypothesis import given
from hypothesis import strategies as st

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.recording.ring import PacketRing

INFO = StreamInfo("h264", 640, 360, 25.0)


def packet(at_s: float, keyframe: bool = False, size: int = 100) -> EncodedPacket:
    at_ns = round(at_s * SECOND)
    return EncodedPacket(bytes(size), at_ns, at_ns, 0, keyframe, at_ns)


def ring_of(seconds: int, max_bytes: int = 1 << 20, max_s: float = 30.0, group: int = 2) -> PacketRing:
    """One packet a second, a keyframe every `group` seconds."""
    ring = PacketRing(max_bytes, round(max_s * SECOND))
    ring.on_stream(INFO)
    for second in range(seconds):
        ring.append(packet(second, second % group == 0))
    return ring


def times(ring: PacketRing, cursor: int = 0) -> list[float]:
    return [kept.packet.captured_ns / SECOND for kept in ring.read(cursor)]


def test_nothing_before_the_first_keyframe_is_kept() -> None:
    ring = PacketRing(1 << 20, SECOND)
    ring.append(packet(0, keyframe=True))  # no stream yet
    ring.on_stream(INFO)
    ring.append(packet(1))
    assert (times(ring), ring.keyframe_at(0), ring.size_bytes) == ([], None, 0)
    ring.append(packet(2, keyframe=True))
    ring.append(packet(3))
    assert times(ring) == [2, 3]


def test_after_a_reconnection_the_ring_waits_for_a_keyframe_and_keeps_what_it_has() -> None:
    ring = ring_of(4)
    other = StreamInfo("h264", 320, 180, 25.0)
    ring.on_stream(other)
    ring.append(packet(4))
    ring.append(packet(5, keyframe=True))
    assert times(ring) == [0, 1, 2, 3, 5]
    assert [kept.stream for kept in ring.read(3)] == [INFO, other]


def test_old_groups_leave_once_the_later_ones_cover_the_time() -> None:
    assert times(ring_of(20, max_s=6)) == [12, 13, 14, 15, 16, 17, 18, 19]


def test_old_groups_leave_when_the_bytes_are_used_up() -> None:
    ring = ring_of(20, max_bytes=500)
    assert times(ring) == [16, 17, 18, 19]
    assert ring.size_bytes == 400


def test_one_group_larger_than_the_ring_empties_it_until_the_next_keyframe() -> None:
    ring = ring_of(20, max_bytes=500, group=100)
    assert times(ring) == []
    ring.append(packet(20, keyframe=True))
    assert times(ring) == [20]


def test_the_keyframe_at_or_before_a_time_is_found() -> None:
    ring = ring_of(10)
    assert [ring.keyframe_at(round(s * SECOND)) for s in (-1, 0, 1.9, 2, 5, 99)] == [0, 0, 0, 2, 4, 8]


def test_reading_goes_on_from_a_number() -> None:
    ring = ring_of(10)
    assert times(ring, 7) == [7, 8, 9]
    assert times(ring, 10) == []
    ring.append(packet(10))
    assert times(ring, 10) == [10]


def test_a_reader_that_was_overtaken_sees_it_by_the_numbers() -> None:
    ring = ring_of(30, max_s=4)
    assert ring.read(3)[0].number > 3


def test_clearing_gives_the_memory_back() -> None:
    ring = ring_of(10)
    ring.clear()
    assert (times(ring), ring.size_bytes, ring.keyframe_at(0)) == ([], 0, None)


@given(
    packets=st.lists(st.tuples(st.floats(0.001, 1.0), st.booleans(), st.integers(1, 400)), max_size=60),
    max_bytes=st.integers(1, 2_000),
    max_s=st.floats(0.1, 10),
)
def test_whatever_comes_the_ring_is_bounded_and_begins_with_a_keyframe(
    packets: list[tuple[float, bool, int]], max_bytes: int, max_s: float
) -> None:
    ring = PacketRing(max_bytes, round(max_s * SECOND))
    ring.on_stream(INFO)
    at = 0.0
    for step, keyframe, size in packets:
        at += step
        ring.append(packet(at, keyframe, size))
        kept = ring.read(0)
        assert ring.size_bytes == sum(len(k.packet.data) for k in kept) <= max_bytes
        assert not kept or kept[0].packet.keyframe
        assert [k.number for k in kept] == list(range(kept[0].number, kept[0].number + len(kept))) if kept else True
        second = next((k for k in kept[1:] if k.packet.keyframe), None)
        assert second is None or kept[-1].packet.captured_ns - second.packet.captured_ns < round(max_s * SECOND)


def test_how_much_comes_in_is_told_once_there_is_enough_to_tell() -> None:
    assert ring_of(2).bytes_per_s() == 0.0 == PacketRing(1, 1).bytes_per_s()
    assert 100 <= ring_of(10).bytes_per_s() <= 112  # a packet of 100 bytes a second
