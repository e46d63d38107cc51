"""Nodes: the table, and the card of one with what can be done with it."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.actions.node_actions import NodeActions
from console.bridge import EngineBridge
from console.pages.devices.tab import DevicesTab
from console.words import permit
from engine.model.accounts.access import Verb
from engine.model.radio.radio import NodeState, Pairing
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.devices.node_card import NodeCard
from widgets.devices.node_table import NodeTable
from widgets.devices.node_words import NodeRow
from widgets.devices.pairing_banner import PairingBanner
from widgets.icons import icon
from widgets.layout.card_foot import CardFoot
from widgets.number_text import number_text
from widgets.signals import on, on_chosen
from widgets.theme import set_role


class NodesTab(DevicesTab):
    def __init__(self, bridge: EngineBridge, clock: Clock, actions: NodeActions, parent: QWidget | None = None) -> None:
        self._bridge, self._actions = bridge, actions
        self.nodes = NodeTable(clock, self.tr("Provision a node…"))
        self.card = NodeCard(clock)
        super().__init__("nodes", self.nodes, self.card, parent)
        self.pairing = PairingBanner(clock)
        self.above.addWidget(self.pairing)
        self._build_tools()
        self._build_foot()
        self._pairing = Pairing()
        self.nodes.selected.connect(self._show_card)
        self.nodes.activated.connect(actions.edit)
        self.nodes.menu_requested.connect(self._show_menu)
        on(self.nodes.empty.action_requested, actions.provision)
        self.pairing.open_requested.connect(actions.open_pairing)
        self.pairing.close_requested.connect(actions.close_pairing)

    def _build_tools(self) -> None:
        self.provision = QPushButton(icon("usb"), self.tr("Pro&vision a node…"))
        self.update_all = QPushButton(icon("download"), self.tr("&Update nodes…"))
        self.count = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.count, "secondary")
        self.add_tool(self.provision)
        self.add_tool(self.update_all)
        self.add_stretch()
        self.add_tool(self.count)
        on(self.provision.clicked, self._actions.provision)
        on(self.update_all.clicked, self._actions.update_all)
        session = self._bridge.session
        permit(self.provision, session, Verb.ADMINISTER, self.tr("Give a node your Wi-Fi and a token"))
        permit(self.update_all, session, Verb.ADMINISTER, self.tr("Install firmware on all nodes, one at a time"))
        permit(self.pairing.open_button, session, Verb.ADMINISTER, self.tr("Accept nodes without a token for some minutes"))
        permit(self.pairing.close_button, session, Verb.ADMINISTER)
        self.nodes.empty.set_action_visible(session.may(Verb.ADMINISTER))

    def _build_foot(self) -> None:
        self.edit = QPushButton(icon("pencil"), self.tr("&Edit…"))
        self.blink = QPushButton(icon("lightbulb"), self.tr("&Blink"))
        self.provision_this = QPushButton(icon("usb"), self.tr("Pro&vision…"))
        self._foot = CardFoot((self.edit, self.provision_this, self.blink))
        self.more = self._foot.more
        self.more.setToolTip(self.tr("Update, restart, switch off, remove"))
        self.card.add_below(self._foot)
        on_chosen(self.edit.clicked, self.selected_key, self._actions.edit)
        on_chosen(self.blink.clicked, self.selected_key, self._actions.identify)
        on_chosen(self.provision_this.clicked, self.selected_key, self._actions.provision)
        self.more.clicked.connect(self._show_more)
        permit(self.edit, self._bridge.session, Verb.ADMINISTER, self.tr("Name and position"))
        permit(self.provision_this, self._bridge.session, Verb.ADMINISTER, self.tr("Give the node a token, so that it stays connected"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        radio = snapshot.radio
        self._pairing = radio.pairing
        unpaired = sum(node.state is NodeState.UNPAIRED for node in radio.nodes)
        self.pairing.set_pairing(radio.pairing, unpaired)
        self.nodes.set_nodes(radio, snapshot.settings.nodes)
        total = len(self.nodes.model.keys())
        self.count.setText(self.tr("{0} nodes").format(number_text(total)) if total else "")
        self.update_all.setVisible(total > 0)
        self.provision.setVisible(total > 0)  # the empty state has the same button
        self._show_card()

    def _show_card(self) -> None:
        row = self.nodes.row(self.selected_key())
        self.card.setVisible(row is not None)
        if row is not None:
            self.card.show_node(row, self._pairing.open)
            self._offer(row)

    def _offer(self, row: NodeRow) -> None:
        online = row.view.state is not NodeState.OFFLINE
        if permit(self.blink, self._bridge.session, Verb.ADMINISTER, self.tr("Blink its light to find it")):
            self.blink.setEnabled(online)
        self._foot.set_wanted(self.provision_this, row.view.state is NodeState.UNPAIRED)

    def _show_more(self) -> None:
        self._show_menu(self.selected_key(), self.more.mapToGlobal(self.more.rect().topLeft()), above=True)

    def _show_menu(self, mac: str, position: QPoint, above: bool = False) -> None:
        menu = self._actions.menu(mac, self)
        menu.aboutToHide.connect(partial(menu.deleteLater))
        menu.popup(position - QPoint(0, menu.sizeHint().height()) if above else position)
