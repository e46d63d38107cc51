"""The list of events, newest first, with thumbnails, a filter and honest times."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.model.event import Event
from engine.model.time import Clock


class EventFeed(QWidget):
    """Qt's main thread only.

    Signals:
        event_selected(event_id): the current row changed.
        event_activated(event_id): double-click or Enter, "open this".
        thumbnail_wanted(event_id): a row without thumbnail is on screen; answer with `set_thumbnail`. Asked again, sparsely, while there is none.
    """

    event_selected = Signal(str)
    event_activated = Signal(str)
    thumbnail_wanted = Signal(str)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None: ...
    def set_events(self, events: tuple[Event, ...], camera_names: Mapping[str, str]) -> None:
        """Show these events, newest first. Rows are matched by id: what has not changed is not touched, the scroll position holds."""

    def set_thumbnail(self, event_id: str, jpeg: bytes) -> None:
        """A picture for a row; damaged or unknown ones are ignored."""

    def set_clip_events(self, event_ids: Collection[str]) -> None:
        """Events that have a clip get a mark."""

    def select(self, event_id: str) -> None: ...
    def selected(self) -> str: ...
    def count(self) -> int:
        """Rows that pass the filter."""
