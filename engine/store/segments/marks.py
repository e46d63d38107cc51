"""Which segments show something that was going on: segments and events side by side, a page at a time."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from sqlalchemy import Connection, func, or_, select, tuple_

from engine.model.time import EVER_NS, SECOND
from engine.model.value_class import dataclass
from engine.store.segments.tables import segments
from engine.store.tables import events

PAGE = 5_000  # segments, of which the events are then asked once
LONGEST_NS = 3600 * SECOND  # no segment is longer, so that a range finds its own by their starts
LONGEST_EVENT_NS = 86_400 * SECOND  # an event that went on for longer keeps the video of its last day

Spans = dict[str, list[tuple[int, int]]]  # by camera


@dataclass(frozen=True, slots=True)
class Around:
    """How much of the video before and after an event belongs to it."""

    before_ns: int = 0
    after_ns: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What marking has to know of a segment."""

    started_ns: int
    id: str
    camera_id: str
    ended_ns: int


def quiet_pages(connection: Connection, since_ns: int) -> Iterator[list[Stretch]]:
    """Of those that are not known to show anything and that ended at `since_ns` or later, in the order of their starts."""
    last: tuple[int, str] = (since_ns - LONGEST_NS, "")
    key = tuple_(segments.c.started_ns, segments.c.id)
    columns = (segments.c.started_ns, segments.c.id, segments.c.camera_id, segments.c.ended_ns)
    query = select(*columns).where(segments.c.eventful.is_(False), segments.c.ended_ns >= since_ns)
    while True:
        after = query.where(key > tuple_(*last)).order_by(segments.c.started_ns, segments.c.id).limit(PAGE)
        page = [Stretch(*row) for row in connection.execute(after)]
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = (page[-1].started_ns, page[-1].id)


def eventful(connection: Connection, page: list[Stretch], around: Around) -> list[str]:
    """Ids of those of a page during which, or shortly before or after which, something was going on in front of their camera."""
    since_ns, until_ns = page[0].started_ns, max(each.ended_ns for each in page)
    began = events.c.started_ns.between(since_ns - LONGEST_EVENT_NS, until_ns + around.before_ns)
    going_on = or_(events.c.ended_ns.is_(None), events.c.ended_ns > since_ns - around.after_ns)
    query = select(events.c.camera_id, events.c.started_ns, func.coalesce(events.c.ended_ns, EVER_NS))
    query = query.where(began, going_on, events.c.shadow.is_(False), events.c.camera_id != "").order_by(events.c.started_ns)
    spans: Spans = {}
    for camera_id, started_ns, ended_ns in connection.execute(query):
        over_ns = min(ended_ns + around.after_ns, started_ns + LONGEST_EVENT_NS)
        spans.setdefault(camera_id, []).append((started_ns - around.before_ns, over_ns))
    return list(_overlapping_segments(page, spans))


def _overlapping_segments(page: Iterable[Stretch], spans: Spans) -> Iterator[str]:
    """Spans in the order of their starts: of those that began before a segment's end, the latest end decides."""
    begins = {camera_id: [since_ns for since_ns, _ in of_camera] for camera_id, of_camera in spans.items()}
    latest = {camera_id: list(accumulate((until_ns for _, until_ns in of_camera), max)) for camera_id, of_camera in spans.items()}
    for each in page:
        known = begins.get(each.camera_id, [])
        before = bisect_right(known, each.ended_ns - 1)
        if before and latest[each.camera_id][before - 1] > each.started_ns:
            yield each.id
