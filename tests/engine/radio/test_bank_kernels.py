"""The compiled round of the bank of links against its parts in numpy: the same bits in every table, whatever frames come."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.radio.radio import CsiBatch
from engine.radio import kernels
from engine.radio.kernels import plain
from engine.radio.links.features import LinkBank
from tests.fakes.csi_room import ORIGIN_NS, SECOND

if kernels.BANK_ROUND is None:
    pytest.skip("the radio kernels are not compiled here", allow_module_level=True)
NODES = [f"02:00:00:00:00:{number:02X}" for number in range(4)]
PATHS = tuple((one, other) for one in NODES for other in NODES if one != other)


def batches(seed: int, many: int, ordinary: bool) -> Iterator[CsiBatch]:
    """Some seconds of a site; unless `ordinary`, with frames that are empty, of other widths, late, or after long gaps."""
    chance, now_s = np.random.default_rng(seed), 0.0
    still = chance.integers(-60, 61, (len(PATHS), 64, 2))
    for _ in range(many):
        now_s += 0.1 if ordinary or chance.random() < 0.95 else chance.choice([0.0, 3.0, 40.0, 4000.0])
        heard = chance.random(len(PATHS)) < (0.95 if ordinary else 0.6)
        link = np.repeat(np.flatnonzero(heard), 2)
        at_s = now_s + np.tile([0.0, 0.05], len(link) // 2) + chance.uniform(-0.2 * (not ordinary), 0.01, len(link))
        iq = np.clip(still[link] + chance.normal(0, 1 + 20 * (chance.random() < 0.3), (len(link), 64, 2)), -128, 127)
        odd = (chance.random(len(link)) < 0.1) & (not ordinary)
        iq[odd] *= chance.choice([0.0, 0.01, 0.05], int(odd.sum()))[:, None, None]
        rssi = np.clip(chance.normal(-55, 2, len(link)).astype(int), -128, 127)
        yield CsiBatch(
            occurred_ns=ORIGIN_NS + round(now_s * SECOND),
            links=PATHS,
            link=link.astype(np.uint16),
            arrival_ns=ORIGIN_NS + np.round(at_s * SECOND).astype(np.int64),
            rssi_dbm=np.where(odd & (chance.random(len(link)) < 0.5), 0, rssi).astype(np.int8),
            noise_dbm=np.full(len(link), -95, np.int8),
            channel=np.full(len(link), 6, np.uint8),
            n_sub=np.where(odd & (chance.random(len(link)) < 0.5), chance.choice([0, 12, 52]), 64).astype(np.uint8),
            iq=iq.astype(np.int8),
        )


def run(seen: list[CsiBatch], monkeypatch: pytest.MonkeyPatch, compiled: bool) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    with monkeypatch.context() as patch:
        if not compiled:
            patch.setattr(kernels, "BANK_ROUND", None)
        bank, told = LinkBank(), []
        for batch in seen:
            bank.take(batch)
            features = bank.features(batch.occurred_ns)
            told.append({field.name: getattr(features, field.name) for field in fields(features)})
        return told, bank.state()


def assert_same(seen: list[CsiBatch], monkeypatch: pytest.MonkeyPatch) -> None:
    (told, state), (expected, expected_state) = (run(seen, monkeypatch, compiled) for compiled in (True, False))
    assert state == expected_state
    for one, other in zip(told, expected, strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one)


def test_an_ordinary_site_comes_to_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(list(batches(1, 300, ordinary=True)), monkeypatch)


@pytest.mark.parametrize("seed", range(6))
def test_any_frames_come_to_the_same_bits(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    assert_same(list(batches(seed, 120, ordinary=False)), monkeypatch)


def test_a_bank_goes_on_from_a_state_of_the_other_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list(batches(3, 60, ordinary=True))
    _, state = run(seen[:30], monkeypatch, compiled=False)
    _, whole = run(seen, monkeypatch, compiled=False)
    bank = LinkBank()
    bank.take(seen[0])
    bank.restore(state)
    for batch in seen[30:]:
        bank.take(batch)
    assert bank.state() == whole


@given(seed=st.integers(0, 2**32 - 1), many=st.integers(0, 20), width=st.integers(0, 64))
@settings(max_examples=60, deadline=None)
def test_squares(seed: int, many: int, width: int) -> None:
    chance = np.random.default_rng(seed)
    off, chosen = chance.normal(0, 1, (many, width)).astype(np.float32), chance.random((many, width)) < 0.7
    found = kernels.squares(off, chosen)
    assert np.array_equal(found, plain.squares(off, chosen))
    assert np.allclose(found, np.square(off.astype(np.float64) * chosen).sum(axis=1), rtol=1e-5)


def bank_columns(rows: int) -> dict[str, np.ndarray]:
    bank = LinkBank()
    bank.take(next(batches(1, 1, ordinary=True)))
    tables = bank._tables()  # pyright: ignore[reportPrivateUsage]
    return {
        f"{part}_{name}": np.resize(table[name], (rows, *table[name].shape[1:])) for part, table in tables.items() for name in table.specs
    }


def frames_of(rows: list[int]) -> dict[str, np.ndarray]:
    many = len(rows)
    bytes_ = {name: np.ones(many, np.uint8) for name in ("n_sub", "channel")}
    tones = {"occupied": np.ones((many, 64), np.bool_), "shape": np.ones((many, 64), np.float32)}
    return (
        {"rows": np.array(rows, np.int64), "arrival_ns": np.zeros(many, np.int64), "rssi": np.ones(many), "rms": np.ones(many)}
        | bytes_
        | tones
    )


def test_what_does_not_fit_is_refused_before_it_is_read() -> None:
    assert kernels.BANK_ROUND is not None
    columns = {**bank_columns(3), "turns": np.zeros(3)}
    for name, wrong in (
        ("pace_count", np.zeros(2)),
        ("gain_before", np.zeros((3, 3))),
        ("table_width", np.zeros(3)),
        ("turns", np.zeros(6)[::2]),
    ):
        with pytest.raises(ValueError, match="a kernel reads"):
            kernels.BANK_ROUND({**columns, name: wrong}, 3)
    found = kernels.BANK_ROUND(columns, 3)
    with pytest.raises(ValueError, match="a kernel reads"):
        found.batch({**frames_of([0, 1]), "shape": np.ones((2, 60), np.float32)})
    found.batch(frames_of([0, 1, 2, 0]))
    for begin, end in ((0, 5), (-1, 2), (3, 2)):
        with pytest.raises(ValueError, match="frames"):
            found.time(begin, end)
    with pytest.raises(IndexError):
        found.time(0, 4)  # more than there are paths
    for row in (-1, 3):
        found.batch(frames_of([0, row]))
        with pytest.raises(IndexError):
            found.time(0, 2)
