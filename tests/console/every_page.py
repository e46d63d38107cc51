"""Every page of the console over a fake engine that fills it, with the longest of names, for tests that walk through all of them.

A new page gets a line in `SITES`, or `test_every_page.py` fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtWidgets import QTabWidget, QWidget

from console.pages.devices.devices import DevicesPage
from console.pages.incidents.incidents import IncidentsPage
from console.pages.page import Page
from console.pages.people.people import PeoplePage
from console.pages.space.space import SpacePage
from engine.model.health import CameraState
from engine.model.people.gesture import GestureMode
from engine.model.people.view import TakeState
from tests.console.every_dialog import wait_for
from tests.console.gallery_alerts import alerting_site
from tests.console.gallery_devices import troubled
from tests.console.gallery_gestures import LONG
from tests.console.gallery_investigate import InvestigateGallery
from tests.console.gallery_people import remembered_site
from tests.console.gallery_sites import radio_site
from tests.fakes.devices import lively_site, node_mac
from tests.fakes.engine import FakeEngine
from tests.fakes.gestures import GestureEngine
from tests.fakes.risky_town import risky_site
from tests.fakes.town import reported_site

_SETTLES_S = 0.15  # lines that break ask for their height again


def troubled_site() -> FakeEngine:
    """Alerts, a camera that is lost, too little disk."""
    engine = alerting_site()
    engine.set_state("gate", CameraState.LOST, "No answer from 10.0.0.12.")
    trouble = "The disk has 1.4 GB left, so recording has stopped. Free some space or shorten how long clips are kept."
    engine.health = replace(engine.health, disk_free_bytes=1_400_000_000, troubles=(trouble,), writer_backlog=2400)
    return engine


def troubled_nodes() -> FakeEngine:
    engine = lively_site()
    troubled(engine)
    return engine


def gestures() -> FakeEngine:
    engine = GestureEngine()
    engine.add_camera("yard", "Yard")
    engine.add_gesture("Wave", GestureMode.ARMED)
    engine.add_gesture(LONG, GestureMode.SHADOW, takes=5)
    for _ in range(2):
        engine.add_take("yard", TakeState.READY)
    return engine


SITES: dict[str, Callable[[], FakeEngine]] = {
    "live": alerting_site,
    "space": radio_site,
    "alerts": alerting_site,
    "incidents": reported_site,
    "risk": risky_site,
    "investigate": lambda: InvestigateGallery().investigated(),
    "people": remembered_site,
    "gestures": gestures,
    "devices": troubled_nodes,
    "system": troubled_site,
}


def choose_something(page: Page) -> None:
    """So that the card beside a list is filled, where a page does not choose by itself."""
    match page:
        case PeoplePage():
            page.table.select_row("grace")
        case DevicesPage():
            page.nodes.nodes.select_row(node_mac(2))
        case SpacePage():
            page.select("blob-0")
        case IncidentsPage():
            page.table.select_row("in-1")
        case _:
            pass


def each_view(root: QWidget) -> Iterator[str]:
    """Everything that can be brought to the front in a part by its tabs, one after the other: what is in front."""
    known = [tabs for tabs in (root, *root.findChildren(QTabWidget)) if isinstance(tabs, QTabWidget) and tabs.isVisible()]
    outer = [tabs for tabs in known if not any(other.isAncestorOf(tabs) for other in known)]
    if not outer:
        wait_for(lambda: False, _SETTLES_S)
        yield ""
    for tabs in outer:
        for number in range(tabs.count()):
            if tabs.isTabVisible(number):
                tabs.setCurrentIndex(number)
                for inner in each_view(tabs.widget(number)):
                    yield f"{tabs.tabText(number)} {inner}".strip()
