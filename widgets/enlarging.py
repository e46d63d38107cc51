"""Text of another size in windows that are open: fonts set by hand, and the sizes of what holds text."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from widgets.look import look
from widgets.theme import font

_UNBOUNDED = 16_777_215  # Qt's QWIDGETSIZE_MAX
_DONE = "text_percent"
_OF_THE_SHEET = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit)  # the style sheet gives them their least height


def resize_texts(widgets: Iterable[QWidget], before: Mapping[str, int]) -> None:
    """Give fonts that were set by hand the size that their role has now. `before`: role → pixels, until now."""
    percent = look().text_percent
    for widget in widgets:
        if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont):
            _resize_font(widget, before)
        if widget.property(_DONE) is not None:
            _resize(widget, percent)


def enlarge(root: QWidget) -> None:
    """Give the sizes that were set in pixels the size of text that is set. Call when all of `root` is built."""
    percent = look().text_percent
    for widget in (root, *root.findChildren(QWidget)):
        _resize(widget, percent)


def _resize_font(widget: QWidget, before: Mapping[str, int]) -> None:
    kept = widget.font()
    role = next((role for role, size in before.items() if size == kept.pixelSize()), None)
    if role is not None:
        kept.setPixelSize(font(role).pixelSize())
        widget.setFont(kept)


def _resize(widget: QWidget, percent: int) -> None:
    done = widget.property(_DONE) or 100
    widget.setProperty(_DONE, percent)
    if done == percent:
        return
    least, most = widget.minimumSize(), widget.maximumSize()
    least_height = least.height() if isinstance(widget, _OF_THE_SHEET) else _stretched(least.height(), done, percent)
    for size, give, wanted in (
        (least, widget.setMinimumSize, QSize(_stretched(least.width(), done, percent), least_height)),
        (most, widget.setMaximumSize, QSize(*(_stretched(side, done, percent) for side in (most.width(), most.height())))),
    ):
        if wanted != size:
            give(wanted)


def _stretched(side: int, done: int, percent: int) -> int:
    """Lines of a pixel or two stay, and so does what has no bound."""
    return side if side <= 2 or side >= _UNBOUNDED else round(side * percent / done)
