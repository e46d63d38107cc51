"""Fire weather: who tells the class of the day, when it is asked for, and how sure cameras have to be of smoke on such a day."""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.fire.checks import hour_trouble, login_trouble, needs_password, number_of, organisation_trouble, url_hint, url_trouble
from console.dialogs.fire.classes import FireClasses
from console.dialogs.fire.details import FireDetails
from console.dialogs.saving import SavingDialog
from console.weather_file import read_weather_file, weather_refusal
from console.words import error_text, field_of, sentence
from engine.model.errors import InputError, WatchroomError
from engine.model.fire.commands import ChangeFire, ImportFireWeather, RefreshFire
from engine.model.fire.fire import FireSettings, FireView
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field, Validate
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.layout.tabs import Tabs
from widgets.maps.fire_words import fire_state
from widgets.marks.notice import Notice
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_VARIABLES = {
    "service_url": "RISK_API_URL",
    "login": "RISK_API_LOGIN",
    "password": "RISK_API_PWD",
    "refresh_hour_utc": "RISK_REFRESH_HOUR_UTC",
}
_SIDE = 352  # pixels; both sides fit 853, what 1280 × 800 has at 150 %


class FireWeatherDialog(SavingDialog):
    """For administrators. What the environment decides (`RISK_*`) is named, and cannot be changed here."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr(
            "The fire danger of the day sets the confidence that smoke and fire detections need. Where it is "
            "unknown, nothing is suppressed."
        )
        super().__init__(bridge, tr("Fire weather"), lead, width=2 * _SIDE + 80, parent=parent)
        snapshot = bridge.snapshot
        self._settings = snapshot.settings if snapshot is not None else Settings()
        self._before = self._settings.fire
        self._view = snapshot.fire if snapshot is not None else FireView()
        self._build_sections()
        self._fill_fields()
        self.add_save(self.tr("&Save"))
        self._order_tabs()
        bridge.snapshot_changed.connect(self._show_state)
        if snapshot is not None:
            self._show_state(snapshot)
        self.fields.field("service_url").setFocus()

    # Building

    def _build_sections(self) -> None:
        self.state = Notice()
        self.outcome = Notice()
        self.body.addWidget(self.state)
        self.body.addWidget(self.outcome)
        self.details = FireDetails(self._settings, _SIDE)
        self.details.changed.connect(self.refresh)
        self.details.fields.submitted.connect(self.submit)
        self.tabs = Tabs(framed=True)
        self.tabs.addTab(self._usual(), self.tr("Ser&vice and rule"))
        self.tabs.addTab(self.details, self.tr("Details and ca&meras"))
        self.body.addWidget(self.tabs)
        self.import_button = self.add_button(self.tr("Import &noon weather…"), at_left=True)
        self.import_button.setToolTip(self.tr("CSV with date, temperature, humidity, wind and rain of the site; no service is needed then"))
        self.import_button.clicked.connect(self._choose_file)
        self.ask = self.add_button(self.tr("As&k now"), at_left=True)
        self.ask.setIcon(icon("refresh-cw"))
        self.ask.setToolTip(self.tr("Uses the saved settings"))
        on(self.ask.clicked, self.tell, RefreshFire(), ignore_answer)

    def _usual(self) -> QWidget:
        page = QWidget()
        across = make_row(page, spacing=32, margins=(16, 12, 16, 12))
        across.addLayout(self._sources(), 1)
        across.addLayout(self._rule(), 1)
        return page

    def _sources(self) -> QVBoxLayout:
        url = self._add_service_field("service_url", self.tr("Risk service a&ddress"), "https://risk.example.org", url_trouble)
        self._add_service_field("organization_id", self.tr("&Organisation number"), self.tr("Empty for none"), organisation_trouble)
        self._add_service_field("login", self.tr("&Login"), "", self._login_trouble)
        self.password = PasswordField(self.tr("&Password"), self._password_trouble, self._password_hint())
        self.forget = QCheckBox(self.tr("&Forget the stored password"))
        weather = self._add_service_field("weather_url", self.tr("&Weather service address"), "https://weather.example.org", url_trouble)
        weather.set_hint(self.tr("Open-Meteo compatible; danger classes are computed locally"))
        self._add_service_field("refresh_hour_utc", self.tr("Update &hour (UTC)"), "4", hour_trouble)
        column = _column(self.tr("Source of danger classes"))
        for part in (url, self.fields.field("organization_id"), self.fields.field("login"), self.password, self.forget):
            column.addWidget(part)
        for name in ("weather_url", "refresh_hour_utc"):
            column.addWidget(self.fields.field(name))
        column.addStretch(1)
        self._connect_sources()
        return column

    def _connect_sources(self) -> None:
        for name in ("service_url", "login"):
            self.fields.field(name).changed.connect(self._revalidate)
        self.fields.field("service_url").hint_by(url_hint)
        self.password.validity_changed.connect(self.refresh)
        self.password.submitted.connect(self.submit)
        self.forget.toggled.connect(self._forgetting)

    def _add_service_field(self, name: str, label: str, placeholder: str, trouble: Validate) -> Field:
        field = self.fields.add_field(name, Field(label, lambda text: "" if self._decided(name) else trouble(text), "", placeholder))
        field.setMaximumWidth(_SIDE)
        return field

    def _rule(self) -> QVBoxLayout:
        self.classes = FireClasses(self._before)
        self.classes.setMaximumWidth(_SIDE)
        self.classes.changed.connect(self.refresh)
        self.everything = QCheckBox(self.tr("Show everyth&ing in any weather"))
        self.everything.setToolTip(self.tr("In lists, counts, alerts and notifications; danger classes are still updated and shown"))
        self.overridden = Notice()
        column = _column(self.tr("Confidence by danger class"))
        for part in (self.classes, self.everything, self.overridden):
            column.addWidget(part)
        column.addStretch(1)
        return column

    def _order_tabs(self) -> None:
        """As they stand on the dialog."""
        login, weather = self.fields.field("login").edit(), self.fields.field("weather_url").edit()
        for first, second in pairwise((login, self.password.edit(), self.forget, weather)):
            QWidget.setTabOrder(first, second)
        QWidget.setTabOrder(self.ask, self.import_button)

    def _fill_fields(self) -> None:
        fire = self._before
        organisation = "" if fire.organization_id is None else str(fire.organization_id)
        texts = {
            "service_url": fire.service_url,
            "organization_id": organisation,
            "login": fire.login,
            "weather_url": fire.weather_url,
            "refresh_hour_utc": str(fire.refresh_hour_utc),
        }
        for name, text in texts.items():
            self.fields.field(name).set_value(text)
        self.fields.field("service_url").set_hint(url_hint(fire.service_url))
        self.everything.setChecked(not fire.filtering)
        self.forget.setVisible(self._view.password_stored and not self._decided("password"))
        self._show_overridden()

    def _show_overridden(self) -> None:
        """What holds instead is known to the engine only, so what is stored does not stand there as if it held."""
        for name in filter(self._decided, _VARIABLES):
            field = self.password if name == "password" else self.fields.field(name)
            field.set_value("")
            field.set_hint("")
            field.edit().setPlaceholderText(self.tr("Set by {0}").format(_VARIABLES[name]))
            field.setEnabled(False)
        names = ", ".join(_VARIABLES[name] for name in _VARIABLES if self._decided(name))
        told = self.tr("Set by environment variables of the engine: {0}.").format(names)
        self.overridden.set_notice(told if names else "", "neutral")

    # What is typed

    def _decided(self, name: str) -> bool:
        """By the environment."""
        return name in self._view.overridden

    def _login_trouble(self, text: str) -> str:
        return login_trouble(text, bool(self.fields.field("service_url").value().strip()))

    def _password_hint(self) -> str:
        stored = self._view.password_stored
        return (
            self.tr("A password is stored; enter another to replace it")
            if stored
            else self.tr("Kept in the secret store, never shown again")
        )

    def _password_trouble(self, text: str) -> str:
        if self._decided("password") or text or not hasattr(self, "forget") or self.forget.isChecked():
            return tr("Use at most 500 characters.") if len(text) > 500 else ""
        return needs_password(self._before, self._stored_text("service_url"), self._stored_text("login"))

    def _stored_text(self, name: str) -> str:
        """What is to be stored: where the environment decides, what was."""
        return str(getattr(self._before, name)) if self._decided(name) else self.fields.field(name).value().strip()

    def _revalidate(self) -> None:
        self.fields.field("login").revalidate()
        self.password.revalidate()
        if not self.password.is_valid():
            self.password.reveal()
        self.refresh()

    def _forgetting(self, on: bool) -> None:
        self.password.setEnabled(not on)
        self.password.revalidate()
        self.refresh()

    def is_valid(self) -> bool:
        password = self.password.is_valid() or self.forget.isChecked()
        return super().is_valid() and password and not self.classes.trouble() and self.details.is_valid()

    def settings(self) -> FireSettings:
        return replace(
            self.details.over(self._before),
            service_url=self._stored_text("service_url"),
            login=self._stored_text("login"),
            organization_id=number_of(self.fields.field("organization_id").value()),
            weather_url=self._stored_text("weather_url"),
            refresh_hour_utc=number_of(self._stored_text("refresh_hour_utc")) or 0,
            filtering=not self.everything.isChecked(),
            bounds=self.classes.class_bounds(),
            thresholds=self.classes.thresholds(),
        )

    def command(self) -> ChangeFire:
        """None as password: what is stored stays."""
        return ChangeFire(self.settings(), "" if self.forget.isChecked() else self.password.value() or None)

    def show_refusal(self, error: WatchroomError) -> None:
        if field_of(error) == "password" and isinstance(error, InputError):
            self.set_busy(False)
            self.password.show_error(sentence(tr("The password {0}").format(translate_engine_text(error.message))))
            return
        super().show_refusal(error)

    def refresh(self) -> None:
        super().refresh()
        if hasattr(self, "ask"):
            self.ask.setEnabled(self._has_source() and not self.busy)
            self.import_button.setEnabled(not self.busy)

    # How it is

    def _has_source(self) -> bool:
        """As saved, not as typed."""
        return bool(self._saved.service_url or self._saved.weather_url) or self._decided("service_url")

    @property
    def _saved(self) -> FireSettings:
        return self.bridge.snapshot.settings.fire if self.bridge.snapshot is not None else self._before

    def _show_state(self, snapshot: Snapshot) -> None:
        self.state.set_notice(*fire_state(snapshot.fire, self._has_source(), snapshot.at_ns))
        self.refresh()

    # Weather from a file

    def _choose_file(self) -> None:
        kinds = self.tr("Noon weather (*.csv);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file of noon weather"), "", kinds)
        if chosen:
            self.import_weather(Path(chosen))

    def import_weather(self, path: Path) -> None:
        """Stays open with what became of it; what is typed above is not saved with it."""
        self.set_busy(True)
        self.show_trouble("")
        self.outcome.set_notice(self.tr("Reading {0}…").format(path.name), "neutral")
        self.bridge.fetch(partial(read_weather_file, path), self._have_read, self._not_imported, owner=self)

    def _have_read(self, text: str) -> None:
        self.bridge.command(ImportFireWeather(text), self._imported, self._not_imported, owner=self)

    def _imported(self, outcome: str) -> None:
        self.set_busy(False)
        self.outcome.set_notice(self.tr("Imported {0}.").format(outcome), "good")

    def _not_imported(self, error: WatchroomError) -> None:
        self.set_busy(False)
        told = weather_refusal(error) if isinstance(error, InputError) else error_text(error)
        self.outcome.set_notice(self.tr("Import failed. {0}").format(told), "critical")


def _column(title: str) -> QVBoxLayout:
    label = QLabel(title, textFormat=Qt.TextFormat.PlainText)
    set_role(label, "section")
    column = make_column(spacing=8)
    column.addWidget(label)
    return column
