"""Alerts and incidents on a window over two sites: each says whose it is, and what is near it is asked at its site."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from console.pages.alerts.alerts import AlertsPage
from console.pages.incidents.incidents import IncidentsPage
from console.window import MainWindow
from engine.model.event import EventKind, Severity
from engine.model.incidents.atlas_call import PatternAnswer
from engine.model.incidents.incident import IncidentCategory
from tests.fakes.engine import FakeEngine
from tests.fakes.town import report
from widgets.facts import Facts
from widgets.layout.cells import TitleCell

Keys = Callable[[str], str]
_FROM_SITE = 6  # column


def fact(facts: Facts, what: str) -> str:
    label, shown = facts._fact_row(what)
    return shown.text() if label.isVisibleTo(facts) else ""


def incidents_page(window: MainWindow) -> IncidentsPage:
    window.show_page("incidents")
    page = window.page("incidents")
    assert isinstance(page, IncidentsPage)
    return page


def alerts_page(window: MainWindow) -> AlertsPage:
    window.show_page("alerts")
    page = window.page("alerts")
    assert isinstance(page, AlertsPage)
    return page


def test_an_alert_says_its_site_in_its_row_and_on_its_card(window: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    alert = engines["South"].alerts.add(EventKind.PERSON, Severity.HIGH, "own")
    page = alerts_page(window)
    qtbot.waitUntil(lambda: page.list.model.alert(f"{key_of('South')}/{alert.id}") is not None)
    shown = page.list.model.alert(f"{key_of('South')}/{alert.id}")
    assert shown is not None and page.list.model.place_words(shown) == "Quay (South)"
    page.list.select_alert(shown.id)
    qtbot.waitUntil(lambda: page.card.alert is not None and page.card.alert.id == shown.id)
    assert fact(page.card.facts, "Site") == "South"


def test_a_camera_whose_name_says_its_site_says_it_once(window: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    alert = engines["North"].alerts.add(EventKind.PERSON, Severity.HIGH, "yard")
    page = alerts_page(window)
    qtbot.waitUntil(lambda: page.list.model.alert(f"{key_of('North')}/{alert.id}") is not None)
    shown = page.list.model.alert(f"{key_of('North')}/{alert.id}")
    assert shown is not None and page.list.model.place_words(shown) == "Yard (North)"


def test_incidents_say_their_site_and_are_named_as_it_names_them(
    window: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot
):
    for engine in engines.values():
        engine.incidents.file(report(engine, 1, 60, IncidentCategory.THEFT, "A bicycle is gone."))
    engines["South"].incidents.patterns = PatternAnswer(False, reason="South asks no Atlas.")
    page = incidents_page(window)
    south = f"{key_of('South')}/in-1"
    qtbot.waitUntil(lambda: {south, f"{key_of('North')}/in-1"} <= set(page.table.shown_keys()))
    for name in engines:
        cell = page.table.model.cell(f"{key_of(name)}/in-1", _FROM_SITE)
        assert isinstance(cell, TitleCell) and cell.below == name
    page.table.select_row(south)
    qtbot.waitUntil(lambda: page.side.looks.patterns is not None)
    assert page.side.looks.patterns is not None and page.side.looks.patterns.reason == "South asks no Atlas."
    assert (fact(page.side.card.facts, "Site"), fact(page.side.card.facts, "ID")) == ("South", "in-1")
