"""Times of the Investigate page are the site's, also for calendars, which ask for the zone by its name."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from console.pages.investigate.zone import PageZone
from engine.model.time import SECOND
from widgets.look import set_site_zone
from widgets.time_text import clock_text

SUMMER_NS = 1_780_000_000 * SECOND  # 2026-05-28 20:26:40 UTC


@pytest.fixture(autouse=True)
def back_to_utc() -> Iterator[None]:
    yield
    set_site_zone("UTC")


def test_times_follow_the_sites_zone_while_widgets_hold_it() -> None:
    zone = PageZone()
    set_site_zone("Asia/Tokyo")
    assert clock_text(SUMMER_NS, None, zone) == "2026-05-29 05:26:40 JST" and zone.key == "Asia/Tokyo"
    set_site_zone("Europe/Berlin")
    assert clock_text(SUMMER_NS, None, zone) == "2026-05-28 22:26:40 CEST" and zone.key == "Europe/Berlin"


def test_hours_that_come_twice_are_told_apart() -> None:
    zone = PageZone()
    set_site_zone("Europe/Berlin")
    first, second = (datetime.fromtimestamp(at_s, zone) for at_s in (1_792_888_200, 1_792_891_800))  # 2026-10-25, 02:30 twice
    assert (first.hour, first.fold, first.tzname()) == (2, 0, "CEST")
    assert (second.hour, second.fold, second.tzname()) == (2, 1, "CET")
    assert first.timestamp() == 1_792_888_200 and second.timestamp() == 1_792_891_800
