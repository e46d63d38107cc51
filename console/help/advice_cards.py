"""What to try, as cards: one for each fault that the rules find."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from console.help.advice import Advice
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.marks.notice import LevelMark
from widgets.signals import on
from widgets.theme import set_role

MOST = 8


class AdviceCards(QWidget):
    """UI thread. Signals: edit_wanted(camera id)."""

    edit_wanted = Signal(str)

    def __init__(self, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_edit = may_edit
        self._shown: tuple[Advice, ...] = ()
        self._cards: list[AdviceCard] = []
        self._more = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        set_role(self._more, "secondary")
        self._more.hide()
        self._column = make_column(spacing=8)
        column = make_column(self, spacing=12, margins=NO_MARGINS)
        column.addLayout(self._column)
        column.addWidget(self._more)

    def set_advice(self, found: tuple[Advice, ...]) -> None:
        """A card stays what it is while only its words change: the keyboard may be on its button."""
        if found == self._shown:
            return
        self._shown = found
        shown = found[:MOST]
        if [card.about for card in self._cards] != [_about(each) for each in shown]:
            self._renew(shown)
        for card, each in zip(self._cards, shown, strict=True):
            card.show_advice(each)
        rest = len(found) - MOST
        self._more.setText(self.tr("And {0} more.").format(rest) if rest > 0 else "")
        self._more.setVisible(rest > 0)

    def texts(self) -> list[str]:
        return [each.title for each in self._shown]

    def _renew(self, found: tuple[Advice, ...]) -> None:
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [self._card(each) for each in found]

    def _card(self, each: Advice) -> "AdviceCard":
        card = AdviceCard(_about(each), bool(each.subject) and self._may_edit)
        on(card.edit_wanted, self.edit_wanted.emit, each.subject)
        self._column.addWidget(card)
        return card


class AdviceCard(QFrame):
    """`about`: which rule it is of, and which camera. Signals: edit_wanted()."""

    edit_wanted = Signal()

    def __init__(self, about: tuple[str, str], editable: bool) -> None:
        super().__init__()
        set_role(self, "panel")
        self.about = about
        self._title, self._because, self._tries = (_text() for _ in range(3))
        bold = self._title.font()
        bold.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(bold)
        set_role(self._because, "secondary")
        words = make_column(spacing=4)
        for label in (self._title, self._because, self._tries):
            words.addWidget(label)
        row = make_row(self, spacing=10, margins=(14, 12, 14, 12))
        row.addWidget(LevelMark("moderate"), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self._edit = QPushButton(self.tr("Edit camera…"), self)
        self._edit.setAutoDefault(False)
        self._edit.clicked.connect(self.edit_wanted)
        self._edit.setVisible(editable)
        row.addWidget(self._edit, alignment=Qt.AlignmentFlag.AlignTop)

    def show_advice(self, told: Advice) -> None:
        self._title.setText(told.title)
        self._because.setText(told.because)
        self._tries.setText("\n".join(f"{number}.  {text}" for number, text in enumerate(told.tries, 1)))
        self._edit.setAccessibleName(self.tr("Edit camera: {0}").format(told.title))


def _about(told: Advice) -> tuple[str, str]:
    return told.rule_id, told.subject


def _text() -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
