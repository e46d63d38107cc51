"""The bank of links against rooms as physics has them, against the public simulator's recordings, and against rubbish."""

import json
from collections.abc import Iterable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.radio.radio import CsiBatch, LinkFeatures, link_id
from engine.radio.links.features import LinkBank
from tests.fakes.csi_room import ORIGIN_NS, SECOND, Radio, Room, corners, stroll

PAIR = np.array([[0.0, 2.0, 1.5], [5.0, 2.0, 1.5]])
ARRAYS = [field.name for field in fields(LinkFeatures) if field.name not in ("links", "doppler")]


def ticks(bank: LinkBank, batches: Iterable[CsiBatch]) -> list[LinkFeatures]:
    """The features after each batch."""
    seen = []
    for batch in batches:
        bank.take(batch)
        seen.append(bank.features(batch.occurred_ns))
    return seen


def stacked(seen: list[LinkFeatures], name: str) -> np.ndarray:
    return np.array([getattr(features, name) for features in seen])


def frames(path: list[int], at_s: list[float], rssi: list[int], iq: np.ndarray, n_sub: list[int] | None = None) -> CsiBatch:
    """A batch on two paths, A to B and B to A."""
    count = len(path)
    return CsiBatch(
        occurred_ns=ORIGIN_NS + round(max(at_s, default=0) * SECOND),
        links=(("AA:00:00:00:00:01", "AA:00:00:00:00:02"), ("AA:00:00:00:00:02", "AA:00:00:00:00:01")),
        link=np.array(path, np.uint16),
        arrival_ns=np.array([ORIGIN_NS + round(t * SECOND) for t in at_s], np.int64),
        rssi_dbm=np.array(rssi, np.int8),
        noise_dbm=np.full(count, -95, np.int8),
        channel=np.full(count, 6, np.uint8),
        n_sub=np.array(n_sub if n_sub is not None else [iq.shape[1]] * count, np.uint8),
        iq=iq.astype(np.int8),
    )


@st.composite
def any_batch(draw: st.DrawFn) -> CsiBatch:
    count, width = draw(st.integers(0, 12)), draw(st.sampled_from([0, 1, 3, 16, 52, 64, 128]))
    seed = draw(st.integers(0, 2**31))
    random = np.random.default_rng(seed)
    loud = draw(st.sampled_from([0, 1, 20, 127]))
    iq = random.integers(-loud, loud + 1, (count, width, 2)) if loud else np.zeros((count, width, 2))
    return frames(
        draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)),
        draw(st.lists(st.floats(0, 100), min_size=count, max_size=count)),
        draw(st.lists(st.integers(-128, 127), min_size=count, max_size=count)),
        iq,
        draw(st.lists(st.integers(0, min(width + 3, 255)), min_size=count, max_size=count)),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(any_batch(), min_size=1, max_size=6), st.integers(-5, 500))
def test_whatever_comes_features_are_finite_and_in_range(batches: list[CsiBatch], late_s: int) -> None:
    bank = LinkBank()
    for batch in batches:
        bank.take(batch)
    features = bank.features(ORIGIN_NS + late_s * SECOND)
    for name in ARRAYS:
        values = getattr(features, name)
        assert values.shape == (len(features),), name
        assert np.isfinite(values.astype(np.float64)).all(), name
    assert len(features.doppler) == len(features) and np.isfinite(features.doppler).all() and (features.doppler >= 0).all()
    for name in ("strength", "still", "health"):
        assert ((getattr(features, name) >= 0) & (getattr(features, name) <= 1)).all(), name
    assert (features.activity >= 0).all() and (features.change >= 0).all() and (features.age_s >= 0).all()


def test_nothing_yet_is_nothing() -> None:
    assert len(LinkBank().features(ORIGIN_NS)) == 0


@pytest.mark.parametrize(
    ("rate_hz", "radio"),
    [
        (2, Radio()),
        (20, Radio()),
        (20, Radio(snr_db=15)),
        (20, Radio(gain="follow")),
        (20, Radio(snr_db=20, rssi=False)),
        (50, Radio(snr_db=15)),
    ],
    ids=str,
)
def test_noise_is_hardly_ever_motion(rate_hz: float, radio: Radio) -> None:
    """Whatever the noise, less than one tick in a hundred of a quiet link is motion once it has shown itself."""
    seen = ticks(LinkBank(), Room(PAIR, radio, 5).batches(rate_hz, 45))
    assert stacked(seen, "motion")[250:].mean() < 0.01


@pytest.mark.parametrize("radio", [Radio(), Radio(gain="follow"), Radio(gain="steps"), Radio(rssi=False)], ids=str)
def test_walking_is_motion_at_once_though_it_began_with_the_first_frame(radio: Radio) -> None:
    seen = ticks(LinkBank(), Room(corners(5, 5), radio, 2, stroll(5, 5)).batches(20, 8))
    assert stacked(seen, "motion")[10:].any(axis=1).mean() > 0.85


def test_motion_shows_within_half_a_second() -> None:
    def body(t_s: np.ndarray) -> np.ndarray:  # stands far off, walks from second 20 on
        along = np.maximum(t_s - 20.0, 0.0)
        return np.stack([np.full(len(t_s), 2.5), 3.6 - along, np.full(len(t_s), 1.2)], axis=1)[:, None]

    seen = ticks(LinkBank(), Room(PAIR, Radio(), 1, body).batches(20, 22))
    assert not stacked(seen, "motion")[50:199].any()
    assert stacked(seen, "motion")[200:205].any()


@pytest.mark.parametrize("gain", ["fixed", "steps", "follow"])
def test_what_a_body_does_survives_gain_control(gain: str) -> None:
    """A body that comes close raises the scattered power far above the empty room's, whatever the receiver does to its gain."""
    radio = Radio(gain=gain, reach=0.8)
    empty = ticks(LinkBank(), Room(PAIR, radio, 3).batches(20, 30))
    walked = ticks(LinkBank(), Room(PAIR, radio, 3, stroll(5, 4)).batches(20, 30))
    quiet, busy = (np.median(stacked(seen, "scatter_db")[100:, 0]) for seen in (empty, walked))
    assert busy > quiet + 10


def test_power_that_falls_though_the_norm_stays_is_a_change() -> None:
    """The reference divides by the received power, which cancels this."""
    shape = np.random.default_rng(0).integers(10, 30, (1, 64, 2))
    iq = np.repeat(shape, 400, axis=0)
    rssi = [-50] * 200 + [-58] * 200
    bank = LinkBank()
    for begin in range(0, 400, 2):
        bank.take(frames([0, 0], [begin / 20, (begin + 1) / 20], rssi[begin : begin + 2], iq[:2]))
        if begin == 198:
            assert bank.features(ORIGIN_NS + 10 * SECOND).change[0] < 0.02
        if begin == 212:
            assert bank.features(ORIGIN_NS + round(10.7 * SECOND)).change[0] > 0.4


@pytest.mark.parametrize("rate_hz", [2, 20])
def test_a_moved_couch_is_absorbed_in_minutes_at_any_rate(rate_hz: int) -> None:
    """The baseline's constant is one of time: about half is left after three minutes, hardly anything after fifteen."""
    random = np.random.default_rng(1)
    before, after = np.full((64, 2), 20.0), np.linspace(12, 28, 128).reshape(64, 2)
    bank, changes, motion = LinkBank(), {}, []
    for second in range(60 + 900 if rate_hz == 2 else 60 + 201):
        at = [second + n / rate_hz for n in range(rate_hz)]
        wave = (before if second < 60 else after) + random.normal(0, 0.6, (rate_hz, 64, 2))
        bank.take(frames([0] * rate_hz, at, [-50] * rate_hz, np.rint(wave)))
        features = bank.features(ORIGIN_NS + (second + 1) * SECOND)
        changes[second] = float(features.change[0])
        motion.append(bool(features.motion[0]))
    assert changes[59] < 0.05 and changes[65] > 0.1
    assert 0.3 < changes[60 + 200] / changes[65] < 0.75
    assert np.mean(motion[66:]) < 0.01
    if rate_hz == 2:
        assert changes[60 + 890] < 0.2 * changes[65]


def test_whoever_was_there_at_the_start_is_not_baked_in() -> None:
    def body(t_s: np.ndarray) -> np.ndarray:  # fidgets in the link for a minute, then leaves for good
        beside = np.where(t_s < 60, 0.15 * np.sin(5 * t_s), 60.0)
        return np.stack([np.full(len(t_s), 2.5), 2.2 + beside, np.full(len(t_s), 1.4)], axis=1)[:, None]

    seen = ticks(LinkBank(), Room(PAIR, Radio(), 4, body).batches(20, 100))
    change = stacked(seen, "change")[:, 0]
    assert np.median(change[700:]) < 0.35 * np.median(change[200:600])


def test_both_directions_are_one_link_whichever_way_they_are_told() -> None:
    room = Room(PAIR, Radio(), 6, stroll(5, 4))
    one, other = LinkBank(), LinkBank()
    for batch in room.batches(20, 12):
        one.take(batch)
        turned = replace(batch, links=batch.links[::-1], link=(1 - batch.link.astype(int)).astype(np.uint16))
        other.take(turned)
        mine, theirs = one.features(batch.occurred_ns), other.features(batch.occurred_ns)
        assert mine.links == theirs.links == (link_id(*room.macs),)
        for name in ARRAYS:
            assert np.allclose(getattr(mine, name), getattr(theirs, name), rtol=1e-12), name
    assert 35 < mine.rate_hz[0] < 45


def test_directions_with_different_gains_do_not_disturb_each_other() -> None:
    random = np.random.default_rng(2)
    bank = LinkBank()
    for tick in range(300):
        loud = np.rint(np.stack([np.full((64, 2), 40.0), np.full((64, 2), 8.0)]) + random.normal(0, 0.5, (2, 64, 2)))
        bank.take(frames([0, 1], [tick / 10, tick / 10 + 0.01], [-45, -61], loud))
    features = bank.features(ORIGIN_NS + 30 * SECOND)
    assert not features.motion[0] and features.change[0] < 0.05


def test_a_direction_that_was_never_heard_does_not_count() -> None:
    bank = LinkBank()
    for tick in range(50):
        bank.take(frames([0], [tick / 10], [-50], np.full((1, 64, 2), 20)))
    features = bank.features(ORIGIN_NS + 5 * SECOND)
    assert features.health[0] > 0.5 and features.age_s[0] < 1
    unheard = frames([], [], [], np.zeros((0, 64, 2)))
    bank.take(unheard)
    assert len(bank.features(ORIGIN_NS)) == 1


def test_a_link_that_falls_silent_has_nothing_to_say() -> None:
    bank = LinkBank()
    batches = list(Room(PAIR, Radio(), 7, stroll(5, 4)).batches(20, 12))
    ticks(bank, batches)
    later = bank.features(batches[-1].occurred_ns + 30 * SECOND)
    assert later.age_s[0] > 29 and later.rate_hz[0] < 0.1 and later.health[0] == 0
    assert not later.motion[0] and later.activity[0] == 0 and later.strength[0] == 0


def test_rssi_alone_is_no_certain_motion() -> None:
    """The stand-alone simulator sends empty I/Q and an RSSI that wanders between -90 and -68."""
    random = np.random.default_rng(3)
    bank = LinkBank()
    for tick in range(400):
        bank.take(frames([0, 1], [tick / 10, tick / 10 + 0.02], random.integers(-90, -67, 2).tolist(), np.zeros((2, 64, 2))))
        features = bank.features(ORIGIN_NS + round((tick + 1) / 10 * SECOND))
        assert not features.motion[0]
        assert features.health[0] <= 0.25


def test_levels_of_all_links_of_a_receiver_are_in_one_unit_although_the_rssi_of_one_has_not_moved_yet() -> None:
    """Node 1 hears 2, whose RSSI moves, and 3, whose does not; node 4 hears 5, and its RSSI never tells anything. All waves grow alike."""
    names = [f"AA:00:00:00:00:0{number}" for number in range(1, 6)]
    links = ((names[0], names[1]), (names[0], names[2]), (names[3], names[4]))
    bank = LinkBank()
    for tick in range(30):
        loud = 20 if tick < 20 else 20 + 3 * (tick % 4)
        batch = frames([0, 1, 1], [tick / 10] * 3, [-50 - tick % 4, -50, -50], np.full((3, 64, 2), loud))
        bank.take(replace(batch, links=links, link=np.array([0, 1, 2], np.uint16)))
    told = bank.features(ORIGIN_NS + 3 * SECOND)
    moved, still, never = (told.scatter_db[told.links.index(link_id(*link))] for link in links)
    assert -100 < moved < -40 and -100 < still < -40  # dBm
    assert never > 10  # counts²


def test_another_number_of_subcarriers_begins_anew_without_motion() -> None:
    random = np.random.default_rng(4)
    bank, motion = LinkBank(), []
    for tick in range(600):
        width = 64 if tick < 300 else 52
        iq = np.rint(20 + 4 * np.cos(np.arange(width) / 9)[None, :, None] + random.normal(0, 0.7, (2, width, 2)))
        bank.take(frames([0, 0], [tick / 10, tick / 10 + 0.05], [-50, -50], iq))
        motion.append(bool(bank.features(ORIGIN_NS + round((tick + 1) / 10 * SECOND)).motion[0]))
    assert np.mean(motion[50:]) < 0.01


def test_stray_frames_of_another_width_are_passed_over() -> None:
    random = np.random.default_rng(5)
    bank, motion = LinkBank(), []
    for tick in range(400):
        iq = np.rint(20 + random.normal(0, 0.7, (2, 64, 2)))
        stray = tick % 7 == 0
        bank.take(frames([0, 0], [tick / 10, tick / 10 + 0.05], [-50, -50], iq, [20 if stray else 64, 64]))
        motion.append(bool(bank.features(ORIGIN_NS + round((tick + 1) / 10 * SECOND)).motion[0]))
    assert np.mean(motion[50:]) < 0.01


@pytest.mark.parametrize("rate_hz", [10, 30])
def test_breathing_is_seen_at_the_rate_that_there_is_and_an_empty_room_does_not_breathe(rate_hz: float) -> None:
    def chest(t_s: np.ndarray) -> np.ndarray:
        move = 0.006 * np.sin(2 * np.pi * 0.25 * t_s)
        return np.stack([2.2 + move, 3.0 + 0.4 * move, np.full(len(t_s), 1.1)], axis=1)[:, None]

    quiet = ticks(LinkBank(), Room(corners(5, 5)[:3], Radio(), 3).batches(rate_hz, 40, jitter=0.9))
    breath = ticks(LinkBank(), Room(corners(5, 5)[:3], Radio(), 3, chest).batches(rate_hz, 40, jitter=0.9))
    assert (stacked(breath, "still")[300:].max(axis=1) > 0.5).mean() > 0.9
    assert (stacked(quiet, "still")[300:].max(axis=1) > 0.3).mean() < 0.02
    assert stacked(breath, "motion")[300:].mean() < 0.05


def test_continued_from_its_state_it_says_the_same_bits() -> None:
    batches = list(Room(corners(5, 5), Radio(gain="steps"), 8, stroll(5, 5)).batches(20, 12))
    whole, first = LinkBank(), LinkBank()
    ticks(whole, batches[:60])
    ticks(first, batches[:60])
    second = LinkBank()
    second.restore(json.loads(json.dumps(first.state())))
    for batch in batches[60:]:
        whole.take(batch)
        second.take(batch)
        for name in ARRAYS:
            assert np.array_equal(getattr(whole.features(batch.occurred_ns), name), getattr(second.features(batch.occurred_ns), name)), name
    assert json.dumps(whole.state()) == json.dumps(second.state())


def test_a_state_of_another_kind_is_refused() -> None:
    bank = LinkBank()
    state = bank.state()
    with pytest.raises(ValueError, match="version"):
        bank.restore({**state, "version": 99})


def test_a_flood_on_one_path_is_thinned_and_does_not_break_it() -> None:
    count = 5000
    iq = np.rint(20 + np.random.default_rng(6).normal(0, 0.7, (count, 64, 2)))
    bank = LinkBank()
    bank.take(frames([0] * count, [n / count for n in range(count)], [-50] * count, iq))
    assert not bank.features(ORIGIN_NS + SECOND).motion[0]
