"""What all dialogs share: a heading, a body, one line for what went wrong, and buttons with verbs on them."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QLabel, QLayout, QLineEdit, QPlainTextEdit, QPushButton, QScrollArea, QTextEdit, QVBoxLayout, QWidget

from console.dialogs.choice_marks import Choice, ChoiceMarks
from console.words import error_text, field_of, sentence
from engine.model.errors import InputError, WatchroomError
from engine.model.value_class import dataclass
from widgets.fields.form import FieldGroup
from widgets.layout.boxes import make_column, make_row
from widgets.layout.enlarging import enlarge
from widgets.layout.fitting_scroll import FittingScroll
from widgets.layout.room_above import room_above
from widgets.marks.elided_label import ElidedLabel
from widgets.theme import set_role
from widgets.translation import tr

D = TypeVar("D", bound=QDialog)
_AROUND = QSize(80, 260)  # pixels of a dialog beside its body, and of the screen beside that
_TITLE_BAR = 40  # pixels, about
_SITE_WIDTH = 360  # pixels of the name of a site, where the dialog has no width of its own
_TROUBLE_LINES = 44  # pixels kept for an error above the buttons


@dataclass(frozen=True, slots=True)
class LeaveQuestion:
    """What is asked before a dialog is left. `action`: the button that leaves it all the same; `keep`: the one that stays."""

    title: str
    consequences: str
    action: str
    keep: str


class FramedDialog(QDialog):
    """Build the body with `body.addWidget`, the buttons with `add_button`.

    `SCROLLS`: the body is long; it scrolls where the screen has no room for it, or the text is large.
    `TEXT_IS_WORK`: typed text is not discarded by Escape or the window's close button without a question.
    `CHOICES_ARE_WORK`: nor is a choice of a list or a tick. A SavingDialog has it; set it in other dialogs that save choices with a
    button. In one that saves each choice at once, or whose lists only filter, it stays off.
    """

    SCROLLS = False
    TEXT_IS_WORK = True
    CHOICES_ARE_WORK = False

    def __init__(self, title: str, lead: str = "", width: int = 0, parent: QWidget | None = None) -> None:
        """`width`: the dialog is that wide and always as high as what it says needs; 0: it can be resized."""
        super().__init__(parent)
        if parent is None:
            _keep_until_deleted(self)
        self._choice_marks = ChoiceMarks()
        self.setWindowTitle(title)
        self._column = make_column(self, margins=(24, 24, 24, 16))
        if width:
            self._column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self._column.setSpacing(16)
        self.heading = _label(title, "page")
        self.heading.setMinimumWidth(max(0, width - 48))
        self._column.addWidget(self.heading)
        if lead:
            self._column.addSpacing(-8)
            self._column.addWidget(_label(lead, "secondary"))
        self.body = make_column(spacing=12)
        self._scrolls = self.SCROLLS
        if self.SCROLLS:
            self._column.addWidget(_scrolling(self.body, max(0, width - 48), _AROUND), 1)
        else:
            self._column.addLayout(self.body, 1)
        self.trouble = _label("", "error")
        self.trouble.setAccessibleName(self.tr("What went wrong"))
        self.trouble.hide()
        self._column.addWidget(self.trouble)
        self._buttons = make_row(spacing=8)
        self._buttons.addStretch()
        self._column.addLayout(self._buttons)

    def show_site(self, name: str) -> None:
        """Whose matter it is, where there are several sites."""
        self.setWindowTitle(f"{self.windowTitle()} – {name}")
        label = ElidedLabel(name, self)
        label.setAccessibleName(self.tr("Site {0}").format(name))
        set_role(label, "secondary")
        label.setMaximumWidth(max(self.heading.minimumWidth(), _SITE_WIDTH))
        self._column.insertWidget(0, label)
        self._column.insertSpacing(1, -12)

    def showEvent(self, event: QShowEvent) -> None:
        """Everything is built by now."""
        enlarge(self)
        self._grow()
        super().showEvent(event)

    def setVisible(self, visible: bool) -> None:
        if visible:
            self._keep_on_screen()
            self._keep_enter()
            if self.CHOICES_ARE_WORK:
                self._choice_marks.watch(self)
        super().setVisible(visible)

    def event(self, event: QEvent) -> bool:
        """What a dialog shows grows: an error, the next step, another tab."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self._keep_on_screen()
        return done

    # On screen

    def _keep_on_screen(self) -> None:
        """Where the screen has no room for the body, it scrolls, whatever it holds: the buttons stay on screen."""
        if self._scrolls or not self._needs_more_than(self._room()):
            return
        focus = self.focusWidget()
        least = self._column.totalMinimumSize().width()
        place = self._column.indexOf(self.body)
        self._column.takeAt(place)
        beside = max(self._column.totalMinimumSize().height(), self._column.totalHeightForWidth(self._column.totalSizeHint().width()))
        rest = beside - room_above(self) + _TITLE_BAR + _TROUBLE_LINES
        around = QSize(_AROUND.width(), min(_AROUND.height(), rest))
        scroll = _scrolling(self.body, self.heading.minimumWidth(), around, self)
        self._column.insertWidget(place, scroll, 1)
        scroll.show()  # a layout shows what it is given with the next turn: an open dialog would stand empty until then
        self._scrolls = True
        self._column.activate()
        wide = QSize(least + scroll.bar_room(), 0)  # otherwise it scrolls to the side as well, by the width of its bar
        self.resize(self.size().expandedTo(wide).boundedTo(self._room()))  # the layout has made it as large as the body wanted
        if focus is not None:
            focus.setFocus()

    def _needs_more_than(self, room: QSize) -> bool:
        if self._column.sizeConstraint() is QLayout.SizeConstraint.SetFixedSize:
            wanted = self._column.totalSizeHint()
            return max(wanted.height(), self._column.totalHeightForWidth(wanted.width())) > room.height()
        least = self._column.totalMinimumSize()
        height = self._column.totalMinimumHeightForWidth(max(least.width(), min(self.width(), room.width())))
        return least.width() > room.width() or max(least.height(), height) > room.height()

    def _keep_enter(self) -> None:
        """Enter presses the default button of the dialog, not whichever button comes first in it."""
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)

    def _room(self) -> QSize:
        return self.screen().availableSize() - QSize(0, _TITLE_BAR)

    # Leaving

    def leave_question(self) -> LeaveQuestion | None:
        """What is asked on Escape and on the window's close button; None: nothing would be lost."""
        if not self.has_unsaved_work():
            return None
        return LeaveQuestion(tr("Discard your changes?"), tr("Your changes have not been saved."), tr("&Discard"), tr("&Keep editing"))

    def has_unsaved_work(self) -> bool:
        """Override where more than text is work, such as a drawing."""
        return (self.TEXT_IS_WORK and _has_typed_text(self)) or self._choice_marks.changed()

    def mark_saved(self) -> None:
        """What the fields hold now is saved, and the dialog stays open: leaving asks only about later changes."""
        self._choice_marks.accept_all()
        for line in self.findChildren(QLineEdit):
            line.setModified(False)
        for text in (*self.findChildren(QPlainTextEdit), *self.findChildren(QTextEdit)):
            text.document().setModified(False)

    def exclude_choice(self, choice: Choice) -> None:
        """It is no work: a button beside it acts on it at once."""
        self._choice_marks.exclude(choice)

    def leave(self) -> None:
        """Reject it, after the question where there is one."""
        question = self.leave_question()
        if question is None:
            self.reject()
            return
        from console.dialogs.confirm import ConfirmDialog  # a dialog of this kind itself

        ask = ConfirmDialog(question.title, question.consequences, question.action, self, keep=question.keep)
        ask.accepted.connect(self.reject)
        open_dialog(ask)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """`spontaneous`: the user closed it, not the program."""
        if event.spontaneous() and self.leave_question() is not None:
            event.ignore()
            self.leave()
        else:
            super().closeEvent(event)

    def _grow(self) -> None:
        """A height that was given in pixels is too low for large text, or for long lines of another language."""
        if self._column.sizeConstraint() is QLayout.SizeConstraint.SetFixedSize:
            return
        wanted = self._column.totalHeightForWidth if self.SCROLLS else self._column.totalMinimumHeightForWidth
        self.resize(QSize(self.width(), max(self.height(), wanted(self.width()))).boundedTo(self._room()))

    def add_labelled(self, text: str, field: QWidget, note: QWidget | None = None) -> None:
        """Below what is in the body: a label, and close below it what it names, and what is said of that."""
        label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(field)
        pair = make_column(spacing=4)
        pair.addWidget(label)
        pair.addWidget(field)
        if note is not None:
            pair.addWidget(note)
        self.body.addLayout(pair)

    def add_button(self, text: str, role: str = "", at_left: bool = False) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        if role:
            set_role(button, role)
        if at_left:
            self._buttons.insertWidget(0, button)
        else:
            self._buttons.addWidget(button)
        return button

    def add_cancel(self, text: str = "") -> QPushButton:
        button = self.add_button(text or self.tr("&Cancel"))
        button.clicked.connect(self.reject)
        return button

    def bring_to_view(self, widget: QWidget) -> None:
        """Where the body scrolls, to `widget`, once what has just come is laid out."""
        QTimer.singleShot(0, widget, lambda: _scroll_to(widget))

    def show_trouble(self, text: str) -> None:
        """One sentence above the buttons; empty takes it away."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def show_error(self, error: WatchroomError, fields: FieldGroup | None = None) -> None:
        """Below the field that it is about where there is one, otherwise above the buttons."""
        if isinstance(error, InputError) and fields is not None and fields.show_error(field_of(error), sentence(error.message)):
            return
        self.show_trouble(error_text(error))


def _has_typed_text(dialog: QDialog) -> bool:
    """Text by the user's own keys: Qt marks a field as modified for no other. Passwords are no work."""
    lines = (line for line in dialog.findChildren(QLineEdit) if line.echoMode() is QLineEdit.EchoMode.Normal)
    if any(line.isModified() and line.text().strip() and not line.isReadOnly() for line in lines):
        return True
    texts = (*dialog.findChildren(QPlainTextEdit), *dialog.findChildren(QTextEdit))
    return any(text.document().isModified() and text.toPlainText().strip() and not text.isReadOnly() for text in texts)


_KEPT: dict[int, QDialog] = {}
"""Dialogs without a parent, until Qt has deleted them."""


def _keep_until_deleted(dialog: QDialog) -> None:
    """Only Qt deletes a dialog.

    A dialog refers to itself through its handlers, so Python would delete it in a collection of cycles: widget by widget, in no
    particular order. A scroll area and what it holds do not survive that.
    """
    _KEPT[id(dialog)] = dialog
    dialog.destroyed.connect(partial(_KEPT.pop, id(dialog), None))


def open_dialog(dialog: D) -> D:
    """It is gone once it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def open_new(make: Callable[..., QDialog], *about: object) -> None:
    """A dialog that is made once it is wanted."""
    open_dialog(make(*about))


class _Body(QWidget):
    """What scrolls is no higher than it must be: lists and texts in it get lower first."""

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.totalMinimumHeightForWidth(width) if layout is not None else -1


def _scrolling(body: QVBoxLayout, width: int, around: QSize, parent: QWidget | None = None) -> FittingScroll:
    content = _Body(parent)
    content.setLayout(body)
    content.setMinimumWidth(width)
    body.setContentsMargins(0, 0, 0, 0)
    return FittingScroll(content, around, parent)


def _scroll_to(widget: QWidget) -> None:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, role)
    return label
