"""Events that a site and a spare both recorded, as both ran for a while: told once, as the site tells them. Nothing is removed anywhere.

Alerts are left alone: each has its own state, and hiding one could hide one that nobody has taken.
"""

from collections.abc import Callable
from collections.abc import Sequence as Several
from dataclasses import replace
from typing import Any, TypeVar

from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.history.timeline import HitKind, HitPage, SearchHit, SearchRecord
from engine.model.question import ListEvents
from engine.model.review.review import ListReview, ReviewItem, ReviewPage
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.value_class import dataclass

T = TypeVar("T")
Ask = Callable[[Any], Any]

WITHIN_NS = 3 * SECOND
"""So much later a site may begin, or end earlier: clocks differ, and so do the moments at which two engines are sure of the same."""
LONGEST_NS = 3_600 * SECOND
"""A site's event that began so much earlier is not looked for."""
MOST, MOST_ROUNDS = 1_000, 20
_REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What two records have of one thing in common. `camera_id`: as its site has it. ended_ns: None while it goes on."""

    kind: str
    camera_id: str
    started_ns: int
    ended_ns: int | None


def is_double(one: Sighting, others: Several[Sighting]) -> bool:
    """Whether one of these is of the same kind and camera, and covers all of its time: what began before the site was back is told. What no
    camera saw is never one."""
    return bool(one.camera_id) and any(_covers(each, one) for each in others)


def _covers(site: Sighting, spare: Sighting) -> bool:
    if (site.kind, site.camera_id) != (spare.kind, spare.camera_id) or site.started_ns > spare.started_ns + WITHIN_NS:
        return False
    if site.ended_ns is None:
        return True
    return spare.ended_ns is not None and spare.ended_ns <= site.ended_ns + WITHIN_NS


def without_doubles(spare: Snapshot, site: Snapshot) -> Snapshot:
    """Of a spare, beside that of the site that it records for; ids are those over sites. The same object where nothing is in both."""
    events = _single_rows(spare.events, site.events, _of_event)
    reviews = _single_rows(spare.reviews, site.reviews, _of_review)
    if len(events) == len(spare.events) and len(reviews) == len(spare.reviews):
        return spare
    return replace(spare, events=events, reviews=reviews)


def _single_rows(rows: tuple[T, ...], others: tuple[T, ...], of: Callable[[T], Sighting]) -> tuple[T, ...]:
    there = [of(each) for each in others]
    return tuple(row for row in rows if not is_double(of(row), there))


def ask_spare(question: Any, spare: Ask, site: Ask) -> Any:
    """A spare's answer without what the site has too. `site`: asked for that, with ids as it has them; where it does not answer, all of the
    spare's is told. Raises what the spare raises."""
    match question:
        case ListEvents():
            return _events(question, spare, site)
        case SearchRecord():
            page: HitPage = spare(question)
            there = _site_events(site, [_of_hit(hit) for hit in page.hits if hit.kind is HitKind.EVENT])
            return replace(
                page, hits=tuple(hit for hit in page.hits if hit.kind is not HitKind.EVENT or not is_double(_of_hit(hit), there))
            )
        case ListReview():
            return _reviews(question, spare, site)
        case _:
            return spare(question)


def _events(question: ListEvents, spare: Ask, site: Ask) -> tuple[Event, ...]:
    """Page for page, until as many as were asked for are left."""
    kept: list[Event] = []
    for _ in range(MOST_ROUNDS):
        page: tuple[Event, ...] = spare(question)
        there = _site_events(site, [_of_event(event) for event in page])
        kept += (event for event in page if not is_double(_of_event(event), there))
        if len(kept) >= question.limit or len(page) < question.limit:
            break
        question = replace(question, before_id=page[-1].id)
    return tuple(kept[: question.limit])


def _reviews(question: ListReview, spare: Ask, site: Ask) -> ReviewPage:
    page: ReviewPage = spare(question)
    spans = [_of_review(row.item) for row in page.rows]
    if not spans:
        return page
    asked = ListReview(limit=question.limit, since_ns=_since_ns(spans), until_ns=_until_ns(spans))
    found: ReviewPage | None = _or_none(site, asked)
    there = [] if found is None else [_of_review(row.item) for row in found.rows]
    left = tuple(row for row, span in zip(page.rows, spans, strict=True) if not is_double(span, there))
    more = page.rows[-1].item.id if len(page.rows) >= question.limit else None
    return replace(page, rows=left, next_id=page.next_id or more)


def _site_events(site: Ask, spans: Several[Sighting]) -> list[Sighting]:
    if not spans:
        return []
    found = _or_none(site, ListEvents(MOST, since_ns=_since_ns(spans), until_ns=_until_ns(spans)))
    return [] if found is None else [_of_event(event) for event in found]


def _since_ns(spans: Several[Sighting]) -> int:
    return min(span.started_ns for span in spans) - LONGEST_NS


def _until_ns(spans: Several[Sighting]) -> int | None:
    """None: one goes on."""
    ends = [span.ended_ns for span in spans]
    return None if None in ends else max(ended_ns for ended_ns in ends if ended_ns is not None) + WITHIN_NS + 1


def _or_none(ask: Ask, question: Any) -> Any:
    try:
        return ask(question)
    except WatchroomError:
        return None


def _local(id_: str) -> str:
    """Without the site's key, where it has one."""
    return id_.rpartition("/")[2]


def _of_event(event: Event) -> Sighting:
    return Sighting(event.kind.value, _local(event.camera_id), event.started_ns, event.ended_ns)


def _of_hit(hit: SearchHit) -> Sighting:
    return Sighting(hit.what, _local(hit.camera_id), hit.at_ns, hit.until_ns)


def _of_review(item: ReviewItem) -> Sighting:
    return Sighting(_REVIEW, _local(item.camera_id), item.started_ns, item.ended_ns)
