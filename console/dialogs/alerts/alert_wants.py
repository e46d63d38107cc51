"""Which alerts one way of telling people gets, and when: the part that all their dialogs share."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from console.dialogs.setting_fields import limits_of
from engine.alerts.rule_text import hours_text, parse_hours
from engine.model.alerts.notify_settings import AlertWants
from engine.model.alerts.settings import AlertSettings, Hours
from engine.model.errors import InputError
from engine.model.event import Severity
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.number_text import number_text, typed_number
from widgets.theme import set_role, severity_word
from widgets.translation import tr

_LEVELS = 4


class AlertWantsForm(QWidget):
    """Signals: changed(): something was chosen, or is right or wrong now."""

    changed = Signal()

    def __init__(self, alerts: AlertSettings, wants: AlertWants, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alerts = alerts
        self._level = wants.escalation_level
        self.severity = _combo_box(tr("Minimum severity"), tuple((severity_word(each), each) for each in reversed(Severity)))
        self.when = _combo_box(tr("When"), tuple((self._when_text(level), level) for level in self._levels()))
        self.quiet = Field(tr("&Quiet hours"), _quiet_trouble, _quiet_hint(alerts.time_zone), "22:00-07:00; sat sun 00:00-24:00")
        self.critical = QCheckBox(tr("Send critical alerts in quiet hours too"))
        pause = tr("Alerts of the same cause are not sent during the pause.")
        self.cooldown = Field(tr("Pause after an alert, minutes"), _minutes_trouble, pause)
        self.rules = {rule.id: QCheckBox(translate_engine_text(rule.name).replace("&", "&&")) for rule in alerts.rules}
        self.names = QCheckBox(tr("Include names; they leave Watchroom"))
        self.closing = QCheckBox(tr("Also send when an alert is closed"))
        self._lay_out_choices()
        self._show_wants(wants)
        for field in (self.quiet, self.cooldown):
            field.validity_changed.connect(self.changed)

    def _levels(self) -> tuple[int, ...]:
        return tuple(sorted({*range(_LEVELS), self._level}))

    def _when_text(self, level: int) -> str:
        if not level:
            return tr("Immediately")
        minutes = level * self._alerts.escalate_s / 60
        return tr("If unacknowledged for {0} min").format(number_text(minutes, "g"))

    def _lay_out_choices(self) -> None:
        column = make_column(self, spacing=8, margins=NO_MARGINS)
        for box in (self.severity, self.when):
            label = QLabel(box.accessibleName(), textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(box)
            pair = make_column(spacing=4)
            pair.addWidget(label)
            pair.addWidget(box)
            column.addLayout(pair)
        column.addWidget(self.quiet)
        column.addWidget(self.critical)
        column.addWidget(self.cooldown)
        column.addWidget(QLabel(tr("Only alerts of these rules")))
        for check in self.rules.values():
            column.addWidget(check)
        all_rules = QLabel(tr("None selected: alerts of every rule."))
        set_role(all_rules, "secondary")
        column.addWidget(all_rules)
        column.addWidget(self.names)
        column.addWidget(self.closing)

    def _show_wants(self, wants: AlertWants) -> None:
        self.severity.setCurrentIndex(self.severity.findData(wants.min_severity))
        self.when.setCurrentIndex(self.when.findData(wants.escalation_level))
        self.quiet.set_value("; ".join(map(hours_text, wants.quiet)))
        self.critical.setChecked(wants.critical_in_quiet)
        self.cooldown.set_value(number_text(wants.cooldown_s / 60, "g"))
        for rule_id, check in self.rules.items():
            check.setChecked(rule_id in wants.rule_ids)
        self.names.setChecked(wants.names)
        self.closing.setChecked(wants.closing)
        self._gone = tuple(rule_id for rule_id in wants.rule_ids if rule_id not in self.rules)

    def is_valid(self) -> bool:
        return self.quiet.is_valid() and self.cooldown.is_valid()

    def wants(self) -> AlertWants:
        """Rules that are there no longer stay chosen: without them it would be told of every rule."""
        chosen = tuple(rule_id for rule_id, check in self.rules.items() if check.isChecked())
        return AlertWants(
            min_severity=Severity(self.severity.currentData()),
            rule_ids=(*chosen, *self._gone),
            quiet=_hours(self.quiet.value()),
            critical_in_quiet=self.critical.isChecked(),
            cooldown_s=_minutes(self.cooldown.value()) * 60,
            escalation_level=int(self.when.currentData()),
            names=self.names.isChecked(),
            closing=self.closing.isChecked(),
        )


def _hours(text: str) -> tuple[Hours, ...]:
    """Raises InputError."""
    return tuple(parse_hours(part.strip()) for part in text.split(";") if part.strip())


def _quiet_trouble(text: str) -> str:
    try:
        _hours(text)
    except InputError:
        return tr("Format: 22:00-07:00 or mon-fri 22:00-06:00; separate several with ;")
    return ""


def _quiet_hint(time_zone: str) -> str:
    return tr("Time zone {0}. Alerts still unacknowledged are sent when quiet hours end. Empty: none.").format(time_zone)


def _minutes(text: str) -> float:
    """Nothing typed is none. Raises ValueError."""
    return typed_number(text) if text.strip() else 0.0


def _minutes_trouble(text: str) -> str:
    most_min = limits_of(AlertWants, "cooldown_s")[1] / 60
    try:
        fine = 0 <= _minutes(text) <= most_min
    except ValueError:
        fine = False
    return "" if fine else tr("Enter minutes, 0 to {0}; 0 is no pause.").format(number_text(most_min, "g"))


def _combo_box(name: str, items: tuple[tuple[str, object], ...]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for text, value in items:
        box.addItem(text, value)
    return box
