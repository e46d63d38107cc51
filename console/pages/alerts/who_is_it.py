"""The question who somebody is, over the events: answered with one click while they are in view."""

from collections.abc import Callable
from typing import TypeVarTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QWidget

from console.actions.people_actions import PeopleActions
from console.words import permit
from engine.model.accounts.access import Session, Verb
from engine.model.event import Event, EventKind
from engine.model.people.person import Person
from engine.model.radio.fused import AssertionKind, SourceKind
from engine.model.snapshot import Snapshot
from engine.model.value_class import dataclass
from widgets.engine_text import translate_engine_text
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.marks.elided_button import ElidedButton
from widgets.number_text import number_text
from widgets.signals import on
from widgets.theme import set_role

A = TypeVarTuple("A")
_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """`alike`: cosine of the two faces; of a name that was heard, how sure the recogniser is."""

    person: Person
    alike: float


@dataclass(frozen=True, slots=True)
class IdentityQuestion:
    """`fused_id`: whom the answer names; `candidates`: whom the face could be."""

    event: Event
    fused_id: str
    candidates: tuple[Candidate, ...]


def newest_identity_question(snapshot: Snapshot, dismissed: frozenset[str]) -> IdentityQuestion | None:
    """The newest question that can still be answered: they are followed, and nobody said who they are."""
    people = snapshot.people
    named = {track_id for track_id, identity in people.names if identity.person_id}
    for event in snapshot.events:
        if event.kind is not EventKind.WHO_IS_IT or event.ended_ns is not None or event.id in dismissed or event.subject_id in named:
            continue
        fused = people.fused.of_source(SourceKind.CAMERA, event.subject_id) if people.fused is not None else None
        if fused is not None:
            return IdentityQuestion(event, fused.id, candidates_of(event, people.persons))
    return None


def candidates_of(event: Event, persons: tuple[Person, ...]) -> tuple[Candidate, ...]:
    """Whom it could be, best first; those who were erased or merged meanwhile are left out."""
    known = {person.id: person for person in persons}
    return tuple(Candidate(known[person_id], alike) for person_id, alike in event.candidates if person_id in known)[:_OFFERED]


class WhoIsIt(QFrame):
    """UI thread. Hidden while nothing is asked."""

    def __init__(self, actions: PeopleActions, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions, self._session = actions, session
        self._asked: IdentityQuestion | None = None
        self._dismissed: frozenset[str] = frozenset()
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.reason = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self, "raised")
        set_role(self.title, "section")
        set_role(self.reason, "secondary")
        self.answers = QGridLayout()
        self.answers.setSpacing(6)
        self.answers.setColumnStretch(0, 3)  # "Somebody else…" is the longer one
        self.answers.setColumnStretch(1, 2)
        self.buttons: list[QPushButton] = []
        column = make_column(self, spacing=6, margins=(8, 8, 8, 8))
        for part in (self.title, self.reason):
            column.addWidget(part)
        column.addLayout(self.answers)
        self.hide()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._dismissed &= frozenset(event.id for event in snapshot.events)
        question = newest_identity_question(snapshot, self._dismissed)
        if question == self._asked:
            return
        self._asked = question
        self.setVisible(question is not None)
        if question is not None:
            camera = snapshot.settings.camera(question.event.camera_id)
            self._show_question(question, camera.name if camera is not None else question.event.camera_id)

    def _show_question(self, question: IdentityQuestion, camera: str) -> None:
        simulated = self.tr(" (simulated)") if question.event.simulated else ""
        self.title.setText(self.tr("Who is it? {0}{1}").format(camera, simulated))
        self.reason.setText(translate_engine_text(question.event.reason))
        self.reason.setVisible(bool(question.event.reason))
        self._clear()
        for row, each in enumerate(question.candidates):
            person_id = each.person.id
            heard = question.event.named_by is AssertionKind.VOICE
            words = self.tr("{0}, whose name may have been said") if heard else self.tr("{0}, whose face is {1} alike")
            tip = words.format(each.person.name, number_text(each.alike, ".2f"))
            self.answers.addWidget(self._choice(each.person.name, self._answer, person_id, icon_name="user", tip=tip), row, 0, 1, 2)
        last = len(question.candidates)
        self.answers.addWidget(self._choice(self.tr("Somebody else…"), self._other), last, 0)
        self.answers.addWidget(self._choice(self.tr("Not now"), self.dismiss), last, 1)

    def _clear(self) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []

    def _choice(self, text: str, act: Callable[[*A], None], *about: *A, icon_name: str = "", tip: str = "") -> QPushButton:
        button = ElidedButton(text, self)
        if icon_name:
            button.setIcon(icon(icon_name))
        on(button.clicked, act, *about)
        permit(button, self._session, Verb.ACKNOWLEDGE, tip or text)
        self.buttons.append(button)
        return button

    def _answer(self, person_id: str) -> None:
        if self._asked is not None:
            self._actions.name_track(self._asked.fused_id, person_id)
            self.dismiss()

    def _other(self) -> None:
        if self._asked is not None:
            self._actions.name_other(self._asked.fused_id)

    def dismiss(self) -> None:
        """Asked no more; the event stays in the list."""
        if self._asked is not None:
            self._dismissed |= {self._asked.event.id}
            self._asked = None
            self.hide()
