"""How events are grouped into review items."""

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import exact_text, number_field, typed_value
from engine.model.command import ChangeSettings
from engine.model.review.review import ReviewSettings
from widgets.translation import tr

_NAMES = ("gap_s", "longest_min")


class ReviewSettingsDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr("Events of one place that overlap or follow one another are one row in Live, Review. Changes apply to new events.")
        super().__init__(bridge, tr("Review items"), lead, width=520, parent=parent)
        before = bridge.snapshot.settings.review if bridge.snapshot is not None else ReviewSettings()
        self._add_number(
            "gap_s",
            tr("&Gap, in s"),
            tr("A longer pause begins a new review item. An item may pause for as long as it has lasted, up to 4 times this."),
        )
        self._add_number("longest_min", tr("&Longest item, in min"), tr("Events that begin later are in the next review item."))
        self.body.addWidget(self.fields)
        self.usual = self.add_button(tr("Defaul&ts"), at_left=True)
        self.usual.clicked.connect(self._show_defaults)
        self.add_save(tr("&Save"))
        self._show_settings(before)

    def _add_number(self, name: str, label: str, hint: str) -> None:
        self.fields.add_field(name, number_field(ReviewSettings, name, label, hint))

    def _show_defaults(self) -> None:
        self._show_settings(ReviewSettings())

    def _show_settings(self, settings: ReviewSettings) -> None:
        for name in _NAMES:
            self.fields.field(name).set_value(exact_text(getattr(settings, name)))

    def command(self) -> ChangeSettings:
        numbers = {name: typed_value(ReviewSettings, name, self.fields.field(name).value()) for name in _NAMES}
        return ChangeSettings(review=ReviewSettings(**numbers))
