"""What all dialogs share: a heading, a body, one line for what went wrong, and buttons with verbs on them."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLabel, QLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.words import error_text, field_of, sentence
from engine.model.errors import InputError, WatchroomError
from widgets.fields.form import FieldGroup
from widgets.layout.boxes import make_column, make_row
from widgets.layout.enlarging import enlarge
from widgets.layout.fitting_scroll import FittingScroll
from widgets.theme import set_role

D = TypeVar("D", bound=QDialog)
_AROUND = QSize(80, 260)  # pixels of a dialog beside its body, and of the screen beside that
_TITLE_BAR = 40  # pixels, about


class FramedDialog(QDialog):
    """Build the body with `body.addWidget`, the buttons with `add_button`.

    `SCROLLS`: the body is long; it scrolls where the screen has no room for it, or the text is large.
    """

    SCROLLS = False

    def __init__(self, title: str, lead: str = "", width: int = 0, parent: QWidget | None = None) -> None:
        """`width`: the dialog is that wide and always as high as what it says needs; 0: it can be resized."""
        super().__init__(parent)
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
        if self.SCROLLS:
            self._column.addWidget(_scrolling(self.body, max(0, width - 48)), 1)
        else:
            self._column.addLayout(self.body, 1)
        self.trouble = _label("", "error")
        self.trouble.setAccessibleName(self.tr("What went wrong"))
        self.trouble.hide()
        self._column.addWidget(self.trouble)
        self._buttons = make_row(spacing=8)
        self._buttons.addStretch()
        self._column.addLayout(self._buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """Everything is built by now."""
        enlarge(self)
        self._grow()
        super().showEvent(event)

    def _grow(self) -> None:
        """A height that was given in pixels is too low for large text, or for long lines of another language."""
        wanted = self._column.totalHeightForWidth if self.SCROLLS else self._column.totalMinimumHeightForWidth
        room = self.screen().availableSize().height() - _TITLE_BAR
        if self._column.sizeConstraint() is not QLayout.SizeConstraint.SetFixedSize:
            self.resize(self.width(), max(self.height(), min(wanted(self.width()), room)))

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


def open_dialog(dialog: D) -> D:
    """It is gone once it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def open_new(make: Callable[..., QDialog], *about: object) -> None:
    """A dialog that is made once it is wanted."""
    open_dialog(make(*about))


def _scrolling(body: QVBoxLayout, width: int) -> FittingScroll:
    content = QWidget()
    content.setLayout(body)
    content.setMinimumWidth(width)
    body.setContentsMargins(0, 0, 0, 0)
    return FittingScroll(content, _AROUND)


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
