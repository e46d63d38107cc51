"""Words of the timeline, ready for translation."""

from datetime import tzinfo

from engine.model.event import EventKind
from engine.model.history.timeline import LaneKind, LaneSpan, SpanState
from engine.model.time import SECOND
from widgets.time_text import clock_text, duration_text, fine_clock_text, minute_text, time_span_text
from widgets.timeline.timeline_window import DAY_NS, TimeWindow
from widgets.translation import inside, tr
from widgets.words import kind_word


def lane_word(kind: LaneKind) -> str:
    """Of a lane of which there is one, and of a group of lanes."""
    return {
        LaneKind.CAMERA: tr("Cameras"),
        LaneKind.RADIO: tr("Radio"),
        LaneKind.BLE: tr("Bluetooth"),
        LaneKind.PEOPLE: tr("People"),
        LaneKind.INCIDENTS: tr("Incidents"),
        LaneKind.DECISIONS: tr("Decisions"),
        LaneKind.ACTS: tr("Operators"),
        LaneKind.OBSERVED: tr("Watched"),
    }[kind]


def mark_word(kind: str) -> str:
    """What a mark counts, as a thing that is counted: `held decisions`, `motion`."""
    own = {"held": tr("held"), "raised": tr("alerts"), "rejected": tr("rejected"), "act": tr("operator actions")}
    if kind in own:
        return own[kind]
    return inside(kind_word(EventKind(kind))) if kind in EventKind.__members__.values() else kind


def span_word(state: SpanState) -> str:
    return {
        SpanState.VIDEO: tr("video"),
        SpanState.CLIP: tr("a clip"),
        SpanState.GAP: tr("not recorded"),
        SpanState.OBSERVED: tr("watched"),
        SpanState.PARTLY: tr("partly watched"),
        SpanState.UNLOOKED: tr("detection too late"),
        SpanState.BLIND: tr("blind"),
    }[state]


def span_text(span: LaneSpan) -> str:
    """`blind: no picture since 21:04` – what a span says, with its reason."""
    word = span_word(span.state)
    return f"{word}: {span.reason}" if span.reason else word


def moment_text(at_ns: int, window: TimeWindow, zone: tzinfo | None) -> str:
    """A moment as exactly as the window shows it, always with its zone."""
    if window.length_ns < 60 * SECOND:
        return fine_clock_text(at_ns, zone)
    if window.length_ns < 2 * DAY_NS:
        return clock_text(at_ns, window.middle_ns, zone)
    return minute_text(at_ns, zone)


def stretch_text(since_ns: int, until_ns: int, zone: tzinfo | None) -> str:
    """`21:04:07–21:06:12 CET, 2 min 05 s` with the day in front where it is more than one day's matter."""
    return f"{time_span_text(since_ns, until_ns, zone)}, {duration_text(until_ns - since_ns)}"
