"""A fall or smoke that its alert's card says is not certain is told with the same words, first; smoke is where it was seen."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from engine.model.event import EventKind
from engine.model.history.chat import ClaimStatus
from tests.engine.history.chat_site import Site
from tests.fakes.week import JOHN, Week, day, kept

STRUCK = "Somebody who was moving stopped at once, as who falls does, and has kept still for 12 s."
WEAK = "This is not certain, as radio hardly tells heights here: look there."
UPRIGHT = "A camera sees them upright."
SURE = "Somebody went down 1.1 m at 2.3 m/s and has been lying still for 10 s."
LYING = "Somebody has been lying there for 20 s. Nobody saw them go down: look there."
SEEN = "Seen by Front gate and Yard, which cross at 59.3350, 18.0750 within 0.9 × 0.4 km."
DECLINED = "The second smoke check rejected it."


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    week = Week()
    week.add(EventKind.FALL, day(4, 9), 2, 5, zone_id="z-lab", reason=SURE, person_id=JOHN.id, person=JOHN.name)
    week.add(EventKind.FALL, day(4, 11), 1, 4, zone_id="z-yard", reason=f"{STRUCK} {WEAK}")
    week.add(EventKind.FALL, day(5, 9), 2, 5, camera_id="dock", reason=LYING)
    week.add(EventKind.FALL, day(7, 9), None, 4, zone_id="z-lab", reason=f"{STRUCK} {WEAK} {UPRIGHT}")
    week.add(EventKind.SMOKE, day(7, 7), 3, 4, camera_id="gate", reason=SEEN)
    week.add(EventKind.SMOKE, day(6, 7), 3, 3, camera_id="gate", reason=f"Seen by Front gate. {DECLINED}")
    week.add(EventKind.SMOKE, day(7, 9, 20), None, 3, camera_id="yard", reason="Seen by Yard.")
    with closing(kept(week.settle(), tmp_path_factory.mktemp("falls") / "data")) as store:
        yield Site(store.asked)


def first(site: Site, question: str) -> str:
    answer = site.ask(question)
    assert all(each.status is not ClaimStatus.STRUCK for each in answer.sentences), answer.sentences
    return answer.sentences[0].text


@pytest.mark.parametrize(
    "question", ["did anybody fall today", "who fell today", "when was the last fall", "list the falls in the lab today"]
)
def test_a_fall_that_is_not_certain_is_told_as_one_that_may_have_been(site: Site, question: str) -> None:
    assert first(site, question).startswith(f"A person may have fallen in Lab (“{WEAK} {UPRIGHT}”), since 09:00 on Mon 16 Nov 2026")


def test_who_was_found_lying_may_have_fallen(site: Site) -> None:
    assert first(site, "did anybody fall on Saturday").startswith(
        "A person may have fallen at Loading dock (“Nobody saw them go down: look "
    )


def test_of_several_falls_the_number_tells_how_many_are_not_certain(site: Site) -> None:
    this_week = first(site, "how many falls were there from Friday to Saturday")
    assert this_week == "There were 3 falls from Fri 13 Nov 2026 to Sat 14 Nov 2026, 2 of them not certain."
    assert first(site, "how many falls were there today") == "There was 1 fall on Mon 16 Nov 2026, which is not certain."
    assert first(site, "were there falls on Friday").startswith("Yes: there were 2 falls on Fri 13 Nov 2026, 1 of them not certain.")


def test_a_fall_that_is_certain_is_told_as_one(site: Site) -> None:
    assert "John Smith fell in Lab, from 09:00 to 09:02" in first(site, "when did John fall")


def test_smoke_is_in_view_of_a_camera_and_not_where_that_is(site: Site) -> None:
    told = [each.text for each in site.ask("list the smoke detections today").sentences]
    assert f"There was smoke in view of Front gate (“{SEEN}”), from 07:00 to 07:03 on Mon 16 Nov 2026 (3 min)." in told
    goes_on = "There was smoke in view of Yard (“Seen by Yard.”), since 09:20 on Mon 16 Nov 2026, open until 30 min after it was last seen."
    assert goes_on in told


def test_smoke_that_a_second_check_rejected_may_have_been_none(site: Site) -> None:
    begin = f"There may have been smoke in view of Front gate (“Seen by Front gate. {DECLINED}”)"
    assert first(site, "was there smoke on Sunday").startswith(begin)
