"""One rule as a form."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from console.dialogs.alerts.rule_choice import SomeOf
from console.dialogs.alerts.rule_hours import HoursField
from console.dialogs.setting_fields import number_box
from engine.model.alerts.settings import Rule, RuleMode, SiteMode
from engine.model.event import EventKind, Severity
from engine.model.places import choices
from engine.model.settings import Settings
from widgets.alerts.alert_words import mode_word, rule_mode_word
from widgets.engine_text import translate_engine_text
from widgets.fields.number_field import NumberField
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.down_scroll import DownScroll
from widgets.theme import severity_word
from widgets.translation import tr
from widgets.words import kind_word


class RuleForm(QWidget):
    """Signals: changed(): by the operator."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = Rule("new", "New")
        self._telling = True
        self.name = QLineEdit()
        self.mode = _combo([(rule_mode_word(mode), mode) for mode in RuleMode])
        self.kinds = SomeOf(tr("Events"), tr("Any event"), [(kind.value, kind_word(kind)) for kind in EventKind])
        self.cameras = SomeOf(tr("Cameras"), tr("Any camera"), [(camera.id, camera.name) for camera in settings.cameras])
        self.zones = SomeOf(tr("Zones"), tr("Any zone"), choices(settings))
        self.modes = SomeOf(tr("Site modes"), tr("Any mode"), [(mode.value, mode_word(mode)) for mode in SiteMode])
        self.hours = HoursField()
        self.armed_only, self.unknown_only = QCheckBox(tr("Only in armed zones")), QCheckBox(tr("Only unidentified people"))
        levels = [(severity_word(level), level) for level in Severity]
        self.min_severity = _combo(levels)
        self.severity = _combo([(tr("Same as the event"), None), *levels])
        self.evidence = _rule_number_box("min_log_odds")
        self.repeat = _rule_number_box("repeat_s")
        self.by_risk = QCheckBox(tr("Only where area risk is at least"))
        self.risk = _rule_number_box("area_risk")
        self.procedure = QPlainTextEdit()
        self._build_rows()
        self._connect_fields()

    def _build_rows(self) -> None:
        body = QWidget()
        body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)  # rows keep their height: what is too long scrolls
        form = QFormLayout(body)
        form.setContentsMargins(16, 8, 16, 16)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.procedure.setPlaceholderText(tr("One step per line"))
        self.procedure.setTabChangesFocus(True)
        self.procedure.setFixedHeight(92)
        for label, field in (
            (tr("&Name"), self.name),
            (tr("S&tate"), self.mode),
            (tr("&Events"), self.kinds),
            (tr("Came&ras"), self.cameras),
            (tr("&Zones"), self.zones),
            (tr("S&ite modes"), self.modes),
            (tr("Schedule"), self.hours),
            ("", self.armed_only),
            ("", self.unknown_only),
            (tr("Minim&um severity"), self.min_severity),
            (tr("Evidence threshol&d"), self.evidence),
            ("", self.by_risk),
            (tr("Risk"), self.risk),
            (tr("Suppress repeats &for"), self.repeat),
            (tr("Severity of the alert"), self.severity),
            (tr("&Procedure"), self.procedure),
        ):
            self._add_form_row(form, label, field)
        column = make_column(self, margins=NO_MARGINS)
        column.addWidget(DownScroll(body))

    def _add_form_row(self, form: QFormLayout, text: str, field: QWidget) -> None:
        if not text:
            form.addRow(field)
            return
        label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(field)
        if not isinstance(field, SomeOf):
            field.setAccessibleName(text.replace("&", ""))
        form.addRow(label, field)

    def _connect_fields(self) -> None:
        for some in (self.kinds, self.cameras, self.zones, self.modes, self.hours):
            some.changed.connect(self._emit_change)
        for box in (self.mode, self.min_severity, self.severity):
            box.currentIndexChanged.connect(self._emit_change)
        for spin in (self.evidence, self.repeat, self.risk):
            spin.valueChanged.connect(self._emit_change)
        for check in (self.armed_only, self.unknown_only, self.by_risk):
            check.toggled.connect(self._emit_change)
        self.by_risk.toggled.connect(self.risk.setEnabled)
        self.name.textEdited.connect(self._emit_change)
        self.procedure.textChanged.connect(self._emit_change)

    def _emit_change(self, *_: object) -> None:
        if self._telling:
            self.changed.emit()

    def _given_name(self) -> str:
        """A name of the product stays as it is kept, though the screen shows it in its own language."""
        name = self.name.text().strip()
        return self._before.name if name == translate_engine_text(self._before.name) else name

    def show_rule(self, rule: Rule) -> None:
        self._telling = False
        self._before = rule
        self.name.setText(translate_engine_text(rule.name))
        self.name.setCursorPosition(0)
        self.mode.setCurrentIndex(self.mode.findData(rule.mode))
        self.kinds.set_chosen(rule.kinds)
        self.cameras.set_chosen(rule.camera_ids)
        self.zones.set_chosen(rule.zone_ids)
        self.modes.set_chosen(rule.modes)
        self.hours.set_hours(rule.hours)
        self.armed_only.setChecked(rule.armed_only)
        self.unknown_only.setChecked(rule.unknown_only)
        self.min_severity.setCurrentIndex(self.min_severity.findData(rule.min_severity))
        self.severity.setCurrentIndex(0 if rule.severity is None else self.severity.findData(rule.severity))
        self.evidence.setValue(rule.min_log_odds)
        self.repeat.setValue(rule.repeat_s)
        self.by_risk.setChecked(rule.area_risk is not None)
        self.risk.setValue(rule.area_risk or 0.0)
        self.risk.setEnabled(rule.area_risk is not None)
        self.procedure.setPlainText("\n".join(rule.procedure))
        self._telling = True

    def rule(self) -> Rule:
        """Raises InputError."""
        severity = self.severity.currentData()
        return Rule(
            id=self._before.id,
            name=self._given_name(),
            kinds=tuple(EventKind(each) for each in self.kinds.checked_ids()),
            camera_ids=self.cameras.checked_ids(),
            zone_ids=self.zones.checked_ids(),
            modes=tuple(SiteMode(each) for each in self.modes.checked_ids()),
            hours=self.hours.hours(),
            min_severity=Severity(self.min_severity.currentData()),
            min_log_odds=_unrounded(self.evidence, self._before.min_log_odds),
            armed_only=self.armed_only.isChecked(),
            unknown_only=self.unknown_only.isChecked(),
            area_risk=_unrounded(self.risk, self._before.area_risk or 0.0) if self.by_risk.isChecked() else None,
            repeat_s=_unrounded(self.repeat, self._before.repeat_s),
            severity=None if severity is None else Severity(severity),
            mode=RuleMode(self.mode.currentData()),
            procedure=tuple(line.strip() for line in self.procedure.toPlainText().splitlines() if line.strip()),
        )


def _combo(choices: Sequence[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    for text, value in choices:
        box.addItem(text, value)
    return box


def _rule_number_box(name: str) -> NumberField:
    box = number_box(Rule, name)
    box.setMinimumWidth(120)
    return box


def _unrounded(spin: NumberField, before: float) -> float:
    """What is shown, or what it was where that only looks rounded."""
    shown = round(spin.value(), spin.decimals())
    return before if round(before, spin.decimals()) == shown else shown
