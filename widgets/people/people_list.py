"""Everybody who is found, as a list: the keyboard's way to choose somebody on the floor."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.model.value_class import dataclass
from widgets.look import scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import color, font

_ROW = 48
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`alarming`: fallen; marked by shape and word too."""

    blob_id: str
    name: str
    detail: str
    color: str
    alarming: bool = False


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[PersonRow, ...] = ()

    def set_rows(self, rows: tuple[PersonRow, ...]) -> None:
        if rows == self.rows:
            return
        same = [row.blob_id for row in rows] == [row.blob_id for row in self.rows]
        if same:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}, {row.detail}"
        return plain_tip(f"{row.name}\n{row.detail}") if role == Qt.ItemDataRole.ToolTipRole else None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, scaled(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Model)
        row, area = model.rows[index.row()], option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            fill_chosen(painter, area)
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, color("hover"))
        shape, tint = ("triangle", color("critical")) if row.alarming else ("disc", QColor(row.color))
        draw_shape(painter, shape, QRectF(area.left() + 12, area.center().y() - 6, 12, 12), tint)
        text = area.adjusted(34, 6, -8, -6)
        self._line(painter, text, row.name, "body", "text", Qt.AlignmentFlag.AlignTop, QFont.Weight.DemiBold)
        self._line(painter, text, row.detail, "secondary", "critical" if row.alarming else "secondary", Qt.AlignmentFlag.AlignBottom)
        painter.restore()

    def _line(
        self, painter: QPainter, area: QRect, text: str, size: str, tint: str, side: Qt.AlignmentFlag, weight: int = QFont.Weight.Normal
    ) -> None:
        painter.setFont(font(size, weight))
        painter.setPen(color(tint))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, side | Qt.AlignmentFlag.AlignLeft, shown)


class PeopleList(QListView):
    """Arrows choose, Enter follows, Escape chooses nobody. Signals: person_chosen(blob id or empty); person_activated(blob id).

    menu_requested(blob id, global position): by mouse or by the menu key.
    """

    person_chosen = Signal(str)
    person_activated = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._selected = ""
        self._showing = False
        self._empty = ""
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(self.tr("People on the floor"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.selectionModel().currentChanged.connect(self._current)
        self.activated.connect(self._emit_activated)

    def _emit_activated(self, index: QModelIndex) -> None:
        self.person_activated.emit(self._model.rows[index.row()].blob_id)

    def set_people(self, rows: tuple[PersonRow, ...]) -> None:
        self._showing = True
        self._model.set_rows(rows)
        self._showing = False
        self._show_selected()

    def set_empty_text(self, text: str) -> None:
        """What stands here while there is nobody."""
        if text != self._empty:
            self._empty = text
            self.setAccessibleDescription(text)
            self.viewport().update()

    def empty_text(self) -> str:
        return self._empty

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.rows or not self._empty:
            return
        painter = QPainter(self.viewport())
        painter.setFont(font("secondary"))
        painter.setPen(color("secondary"))
        area = self.viewport().rect().adjusted(24, 24, -24, -24)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)
        painter.end()

    def wanted_height(self, most: int) -> int:
        """Pixels for all rows, or for `most` of them."""
        return max(1, min(most, len(self._model.rows))) * scaled(_ROW) + 2 * self.frameWidth()

    def person_rows(self) -> tuple[PersonRow, ...]:
        return self._model.rows

    def select_person(self, blob_id: str) -> None:
        """Without telling anybody."""
        self._selected = blob_id
        self._show_selected()

    def _show_selected(self) -> None:
        number = next((n for n, row in enumerate(self._model.rows) if row.blob_id == self._selected), -1)
        if number == self.currentIndex().row():
            return
        self._showing = True
        if number >= 0:
            self.setCurrentIndex(self._model.index(number))
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        self._showing = False

    def _current(self, index: QModelIndex) -> None:
        if not self._showing and index.isValid():
            self._selected = self._model.rows[index.row()].blob_id
            self.person_chosen.emit(self._selected)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()) if by_key else event.globalPos()
            self.menu_requested.emit(self._model.rows[index.row()].blob_id, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._selected:
            self.person_chosen.emit("")
        else:
            super().keyPressEvent(event)
