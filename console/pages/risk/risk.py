"""The Risk page: where incidents are likely in the hours to come, why, and how right that was; fire weather and smoke beside it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from console.actions.smoke_actions import SmokeActions
from console.dialogs.cameras.lookouts import LookoutsDialog
from console.dialogs.fire.fire_weather import FireWeatherDialog
from console.dialogs.frame import open_new
from console.dialogs.incidents.base_map import BaseMapDialog
from console.dialogs.incidents.import_reports import ImportReportsDialog
from console.dialogs.incidents.risk_settings import RiskSettingsDialog
from console.feeds.area_history import WEEK_NS, WEEKS, circle, history
from console.feeds.incident_feed import MOST, IncidentFeed
from console.feeds.risk_feed import Heat, RiskFeed
from console.maps.map_layers import MapLayers
from console.maps.map_memory import MapMemory
from console.pages.incidents.words import Marks
from console.pages.page import MARGINS, Page, PageContext, ShortcutNote
from console.pages.risk.words import cell_at, headline, highest
from console.pages.simulated_chip import beside, simulated_chip
from console.palette.commands_catalogue import Action, bind, keyed
from console.risk_export import as_geojson
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.incidents.incident import Incident
from engine.model.question import IncidentPage, ListIncidents
from engine.model.risk.commands import ImportNeighbourhoods, RetrainRisk, RiskCommand
from engine.model.risk.risk import RiskReasons, RiskState, TrainingState
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.layout.head_row import HeadRow
from widgets.maps.area_card import AreaCard
from widgets.maps.fire_words import fire_notice
from widgets.maps.heat.heat_legend import HeatLegend
from widgets.maps.highest_list import HighestList
from widgets.maps.hour_scrubber import HourScrubber
from widgets.maps.map_notice import MapNotice
from widgets.maps.risk_card import RiskCard
from widgets.maps.risk_layers import Place
from widgets.maps.risk_words import map_trouble, score_detail, score_text, training_text
from widgets.maps.site_map import Layer, SiteMap
from widgets.maps.smoke_list import SmokeList
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notice
from widgets.properties import with_properties
from widgets.signals import on, on_told
from widgets.theme import set_role

_SHOWN_NS = 30 * 86_400 * SECOND
_MINUTE_NS = 60 * SECOND
_BESIDE = 640  # pixels of a page that has room for the reasons beside the map


class RiskPage(Page):
    """UI thread."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._clock, self._toasts = context.bridge, context.remembered, context.clock, context.toasts
        self._quick: tuple[object, ...] = ()
        self._marks = Marks()
        self.feed = RiskFeed(context.bridge, self)
        self.incidents = IncidentFeed(context.bridge, self)
        self.map = SiteMap()
        self.fire_trouble = MapNotice(self.map)
        self.card, self.area, self.smoke = RiskCard(), AreaCard(), SmokeList(context.bridge.may(Verb.ACKNOWLEDGE))
        self.highest = HighestList()
        self.scrubber, self.legend = HourScrubber(), HeatLegend()
        self.memory = MapMemory(self.map, context.remembered, "risk")
        self.layer_actions = self.memory.actions
        self.on_map = MapLayers(self.map, self.memory, context.bridge, context.remembered, self.feed, self._show_base_trouble)
        self._build_map()
        self._connect_feed()
        self.memory.follow(self._show_layers)
        self._bind_keys()
        self._remembered.restore_splitter("risk", self._across)

    def _build_map(self) -> None:
        self.trouble = Notice()
        self.area.hide()
        side = QWidget()
        sides = make_column(side, spacing=20, margins=(16, 4, 8, 4))
        sides.addWidget(self.card)
        sides.addWidget(self.area)
        sides.addWidget(self.highest)
        sides.addWidget(self.smoke)
        sides.addStretch(1)
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(side)
        scroll.setMinimumWidth(340)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        self._across.addWidget(self._map_or_not())
        self._across.addWidget(scroll)
        self._across.setStretchFactor(0, 1)
        self._across.setSizes([960, 400])
        foot = self._foot = make_row(spacing=12)
        foot.addWidget(self.scrubber, 1)
        foot.addWidget(self.legend)
        column = make_column(self, spacing=10, margins=MARGINS)
        column.addLayout(self._head())
        column.addWidget(self.trouble)
        column.addWidget(self._across, 1)
        column.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a page without room for the reasons beside the map they stand below it, and the legend below the hours."""
        super().resizeEvent(event)
        narrow = self.width() < _BESIDE
        if narrow != (self._across.orientation() is Qt.Orientation.Vertical):
            self._across.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
            self._across.setSizes([600, 400] if narrow else [960, 400])
            self._foot.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _map_or_not(self) -> QStackedWidget:
        why = self.tr("The forecast is trained on reported incidents. Import past incidents to start with a forecast.")
        self.empty = EmptyState("map", self.tr("No data for the map yet"), why, self.tr("Import reports…"))
        self.empty.set_action_visible(self._bridge.may(Verb.ADMINISTER))
        self.shown = QStackedWidget()
        self.shown.addWidget(self.map)
        self.shown.addWidget(self.empty)
        return self.shown

    def _head(self) -> HeadRow:
        self.headline, self.score, self.training = QLabel(textFormat=Qt.TextFormat.PlainText), ElidedLabel(), ElidedLabel()
        set_role(self.headline, "page")
        for label in (self.score, self.training):
            set_role(label, "secondary")
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words = make_column(spacing=4)
        self.simulated = simulated_chip(self.tr("Based on simulated incidents"))
        words.addLayout(beside(self.headline, self.simulated))
        for label in (self.score, self.training):
            words.addWidget(label)
        self.draw = QPushButton(icon("square-dashed"), self.tr("&Draw area"))
        self.draw.setToolTip(self.tr("Click the corners, Enter closes the area (D). Shift+D selects the visible area."))
        self.export = QPushButton(icon("download"), self.tr("&Export"))
        self.retrain = QPushButton(icon("refresh-cw"), self.tr("&Train now"))
        permit(self.retrain, self._bridge.session, Verb.ADMINISTER, self.tr("Train the forecast on all recorded incidents now"))
        self.setup = QPushButton(icon("settings"), self.tr("&Set up"))
        self.export.setMenu(self._export_menu())
        self.setup.setMenu(self._setup_menu())
        permit(self.setup, self._bridge.session, Verb.ADMINISTER, self.tr("Weights, fire weather, lookouts, neighbourhoods and base map"))
        return HeadRow(words, self.retrain, self.draw, self.export, self.setup)

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        picture, cells = menu.addAction(self.tr("Picture (PNG)…")), menu.addAction(self.tr("Cells (GeoJSON)…"))
        on(picture.triggered, self._save, self.tr("risk.png"), "PNG (*.png)", self.save_picture)
        on(cells.triggered, self._save, self.tr("risk.geojson"), "GeoJSON (*.geojson)", self.save_cells)
        return menu

    def _setup_menu(self) -> QMenu:
        menu = QMenu(self)
        on(menu.addAction(self.tr("Weights and half-life…")).triggered, open_new, RiskSettingsDialog, self._bridge, self)
        on(menu.addAction(self.tr("Fire weather…")).triggered, open_new, FireWeatherDialog, self._bridge, self)
        on(menu.addAction(self.tr("Lookouts…")).triggered, open_new, LookoutsDialog, self._bridge, self)
        menu.addAction(self.tr("Neighbourhoods from GeoJSON…"), self._import_areas)
        on(menu.addAction(self.tr("Base map…")).triggered, open_new, BaseMapDialog, self._bridge, self)
        return menu

    def _connect_feed(self) -> None:
        self.feed.heat_changed.connect(self._show_heat)
        self.feed.reasons_changed.connect(self._show_reasons)
        self.feed.refused.connect(self._show_risk_error)
        self.incidents.changed.connect(self._show_incidents)
        self.map.place_chosen.connect(self.choose)
        on_told(self.map.incident_chosen, self.visit_requested.emit, "incidents")
        self.map.area_drawn.connect(self.show_area)
        on_told(self.card.incident_chosen, self.visit_requested.emit, "incidents")
        on(self.empty.action_requested, open_new, ImportReportsDialog, self._bridge, self)
        self.scrubber.changed.connect(self._follow_hour)
        self.draw.clicked.connect(self.map.begin_area)
        self.retrain.clicked.connect(self._retrain)
        self.highest.place_chosen.connect(self.choose)
        self.smoke.plume_chosen.connect(self.show_plume)
        SmokeActions(self.smoke, self._bridge, self._toasts, self)

    def _bind_keys(self) -> None:
        bind(self.actions())

    def actions(self) -> tuple[Action, ...]:
        """Their keys work while the map has the focus."""
        listed = (
            ("earlier", self.tr("Forecast one hour earlier"), "Ctrl+Left", self._step_hours, -1),
            ("later", self.tr("Forecast one hour later"), "Ctrl+Right", self._step_hours, 1),
            ("why", self.tr("Explain the value at the map centre"), "Space", self._choose_middle),
            ("area", self.tr("Draw area"), "D", self.map.begin_area),
            ("on-screen", self.tr("Select the visible area"), "Shift+D", self._area_on_screen),
            ("forget", self.tr("Clear the map selection"), "Esc", self._forget_cell),
        )
        return keyed("risk", self.tr("Risk"), listed, (self.map,), only_there=True)

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return (
            ShortcutNote("Alt+M", self.tr("Merge the selected plumes (Space selects one)")),
            ShortcutNote("+ − F", self.tr("Map: zoom in, zoom out, show everything")),
        )

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        quick = (snapshot.risk, snapshot.fire, snapshot.smoke, snapshot.settings, snapshot.at_ns // _MINUTE_NS)
        if quick != self._quick:
            self._quick = quick
            self._show_state(snapshot)
        if self._bridge.may(Verb.SEE_PAST):
            self._follow_hour()
            since_ns = (snapshot.at_ns - _SHOWN_NS) // _MINUTE_NS * _MINUTE_NS
            self.incidents.show(ListIncidents(since_ns=since_ns), snapshot.incidents.incidents)

    def _follow_hour(self) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is not None and snapshot.risk.enabled:
            self.feed.follow(snapshot.risk, self.scrubber.hours_ahead(), snapshot.at_ns)

    def _show_state(self, snapshot: Snapshot) -> None:
        state, now_ns = snapshot.risk, snapshot.at_ns
        self.headline.setText(headline(state))
        self.simulated.setVisible(state.simulated)
        self.score.setText(score_text(state.score))
        self.score.set_detail("" if state.score is None else score_detail(state.score))
        self.training.setText(training_text(state.training, now_ns))
        self._show_trouble(snapshot)
        self._show_fire(snapshot)
        self.retrain.setEnabled(self._bridge.may(Verb.ADMINISTER) and state.training.state is not TrainingState.RUNNING)
        self.scrubber.set_now(now_ns)
        self.smoke.setVisible(bool(snapshot.settings.lookouts or snapshot.smoke.plumes))
        self.smoke.show_smoke(snapshot.smoke, snapshot.settings.camera_names(), now_ns)
        heat = self.feed.heat
        self.highest.show_places(() if heat is None else highest(heat.picture, snapshot.settings.anchor))
        self.on_map.show_snapshot(snapshot, self.scrubber.hours_ahead())

    def _show_trouble(self, snapshot: Snapshot) -> None:
        """What keeps the map from being trusted, then what keeps tiles from lying under it."""
        text, level = map_trouble(snapshot.risk, self._faded(), snapshot.at_ns)
        self.trouble.set_notice(" ".join(filter(None, (text, self.on_map.trouble))), level if text else "moderate")

    def _show_fire(self, snapshot: Snapshot) -> None:
        """Where the classes of cameras are shown, also since when they are not known."""
        shown = self.layer_actions[Layer.CAMERAS].isChecked()
        self.fire_trouble.set_notice(*(fire_notice(snapshot.fire, snapshot.at_ns) if shown else ("", "neutral")))

    def _show_whether_empty(self) -> None:
        """What is not known yet is not said to be nothing."""
        nothing = self.feed.heat is not None and self.feed.heat.raster is None and self.incidents.asked and not self.incidents.incidents
        self.shown.setCurrentWidget(self.empty if nothing and self.map.is_bare() else self.map)

    def _faded(self) -> bool:
        return self.feed.heat is not None and self.feed.heat.picture.faded

    def _beats(self) -> bool | None:
        """None: what is on the map was not scored."""
        state = self._bridge.snapshot.risk if self._bridge.snapshot is not None else RiskState()
        return state.score.beats if state.learnt and state.score is not None else None

    def _show_risk_error(self, error: WatchroomError) -> None:
        self.card.show_nothing(error_text(error))

    def _show_heat(self, heat: Heat) -> None:
        self.legend.set_faded(heat.picture.faded)
        if self._bridge.snapshot is not None:
            self._show_state(self._bridge.snapshot)
        self._show_whether_empty()

    def _show_incidents(self) -> None:
        self.map.set_incidents(self._marks.of(self.incidents.incidents, self._clock.now_ns()))
        self._show_whether_empty()

    def _show_layers(self) -> None:
        if self._bridge.snapshot is not None:
            self._show_fire(self._bridge.snapshot)
            self._show_trouble(self._bridge.snapshot)
            self.on_map.show_snapshot(self._bridge.snapshot, self.scrubber.hours_ahead())

    def _show_base_trouble(self) -> None:
        if self._bridge.snapshot is not None:
            self._show_trouble(self._bridge.snapshot)

    # A cell

    def choose(self, latitude: float, longitude: float) -> None:
        """Why this place has its value."""
        self.area.hide()
        self.map.set_area(())
        self.card.show()
        heat = self.feed.heat
        index = None if heat is None else cell_at(heat.picture, latitude, longitude)
        if heat is None or index is None:
            self._forget_cell()
            self.card.show_nothing(self.tr("No data for this place. No data does not mean no risk."))
            return
        self.map.set_chosen(float(heat.picture.latitudes[index]), float(heat.picture.longitudes[index]), heat.picture.cell_m)
        self.feed.explain(int(heat.picture.cells[index]))

    def _choose_middle(self) -> None:
        self.choose(*self.map.plane().to_earth(self.map.view.x, self.map.view.y))

    def _show_reasons(self, reasons: RiskReasons) -> None:
        self.card.show_reasons(reasons, self._clock.now_ns())

    def _forget_cell(self) -> None:
        self.feed.forget_cell()
        self.map.forget_chosen()
        self.map.give_up_area()
        self.area.hide()
        self.card.show()
        self.card.show_nothing()

    def _step_hours(self, hours: int) -> None:
        self.scrubber.slider.setValue(self.scrubber.hours_ahead() + hours)

    def show_plume(self, plume_id: str) -> None:
        """Bring it on the map: where it is, else the cameras that see it."""
        plume = next((each for each in self.map.plumes() if each.id == plume_id), None)
        if plume is None:
            return
        places = [(line.latitude, line.longitude) for line in plume.sightlines]
        if plume.place is not None:
            places.append((plume.place.latitude, plume.place.longitude))
        self.shown.setCurrentWidget(self.map)
        self.map.show_places(places)

    # An area

    def _area_on_screen(self) -> None:
        south, west, north, east = self.map.shown_box()
        corners = ((south, west), (north, west), (north, east), (south, east))
        self.map.set_area(corners)
        self.show_area(corners)

    def show_area(self, corners: tuple[Place, ...]) -> None:
        """What was reported inside."""
        self.feed.forget_cell()
        self.map.forget_chosen()
        self.card.hide()
        self.area.show()
        self.area.set_state(self.tr("Searching records…"))
        now_ns = self._clock.now_ns()
        question = ListIncidents(limit=MOST, near=circle(corners), since_ns=now_ns - WEEKS * WEEK_NS)

        def take(page: IncidentPage) -> None:
            self._show_history(page.incidents, corners, now_ns)

        def show_area_error(error: WatchroomError) -> None:
            self.area.set_state(error_text(error), "high")

        self._bridge.ask(question, take, show_area_error, owner=self)

    def _show_history(self, incidents: tuple[Incident, ...], corners: tuple[Place, ...], now_ns: int) -> None:
        past = history(incidents, corners, now_ns)
        self.area.set_history(len(past.incidents), past.by_week, past.by_hour, past.by_category, len(incidents) >= MOST)

    # Elsewhere

    def save_picture(self, path: Path) -> bool:
        return self.map.grab().save(str(path), "PNG")

    def save_cells(self, path: Path) -> bool:
        heat = self.feed.heat
        if heat is None:
            return False
        path.write_text(as_geojson(heat.picture, self._beats(), heat.picture.simulated), encoding="utf-8")
        return True

    def _save(self, name: str, kind: str, save: Callable[[Path], bool]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export"), name, kind)
        if not chosen:
            return
        try:
            saved = save(Path(chosen))
        except OSError as error:
            self._toasts.show_message(self.tr("Not saved: {0}.").format(error.strerror or str(error)), "critical")
            return
        said = self.tr("Saved as {0}.").format(chosen) if saved else self.tr("There is nothing to save yet.")
        self._toasts.show_message(said, "good" if saved else "info")

    def _retrain(self) -> None:
        self._send_command(RetrainRisk(), lambda _: self.tr("Training started."))

    def _import_areas(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Neighbourhoods"), "", "GeoJSON (*.geojson *.json)")
        if chosen:
            self.import_areas(Path(chosen))

    def import_areas(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self._toasts.show_message(self.tr("{0} could not be read: {1}.").format(path.name, error), "critical")
            return
        self._send_command(ImportNeighbourhoods(text), lambda count: self._areas_now(count))

    def _areas_now(self, count: str) -> str:
        self.feed.ask_areas()
        return self.tr("Neighbourhoods: {0}.").format(count)

    def _send_command(self, command: RiskCommand, said: Callable[[str], str]) -> None:
        def show_command_error(error: WatchroomError) -> None:
            self._toasts.show_message(error_text(error), "critical", seconds=0)

        self._bridge.command(command, lambda outcome: self._toasts.announce(said(outcome), "good"), show_command_error, owner=self)

    def has_content(self) -> bool:
        return (
            self._bridge.snapshot is not None and self._bridge.idle and (self.feed.heat is not None or not self._bridge.may(Verb.SEE_PAST))
        )

    def shutdown(self) -> None:
        super().shutdown()
        self.on_map.stop()
        if self._across.orientation() is Qt.Orientation.Horizontal:
            self._remembered.keep_splitter("risk", self._across)
