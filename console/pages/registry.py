"""The pages of the console, in the order of the rail. The modules of a page are loaded when it is made: a start waits for one page only."""

from collections.abc import Callable, Set
from importlib import import_module

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from console.pages.page import Page, PageContext
from engine.model.accounts.access import Session
from engine.model.capability import Capability
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class PageEntry:
    """`source_title` is translated when shown; `icon` is a name in `resources/icons`. whole: nothing of it belongs to single cameras, so
    that accounts which are limited to some do not have it. shows: capabilities of the engine; without all of them it is not there.
    one_site: each site has its own; a console over several shows one at a time."""

    id: str
    source_title: str
    icon: str
    make: Callable[[PageContext], Page]
    whole: bool = False
    shows: tuple[Capability, ...] = ()
    one_site: bool = False

    @property
    def title(self) -> str:
        return QCoreApplication.translate("Pages", self.source_title)


def _maker(folder: str, name: str) -> Callable[[PageContext], Page]:
    def make(context: PageContext) -> Page:
        page: Callable[[PageContext], Page] = getattr(import_module(f"console.pages.{folder}.{folder}"), name)
        return page(context)

    return make


PAGES: tuple[PageEntry, ...] = (
    PageEntry("live", str(QT_TRANSLATE_NOOP("Pages", "Live")), "video", _maker("live", "LivePage")),
    PageEntry("space", str(QT_TRANSLATE_NOOP("Pages", "Space")), "box", _maker("space", "SpacePage"), whole=True, one_site=True),
    PageEntry("alerts", str(QT_TRANSLATE_NOOP("Pages", "Alerts")), "bell", _maker("alerts", "AlertsPage")),
    PageEntry(
        "incidents",
        str(QT_TRANSLATE_NOOP("Pages", "Incidents")),
        "map",
        _maker("incidents", "IncidentsPage"),
        whole=True,
        shows=(Capability.INCIDENTS,),
    ),
    PageEntry(
        "risk",
        str(QT_TRANSLATE_NOOP("Pages", "Risk")),
        "gauge",
        _maker("risk", "RiskPage"),
        whole=True,
        shows=(Capability.RISK,),
        one_site=True,
    ),
    PageEntry("investigate", str(QT_TRANSLATE_NOOP("Pages", "Investigate")), "search", _maker("investigate", "InvestigatePage")),
    PageEntry("people", str(QT_TRANSLATE_NOOP("Pages", "People")), "users", _maker("people", "PeoplePage"), whole=True),
    PageEntry(
        "gestures",
        str(QT_TRANSLATE_NOOP("Pages", "Gestures")),
        "person-standing",
        _maker("teach", "TeachPage"),
        whole=True,
        shows=(Capability.GESTURES,),
        one_site=True,
    ),
    PageEntry("devices", str(QT_TRANSLATE_NOOP("Pages", "Devices")), "router", _maker("devices", "DevicesPage"), one_site=True),
    PageEntry("system", str(QT_TRANSLATE_NOOP("Pages", "System")), "activity", _maker("system", "SystemPage"), one_site=True),
)


def pages_for(session: Session, left_out: Set[Capability], pages: tuple[PageEntry, ...] = PAGES) -> tuple[PageEntry, ...]:
    """Those that show a session anything, on an engine that does without what is `left_out`."""
    there = (entry for entry in pages if not entry.shows or set(entry.shows) - left_out)
    return tuple(entry for entry in there if session.cameras is None or not entry.whole)
