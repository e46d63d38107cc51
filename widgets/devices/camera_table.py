"""Cameras as a table: what each shows, how it does, when its last picture came, and where it is reached."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QWidget

from engine.model.health import CameraState
from engine.model.snapshot import CameraView
from engine.model.time import Clock
from widgets.devices.camera_words import camera_matches, camera_status, fault_text, last_picture_text
from widgets.icons import icon_pixmap
from widgets.layout.cells import Cell, CellDelegate, PhotoCell, StatusCell, TextCell, TitleCell, natural, paint_cell
from widgets.layout.rows_model import Column, TimedRowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.theme import color
from widgets.translation import tr

_ROW = 60
_WIDE, _HIGH = 80, 45
_DIM = 0.6
Stills: TypeAlias = Callable[[str], QPixmap | None]
"""The newest picture of a camera, None while there is none."""


class _StillDelegate(CellDelegate):
    def __init__(self, stills: Stills, is_live: Callable[[str], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self._stills, self._is_live = stills, is_live

    def paint_cell(self, painter: QPainter, area: QRect, cell: Cell, alignment: Qt.AlignmentFlag) -> None:
        if isinstance(cell, PhotoCell):
            frame = QRectF(area.left(), area.center().y() - _HIGH / 2 + 1, _WIDE, _HIGH)
            draw_still(painter, frame, self._stills(cell.photo), self._is_live(cell.photo))
            paint_cell(painter, area.adjusted(_WIDE + 12, 0, 0, 0), TitleCell(cell.text, cell.below), alignment)
        else:
            super().paint_cell(painter, area, cell, alignment)


def draw_still(painter: QPainter, area: QRectF, still: QPixmap | None, live: bool) -> None:
    """Whole and in the middle; dimmed where it is not of now, a sign where there is none."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    shape = QPainterPath()
    shape.addRoundedRect(area, 4, 4)
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.fillRect(area, color("video"))
    if still is None or still.isNull():
        sign = icon_pixmap("video-off", color("secondary"), 20, painter.device().devicePixelRatioF())
        painter.drawPixmap(QRectF(area.center().x() - 10, area.center().y() - 10, 20, 20).toRect(), sign)
    else:
        scale = min(area.width() / still.width(), area.height() / still.height())
        wide, high = still.width() * scale, still.height() * scale
        painter.setOpacity(1.0 if live else _DIM)
        painter.drawPixmap(QRectF(area.center().x() - wide / 2, area.center().y() - high / 2, wide, high), still, QRectF(still.rect()))
    painter.restore()


class CameraTable(RowsTable[EmptyState]):
    """Keys are ids. See `RowsTable` for its signals."""

    least_rest = 270  # the picture stands in it too

    def __init__(self, clock: Clock, stills: Stills, empty: EmptyState, parent: QWidget | None = None) -> None:
        self._clock = clock
        model = TimedRowsModel[CameraView](_camera_columns(), _camera_id, camera_cells, clock)
        super().__init__(model, tr("Cameras"), empty, _ROW, parent)
        self.view.setItemDelegate(_StillDelegate(stills, self._is_live, self.view))
        self.view.setMouseTracking(True)

    def _is_live(self, camera_id: str) -> bool:
        shown = self.camera(camera_id)
        return shown is not None and shown.health.state is CameraState.LIVE

    def camera(self, camera_id: str) -> CameraView | None:
        shown: CameraView | None = self.model.row(camera_id)
        return shown

    def set_cameras(self, cameras: Iterable[CameraView]) -> None:
        self.show_rows(cameras, self._clock.now_ns())

    def filter_cameras(self, text: str) -> None:
        self.set_wanted((lambda view: camera_matches(view, text, self._clock.now_ns())) if text.strip() else None)

    def still_came(self) -> None:
        self.view.viewport().update()


def _camera_id(view: CameraView) -> str:
    return view.settings.id


def _camera_columns() -> tuple[Column, ...]:
    return (
        Column(tr("Camera")),
        Column(tr("State"), width=130),
        Column(tr("Last picture"), width=150, room=560),
        Column(tr("Picture rate"), right=True, width=100, room=900, tip=tr("Frames per second (fps); below 3 the picture stutters")),
        Column(tr("Address"), width=240, room=1060),
    )


def camera_cells(view: CameraView, now_ns: int) -> tuple[Cell, ...]:
    settings, health = view.settings, view.health
    status, fault = camera_status(health, now_ns), fault_text(health, now_ns)
    came, ago = last_picture_text(health, now_ns)
    live = health.state is CameraState.LIVE
    return (
        PhotoCell(settings.name, fault or place_text(view), order=natural(settings.name), tip=fault or settings.name, photo=settings.id),
        StatusCell(status.text, status.level, order=status.text, tip=fault),
        TitleCell(came, ago, order=-float(health.last_picture_ns or 0)),
        TextCell(tr("{0} fps").format(number_text(health.fps, ".1f")) if live else "–", order=health.fps if live else -1.0, quiet=not live),
        TextCell(settings.url, tip=settings.url, quiet=True),
    )


def place_text(view: CameraView) -> str:
    """Its number, its group, and that it is simulated."""
    settings = view.settings
    number = tr("Camera {0}").format(settings.number) if settings.number else ""
    parts = (number, settings.group.replace("/", " / "), tr("simulated") if settings.simulated else "")
    return " · ".join(part for part in parts if part)
