"""The bench of memory: what it makes of samples."""

from pathlib import Path

import pytest

from benchmarks.memory import metrics, run
from engine.model.errors import InputError


def test_growth_is_that_of_the_last_third_over_the_one_before():
    samples = [(float(second), 100.0 + min(second, 60) + second / 60) for second in range(0, 301, 2)]
    found = metrics(samples)
    assert found["growth_mib_per_minute"] == pytest.approx(1.0, abs=0.05)
    assert found["after_a_minute_mib"] == pytest.approx(161, abs=1.5) and found["most_mib"] == 165.0


def test_without_samples_nothing_is_measured():
    assert set(metrics([]).values()) == {None}


def test_the_first_minute_does_not_count():
    with pytest.raises(InputError):
        run(Path("none"), Path("none"), 1.0)
