"""Starting the engine of this machine anew where its record was found to be damaged: asked for, and asked again after a while."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from console.dialogs.upkeep.damaged import DamagedDialog
from engine.runtime.keeping.renewal import Renewal

LOOK_MS = 1_000
AGAIN_MS = 600_000


class Renewing(QObject):
    """UI thread. Signals: renews(): somebody wants it now, and `renewal.asked` is set."""

    renews = Signal()

    def __init__(self, renewal: Renewal, parent: QObject) -> None:
        super().__init__(parent)
        self._renewal = renewal
        self._dialog: DamagedDialog | None = None
        self._pulse = QTimer(self, interval=LOOK_MS)
        self._pulse.timeout.connect(self.look)
        self._pulse.start()

    def look(self) -> None:
        """Ask, where it is wanted and nobody is being asked."""
        if self._dialog is not None or not self._renewal.wanted.is_set():
            return
        self._dialog = DamagedDialog(QApplication.activeWindow())
        self._dialog.anew.connect(self._renew)
        self._dialog.rejected.connect(self._put_off)
        self._dialog.show()

    @property
    def dialog(self) -> DamagedDialog | None:
        return self._dialog

    def close(self) -> None:
        self._pulse.stop()
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.rejected.disconnect(self._put_off)
            dialog.reject()
            dialog.deleteLater()

    def _put_off(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self._pulse.setInterval(AGAIN_MS)

    def _renew(self) -> None:
        self._renewal.asked.set()
        self.renews.emit()
