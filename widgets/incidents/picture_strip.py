"""Pictures beside each other, small; each can be opened or taken away."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from engine.model.value_class import dataclass
from widgets.layout.flow_row import FlowRow
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on

_WIDTH, _HEIGHT = 112, 72


@dataclass(frozen=True, slots=True)
class StripPicture:
    """`image` None: it is not there yet. name: for screen readers and as a tool tip."""

    key: str
    name: str
    image: QImage | None = None


class PictureStrip(QWidget):
    """Signals: chosen(key): one was clicked."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = FlowRow(self, spacing=6)
        self._shown: tuple[StripPicture, ...] = ()
        self.buttons: dict[str, QToolButton] = {}
        self.hide()

    def set_pictures(self, pictures: Iterable[StripPicture]) -> None:
        """Buttons of pictures that stay are kept, so that the keyboard stays where it is."""
        new = tuple(pictures)
        if new == self._shown:
            return
        self._shown = new
        for key in self.buttons.keys() - {each.key for each in new}:
            gone = self.buttons.pop(key)
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for each in new:
            self._show_picture(each)
        self.setVisible(bool(new))

    def _show_picture(self, picture: StripPicture) -> None:
        button = self.buttons.get(picture.key)
        if button is None:
            button = self.buttons[picture.key] = QToolButton(self)
            button.setIconSize(QSize(scaled(_WIDTH), scaled(_HEIGHT)))
            on(button.clicked, self.chosen.emit, picture.key)
            self._row.addWidget(button)
            button.show()
        button.setAccessibleName(picture.name)
        button.setToolTip(plain_tip(picture.name))
        if picture.image is not None:
            button.setIcon(QIcon(_fitted(picture.image, button.iconSize(), self.devicePixelRatioF())))


def _fitted(image: QImage, size: QSize, ratio: float) -> QPixmap:
    """The middle of it, so that it fills the size."""
    wanted = size * ratio
    large = image.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation)
    left, top = (large.width() - wanted.width()) // 2, (large.height() - wanted.height()) // 2
    pixmap = QPixmap.fromImage(large.copy(left, top, wanted.width(), wanted.height()))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
