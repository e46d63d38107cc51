"""Many pictures on few sheets, so that all of them can be looked at."""

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

_CELL = (960, 640)
_LABEL = 24
_GAP = 8


def make_sheets(folder: Path, into: Path, columns: int = 2, rows: int = 2) -> list[Path]:
    """The PNG files of a folder by name, each with its name below, as `sheet-001.png` and so on. Small pictures keep their size."""
    into.mkdir(parents=True, exist_ok=True)
    for old in into.glob("sheet-*.png"):
        old.unlink()
    pictures = sorted(folder.glob("*.png"))
    each = columns * rows
    made = [_sheet(pictures[first : first + each], columns, rows) for first in range(0, len(pictures), each)]
    files = [into / f"sheet-{number:03d}.png" for number in range(1, len(made) + 1)]
    for image, file in zip(made, files, strict=True):
        image.save(str(file))
    return files


def _sheet(files: list[Path], columns: int, rows: int) -> QImage:
    wide, high = _CELL[0] + _GAP, _CELL[1] + _LABEL + _GAP
    sheet = QImage(columns * wide, rows * high, QImage.Format.Format_RGB32)
    sheet.fill(QColor(128, 128, 128))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number, file in enumerate(files):
        left, top = number % columns * wide, number // columns * high
        painter.drawText(QRect(left + 4, top + _CELL[1], _CELL[0], _LABEL), Qt.AlignmentFlag.AlignVCenter, file.stem)
        picture = QImage(str(file))
        if picture.width() > _CELL[0] or picture.height() > _CELL[1]:
            picture = picture.scaled(*_CELL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        painter.drawImage(left, top, picture)
    painter.end()
    return sheet
