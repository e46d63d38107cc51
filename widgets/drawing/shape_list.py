"""The shapes of a picture, one below the other: swatch, name, kind and what each tells; cut with "…" where there is no room."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.model.value_class import dataclass
from widgets.drawing.shape_draft import ShapeKind
from widgets.drawing.shape_looks import ShapeLook, swatch
from widgets.marks.plain_tip import plain_tip
from widgets.theme import color, font

_ROW = int(Qt.ItemDataRole.UserRole)
_SWATCH, _GAP, _PAD = 20, 10, 8


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """`count`: how many are in it now, empty where nobody knows. `trouble`: what is wrong with it."""

    key: str
    kind: ShapeKind
    title: str
    tells: str
    look: ShapeLook
    count: str = ""
    trouble: str = ""


class ShapeList(QListWidget):
    """Signals: picked(key): with the mouse or the keys. removal_wanted(): Delete. activated(QModelIndex): Enter or a double click."""

    picked = Signal(str)
    removal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Shapes in the picture"))
        self.currentItemChanged.connect(self._emit_picked)

    def set_rows(self, rows: tuple[ShapeRow, ...], chosen: str) -> None:
        self._filling = True
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        while self.count() < len(rows):
            self.addItem(QListWidgetItem())
        for number, row in enumerate(rows):
            self._fill_item(self.item(number), row)
        place = next((number for number, row in enumerate(rows) if row.key == chosen), -1)
        self.setCurrentRow(place)
        if place < 0:
            self.clearSelection()
        self._filling = False

    def shape_rows(self) -> tuple[ShapeRow, ...]:
        return tuple(_shape_row(self.item(number)) for number in range(self.count()))

    def _fill_item(self, item: QListWidgetItem, row: ShapeRow) -> None:
        if item.data(_ROW) != row:
            item.setData(_ROW, row)
            words = [row.title, row.trouble or row.tells, row.count]
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(word for word in words if word))
            item.setToolTip(plain_tip(f"{row.title}\n{row.trouble or row.tells}"))

    def _emit_picked(self, item: QListWidgetItem | None) -> None:
        if not self._filling and item is not None:
            self.picked.emit(_shape_row(item).key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentItem() is not None:
            self.removal_wanted.emit()
            return
        super().keyPressEvent(event)


def _shape_row(item: QListWidgetItem) -> ShapeRow:
    row = item.data(_ROW)
    assert isinstance(row, ShapeRow)
    return row


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, QFontMetrics(font("body")).height() + QFontMetrics(font("secondary")).height() + 2 * _PAD + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        row = index.data(_ROW)
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        plain.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        if isinstance(row, ShapeRow):
            self._paint_row(painter, option.rect.adjusted(_PAD, _PAD, -_PAD, -_PAD), row)

    def _paint_row(self, painter: QPainter, area: QRect, row: ShapeRow) -> None:
        painter.save()
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(QPointF(area.left(), area.top() + 2), swatch(row.kind, row.look, _SWATCH, ratio))
        text = area.adjusted(_SWATCH + _GAP, 0, 0, 0)
        name_face = font("body", QFont.Weight.DemiBold)
        top = QRect(text.left(), text.top(), text.width(), QFontMetrics(name_face).height())
        if row.count:
            width = QFontMetrics(font("body")).horizontalAdvance(row.count)
            self._draw_line(painter, QRect(top.right() - width, top.top(), width + 1, top.height()), row.count, font("body"), "text")
            top.setRight(top.right() - width - _GAP)
        self._draw_line(painter, top, row.title, name_face, "text")
        below = QRect(text.left(), top.bottom() + 3, text.width(), QFontMetrics(font("secondary")).height())
        said = f"▲ {row.trouble}" if row.trouble else row.tells
        self._draw_line(painter, below, said, font("secondary"), "critical" if row.trouble else "secondary")
        painter.restore()

    @staticmethod
    def _draw_line(painter: QPainter, area: QRect, text: str, face: QFont, role: str) -> None:
        painter.setFont(face)
        painter.setPen(color(role))
        short = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), short)
