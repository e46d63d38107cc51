"""What a review item is called on screen."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from engine.model.alerts.alert import Disposition
from engine.model.event import EventKind
from engine.model.review.review import ReviewCause, ReviewItem
from engine.model.time import SECOND
from widgets.alerts.alert_words import disposition_word
from widgets.time_text import clock_text, duration_text
from widgets.words import count_text, kind_word

_GRAVE = (EventKind.FALL, EventKind.FIGHT)  # what people have to be helped with
_PLAIN = (EventKind.PERSON, EventKind.PRESENCE, EventKind.MOTION)  # said by how many people there were


def item_title(item: ReviewItem) -> str:
    """A fall or a fight first; who was there; where nobody is known, how many; for other causes what happened."""
    grave = _grave_kinds(item)
    return " · ".join(part for part in (*map(kind_word, grave), _who(item)) if part)


def _grave_kinds(item: ReviewItem) -> tuple[EventKind, ...]:
    return tuple(kind for kind in _GRAVE if kind in item.kinds and item.cause is ReviewCause.ACTIVITY)


def _who(item: ReviewItem) -> str:
    if item.persons:
        unknown = max(0, item.people - len(item.persons))
        more = count_text(unknown, _tr("1 unknown person"), _tr("{0} unknown people")) if unknown else ""
        return ", ".join((*item.persons, *([more] if more else [])))
    if item.cause is ReviewCause.ACTIVITY and item.people:
        return count_text(item.people, _tr("1 person"), _tr("{0} people"))
    return kind_word(item.kinds[0]) if item.kinds and item.kinds[0] not in _grave_kinds(item) else ""


def item_kinds(item: ReviewItem) -> str:
    """What else happened, besides that people were there."""
    told = (*_PLAIN, *_grave_kinds(item), *(() if item.persons or item.people else item.kinds[:1]))
    return ", ".join(kind_word(kind) for kind in item.kinds if kind not in told)


def item_place(item: ReviewItem, cameras: Mapping[str, str], places: Mapping[str, str]) -> str:
    """`places`: names by id; of an event without a place, as of an incident, what it says."""
    if item.camera_id:
        return cameras.get(item.camera_id, item.camera_id)
    if item.zone_ids:
        return ", ".join(places.get(zone_id, zone_id) for zone_id in item.zone_ids)
    return next((places[event_id] for event_id in item.event_ids if event_id in places), "")


def event_count(item: ReviewItem) -> str:
    return count_text(len(item.event_ids), _tr("1 event"), _tr("{0} events"))


def item_length(item: ReviewItem, now_ns: int) -> str:
    """`34 s`, or `12 s so far` while it lasts."""
    length = plain_length(item, now_ns)
    return length if item.ended_ns is not None else _tr("{0} so far").format(length)


def plain_length(item: ReviewItem, now_ns: int) -> str:
    """In whole seconds while it lasts."""
    if item.ended_ns is not None:
        return duration_text(item.ended_ns - item.started_ns)
    return duration_text((now_ns - item.started_ns) // SECOND * SECOND)


def item_sentence(item: ReviewItem, cameras: Mapping[str, str], places: Mapping[str, str], reviewed: bool, now_ns: int) -> str:
    """The whole row, for a screen reader and for filters."""
    state = _tr("reviewed") if reviewed else _tr("unreviewed")
    parts = (item_title(item), item_kinds(item), item_place(item, cameras, places), clock_text(item.started_ns, now_ns), event_count(item))
    return ", ".join(part for part in (*parts, state) if part)


def verdict_word(verdict: Disposition | None) -> str:
    """Empty: nobody said what it was."""
    return disposition_word(verdict) if verdict is not None else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Review", text)
