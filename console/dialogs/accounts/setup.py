"""First start: the site's name, its time zone, its first administrator, and when its consoles lock."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.courier import Courier, close_it
from console.dialogs.accounts.account_fields import add_account_fields
from console.dialogs.frame import FramedDialog, LeaveQuestion
from console.session.idle_lock import IdleLockChoice, idle_lock_note
from console.shell.zone_choice import SiteZoneNote, ZoneChoice
from console.words import error_text, field_of
from engine.model.errors import InputError, WatchroomError
from engine.model.port import EngineDoor, EnginePort
from engine.runtime.settings.machine_zone import machine_zone
from widgets.fields.form import Field, FieldGroup, Needed
from widgets.translation import tr


class SetupDialog(FramedDialog):
    """Signals: set_up(EnginePort, minutes after which consoles are to lock). The dialog stays open until its owner closes it."""

    SCROLLS = True
    CHOICES_ARE_WORK = True

    set_up = Signal(object, float)

    def __init__(self, door: EngineDoor, parent: QWidget | None = None) -> None:
        lead = tr("Name the site and create its first administrator; the first camera comes next. No data leaves this computer.")
        super().__init__(tr("Set up Watchroom"), lead, width=440, parent=parent)
        self._door = door
        self._courier = Courier(self, workers=1)
        self._busy = False
        self.fields = FieldGroup(self)
        self._add_fields()
        self.zone = ZoneChoice(self.tr("Time zone of the site"))
        self.zone.set_zone(machine_zone())
        self.body.addWidget(self.fields)
        self.zone_note = SiteZoneNote(self.zone)
        self.add_labelled(self.tr("Time &zone of the site"), self.zone, self.zone_note)
        self.lock = IdleLockChoice(self.tr("Lock the screen when idle"))
        self.add_labelled(self.tr("&Lock the screen when idle"), self.lock, idle_lock_note())
        self.body.addStretch(1)
        self.quit = self.add_button(self.tr("&Quit"))
        self.quit.clicked.connect(self.leave)
        self.button = self.add_button(self.tr("&Create site"), "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)
        self.fields.validity_changed.connect(self._show_ready)
        self.fields.submitted.connect(self.submit)
        self._show_ready()

    def _add_fields(self) -> None:
        needed = self.tr("Enter a name, for example the building's.")
        self.fields.add_field("site_name", Field(self.tr("Site name"), Needed(needed)))
        add_account_fields(self.fields, self.tr("Administrator's account name"))

    def _ask_for_code(self) -> None:
        """A remote engine shows a one-time code on its terminal; only it knows whether one is needed."""
        needed = self.tr("Enter the code shown on the engine's terminal.")
        self.fields.add_field("code", Field(self.tr("One-time code"), Needed(needed)))
        self.fields.field("code").set_hint(self.tr("Shown on the engine's terminal"))
        self.fields.field("code").edit().setFocus()
        self.bring_to_view(self.fields.field("code"))

    def leave_question(self) -> LeaveQuestion | None:
        if super().leave_question() is None:
            return None
        lost = self.tr("The site has not been created, and your input is discarded. The set-up starts again the next time.")
        return LeaveQuestion(self.tr("Quit set-up?"), lost, self.tr("&Quit"), self.tr("&Continue set-up"))

    def submit(self) -> None:
        if self._busy or not self.fields.reveal():
            return
        values = self.fields.values()
        site, name, code = values["site_name"].strip(), values["name"].strip(), values.get("code", "").strip()
        zone = self.zone.zone()
        self._set_busy(True)
        self.show_trouble("")
        self._courier.fetch(
            lambda: self._door.set_up(site, name, values["password"], code, zone),
            self._emit_set_up,
            self._show_setup_error,
            discard=close_it,
        )

    def _emit_set_up(self, port: EnginePort) -> None:
        self._set_busy(False)
        self.set_up.emit(port, self.lock.minutes())

    def _show_setup_error(self, error: WatchroomError) -> None:
        self._set_busy(False)
        if isinstance(error, InputError) and error.field == "code" and "code" not in self.fields.values():
            self._ask_for_code()
            return
        if field_of(error) == "time_zone":
            self.zone_note.show_error(error_text(error))
            self.bring_to_view(self.zone_note)
            return
        renamed = InputError("name", error.message) if isinstance(error, InputError) and error.field == "admin_name" else error
        self.show_error(renamed, self.fields)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.fields.setEnabled(not busy)
        self.zone.setEnabled(not busy)
        self.lock.setEnabled(not busy)
        self.button.setText(self.tr("Creating…") if busy else self.tr("&Create site"))
        self._show_ready()

    def _show_ready(self) -> None:
        self.button.setEnabled(self.fields.is_valid() and not self._busy)

    def done(self, result: int) -> None:
        self._courier.close()
        super().done(result)
