"""Bluetooth devices and people: in words, in tables, on the card; colours; calibration drawn."""

from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.model.people.person import Person
from engine.model.radio.radio import BleDeviceView
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, ScannerCalibration
from engine.model.time import SECOND, ManualClock
from tests.widgets.values_for_widgets import NOW_NS
from widgets.devices.ble_card import BleCard
from widgets.devices.ble_table import BleTable
from widgets.devices.ble_words import BleRow, ble_notes, ble_rows, ble_state, ble_title, heard_by, matches, person_rows
from widgets.devices.calibration_plot import CalibrationPlot
from widgets.fields.color_choice import ColorChoice
from widgets.people.person_table import PersonTable, person_state

PHONE, TAG = "A4:C1:38:00:00:01", "A4:C1:38:00:00:02"
PERSONS = (Person("ada", "Ada", "#e69f00"), Person("bo", "Bo"))
SETTINGS = Settings(
    ble_devices=(BleDeviceSettings(PHONE, "Ada's phone", person_id="ada"), BleDeviceSettings(TAG, "Keys", "object", "", "#cc79a7"))
)


def heard(device: str = PHONE, **facts: Any) -> BleDeviceView:
    address = device if ":" in device else "51:00:00:00:00:09"
    view = BleDeviceView(
        device, address, rssi_dbm=-55, best_scanner="local", scanners=2, first_seen_ns=NOW_NS - 900 * SECOND, last_seen_ns=NOW_NS
    )
    return replace(view, **facts)


def rows(*views: BleDeviceView) -> tuple[BleRow, ...]:
    return ble_rows(views, SETTINGS, PERSONS, lambda scanner: {"local": "Engine's adapter"}.get(scanner, scanner))


def test_registered_devices_are_listed_though_nobody_hears_them() -> None:
    listed = rows(heard())
    assert [ble_title(row) for row in listed] == ["Ada's phone", "Keys"]
    assert listed[0].person is not None and listed[0].scanner == "Engine's adapter"
    assert ble_state(listed[1], NOW_NS) == ("Out of range", "neutral")


@pytest.mark.parametrize(
    ("view", "word"),
    [
        (heard(), "Carried"),
        (heard(left_behind=True), "Left behind"),
        (heard(last_seen_ns=NOW_NS - 61 * SECOND), "Out of range"),
        (heard("anon-1"), "In range"),
    ],
)
def test_what_a_device_does(view: BleDeviceView, word: str) -> None:
    assert ble_state(rows(view)[0], NOW_NS)[0] == word


def test_strangers_are_called_by_what_they_tell() -> None:
    assert ble_title(rows(heard("anon-1", name="Buds"))[0]) == "Buds"
    assert ble_title(rows(heard("anon-1", company="Apple"))[0]) == "Apple device"
    assert ble_title(rows(heard("anon-1"))[0]) == "Unnamed device"
    said = " ".join(note.text for note in ble_notes(rows(heard("anon-1", rotates=True))[0], NOW_NS))
    assert "identity key" in said and "no data about it is stored" in said
    assert "left behind" in ble_notes(rows(heard(left_behind=True))[0], NOW_NS)[0].text


def test_the_filter_looks_everywhere() -> None:
    row = rows(heard(company="Apple"))[0]
    assert all(matches(row, text) for text in ("ada", "apple ADA", "a4:c1", "adapter", "")) and not matches(row, "ada samsung")


def test_strength_at_every_scanner() -> None:
    assert heard_by(heard()) == (("local", -55),)
    assert heard_by(heard(heard=(("local", -55), ("AA", -70)))) == (("local", -55), ("AA", -70))
    assert heard_by(BleDeviceView("x", "")) == ()


@pytest.fixture
def table(qtbot: QtBot, clock: ManualClock) -> BleTable:
    made = BleTable(clock)
    qtbot.addWidget(made)
    made.resize(1200, 400)
    made.show()
    return made


def test_the_table_filters_and_keeps_the_selection(table: BleTable) -> None:
    strangers = [heard(f"anon-{number}", name=f"Buds {number}") for number in range(200)]
    table.set_devices(rows(heard(), *strangers))
    table.select_row("anon-7")
    table.set_filter("", registered_only=True)
    assert table.shown_keys() == (PHONE, TAG)
    table.set_filter("buds 7", registered_only=False)
    assert table.shown_keys()[0] == "anon-7" and len(table.shown_keys()) == 38
    table.set_filter("", registered_only=False)
    table.select_row("anon-7")
    table.set_devices(rows(heard(rssi_dbm=-70), *strangers))
    assert table.selected_key() == "anon-7" and table.shown_keys()[0] == PHONE


def test_old_figures_are_not_shown(table: BleTable, clock: ManualClock) -> None:
    place = {"position": (1.0, 2.0, 1.1), "sigma_m": 0.7}
    table.set_devices(rows(heard(**place)))
    assert [table.model.cell(PHONE, number).text for number in (3, 4, 5)] == ["−55 dBm", "Engine's adapter (2)", "1.00, 2.00, 1.10 ± 0.7 m"]
    clock.advance_to(NOW_NS + 90 * SECOND)
    table.set_devices(rows(heard(**place)))
    assert [table.model.cell(PHONE, number).text for number in (3, 5, 6)] == ["–", "–", "1 min ago"]


def test_the_card_names_every_scanner(qtbot: QtBot, clock: ManualClock) -> None:
    card = BleCard(clock, lambda scanner: {"local": "Engine's adapter"}.get(scanner, scanner))
    qtbot.addWidget(card)
    card.show()
    card.show_device(rows(heard(heard=(("local", -55), ("AA", -70)), position=(1.0, 2.0, 1.1), sigma_m=0.7))[0])
    assert card.facts.fact_text("Kind") == "carried by a person"
    assert set(card._bars) == {"local", "AA"} and card.facts.fact_text("Position") == "1.00, 2.00, 1.10 m ± 0.7 m"
    card.show_device(rows(heard("anon-1", rotates=True))[0])
    assert set(card._bars) == {"local"} and card.facts.fact_text("Belongs to") == "not registered"
    clock.advance_to(NOW_NS + 90 * SECOND)
    card.show_device(rows(heard())[0])
    assert card._bars == {} and card.chip.text() == "Out of range" and card.facts.fact_text("Position") == "unknown"


def test_people_and_whether_they_are_here(qtbot: QtBot, clock: ManualClock) -> None:
    here = person_rows(PERSONS, rows(heard()))
    assert person_state(here[0], NOW_NS) == ("Here", "good") and person_state(here[1], NOW_NS) == ("No device", "neutral")
    assert person_state(person_rows(PERSONS, rows())[0], NOW_NS)[0] == "Out of range"
    assert person_state(person_rows(PERSONS, rows(heard(left_behind=True)))[0], NOW_NS)[0] == "Device left behind"
    table = PersonTable(clock, "Add person…")
    qtbot.addWidget(table)
    table.set_people(here)
    assert [table.model.cell("ada", number).text for number in range(4)] == ["Ada", "Here", "Ada's phone", "Engine's adapter"]


def test_a_colour_of_the_seven_or_ones_own(qtbot: QtBot) -> None:
    choice = ColorChoice("Colour", "#E69F00")
    qtbot.addWidget(choice)
    assert choice.value() == "#e69f00" and choice._buttons["#e69f00"].isChecked()
    choice._buttons["#009e73"].click()
    assert choice.value() == "#009e73"
    choice.own.setText("#12345")
    assert not choice.is_valid() and not any(button.isChecked() for button in choice._buttons.values())
    choice.own.setText("#123456")
    assert choice.is_valid() and choice.value() == "#123456"


def test_a_calibration_is_drawn_where_it_belongs(qtbot: QtBot) -> None:
    plot = CalibrationPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    near, far = plot.reading_point(1, -57), plot.reading_point(8, -80)
    assert near.x() < far.x() and near.y() < far.y() and plot.reading_point(2, -60).x() < plot.reading_point(4, -60).x()
    before = plot.grab().toImage()
    plot.set_readings(((1.0, -57), (4.0, -71)), ScannerCalibration("local", -57, 2.3, 3))
    assert plot.grab().toImage() != before
