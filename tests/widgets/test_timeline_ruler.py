"""Windows of time and the marks on their ruler, also where the clock is changed."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from engine.model.time import MILLISECOND, SECOND, from_iso
from widgets.look import set_site_zone
from widgets.time_text import local_time
from widgets.timeline.timeline_ruler import Ruler, ruler
from widgets.timeline.timeline_window import DAY_NS, HOUR_NS, LONGEST_NS, SHORTEST_NS, TimeWindow, window
from widgets.translation import WRITTEN_IN, use_language

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SPRING, AUTUMN = from_iso("2026-03-29T01:00:00Z"), from_iso("2026-10-25T01:00:00Z")


@pytest.fixture
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


def around(at_ns: int, hours: float) -> TimeWindow:
    return window(at_ns - round(hours * HOUR_NS / 2), round(hours * HOUR_NS))


def labels(shown: Ruler) -> list[str]:
    return [tick.label for tick in shown.ticks]


def test_zooming_keeps_the_moment_where_it_is() -> None:
    year = window(0, 365 * DAY_NS)
    at_ns = year.time_at(0.25)
    seen = year
    while seen.length_ns > SHORTEST_NS:
        seen = seen.zoomed(0.8, at_ns)
    assert seen.length_ns == SHORTEST_NS
    assert seen.share(at_ns) == pytest.approx(0.25, abs=1e-6)


def test_days_begin_where_the_operator_says_and_follow_when_that_is_changed() -> None:
    month = window(from_iso("2026-06-01T00:00:00Z"), 30 * DAY_NS)
    begun: dict[str, set[str]] = {}
    for zone in ("Asia/Tokyo", "America/New_York"):
        set_site_zone(zone)
        try:
            begun[zone] = {f"{local_time(tick.at_ns, ZoneInfo(zone)):%H:%M}" for tick in ruler(month, 900).ticks}
        finally:
            set_site_zone("UTC")
    assert begun == {"Asia/Tokyo": {"00:00"}, "America/New_York": {"00:00"}}


def test_a_window_stays_between_1970_and_2100_and_within_three_years() -> None:
    assert window(-5 * SECOND, HOUR_NS).since_ns == 0
    assert window(0, 10 * LONGEST_NS).length_ns == LONGEST_NS
    late = window(2**62, HOUR_NS)
    assert late.length_ns == HOUR_NS
    assert late.until_ns == from_iso("2100-01-01T00:00:00Z")


def test_a_playhead_that_leaves_turns_the_page() -> None:
    seen = TimeWindow(0, 100)
    assert seen.following(50) is seen
    page = window(1000 * HOUR_NS, HOUR_NS)
    after = page.following(page.until_ns + 5)
    assert after.holds(page.until_ns + 5)
    assert after.since_ns > page.since_ns
    before = page.following(page.since_ns - 5)
    assert before.share(page.since_ns - 5) == pytest.approx(0.95, abs=0.01)


def test_an_hour_that_is_missing_has_no_tick() -> None:
    shown = ruler(around(SPRING, 8), 800, STOCKHOLM)
    assert labels(shown) == ["22:00", "23:00", "00:00", "01:00", "03:00", "04:00", "05:00", "06:00"][: len(shown.ticks)]
    assert shown.zone == "CET → CEST"


def test_an_hour_that_comes_twice_has_two() -> None:
    shown = ruler(around(AUTUMN, 8), 800, STOCKHOLM)
    assert [text for text in labels(shown) if text.startswith("02:00")] == ["02:00 CEST", "02:00 CET"]
    assert all(b.at_ns - a.at_ns == HOUR_NS for a, b in pairwise(shown.ticks))
    assert shown.zone == "CEST → CET"


def test_days_begin_at_local_midnight_however_long_they_are() -> None:
    shown = ruler(around(SPRING, 24 * 8), 900, STOCKHOLM)
    assert {local_time(tick.at_ns, STOCKHOLM).hour for tick in shown.ticks} == {0}
    lengths = [b.at_ns - a.at_ns for a, b in pairwise(shown.ticks)]
    assert lengths.count(23 * HOUR_NS) == 1


def test_six_hour_ticks_stand_at_six_after_the_clock_was_changed() -> None:
    shown = ruler(around(SPRING, 40), 600, STOCKHOLM)
    assert {local_time(tick.at_ns, STOCKHOLM).hour % 3 for tick in shown.ticks} == {0}


@pytest.mark.parametrize("zone", [ZoneInfo("UTC"), STOCKHOLM, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/Sao_Paulo"), None])
@pytest.mark.parametrize("width", [200, 700, 1900])
def test_from_a_year_to_a_picture_labels_never_collide(zone: ZoneInfo | None, width: int) -> None:
    seen = window(from_iso("2025-11-01T12:00:00Z"), LONGEST_NS)
    while True:
        shown = ruler(seen, width, zone)
        places = [seen.share(tick.at_ns) * width for tick in shown.ticks]
        assert all(b - a >= 40 for a, b in pairwise(places)), (seen, labels(shown))
        assert shown.ticks or width < 300
        assert len(shown.minor) <= width / 5
        if seen.length_ns == SHORTEST_NS:
            break
        seen = seen.zoomed(0.5, seen.middle_ns)


def test_parts_say_the_day_the_ticks_lie_in() -> None:
    at_ns = from_iso("2026-01-02T21:04:07Z")
    shown = ruler(window(at_ns, 4 * SECOND), 800, ZoneInfo("UTC"))
    assert [part.label for part in shown.parts] == ["Friday 2 January 2026"]
    assert shown.parts[0].at_ns <= at_ns
    assert shown.ticks[0].label.startswith("21:04:0")


def test_milliseconds_show_where_pictures_are_apart() -> None:
    at_ns = from_iso("2026-01-02T21:04:07Z")
    shown = ruler(window(at_ns, SHORTEST_NS), 1200, ZoneInfo("UTC"))
    assert labels(shown)[:2] in (["21:04:07.000", "21:04:07.050"], ["21:04:07.000", "21:04:07.020"])
    assert all(tick.at_ns % MILLISECOND == 0 for tick in shown.ticks)


@pytest.mark.usefixtures("german")
def test_days_months_and_parts_of_a_second_are_written_as_in_the_language() -> None:
    utc, at_ns = ZoneInfo("UTC"), from_iso("2026-03-03T21:04:07Z")
    assert [part.label for part in ruler(window(at_ns, 4 * SECOND), 800, utc).parts] == ["Dienstag, 3. März 2026"]
    assert labels(ruler(window(at_ns, SHORTEST_NS), 1200, utc))[0] == "21:04:07,000"
    days = ruler(window(at_ns, 8 * DAY_NS), 800, utc)
    assert labels(days)[:2] == ["Mi 4.", "Do 5."] and [part.label for part in days.parts] == ["März 2026"]
    assert "4. Mai" in labels(ruler(window(at_ns, 90 * DAY_NS), 1200, utc))
    assert labels(ruler(window(at_ns, 366 * DAY_NS), 1200, utc))[1:3] == ["Mai", "Jun"]


@pytest.mark.usefixtures("german")
def test_who_signs_in_after_another_reads_their_own_language() -> None:
    shown = window(from_iso("2026-03-03T00:00:00Z"), 8 * DAY_NS)
    assert "Mi 4." in labels(ruler(shown, 800, ZoneInfo("UTC")))
    use_language(WRITTEN_IN)
    assert "Wed 4" in labels(ruler(shown, 800, ZoneInfo("UTC")))


def test_a_midnight_that_does_not_exist_is_when_the_leap_is_over() -> None:
    beirut = ZoneInfo("Asia/Beirut")  # the clock goes from 00:00 to 01:00
    leap = int(datetime(2024, 3, 31, 1, tzinfo=beirut).timestamp()) * SECOND
    shown = ruler(around(leap, 24 * 8), 640, beirut)
    assert leap in [tick.at_ns for tick in shown.ticks]
