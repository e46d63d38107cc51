"""How often somebody was somewhere, as a live engine writes it: a camera, radio and a zone each with a row of one stay."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

import pytest

from engine.history.queries import stays
from engine.model.event import EventKind
from engine.model.history.chat import ChatAnswer, ClaimStatus
from engine.model.history.event_query import AskedRecord, EventTime, EventWant
from engine.model.radio.fused import AssertionKind
from engine.model.time import SECOND
from tests.engine.history.chat_site import Site
from tests.fakes.week import ANA, JOHN, MARY, Week, day, kept

TODAY = 7


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """John is in the yard twice, and once more as nobody; Mary once. The yard is a camera and a zone."""
    week = Week()
    week.add(EventKind.PRESENCE, day(TODAY, 7, 55), 60, person_id=JOHN.id, person=JOHN.name)
    week.person(JOHN, "yard", day(TODAY, 8, 0, 10), 0.5)
    week.visit(JOHN, "z-yard", day(TODAY, 8, 0, 20), 1)
    week.person(None, "yard", day(TODAY, 8, 1), 0.2)
    week.person(JOHN, "yard", day(TODAY, 8, 1, 15), 2)
    week.visit(JOHN, "z-yard", day(TODAY, 8, 40), 0.8)
    week.person(JOHN, "yard", day(TODAY, 8, 40, 30), 0.6)
    week.person(MARY, "yard", day(TODAY, 8, 41), 0.5)
    week.person(None, "yard", day(TODAY, 9, 0, 59), 0.1)
    with closing(kept(week.settle(), tmp_path_factory.mktemp("stays") / "data")) as store:
        yield Site(store.asked)


def told(answer: ChatAnswer, begin: str) -> str:
    assert all(each.status is not ClaimStatus.STRUCK for each in answer.sentences), answer.sentences
    return next((each.text for each in answer.sentences if each.text.startswith(begin)), answer.answer)


def test_rows_of_camera_and_radio_that_overlap_are_one_stay(site: Site) -> None:
    answer = site.ask("how often was John in the yard today")
    assert told(answer, "There were") == (
        "There were 2 visits of John Smith at Yard on Mon 16 Nov 2026; of 5 sightings those that overlap are counted once."
    )
    anyone = site.ask("how often was somebody in the yard today")
    assert told(anyone, "There were").startswith("There were 3 stretches with somebody there at Yard on Mon 16 Nov 2026; of 8 sightings")


def test_of_each_person_who_was_there_how_often_the_first_and_the_last_time(site: Site) -> None:
    answer = site.ask("who was in the yard today")
    assert told(answer, "John Smith") == (
        "John Smith was seen 2 times: first at Yard, from 08:00:10 to 08:03:15 on Mon 16 Nov 2026 (3 min 5 s); "
        "last in Yard, from 08:40:00 to 08:41:06 on Mon 16 Nov 2026 (1 min 6 s) (named by phone, found by radio)."
    )
    assert told(answer, "Mary") == "Mary-Ann O'Brien was seen at Yard, from 08:41:00 to 08:41:30 on Mon 16 Nov 2026."
    of_john = next(each for each in answer.sentences if each.text.startswith("John"))
    kinds = [site.record.event(each.id).kind for each in of_john.citations if each.kind.value == "event"]  # type: ignore[union-attr]
    assert kinds == [EventKind.PERSON, EventKind.PERSON, EventKind.ZONE_VISIT, EventKind.PERSON]  # where a stay began, and what ended last
    assert "unidentified people 2 times" in answer.sentences[0].text


def test_a_stay_that_several_sensors_tell_is_one_line(site: Site) -> None:
    lines = ["from 08:00:10 to 08:03:15 on Mon 16 Nov 2026 (3 min 5 s)", "from 08:40:00 to 08:41:06 on Mon 16 Nov 2026 (1 min 6 s)"]
    for question in ("when was John in the yard today", "how long was John in the yard today"):
        rows = [each for each in site.ask(question).sentences if each.text.startswith("John Smith was ")]
        assert len(rows) == 2 and all(line in each.text for line, each in zip(lines, rows, strict=True)), rows
        assert [sum(cited.kind.value == "event" for cited in each.citations) for each in rows] == [3, 2]
    assert told(site.ask("list John's visits to the yard today"), "There were").startswith("There were 2 visits of John Smith at Yard")


def test_stays_are_counted_by_hour_day_and_camera(site: Site) -> None:
    hours = site.ask("how often was John in the yard per hour today")
    assert told(hours, "There were") == "There were 2 visits of John Smith at Yard on Mon 16 Nov 2026."
    assert "08:00 to 09:00: 2." in [each.text for each in hours.sentences]
    days = [each.text for each in site.ask("how often was John in the yard per day this week").sentences]
    assert "Mon 16 Nov 2026: 2." in days
    cameras = site.ask("which camera saw John most today")
    assert told(cameras, "Most") == "Most visits: Yard, 3.", "the zone alone tells that the first two are one"


def test_what_somebody_did_while_they_were_there_has_its_own_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    week = Week()
    week.visit(JOHN, "z-lab", day(TODAY, 8), 20)
    week.visit(JOHN, "z-lab", day(TODAY, 8, 19), 5)
    week.add(EventKind.FALL, day(TODAY, 8, 5), 1, 5, zone_id="z-lab", person_id=JOHN.id, person=JOHN.name)
    week.visit(None, "z-lab", day(TODAY, 8, 10), 5)
    with closing(kept(week.settle(), tmp_path_factory.mktemp("fell") / "data")) as store:
        rows = [each.text for each in Site(store.asked).ask("list John's visits to the lab today").sentences if "John" in each.text]
    assert [row.split(",")[0] for row in rows] == [
        "There were 2 sightings of John Smith at Lab on Mon 16 Nov 2026.",
        "John Smith was in Lab",
        "John Smith fell in Lab",
    ]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """John came by the gate and is in the lab by now; Mary came to the yard and is there still; Ana went from the office to the lab."""
    week = Week()
    week.add(EventKind.PRESENCE, day(TODAY, 8, 55), None, person_id=JOHN.id, person=JOHN.name, named_by=AssertionKind.FACE)
    week.person(JOHN, "gate", day(TODAY, 8, 55, 20), 2)
    week.visit(JOHN, "z-office", day(TODAY, 8, 58), 3)
    week.visit(JOHN, "z-lab", day(TODAY, 9, 2), None)
    week.person(MARY, "yard", day(TODAY, 9, 1), None)
    week.visit(MARY, "z-server", day(TODAY, 9, 1, 10), None)
    week.visit(ANA, "z-office", day(TODAY, 7), 10)
    week.add(EventKind.PRESENCE, day(TODAY, 7), 25, person_id=ANA.id, person=ANA.name, named_by=AssertionKind.FACE)
    week.visit(ANA, "z-lab", day(TODAY, 7, 12), 13)
    with closing(kept(week.settle(), tmp_path_factory.mktemp("moved") / "data")) as store:
        yield Site(store.asked)


def test_a_stay_tells_where_it_began_and_where_it_goes_on(moved: Site) -> None:
    answer = moved.ask("who was here today")
    john = "John Smith was found by radio at Front gate and now in Lab, since 08:55 on Mon 16 Nov 2026, still ongoing"
    assert told(answer, "John").startswith(john)
    assert told(answer, "Ana").startswith("Ana Lima was in Office and then in Lab, from 07:00 to 07:25 on Mon 16 Nov 2026 (25 min)")
    of_john = next(each for each in answer.sentences if each.text.startswith("John"))
    assert len({each.id for each in of_john.citations}) == 3


def test_two_sensors_that_see_somebody_at_once_do_not_tell_that_they_moved(moved: Site) -> None:
    assert told(moved.ask("who was here today"), "Mary").startswith(
        "Mary-Ann O'Brien was seen at Yard, since 09:01 on Mon 16 Nov 2026, still"
    )


def test_rows_of_less_than_a_minute_do_not_read_alike(site: Site) -> None:
    """Also where one lies across the full minute."""
    rows = [each.text for each in site.ask("list the unidentified people in the yard today").sentences if "was seen" in each.text]
    assert sorted(rows) == [
        "An unidentified person was seen at Yard, from 08:01:00 to 08:01:12 on Mon 16 Nov 2026.",
        "An unidentified person was seen at Yard, from 09:00:59 to 09:01:05 on Mon 16 Nov 2026.",
    ]


def test_too_many_rows_are_said_to_be_counted_apart(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stays, "MOST_EVENTS", 3)
    assert told(site.ask("how often was John in the yard today"), "There were") == (
        "There were 5 sightings of John Smith at Yard on Mon 16 Nov 2026; those of cameras, radio and zones are counted apart."
    )
    each = told(site.ask("who was in the yard today"), "There were 5")
    assert each.startswith("There were 5 sightings of John Smith at Yard on Mon 16 Nov 2026: first at Yard, from 08:00:10 to 08:00:40")


class Longer:
    """A record that has one row too many of what stays are made of."""

    def __init__(self, record: AskedRecord) -> None:
        self._record = record

    def __getattr__(self, name: str) -> Any:
        return getattr(self._record, name)

    def times(self, want: EventWant, limit: int) -> tuple[EventTime, ...]:
        first, *others = self._record.times(want, limit)
        again = replace(first, id="ev-again", started_ns=first.started_ns + 1_200 * SECOND, ended_ns=first.started_ns + 1_260 * SECOND)
        return (first, again, *others)


@pytest.mark.parametrize(("question", "begin"), [("how often was John in the yard today", "There"), ("who was in the yard today", "John")])
def test_a_number_of_stays_that_does_not_come_out_the_same_is_struck(site: Site, question: str, begin: str) -> None:
    counted = [each for each in Site(cast(AskedRecord, Longer(site.record))).ask(question).sentences if each.text.startswith(begin)]
    assert counted and all("3" in each.text and each.status is ClaimStatus.STRUCK for each in counted), counted
