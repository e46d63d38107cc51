"""What the words at the cursor of a question may go on as: a list that Tab, Enter or a click takes from."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit

from engine.model.value_class import dataclass
from widgets.icons import icon
from widgets.look import scaled
from widgets.translation import tr

_PAD = 48  # pixels: the icon and the edges of a row
_CLOSING = (Qt.Key.Key_Left, Qt.Key.Key_Right)  # the cursor goes to other words
_TAKING = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text`: takes the place of as many characters before the cursor as `typed` says. note: beside it; spoken: for screen readers."""

    text: str
    typed: int
    note: str
    spoken: str
    icon: str


class QuestionSuggestions(QCompleter):
    """Main thread. Signals: wanted(str): the text of the line before the cursor, which is at the end of a word."""

    wanted = Signal(str)

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit)
        self._edit, self._begun = edit, ""
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setAccessibleName(tr("Suggestions"))
        self.list.setIconSize(QSize(18, 18))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setModel(self._model)
        self.setPopup(self.list)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setWidget(edit)
        self.activated[QModelIndex].connect(self._take)  # type: ignore[reportUnknownMemberType, index]
        edit.textChanged.connect(self._on_text)

    def is_open(self) -> bool:
        return self.list.isVisible()

    def show_suggestions(self, suggestions: Sequence[Suggestion], chosen: bool) -> None:
        """None: the list is closed. `chosen`: the first is, so that Enter takes it; Tab takes it in any case."""
        self._model.clear()
        for each in suggestions:
            self._model.appendRow(_row(each))
        if not suggestions:
            self.list.hide()
            return
        box = self._edit.parentWidget()
        widest = self._edit.width() if box is None else box.width()
        width = min(self.list.sizeHintForColumn(0) + scaled(_PAD), widest)
        place = QRect(min(self._edit.cursorRect().left(), widest - width), 0, width, self._edit.height())  # no line of the text is covered
        self.complete(place)
        self.list.setCurrentIndex(self.completionModel().index(0, 0) if chosen else QModelIndex())

    def handle_key(self, event: QKeyEvent) -> bool:
        """While the list is open. Whether the key was for it; any other goes to the text."""
        current = self.list.currentIndex()
        if event.key() in _TAKING and (current.isValid() or event.key() == Qt.Key.Key_Tab):
            self._take(current if current.isValid() else self.completionModel().index(0, 0))
            return True
        self.list.setVisible(event.key() not in (Qt.Key.Key_Escape, *_TAKING, *_CLOSING))
        return event.key() == Qt.Key.Key_Escape

    def _on_text(self) -> None:
        begun, rest = self._around()
        self._begun = begun
        if begun and not begun[-1].isspace() and not rest[:1].isalnum():
            self.wanted.emit(begun)
        else:
            self.show_suggestions((), False)

    def _around(self) -> tuple[str, str]:
        cursor = self._edit.textCursor()
        line, at = cursor.block().text(), cursor.positionInBlock()
        return line[:at], line[at:]

    def _take(self, index: QModelIndex) -> None:
        self.list.hide()
        text, typed = index.data(Qt.ItemDataRole.UserRole)
        begun, rest = self._around()
        if begun == self._begun:
            cursor = self._edit.textCursor()
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, typed)
            cursor.insertText(text if rest else f"{text} ")


def _row(suggestion: Suggestion) -> QStandardItem:
    item = QStandardItem(icon(suggestion.icon), f"{suggestion.text}  ·  {suggestion.note}" if suggestion.note else suggestion.text)
    item.setData((suggestion.text, suggestion.typed), Qt.ItemDataRole.UserRole)
    item.setData(suggestion.spoken, Qt.ItemDataRole.AccessibleTextRole)
    item.setEditable(False)
    return item
