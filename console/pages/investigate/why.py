"""Why something of the past was said, or was not: the gates it went through and the evidence that adds up, from the record."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QStackedWidget, QToolButton, QWidget

from console.bridge import EngineBridge
from console.words import error_text, place_names
from engine.model.alerts.decision import Decision
from engine.model.errors import NotFound, WatchroomError
from engine.model.event import Event
from engine.model.history.replay import Different
from engine.model.history.timeline import HitKind, SearchHit
from engine.model.question import AlertPage, GetDecision, ListAlerts, ListEvents
from engine.model.question_type import Question
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from widgets.alerts.alert_words import decision_place, decision_title, outcome_word
from widgets.alerts.gate_ladder import GateLadder
from widgets.alerts.gate_words import gate_rows
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.marks.empty_state import EmptyState
from widgets.marks.status_chip import StatusChip
from widgets.people.evidence_parts import EvidenceParts
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

T = TypeVar("T")

_NEAR_NS = 60 * SECOND


class WhyOfMoment(QWidget):
    """UI thread. Only the newest that was asked for is shown; hidden until something is, and again when it is closed."""

    def __init__(self, bridge: EngineBridge, clock: Clock, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._zone = bridge, clock, zone
        self._settings = Settings()
        self._number = 0
        self.decision: Decision | None = None
        self.title, self.state = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), StatusChip()
        self.when, self.reason = (QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _ in range(2))
        self.evidence, self.ladder = EvidenceParts(), GateLadder()
        self.empty = EmptyState("circle-help", "", "")
        self._build_card()

    def _build_card(self) -> None:
        set_role(self.title, "section")
        set_role(self.when, "secondary")
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.state, alignment=Qt.AlignmentFlag.AlignTop)
        self.close_button = with_properties(QToolButton(), icon=icon("x"), toolTip=tr("Close"), accessibleName=tr("Close why"))
        set_role(self.close_button, "quiet")
        self.close_button.clicked.connect(self.hide)
        inner = QWidget()
        column = make_column(inner, spacing=10, margins=(0, 8, 6, 0))
        for widget in (self.when, self.reason, self.evidence, self.ladder):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        self._card = scroll
        self.shown = QStackedWidget()
        self._blank = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        self._blank.setWidget(self.empty)
        self.shown.addWidget(self._blank)
        self.shown.addWidget(scroll)
        head.addWidget(self.close_button, alignment=Qt.AlignmentFlag.AlignTop)
        outer = make_column(self, spacing=4, margins=(0, 6, 0, 0))
        outer.addLayout(head)
        outer.addWidget(self.shown, 1)

    def show_settings(self, settings: Settings) -> None:
        """What ids are called."""
        self._settings = settings

    # what is asked for

    def show_hit(self, hit: SearchHit) -> None:
        if hit.kind is HitKind.DECISION:
            self._ask_decision(self._begin_question(), hit.id)
        elif hit.kind is HitKind.ALERT:
            number = self._begin_question()
            self._ask_reason(number, ListAlerts(alert_id=hit.id), self._of_alert)
        elif hit.kind is HitKind.EVENT:
            self.show_event(hit.id, hit.at_ns)
        else:
            self.hide()

    def show_event(self, event_id: str, at_ns: int) -> None:
        """`at_ns`: about when it began."""
        around = ListEvents(limit=500, since_ns=at_ns - _NEAR_NS, until_ns=at_ns + _NEAR_NS)
        self._ask_reason(self._begin_question(), around, lambda number, answer: self._of_event(number, answer, event_id))

    def show_different(self, each: Different, decisions: tuple[Decision, ...] = ()) -> None:
        """`decisions`: of the runs that were compared; one that is not among them may be in the record."""
        number = self._begin_question()
        known = next((decision for decision in decisions if decision.id == each.decision_id), None)
        if known is not None:
            self.show_decision(known)
        elif not each.decision_id:
            self._show_words(each.what, tr("The re-run names no decision for this."))
        else:
            self._ask_decision(number, each.decision_id, each)

    def _begin_question(self) -> int:
        self._number += 1
        self._show_words(tr("Loading…"), "")
        return self._number

    def _ask_reason(self, number: int, question: Question[T], then: Callable[[int, T], None]) -> None:
        self._bridge.ask(question, self._receive_answer, lambda error: self._show_why_error(number, error), number, then, owner=self)

    def _receive_answer(self, number: int, then: Callable[[int, T], None], answer: T) -> None:
        if number == self._number:
            then(number, answer)

    def _of_alert(self, number: int, page: AlertPage) -> None:
        self._ask_decision(number, page.alerts[0].decision_id if page.alerts else "")

    def _of_event(self, number: int, events: tuple[Event, ...], event_id: str) -> None:
        self._ask_decision(number, next((event.decision_id for event in events if event.id == event_id), ""))

    def _ask_decision(self, number: int, decision_id: str, tried: Different | None = None) -> None:
        if not decision_id:
            self._show_words(*_removed_decision_text())
            return
        self._bridge.ask(
            GetDecision(decision_id),
            self._receive_answer,
            lambda error: self._only_tried(number, tried) if tried and isinstance(error, NotFound) else self._show_why_error(number, error),
            number,
            self._show_first_decision,
            owner=self,
        )

    def _show_first_decision(self, number: int, decision: Decision) -> None:
        self.show_decision(decision)

    def _only_tried(self, number: int, each: Different) -> None:
        if number == self._number:
            text = tr("Decided with the trial settings, so it is not in the record.")
            self._show_words(each.what, text)

    def _show_why_error(self, number: int, error: WatchroomError) -> None:
        if number == self._number:
            self._show_words(tr("Reason unknown"), error_text(error))

    # what is shown

    def show_decision(self, decision: Decision) -> None:
        self.decision = decision
        cameras = self._settings.camera_names()
        place = decision_place(decision, cameras, place_names(self._settings))
        self.show()
        self.state.show()
        self.title.setText(decision_title(decision))
        self.state.set_status(outcome_word(decision.outcome), "neutral")
        when = clock_text(decision.decided_ns, self._clock.now_ns(), self._zone)
        self.when.setText(" · ".join(part for part in (when, place) if part))
        self.reason.setText(decision.reason)
        self.reason.setVisible(bool(decision.reason))
        self.evidence.show_decision(decision, cameras)
        self.ladder.show_rows(gate_rows(decision))
        self.shown.setCurrentWidget(self._card)

    def _show_words(self, title: str, text: str) -> None:
        self.show()
        self.decision = None
        self.state.hide()
        self.title.setText(tr("Why"))
        self.empty.set_text(title, text)
        self.shown.setCurrentWidget(self._blank)


def _removed_decision_text() -> tuple[str, str]:
    return tr("Reason no longer recorded"), tr("The decision is no longer in the record.")
