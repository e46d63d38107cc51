"""Keys of the Investigate page, beside those of the transport and the timeline."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from console.pages.investigate_words import tr
from console.pages.page import ShortcutNote


def bind_keys(page: QWidget, acts: Iterable[tuple[str, Callable[[], object]]]) -> None:
    """Wherever on the page the focus is."""
    for keys, do in acts:
        QShortcut(QKeySequence(keys), page, context=Qt.ShortcutContext.WidgetWithChildrenShortcut).activated.connect(do)


def key_notes() -> tuple[ShortcutNote, ...]:
    return (
        ShortcutNote("Space J K L", tr("Play; back, stop, forward; again: faster")),
        ShortcutNote(", .", tr("One picture back or forward")),
        ShortcutNote("N Shift+N", tr("The next event, the one before")),
        ShortcutNote("I O", tr("The stretch begins, ends at the moment that is shown")),
        ShortcutNote("B", tr("A bookmark on this moment")),
        ShortcutNote("G", tr("Go to a day")),
        ShortcutNote("/", tr("Search the record, or jump to a time")),
        ShortcutNote("+ − ← →", tr("On the timeline: closer, farther, earlier, later; the wheel zooms")),
        ShortcutNote("Home End", tr("On the timeline: where the record begins; now")),
    )
