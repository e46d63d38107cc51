"""Times in words, by a clock that is changed twice a year."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.history.lexicon.tokens import tokens_of
from engine.history.when.when import find_when
from engine.history.when.zone import local
from engine.model.time import from_iso

ZONE = ZoneInfo("Europe/Stockholm")
NOW = from_iso("2026-11-18T10:30:00Z")  # a Wednesday, 11:30


def said(text: str, now_ns: int = NOW, zone: ZoneInfo = ZONE) -> list[tuple[str, str]]:
    spans = find_when(tokens_of(text), now_ns, zone).spans
    return [(_shown(span.since_ns, zone), _shown(span.until_ns, zone)) for span in spans]


def _shown(at_ns: int, zone: ZoneInfo) -> str:
    return f"{local(at_ns, zone):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("yesterday", "11-17 00:00", "11-18 00:00"),
        ("last night", "11-17 18:00", "11-18 06:00"),
        ("on tuesday", "11-17 00:00", "11-18 00:00"),
        ("last wednesday", "11-11 00:00", "11-12 00:00"),
        ("last week", "11-09 00:00", "11-16 00:00"),
        ("between 14:00 and 16:30", "11-17 14:00", "11-17 16:30"),
        ("yesterday between 2 and 4 pm", "11-17 14:00", "11-17 16:00"),
        ("from 10 to 2 am", "11-17 22:00", "11-18 02:00"),
        ("since noon", "11-17 12:00", "11-18 11:30"),
        ("since 6", "11-18 06:00", "11-18 11:30"),
        ("on 12 november", "11-12 00:00", "11-13 00:00"),
        ("the 12th", "11-12 00:00", "11-13 00:00"),
        ("in the last hour", "11-18 10:30", "11-18 11:30"),
        ("half an hour ago", "11-18 10:58", "11-18 11:01"),
        ("at 3pm", "11-17 15:00", "11-17 15:01"),
        ("last night at 3", "11-18 03:00", "11-18 03:01"),
        ("from monday to wednesday", "11-16 00:00", "11-19 00:00"),
        ("2-4pm on monday", "11-16 14:00", "11-16 16:00"),
        ("before 8am yesterday", "11-17 00:00", "11-17 08:00"),
        ("after 10pm yesterday", "11-17 22:00", "11-18 00:00"),
        ("over the weekend", "11-14 00:00", "11-16 00:00"),
        ("between yesterday 22:00 and today 6:00", "11-17 22:00", "11-18 06:00"),
        ("early this morning", "11-18 00:00", "11-18 08:00"),
        ("outside office hours yesterday", "11-17 17:00", "11-18 09:00"),
        ("2026-11-12", "11-12 00:00", "11-13 00:00"),
        ("around 3pm", "11-17 14:45", "11-17 15:16"),
    ],
)
def test_one_stretch(text: str, since: str, until: str) -> None:
    assert said(text) == [(since, until)]


def test_the_same_hours_of_several_days() -> None:
    assert said("between 22:00 and 06:00 this week") == [("11-16 22:00", "11-17 06:00"), ("11-17 22:00", "11-18 06:00")]
    assert said("at night last week")[0] == ("11-09 22:00", "11-10 06:00")
    assert len(said("at night last week")) == 7
    assert all(since.endswith("00:00") for since, _ in said("on mondays"))


def test_two_days_side_by_side_are_two_groups() -> None:
    assert len(find_when(tokens_of("compare today with yesterday"), NOW, ZONE).groups) == 2


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-11-12", 24)])
def test_a_day_has_as_many_hours_as_the_clock_gives_it(day: str, hours: int) -> None:
    (span,) = find_when(tokens_of(f"on {day}"), NOW, ZONE).spans
    assert span.until_ns - span.since_ns == hours * 3_600 * 10**9


def test_an_hour_that_the_clock_has_twice_is_meant_both_times() -> None:
    spans = find_when(tokens_of("at 02:30 on 25 october"), NOW, ZONE).spans
    assert [span.since_ns for span in spans] == [from_iso("2026-10-25T00:30:00Z"), from_iso("2026-10-25T01:30:00Z")]


def test_yesterday_is_that_of_the_site() -> None:
    just_after_midnight = from_iso("2026-11-17T23:30:00Z")  # 00:30 of the 18th in Stockholm, 10:30 of the 18th in Sydney
    assert said("yesterday", just_after_midnight) == [("11-17 00:00", "11-18 00:00")]
    assert said("yesterday", just_after_midnight, ZoneInfo("UTC")) == [("11-16 00:00", "11-17 00:00")]


@pytest.mark.parametrize("text", ["who was in the lab", "3 falls", "camera 2", "how many may", ""])
def test_what_says_no_time_takes_no_words(text: str) -> None:
    tokens = tokens_of(text)
    assert not find_when(tokens, NOW, ZONE).stated
    assert not [token for token in tokens.all if token.taken]


def test_now_is_no_stretch() -> None:
    assert find_when(tokens_of("right now"), NOW, ZONE).now
    assert datetime.fromtimestamp(NOW // 10**9, ZONE).hour == 11
