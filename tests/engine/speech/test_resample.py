"""Sound of any rate as 16 kHz."""

import numpy as np
import pytest
from scipy.signal import firwin, upfirdn  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from engine.speech.resample import _TAPS_PER_PHASE, Resampler

RATES = (8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000)


@pytest.mark.parametrize("rate_hz", RATES)
def test_samples_are_those_of_scipy(rate_hz: int):
    sound = np.random.default_rng(1).standard_normal(rate_hz // 4).astype(np.float32)
    resampler = Resampler(rate_hz)
    up, down, reach = resampler._up, resampler._down, resampler._reach
    weights = np.asarray(firwin(2 * _TAPS_PER_PHASE * max(up, down) + 1, 0.92 / max(up, down)) * up, np.float32)
    filtered = upfirdn(weights, np.append(np.zeros(reach, np.float32), sound), up, 1)
    wanted = filtered[reach * up : (reach + len(sound)) * up : down]
    np.testing.assert_allclose(resampler.feed(sound), wanted, atol=2e-6)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("piece", [1, 7, 317])
def test_however_sound_is_cut_its_samples_are_the_same(rate_hz: int, piece: int):
    sound = np.random.default_rng(2).standard_normal(3_000).astype(np.float32)
    whole, cut = Resampler(rate_hz), Resampler(rate_hz)
    pieces = [cut.feed(sound[start : start + piece]) for start in range(0, len(sound), piece)]
    assert np.concatenate(pieces).tolist() == whole.feed(sound).tolist()


def test_sound_of_the_wanted_rate_stays_as_it_is():
    sound = np.random.default_rng(3).standard_normal(99).astype(np.float32)
    assert Resampler(16_000).feed(sound) is sound
