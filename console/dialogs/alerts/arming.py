"""How the site is armed in each mode, and when it is a flood."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from console.dialogs.alerts.rule_choice import SomeOf
from console.dialogs.setting_fields import whole_box
from engine.model.alerts.settings import AlertSettings, SiteMode
from engine.model.places import choices
from engine.model.settings import Settings
from widgets.alerts.alert_words import mode_word
from widgets.layout.boxes import make_column
from widgets.theme import set_role
from widgets.translation import inside, tr

EVERYWHERE = "*"


class ArmingForm(QWidget):
    """Signals: changed()."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = settings.alerts
        zones = [(EVERYWHERE, tr("Everywhere, including outside zones")), *choices(settings)]
        self.zones = {mode: SomeOf(mode_word(mode), tr("No zone armed"), zones) for mode in SiteMode}
        self.flood_at = whole_box(AlertSettings, "flood_at")
        self.escalate_s = whole_box(AlertSettings, "escalate_s")
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        for mode, field in self.zones.items():
            form.addRow(tr("Armed in mode {0}").format(inside(mode_word(mode))), field)
        form.addRow(tr("Flood limit, alerts in 10 min"), self.flood_at)
        form.addRow(tr("Escalate after"), self.escalate_s)
        for field, name in ((self.flood_at, tr("Flood limit, alerts in 10 min")), (self.escalate_s, tr("Escalate after"))):
            field.setAccessibleName(name)
            field.setMaximumWidth(160)
        note = QLabel(tr("Any operator can change the site mode in the status bar."), wordWrap=True)
        set_role(note, "secondary")
        column = make_column(self, spacing=16, margins=(16, 16, 16, 16))
        column.addLayout(form)
        column.addWidget(note)
        column.addStretch(1)

    def show_settings(self, alerts: AlertSettings) -> None:
        self._before = alerts
        armed = dict(alerts.armed_zones)
        for mode, field in self.zones.items():
            field.set_chosen(armed.get(mode, ()))
        self.flood_at.setValue(alerts.flood_at)
        self.escalate_s.setValue(round(alerts.escalate_s))
        for field in self.zones.values():
            field.changed.connect(self.changed)
        self.flood_at.valueChanged.connect(self.changed)
        self.escalate_s.valueChanged.connect(self.changed)

    def armed_zones(self) -> tuple[tuple[SiteMode, tuple[str, ...]], ...]:
        """As they were where nothing is armed otherwise."""
        now = {mode: field.checked_ids() for mode, field in self.zones.items() if field.checked_ids()}
        before = {mode: zones for mode, zones in self._before.armed_zones if zones}
        return self._before.armed_zones if now == before else tuple(now.items())

    def escalation_s(self) -> float:
        """Whole seconds are shown; what was finer stays so until it is changed."""
        before, shown = self._before.escalate_s, float(self.escalate_s.value())
        return before if round(before) == shown else shown
