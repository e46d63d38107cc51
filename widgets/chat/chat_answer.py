"""One question with its answer: sentences, clips, what else could be asked, and who planned it."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from engine.model.history.chat import ChatAnswer, ClaimStatus, Sentence, VideoClip
from widgets.chat.chat_sentence import NoteView, SentenceView
from widgets.chat.chat_words import choices_of, degraded_text, moment_text, notes_of, planner_word, status_word, tally_text, zone_named
from widgets.events.thumbnails import SIZE
from widgets.icons import icon
from widgets.layout.flow_row import FlowRow
from widgets.marks.elided_button import ElidedButton
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr
from widgets.written_text import WrittenText

MOST_CLIPS = 6
MOST_ROWS = 8  # sentences before the others are folded
_FEW_ROWS = 2  # sentences besides notes, beside which notes are shown whole


class AnswerCard(QFrame):
    """Main thread. Everything of the record is shown as plain text.

    Signals: cited(Citation, ChatAnswer); clip_wanted(VideoClip); asked(str): a question that is offered instead;
    save_wanted(ChatAnswer): its question; copy_wanted(ChatAnswer); forget_wanted(ChatAnswer).

    Args:
        site: key and name of who answered, where there are several. below: it stands below another site's answer to the same question.
    """

    cited = Signal(object, object)
    clip_wanted = Signal(object)
    asked = Signal(str)
    save_wanted = Signal(object)
    copy_wanted = Signal(object)
    forget_wanted = Signal(object)

    def __init__(
        self,
        answer: ChatAnswer,
        cameras: Mapping[str, str],
        now_ns: int,
        parent: QWidget | None = None,
        *,
        site: tuple[str, str] = ("", ""),
        below: bool = False,
    ) -> None:
        super().__init__(parent)
        self.answer, self.site = answer, site
        self._cameras, self._now_ns, self._zone = cameras, now_ns, zone_named(answer.time_zone)
        set_role(self, "panel")
        self.question = WrittenText(answer.question)
        self.question.setVisible(not below)
        self.site_name = site_label(site[1], self)
        self.sentences = [SentenceView(sentence, self._zone, now_ns, cameras) for sentence in answer.sentences]
        self.notes: list[QWidget] = []
        self.folded = rows_beyond(answer.sentences)
        self.more_rows = QPushButton(tr("{0} more").format(len(self.folded)))
        self.clips: dict[str, QToolButton] = {}
        self.choices: list[QPushButton] = []
        self.degraded = Notice(degraded_text(answer), "moderate")
        self.save_button = self._tool("tag", tr("Save this question"))
        self.copy_button = self._tool("copy", tr("Copy as markdown"))
        self.forget_button = self._tool("trash-2", tr("Forget this question and its answer"))
        self._build_card()

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = with_properties(QToolButton(), icon=icon(name), iconSize=QSize(16, 16), toolTip=plain_tip(tip), accessibleName=tip)
        set_role(button, "quiet")
        return button

    def _build_card(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(8)
        set_role(self.question, "strong")
        column.addWidget(self.question)
        column.addWidget(self.site_name)
        column.addWidget(self.degraded)
        self._add_sentences(column)
        if not self.sentences:
            column.addWidget(WrittenText(self.answer.answer))
        self._add_choices(column)
        column.addLayout(self._foot())

    def _add_sentences(self, column: QVBoxLayout) -> None:
        """The fact, notes (`notes_of`), pictures, the rows; of many the first, and a button for the others."""
        set_role(self.more_rows, "link")
        self.more_rows.setVisible(bool(self.folded))
        self.more_rows.clicked.connect(self._show_all_rows)
        notes = notes_of(self.answer)
        for number, view in enumerate(self.sentences):
            view.cited.connect(lambda citation: self.cited.emit(citation, self.answer))
            if number in notes:
                continue
            column.addWidget(view)
            if number == 0:
                self._add_notes(column, notes)
            view.setVisible(number not in self.folded)
            if self.folded and number == self.folded[-1]:
                column.addWidget(self.more_rows, alignment=Qt.AlignmentFlag.AlignLeft)

    def _add_notes(self, column: QVBoxLayout, notes: Sequence[int]) -> None:
        """Behind the fact, in one line each where rows follow that they would push down."""
        for number in notes:
            brief = len(self.sentences) - len(notes) > _FEW_ROWS
            note = NoteView(self.sentences[number]) if brief else self.sentences[number]
            self.notes.append(note)
            column.addWidget(note)
        if self.answer.clips:
            column.addWidget(self._clips())

    def _show_all_rows(self) -> None:
        self.more_rows.hide()
        for number in self.folded:
            self.sentences[number].show()

    def _clips(self) -> QWidget:
        shelf = QWidget()
        flow = FlowRow(shelf, 6)
        for clip in self.answer.clips[:MOST_CLIPS]:
            button = self._clip(clip)
            self.clips[clip.event_id] = button
            flow.addWidget(button)
        return shelf

    def _clip(self, clip: VideoClip) -> QToolButton:
        where = self._cameras.get(clip.camera_id, clip.camera_id)
        when = moment_text(clip.at_ns, self._zone, self._now_ns)
        button = with_properties(QToolButton(), icon=icon("film"), iconSize=SIZE, text=when)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setToolTip(plain_tip(f"{where}, {when}\n{tr('Play this clip on the timeline')}"))
        button.setAccessibleName(tr("Play the clip of {0}, {1}").format(where, when))
        button.clicked.connect(partial(self.clip_wanted.emit, clip))
        return button

    def _add_choices(self, column: QVBoxLayout) -> None:
        """One is told and has a button; of several each is its button."""
        choices = choices_of(self.answer)
        said = " ".join(sentence.text for sentence in self.answer.sentences)
        if len(choices) == 1 and choices[0] not in said:
            column.addWidget(WrittenText(tr("Nearest question: {0}").format(choices[0])))
        for choice in choices:
            button = ElidedButton(tr("Ask instead") if len(choices) == 1 else choice)
            button.setIcon(icon("circle-help"))
            button.setToolTip(plain_tip(choice))
            button.setAccessibleName(tr("Ask instead: {0}").format(choice))
            button.clicked.connect(partial(self.asked.emit, choice))
            self.choices.append(button)
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)

    def _foot(self) -> QHBoxLayout:
        asked = moment_text(self.answer.asked_ns, self._zone, self._now_ns)
        told = (planner_word(self.answer), asked, tally_text(self.answer.sentences))
        self.told = QLabel(" · ".join(part for part in told if part), textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        set_role(self.told, "secondary")
        self.save_button.clicked.connect(partial(self.save_wanted.emit, self.answer))
        self.copy_button.clicked.connect(partial(self.copy_wanted.emit, self.answer))
        self.forget_button.clicked.connect(partial(self.forget_wanted.emit, self.answer))
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.told, 1)
        row.addWidget(self.save_button)
        row.addWidget(self.copy_button)
        row.addWidget(self.forget_button)
        return row

    def set_thumbnail(self, event_id: str, picture: QPixmap) -> None:
        button = self.clips.get(event_id)
        if button is not None:
            button.setIcon(QIcon(picture))

    def accessible_text(self) -> str:
        """All of it in words, for screen readers."""
        said = (f"{status_word(each)}. {each.text}" if status_word(each) else each.text for each in self.answer.sentences)
        return " ".join(filter(None, (self.answer.question, self.site[1], *said)))


def rows_beyond(sentences: Sequence[Sentence]) -> range:
    """Places of the rows that are folded: what was not observed, not proven or only noted after them is always shown."""
    rows = 0
    while rows < len(sentences) and sentences[rows].status is ClaimStatus.VERIFIED and sentences[rows].citations:
        rows += 1
    return range(MOST_ROWS, rows) if rows > MOST_ROWS + 1 else range(0)


def site_label(name: str, parent: QWidget) -> ElidedLabel:
    """Whose answer stands below it; hidden where there is one site only."""
    label = ElidedLabel(name, parent)
    set_role(label, "strong")
    label.setVisible(bool(name))
    return label
