"""What is remembered of paths does not grow for ever, and a gap counts as one look at what is behind it."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from engine.model.radio.radio import CsiBatch, LinkFeatures, link_id
from engine.radio.links.features import LinkBank
from engine.radio.location import fusion as fusion_room
from engine.radio.location import paths
from engine.radio.location.fusion import BlobFusion
from engine.radio.location.peaks import VoxelField
from engine.radio.location.tracker import Tracker
from tests.engine.radio.test_fusion import Ids, placed, scene
from tests.fakes.csi_room import ORIGIN_NS, SECOND
from tests.fakes.link_scenes import TICK_NS, stroll

NODE = "02:00:00:00:00:01"
STEADY = "02:00:00:00:00:02"


def passers_by(count: int, first: int) -> list[str]:
    return [f"06:00:00:00:{number // 256:02X}:{number % 256:02X}" for number in range(first, first + count)]


def heard(peers: list[str], at_s: float, iq: np.ndarray) -> CsiBatch:
    """One frame of each of these peers at a node."""
    many = len(peers)
    return CsiBatch(
        occurred_ns=ORIGIN_NS + round(at_s * SECOND),
        links=tuple((NODE, peer) for peer in peers),
        link=np.arange(many, dtype=np.uint16),
        arrival_ns=np.full(many, ORIGIN_NS + round(at_s * SECOND), np.int64),
        rssi_dbm=np.full(many, -50, np.int8),
        noise_dbm=np.full(many, -95, np.int8),
        channel=np.full(many, 6, np.uint8),
        n_sub=np.full(many, 64, np.uint8),
        iq=np.repeat(np.rint(iq).astype(np.int8)[None], many, axis=0),
    )


def test_paths_that_were_heard_long_ago_make_room_and_those_of_now_go_on_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST_PATHS", 20)
    monkeypatch.setattr(paths, "SPARE", 4)
    chance = np.random.default_rng(2)
    crowded, alone, seen = LinkBank(), LinkBank(), link_id(NODE, STEADY)
    for number in range(200):
        iq = 20 + chance.normal(0, 1 + 4 * (number % 50 > 40), (64, 2))
        crowded.take(heard([STEADY, *passers_by(7, 7 * (number // 10))], number / 10, iq))
        alone.take(heard([STEADY], number / 10, iq))
        features, expected = (bank.features(ORIGIN_NS + number * SECOND // 10) for bank in (crowded, alone))
        assert len(features.links) <= 20
        place = features.links.index(seen)
        for name in ("activity", "change", "strength", "motion", "health", "rate_hz", "scatter_db", "still"):
            assert getattr(features, name)[place] == getattr(expected, name)[0], name
        assert np.allclose(features.doppler[place], expected.doppler[0], rtol=1e-4)  # sums are taken in another order
    assert max(expected.activity) > 0


def test_a_bank_that_has_forgotten_paths_carries_on_from_its_state_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST_PATHS", 20)
    monkeypatch.setattr(paths, "SPARE", 4)
    chance = np.random.default_rng(3)
    batches = [heard([STEADY, *passers_by(7, 3 * (n // 4))], n / 10, 20 + chance.normal(0, 2, (64, 2))) for n in range(80)]
    bank, other = LinkBank(), LinkBank()
    for number, batch in enumerate(batches):
        if number == 40:
            other.restore(bank.state())
        bank.take(batch)
        if number >= 40:
            other.take(batch)
    assert other.state() == bank.state()


def test_more_paths_at_once_than_are_remembered_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST_PATHS", 20)
    bank, iq = LinkBank(), np.full((64, 2), 20.0)
    for at_s in (0.0, 0.1):
        bank.take(heard(passers_by(30, round(300 * at_s)), at_s, iq))
    assert len(bank.features(ORIGIN_NS).links) == 30


def test_who_stands_there_after_a_gap_is_not_taken_for_furniture_at_once() -> None:
    """One frame after ten silent minutes has seen a moment of them."""
    empty, somebody = np.full((64, 2), 20.0), np.linspace(12, 28, 128).reshape(64, 2)
    bank, chance = LinkBank(), np.random.default_rng(1)
    for at_s in [*np.arange(0, 60, 0.1), *np.arange(660, 665, 0.1)]:
        bank.take(heard([STEADY], at_s, (empty if at_s < 60 else somebody) + chance.normal(0, 0.6, (64, 2))))
        if at_s == 660:
            at_once = bank.features(ORIGIN_NS + 660 * SECOND).change[0]
    assert bank.features(ORIGIN_NS + 665 * SECOND).change[0] > 0.9 * at_once > 0.05


def test_a_tick_after_a_gap_counts_as_a_few_not_as_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    fusion, ids, counted = placed(), Ids(), list[float]()
    step = Tracker.step

    def watched(tracker: Tracker, now_ns: int, dt_s: float, *rest: object) -> tuple[str, ...]:
        counted.append(dt_s)
        return step(tracker, now_ns, dt_s, *rest)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Tracker, "step", watched)
    for number, seen in enumerate(scene([list(stroll(4, seed=2))])):
        fusion.step((1 + number + 30 * (number >= 20)) * TICK_NS, seen, ids)
    assert isinstance(fusion, BlobFusion)
    assert max(counted) == 0.3 and counted[-1] == pytest.approx(0.1)


def test_who_has_no_place_comes_and_goes_without_tables_being_built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a tenth of a second with sixteen nodes; a phone that reports itself must not cost that at every tick."""
    built = list[int]()

    def counted(*given: Any) -> VoxelField:
        built.append(1)
        return VoxelField(*given)

    monkeypatch.setattr(fusion_room, "VoxelField", counted)
    plain, crowded, ids, others = placed(), placed(), Ids(), Ids()
    for number, seen in enumerate(scene([list(stroll(6, seed=2))])):
        alone = plain.step((1 + number) * TICK_NS, seen, ids)
        beside = crowded.step((1 + number) * TICK_NS, with_stranger(seen, number), others)
        assert [blob.position for blob in alone.blobs] == [blob.position for blob in beside.blobs]
        assert len(beside.links) == len(alone.links) + 1
    assert alone.blobs
    assert len(built) == 2


def with_stranger(seen: LinkFeatures, number: int) -> LinkFeatures:
    """A link before all others whose far end nobody placed, another each second; it shows the same as the first."""
    columns = {each.name: getattr(seen, each.name) for each in fields(seen) if each.name not in ("links", "doppler")}
    doubled = {name: np.concatenate([values[:1], values]) for name, values in columns.items() if len(values)}
    return replace(seen, links=(link_id(NODE, passers_by(1, number // 10)[0]), *seen.links), **doubled)
