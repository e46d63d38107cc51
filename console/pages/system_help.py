"""What to try, on the System page: one card for each fault that the rules find, the camera at hand."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.troubleshooting import Advice
from widgets.notice import LevelMark
from widgets.theme import set_role

MOST = 8


class HelpSection(QWidget):
    """UI thread. Hidden while there is nothing to try.

    Signals:
        edit_wanted(camera id).
    """

    edit_wanted = Signal(str)

    def __init__(self, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_edit = may_edit
        self._shown: tuple[Advice, ...] = ()
        heading = QLabel(self.tr("What to try"))
        set_role(heading, "section")
        self._more = QLabel(self)
        set_role(self._more, "secondary")
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addLayout(self._cards)
        column.addWidget(self._more)
        self.hide()

    def set_advice(self, found: tuple[Advice, ...]) -> None:
        if found == self._shown:
            return
        self._shown = found
        while (item := self._cards.takeAt(0)) is not None:
            card = item.widget()
            if card is not None:
                card.hide()
                card.deleteLater()
        for each in found[:MOST]:
            self._cards.addWidget(_Card(each, self._edit_of(each)))
        rest = len(found) - MOST
        self._more.setText(self.tr("And {0} more.").format(rest) if rest > 0 else "")
        self._more.setVisible(rest > 0)
        self.setVisible(bool(found))

    def texts(self) -> list[str]:
        return [each.title for each in self._shown]

    def _edit_of(self, each: Advice) -> Callable[[], None] | None:
        return (lambda: self.edit_wanted.emit(each.subject)) if each.subject and self._may_edit else None


class _Card(QFrame):
    def __init__(self, told: Advice, edit: Callable[[], None] | None) -> None:
        super().__init__()
        set_role(self, "panel")
        title = QLabel(told.title, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        bold = title.font()
        bold.setWeight(QFont.Weight.DemiBold)
        title.setFont(bold)
        because = QLabel(told.because, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(because, "secondary")
        tries = QLabel("\n".join(f"{number}.  {text}" for number, text in enumerate(told.tries, 1)), wordWrap=True)
        tries.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (title, because, tries):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(10)
        row.addWidget(LevelMark("moderate"), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if edit is not None:
            button = QPushButton(self.tr("Edit camera…"))
            button.setAccessibleName(self.tr("Edit camera: {0}").format(told.title))
            button.clicked.connect(edit)
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
