"""A text that is edited by lines: numbered, in one width of letters, with what is wrong marked where it stands."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import color, font

_GAP = 8
_MARK = 8


class LineEditor(QPlainTextEdit):
    """The Tab key goes on to what comes next, as everywhere. Lines are counted from 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: Mapping[int, str] = {}
        letters = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        letters.setPixelSize(font("body").pixelSize())
        self.setFont(letters)
        self.setStyleSheet(
            f'font-family: "{letters.family()}"; font-size: {letters.pixelSize()}px;'
        )  # the application's sheet names another
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.margin = _Margin(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._show_lines)
        self._make_room()

    def set_marks(self, marks: Mapping[int, str]) -> None:
        """What is wrong, by line."""
        if marks != self._marks:
            self._marks = dict(marks)
            self._show_lines()
            self.margin.update()

    def marks(self) -> Mapping[int, str]:
        return self._marks

    def line(self) -> int:
        return self.textCursor().blockNumber() + 1

    def go_to(self, line: int) -> None:
        """To its first letter, in the middle of what is seen."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.NextWord if block.text()[:1].isspace() else QTextCursor.MoveOperation.NoMove)
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus()

    def change_to(self, text: str) -> None:
        """Another text, which can be undone; the cursor stays at its line."""
        if text == self.toPlainText():
            return
        line = self.line()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()
        self.setTextCursor(QTextCursor(self.document().findBlockByNumber(min(line, self.blockCount()) - 1)))

    # What is drawn

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self.margin.setGeometry(QRect(inside.left(), inside.top(), self.margin.sizeHint().width(), inside.height()))

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            words = self._marks.get(self.cursorForPosition(event.pos()).blockNumber() + 1, "")
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().viewportEvent(event)

    def _make_room(self) -> None:
        self.setViewportMargins(self.margin.sizeHint().width(), 0, 0, 0)

    def _scrolled(self, area: QRect, by: int) -> None:
        if by:
            self.margin.scroll(0, by)
        else:
            self.margin.update(0, area.y(), self.margin.width(), area.height())

    def _show_lines(self) -> None:
        wrong = QColor(color("critical"))
        wrong.setAlphaF(0.16)
        shown = [self._stripe(line, wrong) for line in self._marks if line]
        if self.line() not in self._marks:
            shown.append(self._stripe(self.line(), color("raised")))
        self.setExtraSelections(shown)

    def _stripe(self, line: int, background: QColor) -> QTextEdit.ExtraSelection:
        stripe = QTextEdit.ExtraSelection()
        stripe.cursor = QTextCursor(self.document().findBlockByNumber(min(line, self.blockCount()) - 1))
        stripe.format.setBackground(background)
        stripe.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return stripe

    def draw_margin(self, painter: QPainter, area: QRect) -> None:
        """Numbers, and a triangle before those that are wrong."""
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= area.bottom():
            height = self.blockBoundingRect(block).height()
            if top + height >= area.top():
                self._draw_number(painter, block.blockNumber() + 1, QRect(0, round(top), self.margin.width() - _GAP, round(height)))
            block, top = block.next(), top + height

    def _draw_number(self, painter: QPainter, line: int, place: QRect) -> None:
        wrong = line in self._marks
        if wrong:
            draw_shape(painter, "triangle", QRectF(_GAP // 2, place.center().y() - _MARK // 2, _MARK, _MARK), color("critical"))
        painter.setPen(color("critical" if wrong else "text" if line == self.line() else "secondary"))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(line))


class _Margin(QWidget):
    def __init__(self, editor: LineEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        digits = max(3, len(str(self._editor.blockCount())))
        return QSize(round(QFontMetricsF(self._editor.font()).horizontalAdvance("9" * digits)) + _MARK + 3 * _GAP, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), color("window"))
        self._editor.draw_margin(painter, event.rect())
