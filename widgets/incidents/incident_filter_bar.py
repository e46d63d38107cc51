"""The row above the incidents that narrows them down."""

from enum import StrEnum
from typing import TypeVar, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from engine.model.incidents.incident import IncidentCategory, IncidentState, IncidentStatus
from engine.model.value_class import dataclass
from widgets.fields.elided_combo import ElidedCombo
from widgets.fields.filter_box import choice_button
from widgets.icons import icon
from widgets.incidents.incident_words import category_word, state_word, status_word
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip
from widgets.translation import tr

_HOUR = 3600
_LEAST = 280
_BESIDE_WORDS = 46  # pixels of a box: padding and arrow
T = TypeVar("T", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """None and 0: all. `state` None: open and closed ones. `span_s`: the newest so many seconds.

    `near_km`: within so many kilometres of the site, or of the chosen incident (`around_chosen`).
    """

    text: str = ""
    category: IncidentCategory | None = None
    status: IncidentStatus | None = None
    state: IncidentState | None = IncidentState.OPEN
    span_s: int = 0
    near_km: float = 0.0
    around_chosen: bool = False

    @property
    def narrows(self) -> bool:
        return self != IncidentFilter()


class IncidentFilterBar(QWidget):
    """Signals: changed(IncidentFilter)."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLineEdit(placeholderText=self.tr("Search descriptions"), clearButtonEnabled=True)
        self.text.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.text.setAccessibleName(self.tr("Search descriptions"))
        self.text.setToolTip(self.tr("Search descriptions"))
        self.category = _filter_combo(
            self.tr("Category"), ((self.tr("All categories"), None), *((category_word(c), c) for c in IncidentCategory))
        )
        offered = (IncidentStatus.CREATED, IncidentStatus.CORROBORATED, IncidentStatus.PENDING_REVIEW)
        self.status = _filter_combo(self.tr("Status"), ((self.tr("Any status"), None), *((status_word(s), s) for s in offered)))
        states = (*((state_word(s), s) for s in IncidentState), (self.tr("Open and closed"), None))
        self.state = _filter_combo(self.tr("State"), states)
        self.span = _filter_combo(self.tr("Time"), _spans())
        self.near = _filter_combo(self.tr("Place"), _radius_items())
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 2)
        self.boxes = (self.category, self.status, self.state, self.span, self.near)
        for box in self.boxes:
            row.addWidget(box, 1)
            box.currentIndexChanged.connect(self._emit_filter)
        self.setMinimumWidth(_LEAST)  # in which the boxes are a menu
        self.menu_button, self.chosen = choice_button(self.boxes), ElidedLabel()
        self.chosen.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(self.menu_button)
        row.addWidget(self.chosen, 3)
        self.text.textChanged.connect(self._emit_filter)
        self._show_chosen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where a box would cut its own name, all of them are one menu, with what is chosen beside it."""
        super().resizeEvent(event)
        each = (self.width() - len(self.boxes) * self._row.spacing()) // (len(self.boxes) + 2)
        roomy = each >= max(_named_width(box) for box in self.boxes)
        for box in self.boxes:
            box.setVisible(roomy)
        for part in (self.menu_button, self.chosen):
            part.setVisible(not roomy)

    def set_places(self, site: bool, chosen: bool) -> None:
        """Whether it is known where the site lies, and whether an incident is chosen."""
        model = cast(QStandardItemModel, self.near.model())  # what a QComboBox makes for itself
        for number in range(1, self.near.count()):
            _, around_chosen = self.near.itemData(number)
            known = chosen if around_chosen else site
            tip = "" if known else self.tr("Select an incident first") if around_chosen else self.tr("The site has no location")
            model.item(number).setEnabled(known or number == self.near.currentIndex())
            model.item(number).setToolTip(plain_tip(tip))

    def current_filter(self) -> IncidentFilter:
        near_km, around_chosen = self.near.currentData()
        return IncidentFilter(
            self.text.text().strip(),
            _chosen_member(IncidentCategory, self.category),
            _chosen_member(IncidentStatus, self.status),
            _chosen_member(IncidentState, self.state),
            self.span.currentData(),
            near_km,
            around_chosen,
        )

    def show_all(self, state: IncidentState) -> None:
        """All that are in this state."""
        self.clear()
        self.state.setCurrentIndex(self.state.findData(state))

    def clear(self) -> None:
        self.text.clear()
        for box in self.boxes:
            box.setCurrentIndex(0)

    def _show_chosen(self) -> None:
        """The state always; of the others what narrows."""
        self.chosen.setText(" · ".join(box.currentText() for box in self.boxes if box.currentIndex() > 0 or box is self.state))

    def _emit_filter(self) -> None:
        self._show_chosen()
        self.changed.emit(self.current_filter())


def _chosen_member(kind: type[T], box: QComboBox) -> T | None:
    """Qt keeps words only, not what they are words of."""
    word = box.currentData()
    return None if word is None else kind(word)


def _spans() -> tuple[tuple[str, object], ...]:
    return (
        (tr("Any time"), 0),
        (tr("Last hour"), _HOUR),
        (tr("Last 24 hours"), 24 * _HOUR),
        (tr("Last 7 days"), 7 * 24 * _HOUR),
        (tr("Last 30 days"), 30 * 24 * _HOUR),
    )


def _radius_items() -> tuple[tuple[str, object], ...]:
    return (
        (tr("Anywhere"), (0.0, False)),
        (tr("200 m around site"), (0.2, False)),
        (tr("1 km around site"), (1.0, False)),
        (tr("5 km around site"), (5.0, False)),
        (tr("25 km around site"), (25.0, False)),
        (tr("200 m around the selected"), (0.2, True)),
        (tr("1 km around the selected"), (1.0, True)),
    )


def _named_width(box: QComboBox) -> int:
    """Pixels in which what it says at first is whole."""
    return box.fontMetrics().horizontalAdvance(box.itemText(0)) + _BESIDE_WORDS


def _filter_combo(name: str, items: tuple[tuple[str, object], ...]) -> QComboBox:
    box = ElidedCombo()
    box.setAccessibleName(name)
    box.currentTextChanged.connect(lambda text: box.setToolTip(plain_tip(text)))  # where it is cut
    for text, value in items:
        box.addItem(text, value)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(104)
    return box
