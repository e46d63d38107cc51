"""The survey of scanners in the console: stand at places, fit by the engine's own fit, save what is better, and nothing else."""

import math
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.devices.scanner_survey import ScannerSurveyDialog
from console.dialogs.devices.scanner_survey_words import fit_notice
from console.dialogs.devices.survey_walk import LONGEST_NS, SETTLE_NS
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.radio.scanner_survey import FitSurvey, SurveyFit
from engine.model.site import ScannerCalibration
from engine.model.time import SECOND, ManualClock
from tests.console.dialogs.conftest import Show
from tests.fakes.devices import NAMES, PHONE, PLACES, DevicesEngine, lively_site, node_mac
from widgets.devices.ble_words import ble_rows

SPOTS = ((0.6, 0.8), (5.4, 0.6), (5.2, 4.2), (0.8, 4.4), (3.0, 1.0), (1.8, 3.0))
POWER = (-45.0, -62.0, -50.0, -66.0, -56.0)  # dBm at 1 m, of each node
EXPONENT = 3.2
SCANNERS = tuple((node_mac(number), NAMES[number]) for number in range(5))
Open = Callable[..., ScannerSurveyDialog]


@pytest.fixture
def engine() -> DevicesEngine:
    return lively_site(strangers=0)


@pytest.fixture
def clock(engine: DevicesEngine) -> ManualClock:
    return ManualClock(engine.now_ns)


@pytest.fixture
def open_dialog(bridge: EngineBridge, engine: DevicesEngine, clock: ManualClock, show: Show) -> Open:
    def open_with(scanners: tuple[tuple[str, str], ...] = SCANNERS, away: tuple[str, ...] = (), phones: bool = True) -> ScannerSurveyDialog:
        rows = ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str)
        heard = tuple(row for row in rows if row.settings is not None) if phones else ()
        dialog = ScannerSurveyDialog(bridge, clock, scanners, away, heard, PHONE)
        show(dialog)
        return dialog

    return open_with


def level(number: int, spot: tuple[float, float], turn: int) -> int:
    """What a node hears of the phone; `turn`: the body in the way changes it."""
    away = math.dist((*spot, 1.2), PLACES[number])
    return round(POWER[number] - 10 * EXPONENT * math.log10(max(away, 0.5)) + (turn % 3 - 1) * 2)


class Walker:
    """Somebody who walks with the phone, while the nodes report every three seconds."""

    def __init__(self, dialog: ScannerSurveyDialog, engine: DevicesEngine, clock: ManualClock, qtbot: QtBot) -> None:
        self.dialog, self.engine, self.clock, self.qtbot = dialog, engine, clock, qtbot

    def stand(self, spot: tuple[float, float], nodes: tuple[int, ...] = (0, 1, 2, 3, 4), levels: Callable[..., int] = level) -> None:
        dialog = self.dialog
        dialog.choose_spot(*spot)
        dialog.here.click()
        for turn in range(round(LONGEST_NS / (3 * SECOND)) + 2):
            if dialog.standing is None:
                return
            for number in nodes:
                self.engine.hear(PHONE, levels(number, spot, turn), node_mac(number))
            self.pass_time(3 * SECOND)
        self.qtbot.waitUntil(lambda: dialog.standing is None)

    def pass_time(self, passed_ns: int) -> None:
        self.engine.now_ns += passed_ns
        self.clock.advance_to(self.engine.now_ns)
        self.engine.publish()
        number = self.engine.snapshot.number
        bridge = self.dialog.bridge
        self.qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.number >= number)

    def survey(self, levels: Callable[..., int] = level) -> None:
        for spot in SPOTS:
            self.stand(spot, levels=levels)
        assert len(self.dialog.stops) == len(SPOTS)


@pytest.fixture
def walker(open_dialog: Open, engine: DevicesEngine, clock: ManualClock, qtbot: QtBot) -> Walker:
    return Walker(open_dialog(), engine, clock, qtbot)


def test_a_whole_survey(walker: Walker, engine: DevicesEngine, qtbot: QtBot) -> None:
    dialog = walker.dialog
    assert "Click on the plan" in dialog.hint.text() and not dialog.here.isEnabled() and not dialog.fit_button.isEnabled()
    assert dialog.places.text() == "No places yet · 5 more needed" and dialog.in_use.text() == "In use: no calibration"
    walker.stand(SPOTS[0])
    assert dialog.places.text() == "one place · 4 more needed" and not dialog.device.isEnabled()
    for spot in SPOTS[1:]:
        walker.stand(spot)
    assert "8 or more are better" in dialog.places.text() and not dialog.save.isEnabled()
    dialog.fit_button.click()
    qtbot.waitUntil(lambda: dialog.fit is not None)
    assert dialog.outcome.text().startswith("Better: the position error falls from ") and dialog.save.isEnabled()
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    command = engine.commands[-1]
    assert isinstance(command, ChangeSettings) and command.radio is not None
    found = {each.scanner: each for each in command.radio.calibrations}
    assert found.keys() == dict(SCANNERS).keys() and engine.settings.radio == command.radio
    assert found[node_mac(0)].power_dbm - found[node_mac(3)].power_dbm > 8.0
    assert all(2.2 < each.exponent < 4.0 for each in found.values())


def test_the_readings_of_a_place_are_shown_while_they_come(walker: Walker, engine: DevicesEngine, qtbot: QtBot) -> None:
    dialog = walker.dialog
    dialog.choose_spot(*SPOTS[0])
    dialog.here.click()
    assert dialog.progress.isVisible() and dialog.here.text() == "Stop" and "turn around slowly" in dialog.hint.text()
    walker.pass_time(SETTLE_NS)
    for rssi in (-61, -62):
        engine.hear(PHONE, rssi, node_mac(2))
        walker.pass_time(SECOND)
    assert dialog.table.model.cell(node_mac(2), 2).text == "2" and dialog.table.model.cell(node_mac(0), 2).text == "0"
    assert dialog.table.model.cell(node_mac(2), 1).text == "−62 dBm" and 0 < dialog.progress.value() < 1000
    dialog.plan.spot_wanted.emit(3.0, 3.0)
    dialog.plan.removal_wanted.emit(0)
    dialog.plan.spot_moved.emit(0, 3.0, 3.0)
    assert dialog.standing is not None and dialog.standing.spot == SPOTS[0]
    dialog.here.click()
    assert dialog.standing is None and dialog.stops == [] and dialog.here.isEnabled()


def test_an_older_calibration_that_is_as_good_stays(walker: Walker, engine: DevicesEngine, qtbot: QtBot) -> None:
    rows = tuple(ScannerCalibration(node_mac(number), power, EXPONENT, 3.0) for number, power in enumerate(POWER))
    engine.settings = engine.snapshot.settings
    engine.execute(ChangeSettings(radio=walker.dialog._with_calibrations(rows).radio))
    dialog = walker.dialog
    qtbot.waitUntil(lambda: dialog.in_use.text() == "In use: calibrations of 5 scanners")
    engine.commands.clear()
    walker.survey()
    dialog.fit_button.click()
    qtbot.waitUntil(lambda: dialog.fit is not None)
    assert "Not better" in dialog.outcome.text() and not dialog.save.isEnabled()
    dialog.submit()
    assert engine.commands == [] and engine.settings.radio.calibrations == rows


def test_calibrations_are_removed_again(open_dialog: Open, engine: DevicesEngine, qtbot: QtBot) -> None:
    dialog = open_dialog()
    assert not dialog.usual.isEnabled()
    engine.execute(dialog._with_calibrations((ScannerCalibration(node_mac(0), -57, 2.3, 4),)))
    qtbot.waitUntil(dialog.usual.isEnabled)
    assert dialog.in_use.text() == "In use: calibration of one scanner"
    dialog.usual.click()
    qtbot.waitUntil(lambda: engine.settings.radio.calibrations == ())
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_a_phone_that_nobody_hears_is_said_with_what_to_do(walker: Walker) -> None:
    walker.stand(SPOTS[0], nodes=())
    assert "No scanner received Ada's phone here. Wake its screen" in walker.dialog.notice.text() and walker.dialog.stops == []
    walker.stand(SPOTS[0], nodes=(2,))
    assert "Only Kitchen shelf received Ada's phone here" in walker.dialog.notice.text() and walker.dialog.stops == []
    walker.stand(SPOTS[0])
    assert walker.dialog.notice.text() == "" and len(walker.dialog.stops) == 1


def test_a_place_that_is_too_close_is_refused_before_somebody_stands_there(walker: Walker) -> None:
    walker.stand(SPOTS[0])
    dialog = walker.dialog
    dialog.choose_spot(SPOTS[0][0] + 0.5, SPOTS[0][1])
    assert "Less than 1 m from place 1" in dialog.hint.text() and not dialog.here.isEnabled()
    dialog.move_place(1, 3.0, 3.0)
    assert "Press Here" in dialog.hint.text() and dialog.here.isEnabled()


def test_what_the_engine_refuses_is_shown(walker: Walker, engine: DevicesEngine, qtbot: QtBot) -> None:
    walker.survey()
    dialog = walker.dialog
    engine.fail("ask", InputError("places", "all places lie within 2.0 m. Stand at places that are at least 4 m apart"), FitSurvey)
    dialog.fit_button.click()
    qtbot.waitUntil(dialog.trouble.isVisible)
    assert dialog.trouble.text() == "All places lie within 2.0 m. Stand at places that are at least 4 m apart."
    assert dialog.fit is None and dialog.fit_button.isEnabled()


def test_a_change_of_the_places_takes_the_fit_back(walker: Walker, qtbot: QtBot) -> None:
    walker.survey()
    dialog = walker.dialog
    for change in (lambda: dialog.move_place(0, 1.0, 1.0), lambda: dialog.remove_place(5)):
        dialog.fit_button.click()
        qtbot.waitUntil(lambda: dialog.fit is not None)
        change()
        assert dialog.fit is None and not dialog.save.isEnabled()
    assert len(dialog.stops) == 5


def test_places_stay_as_they_are_while_they_are_fitted(walker: Walker, engine: DevicesEngine, qtbot: QtBot) -> None:
    walker.survey()
    dialog = walker.dialog
    gate = engine.hold("ask")
    dialog.fit_button.click()
    assert not dialog.fit_button.isEnabled() and not dialog.remove.isEnabled()
    dialog.remove_place(0)
    dialog.move_place(1, 1.0, 1.0)
    assert [stop.spot for stop in dialog.stops] == list(SPOTS)
    gate.set()
    qtbot.waitUntil(lambda: dialog.fit is not None)
    assert dialog.save.isEnabled()


def test_scanners_without_a_calibration_are_named() -> None:
    fit = SurveyFit((), (2.0,), (1.0,), ("b", "offline"))
    text, level = fit_notice(fit, {"a": "Hall", "b": "Window"}, ("Attic",))
    assert text.endswith("No calibration for scanners that received nothing: Window, Attic.") and level == "low"


def test_without_scanners_or_phones_it_says_what_to_do(open_dialog: Open) -> None:
    dialog = open_dialog(scanners=())
    assert "Place the nodes on the floor plan" in dialog.hint.text()
    dialog.choose_spot(1.0, 1.0)
    assert not dialog.here.isEnabled()
    dialog = open_dialog(phones=False, away=("Stairs", "Attic"))
    assert "No phone or tag is received now" in dialog.hint.text()
    assert dialog.outcome.text() == "Offline, not surveyed: Stairs, Attic"


def test_it_is_done_by_keys_alone(walker: Walker, qtbot: QtBot) -> None:
    dialog = walker.dialog
    dialog.plan.setFocus()
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Space)
    assert dialog.here.isEnabled()
    before = dialog._spot
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Right)
    assert before is not None and dialog._spot == pytest.approx((before[0] + 0.1, before[1]), abs=0.02)
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Delete)
    assert dialog._spot is None and not dialog.here.isEnabled()


def test_walked_places_are_not_thrown_away_unasked(walker: Walker) -> None:
    assert not walker.dialog.has_unsaved_work()
    walker.stand(SPOTS[0])
    assert walker.dialog.has_unsaved_work() and walker.dialog.leave_question() is not None
    walker.dialog.remove_place(0)
    assert not walker.dialog.has_unsaved_work()
