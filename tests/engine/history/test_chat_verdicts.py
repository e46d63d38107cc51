"""The sets that were frozen before they were asked: what was right stays right, and nothing more is stated that is not so."""

from collections.abc import Callable, Iterator

import pytest

from tests.engine.history.chat_eighth_forms import eighth
from tests.engine.history.chat_fifth_forms import fifth
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_fourth_forms import fourth
from tests.engine.history.chat_score import in_turn
from tests.engine.history.chat_seventh_forms import seventh
from tests.engine.history.chat_site import Site, site_in
from tests.engine.history.chat_sixth_forms import sixth
from tests.engine.history.chat_verdict import Verdict, verdict
from tests.fakes.week import Week, generated

NOT_SO = {
    "Any camera with more than 2 alarms last week?",  # by cameras one, by places two
    "What was the last recorded event before the fall in the lab on Friday 13 November?",  # by when it began, or ended
    "Compare the number of unknown persons at the yard with that at the front gate, 9 to 15 November.",  # sightings or people
    "which camera recorded no motion at all last week",  # by cameras or zones
    "people at night last week: more of them at the dock or in the yard?",  # told is the yard, behind what was compared
    "Which days last week had more than one alert?",  # Sunday stands in the period that is told
    "How much time did John spend in the lab last week?",  # with the minute of his fall there, or without
    "which room saw the most use last week",  # by visits, or by hours
    "Wie oft war letzte Woche ein Unbekannter am Tor?",  # with the loitering and the fight there, or without
    "Warum war Alarm am Mittwoch um zwei in die Nacht?",  # of which of two nights
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


@pytest.mark.parametrize(("rows_of", "right"), [(fourth, 156), (fifth, 75), (sixth, 84), (seventh, 100), (eighth, 80)])
def test_a_frozen_set_is_answered_as_it_was(site: Site, rows_of: Callable[[Week], list[Fourth]], right: int) -> None:
    said = {each.question: verdict(in_turn(site, each), each.accepted) for each in rows_of(generated())}
    wrong = {question: lacks for question, (found, lacks) in said.items() if found is Verdict.WRONG}
    assert set(wrong) <= NOT_SO, wrong
    assert sum(found is Verdict.RIGHT for found, _ in said.values()) >= right
