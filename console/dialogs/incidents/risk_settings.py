"""The settings of the risk map: weights, half-life, training."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_field, typed_value
from engine.model.command import ChangeSettings
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.risk import DEFAULT_WEIGHTS, HIGHEST_WEIGHT, RiskSettings
from widgets.fields.number_field import NumberField, padded
from widgets.incidents.incident_words import category_word
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.translation import tr

_COLUMNS = 3
_NUMBERS = ("half_life_h", "window_days", "retrain_hour_utc", "cell_m")


class RiskSettingsDialog(SavingDialog):
    """For administrators."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("A new incident raises the risk nearby by severity and category weight; the effect halves after the half-life.")
        super().__init__(bridge, tr("Risk map"), lead, width=620, parent=parent)
        self._before = bridge.snapshot.settings.risk if bridge.snapshot is not None else RiskSettings()
        self._add_risk_field("half_life_h", self.tr("&Half-life, hours"))
        self._add_risk_field("window_days", self.tr("Training &days"))
        self._add_risk_field("retrain_hour_utc", self.tr("&Training hour (UTC)"))
        self._add_risk_field("cell_m", self.tr("Cell si&ze, metres"))
        self.weights = {each: self._weight(each) for each in IncidentCategory}
        self.body.addWidget(self.fields)
        self.body.addLayout(self._weights())
        self.body.addWidget(self._source())
        self.default = self.add_button(self.tr("De&fault weights"), at_left=True)
        self.default.clicked.connect(self._set_defaults)
        self.add_save(self.tr("&Save"))

    def _add_risk_field(self, name: str, label: str) -> None:
        self.fields.add_field(name, number_field(RiskSettings, name, label))
        self.fields.field(name).set_value(number_text(getattr(self._before, name), "g"))

    def _weight(self, category: IncidentCategory) -> NumberField:
        box = NumberField(minimum=0.0, maximum=HIGHEST_WEIGHT, singleStep=0.25, decimals=2)
        box.setValue(self._before.weight(category))
        padded(box)
        box.setAccessibleName(self.tr("Weight of {0}").format(category_word(category)))
        box.setToolTip(plain_tip(self.tr("Default: {0}").format(number_text(DEFAULT_WEIGHTS[category], "g"))))
        return box

    def _weights(self) -> QGridLayout:
        title = QLabel(self.tr("Weight of each category; 0 excludes it"))
        set_role(title, "secondary")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.addWidget(title, 0, 0, 1, 2 * _COLUMNS)
        for number, (category, box) in enumerate(self.weights.items()):
            label = QLabel(category_word(category), textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(box)
            row, column = divmod(number, _COLUMNS)
            grid.addWidget(label, row + 1, 2 * column)
            grid.addWidget(box, row + 1, 2 * column + 1)
        return grid

    def _source(self) -> QLabel:
        text = self.tr(
            "Defaults: the mean severity of the category in the Atlas taxonomy, divided by 3 (moderate). Fire has the weight of violence."
        )
        label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(label, "secondary")
        return label

    def _set_defaults(self) -> None:
        for category, box in self.weights.items():
            box.setValue(DEFAULT_WEIGHTS[category])

    def command(self) -> ChangeSettings:
        numbers = {name: typed_value(RiskSettings, name, self.fields.field(name).value()) for name in _NUMBERS}
        weights = tuple((category, box.value()) for category, box in self.weights.items() if box.value() != DEFAULT_WEIGHTS[category])
        return ChangeSettings(risk=replace(self._before, weights=weights, **numbers))
