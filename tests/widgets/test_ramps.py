"""Colours of evidence: what is weak looks weak."""

import numpy as np
import pytest

from widgets.space.ramps import STRONG_LOG_ODDS, glow_shares


def test_the_strongest_is_bright_and_the_weakest_is_dark():
    shares = glow_shares(np.array([3.0, 20.0, 40.0], np.float32))
    assert shares[0] == pytest.approx(0) and shares[2] == pytest.approx(1) and 0 < shares[1] < 0.5


def test_weak_evidence_alone_does_not_look_strong():
    assert glow_shares(np.array([3.0, 3.5, 4.0], np.float32)).max() < 0.1
    assert glow_shares(np.array([STRONG_LOG_ODDS, 3.0], np.float32)).max() == pytest.approx(1)


def test_values_all_alike_glow_alike_and_none_is_nothing():
    assert np.ptp(glow_shares(np.full(5, 30.0, np.float32))) == 0 and glow_shares(np.full(5, 30.0, np.float32))[0] == pytest.approx(1)
    assert len(glow_shares(np.zeros(0, np.float32))) == 0
