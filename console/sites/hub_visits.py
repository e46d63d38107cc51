"""Sites that are reached through a hub: whoever signs in there is signed in to its sites, also to those that answer later."""

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from console.courier import Courier, close_it
from console.sites.linked_people import ReachedHub
from console.sites.site_book import KnownSite, SiteBook
from engine.gateway.remote.hub import HubSite, HubVisit, SiteCopyAtHub
from engine.gateway.remote.port import RemotePort
from engine.model.errors import EnvironmentFault, NotSignedIn, SessionLapsed, WatchroomError
from engine.model.port import EnginePort
from engine.model.value_class import dataclass

if TYPE_CHECKING:
    from console.sites.sessions import SiteSessions

LOOK_MS = 15_000
"""After so long a hub is asked again which sites it has, and those that did not answer are tried again."""


@dataclass(frozen=True, slots=True, eq=False)
class _Visit:
    hub: KnownSite
    at: HubVisit
    book: SiteBook


class HubVisits(QObject):
    """UI thread. Owned by the sessions of the sites, where the ports are kept that come of it.

    Signals: changed(): other sites are known, somebody is signed in at a hub, or no longer.
    """

    changed = Signal()

    def __init__(self, sessions: "SiteSessions") -> None:
        super().__init__(sessions)
        self._sessions = sessions
        self._visits: dict[str, _Visit] = {}
        self._entering: set[str] = set()
        self._left: set[str] = set()  # whom the user has signed out of: those stay out
        self._courier: Courier | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def visit(self, hub_key: str) -> HubVisit | None:
        """None: nobody is signed in there."""
        found = self._visits.get(hub_key)
        return None if found is None else found.at

    def copy_of(self, site: KnownSite) -> SiteCopyAtHub | None:
        """What its hub knows of it; None: it is reached through none that somebody is signed in at."""
        visit = self._visits.get(site.hub)
        return None if visit is None else visit.at.copy_of(site.at_hub)

    def reached(self) -> tuple[ReachedHub, ...]:
        """At which somebody is signed in, with their sites."""
        found = ((visit, {site.at_hub: site.key for site in visit.book.through(visit.hub)}) for visit in self._visits.values())
        return tuple(ReachedHub(visit.hub.key, visit.at.people, sites) for visit, sites in found)

    def unreached(self) -> tuple[KnownSite, ...]:
        """Sites that do not answer their hub."""
        found = (site for visit in self._visits.values() for site in visit.book.through(visit.hub))
        return tuple(site for site in found if self._sessions.port(site) is None and _is_away(self._sessions.trouble(site)))

    def is_entering(self, site: KnownSite) -> bool:
        return site.key in self._entering

    def keep(self, hub: KnownSite, visit: HubVisit, book: SiteBook) -> None:
        """Its sites come to `book`, and one is signed in to each of them."""
        self.leave(hub)
        self._visits[hub.key] = _Visit(hub, visit, book)
        self._left -= {site.key for site in book.through(hub)}
        self._timer.start()
        self._ask(self._visits[hub.key])
        self.changed.emit()

    def enter(self, site: KnownSite) -> None:
        """One that the user had signed out of, or that did not let them in."""
        self._left.discard(site.key)
        visit = self._visits.get(site.hub)
        if visit is not None:
            self._enter(visit, site)

    def leave_site(self, site: KnownSite) -> None:
        """This one only."""
        self._left.add(site.key)
        self._sessions.leave(site.key)

    def leave(self, hub: KnownSite) -> None:
        """The hub, and all sites that are reached through it."""
        visit = self._visits.pop(hub.key, None)
        if visit is None:
            return
        for site in visit.book.through(hub):
            self._sessions.leave(site.key)
        _end(visit.at)
        self.changed.emit()

    def close(self) -> None:
        self._timer.stop()
        if self._courier is not None:
            self._courier.close()
            self._courier = None
        for visit in self._visits.values():
            _end(visit.at)
        self._visits.clear()

    def _look(self) -> None:
        for visit in self._visits.values():
            self._ask(visit)
        if not self._visits:
            self._timer.stop()

    def _ask(self, visit: _Visit) -> None:
        self._at_work().fetch(visit.at.sites, partial(self._take, visit), partial(self._fail, visit.hub))

    def _take(self, visit: _Visit, told: tuple[HubSite, ...]) -> None:
        if self._visits.get(visit.hub.key) is not visit:
            return
        before = visit.book.through(visit.hub)
        try:
            visit.book.put_through(visit.hub, told)
        except WatchroomError as error:
            self._fail(visit.hub, error)
            return
        now = visit.book.through(visit.hub)
        for gone in {site.key for site in before} - {site.key for site in now}:
            self._sessions.leave(gone)
        for site in now:
            if site.key not in self._left:
                self._enter(visit, site)
        if before != now or self._sessions.trouble(visit.hub) is not None:
            self._sessions.calm(visit.hub)
            self.changed.emit()

    def _enter(self, visit: _Visit, site: KnownSite) -> None:
        if visit.at.by_provider and _is_over(self._sessions.port(site)):  # the way was cut for longer than a session lasts
            self._sessions.leave(site.key)
        if site.key in self._entering or self._sessions.port(site) is not None:
            return
        self._entering.add(site.key)
        self._at_work().fetch(
            partial(visit.at.enter, site.at_hub), partial(self._entered, visit, site), partial(self._fail_entry, site), discard=close_it
        )
        self.changed.emit()

    def _entered(self, visit: _Visit, site: KnownSite, port: RemotePort) -> None:
        self._entering.discard(site.key)
        if self._visits.get(visit.hub.key) is not visit or visit.book.site(site.key) is None or site.key in self._left:
            port.close()
            return
        self._sessions.keep(site, port)

    def _fail_entry(self, site: KnownSite, error: WatchroomError) -> None:
        self._entering.discard(site.key)
        self._sessions.fail(site, error)

    def _fail(self, hub: KnownSite, error: WatchroomError) -> None:
        """Its sites may go on, as long as their lines do; where the account is out, nothing does."""
        if isinstance(error, NotSignedIn):
            self.leave(hub)
        self._sessions.fail(hub, error)

    def _at_work(self) -> Courier:
        self._courier = self._courier or Courier(self, workers=4)
        return self._courier


def _is_away(trouble: WatchroomError | None) -> bool:
    return isinstance(trouble, EnvironmentFault) and trouble.reason == "unreachable"


def _is_over(port: EnginePort | None) -> bool:
    """Whether the site lets nobody in by it any more; one that has lapsed waits for its user on a locked screen."""
    if port is None:
        return False
    try:
        port.snapshot()
    except SessionLapsed:
        return False
    except WatchroomError as error:
        return isinstance(error, NotSignedIn)
    return False


def _end(visit: HubVisit) -> None:
    """Elsewhere: it says goodbye to the hub, which may be away."""
    threading.Thread(target=visit.close, name="hub-leave", daemon=True).start()
