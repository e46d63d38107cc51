"""Rates of health figures."""

from types import SimpleNamespace

import pytest

from engine.runtime.closer import rates
from engine.runtime.closer.rates import Rate, Smoothed


@pytest.mark.parametrize("hz", [0.5, 12.0, 29.97])
def test_the_rate_shown_is_the_rate_counted(hz: float, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr(rates, "time", SimpleNamespace(monotonic=lambda: now_s))
    rate = Rate()
    for index in range(round(20 * hz)):
        now_s = 100.0 + index / hz
        rate.count()
    assert rate.per_second() == pytest.approx(hz, rel=0.05, abs=0.25 if hz < 1 else 0)
    now_s += 30
    assert rate.per_second() == 0


def test_a_smoothed_value_follows() -> None:
    value = Smoothed(0.0, weight=0.5)
    for _ in range(10):
        value.add(8.0)
    assert value.value == pytest.approx(8.0, abs=0.01)
