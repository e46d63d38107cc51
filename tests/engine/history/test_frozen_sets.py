"""Every frozen set of questions is what was frozen, and is answered as it was: what was right stays right, and nothing more is stated that
is not so.
"""

from collections.abc import Iterator

import pytest

from tests.engine.history.chat_fifth_forms import IN_GERMAN
from tests.engine.history.chat_fourth_forms import digest
from tests.engine.history.chat_frozen import of_the_record, plain, told_all_is_right
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_score import in_turn
from tests.engine.history.chat_second import second
from tests.engine.history.chat_site import Site, site_in
from tests.engine.history.chat_third_forms import third
from tests.engine.history.chat_verdict import Back, Verdict, verdict
from tests.engine.history.frozen_sets import FROZEN, FrozenSet, frozen
from tests.fakes.week import generated

NOT_SO = {
    "Any camera with more than 2 alarms last week?",  # by cameras one, by places two
    "What was the last recorded event before the fall in the lab on Friday 13 November?",  # by when it began, or ended
    "Compare the number of unknown persons at the yard with that at the front gate, 9 to 15 November.",  # sightings or people
    "which camera recorded no motion at all last week",  # by cameras or zones
    "people at night last week: more of them at the dock or in the yard?",  # told is the yard, behind what was compared
    "Which days last week had more than one alert?",  # Sunday stands in the period that is told
    "How much time did John spend in the lab last week?",  # with the minute of his fall there, or without
    "Wie oft war letzte Woche ein Unbekannter am Tor?",  # with the loitering and the fight there, or without
    "warum war die Kamera an der Rampe Mittwoch nachts weg",  # of which of two nights
    "which days was John off last week",  # Monday stands in the period that is told
    "By whom was the alert about the dock camera closed?",  # about the camera, or of what it saw
    "Unknown people last week, for each camera?",  # sightings, or stays
    "Who was first in and who was last out on Thursday?",  # with strangers, or without
    "Zeichnet die Torkamera gerade auf?",  # told is that no outage is going on
    "How many times was a person at the loading dock last week?",  # with the fall there, or without
}

_EACH = pytest.mark.parametrize("frozen_set", FROZEN.values(), ids=FROZEN.keys())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


@_EACH
def test_the_set_is_as_it_was_frozen(frozen_set: FrozenSet) -> None:
    """Whoever changes a question or what is expected of it measures something else: then it is another set."""
    rows = frozen_set.rows(generated())
    german = [each for each in rows if each.way.startswith("German ") or each.way.endswith(IN_GERMAN)]
    backs = [row for row in rows if any(isinstance(each, Back) for each in row.accepted)]
    assert (digest(rows), len(german), len(backs)) == (frozen_set.digest, frozen_set.german, frozen_set.backs)


@_EACH
def test_what_is_expected_is_of_the_record_and_told_apart(frozen_set: FrozenSet) -> None:
    rows = frozen_set.rows(generated())
    assert of_the_record(rows, generated())
    assert [row.question for row in rows if not told_all_is_right(row)] == []


def test_no_conversation_stands_twice_in_all_sets() -> None:
    week = generated()
    old = [(said,) for each in asked(week) for said in (each.question, each.paraphrase)] + [(each.question,) for each in second(week)]
    old += [(*each.before, each.question) for each in third(week)]
    new = [plain((*each.before, each.question)) for each in frozen(week)]
    assert len(set(new)) == len(new) and not {plain(each) for each in old} & set(new)


@_EACH
def test_a_frozen_set_is_answered_as_it_was(site: Site, frozen_set: FrozenSet) -> None:
    said = {each.question: verdict(in_turn(site, each), each.accepted) for each in frozen_set.rows(generated())}
    wrong = {question: lacks for question, (found, lacks) in said.items() if found is Verdict.WRONG}
    assert set(wrong) <= NOT_SO, wrong
    assert sum(found is Verdict.RIGHT for found, _ in said.values()) >= frozen_set.right
