"""All cameras in their groups, to find one and drag it onto the wall."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QDrag, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.model.snapshot import CameraView
from widgets.camera_name import numbered_name
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.marks.status_chip import LEVELS
from widgets.shapes import draw_shape
from widgets.theme import color, font, set_role, shape_color
from widgets.wall.tile_status import tile_status
from widgets.wall.video_wall import CAMERA_MIME

_CAMERA = int(Qt.ItemDataRole.UserRole)
_STATE = _CAMERA + 1
_LEVEL = _CAMERA + 2
_ROW = 28
_Index = QModelIndex | QPersistentModelIndex
_Rows = tuple[tuple[str, str, str], ...]


class WallTree(QWidget):
    """Signals: opened(camera_id): double-clicked, or Enter."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: _Rows = ()
        self._items: dict[str, QStandardItem] = {}
        self.search = QLineEdit(placeholderText=self.tr("Find a camera"), clearButtonEnabled=True)
        self.search.setAccessibleName(self.tr("Find a camera by number, name or group"))
        self.search.addAction(QAction(icon("search"), "", self.search), QLineEdit.ActionPosition.LeadingPosition)
        self.tree = _Tree(self)
        self.nothing = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop, textFormat=Qt.TextFormat.PlainText)
        set_role(self.nothing, "secondary")
        self.setMinimumWidth(170)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.tree, 1)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_first)
        self.tree.activated.connect(self._open_camera)
        self._filter()

    def show_cameras(self, cameras: Sequence[CameraView]) -> None:
        """Rebuilt only when names or groups change; states are written into the rows."""
        rows = tuple((view.settings.id, numbered_name(view.settings), view.settings.group) for view in cameras)
        if rows != self._rows:
            self._rows = rows
            self._build_tree()
        for view in cameras:
            self._set_state(self._items[view.settings.id], view)

    def visible_cameras(self) -> tuple[str, ...]:
        """Cameras that the search leaves, from the top."""
        found: list[str] = []
        self._walk(self.tree.items.invisibleRootItem(), found)
        return tuple(found)

    def _build_tree(self) -> None:
        self.tree.items.clear()
        self._items = {}
        groups: dict[str, QStandardItem] = {"": self.tree.items.invisibleRootItem()}
        for group in sorted({group for _, _, group in self._rows if group}, key=str.casefold):
            _group_item(group, groups)
        for camera_id, name, group in self._rows:
            item = QStandardItem(icon("video"), name)
            item.setData(camera_id, _CAMERA)
            item.setEditable(False)
            self._items[camera_id] = item
            groups[group].appendRow(item)
        self.tree.expandAll()
        self._filter()

    def _set_state(self, item: QStandardItem, view: CameraView) -> None:
        status = tile_status(view.health, view.health.last_picture_ns, view.health.last_picture_ns or view.health.since_ns)
        text = status.text if not status.live else self.tr("Live")
        text = self.tr("Offline") if status.level == "critical" else text
        if item.data(_STATE) != text:
            item.setData(text, _STATE)
            item.setData(status.level, _LEVEL)
            item.setAccessibleText(f"{numbered_name(view.settings)}, {text}")
            item.setToolTip(plain_tip(text if not view.health.reason else f"{text}: {view.health.reason}"))

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        found = _filter_below(self.tree, self.tree.items.invisibleRootItem(), words, "")
        self.nothing.setVisible(not found)
        self.tree.setVisible(found)
        self.nothing.setText(self.tr("No camera or group matches.") if self._rows else self.tr("No cameras yet."))

    def _walk(self, parent: QStandardItem, found: list[str]) -> None:
        for row in range(parent.rowCount()):
            item = parent.child(row)
            if self.tree.isRowHidden(row, parent.index()):
                continue
            if camera_id := item.data(_CAMERA):
                found.append(str(camera_id))
            self._walk(item, found)

    def _open_first(self) -> None:
        shown = self.visible_cameras()
        if shown:
            self.tree.setCurrentIndex(self._items[shown[0]].index())
            self.opened.emit(shown[0])

    def _open_camera(self, index: QModelIndex) -> None:
        if camera_id := index.data(_CAMERA):
            self.opened.emit(str(camera_id))


class _Tree(QTreeView):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items = QStandardItemModel(self)
        self.setModel(self.items)
        self.setItemDelegate(_Delegate(self))
        self.setHeaderHidden(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setAccessibleName(self.tr("Cameras by group"))

    def startDrag(self, actions: Qt.DropAction) -> None:
        data = dragged(str(self.currentIndex().data(_CAMERA) or ""))
        if data is not None:
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens on every platform; digits and letters stay with the page's keys."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    """The state of a camera at the right of its row: a shape and, where there is room, a word."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), _ROW)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        metrics, area = option.fontMetrics, option.rect  # type: ignore[attr-defined]
        room = area.width() - 60 - (metrics.horizontalAdvance(_state_word(index)) if index.data(_CAMERA) else 0)
        option.text = metrics.elidedText(option.text, Qt.TextElideMode.ElideRight, max(40, room))  # type: ignore[attr-defined]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        level = index.data(_LEVEL)
        if level not in LEVELS:
            return
        shape, role = LEVELS[level]
        area: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        draw_shape(painter, shape, QRect(area.right() - 18, area.center().y() - 4, 9, 9).toRectF(), shape_color(role))
        text = _state_word(index)
        painter.setFont(font("secondary"))
        painter.setPen(color("secondary"))
        if text:
            painter.drawText(area.adjusted(0, 0, -24, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


def _state_word(index: _Index) -> str:
    """Nothing where all is well: the shape says that."""
    return "" if index.data(_LEVEL) in (None, "good") else str(index.data(_STATE))


def dragged(camera_id: str) -> QMimeData | None:
    """A camera as it is dragged onto a wall."""
    if not camera_id:
        return None
    data = QMimeData()
    data.setData(CAMERA_MIME, QByteArray(camera_id.encode()))
    return data


def _group_item(group: str, groups: dict[str, QStandardItem]) -> QStandardItem:
    """The row of a group, below that of the group that it is part of."""
    if group not in groups:
        above, _, name = group.rpartition("/")
        item = QStandardItem(icon("folder-open"), name)
        item.setEditable(False)
        item.setDragEnabled(False)
        _group_item(above, groups).appendRow(item)
        groups[group] = item
    return groups[group]


def _filter_below(tree: QTreeView, parent: QStandardItem, words: list[str], path: str) -> bool:
    """Hide rows in whose name and groups a word is missing; whether any is left."""
    left = False
    for row in range(parent.rowCount()):
        item = parent.child(row)
        text = f"{path} {item.text()}".casefold()
        if item.data(_CAMERA):
            shown = all(word in text for word in words)
        else:
            shown = _filter_below(tree, item, words, text)
        tree.setRowHidden(row, parent.index(), not shown)
        left = left or shown
    return left
