"""Review items of the events in a fake engine, grouped by the engine's own rule."""

from collections.abc import Iterable

from engine.model.event import Event
from engine.model.ids import number_of
from engine.model.review.review import ListReview, PutReviewed, ReviewItem, ReviewPage, ReviewRow
from engine.pipeline.review.group import Group

GAP_NS, LONGEST_NS = 30 * 10**9, 300 * 10**9


def review_items(events: Iterable[Event]) -> tuple[ReviewItem, ...]:
    """Newest first; those of which nothing goes on have ended."""
    groups: list[Group] = []
    for event in sorted(events, key=lambda each: (each.started_ns, each.id)):
        at = next((at for at, group in enumerate(groups) if group.accepts(event, GAP_NS, LONGEST_NS)), None)
        if at is None:
            groups.append(Group.begin(f"rv-{number_of(event.id):012x}-0", event))
        else:
            groups[at] = groups[at].with_event(event)
    items = [group.item if group.going_on else group.finish(group.last_ns) for group in groups]
    return tuple(sorted(items, key=lambda item: (item.started_ns, item.id), reverse=True))


def marks_after(reviewed: frozenset[str], command: PutReviewed) -> frozenset[str]:
    return reviewed | set(command.item_ids) if command.reviewed else reviewed - set(command.item_ids)


def review_page(events: Iterable[Event], reviewed: frozenset[str], ask: ListReview) -> ReviewPage:
    found = review_items(events)
    start = next((at for at, item in enumerate(found, 1) if item.id == ask.before_id), 0)
    passing = [
        item
        for item in found[start:]
        if (not ask.camera_ids or item.camera_id in ask.camera_ids) and ask.reviewed in (None, item.id in reviewed)
    ]
    page = passing[: ask.limit]
    rows = tuple(ReviewRow(item, item.id in reviewed) for item in page)
    return ReviewPage(rows, page[-1].id if len(passing) > len(page) else None)
