"""Bridges to single sites of a console over several, for pages that show one at a time."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.sites.sites_bridge import SitesBridge
from engine.gateway.federation.port import FederatedPort
from engine.model.errors import WatchroomError
from engine.model.snapshot import Snapshot


class SiteBridges(QObject):
    """UI thread. Which site is chosen holds for all pages of a window. Closed by its owner before the port is.

    Signals: chosen(key): another site is to be shown, or the first. parted(key): its bridge ends, and what was built on that with it.
    """

    chosen = Signal(str)
    parted = Signal(str)

    def __init__(self, port: FederatedPort, whole: SitesBridge) -> None:
        """`whole`: the bridge over all sites."""
        super().__init__(whole)
        self._port, self.whole = port, whole
        self._bridges: dict[str, EngineBridge] = {}
        self.key = ""
        whole.snapshot_changed.connect(self._follow)

    def choose(self, key: str) -> None:
        if key != self.key:
            self.key = key
            self.chosen.emit(key)

    def bridge(self, key: str) -> EngineBridge | None:
        """None while the site was never reached."""
        known = self._bridges.get(key)
        if known is not None:
            return known
        try:
            port = self._port.of(key)
        except WatchroomError:
            return None
        made = EngineBridge(port, self, borrowed=True)
        made.cache_folder = self.whole.cache_folder
        made.start()
        self._bridges[key] = made
        return made

    def _follow(self, snapshot: Snapshot) -> None:
        """A site that is no part of the console any more is none to be shown."""
        there = [site.key for site in snapshot.sites]
        for key in set(self._bridges) - set(there):
            bridge = self._bridges.pop(key)
            self.parted.emit(key)
            bridge.close()
            bridge.deleteLater()
        if self.key not in there:
            self.choose(there[0] if there else "")

    def close(self) -> None:
        for bridge in self._bridges.values():
            bridge.close()
        self._bridges.clear()
