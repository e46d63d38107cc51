"""Times of the Investigate page are the site's, unless its user wants others."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from console.pages.investigate import zone as investigate_zone
from console.pages.investigate.zone import PageZone
from engine.model.settings import Settings
from engine.model.time import SECOND
from widgets.time_text import clock_text

SUMMER_NS = 1_780_000_000 * SECOND  # 2026-05-28 20:26:40 UTC


def site(zone: str) -> Settings:
    return replace(Settings(), alerts=replace(Settings().alerts, time_zone=zone))


def test_times_follow_the_sites_zone_while_widgets_hold_it() -> None:
    zone = PageZone()
    zone.set_site(site("Asia/Tokyo"))
    assert clock_text(SUMMER_NS, None, zone) == "2026-05-29 05:26:40 JST" and zone.key == "Asia/Tokyo"
    assert zone.set_site(site("Europe/Berlin")) and not zone.set_site(site("Europe/Berlin"))
    assert clock_text(SUMMER_NS, None, zone) == "2026-05-28 22:26:40 CEST"


def test_hours_that_come_twice_are_told_apart() -> None:
    zone = PageZone()
    zone.set_site(site("Europe/Berlin"))
    first, second = (datetime.fromtimestamp(at_s, zone) for at_s in (1_792_888_200, 1_792_891_800))  # 2026-10-25, 02:30 twice
    assert (first.hour, first.fold, first.tzname()) == (2, 0, "CEST")
    assert (second.hour, second.fold, second.tzname()) == (2, 1, "CET")
    assert first.timestamp() == 1_792_888_200 and second.timestamp() == 1_792_891_800


def test_what_its_user_wants_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = PageZone()
    zone.set_site(site("Asia/Tokyo"))
    monkeypatch.setattr(investigate_zone, "shown_zone", lambda: ZoneInfo("UTC"))
    assert clock_text(SUMMER_NS, None, zone) == "2026-05-28 20:26:40 UTC"
