"""The pages of the console, in the order of the rail. Later parts add theirs here."""

from collections.abc import Callable, Set

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from console.pages.alerts.alerts import AlertsPage
from console.pages.devices.devices import DevicesPage
from console.pages.incidents.incidents import IncidentsPage
from console.pages.investigate.investigate import InvestigatePage
from console.pages.live.live import LivePage
from console.pages.page import Page, PageContext
from console.pages.people.people import PeoplePage
from console.pages.risk.risk import RiskPage
from console.pages.space.space import SpacePage
from console.pages.system.system import SystemPage
from console.pages.teach.teach import TeachPage
from engine.model.accounts.access import Session
from engine.model.capability import Capability
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class PageEntry:
    """`source_title` is translated when shown; `icon` is a name in `resources/icons`. whole: nothing of it belongs to single cameras, so
    that accounts which are limited to some do not have it. shows: capabilities of the engine; without all of them it is not there."""

    id: str
    source_title: str
    icon: str
    make: Callable[[PageContext], Page]
    whole: bool = False
    shows: tuple[Capability, ...] = ()

    @property
    def title(self) -> str:
        return QCoreApplication.translate("Pages", self.source_title)


PAGES: tuple[PageEntry, ...] = (
    PageEntry("live", str(QT_TRANSLATE_NOOP("Pages", "Live")), "video", LivePage),
    PageEntry("space", str(QT_TRANSLATE_NOOP("Pages", "Space")), "box", SpacePage, whole=True),
    PageEntry("alerts", str(QT_TRANSLATE_NOOP("Pages", "Alerts")), "bell", AlertsPage),
    PageEntry("incidents", str(QT_TRANSLATE_NOOP("Pages", "Incidents")), "map", IncidentsPage, whole=True, shows=(Capability.INCIDENTS,)),
    PageEntry("risk", str(QT_TRANSLATE_NOOP("Pages", "Risk")), "gauge", RiskPage, whole=True, shows=(Capability.RISK,)),
    PageEntry("investigate", str(QT_TRANSLATE_NOOP("Pages", "Investigate")), "search", InvestigatePage),
    PageEntry("people", str(QT_TRANSLATE_NOOP("Pages", "People")), "users", PeoplePage, whole=True),
    PageEntry(
        "gestures", str(QT_TRANSLATE_NOOP("Pages", "Gestures")), "person-standing", TeachPage, whole=True, shows=(Capability.GESTURES,)
    ),
    PageEntry("devices", str(QT_TRANSLATE_NOOP("Pages", "Devices")), "router", DevicesPage),
    PageEntry("system", str(QT_TRANSLATE_NOOP("Pages", "System")), "activity", SystemPage),
)


def pages_for(session: Session, left_out: Set[Capability], pages: tuple[PageEntry, ...] = PAGES) -> tuple[PageEntry, ...]:
    """Those that show a session anything, on an engine that does without what is `left_out`."""
    there = (entry for entry in pages if not entry.shows or set(entry.shows) - left_out)
    return tuple(entry for entry in there if session.cameras is None or not entry.whole)
