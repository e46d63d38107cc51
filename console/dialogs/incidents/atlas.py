"""Classification by Atlas: where it is, which contract it speaks, how much is sent to it, and how exactly."""

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.labelled_rows import labelled_column
from console.dialogs.trying import TryingDialog
from console.words import error_text, sentence
from engine.model.alerts.commands import ChangeAtlas
from engine.model.errors import InputError, WatchroomError
from engine.model.incidents.atlas import AtlasHealth, AtlasSettings
from engine.model.question import TestAtlas
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field
from widgets.layout.boxes import make_row
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.translation import tr

ROLLOUT = (10, 50, 100)


class AtlasDialog(TryingDialog):
    """For administrators. What the environment decides (`ATLAS_*`) is shown, and cannot be changed here."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr(
            "Incidents are sent without reporters and with rounded coordinates. While Atlas is unavailable they are classified locally."
        )
        super().__init__(bridge, tr("Atlas settings"), lead, width=600, parent=parent)
        snapshot = bridge.snapshot
        self._before = snapshot.settings.atlas if snapshot is not None else AtlasSettings()
        self._health = snapshot.incidents.atlas if snapshot is not None else AtlasHealth()
        self._build_fields()
        self._fill_fields()
        self._show_overridden()
        self.add_save(self.tr("&Save"))
        self.enabled.setFocus()

    def _build_fields(self) -> None:
        self.enabled = QCheckBox(self.tr("Classify incidents with &Atlas"))
        self.enabled.toggled.connect(self._switched)
        url = Field(self.tr("A&ddress"), self._url_trouble, placeholder="https://atlas.example.org")
        self.fields.add_field("url", url)
        url.hint_by(_url_hint)
        self.contract = _choice_box(self.tr("Contract"), ((self.tr("Planned"), "planned"), (self.tr("Real"), "real")))
        self.rollout = _choice_box(self.tr("Sampling rate"), ())
        self.digits = _choice_box(self.tr("Coordinates are rounded to"), tuple((rounding_text(digits), digits) for digits in range(1, 7)))
        stored = self._health.key_stored
        hint = self.tr("A key is stored; enter another to replace it.") if stored else self.tr("Stored in the secret store.")
        self.key.set_hint(f"{hint} {self.tr('It is never shown again.')}")
        self.private = QCheckBox(self.tr("Allow an address in your &own network"))
        self.overridden = Notice()
        self.body.addWidget(self.enabled)
        self.body.addWidget(self.fields)
        self.body.addLayout(
            _button_row(labelled_column(self.tr("Co&ntract"), self.contract), labelled_column(self.tr("Sam&pling rate"), self.rollout))
        )
        self.body.addLayout(labelled_column(self.tr("Coo&rdinates are rounded to"), self.digits))
        for part in (self.key, self.forget, self.private, self.overridden, self.outcome):
            self.body.addWidget(part)
        self.forget.setVisible(stored)

    def _fill_fields(self) -> None:
        now = self._before
        self.fields.field("url").set_value(now.url)
        self.fields.field("url").set_hint(_url_hint(now.url))
        self.contract.setCurrentIndex(self.contract.findData(now.contract))
        for percent in sorted({*ROLLOUT, now.rollout_percent}):
            self.rollout.addItem(self.tr("{0} % of incidents").format(percent), percent)
        self.rollout.setCurrentIndex(self.rollout.findData(now.rollout_percent))
        self.digits.setCurrentIndex(self.digits.findData(now.coordinate_digits))
        self.private.setChecked(now.allow_private)
        self.enabled.setChecked(now.enabled)

    def _show_overridden(self) -> None:
        names = self._health.overridden
        parts: dict[str, QWidget] = {
            "enabled": self.enabled,
            "url": self.fields.field("url"),
            "contract": self.contract,
            "rollout_percent": self.rollout,
            "coordinate_digits": self.digits,
            "allow_private": self.private,
            "key": self.key,
        }
        for name in names:
            if name in parts:
                parts[name].setEnabled(False)
        told = self.tr("Set by environment variables of the engine: {0}.").format(", ".join(map(_variable, names)))
        self.overridden.set_notice(told if names else "", "neutral")

    # What is typed

    def _switched(self) -> None:
        self.fields.field("url").revalidate()
        self.refresh()

    def _url_trouble(self, text: str) -> str:
        if not self.enabled.isChecked() and not text.strip():
            return ""
        try:
            AtlasSettings(True, text.strip())
        except InputError as error:
            return sentence(tr("The address {0}").format(translate_engine_text(error.message)))
        return ""

    def settings(self) -> AtlasSettings:
        return replace(
            self._before,
            enabled=self.enabled.isChecked(),
            url=self.fields.field("url").value().strip(),
            contract=self.contract.currentData(),
            rollout_percent=self.rollout.currentData(),
            coordinate_digits=self.digits.currentData(),
            allow_private=self.private.isChecked(),
        )

    def command(self) -> ChangeAtlas:
        """None as key: what is stored stays."""
        return ChangeAtlas(self.settings(), self.given_key())

    def is_on(self) -> bool:
        return self.enabled.isChecked()

    # Trying it

    def try_it(self) -> str:
        snapshot = self.bridge.snapshot
        anchor = snapshot.settings.anchor if snapshot is not None else None
        place = (anchor.latitude, anchor.longitude) if anchor is not None else (0.0, 0.0)
        wanted = self.contract.currentData()
        self.bridge.ask(TestAtlas(*place), lambda answer: self.tried(*_contract_verdict(answer, wanted)), self._unanswered, owner=self)
        return self.tr("Saved. Asking Atlas…")

    def _unanswered(self, error: WatchroomError) -> None:
        self.tried(self.tr("Saved, but Atlas did not answer. {0}").format(error_text(error)), "critical")


def rounding_text(digits: int) -> str:
    """What so many decimals of a degree mean on the ground."""
    metres = 111_320 / 10**digits / 2
    size = (
        tr("{0} km").format(number_text(metres / 1000, ".1f"))
        if metres >= 1000
        else tr("{0} m").format(number_text(metres, ".0f") if metres >= 2 else number_text(metres, ".1f"))
    )
    return tr("{0} decimals, up to {1} off").format(digits, size) if digits > 1 else tr("1 decimal, up to {0} off").format(size)


def _variable(name: str) -> str:
    return "ATLAS_API_KEY" if name == "key" else f"ATLAS_{name.upper()}"


def _contract_verdict(spoken: str, wanted: str) -> tuple[str, str]:
    """What a test came to. Contracts by their names."""
    names = {"planned": tr("Planned"), "real": tr("Real")}
    if spoken == wanted:
        return tr("Atlas answered; API contract: {0}.").format(names[spoken]), "good"
    told = tr("Atlas answered with another API contract. Select: {0}.")
    return told.format(names.get(spoken, spoken)), "critical"


def _url_hint(text: str) -> str:
    return tr("Not encrypted: anyone on the network path can read it.") if text.strip().startswith("http://") else ""


def _choice_box(name: str, items: tuple[tuple[str, object], ...]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for text, value in items:
        box.addItem(text, value)
    return box


def _button_row(*columns: QVBoxLayout) -> QHBoxLayout:
    row = make_row(spacing=16)
    for column in columns:
        row.addLayout(column, 1)
    return row
