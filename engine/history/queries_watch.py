"""When cameras would have seen nothing, as the record has it: without a picture, and before there was a record."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.history.queries import Blind, Span
from engine.model.asked import AskedRecord, EventWant
from engine.model.chat import Citation, CitationKind
from engine.model.event import EventKind

_MOST = 500


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
        return tuple(found)

    def _before_record(self, cameras: tuple[str, ...], span: Span) -> tuple[Blind, ...]:
        began = self._began_ns()
        until = span.until_ns if began is None else min(began, span.until_ns)
        if until <= span.since_ns:
            return ()
        before = Span(span.since_ns, until)
        return tuple(Blind(camera, before, "had no record yet", span_citation(camera, before)) for camera in cameras)

    def _began_ns(self) -> int | None:
        """A record that was put together elsewhere may be older than its file."""
        first = self.record.events(EventWant(), 1, newest_first=False)
        began = self.record.began_ns()
        known = [each for each in (began, first[0].started_ns if first else None) if each is not None]
        return min(known, default=None)


Watch = Callable[[tuple[str, ...], Span], tuple[Blind, ...]]


def span_citation(sensor_id: str, span: Span) -> Citation:
    return Citation(CitationKind.SPAN, f"{sensor_id}@{span.since_ns}/{span.until_ns}", span.since_ns, sensor_id)
