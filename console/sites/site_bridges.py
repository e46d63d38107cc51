"""Bridges to single sites of a console over several, for pages and dialogs that show one at a time."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from engine.gateway.federation.ids import qualified
from engine.gateway.federation.port import FederatedPort
from engine.model.accounts.undo import Undoable
from engine.model.errors import WatchroomError
from engine.model.port import EnginePort
from engine.model.sites import SiteState
from engine.model.snapshot import Snapshot


class OneSiteBridge(EngineBridge):
    """To one site, with its ids as it has them."""

    def __init__(self, port: EnginePort, key: str, name: str, parent: QObject | None = None) -> None:
        super().__init__(port, parent, borrowed=True)
        self.key, self._name = key, name

    @property
    def site_name(self) -> str:
        return self._name

    def beyond(self, id_: str) -> str:
        return qualified(self.key, id_)


class SiteBridges(QObject):
    """UI thread. Which site is chosen holds for all pages of a window. Closed before the port is.

    Signals: chosen(key): another site is to be shown, or the first. parted(key): its bridge ends, and what was built on that with it.
    """

    chosen = Signal(str)
    parted = Signal(str)

    def __init__(self, port: FederatedPort, whole: EngineBridge) -> None:
        """`whole`: the bridge over all sites."""
        super().__init__(whole)
        self._port, self.whole = port, whole
        self._bridges: dict[str, OneSiteBridge] = {}
        self._sites: dict[str, SiteState] = {}
        self.key = ""
        whole.snapshot_changed.connect(self._follow)
        whole.undone.connect(self._tell_undone)

    def choose(self, key: str) -> None:
        if key != self.key:
            self.key = key
            self.chosen.emit(key)

    def bridge(self, key: str) -> OneSiteBridge | None:
        """None while the site was never reached."""
        known = self._bridges.get(key)
        if known is not None:
            return known
        try:
            port = self._port.of(key)
        except WatchroomError:
            return None
        state = self._sites.get(key)
        made = OneSiteBridge(port, key, key if state is None else state.name, self)
        made.cache_folder = self.whole.cache_folder
        made.start()
        self._bridges[key] = made
        return made

    def _follow(self, snapshot: Snapshot) -> None:
        """A site that is no part of the console any more is none to be shown."""
        self._sites = {site.key: site for site in snapshot.sites}
        for key in set(self._bridges) - set(self._sites):
            bridge = self._bridges.pop(key)
            self.parted.emit(key)
            bridge.close()
            bridge.deleteLater()
        if self.key not in self._sites:
            self.choose(next(iter(self._sites), ""))

    def _tell_undone(self, gone: Undoable) -> None:
        for bridge in self._bridges.values():
            bridge.undone.emit(gone)

    def close(self) -> None:
        for bridge in self._bridges.values():
            bridge.close()
        self._bridges.clear()
