"""Rows of accounts or tokens: a name, one or two lines about it, and buttons."""

from collections.abc import Callable
from collections.abc import Sequence as Several

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QWidget

from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role

Hand = tuple[str, str, Callable[[], object]]  # icon, what it does, doing it
_HEIGHT = 320


@dataclass(frozen=True, slots=True)
class AccountRow:
    """`off`: hands (by what they do) that are not possible, and why. spelled: hands (by icon) that say what they do on the button."""

    id: str
    name: str
    second: str
    third: str
    hands: tuple[Hand, ...]
    off: tuple[tuple[str, str], ...] = ()
    spelled: tuple[tuple[str, str], ...] = ()


class AccountRows(QScrollArea):
    """`buttons`: by id of the row, then by icon."""

    def __init__(self, empty: str, parent: QWidget | None = None, name: str = "") -> None:
        """`empty`: said while there is none. name: what is listed, for screen readers."""
        super().__init__(parent)
        self._empty = empty
        self._shown: list[tuple[str, str, str, str]] | None = None
        self.buttons: dict[str, dict[str, QPushButton]] = {}
        self.setWidgetResizable(True)
        self.setAccessibleName(name or self.tr("Accounts or tokens"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._frame = QFrame(self)
        set_role(self._frame, "panel")
        self._column = make_column(self._frame, spacing=0, margins=(4, 4, 4, 4))
        self.setWidget(self._frame)

    def sizeHint(self) -> QSize:
        """Lower where the screen has no room for it."""
        return super().sizeHint().expandedTo(QSize(0, _HEIGHT))

    def show_rows(self, rows: Several[AccountRow]) -> None:
        """Built anew only where something is other than it was, so that the keyboard stays where it is."""
        told = [(row.id, row.name, row.second, row.third) for row in rows]
        if told == self._shown:
            return
        self._shown = told
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.buttons = {}
        for row in rows:
            self._column.addWidget(self._account_row(row))
        if not rows:
            self._column.addWidget(_label(self._empty, "secondary", wrapped=True))
        self._column.addStretch(1)

    def _account_row(self, row: AccountRow) -> QWidget:
        widget = QWidget(self._frame)
        line = make_row(widget, margins=(12, 8, 8, 8))
        words = make_column(spacing=2)
        words.addWidget(_label(row.name, ""))
        words.addWidget(_label(row.second, "secondary", wrapped=True))
        if row.third:
            words.addWidget(_label(row.third, "secondary", wrapped=True))
        line.addLayout(words, 1)
        off, spelled = dict(row.off), dict(row.spelled)
        made = {
            picture: self._hand(widget, picture, spelled.get(picture, ""), what, do, off.get(what, "")) for picture, what, do in row.hands
        }
        for button in made.values():
            line.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        self.buttons[row.id] = made
        return widget

    def _hand(self, parent: QWidget, picture: str, text: str, what: str, do: Callable[[], object], why_not: str) -> QPushButton:
        button = QPushButton(icon(picture), text, parent)
        button.setAutoDefault(False)
        set_role(button, "" if text else "quiet")
        button.setAccessibleName(what)
        button.setToolTip(plain_tip(why_not or what))
        button.setEnabled(not why_not)
        on(button.clicked, do)
        return button


def _label(text: str, role: str, *, wrapped: bool = False) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrapped)
    if role:
        set_role(label, role)
    return label
