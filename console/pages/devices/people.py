"""People: who has a name and a colour here, and which devices give them away."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton, QWidget

from console.actions.ble_actions import BleActions
from console.bridge import EngineBridge
from console.pages.devices.tab import DevicesTab
from console.words import permit
from engine.model.accounts.access import Verb
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.icons import icon
from widgets.people.person_table import PersonTable
from widgets.signals import on_chosen


class PeopleTab(DevicesTab):
    def __init__(self, bridge: EngineBridge, clock: Clock, actions: BleActions, parent: QWidget | None = None) -> None:
        self._actions, self._session = actions, bridge.session
        self.people = PersonTable(clock, self.tr("Add person…"))
        super().__init__("people", self.people, None, parent)
        self.add = QPushButton(icon("user-plus"), self.tr("Add &person…"))
        self.edit = QPushButton(icon("pencil"), self.tr("&Edit…"))
        self.erase = QPushButton(icon("trash-2"), self.tr("E&rase…"))
        for button in (self.add, self.edit, self.erase):
            self.add_tool(button)
            permit(button, self._session, Verb.ADMINISTER)
        self.add_stretch()
        self.add.clicked.connect(actions.add_person)
        on_chosen(self.edit.clicked, self.selected_key, actions.edit_person)
        on_chosen(self.erase.clicked, self.selected_key, actions.erase_person)
        self.people.activated.connect(actions.edit_person)
        self.people.menu_requested.connect(self._show_menu)
        self.people.empty.action_requested.connect(actions.add_person)
        self.people.empty.set_action_visible(self._session.may(Verb.ADMINISTER))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.people.set_people(self._actions.people())
        some = bool(self.selected_key())
        for button in (self.add, self.edit, self.erase):
            button.setVisible(some)

    def _show_menu(self, person_id: str, position: QPoint) -> None:
        menu = self._actions.person_menu(person_id, self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)
