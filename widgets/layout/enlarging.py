"""Text of another size in windows that are open: fonts set by hand, and the sizes of what holds text."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from widgets.look import current_look
from widgets.theme import font
from widgets.tokens import load_tokens

_UNBOUNDED = 16_777_215  # Qt's QWIDGETSIZE_MAX
_DONE = "text_percent"


def hand_set_fonts(widgets: Iterable[QWidget]) -> list[tuple[QWidget, str]]:
    """Widgets whose font was set by hand, with its role in the look on screen; whatever has a size of its own is not among them."""
    roles = {size: role for role, size in load_tokens().sizes.items()}
    fonts = ((widget, widget.font().pixelSize()) for widget in widgets if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont))
    return [(widget, roles[size]) for widget, size in fonts if size in roles]


def resize_texts(widgets: Iterable[QWidget], fonts: Iterable[tuple[QWidget, str]]) -> None:
    """After the size of text has changed. `fonts`: what `hand_set_fonts` said before."""
    for widget, role in fonts:
        kept = widget.font()
        kept.setPixelSize(font(role).pixelSize())
        widget.setFont(kept)
    for widget in widgets:
        if widget.property(_DONE) is not None:
            _resize(widget, current_look().text_percent)
        widget.updateGeometry()
        if isinstance(widget, QAbstractItemView):
            widget.scheduleDelayedItemsLayout()


def enlarge(root: QWidget) -> None:
    """Give what has a fixed size, or a largest one, the size of text that is set. Call when all of `root` is built.

    Least sizes stay: they say when a panel is of no use, and larger ones would not fit the screen.
    """
    percent = current_look().text_percent
    for widget in (root, *root.findChildren(QWidget)):
        _resize(widget, percent)


def sized_by_hand(widget: QWidget) -> None:
    """Its sizes are of the size of text that is set already."""
    widget.setProperty(_DONE, current_look().text_percent)


def _resize(widget: QWidget, percent: int) -> None:
    """A window itself stays: it has to fit the screen."""
    if widget.isWindow():
        return
    done = widget.property(_DONE) or 100
    widget.setProperty(_DONE, percent)
    if done == percent:
        return
    if isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Vertical:
        widget.setDefaultSectionSize(_stretched(widget.defaultSectionSize(), done, percent))
    least, most = widget.minimumSize(), widget.maximumSize()
    for fixed, bound, set_least, set_most in (
        (least.width() == most.width(), most.width(), widget.setMinimumWidth, widget.setMaximumWidth),
        (least.height() == most.height(), most.height(), widget.setMinimumHeight, widget.setMaximumHeight),
    ):
        wanted = _stretched(bound, done, percent)
        if fixed:
            set_least(min(bound, wanted))  # a least size above the largest would win
        set_most(wanted)
        if fixed:
            set_least(wanted)


def _stretched(side: int, done: int, percent: int) -> int:
    """Lines of a pixel or two stay, and so does what has no bound."""
    return side if side <= 2 or side >= _UNBOUNDED else round(side * percent / done)
