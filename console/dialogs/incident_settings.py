"""When reports are one incident: how near in place and time, and how alike their pictures."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.labelled_rows import LabelledRows
from console.dialogs.saving import SavingDialog
from engine.model.command import ChangeSettings
from engine.model.incident_settings import IncidentSettings
from widgets.number_field import NumberField, padded
from widgets.theme import set_role

_LABEL_PX = 210


class IncidentSettingsDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = _tr(
            "A report joins an incident of the same kind within these limits, counted from where and when its first report places it."
        )
        super().__init__(bridge, _tr("Report correlation"), lead, width=520, parent=parent)
        now = bridge.snapshot.settings.incidents if bridge.snapshot is not None else IncidentSettings()
        self.radius = padded(NumberField(minimum=5, maximum=1000, decimals=1, singleStep=5, suffix=_tr(" m")))
        self.window_s = padded(NumberField(minimum=10, maximum=3600, decimals=0, singleStep=30, suffix=_tr(" s")))
        self.likeness = padded(NumberField(minimum=0.3, maximum=1, decimals=2, singleStep=0.05))
        rows = LabelledRows(_LABEL_PX)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addRow(_note(_tr("Both have to hold")))
        rows.add(_tr("Maximum &distance"), self.radius)
        rows.add(_tr("Maximum &time difference"), self.window_s)
        rows.addRow(_note(_tr("Only where both sent pictures or video; 1 is identical")))
        rows.add(_tr("Minimum &picture similarity"), self.likeness)
        self.body.addLayout(rows)
        self.body.addWidget(
            _note(_tr("Changes apply to reports from now on. Incidents that exist keep their reports: merge or split them by hand."))
        )
        self.default = self.add_button(_tr("De&faults"), at_left=True)
        self.default.setToolTip(_tr("50 m, 300 s and 0.70"))
        self.default.clicked.connect(lambda: self._show(IncidentSettings()))
        self._show(now)
        self.add_save(_tr("&Save"))

    def _show(self, settings: IncidentSettings) -> None:
        self.radius.setValue(settings.radius_m)
        self.window_s.setValue(settings.window_s)
        self.likeness.setValue(settings.min_likeness)

    def command(self) -> ChangeSettings:
        return ChangeSettings(incidents=IncidentSettings(self.radius.value(), self.window_s.value(), self.likeness.value()))


def _note(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    set_role(label, "secondary")
    return label


def _tr(text: str) -> str:
    return QCoreApplication.translate("IncidentSettingsDialog", text)
