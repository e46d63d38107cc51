"""A picture of a camera as a file: when, which camera and which site are written below it."""

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QRect, QStandardPaths, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from console.bridge import EngineBridge
from console.playback.still import Still, image_of
from console.words import error_text
from engine.model.accounts.access import Verb
from engine.model.cameras.segment import KeepStill
from engine.model.errors import WatchroomError
from engine.model.settings import CameraSettings
from engine.model.snapshot import Picture
from widgets.marks.toast import ToastArea
from widgets.signals import on_told
from widgets.theme import font
from widgets.time_text import day_text, file_time_text, fine_clock_text

_QUALITY = 92


class PictureSaving(QObject):
    """UI thread. The engine keeps in its audit that the picture leaves, before it is written."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, over: QWidget, choose: Callable[[str], str] | None = None) -> None:
        """`choose`: asks where to (a proposed path → the chosen one, empty: nowhere)."""
        super().__init__(over)
        self._bridge, self._toasts, self._over = bridge, toasts, over
        self._choose = choose or self._ask_where

    def save(self, camera_id: str, replayed: Picture | None = None) -> None:
        """Take the next picture of the camera, or the one that is replayed, then ask where to put it."""
        snapshot = self._bridge.snapshot
        camera = snapshot.settings.camera(camera_id) if snapshot is not None else None
        if snapshot is None or camera is None or not self._bridge.may(Verb.EXPORT):
            return
        if replayed is not None:
            self._save_image(camera, snapshot.settings.site_name, image_of(replayed), replayed.captured_ns)
            return
        still = Still(self._bridge, camera_id, self)
        site = snapshot.settings.site_name
        on_told(still.taken, self._save_still, still, camera, site)
        on_told(still.failed, self._complain_and_release, still)
        still.take()

    def _complain_and_release(self, still: Still, why: str) -> None:
        _let_go(still)
        self._complain(why)

    def _save_still(self, still: Still, camera: CameraSettings, site: str, image: QImage, at_ns: int) -> None:
        _let_go(still)
        self._save_image(camera, site, image, at_ns)

    def _save_image(self, camera: CameraSettings, site: str, image: QImage, at_ns: int) -> None:
        path = self._choose(file_name(camera.name, at_ns))
        if not path:
            return
        marked = marked_picture(image, picture_words(site, camera, at_ns))
        self._bridge.tell(KeepStill(camera.id, at_ns), self._write_image, self._show_still_error, marked, path, owner=self)

    def _write_image(self, image: QImage, path: str) -> None:
        if image.save(path, None, _QUALITY):  # type: ignore[call-overload]
            self._toasts.show_message(self.tr("Picture saved to {0}.").format(path), "good")
        else:
            self._complain(self.tr("The picture cannot be saved to {0}. Choose another folder or free disk space.").format(path))

    def _show_still_error(self, error: WatchroomError) -> None:
        self._complain(error_text(error))

    def _complain(self, text: str) -> None:
        self._toasts.show_message(text, "critical", seconds=0)

    def _ask_where(self, proposed: str) -> str:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        kinds = self.tr("Pictures (*.jpg *.png)")
        path, _ = QFileDialog.getSaveFileName(self._over, self.tr("Save picture"), str(Path(folder) / proposed), kinds)
        return path if not path or Path(path).suffix.lower() in (".jpg", ".jpeg", ".png") else f"{path}.jpg"


def _let_go(still: Still) -> None:
    still.close()
    still.deleteLater()


def file_name(camera: str, at_ns: int, zone: tzinfo | None = None) -> str:
    """`Yard 2026-11-22 01.31.14.jpg`; characters that file systems refuse are left out."""
    plain = "".join(each for each in camera if each.isalnum() or each in " -_").strip() or "Camera"
    return f"{plain} {file_time_text(at_ns, zone)}.jpg"


def picture_words(site: str, camera: CameraSettings, at_ns: int, zone: tzinfo | None = None) -> tuple[str, str]:
    """What stands at the left and at the right below the picture."""
    name = f"{camera.name}, {QCoreApplication.translate('PictureSaving', 'simulated')}" if camera.simulated else camera.name
    return f"{name} · {site}", f"{day_text(at_ns, zone)} {fine_clock_text(at_ns, zone)}"


def marked_picture(image: QImage, words: tuple[str, str]) -> QImage:
    """The picture with a strip below it, so that no part of it is covered; in two lines where it is narrow."""
    face = font("body")
    face.setPixelSize(max(13, image.height() // 40))
    metrics = QFontMetrics(face)
    pad = metrics.height() // 2
    beside = sum(metrics.horizontalAdvance(each) for each in words) + 4 * pad <= image.width()
    lines = 1 if beside else 2
    marked = QImage(image.width(), image.height() + lines * metrics.height() + pad, QImage.Format.Format_RGB32)
    marked.fill(QColor("black"))
    with QPainter(marked) as painter:
        painter.drawImage(0, 0, image)
        painter.setFont(face)
        painter.setPen(QColor("white"))
        for line, (text, side) in enumerate(zip(words, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True)):
            top = image.height() + pad // 2 + (0 if beside else line * metrics.height())
            room = QRect(pad, top, image.width() - 2 * pad, metrics.height())
            shown = text if beside else metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, (side if beside else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter, shown)
    return marked
