from datetime import timedelta, timezone

import pytest

from engine.model.time import SECOND, from_iso
from widgets.size_text import size_text
from widgets.time_text import clock_text, counter_text, duration_text, fine_clock_text, relative_text

CET = timezone(timedelta(hours=1), "CET")
MOMENT = from_iso("2026-01-02T20:04:07.320Z")


def test_clock_has_seconds_and_zone_and_the_date_when_it_is_another_day():
    assert clock_text(MOMENT, MOMENT + 60 * SECOND, CET) == "21:04:07 CET"
    assert clock_text(MOMENT, MOMENT + 86_400 * SECOND, CET) == "2026-01-02 21:04:07 CET"
    assert clock_text(MOMENT, None, CET) == "2026-01-02 21:04:07 CET"
    assert fine_clock_text(MOMENT, CET) == "21:04:07.320 CET"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "now"), (-5, "now"), (12, "12 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7300, "2 h ago"), (200_000, "2 d ago")],
)
def test_relative(seconds, text):
    assert relative_text(MOMENT, MOMENT + seconds * SECOND) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.4 s"),
        (4, "4 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (125, "2 min 05 s"),
        (11_220, "3 h 07 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_duration(seconds, text):
    assert duration_text(round(seconds * SECOND)) == text


def test_counter_and_sizes():
    assert [counter_text(s) for s in (0, 12.9, 727, 3727)] == ["0:00", "0:12", "12:07", "1:02:07"]
    assert [size_text(n) for n in (0, 512, 3_984_588, 44_023_414_784)] == ["0 B", "512 B", "3.8 MiB", "41 GiB"]
