"""What of a window's words cannot be read, found without looking: too little room for a text, or standing outside what holds it."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import combinations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QStackedLayout,
    QTabBar,
    QToolButton,
    QWidget,
)

from widgets.layout.fitting_scroll import FittingScroll

_SLACK = 2  # pixels; rounding of fonts
_OVER = 4  # pixels that edges may lie over each other without hiding anything
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
    if widget.size().isEmpty():
        return
    yield from _overlapping(widget)
    if isinstance(widget, QLabel):
        yield from _of_label(widget)
    elif isinstance(widget, QAbstractButton) and widget.text() and _says_its_text(widget):
        yield from _of_hint(widget)
    elif isinstance(widget, QComboBox) and not widget.isEditable():
        if _advance(widget, widget.currentText()) + _ARROW > widget.width() and not _tip_says(widget, widget.currentText()):
            yield f"“{widget.currentText()}” is cut short"
    elif isinstance(widget, QLineEdit):
        hint = widget.placeholderText()
        if not widget.text() and _advance(widget, hint) + 8 > widget.width() and not _tip_says(widget, hint):
            yield f"“{hint}” is cut short"
    elif isinstance(widget, QTabBar):
        yield from _of_tabs(widget)
    elif isinstance(widget, QScrollArea):
        yield from _of_scroll_area(widget)


def _overlapping(holder: QWidget) -> Iterator[str]:
    """Of what its layout holds: a layout with too little room puts things over each other."""
    layout = holder.layout()
    if layout is None or isinstance(layout, QStackedLayout):
        return
    shown = [part for part in _laid_out(layout) if part.isVisibleTo(holder) and not part.size().isEmpty()]
    for one, other in combinations(shown, 2):
        both = one.geometry().intersected(other.geometry())
        if min(both.width(), both.height()) > _OVER:
            yield f"{type(one).__name__} and {type(other).__name__} overlap by {both.width()} × {both.height()} px"


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for item in map(layout.itemAt, range(layout.count())):
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)


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
    short = wanted.width() > has.width() + _SLACK and not _tip_says(widget, widget.text())
    if short or min(wanted.height(), line) > has.height() + _SLACK:
        yield f"“{widget.text()}” has {has.width()} × {has.height()} of {wanted.width()} × {wanted.height()} px"


def _of_tabs(bar: QTabBar) -> Iterator[str]:
    shown = [number for number in range(bar.count()) if bar.isTabVisible(number)]
    if shown and bar.tabRect(shown[-1]).right() > bar.width() + _SLACK:
        yield "tabs do not fit"


def _of_scroll_area(area: QScrollArea) -> Iterator[str]:
    held, policy = area.widget(), area.horizontalScrollBarPolicy()
    if held is not None and policy is Qt.ScrollBarPolicy.ScrollBarAlwaysOff and held.width() > area.viewport().width() + _SLACK:
        yield f"{held.width()} px wide, and only {area.viewport().width()} px of it can be seen"


def _tip_says(widget: QWidget, text: str) -> bool:
    """Whether the tooltip has the whole of it. One that explains something else does not help."""
    return text.replace("&", "") in unescape(re.sub(r"<[^>]+>", "", widget.toolTip()))


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
