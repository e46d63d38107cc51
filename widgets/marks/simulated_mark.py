"""What is simulated says so, also in a picture that is worked on: in its lower right corner, where clicks go through.

The lower left one has the word that is burned into the picture.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from engine.model.snapshot import Snapshot
from widgets.look import look_number
from widgets.plates import Plates, PlateSpec

_MARGIN = 8


class SimulatedMark(QLabel):
    """Over what shows the picture. Hidden until it is wanted."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._plates = Plates()
        self._drawn = -1
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(QCoreApplication.translate("VideoWall", "SIMULATED"))
        self.hide()
        over.installEventFilter(self)

    def set_camera(self, snapshot: Snapshot | None, camera_id: str) -> None:
        """Whether this camera is simulated."""
        camera = snapshot.settings.camera(camera_id) if snapshot is not None else None
        self.set_wanted(camera is not None and camera.simulated)

    def set_wanted(self, wanted: bool) -> None:
        if wanted != self.isHidden():
            return
        if wanted:
            self._place_mark()
            self.raise_()
        self.setVisible(wanted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._place_mark()
        return False

    def _place_mark(self) -> None:
        if self._drawn != look_number():
            self._drawn = look_number()
            words = QCoreApplication.translate("VideoWall", "SIMULATED")
            self.setPixmap(self._plates.get(PlateSpec(words, outlined=True), self.devicePixelRatioF()))
            self.adjustSize()
        if (over := self.parentWidget()) is not None:
            self.move(max(0, over.width() - self.width() - _MARGIN), max(0, over.height() - self.height() - _MARGIN))
