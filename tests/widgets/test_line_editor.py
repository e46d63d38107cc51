from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.fields.line_editor import LineEditor
from widgets.theme import color
from widgets.toml_colors import TomlColors

TEXT = "\n".join(f"line {number}" for number in range(1, 400))


def shown(qtbot: QtBot) -> LineEditor:
    editor = LineEditor()
    qtbot.addWidget(editor)
    editor.resize(500, 300)
    editor.setPlainText(TEXT)
    editor.show()
    return editor


def test_it_goes_to_a_line_also_far_below_and_past_the_end(qtbot: QtBot) -> None:
    editor = shown(qtbot)
    editor.go_to(300)
    assert editor.line() == 300 and editor.rect().contains(editor.cursorRect())
    editor.go_to(0)
    assert editor.line() == 1


def test_wrong_lines_are_marked_in_the_margin_and_told(qtbot: QtBot) -> None:
    editor = shown(qtbot)
    before = editor.margin.grab().toImage()
    editor.set_marks({2: "This is wrong", 9000: "Beyond the end"})
    marked = editor.margin.grab().toImage()
    assert marked != before and editor.marks()[2] == "This is wrong"
    reds = {marked.pixelColor(x, y).name() for x in range(marked.width()) for y in range(marked.height())}
    assert color("critical").name() in reds
    editor.go_to(2)
    place = editor.cursorRect().center()
    QApplication.sendEvent(editor.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, place, editor.viewport().mapToGlobal(place)))
    assert QToolTip.text() == "This is wrong"
    QToolTip.hideText()
    editor.set_marks({})
    assert editor.margin.grab().toImage().pixelColor(QPoint(8, 20)) != color("critical")


def test_another_text_keeps_the_line_and_can_be_undone(qtbot: QtBot) -> None:
    editor = shown(qtbot)
    editor.go_to(20)
    editor.change_to(TEXT.replace("line 3\n", ""))
    assert editor.line() == 20
    editor.undo()
    assert editor.toPlainText() == TEXT
    editor.change_to("one")
    assert editor.line() == 1


def test_the_tab_key_goes_on(qtbot: QtBot) -> None:
    both = QWidget()
    qtbot.addWidget(both)
    column = QVBoxLayout(both)
    editor, after = LineEditor(), QLineEdit()
    column.addWidget(editor)
    column.addWidget(after)
    with qtbot.waitActive(both):
        both.show()
        both.activateWindow()
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert after.hasFocus() and editor.toPlainText() == ""


def test_a_comment_sign_within_a_string_is_none(qtbot: QtBot) -> None:
    editor = shown(qtbot)
    editor.setPlainText('name = "Gate #1" # north')
    colors = TomlColors(editor.document())
    colors.rehighlight()
    looks = editor.document().firstBlock().layout().formats()
    comments = [look.start for look in looks if look.format.fontItalic()]
    assert comments == [17]
