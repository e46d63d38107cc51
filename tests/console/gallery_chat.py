"""The chat for the gallery."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.event import EventKind
from engine.model.history.chat import ChatAnswer, ChatState, Citation, CitationKind, ClaimStatus, Sentence
from engine.model.history.plan import PlannedQuery, QuestionPlan
from engine.model.history.query import Ask, By, Query, Scope, Who
from tests.fakes.chats import full_answer
from tests.fakes.engine import FakeEngine

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from console.window import MainWindow


PLAN = QuestionPlan(
    (PlannedQuery(Query(Ask.COUNT, scope=Scope(kinds=(EventKind.FALL,), camera_ids=("yard",), who=Who.KNOWN), by=By.CAMERA, least=2)),),
    ("purple",),
)


def many_rows(at_ns: int) -> ChatAnswer:
    """Of one moment, with a name that was mistyped, and a stretch in which a camera saw nothing."""
    told = full_answer(at_ns)
    cited = tuple(
        Citation(CitationKind.EVENT, f"ev-{kind}", at_ns, "yard", kind) for kind in (EventKind.FALL, EventKind.PERSON, EventKind.MOTION)
    )
    alert = Citation(CitationKind.ALERT, "al-1", at_ns, "yard")
    unseen = next(each for each in told.sentences if each.status is ClaimStatus.NOT_OBSERVED)
    rows = tuple(Sentence(f"Fall detected at Yard, at 20:0{number} on Fri 2 Jan 2026.", cited[:1]) for number in range(6))
    read_as = Sentence("“yrad” is taken for the camera Yard.", names=("Yard",))
    return replace(told, sentences=(Sentence("There were 6 falls at Yard.", (*cited, alert)), *rows, unseen, read_as, told.sentences[-1]))


class ChatGallery:
    window: "Callable[..., MainWindow]"
    save: "Callable[[QWidget, str], None]"

    def show_chat(self) -> None:
        from PySide6.QtTest import QTest

        from tests.console.gallery import settle, wait
        from tests.console.gallery_sites import site

        engine: FakeEngine = site()
        event = engine.events[3]
        question = "When was Ada last seen, and was anybody else at the yard?"
        told = full_answer(event.started_ns, event.id, "clip-1", event.camera_id)
        engine.chats.answers[question] = replace(told, degraded_reason="The language model did not answer in time.")
        with engine.running():
            window = self.window(engine)
            settle(1)
            window.chat.focus_question()
            settle(1)
            self.save(window, "chat-empty")
            gate = engine.hold("ask")
            dock = window.chat.dock
            dock.ask(question)
            settle(0.3)
            self.save(window, "chat-waiting")
            gate.set()
            wait(lambda: bool(dock.pane.cards))
            settle(1)
            self.save(window, "chat-answer")
            engine.chats.answers["falls at the yrad?"] = many_rows(event.started_ns)
            dock.ask("falls at the yrad?")
            wait(lambda: len(dock.pane.cards) == 2)
            settle(1)
            self.save(window, "chat-many-rows")
            dock.ask("flumox the yard")
            wait(lambda: len(dock.pane.cards) == 3)
            self.save(window, "chat-not-understood")
            engine.chats.plans["falls in the purple yard today"] = PLAN
            dock.pane.box.set_text("falls in the purple yard today")
            wait(lambda: bool(dock.pane.chips.buttons))
            settle(0.5)
            self.save(window, "chat-chips")
            dock.pane.box.set_text("")
            engine.chats.plans["falls at cam"] = PLAN
            QTest.keyClicks(dock.pane.box.edit, "falls at cam")
            wait(lambda: bool(dock.pane.chips.buttons))
            self.save(window, "chat-suggestions")
            dock.pane.box.set_text(
                "who was in the loading dock or at the north gate between nine and ten, and how long did they stay there"
            )
            self.save(dock.pane.box, "chat-long-question")
            dock.pane.box.set_text("")
            history = dock.open_history()
            settle(0.5)
            self.save(history, "chat-history")
            history.close()
            engine.chats.state = ChatState("store", 12, 0.0431)
            settings = dock.open_settings()
            settings.agree.setChecked(True)
            settle(0.5)
            self.save(settings, "chat-settings")
            settings.test.click()
            settle(0.5)
            self.save(settings, "chat-settings-tested")
            settings.close()
            dock.pane.cards[0].sentences[0].chips[0].click()
            settle(2)
            self.save(window, "chat-jumped")
            window.resize(1024, 640)
            self.save(window, "chat-small-window")
            window.close()
