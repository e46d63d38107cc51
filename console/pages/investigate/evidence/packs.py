"""Evidence packs from the Investigate page: made of a stretch, followed when their dialog is closed, and found again."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from console.bridge import EngineBridge
from console.dialogs.evidence.pack import EvidencePackDialog
from console.dialogs.evidence.pack_folder import open_pack_folder
from console.dialogs.evidence.packs import EvidencePacksDialog
from console.feeds.pack_making import PackMaking
from console.pages.investigate.region import Region
from engine.model.history.evidence import HiddenRegion, Pack
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.translation import tr

if TYPE_CHECKING:
    from console.dialogs.evidence.combined_pack import CombinedPackDialog
    from console.feeds.combined_making import CombinedMaking
    from engine.runtime.evidence.combining import CombinedPack

    AnyPackDialog = EvidencePackDialog | CombinedPackDialog

Opened = TypeVar("Opened", bound=QDialog)


class PackDesk(QObject):
    """UI thread. Of one page."""

    def __init__(self, bridge: EngineBridge, zone: tzinfo, toasts: ToastArea, page: QWidget) -> None:
        super().__init__(page)
        self._bridge, self._zone, self._toasts, self._page = bridge, zone, toasts, page

    def make(self, stretch: tuple[int, int], camera_ids: tuple[str, ...], drawn: Region | None = None) -> "AnyPackDialog":
        """`camera_ids` empty: all. `drawn`: an area that may be hidden."""
        area = None if drawn is None else HiddenRegion(drawn.camera_id, drawn.corners)
        snapshot = self._bridge.snapshot
        if snapshot is not None and snapshot.sites:
            return self._make_combined(stretch, camera_ids, area)
        dialog = EvidencePackDialog(self._bridge, *stretch, self._zone, camera_ids, area=area, parent=self._page)
        dialog.goes_on.connect(self._announce_end)
        dialog.packs_wanted.connect(self.show)
        return _open_dialog(dialog)

    def _make_combined(self, stretch: tuple[int, int], camera_ids: tuple[str, ...], area: HiddenRegion | None) -> "CombinedPackDialog":
        from console.dialogs.evidence.combined_pack import CombinedPackDialog  # only a console over sites loads what is for several

        dialog = CombinedPackDialog(self._bridge, *stretch, self._zone, camera_ids, area, self._page)
        dialog.goes_on.connect(self._announce_combined_end)
        dialog.packs_wanted.connect(self.show)
        return _open_dialog(dialog)

    def show(self, pack_id: str = "") -> EvidencePacksDialog:
        """All there are. `pack_id`: the one that is chosen."""
        return _open_dialog(EvidencePacksDialog(self._bridge, self._zone, pack_id, self._page))

    def _announce_end(self, making: PackMaking) -> None:
        making.made.connect(self._tell_made)
        self._announce(making)

    def _announce_combined_end(self, making: "CombinedMaking") -> None:
        making.made.connect(self._tell_combined)
        self._announce(making)

    def _announce(self, making: "PackMaking | CombinedMaking") -> None:
        """Nobody looks at it any more: tell how it ends."""
        self._toasts.show_message(tr("Creating “{0}”. A message appears when it is done.").format(making.title))
        making.failed.connect(self._told_why(making.title))
        making.made.connect(making.deleteLater)
        making.failed.connect(making.deleteLater)

    def _tell_made(self, pack: Pack) -> None:
        text = tr("Evidence pack “{0}” is created and signed.").format(pack.request.title)
        toast = self._toasts.show_message(text, "moderate" if pack.missing else "good", tr("Show"), seconds=0)
        on(toast.action_requested, self.show, pack.id)

    def _tell_combined(self, pack: "CombinedPack") -> None:
        index = pack.index
        text = tr("Evidence pack “{0}” is saved to {1}.").format(index.title, pack.path)
        lacking = [tr("{0} is not in it.").format(part.site) for part in index.missing]
        dropped = bool(lacking) or any(part.missing for part in index.parts)
        toast = self._toasts.show_message(" ".join((text, *lacking)), "moderate" if dropped else "good", tr("Open folder"), seconds=0)
        on(toast.action_requested, open_pack_folder, pack.path)

    def _told_why(self, title: str) -> Callable[[str], object]:
        text = tr("Evidence pack “{0}” failed. {1}")
        return lambda why: self._toasts.show_message(text.format(title, why), "critical", seconds=0)


def _open_dialog(dialog: Opened) -> Opened:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
