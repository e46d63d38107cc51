"""The Incidents page: what people report, on a map and in a table, and all about one of them."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QSplitter, QWidget

from console.actions.incident_actions import IncidentActions
from console.dialogs.incidents.file_report import ReportStart
from console.feeds.incident_feed import IncidentFeed, holds_words
from console.feeds.risk_feed import RiskFeed
from console.maps.map_layers import MapLayers
from console.maps.map_memory import MapMemory
from console.pages.incidents.card_side import IncidentSide
from console.pages.incidents.words import Marks, count_text, empty_words, headline, incidents_question, older_text, summary
from console.pages.page import LOW, LOW_MARGINS, MARGINS, Page, PageContext, ShortcutNote
from console.pages.simulated_chip import beside, simulated_chip
from console.palette.commands_catalogue import Action, bind, keyed
from console.words import error_text, permit
from engine._geodesic import distance_m
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.incidents.incident import Incident, IncidentState
from engine.model.question import GetIncident
from engine.model.site import SiteAnchor
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.fields.first_focus import set_first_focus
from widgets.icons import icon
from widgets.incidents.atlas_panel import ATLAS_LEVELS, atlas_state_word
from widgets.incidents.incident_filter_bar import IncidentFilterBar
from widgets.incidents.incident_table import IncidentTable
from widgets.layout.boxes import make_column
from widgets.layout.folding_row import FoldingRow
from widgets.layout.head_row import HeadRow
from widgets.maps.map_notice import MapNotice
from widgets.maps.site_map import Layer, SiteMap
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notice
from widgets.marks.status_chip import LEVELS
from widgets.shapes import role_icon
from widgets.signals import on
from widgets.theme import set_role

_TIMES_EVERY_NS = 5 * SECOND
_SIDE = 330  # pixels of the card; a page without room for map and list beside it has them in a tab


class IncidentsPage(Page):
    """UI thread. Incidents follow at once; how long ago they were, every few seconds."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._clock = context.bridge, context.remembered, context.clock
        self._quick: tuple[object, ...] = ()
        self._times_ns = 0
        self._around: tuple[float, float] | None = None
        self._distances: dict[str, float] = {}
        self._measured_from: dict[str, SiteAnchor | None] = {}
        self._visited = ""
        self._marks = Marks()
        self._trouble = ""
        self._shown: tuple[Incident, ...] = ()
        self.actions_of = IncidentActions(context.bridge, context.toasts, self)
        self.feed = IncidentFeed(context.bridge, self)
        self.map = SiteMap()
        self.risk = RiskFeed(context.bridge, self)
        self.memory = MapMemory(self.map, context.remembered, "incidents", hidden={Layer.RISK, Layer.AREAS, Layer.PATTERNS})
        self.on_map = MapLayers(self.map, self.memory, context.bridge, context.remembered, self.risk, self._show_base_trouble)
        self.base_trouble = MapNotice(self.map)
        self.table = IncidentTable(context.clock, self.tr("Import reports…"))
        self.side = IncidentSide(context.bridge, context.clock, self.actions_of, has_alerts=True)
        self.filter = IncidentFilterBar()
        self._build_map_and_list()
        self._connect_views()
        self._bind_keys()
        self._remembered.restore_splitter("incidents-across", self._across)
        self._remembered.restore_splitter("incidents-down", self._down)
        self.memory.follow(self._show_layers)

    def _build_map_and_list(self) -> None:
        unknown = self.tr("The site has no location, so distances are unknown. Set it under “Site location…”.")
        self.no_anchor = Notice(unknown, "moderate")
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.setChildrenCollapsible(False)
        self._down.addWidget(self.map)
        self._down.addWidget(self._list())
        self._down.setSizes([380, 420])
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        self._across.addWidget(self._down)
        self._across.addWidget(self.side)
        self._across.setStretchFactor(0, 5)
        self._across.setStretchFactor(1, 3)
        self._across.setSizes([850, 530])
        self.side.setMinimumWidth(_SIDE)
        self._across.setMinimumWidth(_SIDE)  # in which map and list go into a tab; beside the card they ask for more
        column = self._column = make_column(self, spacing=10, margins=MARGINS)
        column.addLayout(self._head())
        column.addWidget(self.no_anchor)
        column.addWidget(self.filter)
        column.addWidget(self._across, 1)
        set_first_focus(self, self.table)

    def _list(self) -> QWidget:
        self.count = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.count, "secondary")
        self.older = QPushButton(self.tr("Show &older"))
        foot = QHBoxLayout()
        foot.addWidget(self.count)
        foot.addStretch()
        foot.addWidget(self.older)
        holder = QWidget()
        column = make_column(holder, spacing=6, margins=(0, 4, 0, 0))
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        return holder

    def _head(self) -> HeadRow:
        self.headline = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.headline, "page")
        self.summary = ElidedLabel()
        self.summary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_role(self.summary, "secondary")
        words = make_column(spacing=4)
        self.simulated = simulated_chip(self.tr("Some of these incidents are simulated"))
        words.addLayout(beside(self.headline, self.simulated))
        words.addWidget(self.summary)
        self.atlas_button = QPushButton()
        self.atlas_button.setToolTip(self.tr("Status of Atlas"))
        self.anchor_button = QPushButton(icon("locate-fixed"), self.tr("&Site location…"))
        self.rules_button = QPushButton(icon("settings"), self.tr("Correla&tion…"))
        self.file_button = QPushButton(self.tr("&File report…"))
        self.file_button.setToolTip(self.tr("What happened, where and when, with pictures (N)"))
        set_role(self.file_button, "primary")
        self.page_button = QPushButton(icon("link"), self.tr("&Report page…"))
        self.import_button = QPushButton(icon("upload"), self.tr("&Import reports…"))
        permit(self.anchor_button, self._bridge.session, Verb.ADMINISTER, self.tr("Coordinates and heading of the floor plan"))
        permit(
            self.rules_button,
            self._bridge.session,
            Verb.ADMINISTER,
            self.tr("Report correlation: distance, time and similarity within one incident"),
        )
        permit(self.import_button, self._bridge.session, Verb.ADMINISTER, self.tr("From a file, CSV or GeoJSON (Ctrl+I)"))
        page_tip = self.tr("The page on which people report from their phones, and its links")
        permit(self.page_button, self._bridge.session, Verb.ADMINISTER, page_tip)
        asked = (self.file_button, self.atlas_button, self.import_button, self.page_button)
        return HeadRow(words, FoldingRow((*asked, self.anchor_button, self.rules_button)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.setContentsMargins(*(LOW_MARGINS if self.height() < LOW else MARGINS))
        across = self._column.contentsMargins().left() * 2 + self._down.minimumSizeHint().width() + _SIDE + self._across.handleWidth()
        self._place_list(beside=self.width() >= across)

    def _place_list(self, beside: bool) -> None:
        """Beside the card; on a page without room for that in a tab of its own."""
        placed = self._across.indexOf(self._down) >= 0
        if beside and not placed:
            self.side.removeTab(self.side.indexOf(self._down))
            self._across.insertWidget(0, self._down)
            self._across.setStretchFactor(0, 5)
            self._across.setSizes([850, 530])
            self._down.show()
        elif not beside and placed:
            self.side.take_list(self._down)

    def _connect_views(self) -> None:
        act = self.actions_of
        on(self.atlas_button.clicked, self.side.setCurrentIndex, 1)
        self.anchor_button.clicked.connect(act.site_anchor)
        self.rules_button.clicked.connect(act.correlation)
        on(self.file_button.clicked, act.file_report)
        self.page_button.clicked.connect(act.report_page)
        self.import_button.clicked.connect(act.import_reports)
        self.table.empty.action_requested.connect(self._take_empty_action)
        self.table.selected.connect(self._selected)
        on(self.table.activated, self.side.show_tab, 1)
        self.map.places_clickable = False
        self.map.incident_chosen.connect(self.choose)
        self.map.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.map.customContextMenuRequested.connect(self.show_map_menu)
        self.side.shown.connect(self.visit)
        self.side.merge_wanted.connect(self.merge)
        self.side.card.link_wanted.connect(self.visit_requested)
        self.filter.changed.connect(self._filtered)
        self.older.clicked.connect(self.feed.load_older)
        self.feed.changed.connect(self._show_incidents)
        self.feed.refused.connect(self._show_incidents_error)
        act.done.connect(self._reload_and_select)

    def _bind_keys(self) -> None:
        bind(self.actions())

    def actions(self) -> tuple[Action, ...]:
        act, side = self.actions_of, self.side
        listed = (
            ("overview", self.tr("Overview of the incident"), "O", side.show_tab, 0),
            ("reports", self.tr("Reports of the incident"), "R", side.show_tab, 1),
            ("same", self.tr("Possible duplicates"), "S", side.show_tab, 2),
            ("validate", self.tr("Validate the selected incident"), "V", side.with_incident, act.validate),
            ("edit", self.tr("Edit the selected incident"), "E", side.with_incident, act.edit),
            ("merge", self.tr("Merge with another incident"), "M", self.merge, ""),
            ("split", self.tr("Split off the selected reports"), "X", side.split_ticked),
            ("close", self.tr("Close or reopen the incident"), "C", side.with_incident, act.switch_state),
            ("file", self.tr("File report"), "N", act.file_report),
            ("report-page", self.tr("Report page and its links"), "", act.report_page),
            ("search", self.tr("Search descriptions of incidents"), "Ctrl+F", self.filter.text.setFocus),
            ("import", self.tr("Import reports"), "Ctrl+I", act.import_reports),
            ("correlation", self.tr("Report correlation"), "", act.correlation),
        )
        return keyed("incidents", self.tr("Incidents"), listed, (self,))

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return (ShortcutNote("+ − F", self.tr("Map: zoom in, zoom out, show everything")),)

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._ask_closed(snapshot)
        settings = snapshot.settings
        quick = (snapshot.incidents, _anchors(snapshot), settings.floor, settings.incidents)
        if quick != self._quick:
            self._quick = quick
            self._show_head(snapshot)
        if snapshot.at_ns - self._times_ns >= _TIMES_EVERY_NS:
            self._times_ns = snapshot.at_ns
            self._show_incidents()
        self.on_map.show_snapshot(snapshot, incidents=self._shown)
        self.side.show_snapshot(snapshot)

    def _show_base_trouble(self) -> None:
        self.base_trouble.set_notice(self.on_map.trouble, "moderate")

    def _show_layers(self) -> None:
        self._show_base_trouble()
        if self._bridge.snapshot is not None:
            self.on_map.show_snapshot(self._bridge.snapshot, incidents=self._shown)

    def _ask_closed(self, snapshot: Snapshot) -> None:
        if not self._bridge.may(Verb.SEE_PAST):
            self._trouble = self.tr("You have no access to past events. Ask an administrator.")
            return
        self.feed.show(
            incidents_question(self.filter.current_filter(), snapshot.settings, self._around, snapshot.at_ns), snapshot.incidents.incidents
        )

    def _show_head(self, snapshot: Snapshot) -> None:
        self.headline.setText(headline(snapshot))
        self.summary.setText(summary(snapshot))
        anchors = _anchors(snapshot)
        self.no_anchor.setVisible(None in anchors.values())
        if anchors != self._measured_from:
            self._measured_from, self._distances = anchors, {}
            self._show_incidents()
        health = snapshot.incidents.atlas
        waiting = self.tr(", {0} waiting").format(health.waiting) if health.waiting else ""
        self.atlas_button.setText(f"{atlas_state_word(health.state)}{waiting}")
        shape, role = LEVELS[ATLAS_LEVELS[health.state]]
        self.atlas_button.setIcon(role_icon(shape, role))
        self._show_places()

    def _show_incidents(self) -> None:
        if self.feed.asked:
            self._trouble = ""
        chosen = self.filter.current_filter()
        self._shown = tuple(it for it in self.feed.incidents if holds_words(it, chosen.text))  # at once, before the record answers
        self._measure()
        title, text, action = empty_words(chosen, self.feed.asked, self._trouble)
        self.table.empty.set_text(title, text)
        self.table.empty.set_action(action)
        importing = not chosen.narrows and self.feed.asked
        self.table.empty.set_action_visible(bool(action) and (not importing or self._bridge.may(Verb.ADMINISTER)))
        self.simulated.setVisible(any(it.simulated for it in self._shown))
        self.table.set_incidents(self._shown, self._distances, self._sites())
        self.map.set_incidents(self._marks.of(self._shown, self._clock.now_ns()))
        searched = bool(chosen.text)
        self.count.setText(count_text(len(self._shown), self.feed.more, searched) if self.feed.asked else self.tr("Searching…"))
        self.older.setText(older_text(searched))
        self.older.setVisible(self.feed.more)
        self._choose_visited()
        self._show_chosen()

    def _sites(self) -> dict[str, str]:
        """Whose each is, where several sites are shown."""
        names = {site.key: site.name for site in self._bridge.sites}
        return {it.id: names.get(self._bridge.key_of(it.id), "") for it in self._shown} if len(names) > 1 else {}

    def _measure(self) -> None:
        """Once for each incident, from its site: its place never changes."""
        for it in self._shown:
            anchor = self._measured_from.get(self._bridge.key_of(it.id))
            if anchor is not None and it.id not in self._distances:
                self._distances[it.id] = distance_m(anchor.latitude, anchor.longitude, it.latitude, it.longitude)

    def _show_places(self) -> None:
        snapshot = self._bridge.snapshot
        self.filter.set_places(snapshot is not None and snapshot.settings.anchor is not None, self.side.incident() is not None)

    def _show_chosen(self) -> None:
        chosen_id = self.selected_incident()
        it = next((each for each in self._shown if each.id == chosen_id), None)
        self.map.pick(chosen_id if it is not None else "")
        self.side.show_incident(it, self._distances.get(chosen_id))
        self._show_places()
        if self._bridge.snapshot is not None:
            self.side.show_snapshot(self._bridge.snapshot)

    # Which

    def selected_incident(self) -> str:
        """The selected one, otherwise the first."""
        if not self.table.selected_key() and (shown := self.table.shown_keys()):
            self.table.select_row(shown[0])
        return self.table.selected_key()

    def choose(self, incident_id: str) -> None:
        """Select it, as soon as it is shown."""
        self._visited = incident_id
        self._choose_visited()

    def visit(self, what: str) -> None:
        """An incident, also one that filters hide or that is older than what is shown: the filters are then cleared."""
        self.side.setCurrentIndex(0)
        self.choose(what)
        if self._visited and self._bridge.may(Verb.SEE_PAST):
            self._bridge.ask(GetIncident(what), lambda answer: self._pin_incident(answer.incident), self.actions_of.complain, owner=self)

    def _pin_incident(self, it: Incident) -> None:
        if it.state is IncidentState.MERGED:
            self.visit(it.merged_into)
        elif self._visited == it.id:
            self.filter.show_all(it.state)
            self.feed.pin(it)

    def _choose_visited(self) -> None:
        if self._visited and self.feed.asked and self._visited in self.table.shown_keys():
            visited, self._visited = self._visited, ""
            self.table.select_row(visited)

    def _selected(self, incident_id: str) -> None:
        if incident_id:
            self._show_chosen()

    def _filtered(self) -> None:
        chosen = self.filter.current_filter()
        it = self.side.incident()
        if not chosen.around_chosen:
            self._around = None
        elif self._around is None and it is not None:
            self._around = (it.latitude, it.longitude)
        if self._bridge.snapshot is not None:
            self._ask_closed(self._bridge.snapshot)
        self._show_incidents()

    # What the operator does

    def show_map_menu(self, at: QPoint) -> None:
        menu = self.map_menu(at)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.map.mapToGlobal(at))

    def map_menu(self, at: QPoint) -> QMenu:
        """For the place under the mouse."""
        place = self.map.plane().to_earth(*self.map.view.to_plane(at.x(), at.y()))
        menu = self.actions_of.menu_of(self.map)
        start = ReportStart(place=place)
        self.actions_of.add_entry(menu, self.tr("&File report here…"), "plus", True, self.actions_of.file_report, start, verb=Verb.SEE_LIVE)
        return menu

    def merge(self, other_id: str) -> None:
        known = {each.id: each for each in (*self.feed.incidents, *self.side.looks.others.values())}
        self.side.with_incident(lambda it: self.actions_of.merge(it, tuple(known.values()), other_id))

    def _reload_and_select(self, incident_id: str) -> None:
        self.feed.renew()
        self.choose(incident_id)

    def _take_empty_action(self) -> None:
        if self._trouble:
            self._trouble = ""
            self.feed.renew()
        elif self.filter.current_filter().narrows:
            self.filter.clear()
        else:
            self.actions_of.import_reports()

    def _show_incidents_error(self, error: WatchroomError) -> None:
        self._trouble = error_text(error)
        self._show_incidents()

    def has_content(self) -> bool:
        return self._bridge.snapshot is not None and self.feed.asked and self._bridge.idle

    def shutdown(self) -> None:
        super().shutdown()
        self.on_map.stop()
        if self._across.indexOf(self._down) >= 0:
            self._remembered.keep_splitter("incidents-across", self._across)
        self._remembered.keep_splitter("incidents-down", self._down)


def _anchors(snapshot: Snapshot) -> dict[str, SiteAnchor | None]:
    """Where the site lies; of several each by its key. None where that is not known."""
    if not snapshot.several_sites:
        return {"": snapshot.settings.anchor, **{site.key: snapshot.settings.anchor for site in snapshot.sites if site.shown}}
    return {site.key: site.settings.anchor for site in snapshot.sites if site.shown and site.settings is not None}
