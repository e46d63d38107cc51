"""Who is signed in where: one session for each site, and what keeps the others from having one."""

from PySide6.QtCore import QObject, Signal

from console.sites.hub_visits import HubVisits
from console.sites.site_book import KnownSite
from engine.model.errors import WatchroomError
from engine.model.port import EnginePort


class SiteSessions(QObject):
    """Ports by key of the site. UI thread. Their owner closes them all by `close`. `hubs`: those of sites that are reached through one.

    Signals: entered(key): somebody signed in there. left(key): that port is closed. troubled(key): why nobody is, has changed.
    """

    entered = Signal(str)
    left = Signal(str)
    troubled = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ports: dict[str, EnginePort] = {}
        self._troubles: dict[str, WatchroomError] = {}
        self.hubs = HubVisits(self)

    @property
    def ports(self) -> dict[str, EnginePort]:
        return dict(self._ports)

    def port(self, site: KnownSite) -> EnginePort | None:
        return self._ports.get(site.key)

    def trouble(self, site: KnownSite) -> WatchroomError | None:
        """Why the last try to sign in there failed."""
        return self._troubles.get(site.key)

    def keep(self, site: KnownSite, port: EnginePort) -> None:
        """From now on this is how the site is seen; one before it ends."""
        self.leave(site.key)
        self._troubles.pop(site.key, None)
        self._ports[site.key] = port
        self.entered.emit(site.key)

    def fail(self, site: KnownSite, error: WatchroomError) -> None:
        self._troubles[site.key] = error
        self.troubled.emit(site.key)

    def calm(self, site: KnownSite) -> None:
        """What kept somebody out is over."""
        if self._troubles.pop(site.key, None) is not None:
            self.troubled.emit(site.key)

    def leave(self, key: str) -> None:
        self._troubles.pop(key, None)
        port = self._ports.pop(key, None)
        if port is not None:
            self.left.emit(key)
            port.close()

    def close(self) -> None:
        self.hubs.close()
        for key in tuple(self._ports):
            self.leave(key)
