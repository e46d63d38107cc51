"""What lies under a moment of the timeline, in words."""

from collections.abc import Sequence
from datetime import tzinfo

from engine.model.cameras.segment import EvidenceLock
from engine.model.history.timeline import LaneKind, SpanState, Timeline
from widgets.number_text import number_text
from widgets.timeline.timeline_rows import LaneRow, counts_at, spans_at
from widgets.timeline.timeline_window import TimeWindow
from widgets.timeline.timeline_words import mark_word, moment_text, span_text
from widgets.translation import tr

_RECORDED = (SpanState.VIDEO, SpanState.CLIP)


def readout(
    row: LaneRow | None,
    timeline: Timeline | None,
    shown: TimeWindow,
    at_ns: int,
    now_ns: int,
    zone: tzinfo | None,
    locks: Sequence[EvidenceLock] = (),
) -> str:
    """`21:04:07 CET · Yard: 3 people, 1 motion; video`. "Nothing" is said only where something was watching."""
    moment = moment_text(at_ns, shown, zone)
    if row is None or (row.group and not row.collapsed):
        return moment
    if now_ns and at_ns > now_ns:
        return f"{moment} · {tr('not yet')}"
    if timeline is None or not timeline.since_ns <= at_ns < timeline.until_ns:
        return f"{moment} · {row.name}: {tr('loading…')}"
    said = f"{moment} · {row.name}: {_row_text(row, timeline, at_ns)}"
    held = _locks_said(row, at_ns, locks)
    return f"{said}; {held}" if held else said


def _locks_said(row: LaneRow, at_ns: int, locks: Sequence[EvidenceLock]) -> str:
    """Of those that are drawn on this lane at that moment."""
    if row.lane.kind is not LaneKind.CAMERA:
        return ""
    at = [
        each
        for each in locks
        if each.since_ns <= at_ns < each.until_ns and (row.group or not each.camera_ids or row.lane.id in each.camera_ids)
    ]
    return "; ".join(tr("locked as evidence by {0}: {1}").format(each.by, each.reason) for each in at)


def _row_text(row: LaneRow, timeline: Timeline, at_ns: int) -> str:
    spans = spans_at((*row.lane.spans, *row.watched), at_ns)
    counted = ", ".join(f"{number_text(count)} {mark_word(kind)}" for kind, count in counts_at(row, timeline, at_ns).items())
    if row.lane.kind is LaneKind.OBSERVED:
        return "; ".join(span_text(span) for span in spans) or tr("coverage unknown")
    parts = [counted or tr("no events"), *(span_text(span) for span in spans)]
    if row.lane.kind is LaneKind.CAMERA and not any(span.state in (*_RECORDED, SpanState.GAP) for span in spans):
        parts.append(tr("no video"))
    return "; ".join(parts)
