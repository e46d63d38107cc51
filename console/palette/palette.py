"""The palette: type a few letters of anything that can be done or gone to, Enter does it. `Ctrl+K` opens it."""

from collections.abc import Sequence
from typing import Any, cast

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.palette.commands_catalogue import Action, shown_keys
from console.palette.score import score
from console.searching.chip_row import ChipRow
from engine.model.value_class import dataclass
from widgets.icons import icon_pixmap
from widgets.layout.boxes import make_column
from widgets.look import scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.properties import with_properties
from widgets.theme import color, font, set_role
from widgets.translation import tr

_SHOWN = 200
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_PAD = 12
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `keys`: portable text of the user's own key. `why_not`: why it is not possible, "" when it is. `picture_id`: of the event
    whose picture stands before it."""

    action: Action
    keys: str = ""
    why_not: str = ""
    picture_id: str = ""

    def screen_reader_line(self) -> str:
        """For screen readers, and as the line's text."""
        parts = [self.action.title, self.action.section, shown_keys(self.keys)]
        if self.why_not:
            parts.append(tr("Not possible. {0}").format(self.why_not))
        return ", ".join(part for part in parts if part)


class PaletteModel(QAbstractListModel):
    """The lines that answer a query; what was run lately comes first while nothing is typed."""

    def __init__(self, entries: Sequence[Entry] = (), recent: Sequence[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.offer(entries, recent)

    def offer(self, entries: Sequence[Entry], recent: Sequence[str]) -> None:
        """These from now on, with nothing typed."""
        ranks = {action_id: number for number, action_id in enumerate(recent)}
        self._all = sorted(entries, key=lambda entry: ranks.get(entry.action.id, len(ranks)))
        self._texts = [(e.action.title.lower(), f"{e.action.section} {e.action.words}".lower()) for e in self._all]
        self._recent = ranks
        self._query = ""
        self.record_first = False
        self._front: tuple[Entry, ...] = ()
        self._asks = False
        self._found: tuple[Entry, ...] = ()
        self._shown: list[Entry] = []
        self.find("")

    def set_front(self, entries: Sequence[Entry], asks: bool = False) -> None:
        """What can be done with the text itself. `asks`: it is a question."""
        self._front, self._asks = tuple(entries), asks
        self.find(self._query)

    def set_found(self, entries: Sequence[Entry]) -> None:
        """What the record has for it."""
        if tuple(entries) != self._found:
            self._found = tuple(entries)
            self.find(self._query)

    def find(self, query: str) -> None:
        self.beginResetModel()
        self._query = query
        wanted = query.lower().strip()
        commands = self._best(wanted) if wanted else self._all[:_SHOWN]
        record = [*self._front, *self._found]
        self._shown = [*record, *commands] if self.record_first or self._asks else [*commands, *record]
        self.endResetModel()

    def _best(self, query: str) -> list[Entry]:
        found: list[tuple[float, int]] = []
        for number, (entry, (title, more)) in enumerate(zip(self._all, self._texts, strict=True)):
            points = score(query, title, more)
            if points >= 0:
                found.append((points + (8 if entry.action.id in self._recent else 0) - (6 if entry.why_not else 0), number))
        found.sort(key=lambda pair: (-pair[0], pair[1]))
        return [self._all[number] for _, number in found[:_SHOWN]]

    def entry(self, row: int) -> Entry:
        return self._shown[row]

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._shown)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._shown[index.row()].screen_reader_line()
        return None


class PaletteDelegate(QStyledItemDelegate):
    """Title and where it belongs; at the right its key, or below why it is not possible."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, scaled(48))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, PaletteModel)
        entry = model.entry(index.row())
        row: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        state = option.state  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_Selected:
            fill_chosen(painter, row)
            painter.fillRect(QRect(row.left(), row.top(), 3, row.height()), color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(row, color("hover"))
        area = row.adjusted(_PAD, 4, -_PAD, -4)
        view = self.parent()
        if entry.picture_id and isinstance(view, QListView):
            area = _paint_picture(painter, cast("Palette", view.window()).pictures.get(entry.picture_id), area)
        self._paint_texts(painter, entry, area)
        painter.restore()

    def _paint_texts(self, painter: QPainter, entry: Entry, area: QRect) -> None:
        keys = shown_keys(entry.keys)
        small = QFontMetrics(font("secondary"))
        room = small.horizontalAdvance(keys) + 18 if keys else 0
        half = area.height() // 2
        title = QRect(area.left(), area.top(), area.width() - room, half)
        painter.setFont(font("body"))
        painter.setPen(color("secondary" if entry.why_not else "text"))
        text = QFontMetrics(font("body")).elidedText(entry.action.title, Qt.TextElideMode.ElideRight, title.width())
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(font("secondary"))
        painter.setPen(color("moderate" if entry.why_not else "secondary"))
        below = QRect(area.left(), area.top() + half, area.width(), area.height() - half)
        said = f"{entry.action.section} – {entry.why_not}" if entry.why_not else entry.action.section
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, small.elidedText(said, Qt.TextElideMode.ElideRight, below.width()))
        if keys:
            cap = QRect(area.right() - room + 6, area.top(), room - 4, half)
            painter.setPen(color("line_strong"))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(color("text"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, keys)


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
    return area.adjusted(frame.width() + 10, 0, 0, 0)


class Palette(QDialog):
    """Commands, places of the site, and the record. Keyboard: type, arrows, Enter, Esc. `chosen` is the action to run when the dialog
    was accepted. Kept, and opened again with what
    there is then: to build it takes longer than to show it."""

    def __init__(self, entries: Sequence[Entry] = (), recent: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(tr("Search, ask or do"))
        self.chosen: Action | None = None
        self.pictures: dict[str, QPixmap] = {}
        self.chips = ChipRow()
        self.model = PaletteModel(entries, recent, self)
        self.edit = with_properties(
            QLineEdit(placeholderText=tr("Search, ask a question, or go to…")), accessibleName=tr("Search, ask or do: type here")
        )
        self.list = with_properties(QListView(), accessibleName=tr("What can be done"))
        self.note = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._build()
        self._select(0)

    def _build(self) -> None:
        set_role(self.note, "secondary")
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda index: self._run_row(index.row()))
        selection = self.list.selectionModel()
        selection.currentChanged.connect(self._announce_choice)
        self.edit.textChanged.connect(self._find)
        self.edit.installEventFilter(self)
        column = make_column(self, spacing=8, margins=(12, 12, 12, 12))
        column.addWidget(self.edit)
        column.addWidget(self.chips)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)
        self.setStyleSheet("Palette { border: 1px solid palette(light); }")

    def offer(self, entries: Sequence[Entry], recent: Sequence[str]) -> None:
        """As new, with these."""
        self.chosen = None
        self.edit.clear()
        self.model.offer(entries, recent)
        self._select(0)

    def show_front(self, entries: Sequence[Entry], asks: bool = False) -> None:
        """What Enter does with the text itself."""
        self.model.set_front(entries, asks)
        self._select(0)

    def show_found(self, entries: Sequence[Entry]) -> None:
        """Of the record; the line that is chosen stays where it is still there."""
        row = self.list.currentIndex().row()
        chosen = self.model.entry(row).action.id if 0 <= row < self.model.rowCount() else ""
        self.model.set_found(entries)
        rows = [number for number, entry in enumerate(self.model.entries()) if entry.action.id == chosen]
        self._select(rows[0] if rows else 0)

    def show_picture(self, picture_id: str, picture: QPixmap) -> None:
        self.pictures[picture_id] = picture
        self.list.viewport().update()

    def warm(self) -> None:
        """Fonts, styles and the window of the system, got ready unseen: they are most of a first opening."""
        self.winId()
        self.grab()

    def place_over(self, window: QWidget) -> None:
        """In the upper middle of the window, never larger than it."""
        self.resize(min(scaled(640), window.width() - 32), min(scaled(460), window.height() - 64))
        self.move(
            window.mapToGlobal(window.rect().topLeft()).x() + (window.width() - self.width()) // 2,
            window.mapToGlobal(window.rect().topLeft()).y() + 48,
        )

    def _find(self, query: str) -> None:
        self.model.find(query)
        self._select(0)

    def _select(self, row: int) -> None:
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(row))
        self._announce_choice()

    def _announce_choice(self) -> None:
        """What is chosen, for those who listen instead of looking, and why it cannot be run."""
        row = self.list.currentIndex().row()
        if 0 <= row < self.model.rowCount():
            entry = self.model.entry(row)
            self.edit.setAccessibleDescription(tr("{0}. {1} of {2}").format(entry.screen_reader_line(), row + 1, self.model.rowCount()))
            self.note.setText(entry.why_not)
        else:
            self.edit.setAccessibleDescription(tr("Nothing found"))
            self.note.setText(tr("No match. Try fewer letters."))
        self.note.setVisible(bool(self.note.text()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.edit:
            if event.key() in _MOVES:
                QCoreApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run_row(self.list.currentIndex().row())
                return True
        return super().eventFilter(watched, event)

    def _run_row(self, row: int) -> None:
        """What is not possible stays on screen, with why."""
        if 0 <= row < self.model.rowCount() and not self.model.entry(row).why_not:
            self.chosen = self.model.entry(row).action
            self.accept()
