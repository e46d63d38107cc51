"""When reports are one incident: how near in place and time, and how alike their pictures."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.labelled_rows import LabelledRows
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_box
from engine.model.command import ChangeSettings
from engine.model.incidents.settings import IncidentSettings
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_LABEL_PX = 210


class IncidentSettingsDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("A report joins an incident of the same category within these limits, measured from its first report.")
        super().__init__(bridge, tr("Report correlation"), lead, width=520, parent=parent)
        now = bridge.snapshot.settings.incidents if bridge.snapshot is not None else IncidentSettings()
        self.radius = number_box(IncidentSettings, "radius_m")
        self.window_s = number_box(IncidentSettings, "window_s")
        self.likeness = number_box(IncidentSettings, "min_likeness")
        rows = LabelledRows(_LABEL_PX)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addRow(_note_label(tr("Both must be met")))
        rows.add(tr("Maximum &distance"), self.radius)
        rows.add(tr("Maximum &time difference"), self.window_s)
        rows.addRow(_note_label(tr("Only if both reports have pictures or video; 1 is identical")))
        rows.add(tr("Minimum &picture similarity"), self.likeness)
        self.body.addLayout(rows)
        self.body.addWidget(
            _note_label(tr("Changes apply to new reports. Existing incidents keep their reports; merge or split them manually."))
        )
        self.default = self.add_button(tr("De&faults"), at_left=True)
        usual = IncidentSettings()
        texts = (number_text(usual.radius_m, "g"), number_text(usual.window_s, "g"), number_text(usual.min_likeness, ".2f"))
        self.default.setToolTip(plain_tip(tr("{0} m, {1} s and {2}").format(*texts)))
        on(self.default.clicked, self._show_settings, usual)
        self._show_settings(now)
        self.add_save(tr("&Save"))

    def _show_settings(self, settings: IncidentSettings) -> None:
        self.radius.setValue(settings.radius_m)
        self.window_s.setValue(settings.window_s)
        self.likeness.setValue(settings.min_likeness)

    def command(self) -> ChangeSettings:
        return ChangeSettings(incidents=IncidentSettings(self.radius.value(), self.window_s.value(), self.likeness.value()))


def _note_label(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    set_role(label, "secondary")
    return label
