"""Which events a feed shows."""

from engine.model.event import Event
from engine.model.history.event_names import EVENT_NAMES
from engine.model.history.timeline import SearchFilter
from engine.model.value_class import dataclass
from widgets.row_limits import NO_LIMITS, event_fits
from widgets.row_words import row_has
from widgets.theme import severity_word
from widgets.translation import tr
from widgets.words import event_title


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Attributes:
    text: every word of it must occur in what the row says, in the language on screen or in English, or in the id.
    limits: filters that were typed or chosen.
    """

    text: str = ""
    limits: SearchFilter = NO_LIMITS

    def is_open(self) -> bool:
        """True when it lets everything through."""
        return not self.text.strip() and self.limits == NO_LIMITS

    def lets_through(self, event: Event, camera_name: str) -> bool:
        if not event_fits(self.limits, event):
            return False
        simulated = (tr("SIMULATED"), "SIMULATED") if event.simulated else ()
        severity = (severity_word(event.severity), event.severity.name)
        shown = (event_title(event), EVENT_NAMES[event.kind], camera_name, event.person, event.label, event.reason)
        return row_has(self.text, (*shown, *severity, *simulated, event.id))
