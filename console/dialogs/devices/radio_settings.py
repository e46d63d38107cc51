"""How radio sensing works at this site."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import help_text, range_and_help
from console.words import field_of, sentence
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.setting import settings_of
from engine.model.site import RadioSettings
from widgets.number_text import number_text, numbers_text, typed_number, typed_numbers
from widgets.space.plan.position_fields import PositionFields
from widgets.translation import tr

_NUMBERS = ("cell_m", "most_people", "fall_still_s", "fall_escalate_s")


class RadioSettingsDialog(SavingDialog):
    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Radio settings"), width=520, parent=parent)
        self._before = bridge.snapshot.settings.radio if bridge.snapshot is not None else RadioSettings()
        self.enabled = QCheckBox(self.tr("&Detect people by radio"))
        self.learn = QCheckBox(self.tr("&Learn link weights from people with a known position"))
        self.scan = QCheckBox(self.tr("Use the &Bluetooth adapter of the engine's computer"))
        self._add_numbers()
        self.scanner = PositionFields(self.tr("Position of the adapter"), self.tr("Required to locate phones with it."), self)
        for widget in (self.enabled, self.fields, self.learn, self.scan, self.scanner):
            self.body.addWidget(widget)
        self._show_settings(self._before)
        self.scan.toggled.connect(self.scanner.setEnabled)
        self.scanner.changed.connect(self.refresh)
        self.add_save(self.tr("&Save settings"))

    def _add_numbers(self) -> None:
        self._add_radio_field("cell_m", self.tr("Edge of a &voxel, in m"), range_and_help(RadioSettings, "cell_m"))
        self._add_radio_field("most_people", self.tr("&Maximum number of tracked people"), range_and_help(RadioSettings, "most_people"))
        self._add_radio_field(
            "fall_still_s", self.tr("St&ill after a drop to count as a fall, in s"), range_and_help(RadioSettings, "fall_still_s")
        )
        self._add_radio_field(
            "fall_escalate_s", self.tr("&Escalate a fall after, in s"), help_text(settings_of(RadioSettings)["fall_escalate_s"])
        )

    def _add_radio_field(self, name: str, label: str, hint: str) -> None:
        self.fields.add_checked(name, label, self._number_trouble, hint)

    def _show_settings(self, radio: RadioSettings) -> None:
        self.enabled.setChecked(radio.enabled)
        self.learn.setChecked(radio.learn_weights)
        self.scan.setChecked(radio.scan_ble)
        self.scanner.set_value(radio.scanner_position)
        self.scanner.setEnabled(radio.scan_ble)
        for name in _NUMBERS:
            self.fields.field(name).set_value(_number_text(getattr(radio, name)))

    def _number_trouble(self, name: str, text: str) -> str:
        try:
            replace(RadioSettings(), **{name: READ[name](text)})
        except InputError as error:
            return sentence(error.message if field_of(error) == name else str(error))
        except ValueError:
            return tr("Enter a number.") if name != "fall_escalate_s" else tr("Enter numbers with commas between them.")
        return ""

    def is_valid(self) -> bool:
        return super().is_valid() and self.scanner.is_valid()

    def command(self) -> ChangeSettings:
        numbers = {name: READ[name](self.fields.field(name).value()) for name in _NUMBERS}
        changed = replace(
            self._before,
            enabled=self.enabled.isChecked(),
            learn_weights=self.learn.isChecked(),
            scan_ble=self.scan.isChecked(),
            scanner_position=self.scanner.value(),
            **numbers,
        )
        return ChangeSettings(radio=changed)


def _number_text(value: float | tuple[float, ...]) -> str:
    return numbers_text(value) if isinstance(value, tuple) else number_text(value, "g")


READ: dict[str, Callable[[str], float | tuple[float, ...]]] = {
    "cell_m": typed_number,
    "most_people": int,
    "fall_still_s": typed_number,
    "fall_escalate_s": typed_numbers,
}
"""How the text of each number is read."""
