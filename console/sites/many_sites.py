"""One console over several sites: its list, its sessions, and the one port that the window gets."""

from pathlib import Path

from PySide6.QtCore import QObject

from console.bridge import EngineBridge
from console.sites.sessions import SiteSessions
from console.sites.site_book import SiteBook
from console.sites.sites_bridge import SitesBridge
from engine.gateway.federation.port import FederatedPort, Site

_FIRST_LOOK_S = 1.0


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

    def open_bridge(self) -> SitesBridge:
        """Over the sites that somebody is signed in to. Whoever gets it closes it; the sessions end with it."""
        self._port = FederatedPort(())
        for key in self.sessions.ports:
            self._join(key)
        self._port.wait_for_sites(_FIRST_LOOK_S)  # what a window asks as it opens, such as the notes of the shift before, is asked of all
        return SitesBridge(self._port)

    def forget_port(self) -> None:
        """It was closed."""
        self._port = None
        self.sessions.close()

    @staticmethod
    def bridge_of(whole: EngineBridge) -> SitesBridge:
        """The one that was opened here."""
        assert isinstance(whole, SitesBridge), "it is opened here"
        return whole

    def _join(self, key: str) -> None:
        port, site = self.sessions.ports[key], self.book.site(key)
        if self._port is not None and site is not None:
            self._port.add(Site(key, site.name, lambda: port))

    def _part(self, key: str) -> None:
        if self._port is not None:
            self._port.remove(key)

    def close(self) -> None:
        self._port = None
        self.sessions.close()
