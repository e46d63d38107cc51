"""How the risk map weighs and forgets, and whose map lies under it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import number_field, typed_value
from console.maps.map_tiles import refusal_text
from console.maps.tile_calls import check_service
from engine.model.command import ChangeSettings, Command
from engine.model.errors import InputError, WatchroomError
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.map_settings import MapSettings
from engine.model.risk.risk import DEFAULT_WEIGHTS, HIGHEST_WEIGHT, RiskSettings
from engine.runtime.outbound.outward import AddressRefused
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field
from widgets.fields.number_field import NumberField, padded
from widgets.incidents.incident_words import category_word
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_COLUMNS = 3
_NUMBERS = ("half_life_h", "window_days", "retrain_hour_utc", "cell_m")


class RiskSettingsDialog(SavingDialog):
    """For administrators."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr(
            "A new incident raises the risk around it, by its severity and its weight, and less with distance. Half of that is gone after "
            "the half-life."
        )
        super().__init__(bridge, tr("Risk map"), lead, width=620, parent=parent)
        self._before = bridge.snapshot.settings.risk if bridge.snapshot is not None else RiskSettings()
        self._add_risk_field("half_life_h", self.tr("&Half-life, in hours"))
        self._add_risk_field("window_days", self.tr("&Days to learn from"))
        self._add_risk_field("retrain_hour_utc", self.tr("&Learns at, hour of the day in UTC"))
        self._add_risk_field("cell_m", self.tr("&Edge of a cell, in metres"))
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
        title = QLabel(self.tr("Weights: how much an incident of a category counts; 0 leaves a category out"))
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
            "Defaults: the middle of the severities that Atlas's taxonomy gives a category, divided by 3 (moderate). Fire, which it does "
            "not have, counts as violence does."
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


class MapServiceDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr(
            "The console asks this service for the map under the risk, and keeps what it got on disk. Without one there is a grid of "
            "coordinates. Mind the service's terms: most public ones forbid heavy use."
        )
        super().__init__(bridge, tr("Map service"), lead, width=560, parent=parent)
        before = bridge.snapshot.settings.map if bridge.snapshot is not None else MapSettings()
        example = "https://tiles.example.org/{z}/{x}/{y}.png"
        self.fields.add_field(
            "tile_url", Field(self.tr("&Address of its tiles"), url_trouble, self.tr("With {z}, {x} and {y}; empty for none"), example)
        )
        self.fields.add_field("attribution", Field(self.tr("A&ttribution"), None, self.tr("What the service wants to be said on the map")))
        self.fields.field("tile_url").set_value(before.tile_url)
        self.fields.field("attribution").set_value(before.attribution)
        self.private = QCheckBox(self.tr("Allow a map service in our &own network"))
        self.private.setChecked(before.allow_private)
        on(self.private.toggled, self.fields.field("tile_url").show_error, "")
        self._before = before
        self.body.addWidget(self.fields)
        self.body.addWidget(self.private)
        self.add_save(self.tr("&Save"))

    def map_settings(self) -> MapSettings:
        url, said = (self.fields.field(name).value().strip() for name in ("tile_url", "attribution"))
        return replace(self._before, tile_url=url, attribution=said, allow_private=self.private.isChecked())

    def command(self) -> ChangeSettings:
        return ChangeSettings(map=self.map_settings())

    def tell(self, command: Command, then: Callable[[str], None]) -> None:
        """Once it is known that this console may ask there; every tile is judged again when it is asked for."""
        settings, save = self.map_settings(), super().tell
        if not settings.tile_url:
            save(command, then)
            return
        self.set_busy(True)
        self.bridge.fetch(partial(check_service, settings), lambda _: save(command, then), self.show_refusal, owner=self)

    def show_refusal(self, error: WatchroomError) -> None:
        if not isinstance(error, AddressRefused):
            super().show_refusal(error)
            return
        self.set_busy(False)
        self.fields.show_error("tile_url", refusal_text(error))


def url_trouble(text: str) -> str:
    try:
        MapSettings(text.strip())
    except InputError as error:
        return tr("It {0}").format(f"{translate_engine_text(error.message)}.")
    return ""
