"""Calibrating: readings are collected, counted once, fitted by the engine's own fit, shown and saved."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.devices.calibrate import CalibrateDialog
from console.dialogs.devices.calibrate_collect import COLLECT_NS, LONGEST_NS, Collection, Readings, fitted
from engine.model.command import CalibrateScanner
from engine.model.errors import InputError
from engine.model.radio.radio import BleDeviceView
from engine.model.site import ScannerCalibration
from engine.model.time import SECOND, ManualClock
from engine.radio.ble.path_loss import fit_calibration
from tests.console.dialogs.conftest import Show
from tests.fakes.devices import PHONE, DevicesEngine, lively_site, node_mac, simple_fit
from widgets.devices.ble_words import ble_rows

HALL, WINDOW = node_mac(0), node_mac(1)


@pytest.fixture
def engine() -> DevicesEngine:
    return lively_site()


def view(rssi: int, seen_ns: int, scanner: str = HALL) -> BleDeviceView:
    return BleDeviceView(PHONE, PHONE, heard=((scanner, rssi),), last_seen_ns=seen_ns)


def test_the_same_report_counts_once() -> None:
    collection = Collection(HALL, PHONE, 1.0, 0)
    for number in range(30):
        collection.take((view(-55, 1),), number)
    collection.take((view(-56, 1),), 31)
    collection.take((view(-56, 2),), 32)
    collection.take((view(-50, 3, WINDOW), BleDeviceView("other", "")), 33)
    assert collection.rssi == [-55, -56, -56]


def test_what_was_heard_before_does_not_count() -> None:
    collection = Collection(HALL, PHONE, 1.0, 100)
    collection.take((view(-55, 99),), 101)
    assert collection.rssi == []


def test_it_ends_when_it_has_enough_and_not_for_ever() -> None:
    collection = Collection(HALL, PHONE, 1.0, 0)
    for number in range(1, 5):
        collection.take((view(-55, number),), number)
    assert not collection.is_over(COLLECT_NS) and collection.is_over(LONGEST_NS) and collection.share(COLLECT_NS) == 0.8
    collection.take((view(-55, 9),), 9)
    assert collection.is_over(COLLECT_NS) and not collection.is_over(COLLECT_NS - 1)
    assert collection.readings() == Readings(1.0, (-55,) * 5)
    assert Collection(HALL, PHONE, 1.0, 0).readings() is None


def test_one_distance_is_no_calibration() -> None:
    assert fitted(simple_fit, HALL, (Readings(1.0, (-55, -56, -57)),)) is None
    found = fitted(fit_calibration, HALL, (Readings(1.0, (-57, -58, -56)), Readings(8.0, (-78, -79, -77))))
    assert found is not None and found.scanner == HALL and abs(found.power_dbm + 57) < 2 and 1.8 < found.exponent < 2.8


@pytest.fixture
def clock(engine: DevicesEngine) -> ManualClock:
    return ManualClock(engine.now_ns)


@pytest.fixture
def open_dialog(bridge: EngineBridge, engine: DevicesEngine, clock: ManualClock, show: Show) -> Callable[..., CalibrateDialog]:
    def open_with(fit: Callable[..., ScannerCalibration] = fit_calibration) -> CalibrateDialog:
        rows = tuple(row for row in ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str) if row.settings is not None)
        dialog = CalibrateDialog(bridge, clock, fit, ((HALL, "Hall"), (WINDOW, "Window")), rows, PHONE)
        show(dialog)
        return dialog

    return open_with


def collect(
    dialog: CalibrateDialog, engine: DevicesEngine, clock: ManualClock, qtbot: QtBot, distance_m: float, levels: tuple[int, ...]
) -> None:
    """The phone is held there while the scanner reports every two seconds."""
    dialog.collect_buttons[distance_m].click()
    for number, level in enumerate(levels, start=1):
        engine.now_ns += 2 * SECOND
        clock.advance_to(engine.now_ns)
        engine.hear(PHONE, level)
        qtbot.waitUntil(lambda number=number: dialog._collection is None or len(dialog._collection.rssi) >= number)
    clock.advance_to(engine.now_ns + LONGEST_NS)
    engine.now_ns += LONGEST_NS
    engine.publish()
    qtbot.waitUntil(lambda: dialog._collection is None)


def test_a_whole_calibration(open_dialog: Callable[..., CalibrateDialog], engine: DevicesEngine, clock: ManualClock, qtbot: QtBot) -> None:
    dialog = open_dialog()
    assert dialog.now.text() == "Now −55 dBm at this scanner" and dialog.in_use.text() == "In use: default values"
    assert not dialog.save.isEnabled() and not dialog.usual.isEnabled()
    collect(dialog, engine, clock, qtbot, 1.0, (-57, -58, -30, -57, -58))
    assert "5 readings, median −57 dBm" in dialog.results[1.0].text() and not dialog.save.isEnabled()
    collect(dialog, engine, clock, qtbot, 4.0, (-71, -70, -72, -71, -71, -71))
    assert dialog.save.isEnabled() and "path loss exponent" in dialog.values.text()
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    command = engine.commands[-1]
    assert isinstance(command, CalibrateScanner) and command.calibration is not None and command.scanner == HALL
    assert abs(command.calibration.power_dbm + 57) < 1.5 and 2.0 < command.calibration.exponent < 2.6


def test_the_usual_values_again(open_dialog: Callable[..., CalibrateDialog], engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.execute(CalibrateScanner(HALL, ScannerCalibration(HALL, -57, 2.3, 4)))
    qtbot.waitUntil(lambda: bool(engine.snapshot.settings.radio.calibrations))
    dialog = open_dialog()
    qtbot.waitUntil(dialog.usual.isEnabled)
    assert "exponent 2.30" in dialog.in_use.text()
    dialog.usual.click()
    qtbot.waitUntil(lambda: engine.commands[-1] == CalibrateScanner(HALL, None))


def test_too_few_readings_are_said(
    open_dialog: Callable[..., CalibrateDialog], engine: DevicesEngine, clock: ManualClock, qtbot: QtBot
) -> None:
    dialog = open_dialog()
    collect(dialog, engine, clock, qtbot, 2.0, (-60, -61))
    assert "Only 2 readings" in dialog.said.text() and dialog.results[2.0].text() == "Not collected"


def test_readings_that_make_no_sense_are_said(
    open_dialog: Callable[..., CalibrateDialog], engine: DevicesEngine, clock: ManualClock, qtbot: QtBot
) -> None:
    dialog = open_dialog(simple_fit)
    collect(dialog, engine, clock, qtbot, 1.0, (-80, -80, -81, -80, -80))
    collect(dialog, engine, clock, qtbot, 8.0, (-50, -50, -51, -50, -50))
    assert "does not get weaker with distance" in dialog.values.text() and not dialog.save.isEnabled()


def test_stopping_and_changing_the_scanner_start_afresh(open_dialog: Callable[..., CalibrateDialog]) -> None:
    dialog = open_dialog()
    dialog.collect_buttons[1.0].click()
    assert dialog.collect_buttons[1.0].text() == "Stop" and not dialog.collect_buttons[2.0].isEnabled() and not dialog.scanner.isEnabled()
    dialog.collect_buttons[1.0].click()
    assert dialog.scanner.isEnabled() and dialog.collect_buttons[2.0].isEnabled()
    dialog._collected[1.0] = Readings(1.0, (-55, -55, -55))
    dialog.scanner.setCurrentIndex(1)
    assert dialog._collected == {} and dialog.now.text() == "Now −63 dBm at this scanner"


def test_a_scanner_that_hears_nothing(open_dialog: Callable[..., CalibrateDialog], engine: DevicesEngine, qtbot: QtBot) -> None:
    dialog = open_dialog()
    engine.set_radio(devices=())
    qtbot.waitUntil(lambda: dialog.now.text() == "The scanner does not receive it now.")


def test_the_fake_fit_is_right() -> None:
    found = simple_fit([1.0, 10.0], [-50.0, -70.0], "x")
    assert found == ScannerCalibration("x", -50.0, 2.0, 0.5)
    with pytest.raises(InputError):
        simple_fit([1.0, 10.0], [-70.0, -50.0])
