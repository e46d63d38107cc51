"""Keys of the Investigate page, beside those of the transport and the timeline."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtWidgets import QWidget

from console.pages.page import ShortcutNote
from console.palette.commands_catalogue import Action, keyed
from widgets.translation import tr


def key_actions(page: QWidget, listed: Iterable[tuple[Any, ...]]) -> tuple[Action, ...]:
    """See `keyed`: wherever on the page the focus is."""
    return keyed("investigate", tr("Investigate"), listed, (page,))


def key_notes() -> tuple[ShortcutNote, ...]:
    return (
        ShortcutNote("Space J K L", tr("Play; back, stop, forward; again: faster")),
        ShortcutNote(", .", tr("One picture back or forward")),
        ShortcutNote("+ − ← →", tr("On the timeline: closer, farther, earlier, later; the wheel zooms")),
        ShortcutNote("Home End", tr("On the timeline: where the record begins; now")),
    )
