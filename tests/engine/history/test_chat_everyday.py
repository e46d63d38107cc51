"""Everyday questions of operators, investigators and admins: what each comes to, and what it must not be taken for."""

import re
from collections.abc import Iterator

import pytest

from engine.model.event import Event, EventKind
from engine.model.history.chat import CitationKind, ClaimStatus
from engine.model.history.query import SEEN_KINDS, Ask, Of, Span
from engine.model.history.query_text import from_text
from tests.engine.history.chat_site import Site, site_in
from tests.fakes.week import day, generated, ns


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


# --- people counted apart, doors, and what cannot be asked at once


def people_of(site: Site, number: int) -> tuple[int, int]:
    """Known people, and sightings of people nobody knows, of a day of the week; counted from its plain values."""
    rows = [event for event in generated().events if ns(day(number)) <= event.started_ns < ns(day(number + 1)) and event.kind in SEEN_KINDS]
    known = {event.person_id for event in rows if event.person_id}
    return len(known), sum(1 for event in rows if not event.person_id and event.kind is EventKind.PERSON)


@pytest.mark.parametrize(
    ("question", "first", "other"),
    [
        ("were there more people on Tuesday than on Thursday?", 1, 3),
        ("compare the visitors of friday with those of wednesday", 4, 2),
        ("did fewer people come on sunday than on saturday", 6, 5),
    ],
)
def test_people_are_compared_as_people(site: Site, question: str, first: int, other: int) -> None:
    answer = site.ask(question)
    query = from_text(answer.query)
    assert (query.ask, query.of) == (Ask.COMPARE, Of.PEOPLE)
    numbers = [int(found) for found in re.findall(r"there (?:was|were) (\d+) ", answer.answer)]
    known, unknown = zip(people_of(site, first), people_of(site, other), strict=True)
    assert numbers == [*known, *unknown]
    assert all(sentence.status is not ClaimStatus.STRUCK for sentence in answer.sentences)


def test_only_strangers_are_compared_where_they_are_asked_for(site: Site) -> None:
    answer = site.ask("more strangers at the gate on sunday than on monday last week?")
    assert "known people" not in answer.answer.replace("nobody knows", "")
    assert "sighting" in answer.answer


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("how many times did someone cross the door on tuesday?", (EventKind.CROSSING,)),
        ("who walked through the front door on saturday", (EventKind.CROSSING,)),
        ("did a stranger cross any doorway last week", (EventKind.CROSSING,)),
        ("who crossed the lab on tuesday", (EventKind.ZONE_VISIT,)),
        ("has anybody passed through the yard yesterday", ()),
    ],
)
def test_what_is_crossed_says_what_is_counted(site: Site, question: str, kinds: tuple[EventKind, ...]) -> None:
    answer = site.ask(question)
    assert answer.understood
    assert from_text(answer.query).scope.kinds == kinds
    assert all(sentence.status is not ClaimStatus.STRUCK for sentence in answer.sentences)


def test_the_crossings_of_a_door_are_counted(site: Site) -> None:
    assert (
        "There were 2 line or door crossings at Front door"
        in site.ask("how many times did somebody go through the front door last week").answer
    )
    assert "There were 0 line or door crossings" in site.ask("how many times did someone cross the door on friday?").answer


@pytest.mark.parametrize("question", ["who will be here tomorrow?", "who's here tonight?", "was anyone in the lab after hours this week?"])
def test_of_a_time_that_has_not_come_nothing_is_said(site: Site, question: str) -> None:
    answer = site.ask(question)
    assert not answer.understood
    assert "not come yet" in answer.answer


def test_what_a_question_leans_on_is_looked_up_first(site: Site) -> None:
    answer = site.ask("who was near the loading dock when Ana fell?")
    assert "Ana Lima fell" in answer.sentences[0].text
    assert from_text(answer.query).scope.spans == (Span(ns(day(2, 10, 42)), ns(day(2, 10, 45))),)
    assert not site.ask("where was John while Mary was happy").understood
    for one in ("do you know when John was last here?", "is it known since when John is here?", "was there a time when John fell?"):
        assert "two questions" not in site.ask(one).answer


def test_the_last_three_people_are_those_seen_last(site: Site) -> None:
    answer = site.ask("who were the last three people at the gate?")
    cited = [citation.id for sentence in answer.sentences for citation in sentence.citations if citation.kind is CitationKind.EVENT]
    at_gate = [event for event in generated().events if event.camera_id == "gate" and event.kind in SEEN_KINDS]
    rows = [event for event in at_gate if event.person_id or event.kind is EventKind.PERSON]
    newest: dict[str, Event] = {}
    for event in sorted(rows, key=lambda each: each.ended_ns or 1 << 62):
        newest.pop(event.person_id or event.id, None)
        newest[event.person_id or event.id] = event
    assert cited == [event.id for event in list(newest.values())[::-1][:3]]


def test_a_short_word_that_begins_otherwise_is_no_slip_of_a_name(site: Site) -> None:
    answer = site.ask("who was on call on friday?")
    assert not answer.understood
    assert "call" in answer.answer


@pytest.mark.parametrize(
    ("question", "ask", "kind"),
    [
        ("is the gate camera recording?", Ask.LIST, EventKind.CAMERA_LOST),
        ("when did the yard camera come back online?", Ask.LIST, EventKind.CAMERA_LOST),
        ("when did the south node come back?", Ask.LIST, EventKind.NODE_LOST),
    ],
)
def test_cameras_and_nodes_that_are_back(site: Site, question: str, ask: Ask, kind: EventKind) -> None:
    query = from_text(site.ask(question).query)
    assert (query.ask, query.scope.kinds) == (ask, (kind,))


def test_alone_is_answered_by_who_else_was_there(site: Site) -> None:
    answer = site.ask("was Mary alone in the yard yesterday?")
    assert "Yes" not in answer.answer and "John Smith" in answer.answer
    alone = site.ask("was Zoe alone in the server room on Monday last week?").answer
    assert "obody else was seen" in alone and "No:" not in alone


@pytest.mark.parametrize(
    ("question", "ask"), [("how many people are on site?", Ask.COUNT), ("how long has John been in the lab?", Ask.HOW_LONG)]
)
def test_what_is_asked_of_now_is_told_of_now(site: Site, question: str, ask: Ask) -> None:
    answer = site.ask(question)
    query = from_text(answer.query)
    assert (query.ask, query.scope.going_on) == (ask, True)
    told = {citation.id for sentence in answer.sentences for citation in sentence.citations if citation.kind is CitationKind.EVENT}
    assert told == {event.id for event in generated().events if event.ended_ns is None and event.kind in SEEN_KINDS}
    assert all(sentence.status is not ClaimStatus.STRUCK for sentence in answer.sentences)


def test_who_spent_the_most_time_is_told_by_time(site: Site) -> None:
    answer = site.ask("who spent the most time in the office last week?").answer
    visits = [each for each in generated().events if each.zone_id == "z-office" and each.kind is EventKind.ZONE_VISIT]
    minutes = sum((each.ended_ns or 0) - each.started_ns for each in visits) // (60 * 10**9)
    assert f"Mary-Ann O'Brien, {minutes // 60} h {minutes % 60} min" in answer


def test_a_rule_is_no_operator(site: Site) -> None:
    assert not site.ask("which alerts were raised by the rule night?").understood


def test_of_equal_groups_each_is_told_once(site: Site) -> None:
    answer = site.ask("which camera failed most often last week?")
    assert [sentence.text for sentence in answer.sentences][1] == "Most camera offline events: Loading dock, Yard, 1 each."
    assert not any(sentence.text == "Yard: 1." for sentence in answer.sentences)


def test_more_often_is_compared(site: Site) -> None:
    query = from_text(site.ask("did the alarm go off more often last week than this week?").query)
    assert (query.ask, query.of) == (Ask.COMPARE, Of.ALERTS)


def test_where_the_newest_has_no_clip_that_is_said(site: Site) -> None:
    answer = site.ask("give me the clip of the last fall")
    assert answer.sentences[0].text.startswith("John Smith fell")
    assert "not kept" in answer.sentences[0].text
    assert "Ana Lima fell" in answer.sentences[1].text
