"""Where the risk map is highest: places to look at first, each with its value."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.model.value_class import dataclass
from widgets.look import scaled
from widgets.maps.risk_words import risk_text
from widgets.marks.elided_button import ElidedButton
from widgets.marks.plain_tip import plain_tip
from widgets.people.evidence_parts import EvidenceBar
from widgets.theme import set_role
from widgets.translation import tr

_BAR, _SHORT_BAR, _NARROW = 84, 44, 400  # pixels of a bar; in a list that is narrower than that, words need the room


@dataclass(frozen=True, slots=True)
class RankedPlace:
    """`words`: where it lies."""

    latitude: float
    longitude: float
    risk: float
    words: str


class HighestList(QWidget):
    """Signals: place_chosen(latitude, longitude)."""

    place_chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places: tuple[RankedPlace, ...] = ()
        self.rows: list[tuple[ElidedButton, EvidenceBar, QLabel]] = []
        title = QLabel(tr("Highest risk"))
        set_role(title, "section")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(title)
        column.addLayout(self._grid)
        self.hide()

    def show_places(self, places: tuple[RankedPlace, ...]) -> None:
        """The rows stay while their values change, and with them the focus."""
        if places == self.places:
            return
        self.places = places
        while len(self.rows) < len(places):
            self._add_row()
        for number, widgets in enumerate(self.rows):
            for widget in widgets:
                widget.setVisible(number < len(places))
        for (where, bar, figure), place in zip(self.rows, places, strict=False):
            where.set_whole(place.words)
            where.setToolTip(plain_tip(f"{place.words}\n{tr('Show it on the map')}"))
            bar.show_span(0.0, place.risk, (0.0, 1.0), None)
            figure.setText(risk_text(place.risk))
        self.setVisible(bool(places))

    def _add_row(self) -> None:
        number = len(self.rows)
        where, bar, figure = ElidedButton(""), EvidenceBar(), QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(where, "link")
        where.setStyleSheet("text-align: left; padding-left: 0")
        where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        where.clicked.connect(partial(self._choose, number))
        bar.setFixedWidth(self._bar_width())
        figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, widget in enumerate((where, bar, figure)):
            self._grid.addWidget(widget, number, column)
        self.rows.append((where, bar, figure))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for _, bar, _ in self.rows:
            bar.setFixedWidth(self._bar_width())

    def _bar_width(self) -> int:
        return _SHORT_BAR if self.width() < scaled(_NARROW) else _BAR

    def _choose(self, number: int) -> None:
        place = self.places[number]
        self.place_chosen.emit(place.latitude, place.longitude)
