"""An answer on screen: the fact, what was not observed, the rows; and citations that can be told apart."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.model.event import EventKind
from engine.model.history.chat import ChatAnswer, Citation, CitationKind, ClaimStatus, PlannerKind, Sentence
from engine.model.time import SECOND
from widgets.chat.chat_answer import AnswerCard
from widgets.chat.chat_sentence import NoteView
from widgets.chat.chat_words import citation_texts

AT = 1_767_384_247 * SECOND  # 20:04:07 UTC
CAMERAS = {"yard": "Yard", "gate": "North gate", "long": "Loading dock behind the north wing"}
EVENT, ALERT = CitationKind.EVENT, CitationKind.ALERT
BLIND = "Not observed: the camera North gate gave no picture from 20:04 to 20:14 on Fri 2 Jan 2026."


def texts(*citations: Citation) -> tuple[str, ...]:
    return citation_texts(citations, ZoneInfo("UTC"), AT, CAMERAS)


@pytest.mark.parametrize(
    ("citations", "shown"),
    [
        ((Citation(EVENT, "a", AT, "yard"), Citation(EVENT, "b", AT, "gate")), ("Yard 20:04:07", "North gate 20:04:07")),
        (
            (Citation(EVENT, "a", AT, "yard", EventKind.MOTION), Citation(EVENT, "b", AT, "yard", EventKind.FALL)),
            ("Motion, Yard 20:04:07", "Fall detected, Yard 20:04:07"),
        ),
        ((Citation(EVENT, "a", AT, "yard"), Citation(ALERT, "b", AT, "yard")), ("Event, Yard 20:04:07", "Alert, Yard 20:04:07")),
        ((Citation(EVENT, "a", AT), Citation(EVENT, "b", AT)), ("Event 20:04:07 (1)", "Event 20:04:07 (2)")),
        ((Citation(EVENT, "a", AT, "", EventKind.FALL),), ("Fall detected 20:04:07",)),
        ((Citation(EVENT, "a", AT, "long"),), ("Loading dock behind… 20:04:07",)),
        ((Citation(CitationKind.COUNT, "{}", AT), Citation(EVENT, "a", AT, "yard")), ("Counted", "Yard 20:04:07")),
    ],
)
def test_each_citation_says_what_it_is_and_no_two_the_same(citations: tuple[Citation, ...], shown: tuple[str, ...]) -> None:
    assert texts(*citations) == shown
    assert len(set(shown)) == len(shown)


def answer(rows: int) -> ChatAnswer:
    cited = (Citation(EVENT, "ev", AT, "yard"),)
    sentences = (
        Sentence(f"There were {rows} falls.", (Citation(CitationKind.COUNT, "{}", AT),)),
        *(Sentence(f"Row {number}.", cited) for number in range(rows)),
        Sentence(BLIND, (Citation(CitationKind.SPAN, "gate@1/2", AT, "gate"),), ClaimStatus.NOT_OBSERVED),
        Sentence("“yrad” is taken for the camera Yard.", names=("Yard",)),
        Sentence("Times are in Europe/Stockholm.", names=("Europe/Stockholm",)),
    )
    return ChatAnswer("ch-1", "falls at the yrad?", "", True, time_zone="Europe/Stockholm", sentences=sentences)


def shown(qtbot: QtBot, told: ChatAnswer) -> AnswerCard:
    card = AnswerCard(told, CAMERAS, AT)
    qtbot.addWidget(card)
    card.resize(400, 900)
    card.show()
    qtbot.waitExposed(card)
    return card


def below(card: AnswerCard, widget: QWidget) -> int:
    return widget.mapTo(card, widget.rect().topLeft()).y()


def test_what_was_not_observed_is_read_before_the_rows_in_one_line(qtbot: QtBot) -> None:
    card = shown(qtbot, answer(5))
    unseen, read_as = card.notes
    assert isinstance(unseen, NoteView) and isinstance(read_as, NoteView)
    fact, first_row, zone = card.sentences[0], card.sentences[1], card.sentences[-1]
    assert below(card, fact) < below(card, unseen) < below(card, read_as) < below(card, first_row) < below(card, zone)
    assert unseen.line.isVisible() and not unseen.whole.isVisible() and unseen.line.height() < 2 * unseen.line.fontMetrics().height()
    assert unseen.line.accessibleName() == f"Not observed. {BLIND}" and unseen.line.shown_text() != BLIND
    unseen.line.click()
    assert unseen.whole.isVisible() and not unseen.line.isVisible() and unseen.whole.chips[0].text() == "North gate 21:04:07 CET"
    assert [sentence.text for sentence in card.answer.sentences][-3] == BLIND, "the answer itself stays in its order"


def test_beside_few_rows_a_note_is_whole(qtbot: QtBot) -> None:
    card = shown(qtbot, answer(0))
    assert card.notes == [card.sentences[1], card.sentences[2]] and card.sentences[1].isVisible()


def test_what_a_form_asked_is_saved_as_what_words_asked(qtbot: QtBot) -> None:
    card = shown(qtbot, replace(answer(1), planner=PlannerKind.FORM))
    with qtbot.waitSignal(card.save_wanted) as wanted:
        card.save_button.click()
    assert wanted.args == [card.answer]
