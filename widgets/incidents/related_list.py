"""Other incidents that may be the same one, each to be called the same or another."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.layout.flow_row import FlowRow
from widgets.marks.plain_tip import plain_tip
from widgets.marks.status_chip import StatusChip
from widgets.theme import set_role
from widgets.translation import tr
from widgets.written_text import WrittenText

_LONGEST = 280


@dataclass(frozen=True, slots=True)
class Offer:
    """`title`: what it is. `level`: of its severity. `where`: how near it is in place and time. `why`: why it is offered.

    `known` False: it could not be read from the record, so nothing can be said of it yet.
    """

    id: str
    title: str
    level: str
    where: str
    why: str
    text: str
    known: bool = True


class OfferPanel(QFrame):
    def __init__(self, offer: Offer, may: bool, why_not: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.offer_id = offer.id
        self.same = QPushButton(icon("merge"), self.tr("Merge…"))
        self.another = QPushButton(icon("split"), self.tr("Not a duplicate"))
        self.show_it = QPushButton(self.tr("Show"))
        self.same.setToolTip(plain_tip(self.tr("Compare both incidents and merge them") if may else why_not))
        self.another.setToolTip(plain_tip(self.tr("Keep both incidents; no longer suggested as duplicates") if may else why_not))
        for button in (self.same, self.another):
            button.setEnabled(may and offer.known)
        self.show_it.setEnabled(offer.known)
        self._lay_out_offer(offer)

    def _lay_out_offer(self, offer: Offer) -> None:
        where, why = (QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText) for text in (offer.where, offer.why))
        set_role(where, "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(StatusChip(offer.title, offer.level), alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(where)
        column.addWidget(WrittenText(offer.text if len(offer.text) <= _LONGEST else f"{offer.text[:_LONGEST]}…"))
        column.addWidget(why)
        row = FlowRow(spacing=8)
        for button in (self.same, self.another, self.show_it):
            row.addWidget(button)
        column.addLayout(row)


class RelatedList(QWidget):
    """Signals: same(id), another(id), shown(id): what was said of an offer, or that it is to be looked at."""

    same = Signal(str)
    another = Signal(str)
    shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._panels: list[OfferPanel] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._none = QLabel(self.tr("No possible duplicates nearby in place and time."), wordWrap=True)
        set_role(self._none, "secondary")
        self._column.addWidget(self._none)
        self._column.addStretch(1)

    def set_offers(self, offers: tuple[Offer, ...], may: bool, why_not: str) -> None:
        """`may`: whether the session may say something of them; `why_not`: shown where it may not."""
        if (offers, may) == self._shown:
            return
        self._shown = (offers, may)
        for panel in self._panels:
            panel.hide()
            panel.deleteLater()
        self._panels = [self._panel(offer, may, why_not) for offer in offers]
        self._none.setVisible(not offers)

    def panels(self) -> tuple[OfferPanel, ...]:
        return tuple(self._panels)

    def _panel(self, offer: Offer, may: bool, why_not: str) -> OfferPanel:
        panel = OfferPanel(offer, may, why_not, self)
        panel.same.clicked.connect(partial(self.same.emit, offer.id))
        panel.another.clicked.connect(partial(self.another.emit, offer.id))
        panel.show_it.clicked.connect(partial(self.shown.emit, offer.id))
        self._column.insertWidget(self._column.count() - 1, panel)
        return panel


def offer_reason(review: bool) -> str:
    """Why an incident is offered."""
    if review:
        return tr("Same kind, place and time, but the pictures could not be compared. Look at both and say what it is.")
    return tr("Near in place and time, of a kind that may mean the same.")
