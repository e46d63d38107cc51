"""One console over several sites: its list, its sessions, and the one port that the window gets."""

from pathlib import Path

from PySide6.QtCore import QObject

from console.bridge import EngineBridge
from console.sites.linked_people import LinkedPeople
from console.sites.sessions import SiteSessions
from console.sites.site_book import SiteBook
from console.sites.sites_bridge import SitesBridge
from engine.gateway.federation.port import FederatedPort, Site
from engine.model.errors import EnvironmentFault
from engine.model.port import EnginePort

_FIRST_LOOK_S = 1.0


def _not_there() -> EnginePort:
    raise EnvironmentFault("unreachable", "This site does not answer the hub now.")


class ManySites(QObject):
    """UI thread. Sites that somebody signs in to, or out of, come to the open port and leave it."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Raises EnvironmentFault `damaged`: the list of sites in `folder` cannot be read."""
        super().__init__(parent)
        self.book = SiteBook(folder)
        self.sessions = SiteSessions(self)
        self._port: FederatedPort | None = None
        self.sessions.entered.connect(self._join)
        self.sessions.left.connect(self._part)
        self._away: set[str] = set()  # in the port without a session: only their hub's copy is there
        self.sessions.troubled.connect(self._look_for_copies)
        self.sessions.hubs.changed.connect(self._look_for_copies)

    def open_bridge(self) -> SitesBridge:
        """Over the sites that somebody is signed in to. Whoever gets it closes it; the sessions end with it."""
        self._port = FederatedPort(())
        for key in self.sessions.ports:
            self._join(key)
        self._look_for_copies()
        self._port.wait_for_sites(_FIRST_LOOK_S)  # what a window asks as it opens, such as the notes of the shift before, is asked of all
        bridge = SitesBridge(self._port)
        bridge.linked_people = LinkedPeople(bridge, self.sessions.hubs.reached)
        return bridge

    def forget_port(self) -> None:
        """It was closed."""
        self._port = None
        self._away.clear()
        self.sessions.close()

    @staticmethod
    def bridge_of(whole: EngineBridge) -> SitesBridge:
        """The one that was opened here."""
        assert isinstance(whole, SitesBridge), "it is opened here"
        return whole

    def _join(self, key: str) -> None:
        port, site = self.sessions.ports[key], self.book.site(key)
        if self._port is not None and site is not None:
            self._drop_copies({key})
            self._port.add(Site(key, site.name, lambda: port, self.sessions.hubs.copy_of(site), self.book.stood_for(site)))

    def _look_for_copies(self) -> None:
        """Sites that their hub cannot reach now are there, too, with what the hub knows of their past."""
        if self._port is None:
            return
        away = {site.key: site for site in self.sessions.hubs.unreached()}
        self._drop_copies(self._away - away.keys())
        for key in away.keys() - self._away:
            site = away[key]
            self._port.add(Site(key, site.name, _not_there, self.sessions.hubs.copy_of(site), self.book.stood_for(site)))
            self._away.add(key)

    def _drop_copies(self, keys: set[str]) -> None:
        for key in keys & self._away:
            self._away.discard(key)
            if self._port is not None:
                self._port.remove(key)

    def _part(self, key: str) -> None:
        if self._port is not None:
            self._port.remove(key)

    def close(self) -> None:
        self._port = None
        self.sessions.close()
