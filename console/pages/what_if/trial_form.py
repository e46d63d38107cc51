"""The few settings that are worth trying on the past: gates of cameras, falls by radio, loitering, and one alert rule."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from console.dialogs.setting_fields import number_box
from engine.model.alerts.settings import AlertSettings, Rule
from engine.model.history.replay import ReplaySettings
from engine.model.people.settings import ActivitySettings
from engine.model.settings import GateSettings, Settings
from engine.model.site import RadioSettings
from widgets.engine_text import translate_engine_text
from widgets.fields.elided_combo import ElidedCombo
from widgets.fields.number_field import NumberField
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role
from widgets.translation import tr


class TryForm(QWidget):
    """UI thread. What nobody touched stays as it was then. Signals: changed()."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = Settings()
        self._rules: dict[str, Rule] = {}
        self._filling = False
        self.confidence = _trial_number_box(GateSettings, "min_confidence")
        self.seen = _trial_number_box(GateSettings, "min_seen_s", most=60)
        self.duplicate = _trial_number_box(GateSettings, "duplicate_s", most=3600)
        self.still = _trial_number_box(RadioSettings, "fall_still_s")
        self.loiter = _trial_number_box(ActivitySettings, "loiter_s")
        self.rule = ElidedCombo()
        self.rule.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.rule.setMinimumContentsLength(14)
        self.odds = _trial_number_box(Rule, "min_log_odds")
        self.repeat = _trial_number_box(Rule, "repeat_s")
        self._build_fields()
        for box in self._numbers():
            box.valueChanged.connect(self._touched)
        self.rule.currentIndexChanged.connect(self._show_rule)

    def _build_fields(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            (tr("Minimum confidence"), self.confidence, tr("Detector confidence from which a person counts")),
            (tr("Minimum duration"), self.seen, tr("How long a person must be tracked")),
            (tr("Suppress repeats for"), self.duplicate, tr("Repeats within this time are suppressed")),
            (tr("Fall: still for"), self.still, tr("By radio")),
            (tr("Loitering after"), self.loiter, tr("Time in one place")),
            (tr("Alert rule"), self.rule, tr("Rule whose thresholds are tested")),
            (tr("Evidence threshold"), self.odds, tr("Sum of evidence needed for an alert")),
            (tr("No repeat alert for"), self.repeat, tr("Repeats within this time join the open alert")),
        )
        for text, field, tip in rows:
            label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(field)
            set_role(label, "secondary")
            label.setMinimumHeight(field.sizeHint().height())  # a form puts labels at the upper edge
            field.setToolTip(plain_tip(tip))
            field.setAccessibleName(text)
            form.addRow(label, field)

    def show_settings(self, settings: Settings) -> None:
        """Those in force, where nothing was changed here."""
        if settings is self._settings or self.is_touched():
            return
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Back to what is in force."""
        settings = self._settings
        chosen = str(self.rule.currentData() or "")
        self._filling = True
        self._rules = {rule.id: rule for rule in settings.alerts.rules}
        self.confidence.setValue(settings.gates.min_confidence)
        self.seen.setValue(settings.gates.min_seen_s)
        self.duplicate.setValue(settings.gates.duplicate_s)
        self.still.setValue(settings.radio.fall_still_s)
        self.loiter.setValue(settings.activities.loiter_s)
        self.rule.clear()
        for rule in settings.alerts.rules:
            self.rule.addItem(translate_engine_text(rule.name), rule.id)
        self.rule.setCurrentIndex(max(0, self.rule.findData(chosen)))
        self._filling = False
        self._show_rule()
        self.changed.emit()

    def choose_rule(self, rule_id: str) -> None:
        number = self.rule.findData(rule_id)
        if number >= 0:
            self.rule.setCurrentIndex(number)

    def tried(self) -> ReplaySettings:
        """What differs from the settings in force. Raises InputError where a value cannot be."""
        now = self._settings
        gates = replace(
            now.gates,
            min_confidence=_value_or_in_force(self.confidence, now.gates.min_confidence),
            min_seen_s=_value_or_in_force(self.seen, now.gates.min_seen_s),
            duplicate_s=_value_or_in_force(self.duplicate, now.gates.duplicate_s),
        )
        radio = replace(now.radio, fall_still_s=_value_or_in_force(self.still, now.radio.fall_still_s))
        activities = replace(now.activities, loiter_s=_value_or_in_force(self.loiter, now.activities.loiter_s))
        alerts = self._alerts()
        return ReplaySettings(
            gates=gates if gates != now.gates else None,
            radio=radio if radio != now.radio else None,
            alerts=alerts if alerts != now.alerts else None,
            activities=activities if activities != now.activities else None,
        )

    def is_touched(self) -> bool:
        return bool(self._rules) and not self.tried().empty

    def _alerts(self) -> AlertSettings:
        rules = tuple(self._rules.get(rule.id, rule) for rule in self._settings.alerts.rules)
        return replace(self._settings.alerts, rules=rules)

    def _show_rule(self) -> None:
        rule = self._rules.get(str(self.rule.currentData() or ""))
        if rule is not None:
            self._filling = True
            self.odds.setValue(rule.min_log_odds)
            self.repeat.setValue(rule.repeat_s)
            self._filling = False

    def _touched(self) -> None:
        if self._filling:
            return
        rule = self._rules.get(str(self.rule.currentData() or ""))
        if rule is not None:
            odds, repeat = _value_or_in_force(self.odds, rule.min_log_odds), _value_or_in_force(self.repeat, rule.repeat_s)
            self._rules[rule.id] = replace(rule, min_log_odds=odds, repeat_s=repeat)
        self.changed.emit()

    def _numbers(self) -> tuple[NumberField, ...]:
        return (self.confidence, self.seen, self.duplicate, self.still, self.loiter, self.odds, self.repeat)


def _trial_number_box(kind: type, name: str, most: float | None = None) -> NumberField:
    box = number_box(kind, name, most=most)
    box.setKeyboardTracking(False)
    return box


def _value_or_in_force(box: NumberField, known: float) -> float:
    """What is in force, where the box shows the same: it rounds."""
    return known if abs(box.value() - known) < 0.5 * 10 ** -box.decimals() else round(box.value(), box.decimals())
