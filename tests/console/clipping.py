"""What of a window's words cannot be read, found without looking: too little room for a text, or standing outside what holds it."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTabBar,
    QToolButton,
    QWidget,
)

from widgets.fitting_scroll import FittingScroll

_SLACK = 2  # pixels; rounding of fonts
_ARROW = 18  # pixels of a combo box beside its text


def clipped(root: QWidget) -> list[str]:
    """What is cut short or off, and where it stands. Shortened texts with the whole in their tooltip are all right."""
    shown = [root, *(widget for widget in root.findChildren(QWidget) if widget.isVisibleTo(root))]
    return [f"{what}: {_described(widget)}" for widget in shown for what in _faults(widget, root)]


def too_large(dialog: QDialog, width: int, height: int) -> list[str]:
    """Whether a dialog cannot be made small enough for a screen."""
    dialog.layout().activate()
    least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
    for scroll in dialog.findChildren(FittingScroll):
        least -= scroll.size() - scroll.minimumSizeHint()
    return [f"{least.width()} × {least.height()} for {width} × {height}"] if least.width() > width or least.height() > height else []


def _faults(widget: QWidget, root: QWidget) -> Iterator[str]:
    if widget is not root and _outside(widget):
        yield "outside of what holds it"
    if widget.toolTip() or widget.size().isEmpty():
        return
    if isinstance(widget, QLabel):
        yield from _of_label(widget)
    elif isinstance(widget, QAbstractButton) and widget.text() and _says_its_text(widget):
        yield from _of_hint(widget)
    elif isinstance(widget, QComboBox) and not widget.isEditable():
        if _advance(widget, widget.currentText()) + _ARROW > widget.width():
            yield f"“{widget.currentText()}” is cut short"
    elif isinstance(widget, QLineEdit):
        if not widget.text() and _advance(widget, widget.placeholderText()) + 8 > widget.width():
            yield f"“{widget.placeholderText()}” is cut short"
    elif isinstance(widget, QTabBar) and widget.count() and widget.tabRect(widget.count() - 1).right() > widget.width() + _SLACK:
        yield "tabs do not fit"


def _of_label(label: QLabel) -> Iterator[str]:
    if not label.text() or label.pixmap().width():
        return
    if label.wordWrap():
        if label.heightForWidth(label.width()) > label.height() + _SLACK:
            yield f"“{label.text()}” has {label.height()} of {label.heightForWidth(label.width())} px"
    else:
        yield from _of_hint(label)


def _of_hint(widget: QLabel | QAbstractButton) -> Iterator[str]:
    wanted, has = widget.minimumSizeHint() if isinstance(widget, QLabel) else widget.sizeHint(), widget.size()
    line = QFontMetrics(widget.font()).height()
    if wanted.width() > has.width() + _SLACK or min(wanted.height(), line) > has.height() + _SLACK:
        yield f"“{widget.text()}” has {has.width()} × {has.height()} of {wanted.width()} × {wanted.height()} px"


def _says_its_text(button: QAbstractButton) -> bool:
    if isinstance(button, QToolButton):
        return button.toolButtonStyle() is not Qt.ToolButtonStyle.ToolButtonIconOnly
    return isinstance(button, (QPushButton, QCheckBox, QRadioButton))


def _advance(widget: QWidget, text: str) -> int:
    return QFontMetrics(widget.font()).horizontalAdvance(text)


def _outside(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or _is_viewport(parent) or isinstance(parent, (QAbstractScrollArea, QTabBar)):
        return False
    return not parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(widget.geometry()) and not widget.size().isEmpty()


def _is_viewport(widget: QWidget) -> bool:
    above = widget.parentWidget()
    return isinstance(above, QAbstractScrollArea) and above.viewport() is widget


def _described(widget: QWidget) -> str:
    names = [type(widget).__name__ + (f"#{widget.objectName()}" if widget.objectName() else "")]
    above = widget.parentWidget()
    while above is not None and len(names) < 4:
        names.append(type(above).__name__)
        above = above.parentWidget()
    return " < ".join(names)
