"""The row above the incidents that narrows them down."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from engine.model.incidents.incident import IncidentCategory, IncidentState, IncidentStatus
from widgets.fields.elided_combo import ElidedCombo
from widgets.icons import icon
from widgets.incidents.incident_words import category_word, state_word, status_word
from widgets.marks.plain_tip import plain_tip
from widgets.translation import tr

_HOUR = 3600
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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 2)
        for box in (self.category, self.status, self.state, self.span, self.near):
            row.addWidget(box, 1)
            box.currentIndexChanged.connect(self._emit_filter)
        self.text.textChanged.connect(self._emit_filter)

    def set_places(self, site: bool, chosen: bool) -> None:
        """Whether it is known where the site lies, and whether an incident is chosen."""
        model = cast(QStandardItemModel, self.near.model())  # what a QComboBox makes for itself
        for number in range(1, self.near.count()):
            _, around_chosen = self.near.itemData(number)
            known = chosen if around_chosen else site
            tip = "" if known else self.tr("Choose an incident first") if around_chosen else self.tr("It is not known where the site lies")
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
        for box in (self.category, self.status, self.state, self.span, self.near):
            box.setCurrentIndex(0)

    def _emit_filter(self) -> None:
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
        (tr("200 m around this one"), (0.2, True)),
        (tr("1 km around this one"), (1.0, True)),
    )


def _filter_combo(name: str, items: tuple[tuple[str, object], ...]) -> QComboBox:
    box = ElidedCombo()
    box.setAccessibleName(name)
    box.currentTextChanged.connect(lambda text: box.setToolTip(plain_tip(text)))  # where it is cut
    for text, value in items:
        box.addItem(text, value)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(104)
    return box
