"""How every camera is doing, as a table."""

from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.model.health import CameraHealth, CameraState
from engine.model.settings import SOFTWARE_DECODER
from engine.model.snapshot import CameraView
from engine.model.time import SECOND, Clock
from widgets.look import scaled
from widgets.marks.empty_state import EmptyState
from widgets.marks.plain_tip import plain_tip
from widgets.marks.status_chip import LEVELS
from widgets.number_text import number_text
from widgets.shapes import draw_shape
from widgets.theme import color, font, shape_color
from widgets.time_text import clock_text, duration_text, relative_text
from widgets.wall.tile_status import TileStatus, tile_status

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_STATUS_ROLE = int(Qt.ItemDataRole.UserRole)
_STATE_COLUMN = 1
_SPARE_COLUMNS = (6, 8)  # reconnects and last picture make room for the name where there is little
_NARROW_COLUMNS = (4, 5)  # latency and dropped pictures, where there is less still
_CLOCK_COLUMN = 9
_ROOMY, _NARROW = 960, 760
_ROW_HEIGHT = 34
_TEXT_INSET = 11  # where the style begins the text of a cell and of a header
_CODECS = {"h264": "H.264", "hevc": "H.265", "h265": "H.265", "mjpeg": "MJPEG"}


class CameraHealthModel(QAbstractTableModel):
    """One row per camera. Figures of a camera that is not live are not shown: they would be old."""

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: tuple[CameraView, ...] = ()
        self._titles = (
            self.tr("Camera"),
            self.tr("State"),
            self.tr("Picture rate"),
            self.tr("Detector"),
            self.tr("Latency"),
            self.tr("Dropped"),
            self.tr("Reconnects"),
            self.tr("Stream"),
            self.tr("Last picture"),
            self.tr("Clock"),
        )
        self._tips = (
            self.tr("Name of the camera. Right-click for its menu."),
            self.tr("Current state. Point at the row to see the reason."),
            self.tr("Frames per second (fps); below 3 the picture stutters"),
            self.tr("Detections per second (Hz); few while nothing moves"),
            self.tr("Milliseconds from arrival to display; half a second means that the computer is too slow"),
            self.tr("Frames replaced by newer ones before processing; many mean that the computer is too slow"),
            self.tr("Reconnections so far; many mean a weak network or power supply"),
            self.tr("Resolution and codec"),
            self.tr("Age of the newest frame; of an offline camera, its time"),
            self.tr("Camera clock relative to this computer. More than 3 s misleads if the camera writes the time into its picture."),
        )

    def set_cameras(self, cameras: tuple[CameraView, ...]) -> None:
        same = [view.settings.id for view in cameras] == [view.settings.id for view in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = cameras
        if not same:
            self.endResetModel()
        elif cameras:
            self.dataChanged.emit(self.index(0, 0), self.index(len(cameras) - 1, len(self._titles) - 1))

    def camera_id(self, row: int) -> str:
        return self._rows[row].settings.id

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tips[section]
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        view = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(view)[index.column()]
        if role == _STATUS_ROLE:
            return self._status(view)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._health_trouble(view.health)) or None
        if role == Qt.ItemDataRole.ForegroundRole:
            return color("moderate") if index.column() == _CLOCK_COLUMN and view.health.clock_wrong else None
        return _alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _status(self, view: CameraView) -> TileStatus:
        now_ns = self._clock.now_ns()
        return tile_status(view.health, now_ns, now_ns)

    def _texts(self, view: CameraView) -> tuple[str, ...]:
        health = view.health
        live = health.state is CameraState.LIVE
        last = self._last_picture(health)
        stream = f"{health.width} × {health.height} {_CODECS.get(health.codec, health.codec)}".strip() if health.width else ""
        simulated = self.tr("simulated") if view.settings.simulated else ""
        return (
            view.settings.name,
            self._status(view).text,
            self.tr("{0} fps").format(number_text(health.fps, ".1f")) if live else "–",
            self.tr("{0} Hz").format(number_text(health.detector_hz, ".1f")) if live else "–",
            self.tr("{0} ms").format(number_text(health.latency_ms, ",.0f")) if live else "–",
            number_text(health.dropped),
            number_text(health.reconnects),
            " · ".join(part for part in (stream, simulated, _device(health)) if part) or "–",
            last,
            own_clock_text(health),
        )

    def _last_picture(self, health: CameraHealth) -> str:
        """How long ago; of a camera that is lost the time, as nothing is newer."""
        now_ns, lost = self._clock.now_ns(), health.state is CameraState.LOST
        if not health.last_picture_ns:
            return self.tr("none since {0}").format(clock_text(health.since_ns, now_ns)) if lost else self.tr("never")
        return clock_text(health.last_picture_ns, now_ns) if lost else relative_text(health.last_picture_ns, now_ns)

    def _health_trouble(self, health: CameraHealth) -> str:
        if health.state is not CameraState.LOST:
            return " ".join(part for part in (health.reason, health.decoder_reason) if part)
        since = clock_text(health.since_ns, self._clock.now_ns())
        return self.tr("Offline since {0}. {1}").format(since, health.reason)

    @property
    def clocks(self) -> bool:
        """Whether any camera says what time it is."""
        return any(view.health.clock_ahead_s is not None for view in self._rows)


def own_clock_text(health: CameraHealth) -> str:
    """How a camera's own clock stands against the engine's."""
    ahead_s = health.clock_ahead_s
    tr = partial(QCoreApplication.translate, "CameraHealthModel")
    if ahead_s is None:
        return "–"
    if not health.clock_wrong:
        return tr("right")
    span = duration_text(round(abs(ahead_s) * SECOND))
    return tr("{0} ahead").format(span) if ahead_s > 0 else tr("{0} behind").format(span)


class _StateDelegate(QStyledItemDelegate):
    """Shape and word of a state, without a frame."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index.model().index(index.row(), 99))  # the ground alone
        status: TileStatus = index.data(_STATUS_ROLE)
        area: QRect = option.rect  # type: ignore[attr-defined]
        shape, role = LEVELS[status.level]
        draw_shape(painter, shape, QRectF(area.left() + _TEXT_INSET, area.center().y() - 4, 9, 9), shape_color(role))
        painter.setPen(color("text"))
        painter.setFont(font("body"))
        painter.drawText(area.adjusted(_TEXT_INSET + 16, -1, 0, -1), Qt.AlignmentFlag.AlignVCenter, status.text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(130, 32)


class CameraHealthTable(QWidget):
    """Signals: camera_activated(camera_id): double-click or Enter on a row. menu_wanted(camera_id, global position): mouse or menu key."""

    camera_activated = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = CameraHealthModel(clock, self)
        self._table = self._build_table()
        self._empty = EmptyState("video", self.tr("No cameras yet"), self.tr("Figures of each camera appear here."))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self._table.activated.connect(lambda index: self.camera_activated.emit(self._model.camera_id(index.row())))
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._ask_menu)

    def _build_table(self) -> QTableView:
        table = QTableView(showGrid=False, wordWrap=False, cornerButtonEnabled=False)
        table.setAccessibleName(self.tr("Camera health"))
        table.setModel(self._model)
        table.setItemDelegateForColumn(_STATE_COLUMN, _StateDelegate(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_STATE_COLUMN, QHeaderView.ResizeMode.Fixed)
        table.setColumnWidth(_STATE_COLUMN, scaled(140))
        table.setColumnHidden(_CLOCK_COLUMN, True)  # from the first on, so that it never takes part in the layout without a need
        return table

    def _ask_menu(self, at: QPoint) -> None:
        index = self._table.indexAt(at)
        if index.isValid():
            self.menu_wanted.emit(self._model.camera_id(index.row()), self._table.viewport().mapToGlobal(at))

    def set_cameras(self, cameras: tuple[CameraView, ...]) -> None:
        self._model.set_cameras(cameras)
        self._table.setColumnHidden(_CLOCK_COLUMN, not self._model.clocks)
        self._pages.setCurrentWidget(self._table if cameras else self._empty)
        self._fit_height(len(cameras))

    def _fit_height(self, rows: int) -> None:
        """As high as its rows: the page scrolls, not the table within it."""
        bar = self._table.horizontalScrollBar()
        sideways = bar.sizeHint().height() if bar.maximum() > 0 else 0
        wanted = self._table.horizontalHeader().sizeHint().height() + rows * scaled(_ROW_HEIGHT) + 2 * self._table.frameWidth() + sideways
        self.setFixedHeight(wanted if rows else self._empty.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for columns, room in ((_SPARE_COLUMNS, _ROOMY), (_NARROW_COLUMNS, _NARROW)):
            for column in columns:
                self._table.setColumnHidden(column, event.size().width() < scaled(room))
        self._fit_height(self._model.rowCount())


def _alignment(column: int) -> Qt.AlignmentFlag:
    number = 2 <= column <= 6
    return (Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def _device(health: CameraHealth) -> str:
    """What decodes it, where that is not the processor."""
    return "" if health.decoder in ("", SOFTWARE_DECODER) else health.decoder.upper()
