"""What is known of fire weather, in words: unknown is said, and never taken for a quiet day."""

from dataclasses import replace
from datetime import UTC, date, datetime

from engine.model.fire.fire import FireClass, FireRisk, FireView
from engine.model.time import SECOND
from widgets.maps.fire_words import fire_notice, fire_state

DAY = date(2026, 7, 1)
NOON_NS = int(datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()) * SECOND
LEARNT_NS = NOON_NS - (7 * 3600 + 3588) * SECOND  # 04:00:12
NEXT_NS = NOON_NS + 16 * 3600 * SECOND
KNOWN = tuple(FireRisk(f"cam-{n}", DAY, FireClass.LOW, 7.0, fetched_ns=LEARNT_NS) for n in range(3))
UNKNOWN = FireRisk("cam-3", DAY, None, fetched_ns=LEARNT_NS, trouble="The service has no such camera")
NO_ONE = tuple(FireRisk(f"cam-{n}", DAY, None, trouble="No data yet.") for n in range(4))
DOWN = "risk.example.org did not answer within 5 s."


def test_what_is_learnt_says_when_and_of_how_many() -> None:
    said, level = fire_state(FireView((*KNOWN, UNKNOWN), LEARNT_NS, next_ns=NEXT_NS), True, NOON_NS)
    assert said == "Updated 04:00:12 UTC; 3 of 4 cameras. The service has no such camera. Next update at 2026-07-02 04:00:00 UTC."
    assert level == "moderate"
    assert fire_state(FireView(KNOWN[:1], LEARNT_NS, next_ns=NEXT_NS), True, NOON_NS) == (
        "Updated 04:00:12 UTC; 1 of 1 camera. Next update at 2026-07-02 04:00:00 UTC.",
        "good",
    )


def test_unknown_says_since_when_why_and_when_it_is_tried_again() -> None:
    view = FireView(NO_ONE, 0, DOWN, LEARNT_NS, NOON_NS + 240 * SECOND)
    said, level = fire_state(view, True, NOON_NS)
    assert said == f"Fire risk unknown since 04:00:12 UTC; nothing is suppressed. {DOWN} Next try at 12:04:00 UTC."
    assert level == "high"
    assert fire_notice(view, NOON_NS) == (f"Fire risk unknown since 04:00:12 UTC; nothing is suppressed. {DOWN}", "high")


def test_classes_that_still_hold_are_not_called_unknown() -> None:
    view = FireView(KNOWN, LEARNT_NS, DOWN, NOON_NS - 60 * SECOND, NOON_NS + 60 * SECOND)
    assert fire_notice(view, NOON_NS) == (f"Updated 04:00:12 UTC; 3 of 3 cameras. Since 11:59:00 UTC: {DOWN}", "moderate")
    assert fire_state(view, True, NOON_NS)[0].endswith(f"{DOWN} Next try at 12:01:00 UTC.")


def test_no_source_not_yet_and_at_the_moment() -> None:
    nobody = FireView(NO_ONE, NOON_NS, next_ns=NEXT_NS)
    assert fire_state(nobody, False, NOON_NS)[0].startswith("No fire weather source")
    assert fire_state(FireView(NO_ONE), True, NOON_NS) == ("No data yet. Updating…", "neutral")
    season = replace(UNKNOWN, trouble="The fire weather of 2026-07-01 is unknown: 12 of 30 days.")
    said, _ = fire_state(FireView((season,), LEARNT_NS, next_ns=NEXT_NS), False, NOON_NS)
    assert "0 of 1 camera. The fire weather of 2026-07-01 is unknown: 12 of 30 days." in said


def test_all_is_well_says_nothing_on_the_map() -> None:
    assert fire_notice(FireView(KNOWN, LEARNT_NS), NOON_NS)[0] == ""
