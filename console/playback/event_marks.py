"""What is marked over the clip and the small picture of an event: its subject over time, and its zone."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.playback.marked_places import marked_places
from engine.model.cameras.clip import Clip
from engine.model.cameras.trail import EventTrails, GetEventTrails
from engine.model.event import Event
from engine.model.geometry import Box
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.recording.clips.masked_still import Part, part_of, subject_of
from widgets.playback.clip_marks import ClipMarks, MarkedPlace, StillMarks
from widgets.words import category_named


@dataclass(frozen=True, slots=True)
class _MarksRequest:
    """`zone_id`: to mark besides that of the event; an alert may name one that its event does not."""

    event: Event
    clip: Clip
    zone_id: str


class EventMarks(QObject):
    """UI thread. One clip at a time; what comes of an earlier one is ignored. Signals: came(ClipMarks): again when more is known."""

    came = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted: _MarksRequest | None = None

    def start(self, event: Event, clip: Clip, zone_id: str = "") -> None:
        self._wanted = wanted = _MarksRequest(event, clip, zone_id)
        self._emit_marks(wanted, EventTrails())
        self._bridge.ask(GetEventTrails(event.id), self._receive_trails, ignore_answer, wanted, owner=self)

    def show_places(self, clip: Clip, zone_id: str) -> None:
        """Of a clip that is shown for its place: nobody in it is the subject."""
        self._wanted, snapshot = None, self._bridge.snapshot
        if snapshot is not None:
            self.came.emit(
                ClipMarks((), marked_places(snapshot.settings, clip.camera_id, (zone_id,), (clip.width or 16, clip.height or 9)))
            )

    def leave(self) -> None:
        self._wanted = None

    def _receive_trails(self, wanted: _MarksRequest, found: EventTrails) -> None:
        if wanted is self._wanted:
            self._emit_marks(wanted, found)

    def _emit_marks(self, wanted: _MarksRequest, found: EventTrails) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        event, clip = wanted.event, wanted.clip
        on_its_camera = found.camera_id in ("", clip.camera_id)
        places = marked_places(snapshot.settings, clip.camera_id, (event.zone_id, wanted.zone_id), (clip.width or 16, clip.height or 9))
        self.came.emit(ClipMarks(found.trails if on_its_camera else (), places, subject_label(event, found)))


def subject_label(event: Event, found: EventTrails) -> str:
    """The name where it is known, else what it is; nothing where several are marked."""
    return track_label(event.person, found)


def track_label(person: str, found: EventTrails) -> str:
    if not found.trails or not found.by_subject:
        return ""
    return person or category_named(found.trails[0].category)


def still_marks(jpeg: bytes, event: Event | None, settings: Settings, camera_id: str, *place_ids: str) -> StillMarks:
    """Over the small picture of an event: its subject as the picture itself says, else the event's box; the zone as it was drawn."""
    part = part_of(jpeg)
    if part is None:
        return StillMarks(subject_of(jpeg), ())
    box = subject_of(jpeg)
    if box is None and event is not None and event.box_xyxy is not None:
        box = _within(event.box_xyxy, part)
    places = marked_places(settings, camera_id, place_ids, part.size)
    return StillMarks(box, tuple(_cut(place, part) for place in places))


def _within(box: Box, part: Part) -> Box:
    x0, y0, x1, y1 = part.box_xyxy
    left, top, right, bottom = box
    return (left - x0) / (x1 - x0), (top - y0) / (y1 - y0), (right - x0) / (x1 - x0), (bottom - y0) / (y1 - y0)


def _cut(place: MarkedPlace, part: Part) -> MarkedPlace:
    (width, height), (x0, y0, x1, y1) = part.size, part.box_xyxy
    return MarkedPlace(place.name, tuple(((x * width - x0) / (x1 - x0), (y * height - y0) / (y1 - y0)) for x, y in place.points))
