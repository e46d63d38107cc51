"""Calibrate a scanner: a phone at known distances gives the path loss of the place, shown before it is saved."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.devices.calibrate_collect import FEWEST, Collection, Fit, Readings, fitted, rssi_at
from console.dialogs.labelled_rows import labelled_column
from console.dialogs.saving import SavingDialog
from console.words import error_text
from engine.model.command import CalibrateScanner
from engine.model.errors import InputError
from engine.model.site import ScannerCalibration
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock
from widgets.devices.ble_words import BleRow, ble_title
from widgets.devices.calibration_plot import CalibrationPlot
from widgets.devices.signal_words import dbm_text
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.translation import tr
from widgets.words import count_text

DISTANCES_M = (1.0, 2.0, 4.0, 8.0)


class CalibrateDialog(SavingDialog):
    """`rows`: devices to choose from; `scanners`: (id, name). Readings are taken from snapshots while one distance is being collected."""

    SCROLLS = True

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        fit: Fit,
        scanners: tuple[tuple[str, str], ...],
        rows: tuple[BleRow, ...],
        device: str = "",
        parent: QWidget | None = None,
    ) -> None:
        lead = tr("Signal loss differs at each place. Hold the phone at each distance, screen on, and collect readings.")
        super().__init__(bridge, tr("Calibrate a scanner"), lead, parent=parent)
        self._clock, self._fit = clock, fit
        self._collected: dict[float, Readings] = {}
        self._collection: Collection | None = None
        self.calibration: ScannerCalibration | None = None
        self._build_choices(scanners, rows, device)
        self.add_save(self.tr("&Save calibration"))
        self.usual = self.add_button(self.tr("Use the &default values"), at_left=True)
        self.usual.clicked.connect(self._use_usual)
        for choice in (self.scanner, self.device):
            choice.currentIndexChanged.connect(self._start_afresh)
        bridge.snapshot_changed.connect(self.show_snapshot)
        self._start_afresh()
        self.resize(880, 520)

    def _build_choices(self, scanners: tuple[tuple[str, str], ...], rows: tuple[BleRow, ...], device: str) -> None:
        self.scanner, self.device = QComboBox(), QComboBox()
        for scanner, name in scanners:
            self.scanner.addItem(name, scanner)
        for row in rows:
            self.device.addItem(ble_title(row), row.view.device)
        self.device.setCurrentIndex(max(0, self.device.findData(device)))
        self.now, self.in_use = QLabel(textFormat=Qt.TextFormat.PlainText), QLabel(textFormat=Qt.TextFormat.PlainText)
        for label in (self.now, self.in_use):
            set_role(label, "secondary")
        column = make_column(spacing=8)
        column.addLayout(labelled_column(self.tr("Sca&nner"), self.scanner))
        column.addLayout(labelled_column(self.tr("&Phone or tag"), self.device))
        column.addWidget(self.in_use)
        column.addWidget(self.now)
        column.addSpacing(4)
        column.addLayout(self._steps())
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.said = Notice()
        column.addWidget(self.progress)
        column.addWidget(self.said)
        column.addStretch()
        self.plot = CalibrationPlot()
        self.values = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        right = QVBoxLayout()
        right.addWidget(self.plot, 1)
        right.addWidget(self.values)
        beside = make_row(spacing=24)
        beside.addLayout(column, 1)
        beside.addLayout(right, 1)
        self.body.addLayout(beside, 1)

    def _steps(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(2, 1)
        self.collect_buttons: dict[float, QPushButton] = {}
        self.results: dict[float, QLabel] = {}
        for number, distance_m in enumerate(DISTANCES_M):
            button = QPushButton(icon("play"), self.tr("Collect at {0} m").format(number_text(distance_m, "g")))
            button.setAutoDefault(False)
            button.clicked.connect(partial(self.collect, distance_m))
            result = QLabel(textFormat=Qt.TextFormat.PlainText)
            set_role(result, "secondary")
            grid.addWidget(button, number, 0)
            grid.addWidget(result, number, 1, 1, 2)
            self.collect_buttons[distance_m], self.results[distance_m] = button, result
        return grid

    # Collecting

    def _start_afresh(self) -> None:
        self._collection, self._collected = None, {}
        self.said.set_notice("")
        self._enable_buttons()
        if self.bridge.snapshot is not None:
            self.show_snapshot(self.bridge.snapshot)

    def collect(self, distance_m: float) -> None:
        """Collect at this distance; pressed again while it runs, stop it."""
        if self._collection is not None:
            self._collection = None
        else:
            self._collection = Collection(self.scanner.currentData(), self.device.currentData(), distance_m, self._clock.now_ns())
            self._collected.pop(distance_m, None)
            text = self.tr("Hold the phone still, {0} m from the scanner, in line of sight.")
            self.said.set_notice(text.format(number_text(distance_m, "g")), "low")
        self._enable_buttons()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._show_now(snapshot)
        if self._collection is None:
            return
        now_ns = self._clock.now_ns()
        self._collection.take(snapshot.radio.devices, now_ns)
        self.progress.setValue(round(1000 * self._collection.share(now_ns)))
        self._show_result(self._collection.distance_m)
        if self._collection.is_over(now_ns):
            self._end_collection(self._collection)

    def _end_collection(self, collection: Collection) -> None:
        self._collection = None
        readings = collection.readings()
        if readings is None:
            text = self.tr(
                "Only {0} readings in {1} s, at least {2} are needed. Wake the phone's screen, or move closer, and collect again."
            )
            seconds = (self._clock.now_ns() - collection.started_ns) // SECOND
            self.said.set_notice(text.format(len(collection.rssi), seconds, FEWEST), "high")
        else:
            self._collected[readings.distance_m] = readings
            self.said.set_notice("")
        self._enable_buttons()

    def _show_now(self, snapshot: Snapshot) -> None:
        used = next((one for one in snapshot.settings.radio.calibrations if one.scanner == self.scanner.currentData()), None)
        self.in_use.setText(self.tr("In use: {0}").format(_fit_text(used)) if used else self.tr("In use: default values"))
        self.usual.setEnabled(used is not None and not self.busy)
        view = next((one for one in snapshot.radio.devices if one.device == self.device.currentData()), None)
        value = rssi_at(view, self.scanner.currentData()) if view is not None else None
        if value is not None:
            self.now.setText(self.tr("Now {0} at this scanner").format(dbm_text(value)))
        else:
            self.now.setText(self.tr("The scanner does not receive it now."))

    # What it says

    def _enable_buttons(self) -> None:
        running = self._collection
        self.progress.setVisible(running is not None)
        self.progress.setValue(0)
        ready = self.scanner.count() > 0 and self.device.count() > 0
        for distance_m, button in self.collect_buttons.items():
            mine = running is not None and running.distance_m == distance_m
            button.setEnabled(ready and (running is None or mine))
            again = self.tr("Collect again at {0} m") if distance_m in self._collected else self.tr("Collect at {0} m")
            button.setText(self.tr("Stop") if mine else again.format(number_text(distance_m, "g")))
            button.setIcon(icon("square" if mine else "play"))
            self._show_result(distance_m)
        for choice in (self.scanner, self.device):
            choice.setEnabled(running is None)
        self._show_fit()

    def _show_result(self, distance_m: float) -> None:
        readings = self._collected.get(distance_m)
        if self._collection is not None and self._collection.distance_m == distance_m:
            text = count_text(len(self._collection.rssi), self.tr("one reading"), self.tr("{0} readings"))
        elif readings is not None:
            text = self.tr("{0} readings, median {1}").format(number_text(len(readings.rssi_dbm)), dbm_text(round(readings.median_dbm)))
        else:
            text = self.tr("Not collected")
        self.results[distance_m].setText(text)

    def _show_fit(self) -> None:
        collected = tuple(self._collected.values())
        self.calibration = None
        try:
            self.calibration = fitted(self._fit, self.scanner.currentData() or "", collected)
            trouble = ""
        except InputError as error:
            trouble = error_text(error)
        self.plot.set_readings(tuple((one.distance_m, rssi) for one in collected for rssi in one.rssi_dbm), self.calibration)
        set_role(self.values, "error" if trouble else "secondary")
        self.values.setText(trouble or self._values_text())
        self.refresh()

    def _values_text(self) -> str:
        if self.calibration is None:
            return self.tr("Collect at two distances or more; further apart is better.")
        return _fit_text(self.calibration)

    def is_valid(self) -> bool:
        return self.calibration is not None and self._collection is None

    def command(self) -> CalibrateScanner:
        return CalibrateScanner(self.scanner.currentData(), self.calibration)

    def has_unsaved_work(self) -> bool:
        """Readings take a minute for each distance."""
        return bool(self._collected) or self._collection is not None

    def _use_usual(self) -> None:
        if self.scanner.currentData():
            self.tell(CalibrateScanner(self.scanner.currentData(), None), self.done_with)


def _fit_text(fit: ScannerCalibration) -> str:
    text = tr("{0} at 1 m, path loss exponent {1}, spread ± {2} dB")
    return text.format(dbm_text(round(fit.power_dbm)), number_text(fit.exponent, ".2f"), number_text(fit.sigma_db, ".1f"))
