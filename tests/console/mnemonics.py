"""Letters of Alt that two things on screen at once answer to: neither then does at the first press."""

from collections import defaultdict
from collections.abc import Iterator

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QTabBar, QWidget


def clashes(root: QWidget) -> list[str]:
    """`Alt+S: Save, Shelve`."""
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for text in _texts(root):
        if key := QKeySequence.mnemonic(text).toString():
            by_key[key].append(text.replace("&", ""))
    return [f"{key}: {', '.join(sorted(said))}" for key, said in sorted(by_key.items()) if len(said) > 1]


def _texts(root: QWidget) -> Iterator[str]:
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root):
            continue
        if isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy() is not None):
            yield widget.text()
        elif isinstance(widget, QTabBar):
            yield from (widget.tabText(number) for number in range(widget.count()))
