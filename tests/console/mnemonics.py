"""Letters of Alt that two things on screen at once answer to: neither then does at the first press."""

from collections import defaultdict
from collections.abc import Iterator

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QGroupBox, QLabel, QTabBar, QTabWidget, QToolButton, QWidget


def clashes(root: QWidget) -> list[str]:
    """`Alt+S: Save, Shelve`. What is disabled counts as well: as a rule it is not for long."""
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for text in _texts(root):
        if key := QKeySequence.mnemonic(text).toString():
            by_key[key].append(_shown(text))
    return [f"{key}: {', '.join(sorted(said))}" for key, said in sorted(by_key.items()) if len(said) > 1]


def clashes_anywhere(root: QWidget) -> list[str]:
    """Also behind each tab, and in what is folded away. Leaves everything unfolded, and the last tab in front."""
    found = set(clashes(root))
    for button in root.findChildren(QToolButton):
        if _unfolds(button) and button.isVisibleTo(root):
            button.click()
    for tabs in root.findChildren(QTabWidget):
        for number in range(tabs.count()):
            tabs.setCurrentIndex(number)
            found.update(clashes(root))
    return sorted(found.union(clashes(root)))


def _unfolds(button: QToolButton) -> bool:
    """A line of words that shows more below it; tools that only have a picture have no letter."""
    return button.isCheckable() and not button.isChecked() and not QKeySequence.mnemonic(button.text()).isEmpty()


def _shown(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _texts(root: QWidget) -> Iterator[str]:
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root):
            continue
        if isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy() is not None):
            yield widget.text()
        elif isinstance(widget, QGroupBox):
            yield widget.title()
        elif isinstance(widget, QTabBar):
            yield from (widget.tabText(number) for number in range(widget.count()) if widget.isTabVisible(number))
