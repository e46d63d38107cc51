"""The nearest question that can be answered, on a German screen: whole, with its place and time, and asked as the engine wrote it."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.history.answers.words import Words
from engine.history.grammar.query_wording import question_of
from engine.history.names import Directory, NamedEntity, NamedKind
from engine.model.event import EventKind
from engine.model.history.chat import ChatAnswer, Sentence
from engine.model.history.query import Ask, By, Measure, Of, Query, Scope, Span, Who
from engine.model.time import SECOND
from widgets.chat.chat_answer import AnswerCard
from widgets.chat.nearest_question import nearest_question_text
from widgets.translation import WRITTEN_IN, use_language

ZONE = ZoneInfo("Europe/Stockholm")
NAMED = (
    NamedEntity(NamedKind.CAMERA, "yard", "Yard"),
    NamedEntity(NamedKind.ZONE, "z1", "Lobby and hall"),
    NamedEntity(NamedKind.PERSON, "p1", "Ada Lovelace"),
    NamedEntity(NamedKind.PERSON, "p2", "Bo Ek"),
)


def ns(day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=ZONE).timestamp()) * SECOND


DAY, HOURS = Span(ns(16), ns(17)), Span(ns(16, 7, 30), ns(16, 9))
WORDS = Words(Directory(NAMED), ZONE, ns(17))
PLACED = Scope(spans=(DAY,), kinds=(EventKind.FALL,), camera_ids=("yard",))


@pytest.fixture(autouse=True)
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (Query(Ask.COUNT, scope=PLACED), "Wie viele Stürze gab es an der Kamera Yard am 2026-11-16?"),
        (Query(Ask.COUNT, scope=PLACED, by=By.DAY), "Wie viele Stürze gab es nach Tag an der Kamera Yard am 2026-11-16?"),
        (
            Query(Ask.LAST, scope=Scope(spans=(HOURS,), person_ids=("p1",), camera_ids=("yard",), zone_ids=("z1",))),
            "Wann wurde Ada Lovelace an der Kamera Yard und in der Zone Lobby and hall "
            "zwischen 2026-11-16 07:30 und 2026-11-16 09:00 zuletzt gesehen?",
        ),
        (Query(Ask.LAST, scope=PLACED), "Wann gab es an der Kamera Yard am 2026-11-16 zuletzt Stürze?"),
        (Query(Ask.STAYS, scope=Scope(person_ids=("p1", "p2"))), "Wo war Ada Lovelace und Bo Ek?"),
        (Query(Ask.COUNT, scope=Scope(who=Who.UNKNOWN)), "Wie viele Ereignisse gab es von einer nicht identifizierten Person?"),
        (Query(Ask.LIST, scope=Scope(kinds=(EventKind.ZONE_OCCUPIED,))), "Gab es belegte Zonen, und welche?"),
        (Query(Ask.WHY_ALERT, Of.ALERTS, Scope(camera_ids=("yard",))), "Was ist der Grund für den letzten Alarm an der Kamera Yard?"),
    ],
)
def test_it_is_shown_with_its_place_and_time(query: Query, shown: str) -> None:
    assert nearest_question_text(question_of(query, WORDS)) == shown


def queries() -> Iterator[Query]:
    scopes = (
        Scope(),
        PLACED,
        Scope(person_ids=("p1",), zone_ids=("z1",), spans=(HOURS,)),
        Scope(who=Who.UNKNOWN),
        *(Scope(kinds=(kind,)) for kind in EventKind),
    )
    for scope in scopes:
        for ask in Ask:
            if ask in (Ask.WITH, Ask.ORDER) and not scope.person_ids:
                continue  # asked of somebody only
            for of in (Of.EVENTS, Of.ALERTS, Of.INCIDENTS, Of.HELD, Of.PEOPLE):
                yield Query(ask, of, scope)
        yield Query(Ask.LENGTHS, scope=scope, measure=Measure.SHORTEST)
        yield from (Query(Ask.COUNT, scope=scope, by=by) for by in By)


def test_every_question_that_the_engine_offers_has_its_german() -> None:
    offered = {question_of(query, WORDS) for query in queries()} | {"What happened today?"}
    assert len(offered) > 300
    assert sorted(each for each in offered if nearest_question_text(each) == each) == []


@pytest.mark.parametrize("text", ["How many flumox were there?", "Flumox?", "How many falls were there yesterday?", ""])
def test_what_is_not_known_to_the_last_word_stays_as_it_is(text: str) -> None:
    assert nearest_question_text(text) == text


def test_it_is_shown_in_german_and_asked_as_the_engine_wrote_it(qtbot: QtBot) -> None:
    english = question_of(Query(Ask.COUNT, scope=PLACED), WORDS)
    window = QWidget()
    qtbot.addWidget(window)
    card = AnswerCard(ChatAnswer("", "x", "", False, sentences=(Sentence("x"),), suggestion=english), {}, 0, window)
    asked: list[str] = []
    card.asked.connect(asked.append)
    card.suggestion.click()
    assert card.suggestion.accessibleName() == "Stattdessen fragen: Wie viele Stürze gab es an der Kamera Yard am 2026-11-16?"
    assert asked == [english]
