"""The Space page: the floor, who radio finds on it, and why."""

from dataclasses import fields, replace

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QSplitter, QStackedWidget, QWidget

from console.actions.people_actions import PeopleActions
from console.courier import ignore_answer
from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.floor.floor import FloorDialog
from console.dialogs.floor.planner import PlannerDialog
from console.dialogs.frame import open_dialog
from console.feeds.coverage import CoverageWatch
from console.feeds.floor_picture import FloorPicture
from console.feeds.sense_quality import SenseQualityFeed
from console.pages.page import Page, PageContext, ShortcutNote
from console.pages.space.reasons import Reasons
from console.pages.space.simulated_falls import SimulatedFalls
from console.pages.space.toolbar import SpaceToolbar
from console.pages.space.words import (
    floor_is_watched,
    has_nodes,
    headline,
    layer_notices,
    nobody_text,
    node_names,
    notices,
    person_rows,
    sensor_names,
    strongest_zones,
    zone_names,
)
from console.palette.commands_catalogue import Action, bind, keyed
from console.words import denied_text, error_text, permit
from engine.model.accounts.access import Verb
from engine.model.capability import Capability
from engine.model.command import ChangeSettings
from engine.model.command_terms import terms_from
from engine.model.radio.blob import Blob, BlobExplanation
from engine.model.radio.fused import FusedTrack, SourceKind
from engine.model.snapshot import Snapshot
from widgets.fields.first_focus import set_first_focus
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notices
from widgets.people.explanation_panel import ExplanationPanel
from widgets.people.fused_panel import FusedPanel
from widgets.people.people_list import PeopleList
from widgets.signals import on
from widgets.space.build import fallen_ids, scene_of
from widgets.space.canvas import SpaceCanvas
from widgets.space.layer_strip import RADIO_LAYERS, LayerStrip
from widgets.space.plan.plan import FloorPlan
from widgets.space.scene import Highlight, Layers
from widgets.space.views import solid_view
from widgets.space.zone_counts import ZoneCounts
from widgets.theme import set_role

_ROWS = 3  # of the list while somebody is selected
_NO_LIMIT = 16_777_215  # Qt's own
_STRIP_FROM = 1120  # pixels of page width from which the layers stand beside the floor; else they are a menu
_LEAST_STAGE, _LEAST_SIDE = 420, 300  # pixels: together they fit 1280 × 800 at 150 %


class SpacePage(Page):
    """UI thread. Draws when the radio picture, the settings or the nodes changed; asks why only while somebody is selected."""

    moves = True

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._toasts = context.bridge, context.remembered, context.toasts
        self._with_radio = Capability.RADIO not in context.left_out
        self._snapshot: Snapshot | None = None
        self._shown: tuple[object, ...] = ()
        self._selected = ""
        self._blob: Blob | None = None
        self._track: FusedTrack | None = None
        self._gone = False
        self._explanation: BlobExplanation | None = None
        self._pointed = ""
        self._solid: SpaceCanvas | None = None
        self._solid_tried = False
        self.plan = FloorPlan(self)
        self.ground = FloorPicture(context.bridge, (self.plan,), self)
        self.view: SpaceCanvas = self.plan
        self.toolbar = SpaceToolbar(self)
        self.notices = Notices(self)
        self.layers = LayerStrip(self)
        self.headline = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.people = PeopleList(self)
        self.zone_counts = ZoneCounts(self)
        self.panel = ExplanationPanel(self)
        self.person = FusedPanel(self)
        self.actions_of = PeopleActions(context.bridge, context.toasts, context.clock, lambda face_id: None, self)
        self.reasons = Reasons(context.bridge, self)
        self.coverage = CoverageWatch(context.bridge, self)
        self.senses = SenseQualityFeed(context.bridge, self)
        self.simulated_falls = SimulatedFalls(context.bridge, context.toasts, self)
        self._build_views()
        if not self._with_radio:
            self._leave_radio_out()
        self._connect_toolbar()
        self._restore()
        self._bind_keys()

    def _build_views(self) -> None:
        self.no_nodes = self._no_nodes()
        self.radio_off = self._radio_off()
        self.no_cameras = self._no_cameras()
        self.denied = EmptyState("eye-off", self.tr("No live view of the floor"), denied_text(Verb.SEE_LIVE), parent=self)
        self._floor = QStackedWidget(self)
        self._floor.addWidget(self.plan)
        stage = QWidget(self)
        stage.setMinimumWidth(_LEAST_STAGE)
        column = make_column(stage, spacing=8, margins=(0, 0, 4, 0))
        column.addWidget(self.toolbar)
        column.addWidget(self.notices)
        row = make_row(spacing=8)
        row.addWidget(self.layers)
        row.addWidget(self._floor, 1)
        column.addLayout(row, 1)
        self._across = QSplitter(Qt.Orientation.Horizontal, self)
        self._across.addWidget(stage)
        self._across.addWidget(self._side())
        self._across.setCollapsible(0, False)
        self._across.setStretchFactor(0, 1)
        self._across.setSizes([980, 404])
        self._stack = QStackedWidget(self)
        for widget in (self._across, self.no_nodes, self.radio_off, self.no_cameras, self.denied):
            self._stack.addWidget(widget)
        outer = make_row(self, margins=(8, 8, 8, 8))
        outer.addWidget(self._stack)

    def _side(self) -> QWidget:
        """People above, the selected one below."""
        set_role(self.headline, "section")
        self.headline.setWordWrap(True)
        self._nobody = QLabel(self.tr("Select a person on the floor or in the list to see the evidence."), self)
        set_role(self._nobody, "secondary")
        self._nobody.setWordWrap(True)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        both = QWidget(self)
        below = make_column(both, spacing=8, margins=NO_MARGINS)
        below.addWidget(self.person)
        below.addWidget(self.panel)
        below.addStretch()
        self.person.hide()
        scroll.setWidget(both)
        self._why = scroll
        side = QWidget(self)
        side.setMinimumWidth(_LEAST_SIDE)
        column = make_column(side, spacing=8, margins=(4, 0, 0, 0))
        column.addWidget(self.headline)
        column.addWidget(self.people, 1)
        column.addWidget(self._nobody)
        column.addWidget(self.zone_counts)
        column.addWidget(scroll, 4)
        scroll.hide()
        return side

    def _no_nodes(self) -> EmptyState:
        text = self.tr(
            "Space shows where people are on the floor. Nodes, small Wi-Fi radios, locate them by their signals, and so do cameras that "
            "are placed on the plan. Add nodes on the Devices page."
        )
        empty = EmptyState("router", self.tr("No nodes yet"), text, self.tr("Plan nodes…"), self)
        if self._bridge.may(Verb.ADMINISTER):
            empty.add_button(self.tr("Place cameras…")).clicked.connect(self.open_cameras)
        return empty

    def _radio_off(self) -> EmptyState:
        allowed = self._bridge.may(Verb.ADMINISTER)
        text = self.tr("People are not located while radio sensing is off.") if allowed else self.tr("An administrator can switch it on.")
        return EmptyState("wifi-off", self.tr("Radio sensing is off"), text, self.tr("Switch on") if allowed else "", self)

    def _no_cameras(self) -> EmptyState:
        """Where the engine does without radio: only cameras find people on the floor."""
        allowed = self._bridge.may(Verb.ADMINISTER)
        text = self.tr("Placed cameras locate people on the floor.")
        if not allowed:
            text += " " + self.tr("An administrator can place them.")
        return EmptyState("cctv", self.tr("No cameras placed yet"), text, self.tr("Place cameras…") if allowed else "", self)

    def _leave_radio_out(self) -> None:
        self.toolbar.tools.set_wanted(self.toolbar.planner_button, False)
        self.layers.leave_out(RADIO_LAYERS)

    def _connect_toolbar(self) -> None:
        permit(self.toolbar.cameras_button, self._bridge.session, Verb.ADMINISTER, self.tr("Place cameras: position and direction"))
        permit(self.toolbar.floor_button, self._bridge.session, Verb.ADMINISTER, self.tr("Edit the floor: size, walls, zones and doors"))
        self.toolbar.solid_chosen.connect(self.show_solid)
        self.toolbar.orbit_requested.connect(self.show_orbit)
        self.toolbar.top_requested.connect(self.show_top)
        self.toolbar.fit_requested.connect(self.show_whole)
        self.toolbar.following_chosen.connect(self.follow)
        self.toolbar.planner_requested.connect(self.open_planner)
        self.toolbar.cameras_requested.connect(self.open_cameras)
        self.toolbar.fall_requested.connect(self.simulate_fall)
        self.toolbar.floor_requested.connect(self.open_floor)
        self.no_nodes.action_requested.connect(self.open_planner)
        self.radio_off.action_requested.connect(self._switch_on)
        self.no_cameras.action_requested.connect(self.open_cameras)
        self.layers.layers_chosen.connect(self._choose_layers)
        menu = self.toolbar.layers_button.menu()
        on(menu.aboutToShow, self.layers.fill_menu, menu)
        self.people.person_chosen.connect(self.select)
        on(self.people.person_activated, self.follow, True)
        self.people.menu_requested.connect(self._open_menu)
        on(self.panel.closed, self.select, "")
        on(self.person.closed, self.select, "")
        self.person.naming_requested.connect(self._open_naming)
        permit(self.person.name_button, self._bridge.session, Verb.ACKNOWLEDGE, self.tr("Identify this person, or reject the identity"))
        self.panel.link_pointed.connect(self._point)
        self.reasons.explained.connect(self._explained)
        self.reasons.refused.connect(lambda text: self.panel.show_explanation(None, {}, text))
        self.reasons.gone.connect(self._person_gone)
        self.coverage.changed.connect(self._draw)
        self.senses.changed.connect(self._draw)
        self._connect_view(self.plan)

    def _connect_view(self, view: SpaceCanvas) -> None:
        view.person_chosen.connect(self.select)
        view.menu_requested.connect(self._open_menu)
        view.following_ended.connect(self._show_following)

    def _restore(self) -> None:
        chosen = {each.name: self._remembered.flag(f"space/{each.name}", each.default is True) for each in fields(Layers)}
        self.layers.show_layers(Layers(**chosen))
        self._choose_layers(self.layers.layers())
        self._remembered.restore_splitter("space-across", self._across)
        self._show_following()

    def _bind_keys(self) -> None:
        bind(self.actions())

    def actions(self) -> tuple[Action, ...]:
        listed = (
            ("top", self.tr("Top view of the floor"), "T", self.show_top),
            ("orbit", self.tr("Orbit the floor"), "O", self.show_orbit),
            ("fit", self.tr("The whole floor"), "F", self.show_whole),
            ("follow", self.tr("Follow the selected person"), "G", self._toggle_following),
            ("plan", self.tr("Switch between 3D and 2D plan"), "V", self._toggle_solid),
            ("nobody", self.tr("Clear selection"), "Esc", self.select, ""),
        )
        return keyed("space", self.tr("Space"), listed, (self,))

    def show_top(self) -> None:
        self.view.top_view()

    def show_whole(self) -> None:
        self.view.fit()

    def _toggle_following(self) -> None:
        self.follow(not self.view.following())

    def _toggle_solid(self) -> None:
        self.show_solid(self.view is self.plan)

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return (ShortcutNote("↑ ↓ ← →", self.tr("Turn the floor; with Shift, move it")), ShortcutNote("+ −", self.tr("Zoom the floor")))

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._first_view()
        self._stack.setCurrentWidget(self._page_of(snapshot))
        self.headline.setText(headline(snapshot))
        self._show_notices(snapshot)
        self.people.set_people(person_rows(snapshot))
        self.people.set_empty_text(nobody_text(snapshot))
        self._share_height()
        radio, fused = snapshot.radio, snapshot.people.fused
        simulated = radio.picture is not None and radio.picture.simulated
        simulated = simulated or (fused is not None and any(track.simulated for track in fused.tracks))
        self.toolbar.show_simulated(simulated, radio.walkers > 0 and self._bridge.may(Verb.ADMINISTER))
        self.coverage.show(snapshot, self.layers.layers().coverage)
        if self.layers.layers().performance:
            self.senses.ask_now_and_then(snapshot.at_ns)
        shown = (radio.picture.at_ns if radio.picture else 0, fused.at_ns if fused else 0, radio.nodes, snapshot.settings)
        if shown != self._shown:
            self._shown = shown
            self._draw()
        self._show_selected(snapshot)
        self.reasons.ask_about("" if self._gone else self._blob_to_explain())

    def _share_height(self) -> None:
        """The list takes what it needs while somebody is selected, and all there is otherwise."""
        self._nobody.setVisible(not self._selected and bool(self.people.person_rows()))
        self.people.setVisible(not self._selected or bool(self.people.person_rows()))
        self.zone_counts.setVisible(not self._selected and bool(self.zone_counts.texts()))
        height = self.people.wanted_height(_ROWS)
        self.people.setMinimumHeight(height if self._selected else 0)
        self.people.setMaximumHeight(height if self._selected else _NO_LIMIT)

    def _page_of(self, snapshot: Snapshot) -> QWidget:
        if not self._bridge.may(Verb.SEE_LIVE):
            return self.denied
        if floor_is_watched(snapshot):
            return self._across
        if not self._with_radio:
            return self.no_cameras
        if not snapshot.settings.radio.enabled:
            return self.radio_off
        return self._across if has_nodes(snapshot) else self.no_nodes

    def _blob_to_explain(self) -> str:
        """The blob that is to be explained: the selected one, or the radio's part of the selected person; empty for none."""
        if self._track is None:
            return self._selected
        return next((source.id for source in self._track.sources if source.kind is SourceKind.RADIO), "")

    def _draw(self) -> None:
        if self._snapshot is not None:
            senses = self.senses.senses if self.layers.layers().performance else ()
            scene = scene_of(self._snapshot, self.coverage.map, senses)
            self.view.set_scene(scene)
            self.zone_counts.show_zones(scene.zones)

    def _show_selected(self, snapshot: Snapshot) -> None:
        """Somebody who is no longer found stays on the panel, said to be gone."""
        fused = snapshot.people.fused
        track = next((track for track in fused.tracks if track.id == self._selected), None) if fused is not None else None
        if track is not None or self._track is not None:
            self._show_track(snapshot, track)
            return
        picture = snapshot.radio.picture
        blob = next((blob for blob in picture.blobs if blob.id == self._selected), None) if picture else None
        if blob is not None:
            back, self._blob, self._gone = self._gone, blob, False
            if back:
                self._show_following()
            self.panel.show_blob(blob, snapshot.at_ns, zone_names(snapshot.settings))
        elif self._blob is not None and not self._gone:
            self._person_gone()

    def _show_track(self, snapshot: Snapshot, track: FusedTrack | None) -> None:
        if track is None:
            if not self._gone:
                self._person_gone()
            return
        back, self._track, self._gone = self._gone, track, False
        if back:
            self._show_following()
        self.person.show_track(
            track, snapshot.at_ns, zone_names(snapshot.settings), sensor_names(snapshot), track.id in fallen_ids(snapshot)
        )
        self._show_panels()

    def _show_panels(self) -> None:
        """A fused track has a panel of its own, and below it what radio says, where radio sees them."""
        fused = self._track is not None
        self.person.setVisible(fused)
        self.panel.set_heading_visible(not fused)
        self.panel.setVisible(not fused or bool(self._blob_to_explain()))
        if fused and not self._blob_to_explain() and self._explanation is not None:
            self._explanation = None
            self._show_highlight()

    def _person_gone(self) -> None:
        if self._snapshot is None:
            return
        if self._track is not None:
            self._gone = self._selected not in _fused_ids(self._snapshot)
            if self._gone:
                self._track_gone(self._track, self._snapshot)
            return
        if self._blob is None:
            return
        self._gone = True
        self.reasons.ask_about("")
        self.panel.show_gone(self._blob.updated_ns, self._snapshot.at_ns)
        self._explanation = None
        self._show_highlight()
        self.follow(False)

    def _track_gone(self, track: FusedTrack, snapshot: Snapshot) -> None:
        self.reasons.ask_about("")
        self.person.show_gone(track.updated_ns, snapshot.at_ns)
        self._explanation = None
        self._show_highlight()
        self.follow(False)

    def leave(self) -> None:
        self.reasons.ask_about("")

    # Which view

    def _first_view(self) -> None:
        """OpenGL is tried when the page is first looked at, not when the window opens."""
        if not self._solid_tried:
            self.show_solid(self._remembered.flag("space/solid", True), remember=False)

    def show_solid(self, solid: bool, remember: bool = True) -> None:
        """3D or the plan; the plan where there is no OpenGL."""
        if not self._solid_tried:
            self._solid_tried = True
            self._solid = solid_view(self).view
            if self._solid is not None:
                self._floor.addWidget(self._solid)
                self._connect_view(self._solid)
        if remember:
            self._remembered.put("space/solid", solid)
        following = self.view.following()
        self.view.set_following(False)
        self.view = self._solid if solid and self._solid is not None else self.plan
        self._floor.setCurrentWidget(self.view)
        set_first_focus(self, self.view)
        self.toolbar.show_kind(self.view is not self.plan, self._solid is not None, self._no_solid_text())
        self._hand_over(following)

    def _hand_over(self, following: bool) -> None:
        self.view.set_layers(self.layers.layers())
        self._draw()
        self.view.set_selected(self._selected)
        self._show_highlight()
        self.view.set_following(following)
        self._show_following()

    def _no_solid_text(self) -> str:
        return self.tr("3D needs OpenGL, which this display does not support. Showing the floor plan.")

    def _show_notices(self, snapshot: Snapshot) -> None:
        self.notices.set_notices((*self._display_notice(), *notices(snapshot), *layer_notices(snapshot, self.layers.layers())))

    def _display_notice(self) -> tuple[tuple[str, str], ...]:
        return ((self._no_solid_text(), "low"),) if self._solid_tried and self._solid is None else ()

    def show_orbit(self) -> None:
        """From the side; nothing to do on a plan."""
        self.view.orbit_view()

    # What the operator does

    def selected(self) -> str:
        return self._selected

    def select(self, blob_id: str) -> None:
        """Choose somebody; empty for nobody."""
        if blob_id == self._selected:
            return
        self._selected, self._blob, self._track, self._gone = blob_id, None, None, False
        self._explanation, self._pointed = None, ""
        self.people.select_person(blob_id)
        self.view.set_selected(blob_id)
        self._why.setVisible(bool(blob_id))
        self._share_height()
        self.panel.show_explanation(None, {})
        self._show_highlight()
        if self._snapshot is not None:
            self._show_selected(self._snapshot)
        self._show_panels()
        self.reasons.ask_about(self._blob_to_explain())
        if not blob_id:
            self.follow(False)
        self._show_following()

    def visit(self, what: str) -> None:
        """Somebody on the floor."""
        if what:
            self.select(what)

    def follow(self, following: bool) -> None:
        self.view.set_following(following and bool(self._selected))
        self._show_following()

    def _show_following(self) -> None:
        self.toolbar.show_following(self.view.following(), bool(self._selected) and not self._gone)

    def _explained(self, explanation: BlobExplanation) -> None:
        if explanation.blob_id == self._blob_to_explain() and self._snapshot is not None:
            self._explanation = explanation
            self.panel.show_explanation(explanation, node_names(self._snapshot))
            self._show_highlight()

    def _point(self, link: str) -> None:
        self._pointed = link
        self._show_highlight()

    def _show_highlight(self) -> None:
        zones = strongest_zones(self._explanation, self._pointed) if self._explanation else ()
        self.view.set_highlight(Highlight(zones, self._pointed))

    # Who it is

    def menu_of(self, person_id: str) -> QMenu | None:
        """What can be said about somebody on the floor; None where it is not known who is meant."""
        fused = self._snapshot.people.fused if self._snapshot is not None else None
        track = next((track for track in fused.tracks if track.id == person_id), None) if fused is not None else None
        if track is None:
            return None
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.actions_of.naming_menu(track.id, track.identity.person_id if track.identity is not None else "", menu)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open_menu(self, person_id: str, position: QPoint) -> None:
        self.select(person_id)
        menu = self.menu_of(person_id)
        if menu is not None:
            menu.popup(position)

    def _open_naming(self) -> None:
        button = self.person.name_button
        self._open_menu(self._selected, button.mapToGlobal(button.rect().bottomLeft()))

    def _choose_layers(self, layers: Layers) -> None:
        self.view.set_layers(layers)
        for name in self.layers.offered():
            self._remembered.put(f"space/{name}", getattr(layers, name))
        if self._snapshot is not None:
            self._show_notices(self._snapshot)
            self.coverage.show(self._snapshot, layers.coverage)

    def _switch_on(self) -> None:
        if self._snapshot is None:
            return
        shown = self._snapshot.settings.radio
        change, terms = ChangeSettings(radio=replace(shown, enabled=True)), terms_from(ChangeSettings(radio=shown))
        self._bridge.command(change, ignore_answer, lambda e: self._toasts.announce(error_text(e), "critical"), owner=self, terms=terms)

    def open_planner(self) -> None:
        open_dialog(PlannerDialog(self._bridge, self))

    def open_cameras(self) -> None:
        if self._bridge.may(Verb.ADMINISTER):
            open_dialog(CameraPosesDialog(self._bridge, parent=self))

    def open_floor(self) -> None:
        if self._bridge.may(Verb.ADMINISTER):
            open_dialog(FloorDialog(self._bridge, self))

    def simulate_fall(self) -> None:
        self.simulated_falls.ask()

    # events of the window system

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= _STRIP_FROM
        self.layers.setVisible(beside)
        self.toolbar.tools.set_wanted(self.toolbar.layers_button, not beside)

    def minimumSizeHint(self) -> QSize:
        return QSize(760, 420)

    def has_content(self) -> bool:
        settled = self._snapshot is not None and (self._stack.currentWidget() is not self._across or self.view.frames > 0)
        return settled and self._bridge.idle

    def shutdown(self) -> None:
        super().shutdown()
        self.reasons.ask_about("")
        self._remembered.keep_splitter("space-across", self._across)


def _fused_ids(snapshot: Snapshot) -> set[str]:
    fused = snapshot.people.fused
    return {track.id for track in fused.tracks} if fused is not None else set()
