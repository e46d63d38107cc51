"""What the site is called, and where its days begin."""

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.shell.zone_choice import SiteZoneNote, ZoneChoice
from console.words import error_text, field_of
from engine.model.command import ChangeSettings
from engine.model.errors import WatchroomError
from engine.model.settings import Settings
from widgets.fields.form import Field, Needed
from widgets.translation import tr


class SiteDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Site and time zone"), width=440, parent=parent)
        settings = bridge.snapshot.settings if bridge.snapshot is not None else Settings()
        self._before = settings.site_name, settings.alerts.time_zone
        needed = tr("Enter a name, for example the building's.")
        self.fields.add_field("site_name", Field(tr("Site name"), Needed(needed))).set_value(settings.site_name)
        self.zone = ZoneChoice(tr("Time zone of the site"))
        self.zone.set_zone(settings.alerts.time_zone)
        self.body.addWidget(self.fields)
        self.zone_note = SiteZoneNote(self.zone)
        self.add_labelled(tr("Time &zone of the site"), self.zone, self.zone_note)
        self.add_save(tr("&Save"))

    def command(self) -> ChangeSettings:
        """Only what is other than it was: what is saved is in the audit."""
        name, zone = self.fields.values()["site_name"].strip(), self.zone.zone()
        name_before, zone_before = self._before
        return ChangeSettings(site_name=name if name != name_before else None, time_zone=zone if zone != zone_before else None)

    def show_refusal(self, error: WatchroomError) -> None:
        if field_of(error) == "time_zone":
            self.set_busy(False)
            self.zone_note.show_error(error_text(error))
        else:
            super().show_refusal(error)
