"""The pages of the console, in the order of the rail. The modules of a page are loaded when it is made: a start waits for one page only."""

from collections.abc import Callable, Set

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from console.pages.page import Page, PageContext
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


def _make_alerts(context: PageContext) -> Page:
    from console.pages.alerts.alerts import AlertsPage

    return AlertsPage(context)


def _make_devices(context: PageContext) -> Page:
    from console.pages.devices.devices import DevicesPage

    return DevicesPage(context)


def _make_incidents(context: PageContext) -> Page:
    from console.pages.incidents.incidents import IncidentsPage

    return IncidentsPage(context)


def _make_investigate(context: PageContext) -> Page:
    from console.pages.investigate.investigate import InvestigatePage

    return InvestigatePage(context)


def _make_live(context: PageContext) -> Page:
    from console.pages.live.live import LivePage

    return LivePage(context)


def _make_people(context: PageContext) -> Page:
    from console.pages.people.people import PeoplePage

    return PeoplePage(context)


def _make_risk(context: PageContext) -> Page:
    from console.pages.risk.risk import RiskPage

    return RiskPage(context)


def _make_space(context: PageContext) -> Page:
    from console.pages.space.space import SpacePage

    return SpacePage(context)


def _make_system(context: PageContext) -> Page:
    from console.pages.system.system import SystemPage

    return SystemPage(context)


def _make_teach(context: PageContext) -> Page:
    from console.pages.teach.teach import TeachPage

    return TeachPage(context)


PAGES: tuple[PageEntry, ...] = (
    PageEntry("live", str(QT_TRANSLATE_NOOP("Pages", "Live")), "video", _make_live),
    PageEntry("space", str(QT_TRANSLATE_NOOP("Pages", "Space")), "box", _make_space, whole=True),
    PageEntry("alerts", str(QT_TRANSLATE_NOOP("Pages", "Alerts")), "bell", _make_alerts),
    PageEntry("incidents", str(QT_TRANSLATE_NOOP("Pages", "Incidents")), "map", _make_incidents, whole=True, shows=(Capability.INCIDENTS,)),
    PageEntry("risk", str(QT_TRANSLATE_NOOP("Pages", "Risk")), "gauge", _make_risk, whole=True, shows=(Capability.RISK,)),
    PageEntry("investigate", str(QT_TRANSLATE_NOOP("Pages", "Investigate")), "search", _make_investigate),
    PageEntry("people", str(QT_TRANSLATE_NOOP("Pages", "People")), "users", _make_people, whole=True),
    PageEntry(
        "gestures", str(QT_TRANSLATE_NOOP("Pages", "Gestures")), "person-standing", _make_teach, whole=True, shows=(Capability.GESTURES,)
    ),
    PageEntry("devices", str(QT_TRANSLATE_NOOP("Pages", "Devices")), "router", _make_devices),
    PageEntry("system", str(QT_TRANSLATE_NOOP("Pages", "System")), "activity", _make_system),
)


def pages_for(session: Session, left_out: Set[Capability], pages: tuple[PageEntry, ...] = PAGES) -> tuple[PageEntry, ...]:
    """Those that show a session anything, on an engine that does without what is `left_out`."""
    there = (entry for entry in pages if not entry.shows or set(entry.shows) - left_out)
    return tuple(entry for entry in there if session.cameras is None or not entry.whole)
