"""Microphones: where people are listened to, how loud it is there, and what can be understood."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.cameras.microphone import ExpectedNamesDialog, MicrophoneDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import open_dialog, open_new
from console.pages.devices.tab import DevicesTab
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.command import ChangeSettings
from engine.model.command_terms import terms_from
from engine.model.errors import WatchroomError
from engine.model.people.settings import MicrophoneSettings
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.devices.microphone_table import MicrophoneTable, microphone_rows
from widgets.icons import icon
from widgets.marks.notice import Notice
from widgets.marks.toast import ToastArea
from widgets.signals import on, on_chosen
from widgets.theme import set_role
from widgets.translation import tr


class MicrophonesTab(DevicesTab):
    def __init__(self, bridge: EngineBridge, clock: Clock, toasts: ToastArea, parent: QWidget | None = None) -> None:
        self._bridge, self._toasts = bridge, toasts
        self.microphones = MicrophoneTable(clock, self.tr("Add microphone…"))
        super().__init__("microphones", self.microphones, None, parent)
        self.trouble = Notice()
        self.above.addWidget(self.trouble)
        self.recogniser = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.recogniser, "secondary")
        self._build_tools()
        self.column.addWidget(self.recogniser)
        self.microphones.activated.connect(self.edit_microphone)
        self.microphones.menu_requested.connect(self._show_menu)
        self.microphones.selected.connect(self._show_tools)
        self.microphones.empty.action_requested.connect(self.add_microphone)
        self.microphones.empty.set_action_visible(bridge.may(Verb.ADMINISTER))

    def _build_tools(self) -> None:
        self.add = QPushButton(icon("plus"), self.tr("Add &microphone…"))
        self.edit = QPushButton(icon("pencil"), self.tr("&Edit…"))
        self.switch = QPushButton()
        self.remove = QPushButton(icon("trash-2"), self.tr("&Remove…"))
        self.names = QPushButton(icon("tag"), self.tr("E&xpected names…"))
        for button in (self.add, self.edit, self.switch, self.remove):
            self.add_tool(button)
        self.add_stretch()
        self.add_tool(self.names)
        for button in (self.add, self.edit, self.switch, self.remove, self.names):
            permit(button, self._bridge.session, Verb.ADMINISTER)
        self.add.clicked.connect(self.add_microphone)
        on_chosen(self.edit.clicked, self.selected_key, self.edit_microphone)
        on_chosen(self.switch.clicked, self.selected_key, self.switch_microphone)
        on_chosen(self.remove.clicked, self.selected_key, self.ask_to_remove)
        on(self.names.clicked, open_new, ExpectedNamesDialog, self._bridge, self)

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        people, settings = snapshot.people, snapshot.settings
        some = bool(settings.microphones)
        cameras = {camera.id: camera.name for camera in settings.cameras}
        self.microphones.set_microphones(microphone_rows(settings.microphones, people.microphones, cameras))
        self.recogniser.setText(_hint(people.recogniser) if some else "")
        self.recogniser.setVisible(some and bool(people.recogniser))
        self._show_tools()

    def _show_tools(self) -> None:
        chosen = self._microphone(self.selected_key())
        self.trouble.set_notice(self._speech_trouble(chosen), "moderate")
        for button in (self.add, self.edit, self.switch, self.remove, self.names):
            button.setVisible(chosen is not None)
        if chosen is not None:
            self.switch.setText(self.tr("&Stop listening") if chosen.enabled else self.tr("&Listen"))
            self.switch.setIcon(icon("pause" if chosen.enabled else "mic"))

    def _speech_trouble(self, chosen: MicrophoneSettings | None) -> str:
        """Why nobody is understood anywhere; otherwise why the chosen microphone is not heard, in full."""
        people = self._bridge.snapshot.people if self._bridge.snapshot is not None else None
        if people is None or chosen is None:
            return ""
        own = next((view.trouble for view in people.microphones if view.id == chosen.id), "") if chosen.enabled else ""
        return people.speech_trouble or (self.tr("{0} has no sound. {1}").format(chosen.name, own) if own else "")

    def _all(self) -> tuple[MicrophoneSettings, ...]:
        snapshot = self._bridge.snapshot
        return snapshot.settings.microphones if snapshot is not None else ()

    def _microphone(self, microphone_id: str) -> MicrophoneSettings | None:
        return next((each for each in self._all() if each.id == microphone_id), None)

    # What the operator does

    def add_microphone(self) -> None:
        open_dialog(MicrophoneDialog(self._bridge, None, self))

    def edit_microphone(self, microphone_id: str) -> None:
        known = self._microphone(microphone_id)
        if known is not None and self._bridge.may(Verb.ADMINISTER):
            open_dialog(MicrophoneDialog(self._bridge, known, self))

    def switch_microphone(self, microphone_id: str) -> None:
        self._change_microphones(tuple(_switched(each) if each.id == microphone_id else each for each in self._all()))

    def ask_to_remove(self, microphone_id: str) -> None:
        known = self._microphone(microphone_id)
        if known is None:
            return
        text = self.tr("Listening stops. Names that were learned there are kept.")
        dialog = ConfirmDialog(self.tr("Remove {0}?").format(known.name), text, self.tr("&Remove microphone"), self, can_undo=True)
        dialog.accepted.connect(lambda: self._change_microphones(tuple(each for each in self._all() if each.id != microphone_id)))
        open_dialog(dialog)

    def _change_microphones(self, microphones: tuple[MicrophoneSettings, ...]) -> None:
        change, terms = ChangeSettings(microphones=microphones), terms_from(ChangeSettings(microphones=self._all()))
        self._bridge.command(change, ignore_answer, self._show_microphone_error, owner=self, terms=terms)

    def _show_microphone_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)

    def _show_menu(self, microphone_id: str, position: QPoint) -> None:
        if not self._bridge.may(Verb.ADMINISTER):
            return
        menu = QMenu(self)
        for text, do in (
            (self.tr("Edit…"), self.edit_microphone),
            (self.switch.text().replace("&", ""), self.switch_microphone),
            (self.tr("Remove…"), self.ask_to_remove),
        ):
            action = QAction(text, menu)
            on(action.triggered, do, microphone_id)
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)


def _switched(microphone: MicrophoneSettings) -> MicrophoneSettings:
    return replace(microphone, enabled=not microphone.enabled)


def _hint(recogniser: str) -> str:
    return tr("{0} To test it, speak: the level moves, and the name that you say appears in the table.").format(recogniser)
