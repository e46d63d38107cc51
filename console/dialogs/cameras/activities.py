"""What is worth an event in how people behave: falls, fights, running, staying long and crowds, each with its limits."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import is_whole, range_hint
from console.words import field_of, sentence
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.people.settings import ActivitySettings
from widgets.number_text import number_text, typed_number
from widgets.theme import set_role
from widgets.translation import tr

_NAMES = ("fall_still_s", "fight_s", "running_speed", "running_s", "loiter_s", "loiter_radius", "crowd", "crowd_s")


class ActivitiesDialog(SavingDialog):
    """Admins only."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("Limits for behaviour events of all cameras. Lower limits detect sooner, with more false alarms.")
        super().__init__(bridge, tr("Behaviour detection"), lead, width=680, parent=parent)
        snapshot = bridge.snapshot
        self._before = snapshot.settings.activities if snapshot is not None else ActivitySettings()
        self.enabled = QCheckBox(tr("&Detect falls, fights, running, loitering and crowds"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.body.addWidget(self.enabled)
        self.body.addLayout(self._grid)
        self._add_rows()
        self.fields.hide()  # its fields stand in the grid
        self.usual = self.add_button(tr("Defaul&t limits"), at_left=True)
        self.usual.clicked.connect(lambda: self._show_settings(replace(ActivitySettings(), enabled=self.enabled.isChecked())))
        self.add_save(tr("&Save limits"))
        self.enabled.toggled.connect(self._switch)
        self._show_settings(self._before)
        self._switch(self.enabled.isChecked())

    def _add_rows(self) -> None:
        self._add_row(tr("Fall"), ("fall_still_s", tr("Lying st&ill for, in s")))
        self._add_row(tr("Fight"), ("fight_s", tr("Dur&ation, in s")))
        speed = ("running_speed", tr("&Faster than, in body heights a second"))
        self._add_row(tr("Running"), speed, ("running_s", tr("D&uration, in s")))
        radius = ("loiter_radius", tr("&Within, in body heights"))
        self._add_row(tr("Loitering"), ("loiter_s", tr("&Longer than, in s")), radius)
        crowd = ("crowd", tr("&People at once, at least"))
        self._add_row(tr("Crowd"), crowd, ("crowd_s", tr("Du&ration, in s")))

    def _add_row(self, of: str, *parts: tuple[str, str]) -> None:
        row = self._grid.rowCount()
        heading = QLabel(of, textFormat=Qt.TextFormat.PlainText)
        set_role(heading, "section")
        self._grid.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignTop)
        for column, (name, label) in enumerate(parts, 1):
            field = self.fields.add_checked(name, label, _number_trouble, range_hint(ActivitySettings, name))
            field.edit().setAccessibleName(f"{of}: {label.replace('&', '')}")
            self._grid.addWidget(field, row, column)

    def _show_settings(self, settings: ActivitySettings) -> None:
        self.enabled.setChecked(settings.enabled)
        for name in _NAMES:
            self.fields.field(name).set_value(number_text(getattr(settings, name), "g"))

    def _switch(self, on: bool) -> None:
        for name in _NAMES:
            self.fields.field(name).setEnabled(on)
        self.usual.setEnabled(on)

    def command(self) -> ChangeSettings:
        limits = {name: _activity_number(name, self.fields.field(name).value()) for name in _NAMES}
        return ChangeSettings(activities=replace(self._before, enabled=self.enabled.isChecked(), **limits))


def _activity_number(name: str, text: str) -> float:
    """Raises ValueError."""
    return int(text) if is_whole(ActivitySettings, name) else typed_number(text)


def _number_trouble(name: str, text: str) -> str:
    try:
        replace(ActivitySettings(), **{name: _activity_number(name, text)})  # type: ignore[arg-type]
    except InputError as error:
        return sentence(error.message if field_of(error) == name else str(error))
    except ValueError:
        return tr("Enter a whole number.") if is_whole(ActivitySettings, name) else tr("Enter a number.")
    return ""
