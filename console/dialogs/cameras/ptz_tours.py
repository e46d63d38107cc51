"""The tours of one PTZ camera, edited: names, and the presets of each with how long it stays."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHeaderView, QLineEdit, QPushButton, QTableWidget, QWidget

from console.dialogs.setting_fields import number_box
from engine.model.ptz.settings import PtzTour, TourStop
from engine.model.ptz.view import PtzPreset
from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.signals import on
from widgets.translation import tr

_ROWS_PX = 150


@dataclass(frozen=True, slots=True)
class DraftTour:
    """May still be without a name or a stop. `id` empty: a new one."""

    id: str
    name: str
    stops: tuple[TourStop, ...] = ()


class TourEditor(QWidget):
    """Signals: changed()."""

    changed = Signal()

    def __init__(self, tours: tuple[PtzTour, ...], presets: tuple[PtzPreset, ...], parent: QWidget | None = None) -> None:
        """`presets`: of the camera; those of a tour that it does not have (any more) stay, by their token."""
        super().__init__(parent)
        self._drafts = [DraftTour(tour.id, tour.name, tour.stops) for tour in tours]
        self._presets = {preset.token: preset.name for preset in presets}
        self._showing = False
        self.tours = QComboBox(self)
        self.tours.setAccessibleName(self.tr("Tour"))
        self.add_tour = QPushButton(icon("plus"), self.tr("Add to&ur"), self)
        self.remove_tour = QPushButton(icon("trash-2"), self.tr("Remove tour"), self)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("Name of the tour"))
        self.name.setAccessibleName(self.tr("Name of the tour"))
        self.stops = self._make_table()
        self.add_stop = QPushButton(icon("plus"), self.tr("Add stop"), self)
        self.remove_stop = QPushButton(icon("x"), self.tr("Re&move stop"), self)
        self._lay_out()
        self._connect()
        self._show_names(0)

    def tours_now(self) -> tuple[PtzTour, ...]:
        """Raises InputError: one has no name or no stop."""
        taken = {draft.id for draft in self._drafts if draft.id}
        found: list[PtzTour] = []
        for draft in self._drafts:
            tour_id = draft.id or next(each for number in range(1, 999) if (each := f"tour-{number}") not in taken)
            taken.add(tour_id)
            found.append(PtzTour(tour_id, draft.name.strip(), draft.stops))
        return tuple(found)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 2, self)
        table.setHorizontalHeaderLabels([self.tr("Preset"), self.tr("Stay for")])
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        table.verticalHeader().hide()
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setMinimumHeight(_ROWS_PX)
        table.setAccessibleName(self.tr("Stops of the tour"))
        table.setTabKeyNavigation(False)
        table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to what is in its cells
        return table

    def _lay_out(self) -> None:
        column = make_column(self, spacing=8, margins=NO_MARGINS)
        first, last = make_row(spacing=8), make_row(spacing=8)
        first.addWidget(self.tours, 1)
        for button in (self.add_tour, self.remove_tour):
            button.setAutoDefault(False)
            first.addWidget(button)
        for button in (self.add_stop, self.remove_stop):
            button.setAutoDefault(False)
            last.addWidget(button)
        last.addStretch()
        column.addLayout(first)
        column.addWidget(self.name)
        column.addWidget(self.stops)
        column.addLayout(last)

    def _connect(self) -> None:
        self.tours.currentIndexChanged.connect(self._show_tour)
        self.name.textEdited.connect(self._rename)
        self.add_tour.clicked.connect(self.begin_tour)
        self.remove_tour.clicked.connect(self.drop_tour)
        self.add_stop.clicked.connect(self.append_stop)
        self.remove_stop.clicked.connect(self.drop_stop)

    def begin_tour(self) -> None:
        self._drafts.append(DraftTour("", tr("Tour {0}").format(len(self._drafts) + 1)))
        self._show_names(len(self._drafts) - 1)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()
        self.changed.emit()

    def drop_tour(self) -> None:
        at = self.tours.currentIndex()
        if 0 <= at < len(self._drafts):
            del self._drafts[at]
            self._show_names(max(0, at - 1))
            self.changed.emit()

    def append_stop(self) -> None:
        at = self.tours.currentIndex()
        if at >= 0 and self._presets:
            draft = self._drafts[at]
            token = list(self._presets)[len(draft.stops) % len(self._presets)]
            self._take(replace(draft, stops=(*draft.stops, TourStop(token))))

    def drop_stop(self) -> None:
        at, row = self.tours.currentIndex(), self.stops.currentRow()
        if at >= 0:
            stops = self._drafts[at].stops
            row = row if 0 <= row < len(stops) else len(stops) - 1
            self._take(replace(self._drafts[at], stops=(*stops[:row], *stops[row + 1 :])))

    def _take(self, draft: DraftTour) -> None:
        self._drafts[self.tours.currentIndex()] = draft
        self._show_tour()
        self.changed.emit()

    def _rename(self, name: str) -> None:
        at = self.tours.currentIndex()
        if at >= 0:
            self._drafts[at] = replace(self._drafts[at], name=name)
            self.tours.setItemText(at, name)
            self.changed.emit()

    def _show_names(self, chosen: int) -> None:
        self._showing = True
        self.tours.clear()
        self.tours.addItems([draft.name for draft in self._drafts])
        self._showing = False
        self.tours.setCurrentIndex(chosen if self._drafts else -1)
        self._show_tour()

    def _show_tour(self) -> None:
        if self._showing:
            return
        at = self.tours.currentIndex()
        draft = self._drafts[at] if at >= 0 else None
        for widget in (self.remove_tour, self.name, self.stops, self.remove_stop):
            widget.setEnabled(draft is not None)
        self.tours.setEnabled(draft is not None)
        self.add_stop.setEnabled(draft is not None and bool(self._presets))
        self.add_stop.setToolTip("" if self._presets else tr("The camera has no presets yet, or is not connected."))
        self.name.setText(draft.name if draft is not None else "")
        self.stops.setRowCount(0)
        for row, stop in enumerate(draft.stops if draft is not None else ()):
            self._show_stop(row, stop)

    def _show_stop(self, row: int, stop: TourStop) -> None:
        self.stops.insertRow(row)
        preset = QComboBox(self.stops)
        known = self._presets if stop.preset in self._presets else {**self._presets, stop.preset: tr("Preset {0}").format(stop.preset)}
        for token, name in known.items():
            preset.addItem(name, token)
        preset.setCurrentIndex(preset.findData(stop.preset))
        preset.setAccessibleName(tr("Preset of stop {0}").format(row + 1))
        dwell = number_box(TourStop, "dwell_s", stop.dwell_s)
        dwell.setAccessibleName(tr("How long it stays at stop {0}").format(row + 1))
        self.stops.setCellWidget(row, 0, preset)
        self.stops.setCellWidget(row, 1, dwell)
        on(preset.currentIndexChanged, self._read_stop, row)
        on(dwell.valueChanged, self._read_stop, row)
        self.stops.setRowHeight(row, max(preset.sizeHint().height(), dwell.sizeHint().height()) + 4)

    def _read_stop(self, row: int) -> None:
        at, preset, dwell = self.tours.currentIndex(), self.stops.cellWidget(row, 0), self.stops.cellWidget(row, 1)
        if at < 0 or not isinstance(preset, QComboBox) or dwell is None:
            return
        stops = list(self._drafts[at].stops)
        stops[row] = TourStop(str(preset.currentData()), float(dwell.value()))  # type: ignore[attr-defined]
        self._drafts[at] = replace(self._drafts[at], stops=tuple(stops))
        self.changed.emit()
