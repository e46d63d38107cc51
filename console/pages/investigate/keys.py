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
        ShortcutNote("Space J K L", tr("Play or pause; backwards, stop, forwards (again: faster)")),
        ShortcutNote(", .", tr("Previous, next frame")),
        ShortcutNote("+ − ← →", tr("Timeline: zoom in, zoom out, earlier, later")),
        ShortcutNote("Home End", tr("Timeline: start of the record; now")),
    )
