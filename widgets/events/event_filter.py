"""Which events a feed shows."""

from dataclasses import dataclass

from engine.model.event import Event, EventKind
from widgets.words import event_title


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Attributes:
    text: every word of it must occur in the title, camera name, reason or id, whatever the case.
    camera_id, kind: "" and None let all through.
    """

    text: str = ""
    camera_id: str = ""
    kind: EventKind | None = None

    def is_open(self) -> bool:
        """True when it lets everything through."""
        return not self.text.strip() and not self.camera_id and self.kind is None

    def lets_through(self, event: Event, camera_name: str) -> bool:
        if self.camera_id and event.camera_id != self.camera_id:
            return False
        if self.kind is not None and event.kind is not self.kind:
            return False
        words = self.text.casefold().split()
        if not words:
            return True
        hay = f"{event_title(event)} {camera_name} {event.reason} {event.id}".casefold()
        return all(word in hay for word in words)
