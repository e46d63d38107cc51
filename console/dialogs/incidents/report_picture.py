"""One picture of a report, large."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.dialogs.frame import FramedDialog
from widgets.translation import tr


class ReportPictureDialog(FramedDialog):
    def __init__(self, title: str, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.picture = _Picture(image, title)
        self.body.addWidget(self.picture, 1)
        self.add_cancel(tr("Cl&ose"))
        wanted = image.size().scaled(QSize(1100, 680), Qt.AspectRatioMode.KeepAspectRatio)
        self.resize(max(480, wanted.width() + 48), max(360, wanted.height() + 140))


class _Picture(QWidget):
    """Fits into the room that there is."""

    def __init__(self, image: QImage, name: str) -> None:
        super().__init__()
        self._image = image
        self.setAccessibleName(name)
        self.setMinimumSize(320, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(
            self.rect().adjusted(
                (self.width() - size.width()) // 2,
                (self.height() - size.height()) // 2,
                -((self.width() - size.width()) // 2),
                -((self.height() - size.height()) // 2),
            ),
            self._image,
        )
        painter.end()
