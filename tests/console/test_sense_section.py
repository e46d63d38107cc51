"""System and Space show how well each sensor does, asked of the engine while they are on screen."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.pages.system.senses import SenseSection
from console.pages.system.system import SystemPage
from console.session.remembered import Remembered
from console.window import MainWindow
from engine.model.errors import EnvironmentFault
from tests.console.pages.space_stage import SpaceStage
from tests.fakes.engine import FakeEngine
from tests.fakes.radio_scene import RadioEngine, RadioScene
from tests.fakes.senses import CORNER, ELSEWHERE, office_senses

Opener = Callable[..., MainWindow]


@pytest.fixture
def section(open_window: Opener) -> SenseSection:
    window = open_window()
    window.show_page("system")
    page = window.page("system")
    assert isinstance(page, SystemPage)
    page.visit("sensors")
    return page.senses


def test_each_sensor_has_a_row_with_its_name_and_what_to_change(section: SenseSection, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.senses = office_senses(engine.now_ns)
    with engine.running():
        qtbot.waitUntil(lambda: len(section.table.shown_keys()) == len(engine.senses))
    assert section.table.model.cell("yard", 0).text == engine.settings.cameras[0].name
    assert section.table.model.cell("radio", 0).text == "Radio" and section.since.text().startswith("Since ")
    section.period.setCurrentIndex(1)
    assert section.table.model.cell("radio", 6).text == "Misses people in the covered area"


def test_nothing_counted_yet_says_how_figures_come(section: SenseSection) -> None:
    assert section.table.shown_keys() == () and section.table.empty.isVisible()


def test_a_refusal_takes_the_figures_away_and_says_why(section: SenseSection, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.senses = office_senses(engine.now_ns)
    with engine.running():
        qtbot.waitUntil(lambda: bool(section.table.shown_keys()))
    section.feed._show_feed_error(EnvironmentFault("away", "The engine does not answer."))
    assert section.trouble.text() == "The engine does not answer." and section.table.isHidden()


@pytest.fixture
def stage(remembered: Remembered, qtbot: QtBot) -> Iterator[tuple[RadioEngine, SpaceStage]]:
    engine = RadioEngine(radio_scene=RadioScene())
    engine.senses = office_senses(engine.now_ns)
    made = SpaceStage(engine, remembered)
    made.bridge.start()
    made.show()
    yield engine, made
    made.shut()
    made.deleteLater()
    QApplication.processEvents()


def test_space_marks_losses_and_sensors_while_the_layer_is_on(stage: tuple[RadioEngine, SpaceStage], qtbot: QtBot) -> None:
    engine, made = stage
    with engine.running():
        qtbot.waitUntil(lambda: bool(made.page.view.scene.nodes))
        assert made.page.view.scene.losses == () and made.page.senses.senses == (), "not asked while nobody looks"
        made.page.layers.buttons["performance"].click()
        qtbot.waitUntil(lambda: bool(made.page.view.scene.losses))
        scene = made.page.view.scene
        assert scene.losses == (*CORNER, *ELSEWHERE)
        marks = {mark.sensor_id: (mark.text, mark.level) for mark in scene.senses}
        assert marks["yard"] == ("92 %", "good") and marks["gate"] == ("41 %", "high") and "dock" not in marks, "it has no place"
        made.page.layers.buttons["performance"].click()
        qtbot.waitUntil(lambda: not made.page.view.scene.losses)
