"""Where Tab goes and what a screen reader says: for tests of pages and dialogs."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QWidget


def stops(root: QWidget) -> list[QWidget]:
    """Where Tab is to stop: what can be seen and used, and takes the focus by Tab. Parts of a control count as the control."""
    found = [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    ]
    return [widget for widget in found if not isinstance(widget.parentWidget(), (QComboBox, QAbstractSpinBox))]


def spoken(widget: QWidget) -> str:
    """What a screen reader says it is."""
    told = QAccessible.queryAccessibleInterface(widget)
    name = told.text(QAccessible.Text.Name) if told is not None else ""
    return name or widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def nameless(root: QWidget) -> list[str]:
    return [described(widget) for widget in stops(root) if not spoken(widget).strip() and not _is_plain_scroll(widget)]


def _is_plain_scroll(widget: QWidget) -> bool:
    """A page that is longer than the screen takes arrow keys; what it holds has the names."""
    return type(widget).__name__ == "QScrollArea"


def described(widget: QWidget) -> str:
    above = [type(parent).__name__ for parent in parents(widget)][:4]
    return f"{type(widget).__name__} {widget.objectName()!r} in {' < '.join(above)}"


def parents(widget: QWidget) -> Iterator[QWidget]:
    above = widget.parentWidget()
    while above is not None:
        yield above
        above = above.parentWidget()


def visited(root: QWidget, begin: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Where the focus goes with Tab until it comes back to where it began; a trap shows as stops that repeat."""
    begin.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    modifiers = Qt.KeyboardModifier.ShiftModifier if key == Qt.Key.Key_Backtab else Qt.KeyboardModifier.NoModifier
    for _ in range(4 * len(stops(root)) + 8):
        now = QApplication.focusWidget()
        if now is None or (seen and now is seen[0] and now is not seen[-1]):  # some take Tab for what is in them, first
            break
        seen.append(now)
        QTest.keyClick(now, key, modifiers)
    return seen


def unreached(root: QWidget) -> list[str]:
    """Stops that Tab never comes to. Buttons of one exclusive group are one stop, as everywhere: arrows go on inside."""
    wanted = stops(root)
    if not wanted:
        return []
    seen = set(visited(root, wanted[0]))
    reached = seen | {parent for widget in seen for parent in parents(widget)}
    return [described(widget) for widget in wanted if widget not in reached and not _grouped(widget, seen)]


def _grouped(widget: QWidget, seen: set[QWidget]) -> bool:
    if not isinstance(widget, QAbstractButton):
        return False
    group = widget.group()
    mates = group.buttons() if group is not None and group.exclusive() else []
    return any(mate in seen for mate in mates)
