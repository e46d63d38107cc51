"""Bars for what each link adds to a blob. They add up on screen: every bar begins where the one above it ended."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QHoverEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from engine.model.radio.blob import BlobExplanation
from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.people.contribution_rows import BETWEEN, TOTAL, BarRow, bar_rows, link_title, plain_text, reach, signed_text
from widgets.theme import color, font

_LINK, _BAR, _VALUE, _WITHOUT = range(4)
_ROW_HEIGHT = 26
_TWO_LINES = 38
_BESIDE = 24  # pixels of a cell that the style leaves beside its text
_AGAINST = "high"
_NEXT_LINE = "\u2028"  # of Qt's text layout
Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[BarRow, ...] = ()

    def set_rows(self, rows: tuple[BarRow, ...]) -> bool:
        """False when only values changed; a reset otherwise."""
        same = [row.key for row in rows] == [row.key for row in self.rows]
        if same:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, _WITHOUT))
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft if section == _LINK else Qt.AlignmentFlag.AlignRight
        if role == Qt.ItemDataRole.ToolTipRole and section == _WITHOUT:
            return self.tr("Fused value without this link")
        titles = (self.tr("Link"), "", self.tr("Adds"), self.tr("Without it"))
        return titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.title, "", _value_text(row), _without_text(row))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{row.title}\n{row.detail}" if row.detail else row.title)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.tr("{0} contributes {1}").format(row.title, _value_text(row))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= _VALUE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            return font("secondary", QFont.Weight.DemiBold if row.key == TOTAL else QFont.Weight.Normal)
        return None


def _without_text(row: BarRow) -> str:
    return "" if row.without is None else plain_text(row.without)


def _value_text(row: BarRow) -> str:
    return plain_text(row.end) if row.key == TOTAL else signed_text(row.value)


def both_ends(title: str, metrics: QFontMetrics, room: int) -> str:
    """A link is known by both of its ends: where there is no room for their names in one line, each has its own."""
    first, between, second = title.partition(BETWEEN)
    if not between or metrics.horizontalAdvance(title) <= room:
        return title
    dash = between.rstrip()
    first = metrics.elidedText(first, Qt.TextElideMode.ElideRight, room - metrics.horizontalAdvance(dash))
    return f"{first}{dash}\n{metrics.elidedText(second, Qt.TextElideMode.ElideRight, room)}"


class _RowDelegate(QStyledItemDelegate):
    """Whole rows are hovered; the style would hover single cells."""

    hovered_row = -1

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        over, state = QStyle.StateFlag.State_MouseOver, option.state  # type: ignore[attr-defined]
        option.state = state | over if index.row() == self.hovered_row else state & ~over  # type: ignore[attr-defined]
        if index.column() == _LINK:
            room = option.rect.width() - _BESIDE  # type: ignore[attr-defined]
            option.text = both_ends(option.text, option.fontMetrics, room).replace("\n", _NEXT_LINE)  # type: ignore[attr-defined]


class _BarDelegate(_RowDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Model)
        self.initStyleOption(option, index)
        style = option.widget.style() if option.widget is not None else None
        if style is not None:
            style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        painter.save()
        paint_bar(painter, QRectF(option.rect).adjusted(4, 6, -4, -6), model.rows, index.row())
        painter.restore()


def paint_bar(painter: QPainter, area: QRectF, rows: tuple[BarRow, ...], number: int) -> None:
    """Row `number` of a waterfall whose axis spans all rows. What speaks against is hatched and runs to the left."""
    low, high = reach(rows)
    row = rows[number]

    def x(value: float) -> float:
        return area.left() + (value - low) / (high - low) * area.width()

    painter.setPen(QPen(color("line_strong"), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(x(0.0), area.top() - 6), QPointF(x(0.0), area.bottom() + 6))
    left, right = sorted((x(row.start), x(row.end)))
    bar = QRectF(left, area.top(), max(1.5, right - left), area.height())
    if row.key == TOTAL:
        painter.fillRect(bar, color("text"))
    elif row.value >= 0:
        painter.fillRect(bar, QColor(color("accent" if row.is_link else "secondary")))
    else:
        painter.setPen(QPen(color(_AGAINST), 1))
        painter.setBrush(color(_AGAINST))
        painter.fillRect(bar, painter.brush())
        painter.fillRect(bar, Qt.BrushStyle.BDiagPattern)
    if number + 1 < len(rows) and rows[number + 1].key != TOTAL:
        painter.setPen(QPen(color("secondary"), 1))
        painter.drawLine(QPointF(x(row.end), area.bottom()), QPointF(x(row.end), area.bottom() + 12))


class ContributionBars(QTableView):
    """Signals: link_pointed(link id): the mouse is over its bar or the keyboard chose it; empty when none is pointed at."""

    link_pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._pointed = ""
        self._hovering = False
        self._blob = ""
        self._titles: tuple[str, ...] = ()  # of all links, also those that are not shown: the height of a row does not follow their order
        self.setModel(self._model)
        self.setItemDelegate(_RowDelegate(self))
        self.setItemDelegateForColumn(_BAR, _BarDelegate(self))
        self._set_looks()
        self._size_columns()
        self.entered.connect(self._enter_by_mouse)
        self.selectionModel().currentChanged.connect(self._enter)

    def _set_looks(self) -> None:
        self.setAccessibleName(self.tr("Contribution of each link"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(scaled(_ROW_HEIGHT))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(_LINK, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_BAR, 64), (_VALUE, 74), (_WITHOUT, 88)):
            self.setColumnWidth(column, scaled(width))

    def show_explanation(self, explanation: BlobExplanation | None, names: Mapping[str, str]) -> None:
        """The row that somebody points at stays where it is; otherwise the largest is first."""
        if explanation is None:
            self._model.set_rows(())
            self._point("")
            self._blob = ""
            return
        same = explanation.blob_id == self._blob
        row = next((n for n, row in enumerate(self._model.rows) if row.key == self._pointed), -1)
        pinned = (self._pointed, row) if same and row >= 0 else None
        self._blob = explanation.blob_id
        pointed = self._pointed if same else ""
        if self._model.set_rows(bar_rows(explanation, names, pinned)):
            self._restore_current(pointed)
        self._titles = tuple(link_title(link, names) for link in explanation.links)
        self._set_row_height()
        self.updateGeometry()

    def _set_row_height(self) -> None:
        metrics, room = QFontMetrics(font("secondary")), self.columnWidth(_LINK) - _BESIDE
        fits = all(metrics.horizontalAdvance(title) <= room for title in self._titles)
        self.verticalHeader().setDefaultSectionSize(scaled(_ROW_HEIGHT if fits else _TWO_LINES))

    def bar_rows(self) -> tuple[BarRow, ...]:
        return self._model.rows

    def pointed(self) -> str:
        return self._pointed

    def _restore_current(self, link: str) -> None:
        number = next((n for n, row in enumerate(self._model.rows) if row.key == link), -1)
        if number >= 0:
            self.setCurrentIndex(self._model.index(number, 0))
        else:
            self._point("")

    def _enter_by_mouse(self, index: Index) -> None:
        self._hovering = True
        self._enter(index)

    def _enter(self, index: Index, _before: Index | None = None) -> None:
        row = self._model.rows[index.row()] if index.isValid() and index.row() < len(self._model.rows) else None
        self._point(row.key if row is not None and row.is_link else "")

    def _point(self, link: str) -> None:
        if link != self._pointed:
            self._pointed = link
            self.link_pointed.emit(link)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.HoverEnter, QEvent.Type.HoverMove, QEvent.Type.HoverLeave):
            return super().viewportEvent(event)
        left = event.type() is QEvent.Type.HoverLeave
        self._hover(self.indexAt(event.position().toPoint()).row() if isinstance(event, QHoverEvent) and not left else -1)
        return True

    def _hover(self, row: int) -> None:
        for delegate in (self.itemDelegate(), self.itemDelegateForColumn(_BAR)):
            assert isinstance(delegate, _RowDelegate)
            delegate.hovered_row = row
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovering = False
        if self.hasFocus():
            self._enter(self.currentIndex())
        else:
            self._point("")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self._hovering = False
            self._point("")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self._hovering:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            self._point("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before = self.minimumSizeHint()
        self._set_row_height()
        if self.minimumSizeHint() != before:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(320, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """All rows: there are never many."""
        rows = max(1, len(self._model.rows)) * self.verticalHeader().defaultSectionSize()
        return QSize(260, self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth())
