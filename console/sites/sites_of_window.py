"""What a window over several sites has beside one of a single engine: its site bridges, the choice of sites, and the question which one."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import open_dialog
from console.dialogs.sites.choose_site import ChooseSiteDialog
from console.dialogs.sites.sites import SitesDialog
from console.session.remembered import Remembered
from console.sites.many_sites import ManySites
from console.sites.sites_bridge import SitesBridge, SiteWish
from console.sites.sites_button import SitesButton
from engine.model.snapshot import Snapshot

_SHOWN, _ASKED = "sites/shown", "sites/asked"


class SitesOfWindow(QObject):
    """UI thread. Which sites are shown, and which one was chosen last, is remembered."""

    def __init__(self, sites: ManySites, bridge: EngineBridge, remembered: Remembered, window: QWidget) -> None:
        super().__init__(window)
        self._many, self._remembered, self._window = sites, remembered, window
        self.bridge: SitesBridge = sites.bridge_of(bridge)
        self.single = self.bridge.single
        self.bridge.last_asked = remembered.text(_ASKED, "")
        self.bridge.show_sites(tuple(filter(None, remembered.text(_SHOWN, "").split(","))) or None)
        self.button = SitesButton()
        self.button.chosen.connect(self.show_only)
        self.button.list_wanted.connect(self.show_list)
        self.bridge.site_wanted.connect(self._ask_where)

    def follow_choice(self, renew: Callable[[], None]) -> None:
        """`renew`: called when other sites are shown."""
        self.bridge.shown_changed.connect(renew)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.button.show_sites(snapshot.sites)

    def show_only(self, keys: tuple[str, ...] | None) -> None:
        self._remembered.put(_SHOWN, ",".join(keys or ()))
        self.bridge.show_sites(keys)

    def show_list(self) -> None:
        open_dialog(SitesDialog(self._many.book, self._many.sessions, self._window, in_window=self.bridge))

    def _ask_where(self, wish: SiteWish) -> None:
        dialog = ChooseSiteDialog(wish, self._window)
        dialog.accepted.connect(lambda: self._remembered.put(_ASKED, self.bridge.last_asked))
        open_dialog(dialog)
