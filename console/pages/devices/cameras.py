"""Cameras: the table with what each shows, and the card of one with what can be done with it."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from console.actions.camera_actions import CameraActions
from console.bridge import EngineBridge
from console.feeds.camera_stills import CameraStills
from console.pages.devices.tab import DevicesTab
from console.words import denied_text, permit
from engine.model.accounts.access import Verb
from engine.model.health import CameraState
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import Clock
from widgets.devices.camera_card import CameraCard
from widgets.devices.camera_table import CameraTable
from widgets.icons import icon
from widgets.layout.card_foot import CardFoot
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.signals import on, on_chosen
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr


class CamerasTab(DevicesTab):
    """Signals: live_wanted(camera id): it is to be shown on Live."""

    live_wanted = Signal(str)

    def __init__(self, bridge: EngineBridge, clock: Clock, actions: CameraActions, parent: QWidget | None = None) -> None:
        self._bridge, self._clock, self._actions = bridge, clock, actions
        self.stills = CameraStills(bridge, bridge)
        self.cameras = CameraTable(clock, self.stills.pixmap, self._first_steps(bridge, actions))
        self.card = CameraCard(clock)
        self._wanted = ""
        super().__init__("cameras", self.cameras, self.card, parent)
        self._build_tools()
        self._build_foot()
        self.cameras.selected.connect(self._show_card)
        self.cameras.activated.connect(actions.edit)
        self.cameras.menu_requested.connect(self._show_menu)
        self.stills.came.connect(self._still_came)

    def _first_steps(self, bridge: EngineBridge, actions: CameraActions) -> EmptyState:
        if not bridge.may(Verb.ADMINISTER):
            return EmptyState("video", tr("No cameras yet"), tr("An administrator adds cameras. They appear here immediately."))
        text = tr("Find one on the network, or add it by its address, from USB or from a file. Its state and last picture appear here.")
        empty = EmptyState("video", tr("No cameras yet"), text, tr("Find a camera…"))
        empty.action_requested.connect(actions.add_first)
        empty.add_button(tr("Add camera…")).clicked.connect(actions.add)
        return empty

    def _build_tools(self) -> None:
        self.filter = QLineEdit(placeholderText=self.tr("Filter by name, group, address, state"), clearButtonEnabled=True)
        self.filter.setAccessibleName(self.tr("Filter cameras"))
        self.filter.addAction(QAction(icon("search"), "", self.filter), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.setMinimumWidth(160)
        self.filter.setMaximumWidth(320)
        self.count = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.count, "secondary")
        self.find_button = QPushButton(icon("search"), self.tr("Fi&nd a camera…"))
        self.add = QPushButton(icon("plus"), self.tr("Add ca&mera…"))
        self.add_tool(self.filter, 1)
        self.add_tool(self.count)
        self.add_stretch()
        self.add_tool(self.find_button)
        self.add_tool(self.add)
        self.filter.textChanged.connect(self._filter)
        self.find_button.clicked.connect(self._actions.add_first)
        self.add.clicked.connect(self._actions.add)
        for button in (self.find_button, self.add):
            permit(button, self._bridge.session, Verb.ADMINISTER)

    def _build_foot(self) -> None:
        self.edit = QPushButton(icon("pencil"), self.tr("&Edit…"))
        self.restart = QPushButton(icon("refresh-cw"), self.tr("&Restart"))
        self.live = QPushButton(icon("video"), self.tr("Show in &Live"))
        foot = CardFoot((self.edit, self.live, self.restart))
        self.more = foot.more
        self.card.add_below(foot)
        on_chosen(self.edit.clicked, self.selected_key, self._actions.edit)
        on_chosen(self.restart.clicked, self.selected_key, self._actions.restart)
        on_chosen(self.live.clicked, self.selected_key, self.live_wanted.emit)
        on(self.more.clicked, self._show_more)
        permit(self.edit, self._bridge.session, Verb.ADMINISTER)
        permit(self.live, self._bridge.session, Verb.SEE_LIVE, self.tr("The camera alone on the page Live"))

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.stills.show_snapshot(snapshot)
        self.cameras.set_cameras(snapshot.cameras)
        for widget in (self.filter, self.find_button, self.add):
            widget.setVisible(bool(snapshot.cameras))  # the empty state has the same buttons
        if self._wanted:
            self.want(self._wanted)
        self._show_count()
        self._show_card()

    def want(self, camera_id: str) -> None:
        """Select it, as soon as it is there."""
        self._wanted = camera_id
        if self.cameras.camera(camera_id) is not None:
            self._wanted = ""
            self.filter.clear()
            self.cameras.select_row(camera_id)

    def _filter(self) -> None:
        self.cameras.filter_cameras(self.filter.text())
        self._show_count()
        self._show_card()

    def _show_count(self) -> None:
        total, shown = len(self.cameras.model.keys()), len(self.cameras.shown_keys())
        text = self.tr("{0} of {1} cameras").format(number_text(shown), number_text(total)) if shown != total else ""
        self.count.setText(text)

    def _show_card(self) -> None:
        view = self.cameras.camera(self.selected_key())
        self.card.setVisible(view is not None)
        if view is None:
            return
        self.stills.choose(view.settings.id)
        self.card.show_camera(view)
        self._show_still(view)
        if permit(self.restart, self._bridge.session, Verb.ADMINISTER, self.tr("Close the connection and open it again")):
            self.restart.setEnabled(view.settings.enabled)

    def _still_came(self, camera_id: str) -> None:
        self.cameras.still_came()
        view = self.cameras.camera(camera_id)
        if view is not None and camera_id == self.cameras.selected_key():
            self._show_still(view)

    def _show_still(self, view: CameraView) -> None:
        still, live = self.stills.still(view.settings.id), view.health.state is CameraState.LIVE
        if still is None:
            waiting = self.tr("Waiting for the first picture") if live else self.tr("No picture of this camera")
            self.card.show_still(None, False, waiting if self._bridge.may(Verb.SEE_LIVE) else denied_text(Verb.SEE_LIVE))
            return
        time = clock_text(still.at_ns, self._clock.now_ns())
        text = self.tr("Last event with a picture, {0}") if still.recorded else self.tr("Last picture, {0}")
        self.card.show_still(still.pixmap, live and not still.recorded, "" if live and not still.recorded else text.format(time))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.stills.resume()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stills.pause()

    def _show_more(self) -> None:
        self._show_menu(self.selected_key(), self.more.mapToGlobal(QPoint(0, 0)), above=True)

    def _show_menu(self, camera_id: str, position: QPoint, above: bool = False) -> None:
        menu = self._actions.menu(camera_id, self)
        live = self._actions.add_entry(menu, self.tr("Show in &Live"), "video", True, self.live_wanted.emit, camera_id, verb=Verb.SEE_LIVE)
        menu.insertAction(menu.actions()[0], live)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position - QPoint(0, menu.sizeHint().height()) if above else position)
