"""Words of the model's values, ready for translation."""

from PySide6.QtCore import QCoreApplication

from engine.model.cameras.detection import Category
from engine.model.event import Event, EventKind
from engine.model.health import CameraState
from engine.model.history.event_names import EVENT_NAMES
from widgets.number_text import number_text
from widgets.translation import tr

_QUOTED = 20  # characters of what was typed that a sentence about it repeats


def count_text(count: int, one: str, many: str) -> str:
    """`one` of one, `many` (with a field for the number) of none and of several; both translated."""
    return one if count == 1 else many.format(number_text(count))


def category_named(name: str) -> str:
    """By the name that a trail gives: `person`; the name itself where it is none of them."""
    known = Category.__members__.get(name.upper())
    return category_word(known) if known is not None else name


def category_word(category: Category) -> str:
    return {
        Category.PERSON: QCoreApplication.translate("Words", "Person"),
        Category.VEHICLE: QCoreApplication.translate("Words", "Vehicle"),
        Category.ANIMAL: QCoreApplication.translate("Words", "Animal"),
        Category.OBJECT: QCoreApplication.translate("Words", "Object"),
    }[category]


def kind_word(kind: EventKind) -> str:
    """The one name of a kind of event, in rows, filters, rules and the timeline."""
    return tr(EVENT_NAMES[kind])


def typed_part(text: str) -> str:
    """What was typed, short enough to be quoted in a sentence."""
    typed = text.strip()
    return typed if len(typed) <= _QUOTED else f"{typed[:_QUOTED].rstrip()}…"


def capitalised(text: str) -> str:
    """As a line begins: with a capital letter."""
    return text[:1].upper() + text[1:]


def event_title(event: Event) -> str:
    """The name of its kind; a gesture has its own name with it."""
    if event.kind is EventKind.GESTURE and event.label:
        on_trial = QCoreApplication.translate("Words", "Gesture “{0}”, on trial") if event.shadow else ""
        return (on_trial or QCoreApplication.translate("Words", "Gesture “{0}”")).format(event.label)
    return kind_word(event.kind)


def state_word(state: CameraState) -> str:
    return {
        CameraState.CONNECTING: QCoreApplication.translate("Words", "Connecting"),
        CameraState.LIVE: QCoreApplication.translate("Words", "Live"),
        CameraState.LOST: QCoreApplication.translate("Words", "Offline"),
        CameraState.PAUSED: QCoreApplication.translate("Words", "Paused"),
        CameraState.ENDED: QCoreApplication.translate("Words", "Ended"),
    }[state]
