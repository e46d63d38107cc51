"""Questions about the record and their answers, one below the other, with the box for the next."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.model.history.chat import ChatAnswer
from widgets.chat.chat_answer import AnswerCard
from widgets.chat.chat_question import QuestionBox
from widgets.chat.chat_trouble import SiteTrouble
from widgets.chat.query_chips import QueryChips
from widgets.fields.choices import replace_choices
from widgets.fields.elided_combo import ElidedCombo
from widgets.icons import icon, show_icon
from widgets.marks.elided_button import ElidedButton
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr
from widgets.written_text import WrittenText

MOST_CARDS = 60
_WIDTH = 320
_SETTLE_MS = 400  # in which what was added is laid out


class ChatPane(QFrame):
    """Main thread. It knows nobody: what is asked is told by signals, what is answered is shown by its methods.

    Signals:
        asked(str): a question. asked_at(key, str): a question for one site. stopped(): nobody waits any more. begun_anew(): the next
        one follows on from none. target_chosen(key): whom questions are for; empty: all sites.
        cited(Citation, ChatAnswer); clip_wanted(VideoClip); save_wanted(ChatAnswer); copy_wanted(ChatAnswer); forget_wanted(ChatAnswer).
        closed(): the pane is not wanted on screen.
    """

    asked = Signal(str)
    asked_at = Signal(str, str)
    target_chosen = Signal(str)
    stopped = Signal()
    begun_anew = Signal()
    cited = Signal(object, object)
    clip_wanted = Signal(object)
    save_wanted = Signal(object)
    copy_wanted = Signal(object)
    forget_wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chat")
        self.setMinimumWidth(_WIDTH)
        self.setAccessibleName(tr("Ask the record"))
        self._cameras: Mapping[str, str] = {}
        self.cards: list[AnswerCard] = []
        self.troubles: list[SiteTrouble] = []
        self.target = ElidedCombo()
        self.examples: list[QPushButton] = []
        self.box = QuestionBox()
        self.chips = QueryChips()
        self.new_button = self._tool("plus", tr("New conversation"))
        self.more_button = self._tool("settings", tr("History, export and settings"))
        self.close_button = self._tool("x", tr("Close (Ctrl+/)"))
        self.menu = QMenu(self.more_button)
        self.more_button.setMenu(self.menu)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.waiting = _Waiting()
        self.zone_note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._stack = QStackedWidget()
        self._build_pane()
        self._connect_pane()

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = with_properties(QToolButton(), icon=icon(name), iconSize=QSize(18, 18), toolTip=plain_tip(tip), accessibleName=tip)
        set_role(button, "quiet")
        return button

    def _build_pane(self) -> None:
        title = QLabel(tr("Ask the record"))
        set_role(title, "section")
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(title, 1)
        for button in (self.new_button, self.more_button, self.close_button):
            head.addWidget(button)
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self._talk())
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        set_role(self.zone_note, "secondary")
        self.zone_note.hide()
        column.addWidget(self.target)
        column.addWidget(self.chips)
        column.addWidget(self.box)
        column.addWidget(self.zone_note)
        self.target.setAccessibleName(tr("Site to ask"))
        self.target.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.target.addItem(tr("Ask all sites shown"), "")
        self.target.hide()

    def _empty(self) -> QWidget:
        page = QWidget()
        mark = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        show_icon(mark, "message-square", 40)
        lead = QLabel(
            tr("Ask what the record knows. Every sentence of an answer names what it rests on, and is checked against it."),
            wordWrap=True,
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        set_role(lead, "secondary")
        self._examples = QVBoxLayout()
        self._examples.setSpacing(6)
        column = QVBoxLayout(page)
        column.addStretch(2)
        column.addWidget(mark)
        column.addWidget(lead)
        column.addSpacing(12)
        column.addLayout(self._examples)
        column.addStretch(3)
        return page

    def _talk(self) -> QScrollArea:
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 4, 0)
        self._list.setSpacing(10)
        self._list.addWidget(self.waiting)
        self._list.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._list)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        self.area.verticalScrollBar().rangeChanged.connect(lambda *_: self._scroll() if self._settling.isActive() else None)
        self.area.setAccessibleName(tr("Questions and answers"))
        return self.area

    def _connect_pane(self) -> None:
        self.box.edit.suggestions.leave_uncovered(self.chips)
        self.box.asked.connect(self.asked)
        self.box.stopped.connect(self.stopped)
        self.new_button.clicked.connect(self.start_new_chat)
        self.close_button.clicked.connect(self.closed)
        self._settling.timeout.connect(self._scroll)
        self.target.activated.connect(lambda _: self.target_chosen.emit(self.target_key()))

    # whom, and what may be asked

    def target_key(self) -> str:
        """Of the site that is asked; empty: all that are shown."""
        return str(self.target.currentData() or "")

    def set_targets(self, names: Mapping[str, str]) -> None:
        """What each site is called that can be asked, by key. Less than two: there is nothing to choose."""
        replace_choices(self.target, names)
        self.target.setVisible(len(names) > 1)

    def choose_target(self, key: str) -> None:
        self.target.setCurrentIndex(max(0, self.target.findData(key)))

    def set_cameras(self, cameras: Mapping[str, str]) -> None:
        """Names by id."""
        self._cameras = cameras

    def set_zone(self, name: str) -> None:
        """Whose midnights part the days of questions and answers: an IANA name; empty: each site has its own."""
        known = tr("Days and times as in {0}").format(name.replace("_", " "))
        self.zone_note.setText(known if name else tr("Days and times as at each site"))
        self.zone_note.show()

    def set_examples(self, questions: tuple[str, ...]) -> None:
        if tuple(self.example_texts()) == questions:
            return
        for old in self.examples:
            old.hide()
            old.deleteLater()
        self.examples = [self._example(text) for text in questions]
        for button in self.examples:
            self._examples.addWidget(button)

    def example_texts(self) -> list[str]:
        return [str(button.property("question")) for button in self.examples]

    def _example(self, text: str) -> QPushButton:
        button = ElidedButton(text)
        button.setProperty("question", text)
        button.setToolTip(plain_tip(text))
        button.setStyleSheet("text-align: left; font-weight: 400;")
        button.setAccessibleName(tr("Ask: {0}").format(text))
        button.clicked.connect(partial(self.asked.emit, text))
        return button

    # what is asked and answered

    def show_waiting(self, question: str) -> None:
        self.box.remember(question)
        self.box.set_text("")
        self.box.show_trouble("")
        self.box.set_waiting(True)
        self.waiting.begin_waiting(question)
        self._stack.setCurrentIndex(1)
        self._to_end()

    def end_waiting(self) -> None:
        self.waiting.end_waiting()
        self.box.set_waiting(False)
        if not self.cards and not self.troubles:
            self._stack.setCurrentIndex(0)

    def show_answer(
        self, answer: ChatAnswer, now_ns: int, site: tuple[str, str] = ("", ""), awaited: tuple[str, ...] = (), below: bool = False
    ) -> AnswerCard:
        """`site`: key and name of who answered. awaited: names of the sites whose answers are still to come. below: it stands below
        another site's to the same question."""
        if awaited:
            self.waiting.name_sites(awaited)
        else:
            self.end_waiting()
        card = self._card(answer, now_ns, site, below)
        self.cards.append(card)
        self._list.insertWidget(self._list.indexOf(self.waiting), card)
        self._stack.setCurrentIndex(1)
        self.box.set_follow_up(True)
        while len(self.cards) > MOST_CARDS:
            self._remove_card(self.cards[0])
        self._to_end()
        return card

    def show_site_trouble(self, site: str, text: str) -> None:
        """Why that site did not answer, once nobody's answer is to come any more."""
        self.end_waiting()
        trouble = SiteTrouble(site, text)
        self.troubles.append(trouble)
        self._list.insertWidget(self._list.indexOf(self.waiting), trouble)
        self._stack.setCurrentIndex(1)
        while len(self.troubles) > MOST_CARDS:
            self._remove_trouble(self.troubles[0])
        self._to_end()

    def show_trouble(self, text: str, question: str = "") -> None:
        """It was not answered; the question stands in the box again."""
        self.end_waiting()
        if question and not self.box.text():
            self.box.set_text(question)
        self.box.show_trouble(text)

    def show_history(self, answers: tuple[ChatAnswer, ...], now_ns: int, site: tuple[str, str] = ("", "")) -> None:
        """Of before, oldest first, instead of what is shown. Nothing follows on from them unless it is asked for."""
        self.clear()
        for answer in answers:
            self.show_answer(answer, now_ns, site)
            self.box.remember(answer.question)
        self.box.set_follow_up(bool(answers))

    def remove_answer(self, answer_id: str) -> None:
        for card in [card for card in self.cards if card.answer.id == answer_id]:
            self._remove_card(card)
        if not self.cards:
            self.clear()

    def start_new_chat(self) -> None:
        self.clear()
        self.begun_anew.emit()
        self.box.edit.setFocus()

    def clear(self) -> None:
        while self.cards:
            self._remove_card(self.cards[-1])
        while self.troubles:
            self._remove_trouble(self.troubles[-1])
        self.box.set_follow_up(False)
        if not self.waiting.on:
            self._stack.setCurrentIndex(0)

    def set_thumbnail(self, event_id: str, picture: QPixmap) -> None:
        for card in self.cards:
            card.set_thumbnail(event_id, picture)

    def _card(self, answer: ChatAnswer, now_ns: int, site: tuple[str, str], below: bool) -> AnswerCard:
        card = AnswerCard(answer, self._cameras, now_ns, site=site, below=below)
        card.cited.connect(self.cited)
        card.clip_wanted.connect(self.clip_wanted)
        card.asked.connect(partial(self.asked_at.emit, site[0]) if site[0] else self.asked)
        card.save_wanted.connect(self.save_wanted)
        card.copy_wanted.connect(self.copy_wanted)
        card.forget_wanted.connect(self.forget_wanted)
        card.setAccessibleName(card.accessible_text())
        return card

    def _remove_trouble(self, trouble: SiteTrouble) -> None:
        self.troubles.remove(trouble)
        self._list.removeWidget(trouble)
        trouble.hide()
        trouble.deleteLater()

    def _remove_card(self, card: AnswerCard) -> None:
        self.cards.remove(card)
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.area.widget()
        if inside is not None:
            inside.setMaximumWidth(self.area.viewport().width())

    def _to_end(self) -> None:
        """Once it is laid out: the newest question is at the top of what is seen, or the end is."""
        self._settling.start()
        self._scroll()

    def _scroll(self) -> None:
        self._list.activate()  # a card that is not laid out yet is at 0
        bar = self.area.verticalScrollBar()
        shown: QWidget | None = self.waiting if self.waiting.on else (self.cards[-1] if self.cards else None)
        if shown is not None:
            bar.setValue(min(bar.maximum(), shown.y()))


class _Waiting(QFrame):
    """What was asked, while it is looked up."""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "panel")
        self.on = False
        self.question = WrittenText()
        set_role(self.question, "strong")
        self.told = QLabel("", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.told, "secondary")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(tr("The record is being asked"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        for part in (self.question, self.told, self.bar):
            column.addWidget(part)
        self.hide()

    def begin_waiting(self, question: str) -> None:
        self.on = True
        self.question.set_written(question)
        self.question.show()
        self.told.setText(tr("Looking into the record, then checking each sentence…"))
        self.show()

    def name_sites(self, names: tuple[str, ...]) -> None:
        """Who has not answered yet; the question stands above the answers that are there."""
        self.question.hide()
        self.told.setText(tr("Still to answer: {0}").format(", ".join(names)))

    def end_waiting(self) -> None:
        self.on = False
        self.hide()
