"""Words of the model's values, ready for translation."""

from PySide6.QtCore import QCoreApplication

from engine.model.cameras.detection import Category
from engine.model.event import Event, EventKind
from engine.model.health import CameraState
from widgets.number_text import number_text


def count_text(count: int, one: str, many: str) -> str:
    """`one` of one, `many` (with a field for the number) of none and of several; both translated."""
    return one if count == 1 else many.format(number_text(count))


def category_word(category: Category) -> str:
    return {
        Category.PERSON: QCoreApplication.translate("Words", "Person"),
        Category.VEHICLE: QCoreApplication.translate("Words", "Vehicle"),
        Category.ANIMAL: QCoreApplication.translate("Words", "Animal"),
        Category.OBJECT: QCoreApplication.translate("Words", "Object"),
    }[category]


def kind_word(kind: EventKind) -> str:
    """The kind as a thing to choose in a filter."""
    return {
        EventKind.PERSON: QCoreApplication.translate("Words", "People"),
        EventKind.MOTION: QCoreApplication.translate("Words", "Motion"),
        EventKind.CAMERA_LOST: QCoreApplication.translate("Words", "Lost cameras"),
        EventKind.PRESENCE: QCoreApplication.translate("Words", "Presence"),
        EventKind.ZONE_VISIT: QCoreApplication.translate("Words", "Visits to zones"),
        EventKind.ZONE_OCCUPIED: QCoreApplication.translate("Words", "Zones in use"),
        EventKind.CROSSING: QCoreApplication.translate("Words", "Ways through doors"),
        EventKind.FALL: QCoreApplication.translate("Words", "Falls"),
        EventKind.NODE_LOST: QCoreApplication.translate("Words", "Lost nodes"),
        EventKind.GESTURE: QCoreApplication.translate("Words", "Gestures"),
        EventKind.FIGHT: QCoreApplication.translate("Words", "Fights"),
        EventKind.LOITERING: QCoreApplication.translate("Words", "Loitering"),
        EventKind.RUNNING: QCoreApplication.translate("Words", "Running"),
        EventKind.CROWD: QCoreApplication.translate("Words", "Crowds"),
        EventKind.NAMED: QCoreApplication.translate("Words", "Names found"),
        EventKind.WHO_IS_IT: QCoreApplication.translate("Words", "Unsure who it is"),
        EventKind.BADGE_WITHOUT_OWNER: QCoreApplication.translate("Words", "Badges without their owner"),
        EventKind.TWO_PLACES: QCoreApplication.translate("Words", "People in two places"),
        EventKind.PHONE_LEFT: QCoreApplication.translate("Words", "Phones left behind"),
        EventKind.INCIDENT: QCoreApplication.translate("Words", "Incidents reported"),
        EventKind.SMOKE: QCoreApplication.translate("Words", "Smoke"),
        EventKind.FORECAST_FAILED: QCoreApplication.translate("Words", "Failed risk forecasts"),
    }[kind]


def capitalised(text: str) -> str:
    """As a line begins: with a capital letter."""
    return text[:1].upper() + text[1:]


def event_title(event: Event) -> str:
    """What happened: `Person appeared`, `Camera lost`, `Camera was lost` …"""
    if event.kind is EventKind.CAMERA_LOST and event.ended_ns is not None:
        return QCoreApplication.translate("Words", "Camera was lost")
    if event.kind is EventKind.NODE_LOST and event.ended_ns is not None:
        return QCoreApplication.translate("Words", "Node was lost")
    if event.kind is EventKind.GESTURE and event.label:
        on_trial = QCoreApplication.translate("Words", "Gesture “{0}”, on trial") if event.shadow else ""
        return (on_trial or QCoreApplication.translate("Words", "Gesture “{0}”")).format(event.label)
    return {
        EventKind.PERSON: QCoreApplication.translate("Words", "Person appeared"),
        EventKind.MOTION: QCoreApplication.translate("Words", "Motion"),
        EventKind.CAMERA_LOST: QCoreApplication.translate("Words", "Camera lost"),
        EventKind.PRESENCE: QCoreApplication.translate("Words", "Somebody is there"),
        EventKind.ZONE_VISIT: QCoreApplication.translate("Words", "Zone entered"),
        EventKind.ZONE_OCCUPIED: QCoreApplication.translate("Words", "Zone in use"),
        EventKind.CROSSING: QCoreApplication.translate("Words", "Went through"),
        EventKind.FALL: QCoreApplication.translate("Words", "Fall"),
        EventKind.NODE_LOST: QCoreApplication.translate("Words", "Node lost"),
        EventKind.GESTURE: QCoreApplication.translate("Words", "Gesture made"),
        EventKind.FIGHT: QCoreApplication.translate("Words", "Fight"),
        EventKind.LOITERING: QCoreApplication.translate("Words", "Loitering"),
        EventKind.RUNNING: QCoreApplication.translate("Words", "Somebody ran"),
        EventKind.CROWD: QCoreApplication.translate("Words", "Crowd"),
        EventKind.NAMED: QCoreApplication.translate("Words", "Name became known"),
        EventKind.WHO_IS_IT: QCoreApplication.translate("Words", "Who is it?"),
        EventKind.BADGE_WITHOUT_OWNER: QCoreApplication.translate("Words", "Badge without its owner"),
        EventKind.TWO_PLACES: QCoreApplication.translate("Words", "In two places at once"),
        EventKind.PHONE_LEFT: QCoreApplication.translate("Words", "Phone left behind"),
        EventKind.INCIDENT: QCoreApplication.translate("Words", "Incident reported"),
        EventKind.SMOKE: QCoreApplication.translate("Words", "Smoke seen"),
        EventKind.FORECAST_FAILED: QCoreApplication.translate("Words", "Risk forecast failed"),
    }[event.kind]


def state_word(state: CameraState) -> str:
    return {
        CameraState.CONNECTING: QCoreApplication.translate("Words", "Connecting"),
        CameraState.LIVE: QCoreApplication.translate("Words", "Live"),
        CameraState.LOST: QCoreApplication.translate("Words", "Lost"),
        CameraState.PAUSED: QCoreApplication.translate("Words", "Paused"),
        CameraState.ENDED: QCoreApplication.translate("Words", "Ended"),
    }[state]
