"""What can be done about incidents: dialogs, commands and messages."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from console.actions.acts import Acts
from console.bridge import EngineBridge
from console.dialogs.floor.site_anchor import SiteAnchorDialog
from console.dialogs.incidents.atlas import AtlasDialog
from console.dialogs.incidents.file_report import FileReportDialog, ReportStart
from console.dialogs.incidents.import_reports import ImportReportsDialog
from console.dialogs.incidents.incident_settings import IncidentSettingsDialog
from console.dialogs.incidents.merge_incidents import MergeIncidentsDialog
from console.dialogs.incidents.report_page import ReportPageDialog
from console.dialogs.incidents.validate_incident import EditIncidentDialog, ValidateDialog
from engine._geodesic import distance_m
from engine.model.accounts.access import Verb
from engine.model.alerts.commands import EditIncident, KeepApart, ReportCommand, SplitIncident
from engine.model.incidents.atlas import AtlasState
from engine.model.incidents.incident import Incident, IncidentState
from engine.model.time import SECOND
from widgets.signals import on

_MOST_OFFERED = 40
_METRE_A_SECOND = 0.5  # how a minute counts beside a distance, to say which incident is likelier the same


class IncidentActions(Acts):
    """UI thread. Signals: done(incident id): something was changed, and this one will want to be seen."""

    done = Signal(str)

    def may(self) -> bool:
        return self._bridge.may(Verb.ACKNOWLEDGE)

    # One incident

    def validate(self, incident: Incident) -> None:
        dialog = self.open_at_site(_validate_dialog, incident, verb=Verb.ACKNOWLEDGE)
        self._say_when_accepted(dialog, incident.id, self.tr("Validated."))

    def edit(self, incident: Incident) -> None:
        dialog = self.open_at_site(EditIncidentDialog, incident, verb=Verb.ACKNOWLEDGE)
        self._say_when_accepted(dialog, incident.id, self.tr("Changed and marked as set by a user."))

    def switch_state(self, incident: Incident) -> None:
        """Close it, or open it again."""
        if incident.state is IncidentState.MERGED:
            return
        closes = incident.state is IncidentState.OPEN
        state = IncidentState.CLOSED if closes else IncidentState.OPEN
        said = self.tr("Closed. Choose Closed to see it.") if closes else self.tr("Reopened.")
        self._send_command(EditIncident(incident.id, state=state), said)

    # Which reports are one occurrence

    def merge(self, incident: Incident, others: Sequence[Incident], chosen_id: str = "") -> None:
        """`others`: all that are known; the likeliest are offered."""
        key = self._bridge.key_of(incident.id)
        offered = likeliest(incident, [each for each in others if self._bridge.key_of(each.id) == key], chosen_id)
        if not offered:
            self._toasts.show_message(self.tr("There is no other incident to merge it with."), "info")
            return
        self.open_at_site(MergeIncidentsDialog, incident, offered, chosen_id, verb=Verb.ACKNOWLEDGE, opened=self._follow_merge)

    def _follow_merge(self, dialog: MergeIncidentsDialog, bridge: EngineBridge) -> None:
        said = self.tr("Merged. Select reports and split them off to reverse it.")
        dialog.merged.connect(lambda kept_id: self._did(said, bridge.beyond(kept_id)))

    def keep_apart(self, incident: Incident, other_id: str) -> None:
        self._send_command(KeepApart(incident.id, other_id), self.tr("Marked as different incidents."))

    def split(self, incident: Incident, report_ids: tuple[str, ...]) -> None:
        if report_ids:
            self._send_command(SplitIncident(incident.id, report_ids), self.tr("Split off. Merge both to reverse it."))

    # All of them

    def file_report(self, start: ReportStart | None = None) -> FileReportDialog | None:
        """Whoever is signed in may report."""
        return self.open_at_site(FileReportDialog, start or ReportStart(), verb=Verb.SEE_LIVE, opened=self._follow_filing)

    def _follow_filing(self, dialog: FileReportDialog, bridge: EngineBridge) -> None:
        dialog.filed.connect(lambda incident_id: self._did(self.tr("Report filed."), bridge.beyond(incident_id)))

    def report_page(self) -> None:
        self.open_at_site(ReportPageDialog)

    def import_reports(self) -> None:
        self.open_at_site(ImportReportsDialog)

    def atlas_settings(self) -> None:
        self.open_at_site(AtlasDialog)

    def correlation(self) -> None:
        self.open_at_site(IncidentSettingsDialog)

    def site_anchor(self) -> None:
        self.open_at_site(SiteAnchorDialog)

    def _send_command(self, command: ReportCommand, said: str) -> None:
        self._bridge.command(command, self._did, self.complain, said, owner=self)

    def _did(self, said: str, incident_id: str) -> None:
        self._toasts.show_message(said, "good")
        self.done.emit(incident_id)

    def _say_when_accepted(self, dialog: QDialog | None, incident_id: str, said: str) -> None:
        if dialog is not None:
            on(dialog.accepted, self._did, said, incident_id)


def _validate_dialog(bridge: EngineBridge, incident: Incident, over: QWidget) -> ValidateDialog:
    """Another outcome is told to Atlas, where the incident's site asks that."""
    atlas = bridge.snapshot is not None and bridge.snapshot.incidents.atlas.state is not AtlasState.OFF
    return ValidateDialog(bridge, incident, atlas, over)


def likeliest(incident: Incident, others: Sequence[Incident], first_id: str = "") -> tuple[Incident, ...]:
    """Others that may be the same: the one asked for, those that were offered, then by place and time."""
    offered = {first_id, *incident.review_ids, *incident.related_ids}

    def order(each: Incident) -> tuple[bool, bool, float]:
        apart_m = distance_m(incident.latitude, incident.longitude, each.latitude, each.longitude)
        gap_s = abs(each.occurred_ns - incident.occurred_ns) / SECOND
        return each.id != first_id, each.id not in offered, apart_m + _METRE_A_SECOND * gap_s

    own = [each for each in others if each.id != incident.id and each.state is not IncidentState.MERGED]
    return tuple(sorted(own, key=order)[:_MOST_OFFERED])
