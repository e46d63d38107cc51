"""Where a question is typed: a few lines, Enter asks, Shift+Enter begins a line."""

import re
from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from engine.model.history.chat import LONGEST_MESSAGE
from widgets.chat.question_suggestions import QuestionSuggestions
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr

_LINES = 4
_WORD = re.compile(r"\w+(?:['’.:-]\w+)*")
_ROOM = (QEvent.Type.ContentsRectChange, QEvent.Type.FontChange, QEvent.Type.Resize)  # edges come with the style, on the first showing


def word_at(text: str, at: int) -> str:
    """The word that a cursor at this place stands in, before or behind; empty: none."""
    return next((word[0] for word in _WORD.finditer(text) if word.start() <= at <= word.end()), "")


class QuestionEdit(QPlainTextEdit):
    """Signals: entered(): Enter without Shift. recalled(int): up (-1) or down (+1) in an empty or recalled text. room_changed(): its width,
    its font or its edges are others. cursor_moved(): to other words, or the focus came or went."""

    entered = Signal()
    recalled = Signal(int)
    room_changed = Signal()
    cursor_moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.suggestions = QuestionSuggestions(self)
        self.cursorPositionChanged.connect(self.cursor_moved)

    def unfinished_word(self) -> str:
        """The one that is being typed; empty: none."""
        return word_at(self.toPlainText(), self.textCursor().position()) if self.hasFocus() else ""

    def event(self, event: QEvent) -> bool:
        """Before Tab moves the focus."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._handle_suggestion(event):
            return True
        done = super().event(event)
        if event.type() in _ROOM:
            self.room_changed.emit()
        return done

    def _handle_suggestion(self, event: QKeyEvent) -> bool:
        return self.suggestions.isVisible() and self.suggestions.handle_key(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.suggestions.place()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.suggestions.hide()
        self.cursor_moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        one_line = self.blockCount() == 1
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.entered.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and plain and one_line:
            self.recalled.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


class QuestionBox(QWidget):
    """Main thread. Signals: asked(str), which is empty where a form is asked without words; typed(str); form_wanted(): without words;
    stopped(): nobody wants to wait any more; begun_anew(): not a follow-up any more."""

    asked = Signal(str)
    typed = Signal(str)
    form_wanted = Signal()
    stopped = Signal()
    begun_anew = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting = False
        self._has_form = False
        self._before: list[str] = []
        self._place = 0
        self.edit = QuestionEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setAccessibleName(tr("Question about the record"))
        self.send = with_properties(QToolButton(), iconSize=QSize(18, 18))
        tip = tr("Ask with a form, without words")
        self.form = with_properties(QToolButton(), icon=icon("list-filter"), iconSize=QSize(18, 18), toolTip=plain_tip(tip))
        self.form.setAccessibleName(tip)
        set_role(self.form, "quiet")
        self.trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.trouble, "error")
        self.trouble.hide()
        self._lay_out_question()
        self._connect_edit()
        self.set_follow_up(False)
        self.set_waiting(False)
        self._fit_lines()

    def _lay_out_question(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        row.addWidget(self.form, alignment=Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.send, alignment=Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.trouble)
        column.addLayout(row)

    def _connect_edit(self) -> None:
        self.edit.entered.connect(self._submit)
        self.edit.recalled.connect(self._recall)
        self.edit.textChanged.connect(self._on_text_changed)
        self.edit.room_changed.connect(self._fit_lines)
        self.send.clicked.connect(self._send_or_stop)
        self.form.clicked.connect(lambda: self.form_wanted.emit())

    def _send_or_stop(self) -> None:
        if self._waiting:
            self.stopped.emit()
        else:
            self._submit()

    def text(self) -> str:
        return self.edit.toPlainText().strip()

    def set_text(self, text: str) -> None:
        self.edit.setPlainText(text)
        self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)

    def set_follow_up(self, on: bool) -> None:
        self.edit.setPlaceholderText(tr("Ask on: “and yesterday?”") if on else tr("Who, what, where, when?"))

    def set_waiting(self, waiting: bool) -> None:
        self._waiting = waiting
        tip = tr("Stop waiting for the answer") if waiting else tr("Ask (Enter)")
        self.send.setIcon(icon("square" if waiting else "search"))
        self.send.setToolTip(plain_tip(tip))
        self.send.setAccessibleName(tip)
        self._weigh()

    def show_trouble(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def remember(self, question: str) -> None:
        """The up key brings it back."""
        self._before = [*(each for each in self._before if each != question), question][-50:]
        self._place = len(self._before)

    def _submit(self) -> None:
        if (self.text() or self._has_form) and len(self.text()) <= LONGEST_MESSAGE and not self._waiting:
            self.asked.emit(self.text())

    def _recall(self, step: int) -> None:
        if not self._before or (self.text() and self.text() not in self._before):
            return
        self._place = min(max(self._place + step, 0), len(self._before))
        self.set_text(self._before[self._place] if self._place < len(self._before) else "")

    def _on_text_changed(self) -> None:
        too_long = len(self.text()) - LONGEST_MESSAGE
        self.show_trouble(tr("Too long by {0} characters.").format(too_long) if too_long > 0 else "")
        self._fit_lines()
        self._weigh()
        self.typed.emit(self.text())

    def set_has_form(self, has_form: bool) -> None:
        """Whether something can be asked without words."""
        self._has_form = has_form
        self._weigh()

    def _weigh(self) -> None:
        self.send.setEnabled(self._waiting or (0 if self._has_form else 1) <= len(self.text()) <= LONGEST_MESSAGE)

    def _fit_lines(self) -> None:
        lines = min(max(int(self.edit.document().size().height()), 1), _LINES)
        more = Qt.ScrollBarPolicy.ScrollBarAsNeeded if lines == _LINES else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.edit.setVerticalScrollBarPolicy(more)
        self.edit.setFixedHeight(self._height_of(lines))

    def _height_of(self, lines: int) -> int:
        """Pixels, with the edges. A line of a document is higher than the font's metrics say."""
        first, margin, edges = self.edit.document().firstBlock(), self.edit.document().documentMargin(), self.edit.contentsMargins()
        line = (self.edit.blockBoundingRect(first).height() - margin) / max(first.layout().lineCount(), 1)
        return ceil(lines * line + 2 * margin) + 1 + edges.top() + edges.bottom()  # one more, or it could be scrolled
