"""The row above the list of alerts that narrows it down: what is chosen stands below it as chips."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from engine.model.alerts.alert import AlertState
from engine.model.event import Severity
from engine.model.history.timeline import SearchFilter
from widgets.alerts.alert_rows import AlertFilter
from widgets.alerts.alert_words import state_word
from widgets.fields.filter_box import FilterBox, filter_button
from widgets.icons import icon
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.row_limits import NO_LIMITS
from widgets.shapes import shape_icon
from widgets.theme import severity_style, severity_word

_LEAST_SEARCH = 90  # pixels
_ROOMY = 400  # from which the boxes have a row of their own


class AlertFilterBar(QWidget):
    """Signals: changed(AlertFilter)."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zones: dict[str, str] = {}
        self._cameras: dict[str, str] = {}
        self._limits = NO_LIMITS
        self.text = QLineEdit(placeholderText=self.tr("Search alerts"), clearButtonEnabled=True)
        self.text.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.text.setMinimumWidth(_LEAST_SEARCH)
        self.text.setAccessibleName(self.tr("Search alerts"))
        self.state = FilterBox(self.tr("State"), self.tr("Filter by state"))
        for state in AlertState:
            self.state.offer_one(state.value, state_word(state))
        self.severity = FilterBox(self.tr("Severity"), self.tr("Filter by severity"))
        for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MODERATE, Severity.LOW):
            style = severity_style(severity)
            self.severity.offer_one(str(int(severity)), self._from(severity), shape_icon(style.shape, style.fill))
        self.zone = FilterBox(self.tr("Zone"), self.tr("Filter by zone"))
        self.camera = FilterBox(self.tr("Camera"), self.tr("Filter by camera"))
        self.boxes = (self.state, self.severity, self.zone, self.camera)
        self.mine = _toggle(self.tr("Mine"), self.tr("Only alerts assigned to me"))
        self.shelved = _toggle(self.tr("Shelved"), self.tr("Show shelved alerts only"))
        self.add_button = filter_button(self.boxes, (self.mine, self.shelved))
        self._lay_out_filters()
        self.text.textChanged.connect(self._emit_filter)
        self.state.chosen.connect(self._limit_state)
        self.severity.chosen.connect(self._limit_severity)
        self.zone.chosen.connect(self._limit_zone)
        self.camera.chosen.connect(self._limit_camera)
        for button in (self.mine, self.shelved):
            button.toggled.connect(self._fit)
            button.toggled.connect(self._emit_filter)

    def _from(self, severity: Severity) -> str:
        word = severity_word(severity)
        return word if severity is Severity.CRITICAL else self.tr("{0} and above").format(word)

    def _lay_out_filters(self) -> None:
        rows = self._rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(_filter_row((self.text, 1), (self.add_button, 0), (self.mine, 0), (self.shelved, 0)))
        self._own_row = QWidget()
        self._own_row.setLayout(_filter_row((self.state, 5), (self.severity, 6), (self.zone, 4), (self.camera, 4)))
        rows.addWidget(self._own_row)
        for first, second in pairwise((self.text, self.add_button, self.mine, self.shelved, *self.boxes)):
            QWidget.setTabOrder(first, second)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A narrow list has one row: the boxes are a menu, and a switch stands beside it while it is on."""
        roomy = self.width() >= scaled(_ROOMY)
        self._own_row.setVisible(roomy)
        self.add_button.setVisible(not roomy)
        for button in (self.mine, self.shelved):
            button.setVisible(roomy or button.isChecked())

    def set_zones(self, zones: Mapping[str, str]) -> None:
        """Zones to choose from, by id. A filter by one that is gone goes, too."""
        if zones == self._zones:
            return
        gone, self._zones = self._zones.keys() - zones.keys(), dict(zones)
        self.zone.offer(zones)
        if self._limits.zone_id in gone:
            self.set_limits(replace(self._limits, zone_id=""))

    def set_cameras(self, names: Mapping[str, str]) -> None:
        """As zones."""
        if names == self._cameras:
            return
        gone, self._cameras = self._cameras.keys() - names.keys(), dict(names)
        self.camera.offer(names)
        self.set_limits(replace(self._limits, camera_ids=tuple(each for each in self._limits.camera_ids if each not in gone)))

    def set_shelved(self, count: int) -> None:
        self.shelved.setText(self.tr("Shelved ({0})").format(number_text(count)) if count else self.tr("Shelved"))

    def current_filter(self) -> AlertFilter:
        state = AlertState(self._limits.state) if self._limits.state else None
        return AlertFilter(state, self.mine.isChecked(), self.shelved.isChecked(), self.text.text(), self._limits)

    def limits(self) -> SearchFilter:
        """The filters that were typed or chosen."""
        return self._limits

    def set_limits(self, limits: SearchFilter) -> None:
        if limits != self._limits:
            self._limits = limits
            self._emit_filter()

    def _limit_state(self, value: str) -> None:
        self.set_limits(replace(self._limits, state=value))

    def _limit_severity(self, value: str) -> None:
        self.set_limits(replace(self._limits, min_severity=int(value)))

    def _limit_zone(self, value: str) -> None:
        self.set_limits(replace(self._limits, zone_id=value))

    def _limit_camera(self, value: str) -> None:
        self.set_limits(replace(self._limits, camera_ids=tuple(dict.fromkeys((*self._limits.camera_ids, value)))))

    def add_chips(self, chips: QWidget) -> None:
        """Below the rows in which they are typed or chosen."""
        self._rows.addWidget(chips)

    def clear(self) -> None:
        self.set_limits(NO_LIMITS)
        self.text.clear()
        for button in (self.mine, self.shelved):
            button.setChecked(False)

    def _emit_filter(self) -> None:
        self.changed.emit(self.current_filter())


def _filter_row(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    """Widgets with their shares of the width that is left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part, share in parts:
        row.addWidget(part, share)
    return row


def _toggle(text: str, tip: str) -> QPushButton:
    button = with_properties(QPushButton(text), checkable=True)
    button.setToolTip(plain_tip(tip))
    button.setAccessibleDescription(tip)
    button.setAutoDefault(False)
    return button
