"""The chat knows the one name of each kind of event, and the words that were used for it before."""

from collections.abc import Iterator

import pytest

from engine.history.answers.words import KIND_NOUNS
from engine.model.event import EventKind
from engine.model.history.event_names import EVENT_NAMES
from engine.model.history.query_text import from_text
from tests.engine.history.chat_site import Site, site_in

BEFORE = {
    "zone visits": EventKind.ZONE_VISIT,
    "visits to zones": EventKind.ZONE_VISIT,
    "occupied zones": EventKind.ZONE_OCCUPIED,
    "camera outages": EventKind.CAMERA_LOST,
    "lost nodes": EventKind.NODE_LOST,
    "smoke seen": EventKind.SMOKE,
    "crossings": EventKind.CROSSING,
    "badges without their owner": EventKind.BADGE_WITHOUT_OWNER,
    "uncertain faces": EventKind.WHO_IS_IT,
}
APART = {EventKind.PERSON, EventKind.NAMED, EventKind.INCIDENT}  # people and reports are asked about as such: all of their kinds


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


def kinds_of(site: Site, words: str) -> tuple[EventKind, ...]:
    return from_text(site.ask(f"how many {words} were there last week").query).scope.kinds


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in APART])
def test_a_question_with_the_name_is_about_that_kind(site: Site, kind: EventKind) -> None:
    assert kinds_of(site, f"{EVENT_NAMES[kind]} events") == (kind,)


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in APART])
def test_what_an_answer_counts_can_be_asked_again(site: Site, kind: EventKind) -> None:
    assert kinds_of(site, KIND_NOUNS[kind.value][1]) == (kind,)


@pytest.mark.parametrize("words", BEFORE)
def test_words_that_were_used_before_are_understood(site: Site, words: str) -> None:
    assert kinds_of(site, words) == (BEFORE[words],)


@pytest.mark.parametrize("kind", APART)
def test_people_and_reports_are_understood_by_their_names(site: Site, kind: EventKind) -> None:
    assert site.ask(f"any {EVENT_NAMES[kind]} last week?").understood
