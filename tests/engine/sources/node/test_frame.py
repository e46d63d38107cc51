"""Frames: every rule, in order, and many at once."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from engine.model.radio.radio import CsiBatch
from engine.sources.node.collector import MOST_LINKS, FrameCollector
from engine.sources.node.frame import LARGEST_FRAME, Refusal, decode, mac_bytes, mac_text, refusal
from tests.fakes.node_peer import MAC, OTHER, frame
from tests.fakes.node_worst import check_batch, frames


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Refusal.TOO_SHORT),
        (frame()[:23], Refusal.TOO_SHORT),
        (frame()[:-1], Refusal.WRONG_LENGTH),
        (frame() + b"\0", Refusal.WRONG_LENGTH),
        (frame(n_sub=200)[:-1], Refusal.WRONG_LENGTH),  # the length is looked at before the count
        (frame(n_sub=129, channel=0), Refusal.TOO_MANY_SUBCARRIERS),  # and the count before the channel
        (frame(n_sub=255), Refusal.TOO_MANY_SUBCARRIERS),
        (frame(channel=0), Refusal.NO_SUCH_CHANNEL),
        (frame(channel=15), Refusal.NO_SUCH_CHANNEL),
        (frame(n_sub=0, channel=0), Refusal.NO_SUCH_CHANNEL),
        (frame(), None),
        (frame(rssi=0), None),
        (frame(n_sub=0), None),
        (frame(n_sub=128), None),
        (frame(n_sub=1), None),
        (frame(channel=14), None),
        (frame(iq=bytes(128)), None),
    ],
)
def test_every_rule(data: bytes, why: Refusal | None) -> None:
    assert refusal(data) == why


def test_sizes_are_those_of_the_protocol() -> None:
    assert len(frame()) == 152
    assert len(frame(n_sub=128)) == LARGEST_FRAME == 280


def test_macs() -> None:
    assert mac_text(mac_bytes(MAC)) == MAC
    assert mac_text(b"\x0a\xbc\x00\x00\x00\x01") == "0A:BC:00:00:00:01"


def test_frames_of_different_sizes_stand_in_one_table() -> None:
    table = decode([frame(n_sub=64), frame(n_sub=2, rssi=-128, noise=-1, iq=b"\x80\x7f\xff\x01"), frame(n_sub=100)])
    assert table.iq.shape == (3, 100, 2)
    assert table.n_sub.tolist() == [64, 2, 100]
    assert table.iq[1, :3].tolist() == [[-128, 127], [-1, 1], [0, 0]]
    assert (table.rssi_dbm[1], table.noise_dbm[1]) == (-128, -1)
    assert decode([frame(n_sub=2)]).iq.shape == (1, 64, 2)


def test_the_simulators_frames_are_all_good(shared: Path) -> None:
    data = gzip.decompress((shared / "data/csi/nodesim/walk2_4n_30hz.frames.gz").read_bytes())
    at, seen = 0, list[bytes]()
    while at < len(data):
        _, length = struct.unpack_from("<dH", data, at)
        seen.append(data[at + 10 : at + 10 + length])
        at += 10 + length
    assert len(seen) > 10_000
    assert {refusal(each) for each in seen} == {None}
    assert decode(seen).iq.shape == (len(seen), 64, 2)


def filled(count: int, collector: FrameCollector, links: int = 4) -> FrameCollector:
    """Frames of some links in turn."""
    for index in range(count):
        collector.add(frame(peer=f"02:00:00:00:00:{index % links:02X}", rssi=-(index % 100) - 1), index)
    return collector


def per_link(batch: CsiBatch) -> list[int]:
    return np.bincount(batch.link, minlength=len(batch.links)).tolist()


def drained(collector: FrameCollector) -> tuple[CsiBatch, int]:
    batch, level = collector.drain(1)
    assert batch is not None
    check_batch(batch)
    return batch, level


def test_below_half_nothing_is_shed() -> None:
    batch, level = drained(filled(50, FrameCollector(100)))
    assert (len(batch), batch.shed, level) == (50, 0, 0)


def test_overload_is_shed_by_levels_evenly_and_said() -> None:
    for count, expected in ((70, 1), (120, 2), (1000, 3)):
        batch, level = drained(filled(count, FrameCollector(100)))
        assert level == expected
        assert len(batch) <= 100
        assert len(batch) + batch.shed == count
        assert max(per_link(batch)) - min(per_link(batch)) <= 2


def test_when_full_every_link_has_its_newest_frame() -> None:
    batch, _ = drained(filled(1000, FrameCollector(100)))
    assert [int(batch.arrival_ns[batch.link == link].max()) for link in range(4)] == [996, 997, 998, 999]


def test_who_floods_is_thinned_first() -> None:
    collector = FrameCollector(100)
    for index in range(120):
        collector.add(frame(peer="02:00:00:00:00:AA"), index)
        if index % 12 == 0:
            collector.add(frame(peer="02:00:00:00:00:BB"), index)
    batch, level = drained(collector)
    assert level == 2
    assert per_link(batch)[1] == 10  # of the other link nothing is missing
    assert per_link(batch)[0] < 90


def taken(collector: FrameCollector, since_s: float) -> int:
    """How many of a thousand frames a drain gives that comes so late."""
    filled(1000, collector)
    collector.pace(since_s)
    return len(drained(collector)[0])


def test_while_drains_are_late_less_is_gathered_and_more_again_once_they_are_not() -> None:
    collector = FrameCollector(160)
    assert [taken(collector, 0.5) for _ in range(6)] == [160, 160, 80, 40, 40, 40]
    assert [taken(collector, 0.1) for _ in range(3)] == [40, 50, 60]
    for _ in range(20):
        taken(collector, 0.1)
    assert taken(collector, 0.1) == 160


def test_one_late_drain_costs_nothing() -> None:
    collector = FrameCollector(160)
    assert [taken(collector, late_s) for late_s in (0.1, 0.9, 0.1, 0.9, 0.1)] == [160] * 5


def test_a_drain_begins_anew() -> None:
    collector = filled(1000, FrameCollector(100))
    collector.drain(1)
    assert collector.drain(2) == (None, 0)
    batch, level = drained(filled(3, collector))
    assert (len(batch), batch.shed, level) == (3, 0, 0)


def test_links_are_bounded() -> None:
    collector = FrameCollector(100_000)
    for index in range(MOST_LINKS + 10):
        collector.add(frame(peer=mac_text(index.to_bytes(6, "big"))), index)
    batch, _ = drained(collector)
    assert (len(batch.links), batch.shed) == (MOST_LINKS, 10)


@settings(max_examples=400, deadline=None)
@given(frames())
def test_whatever_passes_the_rules_can_be_decoded(data: bytes) -> None:
    if refusal(data) is None and len(data) > 24:
        collector = FrameCollector()
        collector.add(data, 5)
        collector.add(frame(MAC, OTHER), 6)
        drained(collector)
