"""Survey scanners: somebody stands with a phone at places all over the floor, and path losses of all scanners are fitted to it."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.devices.scanner_survey_words import fit_notice, hint_text, places_text, shortage_text
from console.dialogs.devices.survey_walk import Standing, Stop, number_too_near
from console.dialogs.labelled_rows import labelled_column
from console.dialogs.saving import SavingDialog
from console.feeds.floor_picture import FloorPicture
from engine.model.command import ChangeSettings
from engine.model.errors import WatchroomError
from engine.model.geometry import Point
from engine.model.radio.radio import BleDeviceView
from engine.model.radio.scanner_survey import LEAST_PLACES, FitSurvey, SurveyFit
from engine.model.settings import Settings
from engine.model.site import ScannerCalibration
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.devices.ble_words import BleRow, ble_title, heard_by
from widgets.devices.survey_table import SurveyRow, SurveyTable
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.marks.notice import Notice
from widgets.space.build import bounds_of, node_marks, zone_marks
from widgets.space.plan.points import PointPlan
from widgets.space.scene import Layers, SpaceScene
from widgets.theme import set_role
from widgets.translation import tr
from widgets.words import count_text


class ScannerSurveyDialog(SavingDialog):
    """`rows`: devices that are heard now; `scanners`: (id, name) of those that listen and have a place; `away`: names of those offline.

    Readings are taken from snapshots while somebody stands at a place. Nothing is changed before it is saved.
    """

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        scanners: tuple[tuple[str, str], ...],
        away: tuple[str, ...],
        rows: tuple[BleRow, ...],
        device: str = "",
        parent: QWidget | None = None,
    ) -> None:
        lead = tr(
            "Stand with a phone at places all over the floor. From what the scanners receive there, the engine learns how "
            "the signal weakens with distance at each of them."
        )
        super().__init__(bridge, tr("Survey scanners"), lead, parent=parent)
        self._clock, self._scanners, self._away = clock, dict(scanners), away
        self.stops: list[Stop] = []
        self.standing: Standing | None = None
        self.fit: SurveyFit | None = None
        self._spot: Point | None = None
        self._chosen = -1
        self._build_views(rows, device)
        self._build_buttons()
        self._connect_views()
        self._show_plan()
        self._show_all()
        self.resize(1180, 760)

    # Building

    def _build_views(self, rows: tuple[BleRow, ...], device: str) -> None:
        self.plan = PointPlan(self)
        self.plan.set_layers(Layers(links=False, glow=False, trails=False, uncertainty=False))
        self.ground = FloorPicture(self.bridge, (self.plan,), self)
        self.device = QComboBox()
        for row in rows:
            self.device.addItem(ble_title(row), row.view.device)
        self.device.setCurrentIndex(max(0, self.device.findData(device)))
        self.in_use, self.hint, self.places = (QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _ in range(3))
        set_role(self.in_use, "secondary")
        set_role(self.places, "section")
        self.here = QPushButton(self)
        self.remove = QPushButton(icon("trash-2"), self.tr("Remove p&lace"), self)
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.notice, self.outcome = Notice(), Notice()
        self.table = SurveyTable(self)
        side = QWidget()
        side.setMinimumWidth(380)
        column = make_column(side, spacing=10, margins=NO_MARGINS)
        column.addLayout(labelled_column(self.tr("&Phone or tag"), self.device))
        for widget in (self.in_use, self.hint):
            column.addWidget(widget)
        column.addLayout(self._place_buttons())
        for widget in (self.progress, self.notice):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addLayout(self._fit_row())
        column.addWidget(self.outcome)
        across = make_row(spacing=16)
        across.addWidget(self.plan, 3)
        across.addWidget(side, 2)
        self.body.addLayout(across, 1)

    def _place_buttons(self) -> QHBoxLayout:
        row = make_row(spacing=8)
        row.addWidget(self.here, 1)
        row.addWidget(self.remove, 1)
        return row

    def _fit_row(self) -> QHBoxLayout:
        self.fit_button = QPushButton(self.tr("&Fit"), self)
        row = make_row(spacing=8)
        row.addWidget(self.places, 1)
        row.addWidget(self.fit_button)
        return row

    def _build_buttons(self) -> None:
        self.usual = self.add_button(self.tr("Use the &default values"), at_left=True)
        self.add_save(self.tr("&Save calibration"))

    def _connect_views(self) -> None:
        self.plan.spot_wanted.connect(self.choose_spot)
        self.plan.spot_chosen.connect(self.choose_place)
        self.plan.spot_moved.connect(self.move_place)
        self.plan.removal_wanted.connect(self.remove_place)
        self.here.clicked.connect(self.stand_here)
        self.remove.clicked.connect(self._remove_chosen)
        self.fit_button.clicked.connect(self.fit_places)
        self.usual.clicked.connect(self._use_usual)
        self.device.currentIndexChanged.connect(self._show_all)
        self.bridge.snapshot_changed.connect(self.show_snapshot)

    # Places

    def choose_spot(self, x: float, y: float) -> None:
        """Where somebody is about to stand."""
        if not self._is_locked():
            self._spot, self._chosen = self._on_floor(x, y), len(self.stops)
            self.notice.set_notice("")
            self._show_all()

    def choose_place(self, index: int) -> None:
        if not self._is_locked():
            self._chosen = index
            self._show_all()

    def move_place(self, index: int, x: float, y: float) -> None:
        """The spot, or a place where somebody stood and that was clicked wrongly."""
        if self._is_locked():
            return
        if index < len(self.stops):
            self.stops[index] = replace(self.stops[index], spot=self._on_floor(x, y))
            self._drop_fit()
        else:
            self._spot = self._on_floor(x, y)
        self._show_all()

    def remove_place(self, index: int) -> None:
        if self._is_locked():
            return
        if index < len(self.stops):
            del self.stops[index]
            self._drop_fit()
        else:
            self._spot = None
        self._chosen = -1
        self._show_all()

    def _remove_chosen(self) -> None:
        if self._chosen >= 0:
            self.remove_place(self._chosen)

    def _is_locked(self) -> bool:
        """While somebody stands, and while the places are being fitted."""
        return self.standing is not None or self.busy

    def _on_floor(self, x: float, y: float) -> Point:
        bounds = self.plan.scene.bounds
        return min(max(x, bounds.x0), bounds.x1), min(max(y, bounds.y0), bounds.y1)

    # Standing

    def stand_here(self) -> None:
        """Collect at the spot; pressed again while it runs, stop it."""
        if self.standing is not None:
            self.standing = None
        elif self._spot is not None:
            self.standing = Standing(self.device.currentData(), self._scanners, self._spot, self._clock.now_ns())
            self._drop_fit()
            if self.bridge.snapshot is not None:
                self.show_snapshot(self.bridge.snapshot)  # what is there now was heard on the way
        self.notice.set_notice("")
        self._show_all()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        standing, now_ns = self.standing, self._clock.now_ns()
        if standing is not None:
            standing.take(snapshot.radio.devices, now_ns)
            self.progress.setValue(round(1000 * standing.share(now_ns)))
            if standing.is_over(now_ns):
                self._end_standing(standing)
        self._show_scanners()
        self._show_use()

    def _end_standing(self, standing: Standing) -> None:
        self.standing = None
        stop = standing.stop()
        if stop is None:
            names = [self._scanners[scanner] for scanner in standing.readings]
            self.notice.set_notice(shortage_text(self.device.currentText(), names), "high")
        else:
            self.stops.append(stop)
            self._spot, self._chosen = None, len(self.stops) - 1
        self._show_all()

    # Fitting

    def fit_places(self) -> None:
        """Ask the engine; nothing is changed by it."""
        self.set_busy(True)
        self._drop_fit()
        self._show_all()
        self.bridge.ask(FitSurvey(tuple(stop.place() for stop in self.stops)), self._show_fit, self._show_fit_error, owner=self)

    def _drop_fit(self) -> None:
        """It was of other places."""
        self.fit = None
        self.show_trouble("")

    def _show_fit(self, fit: SurveyFit) -> None:
        self.fit = fit
        self.set_busy(False)
        self._show_all()

    def _show_fit_error(self, error: WatchroomError) -> None:
        self.set_busy(False)
        self._show_all()
        self.show_error(error)

    # Showing

    def _show_plan(self) -> None:
        snapshot = self.bridge.snapshot
        settings = snapshot.settings if snapshot is not None else Settings()
        nodes = node_marks(settings, snapshot.radio.nodes if snapshot is not None else ())
        extent = snapshot.radio.picture.extent if snapshot is not None and snapshot.radio.picture else None
        floor = settings.floor
        bounds = bounds_of(floor, extent, nodes)
        self.plan.set_scene(SpaceScene(bounds, walls=floor.walls, portals=floor.portals, zones=zone_marks(floor), nodes=nodes))

    def _show_all(self) -> None:
        running = self.standing is not None
        spots = (*(stop.spot for stop in self.stops), *((self._spot,) if self._spot is not None else ()))
        near = number_too_near(self._spot, self.stops) if self._spot is not None else 0
        self.plan.set_spots(spots, self._chosen, len(spots) if near else 0)
        ready = bool(self._scanners) and self.device.count() > 0
        self.here.setText(self.tr("Stop") if running else self.tr("&Here"))
        self.here.setIcon(icon("square" if running else "play"))
        self.here.setEnabled(running or (ready and self._spot is not None and not near and not self.busy))
        self.remove.setEnabled(not self._is_locked() and self._chosen >= 0)
        self.device.setEnabled(not running and not self.stops)
        self.progress.setVisible(running)
        self.progress.setValue(0)
        self.hint.setText(hint_text(self.device.count(), len(self._scanners), self._spot is not None, running, near))
        self.places.setText(places_text(len(self.stops)))
        self.outcome.set_notice(*fit_notice(self.fit, self._scanners, self._away))
        self._show_scanners()
        self._show_use()
        self.refresh()

    def _show_scanners(self) -> None:
        heard = dict(heard_by(view)) if (view := self._view()) is not None else {}
        here = self.standing.readings if self.standing is not None else self._readings_of_place()
        rows = (
            SurveyRow(scanner, name, heard.get(scanner), len(here.get(scanner, ())), sum(scanner in stop.readings for stop in self.stops))
            for scanner, name in self._scanners.items()
        )
        self.table.show_rows(rows, self._clock.now_ns())

    def _readings_of_place(self) -> dict[str, Sequence[int]]:
        return dict(self.stops[self._chosen].readings) if 0 <= self._chosen < len(self.stops) else {}

    def _show_use(self) -> None:
        count = len(self._calibrations())
        used = count_text(count, self.tr("In use: calibration of one scanner"), self.tr("In use: calibrations of {0} scanners"))
        self.in_use.setText(used if count else self.tr("In use: no calibration"))
        self.usual.setEnabled(count > 0 and not self.busy and self.standing is None)

    def _view(self) -> BleDeviceView | None:
        snapshot, device = self.bridge.snapshot, self.device.currentData()
        return next((one for one in snapshot.radio.devices if one.device == device), None) if snapshot is not None else None

    def _calibrations(self) -> tuple[ScannerCalibration, ...]:
        return self.bridge.snapshot.settings.radio.calibrations if self.bridge.snapshot is not None else ()

    # Saving

    def refresh(self) -> None:
        super().refresh()
        self.fit_button.setEnabled(self.standing is None and not self.busy and len(self.stops) >= LEAST_PLACES)

    def is_valid(self) -> bool:
        return self.standing is None and self.fit is not None and self.fit.is_better

    def command(self) -> ChangeSettings:
        return self._with_calibrations(self.fit.calibrations if self.fit is not None else ())

    def has_unsaved_work(self) -> bool:
        """Each place takes half a minute."""
        return bool(self.stops) or self.standing is not None

    def _use_usual(self) -> None:
        self.tell(self._with_calibrations(()), self.done_with)

    def _with_calibrations(self, calibrations: tuple[ScannerCalibration, ...]) -> ChangeSettings:
        settings = self.bridge.snapshot.settings if self.bridge.snapshot is not None else Settings()
        return ChangeSettings(radio=replace(settings.radio, calibrations=calibrations))
