"""Pictures for a report: files, and the current picture of a camera, as JPEG without anything but the picture."""

import threading
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from console.playback.still import image_of
from engine.model.errors import EnvironmentFault, InputError
from engine.model.port import EnginePort, PictureWant

LONGEST_SIDE = 2560
_LARGEST_MEGAPIXELS = 50
_QUALITY = 90
_WAIT_S = 10.0
_WANT = PictureWant(1920, 1080)


def read_picture(path: Path) -> QImage:
    """Any thread. Upright, and no larger than reports need. Raises InputError (`file`)."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > _LARGEST_MEGAPIXELS * 1_000_000:
        raise InputError("file", f"the file {path.name} has more than {_LARGEST_MEGAPIXELS} megapixels")
    image = reader.read()
    if image.isNull():
        raise InputError("file", f"the file {path.name} cannot be read as a picture")
    return fitted(image)


def fitted(image: QImage) -> QImage:
    """At most `LONGEST_SIDE` long."""
    most = QSize(LONGEST_SIDE, LONGEST_SIDE)
    if image.width() <= LONGEST_SIDE and image.height() <= LONGEST_SIDE:
        return image
    return image.scaled(most, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def current_picture(port: EnginePort, camera_id: str) -> QImage:
    """Any thread but the screen's. The next picture of a camera, as this session may see it. Raises EnvironmentFault."""
    came = threading.Event()
    feed = port.watch(camera_id, _WANT, came.set)
    try:
        picture = feed.latest()
        while picture is None and came.wait(_WAIT_S):
            came.clear()
            picture = feed.latest()
    finally:
        feed.close()
    if picture is None:
        raise EnvironmentFault("no_picture", "The camera gives no picture at the moment.")
    return image_of(picture)


def jpeg_of(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", _QUALITY)  # pyright: ignore[reportArgumentType, reportCallIssue]  # PySide takes str
    buffer.close()
    return bytes(data.data())
