"""Faces as small pictures: one, or all of a person to choose from."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QItemSelection, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets.icons import icon_pixmap
from widgets.theme import color

Photos: TypeAlias = Callable[[str], QPixmap | None]
"""The picture of a face id, None while there is none; asking for one that is missing fetches it."""
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_FACE = 64
_GAP = 8
_ROUND = 6.0


def draw_face(painter: QPainter, area: QRectF, photo: QPixmap | None, tint: str = "", radius: float = _ROUND) -> None:
    """The photo with round corners, or a figure on a plain ground; a strip at the foot in the person's colour."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    shape = QPainterPath()
    shape.addRoundedRect(area, radius, radius)
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.fillRect(area, color("raised"))
    if photo is None:
        side = round(area.width() * 0.56)
        figure = icon_pixmap("user", color("secondary"), side, painter.device().devicePixelRatioF())
        painter.drawPixmap(QRectF(area.center().x() - side / 2, area.center().y() - side / 2, side, side).toRect(), figure)
    else:
        painter.drawPixmap(area, photo, QRectF(photo.rect()))
    if tint:
        strip = max(3.0, area.height() / 18)
        painter.fillRect(QRectF(area.left(), area.bottom() - strip, area.width(), strip), QColor(tint))
    painter.restore()


class FaceView(QWidget):
    """One face."""

    def __init__(self, photos: Photos, side: int = 88, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos, self._face, self._tint = photos, "", ""
        self.set_side(side)

    def set_side(self, side: int) -> None:
        self.setFixedSize(side, side)

    def show_face(self, face_id: str, tint: str = "", name: str = "") -> None:
        """An empty id shows the figure of nobody in particular."""
        self._face, self._tint = face_id, tint
        self.setAccessibleName(self.tr("Photo of {0}").format(name) if face_id and name else self.tr("No photo"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_face(painter, QRectF(self.rect()), self._photos(self._face) if self._face else None, self._tint)
        painter.end()


class _Faces(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.ids: tuple[str, ...] = ()

    def set_ids(self, ids: tuple[str, ...]) -> None:
        self.beginResetModel()
        self.ids = ids
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.tr("Face {0} of {1}").format(index.row() + 1, len(self.ids))
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, photos: Photos, model: _Faces, parent: QWidget) -> None:
        super().__init__(parent)
        self._photos, self._model = photos, model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(_FACE + _GAP, _FACE + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        area = QRectF(rect.left() + _GAP / 2, rect.top() + _GAP / 2, _FACE, _FACE)
        draw_face(painter, area, self._photos(self._model.ids[index.row()]))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("accent" if chosen else "secondary"), 3 if chosen else 1.5))
            painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), _ROUND, _ROUND)
            painter.restore()
        if chosen:
            _paint_tick(painter, area)


def _paint_tick(painter: QPainter, area: QRectF) -> None:
    """Chosen is told by more than the colour of its edge."""
    spot = QRectF(area.right() - 20, area.top() + 2, 18, 18)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("accent"))
    painter.drawEllipse(spot)
    painter.drawPixmap(
        spot.adjusted(3, 3, -3, -3).toRect(), icon_pixmap("check", color("on_accent"), 12, painter.device().devicePixelRatioF())
    )
    painter.restore()


class FaceGrid(QListView):
    """Choose any number of faces. Signals: chosen_changed()."""

    chosen_changed = Signal()

    def __init__(self, photos: Photos, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faces = _Faces(self)
        self.setModel(self._faces)
        self.setItemDelegate(_Delegate(photos, self._faces, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_FACE + 3 * _GAP)
        self.setAccessibleName(self.tr("Faces"))
        self.selectionModel().selectionChanged.connect(self._emit_chosen_changed)

    def show_faces(self, ids: tuple[str, ...]) -> None:
        """What was chosen stays chosen."""
        if ids == self._faces.ids:
            return
        kept = set(self.selected_faces()) & set(ids)
        self._faces.set_ids(ids)
        for number, face_id in enumerate(ids):
            if face_id in kept:
                self.selectionModel().select(self._faces.index(number), self.selectionModel().SelectionFlag.Select)
        self.chosen_changed.emit()

    def choose_face(self, face_id: str) -> None:
        index = self._faces.index(self._faces.ids.index(face_id))
        self.selectionModel().select(index, self.selectionModel().SelectionFlag.Select)

    def selected_faces(self) -> tuple[str, ...]:
        return tuple(self._faces.ids[index.row()] for index in sorted(self.selectionModel().selectedIndexes()))

    def _emit_chosen_changed(self, _chosen: QItemSelection, _left: QItemSelection) -> None:
        self.chosen_changed.emit()
