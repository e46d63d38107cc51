"""A list of moments: what it was, and when and where; beside a picture on three lines. A click goes there."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.model.event import Severity
from engine.model.value_class import dataclass
from widgets.alerts.alert_delegate import text_left, text_right
from widgets.icons import icon_pixmap
from widgets.look import scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import color, font, severity_style

ROW_HEIGHT = 48
_PICTURE_ROW_HEIGHT = 66
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROW_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class MomentRow:
    """`text`: what it was; `where`: the place, which has a line of its own beside a picture; `detail`: when, and the rest.

    `mark`: one word at the right (its kind, or how alike). `severity` 0: none. picture_id: of the event whose picture stands before it,
    where there is one.
    """

    id: str
    at_ns: int
    text: str
    detail: str
    mark: str = ""
    severity: int = 0
    camera_id: str = ""
    picture_id: str = ""
    where: str = ""

    @property
    def lines(self) -> tuple[str, str]:
        return self.where, self.detail


class MomentList(QListView):
    """Signals: chosen(MomentRow): clicked, or gone to with the keyboard. activated_row(MomentRow): Enter or a double click."""

    chosen = Signal(object)
    activated_row = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: dict[str, QPixmap] = {}
        self.has_pictures = False  # room is left for them, so that no text moves when one arrives
        self.rows = _MomentModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_MomentDelegate(self))
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.clicked.connect(self._emit_chosen)

    def set_rows(self, rows: tuple[MomentRow, ...]) -> None:
        """What is chosen stays chosen where it is still there."""
        if rows == self.rows.all_rows():
            return
        before = self.current()
        self.has_pictures = any(row.picture_id for row in rows)
        self.scheduleDelayedItemsLayout()
        self.rows.set_rows(rows)
        if before is not None:
            self.select_moment(before.id)

    def show_picture(self, picture_id: str, picture: QPixmap) -> None:
        self.pictures[picture_id] = picture
        self.viewport().update()

    def current(self) -> MomentRow | None:
        return self.rows.row_at(self.currentIndex())

    def select_moment(self, row_id: str) -> bool:
        """Without going there. False where there is no such row."""
        number = next((n for n, row in enumerate(self.rows.all_rows()) if row.id == row_id), -1)
        self.setCurrentIndex(self.rows.index(number) if number >= 0 else _NOWHERE)
        return number >= 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        row = self.current()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.chosen.emit(row)
            self.activated_row.emit(row)
            return
        super().keyPressEvent(event)
        if self.currentIndex().row() != before:
            self._emit_chosen(self.currentIndex())

    def mouseDoubleClickEvent(self, event: object) -> None:
        row = self.current()
        if row is not None:
            self.activated_row.emit(row)

    def _emit_chosen(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is not None:
            self.chosen.emit(row)


class _MomentModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: tuple[MomentRow, ...] = ()

    def set_rows(self, rows: tuple[MomentRow, ...]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def all_rows(self) -> tuple[MomentRow, ...]:
        return self._rows

    def row_at(self, index: Index) -> MomentRow | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row_at(index)
        if row is None:
            return None
        if role == _ROW_ROLE:
            return row
        spoken = ", ".join(part for part in (row.text, row.mark, *row.lines) if part)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken
        return plain_tip("\n".join(filter(None, (row.text, *row.lines)))) if role == Qt.ItemDataRole.ToolTipRole else None


class _MomentDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        return QSize(200, scaled(_PICTURE_ROW_HEIGHT if isinstance(view, MomentList) and view.has_pictures else ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(_ROW_ROLE)
        area: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        selected, hovered = bool(state & QStyle.StateFlag.State_Selected), bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if hovered:
            painter.fillRect(area, color("hover"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), color("line"))
        if selected:
            fill_chosen(painter, area)
        inner = area.adjusted(10, 5, -10, -5)
        view = self.parent()
        if isinstance(view, MomentList) and view.has_pictures:
            inner = _paint_picture(painter, view.pictures.get(row.picture_id), inner)
            _paint_row(painter, row, inner, [line for line in row.lines if line])
        else:
            _paint_row(painter, row, inner, [" · ".join(filter(None, row.lines))])
        painter.restore()


def _paint_picture(painter: QPainter, picture: QPixmap | None, area: QRect) -> QRect:
    """The room that is left at its right."""
    frame = QRect(area.left(), area.top(), area.height() * 16 // 9, area.height())
    painter.fillRect(frame, color("raised"))
    if picture is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(frame, picture)
    else:
        empty = icon_pixmap("image", color("disabled"), 16, painter.device().devicePixelRatioF())
        painter.drawPixmap(frame.center() - QPoint(8, 8), empty)
    return area.adjusted(frame.width() + 8, 0, 0, 0)


def _paint_row(painter: QPainter, row: MomentRow, area: QRect, below: list[str]) -> None:
    height = area.height() // (1 + len(below))
    upper = QRect(area.left(), area.top(), area.width(), height)
    lower = upper.translated(0, height)
    if row.severity:
        style = severity_style(Severity(row.severity))
        draw_shape(painter, style.shape, QRectF(upper.left(), upper.center().y() - 4.5, 10, 10), style.fill)
        upper = upper.adjusted(17, 0, 0, 0)
    if row.mark:
        upper = text_right(painter, upper, row.mark, font("secondary"), "secondary")
    text_left(painter, upper, row.text, font("body"), "text")
    for line in below:
        text_left(painter, lower, line, font("secondary"), "secondary")
        lower = lower.translated(0, height)
