"""Words of the model's values, ready for translation."""

from PySide6.QtCore import QCoreApplication

from engine.model.detection import Category
from engine.model.event import Event, EventKind
from engine.model.health import CameraState


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
    }[kind]


def event_title(event: Event) -> str:
    """What happened: `Person appeared`, `Camera lost`, `Camera was lost` …"""
    if event.kind is EventKind.PERSON:
        return QCoreApplication.translate("Words", "Person appeared")
    if event.kind is EventKind.MOTION:
        return QCoreApplication.translate("Words", "Motion")
    if event.ended_ns is None:
        return QCoreApplication.translate("Words", "Camera lost")
    return QCoreApplication.translate("Words", "Camera was lost")


def state_word(state: CameraState) -> str:
    return {
        CameraState.CONNECTING: QCoreApplication.translate("Words", "Connecting"),
        CameraState.LIVE: QCoreApplication.translate("Words", "Live"),
        CameraState.LOST: QCoreApplication.translate("Words", "Lost"),
        CameraState.PAUSED: QCoreApplication.translate("Words", "Paused"),
        CameraState.ENDED: QCoreApplication.translate("Words", "Ended"),
    }[state]
