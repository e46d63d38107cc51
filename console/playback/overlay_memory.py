"""What one user has marked over recorded pictures, kept between sessions."""

from PySide6.QtCore import QObject

from console.session.remembered import Remembered
from widgets.playback.clip_overlay import OVERLAY, OverlayParts


class OverlayMemory(QObject):
    """UI thread. Applies at once what is kept of the user."""

    def __init__(self, remembered: Remembered, user_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered, self._prefix = remembered, f"overlay-{user_id}"
        kept = OverlayParts(self._flag("boxes"), self._flag("zones"), self._flag("trails"))
        OVERLAY.use(self._flag("shown"), kept)
        OVERLAY.changed.connect(self._keep)

    def _flag(self, name: str) -> bool:
        return self._remembered.flag(f"{self._prefix}/{name}", True)

    def _keep(self) -> None:
        parts = OVERLAY.parts
        for name, on in (("shown", OVERLAY.shown), ("boxes", parts.boxes), ("zones", parts.places), ("trails", parts.trails)):
            self._remembered.put(f"{self._prefix}/{name}", on)
