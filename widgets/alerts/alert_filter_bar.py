"""The row above the list of alerts that narrows it down."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.model.alerts.alert import AlertState
from engine.model.event import Severity
from widgets.alerts.alert_rows import AlertFilter
from widgets.alerts.alert_words import state_word
from widgets.fields.choices import replace_choices
from widgets.fields.elided_combo import ElidedCombo
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.shapes import shape_icon
from widgets.theme import severity_style, severity_word


class AlertFilterBar(QWidget):
    """Signals: changed(AlertFilter)."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zones: dict[str, str] = {}
        self.text = QLineEdit(placeholderText=self.tr("Search alerts"), clearButtonEnabled=True)
        self.text.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.text.setAccessibleName(self.tr("Search alerts"))
        self.state = _choice(self.tr("Filter by state"), self.tr("All open"))
        for state in AlertState:
            self.state.addItem(state_word(state), state)
        self.severity = _choice(self.tr("Filter by severity"), self.tr("Any severity"))
        for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MODERATE, Severity.LOW):
            style = severity_style(severity)
            self.severity.addItem(shape_icon(style.shape, style.color), self._from(severity), severity)
        self.zone = _choice(self.tr("Filter by zone"), self.tr("All zones"))
        self.mine = _toggle(self.tr("Mine"), self.tr("Only what is assigned to me"))
        self.shelved = _toggle(self.tr("Shelved"), self.tr("Show what is shelved instead"))
        self._lay_out_filters()
        self.text.textChanged.connect(self._emit_filter)
        for box in (self.state, self.severity, self.zone):
            box.currentIndexChanged.connect(self._emit_filter)
        for button in (self.mine, self.shelved):
            button.toggled.connect(self._emit_filter)

    def _from(self, severity: Severity) -> str:
        word = severity_word(severity)
        return word if severity is Severity.CRITICAL else self.tr("{0} and above").format(word)

    def _lay_out_filters(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(_filter_row((self.text, 1), (self.mine, 0), (self.shelved, 0)))
        rows.addLayout(_filter_row((self.state, 3), (self.severity, 4), (self.zone, 3)))
        order = (self.text, self.mine, self.shelved, self.state, self.severity, self.zone)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def set_zones(self, zones: Mapping[str, str]) -> None:
        """Zones to choose from, by id. The choice stays where its zone does."""
        if zones == self._zones:
            return
        self._zones = dict(zones)
        if replace_choices(self.zone, zones):
            self._emit_filter()

    def set_shelved(self, count: int) -> None:
        self.shelved.setText(self.tr("Shelved ({0})").format(count) if count else self.tr("Shelved"))

    def current_filter(self) -> AlertFilter:
        state = self.state.currentData()  # Qt keeps no more of it than its text
        return AlertFilter(
            AlertState(state) if state else None,
            Severity(self.severity.currentData() or Severity.MINIMAL),
            self.mine.isChecked(),
            self.zone.currentData() or "",
            self.shelved.isChecked(),
            self.text.text(),
        )

    def clear(self) -> None:
        self.text.clear()
        for box in (self.state, self.severity, self.zone):
            box.setCurrentIndex(0)
        for button in (self.mine, self.shelved):
            button.setChecked(False)

    def _emit_filter(self) -> None:
        self.changed.emit(self.current_filter())


def _filter_row(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    """Widgets with their shares of the width that is left."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for part, share in parts:
        row.addWidget(part, share)
    return row


def _choice(name: str, everything: str) -> QComboBox:
    box = ElidedCombo()
    box.setAccessibleName(name)
    box.currentTextChanged.connect(lambda text: box.setToolTip(plain_tip(text)))  # where it is cut
    box.addItem(everything, None)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return box


def _toggle(text: str, tip: str) -> QPushButton:
    button = with_properties(QPushButton(text), checkable=True)
    button.setToolTip(plain_tip(tip))
    button.setAccessibleDescription(tip)
    button.setAutoDefault(False)
    return button
