"""Fire weather is set up: what is typed is checked, the password goes one way, and what the environment decides stays as it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.fire.checks import url_trouble
from console.dialogs.fire.fire_weather import FireWeatherDialog
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.commands import ChangeFire, ImportFireWeather, RefreshFire
from engine.model.fire.fire import EFFIS, ClassBounds, FireClass, FireRisk, FireSettings, FireView
from engine.model.fire.smoke import Lookout
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine

SET = FireSettings("https://risk.example.org", "harbour", 7, oldest_h=24.0, service_ids=(("yard", 12),))
KNOWN = FireView((FireRisk("yard", date(2026, 7, 1), FireClass.LOW, 7.0),), 1, next_ns=2, password_stored=True)
Open = Callable[..., FireWeatherDialog]
NONSENSE = (
    ("service_url", "risk.example.org"),
    ("service_url", "https://harbour:pw@risk.example.org"),
    ("service_url", "https://risk.example.org?x=1"),
    ("service_url", "https://risk.example.org:0"),
    ("service_url", "http://[::1"),
    ("weather_url", "ftp://weather.example.org"),
    ("login", ""),
    ("login", "har:bour"),
    ("organization_id", "1.5"),
    ("organization_id", "-1"),
    ("refresh_hour_utc", "24"),
    ("refresh_hour_utc", ""),
    ("refresh_hour_utc", "nan"),
    ("refresh_hour_utc", "inf"),
)


@pytest.fixture
def opened(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot, show: Show) -> Open:
    def make(fire: FireSettings = SET, view: FireView = KNOWN) -> FireWeatherDialog:
        engine.settings, engine.fire = replace(engine.settings, fire=fire), view
        engine.publish()
        qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.number == engine.snapshot.number)
        dialog = show(FireWeatherDialog(bridge))
        assert isinstance(dialog, FireWeatherDialog)
        return dialog

    return make


def type_in(dialog: FireWeatherDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.fields.field(name).edit().setText(text)


def test_saving_what_was_not_touched_changes_nothing(opened: Open) -> None:
    odd = replace(
        SET, bounds=ClassBounds((5.2, 11.204, 21.3, 38.0, 50.0)), thresholds=((FireClass.VERY_LOW, 0.6012),), weather_url="https://w"
    )
    assert opened(odd).command() == ChangeFire(odd)
    assert opened(FireSettings(), FireView()).command() == ChangeFire(FireSettings())
    far = replace(SET, bounds=ClassBounds((0.001, 1.0, 2.0, 3.0, 5000.0)), thresholds=((FireClass.LOW, 0.0), (FireClass.VERY_LOW, 0.2)))
    assert opened(far).command() == ChangeFire(far)


def test_tab_goes_as_the_eye_does(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    fields = [dialog.fields.field(name).edit() for name in ("service_url", "organization_id", "login")]
    weather = dialog.fields.field("weather_url").edit()
    fields[0].setFocus()
    for wanted in (*fields[1:], dialog.password.edit(), dialog.forget, weather):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is wanted


def test_everything_is_saved_as_typed(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(FireSettings(), FireView())
    type_in(dialog, service_url=" https://risk.example.org/api ", login="harbour", organization_id="12", refresh_hour_utc="5")
    type_in(dialog, weather_url="http://weather.local")
    dialog.password.edit().setText("s3cret")
    dialog.classes.bounds[FireClass.LOW].setValue(12.5)
    dialog.classes.needed[FireClass.MODERATE].setValue(0.3)
    dialog.everything.setChecked(True)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.isHidden)
    (told,) = engine.commands
    assert isinstance(told, ChangeFire) and told.password == "s3cret"
    saved = FireSettings("https://risk.example.org/api", "harbour", 12, "http://weather.local", 5, filtering=False)
    needed = (*saved.thresholds, (FireClass.MODERATE, 0.3))
    assert told.fire == replace(saved, bounds=ClassBounds((5.2, 12.5, 21.3, 38.0, 50.0)), thresholds=needed)


def test_what_makes_no_sense_is_said_and_not_saved(opened: Open, engine: FakeEngine) -> None:
    dialog = opened()
    before = dialog.fields.values()
    for name, text in NONSENSE:
        type_in(dialog, **{name: text})
        assert not dialog.save.isEnabled() and dialog.fields.field(name).message(), (name, text)
        dialog.submit()
        type_in(dialog, **{name: before[name]})
        assert dialog.save.isEnabled()
    assert not engine.commands


DETAILS_NONSENSE = (
    ("oldest_h", "0.5"),
    ("oldest_h", "241"),
    ("spin_up_days", "1.5"),
    ("spin_up_days", "366"),
    ("ffmc", "101.1"),
    ("dmc", "-1"),
    ("dc", "nan"),
    ("dc", ""),
)


def test_age_season_and_numbers_of_cameras_are_saved_as_typed(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, lookouts=(Lookout("mast", 59.0, 18.0),))
    dialog = opened(replace(SET, service_ids=(("gone", 3), ("yard", 12))))
    ids = dialog.details.ids
    assert ids.pairs() == (("gone", 3), ("yard", 12))
    ids.set_number("gone", "")
    ids.set_number("mast", "40")
    for name, text in {"oldest_h": "12,5", "spin_up_days": "10", "ffmc": "80", "dmc": "7", "dc": "20"}.items():
        dialog.details.fields.field(name).edit().setText(text)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.isHidden)
    wanted = replace(SET, oldest_h=12.5, spin_up_days=10, start_codes=(80.0, 7.0, 20.0), service_ids=(("yard", 12), ("mast", 40)))
    assert engine.commands == [ChangeFire(wanted)]


def test_details_that_make_no_sense_are_not_saved(opened: Open) -> None:
    dialog = opened()
    before = dialog.details.fields.values()
    for name, text in DETAILS_NONSENSE:
        field = dialog.details.fields.field(name)
        field.edit().setText(text)
        assert not dialog.save.isEnabled() and field.message(), (name, text)
        field.edit().setText(before[name])
        assert dialog.save.isEnabled()
    for text in ("twelve", "-1", "1.5", "4000000000"):
        dialog.details.ids.set_number("yard", text)
        assert not dialog.save.isEnabled() and dialog.details.ids.message.text().startswith("Yard: "), text
    dialog.details.ids.set_number("yard", "")
    assert dialog.save.isEnabled() and dialog.settings().service_ids == ()


def test_numbers_of_cameras_are_typed_with_the_keyboard(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(replace(SET, service_ids=()))
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    qtbot.keyClick(dialog, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    table = dialog.details.ids.table
    assert table.isVisible()
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_7)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [number for _, number in dialog.details.ids.pairs()] == [7])
    assert dialog.isVisible(), "Enter in the table does not save"


def test_usual_codes_come_back(opened: Open) -> None:
    dialog = opened(replace(SET, start_codes=(80.0, 7.0, 20.0)))
    dialog.details.usual.click()
    assert dialog.settings().start_codes == FireSettings().start_codes


def test_bounds_have_to_rise_and_go_back_to_effis(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.classes.bounds[FireClass.MODERATE].setValue(9.0)
    assert not dialog.save.isEnabled() and dialog.classes.message() == "The bounds have to rise: moderate is 9, after 11.2."
    qtbot.mouseClick(dialog.classes.effis, Qt.MouseButton.LeftButton)
    assert dialog.save.isEnabled() and dialog.classes.class_bounds().upper == EFFIS
    dialog.classes.needed[FireClass.LOW].setValue(0.0)
    assert dialog.classes.thresholds() == ((FireClass.VERY_LOW, 0.6),)
    qtbot.mouseClick(dialog.classes.usual, Qt.MouseButton.LeftButton)
    assert dialog.classes.thresholds() == FireSettings().thresholds


# The password


def test_a_stored_password_is_never_shown_and_stays(opened: Open) -> None:
    dialog = opened()
    assert dialog.password.value() == "" and "A password is stored" in dialog.password.message() and dialog.command().password is None
    dialog.forget.setChecked(True)
    assert dialog.command().password == "" and not dialog.password.isEnabled() and dialog.is_valid()
    assert not opened(view=replace(KNOWN, password_stored=False)).forget.isVisible()


def test_another_address_or_login_wants_its_password(opened: Open) -> None:
    dialog = opened()
    type_in(dialog, service_url="http://elsewhere.example.org")
    assert not dialog.save.isEnabled() and dialog.password.message() == "Enter the password for this address and login."
    assert "Not encrypted" in dialog.fields.field("service_url").message()
    dialog.password.edit().setText("s3cret")
    assert dialog.save.isEnabled()
    dialog.password.edit().setText("")
    type_in(dialog, service_url="https://risk.example.org/other/path")
    assert dialog.save.isEnabled() and dialog.command().password is None
    type_in(dialog, login="somebody")
    assert not dialog.save.isEnabled()


def test_without_a_stored_password_the_kill_switch_still_saves(opened: Open) -> None:
    dialog = opened(view=replace(KNOWN, password_stored=False))
    dialog.everything.setChecked(True)
    assert dialog.save.isEnabled() and not dialog.command().fire.filtering


def test_a_password_that_is_refused_is_said_at_its_field(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened()
    engine.fail("command", InputError("password", "has to be entered again: it was given for another address or login"))
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.password.message().startswith("The password has to be entered again"))
    assert dialog.isVisible() and not dialog.busy


# The environment


def test_what_the_environment_decides_is_named_and_kept(opened: Open) -> None:
    names = ("service_url", "login", "password", "refresh_hour_utc")
    dialog = opened(view=replace(KNOWN, overridden=names))
    for name in ("service_url", "login", "refresh_hour_utc"):
        assert not dialog.fields.field(name).isEnabled() and dialog.fields.field(name).value() == ""
    assert dialog.fields.field("service_url").edit().placeholderText() == "Set by RISK_API_URL"
    assert not dialog.password.isEnabled() and not dialog.forget.isVisible()
    assert dialog.overridden.text().endswith("RISK_API_URL, RISK_API_LOGIN, RISK_API_PWD, RISK_REFRESH_HOUR_UTC.")
    type_in(dialog, organization_id="9")
    assert dialog.command() == ChangeFire(replace(SET, organization_id=9))
    assert dialog.ask.isEnabled()


# How it is


def test_the_state_follows_while_it_is_open(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened()
    assert dialog.state.text().startswith("Updated ") and "1 of 1 camera" in dialog.state.text()
    unknown = FireRisk("yard", date(2026, 7, 1), None)
    engine.fire = FireView((unknown,), 0, "risk.example.org did not answer within 5 s.", engine.now_ns, engine.now_ns + 1)
    engine.publish()
    qtbot.waitUntil(lambda: dialog.state.text().startswith("Fire risk unknown since "))
    assert "did not answer within 5 s. Next try at " in dialog.state.text()


def test_it_is_asked_for_now(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened()
    qtbot.mouseClick(dialog.ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.commands == [RefreshFire()])
    qtbot.waitUntil(lambda: dialog.state.text().endswith("Updating…"))
    assert dialog.isVisible() and not opened(FireSettings(), FireView()).ask.isEnabled()


# A file of weather

DAYS = "date,temperature,humidity,wind,rain\n2026-06-30,24,40,10,0\n2026-07-01,26,35,12,0\n"


def test_noon_weather_is_imported_and_its_outcome_said(opened: Open, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "noon.csv"
    file.write_bytes(DAYS.encode("utf-16"))
    dialog = opened(FireSettings(), FireView())
    dialog.import_weather(file)
    qtbot.waitUntil(lambda: dialog.outcome.text() == "Imported 2 days: 2 ok.")
    assert engine.commands == [ImportFireWeather(DAYS)] and dialog.isVisible() and not dialog.busy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file holds no line with a heading."),
        ("date,temperature\n", "There is no column"),
        ("date,temperature,humidity,wind,rain\nyesterday,1,1,1,1\n", "Line 2: 'yesterday' is no day"),
    ],
)
def test_a_file_that_is_refused_says_why(opened: Open, tmp_path: Path, qtbot: QtBot, text: str, said: str) -> None:
    (tmp_path / "noon.csv").write_text(text, "utf-8")
    dialog = opened()
    dialog.import_weather(tmp_path / "noon.csv")
    qtbot.waitUntil(lambda: dialog.outcome.text().startswith(f"Import failed. {said}"))
    assert not dialog.busy and dialog.save.isEnabled()


def test_what_is_no_file_or_too_large_or_has_no_place_says_so(opened: Open, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.import_weather(tmp_path / "none.csv")
    qtbot.waitUntil(lambda: "none.csv could not be read" in dialog.outcome.text())
    (tmp_path / "large.csv").write_bytes(b" " * ((5 << 20) + 1))
    dialog.import_weather(tmp_path / "large.csv")
    qtbot.waitUntil(lambda: "The file is larger than 5 MB." in dialog.outcome.text())
    (tmp_path / "noon.csv").write_text(DAYS, "utf-8")
    engine.fail("command", InputError("anchor", "is not set: set the site location first"))
    dialog.import_weather(tmp_path / "noon.csv")
    qtbot.waitUntil(lambda: "Site location is not set: set the site location first." in dialog.outcome.text())
    engine.fail("command", EnvironmentFault("record", "The record does not answer."))
    dialog.import_weather(tmp_path / "noon.csv")
    qtbot.waitUntil(lambda: dialog.outcome.text() == "Import failed. The record does not answer.")


def test_addresses_are_judged_as_the_engine_does() -> None:
    assert [url_trouble(text) for text in ("", "https://a", "HTTP://10.0.0.1:8080/x")] == ["", "", ""]
