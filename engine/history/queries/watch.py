"""When cameras would have seen nothing, as the record has it: without a picture, blind, not looked at, not watched, and before there was a
record."""

from collections.abc import Callable

from engine.history.queries.rows import Blind
from engine.history.queries.spans import cut_spans, uncovered
from engine.model.event import EventKind
from engine.model.history.chat import Citation, CitationKind
from engine.model.history.event_query import AskedRecord, EventWant
from engine.model.history.query import Span
from engine.model.history.timeline import SpanState
from engine.model.value_class import dataclass

_MOST = 500
_UNSEEN = {SpanState.BLIND: "saw nothing", SpanState.UNLOOKED: "gave pictures that no detector looked at in time,"}
BEFORE_RECORD = "had no record yet"
NOT_WATCHED_YET = "was not watched yet"
DID_NOT_RUN = "was not watched, as the engine did not run,"
_SHORTEST_NS = 30 * 10**9  # shorter ones are not told, as after each start; and so much is not known of the last moments


@dataclass(frozen=True, slots=True)
class LostCameras:
    """Told from the events CAMERA_LOST. What is going on still lasts until now."""

    record: AskedRecord
    now_ns: int

    def __call__(self, cameras: tuple[str, ...], span: Span) -> tuple[Blind, ...]:
        found = list(self._before_record(cameras, span))
        if not cameras:
            return tuple(found)
        want = EventWant(span.since_ns, span.until_ns - 1, True, (EventKind.CAMERA_LOST,), only_camera_ids=cameras)
        for event in self.record.events(want, _MOST):
            since, until = max(event.started_ns, span.since_ns), min(event.ended_ns or self.now_ns, span.until_ns)
            if since < until:
                cited = Citation(CitationKind.EVENT, event.id, event.started_ns, event.camera_id)
                found.append(Blind(event.camera_id, Span(since, until), "gave no picture", cited))
        for camera in cameras:
            found += self._unwatched(camera, span, [each.span for each in found if each.sensor_id == camera])
        return tuple(found)

    def _unwatched(self, camera: str, span: Span, told: list[Span]) -> list[Blind]:
        """When it was blind, or not watched at all, beside what is told of it already."""
        since_ns = self.record.watched_since_ns(camera)
        if since_ns is None or since_ns >= span.until_ns:
            return _uncovered_part(camera, span, NOT_WATCHED_YET, span, told, since_ns)
        spans = self.record.observed((camera,), span.since_ns, span.until_ns)[camera]
        known = Span(max(span.since_ns, since_ns), span.until_ns)
        gaps = uncovered(known, [Span(each.since_ns, each.until_ns) for each in spans if each.since_ns < each.until_ns])
        found = [(Span(each.since_ns, each.until_ns), _UNSEEN[each.state]) for each in spans if each.state in _UNSEEN]
        found += [(each, DID_NOT_RUN) for each in gaps if each.until_ns < self.now_ns or not _is_short(each)]
        if since_ns > span.since_ns:
            found.append((Span(span.since_ns, since_ns), NOT_WATCHED_YET))
        return [blind for each, reason in found for blind in _uncovered_part(camera, each, reason, span, told, since_ns)]

    def _before_record(self, cameras: tuple[str, ...], span: Span) -> tuple[Blind, ...]:
        began = began_ns(self.record, cameras)
        until = span.until_ns if began is None else min(began, span.until_ns)
        if until <= span.since_ns:
            return ()
        before = Span(span.since_ns, until)
        return tuple(Blind(camera, before, BEFORE_RECORD, span_citation(camera, before), began) for camera in cameras)


def began_ns(record: AskedRecord, cameras: tuple[str, ...]) -> int | None:
    """Since when there is a record: of its file, or, where it was put together elsewhere, since a camera was watched. What is told of the
    past, as a report is, makes no record of that time."""
    known = [each for each in (record.began_ns(), *(record.watched_since_ns(camera) for camera in cameras)) if each is not None]
    return min(known, default=None)


def _uncovered_part(camera: str, blind: Span, reason: str, within: Span, told: list[Span], began_ns: int | None) -> list[Blind]:
    """What of it lies within the time that was asked for and is not told yet."""
    left = [each for part in cut_spans((blind,), within.since_ns, within.until_ns) for each in uncovered(part, told)]
    return [Blind(camera, each, reason, span_citation(camera, each), began_ns) for each in left]


def is_told(blind: Blind) -> bool:
    """Whether it is long enough to be told; an event of its own, and what was before the record, always is."""
    return blind.citation.kind is not CitationKind.SPAN or blind.reason == BEFORE_RECORD or not _is_short(blind.span)


def _is_short(span: Span) -> bool:
    return span.until_ns - span.since_ns < _SHORTEST_NS


Watch = Callable[[tuple[str, ...], Span], tuple[Blind, ...]]


def span_citation(sensor_id: str, span: Span) -> Citation:
    return Citation(CitationKind.SPAN, f"{sensor_id}@{span.since_ns}/{span.until_ns}", span.since_ns, sensor_id)
