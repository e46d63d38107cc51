"""Review items in the record: pages of them as one user sees them, and the marks of those who reviewed them."""

from collections.abc import Sequence as Several
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, not_, select

from engine.model.review.review import ListReview, ReviewItem, ReviewMark, ReviewPage, ReviewRow
from engine.model.wire import read_as, to_plain
from engine.store.changes import enter_changes
from engine.store.guarded import GuardedTables
from engine.store.json_lists import holds_text, is_empty_list
from engine.store.paging import Page, between
from engine.store.review.tables import review_items, review_marks
from engine.store.tables import events
from engine.store.upsert import upsert

_COLUMNS = review_items.c


class ReviewTable(GuardedTables):
    """Any thread. Faults of the database are EnvironmentFault."""

    def page(self, ask: ListReview, user_id: str) -> ReviewPage:
        with self._read() as connection:
            return review_page(connection, ask, user_id)

    def items(self, ids: Several[str]) -> tuple[ReviewItem, ...]:
        """Those of some hundred ids that are kept."""
        with self._read() as connection:
            rows = connection.execute(select(review_items).where(_COLUMNS.id.in_(ids))).mappings()
            return tuple(read_as(ReviewItem, dict(row)) for row in rows)

    def marks(self, user_id: str, ids: Several[str]) -> tuple[ReviewMark, ...]:
        with self._read() as connection:
            query = select(review_marks).where(review_marks.c.user_id == user_id, review_marks.c.item_id.in_(ids))
            return tuple(read_as(ReviewMark, dict(row)) for row in connection.execute(query).mappings())

    def mark(self, marks: Several[ReviewMark]) -> None:
        with self._write() as connection:
            upsert(connection, review_marks, [to_plain(mark) for mark in marks])
            enter_changes(connection)

    def remove_marks(self, user_id: str, ids: Several[str]) -> None:
        with self._write() as connection:
            connection.execute(delete(review_marks).where(review_marks.c.user_id == user_id, review_marks.c.item_id.in_(ids)))
            enter_changes(connection)


def review_page(connection: Connection, ask: ListReview, user_id: str) -> ReviewPage:
    page = Page(review_items, _COLUMNS.started_ns, ask.limit + 1, ask.before_id)
    rows = page.rows(connection, _conditions(ask, user_id))
    items = [read_as(ReviewItem, dict(row)) for row in rows[: ask.limit]]
    ids = [item.id for item in items]
    marked = frozenset(connection.scalars(select(_COLUMNS.id).where(_COLUMNS.id.in_(ids), _reviewed_by(user_id))))
    more = len(rows) > ask.limit
    return ReviewPage(tuple(ReviewRow(item, item.id in marked) for item in items), items[-1].id if more else None)


def within_scope(page: ReviewPage, ask: ListReview) -> ReviewPage:
    """As whoever may see the cameras and not the floor is told it."""
    rows = tuple(replace(row, item=row.item.seen_by_camera()) for row in page.rows)
    return replace(page, rows=tuple(row for row in rows if row.item.severity >= ask.min_severity))


def newest_reviews(connection: Connection, limit: int) -> tuple[ReviewItem, ...]:
    rows = connection.execute(select(review_items).order_by(_COLUMNS.started_ns.desc(), _COLUMNS.id.desc()).limit(limit)).mappings()
    return tuple(read_as(ReviewItem, dict(row)) for row in rows)


def open_reviews(connection: Connection) -> tuple[ReviewItem, ...]:
    """Oldest first."""
    query = select(review_items).where(_COLUMNS.ended_ns.is_(None)).order_by(_COLUMNS.started_ns, _COLUMNS.id)
    return tuple(read_as(ReviewItem, dict(row)) for row in connection.execute(query).mappings())


def remove_old_reviews(connection: Connection, before_ns: int) -> None:
    """Items that ended before a time and whose picture's event is not kept; marks of items that are gone."""
    kept = exists().where(events.c.id == _COLUMNS.best_event_id)
    ended_ns = func.coalesce(_COLUMNS.ended_ns, _COLUMNS.started_ns)
    gone = delete(review_items).where(ended_ns < before_ns, _COLUMNS.started_ns < before_ns, not_(kept))
    if connection.execute(gone).rowcount:
        connection.execute(delete(review_marks).where(review_marks.c.item_id.not_in(select(_COLUMNS.id))))


def _reviewed_by(user_id: str) -> ColumnElement[bool]:
    marks = review_marks.c
    holds = and_(marks.severity >= _COLUMNS.severity, marks.at_ns >= _COLUMNS.newest_ns)
    return exists().where(and_(marks.user_id == user_id, marks.item_id == _COLUMNS.id, holds))


def _conditions(ask: ListReview, user_id: str) -> list[ColumnElement[bool]]:
    found = between(_COLUMNS.started_ns, ask.since_ns, ask.until_ns)
    if ask.camera_ids:
        found.append(_COLUMNS.camera_id.in_(ask.camera_ids))
    if ask.causes:
        found.append(_COLUMNS.cause.in_([cause.value for cause in ask.causes]))
    if ask.min_severity > 1:
        found.append(_COLUMNS.severity >= ask.min_severity)
    if ask.person_id:
        found.append(holds_text(_COLUMNS.person_ids, ask.person_id))
    if ask.alerts_only:
        found.append(not_(is_empty_list(_COLUMNS.alert_ids)))
    if ask.reviewed is not None:
        found.append(_reviewed_by(user_id) if ask.reviewed else not_(_reviewed_by(user_id)))
    return found
