"""Many pictures on few sheets, so that all of them can be looked at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter

_SHEET = QSize(1936, 1344)
_LARGEST = QSize(960, 600)  # of a picture on a sheet: four of them fill one
_LABEL, _GAP = 20, 8


@dataclass(frozen=True, slots=True)
class _Place:
    file: Path
    size: QSize
    left: int
    top: int


def make_sheets(folder: Path, into: Path) -> list[Path]:
    """The PNG files of a folder by name, each with its name below, as `sheet-001.png` and so on. Small pictures keep their size."""
    into.mkdir(parents=True, exist_ok=True)
    for old in into.glob("sheet-*.png"):
        old.unlink()
    made: list[Path] = []
    for number, places in enumerate(_sheets(sorted(folder.glob("*.png"))), start=1):
        made.append(into / f"sheet-{number:03d}.png")
        _draw(places).save(str(made[-1]))
    return made


def _sheets(files: Iterable[Path]) -> Iterator[list[_Place]]:
    """In rows, one after the other; a row is as high as what is highest in it."""
    places: list[_Place] = []
    left = top = line = 0
    for file in files:
        size = _shown(QImageReader(str(file)).size())
        if left + size.width() > _SHEET.width():
            left, top, line = 0, top + line, 0
        if top + size.height() + _LABEL > _SHEET.height():
            yield places
            places, left, top, line = [], 0, 0, 0
        places.append(_Place(file, size, left, top))
        left, line = left + size.width() + _GAP, max(line, size.height() + _LABEL + _GAP)
    if places:
        yield places


def _shown(size: QSize) -> QSize:
    fits = size.width() <= _LARGEST.width() and size.height() <= _LARGEST.height()
    return size if fits else size.scaled(_LARGEST, Qt.AspectRatioMode.KeepAspectRatio)


def _draw(places: list[_Place]) -> QImage:
    sheet = QImage(_SHEET, QImage.Format.Format_RGB32)
    sheet.fill(QColor(128, 128, 128))
    painter = QPainter(sheet)
    for place in places:
        picture = QImage(str(place.file)).scaled(
            place.size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter.drawImage(place.left, place.top, picture)
        label = QRect(place.left + 4, place.top + place.size.height(), place.size.width(), _LABEL)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, place.file.stem)
    painter.end()
    return sheet
