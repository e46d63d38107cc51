"""What the words at the cursor of a question may go on as: a list near its box that Tab, Enter or a click takes from."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.look import scaled
from widgets.translation import tr

_PAD = 48  # pixels: the icon and the edges of a row
_STEPS = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text`: takes the place of as many characters before the cursor as `typed` says. note: beside it; spoken: for screen readers."""

    text: str
    typed: int
    note: str
    spoken: str
    icon: str


class QuestionSuggestions(QListWidget):
    """Main thread. Lies over the window of its edit, which keeps the focus; no row is chosen until somebody chooses one.

    Signals: wanted(str): the text of the line before the cursor, which is at the end of a word.
    """

    wanted = Signal(str)

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit)  # no window of its own and no QCompleter, which deletes its popup twice where garbage takes that first
        self._edit, self._begun = edit, ""
        self._shown: tuple[Suggestion, ...] = ()
        self._uncovered: QWidget | None = None
        self.setAccessibleName(tr("Suggestions"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setIconSize(QSize(18, 18))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._take_clicked)
        self.hide()
        edit.textChanged.connect(self._on_text)

    def show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """None: the list is closed."""
        self._shown = tuple(suggestions)
        self.clear()
        for each in suggestions:
            item = QListWidgetItem(icon(each.icon), f"{each.text}  ·  {each.note}" if each.note else each.text, self)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, each.spoken)
        self.setVisible(bool(suggestions))
        self.place()

    def leave_uncovered(self, widget: QWidget) -> None:
        """What stands above the edit and is read while it is typed: the list lies above that too."""
        self._uncovered = widget
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED:
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Above the edit, so that no line of the text is covered; below it where there is more room."""
        if self.isHidden():
            return
        window, edit = self._edit.window(), self._edit
        if self.parentWidget() is not window:
            self.setParent(window)
            self.show()
        width = min(self.sizeHintForColumn(0) + scaled(_PAD), edit.width())
        top = edit.mapTo(window, QPoint(0, 0))
        above, below = self._free_above(window, top.y()), window.height() - top.y() - edit.height()
        height = min(self.count() * self.sizeHintForRow(0) + 2 * self.frameWidth(), max(above, below))
        left = top.x() + min(edit.cursorRect().left(), edit.width() - width)
        self.setGeometry(left, above - height if above >= below else top.y() + edit.height(), width, height)
        self.raise_()

    def _free_above(self, window: QWidget, edit_top: int) -> int:
        """Down to which y of the window nothing is covered that is read while somebody types."""
        widget = self._uncovered
        return edit_top if widget is None or widget.isHidden() else min(edit_top, widget.mapTo(window, QPoint(0, 0)).y())

    def handle_key(self, event: QKeyEvent) -> bool:
        """While the list is open. Whether the key was for it; any other goes to the text."""
        key, row = event.key(), self.currentRow()
        if key in _STEPS:
            self.setCurrentRow((row + 1 + _STEPS[key]) % (self.count() + 1) - 1)  # between the last and the first: none
        elif key == Qt.Key.Key_Tab or (key in _ENTER and row >= 0):
            self._take(max(row, 0))
        elif key in (Qt.Key.Key_Escape, *_ENTER, Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.hide()  # the question is asked, or the cursor goes to other words
            return key == Qt.Key.Key_Escape
        else:
            return False
        return True

    def _on_text(self) -> None:
        begun, rest = self._around()
        self._begun = begun
        self.show_suggestions(())
        if begun and not begun[-1].isspace() and not rest[:1].isalnum():
            self.wanted.emit(begun)

    def _around(self) -> tuple[str, str]:
        cursor = self._edit.textCursor()
        line, at = cursor.block().text(), cursor.positionInBlock()
        return line[:at], line[at:]

    def _take_clicked(self, index: QModelIndex) -> None:
        self._take(index.row())

    def _take(self, row: int) -> None:
        suggestion = self._shown[row]
        self.hide()
        begun, rest = self._around()
        if begun == self._begun:
            cursor = self._edit.textCursor()
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, suggestion.typed)
            cursor.insertText(suggestion.text if rest else f"{suggestion.text} ")
