"""Evidence packs from the Investigate page: made of a stretch, followed when their dialog is closed, and found again."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from console.bridge import EngineBridge
from console.dialogs.evidence.pack import EvidencePackDialog
from console.dialogs.evidence.packs import EvidencePacksDialog
from console.feeds.pack_making import PackMaking
from console.pages.investigate.region import Region
from engine.model.history.evidence import HiddenRegion, Pack
from widgets.marks.toast import ToastArea
from widgets.signals import on
from widgets.translation import tr

Opened = TypeVar("Opened", bound=QDialog)


class PackDesk(QObject):
    """UI thread. Of one page."""

    def __init__(self, bridge: EngineBridge, zone: tzinfo, toasts: ToastArea, page: QWidget) -> None:
        super().__init__(page)
        self._bridge, self._zone, self._toasts, self._page = bridge, zone, toasts, page

    def make(self, stretch: tuple[int, int], camera_ids: tuple[str, ...], drawn: Region | None = None) -> EvidencePackDialog:
        """`camera_ids` empty: all. `drawn`: an area that may be hidden."""
        area = None if drawn is None else HiddenRegion(drawn.camera_id, drawn.corners)
        dialog = EvidencePackDialog(self._bridge, *stretch, self._zone, camera_ids, area=area, parent=self._page)
        dialog.goes_on.connect(self._announce_end)
        dialog.packs_wanted.connect(self.show)
        return _open_dialog(dialog)

    def show(self, pack_id: str = "") -> EvidencePacksDialog:
        """All there are. `pack_id`: the one that is chosen."""
        return _open_dialog(EvidencePacksDialog(self._bridge, self._zone, pack_id, self._page))

    def _announce_end(self, making: PackMaking) -> None:
        """Nobody looks at it any more: tell how it ends."""
        self._toasts.show_message(tr("Creating “{0}”. A message appears when it is done.").format(making.title))
        making.made.connect(self._tell_made)
        making.failed.connect(self._told_why(making.title))
        making.made.connect(making.deleteLater)
        making.failed.connect(making.deleteLater)

    def _tell_made(self, pack: Pack) -> None:
        text = tr("Evidence pack “{0}” is created and signed.").format(pack.request.title)
        toast = self._toasts.show_message(text, "moderate" if pack.missing else "good", tr("Show"), seconds=0)
        on(toast.action_requested, self.show, pack.id)

    def _told_why(self, title: str) -> Callable[[str], object]:
        text = tr("Evidence pack “{0}” failed. {1}")
        return lambda why: self._toasts.show_message(text.format(title, why), "critical", seconds=0)


def _open_dialog(dialog: Opened) -> Opened:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
