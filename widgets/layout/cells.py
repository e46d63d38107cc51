"""What stands in one cell of a table, as a value, and the delegate that paints it."""

import re
from typing import Any, TypeAlias

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.model.value_class import dataclass
from widgets.look import scaled
from widgets.marks.status_chip import LEVELS
from widgets.shapes import draw_shape
from widgets.theme import color, font, shape_color

CELL_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex
Order: TypeAlias = float | str
_INSET = 11  # where the style begins the text of a header
_MARK = 9
_MARK_GAP = 6  # pixels between a name and its mark
_BAR_WIDTH, _BAR_HEIGHT = 56, 6


@dataclass(frozen=True, slots=True)
class TextCell:
    """`order`: what the column sorts by. `quiet`: less important, in the secondary colour. `tip`: the tooltip."""

    text: str
    order: Order = ""
    tip: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class StatusCell:
    """A shape in the colour of a level (see `status_chip.LEVELS`) before a word."""

    text: str
    level: str = "neutral"
    order: Order = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class BarCell:
    """A bar filled to `share` (0–1; None draws none) before its value in words. `role`: colour of the theme."""

    text: str
    share: float | None = None
    role: str = "accent"
    order: Order = 0.0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class TitleCell:
    """What a row is: its name above, a quiet line below, and the colour (`#rrggbb`) it is known by elsewhere. `mark`: a word in a frame
    behind the name, or behind the line below where the name needs the room."""

    text: str
    below: str = ""
    color: str = ""
    order: Order = ""
    tip: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PhotoCell(TitleCell):
    """A title with the photo (an id) of somebody before it."""

    photo: str = ""


Cell: TypeAlias = TextCell | StatusCell | BarCell | TitleCell | PhotoCell


class CellDelegate(QStyledItemDelegate):
    """Paints every kind of cell. The style paints the ground, so that selection looks as everywhere; the whole row is hovered."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        opt: Any = QStyleOptionViewItem(option)
        self.initStyleOption(opt, index)
        opt.text = ""
        hovered = index.row() == self.hovered_row
        opt.state = opt.state | QStyle.StateFlag.State_MouseOver if hovered else opt.state & ~QStyle.StateFlag.State_MouseOver
        style = opt.widget.style() if opt.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, opt, painter, opt.widget)
        cell: Cell = index.data(CELL_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = opt.rect.adjusted(_INSET, 0, -_INSET, 0)
        self.paint_cell(painter, area, cell, opt.displayAlignment)
        painter.restore()

    def paint_cell(self, painter: QPainter, area: QRect, cell: Cell, alignment: Qt.AlignmentFlag) -> None:
        """What stands in it; `area` is already inset."""
        paint_cell(painter, area, cell, alignment)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell: Cell = index.data(CELL_ROLE)
        return QSize(cell_width(cell) + 2 * _INSET, 34)


def natural(text: str) -> str:
    """An order in which `Corridor 2` comes before `Corridor 10`, whatever the case."""
    return re.sub(r"\d+", lambda found: found.group().zfill(8), text.casefold())


def cell_width(cell: Cell) -> int:
    """Pixels that show it whole."""
    width = QFontMetrics(font("body")).horizontalAdvance(cell.text)
    if isinstance(cell, StatusCell):
        return width + _MARK + 8
    if isinstance(cell, BarCell):
        return width + _BAR_WIDTH + 8
    if isinstance(cell, TitleCell):
        return max(width, QFontMetrics(font("secondary")).horizontalAdvance(cell.below)) + (18 if cell.color else 0)
    return width


def _draw_elided(painter: QPainter, area: QRect, text: str, role: str, alignment: Qt.AlignmentFlag, size: str = "body") -> None:
    painter.setFont(font(size))
    painter.setPen(color(role))
    shown = QFontMetrics(font(size)).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, (alignment & Qt.AlignmentFlag.AlignHorizontal_Mask) | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_text(painter: QPainter, area: QRect, cell: TextCell, alignment: Qt.AlignmentFlag) -> None:
    _draw_elided(painter, area, cell.text, "secondary" if cell.quiet else "text", alignment)


def _paint_status(painter: QPainter, area: QRect, cell: StatusCell, alignment: Qt.AlignmentFlag) -> None:
    shape, role = LEVELS[cell.level]
    draw_shape(painter, shape, QRectF(area.left(), area.center().y() - 4, _MARK, _MARK), shape_color(role))
    _draw_elided(painter, area.adjusted(_MARK + 8, 0, 0, 0), cell.text, "text", alignment)


def _paint_bar(painter: QPainter, area: QRect, cell: BarCell, alignment: Qt.AlignmentFlag) -> None:
    if cell.share is None:
        _draw_elided(painter, area, cell.text, "secondary", alignment)
        return
    draw_bar(painter, QRectF(area.left(), area.center().y() - _BAR_HEIGHT / 2 + 0.5, _BAR_WIDTH, _BAR_HEIGHT), cell.share, color(cell.role))
    _draw_elided(painter, area.adjusted(_BAR_WIDTH + 8, 0, 0, 0), cell.text, "text", alignment)


def _paint_title(painter: QPainter, area: QRect, cell: TitleCell, alignment: Qt.AlignmentFlag) -> None:
    if cell.color:
        draw_shape(painter, "disc", QRectF(area.left(), area.center().y() - 4, 10, 10), QColor(cell.color))
        area = area.adjusted(18, 0, 0, 0)
    if not cell.below:
        _draw_elided(painter, area, cell.text, "text", alignment)
        return
    middle = area.center().y()
    above = QRect(area.left(), middle - scaled(17), area.width(), scaled(18))
    below = QRect(area.left(), middle + 1, area.width(), scaled(16))
    if cell.mark:
        marked = above if has_mark_beside_name(cell, area.width()) else below
        marked.setRight(draw_frame_word(painter, marked, cell.mark) - _MARK_GAP)
    _draw_elided(painter, above, cell.text, "text", alignment)
    _draw_elided(painter, below, cell.below, "secondary", alignment, "secondary")


def has_mark_beside_name(cell: TitleCell, width: int) -> bool:
    return QFontMetrics(font("body")).horizontalAdvance(cell.text) + _MARK_GAP + _framed_width(cell.mark) <= width


def _framed_face() -> QFont:
    face = QFont(font("secondary"))
    face.setPixelSize(10)
    return face


def _framed_width(text: str) -> int:
    return QFontMetrics(_framed_face()).horizontalAdvance(text) + 10


def draw_frame_word(painter: QPainter, room: QRect, text: str) -> int:
    """At the right end of `room`; returns where it begins."""
    face, wide = _framed_face(), min(_framed_width(text), room.width())
    plate = QRectF(room.right() + 1 - wide, room.center().y() - 7.5, wide - 1, 16)
    painter.setPen(QPen(color("secondary"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setFont(face)
    painter.setPen(color("text"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return room.right() + 1 - wide


def draw_bar(painter: QPainter, area: QRectF, share: float, tint: QColor) -> None:
    """A round-ended bar on its track; a share above nothing shows at least a dot."""
    radius = area.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("line"))
    painter.drawRoundedRect(area, radius, radius)
    filled = QRectF(area)
    filled.setWidth(max(area.height() if share > 0 else 0.0, area.width() * min(1.0, share)))
    painter.setBrush(tint)
    painter.drawRoundedRect(filled, radius, radius)


def paint_cell(painter: QPainter, area: QRect, cell: Cell, alignment: Qt.AlignmentFlag) -> None:
    _PAINT[type(cell)](painter, area, cell, alignment)


_PAINT: dict[type, Any] = {
    TextCell: _paint_text,
    StatusCell: _paint_status,
    BarCell: _paint_bar,
    TitleCell: _paint_title,
    PhotoCell: _paint_title,
}
