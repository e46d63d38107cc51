"""A site's record in memory, paged as an engine does it: for tests of pages over several sites."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from engine.gateway.federation.pages import PAGINGS
from engine.gateway.federation.rewriting import unchecked_copy
from engine.model.errors import InputError
from engine.model.history.timeline import HitPage, SearchRecord
from engine.model.question import AlertPage, IncidentPage, ListAlerts, ListIncidents
from engine.model.question_type import Question, answer_type
from engine.model.review.review import ListReview, ReviewPage
from tests.engine.gateway.wire_model import example
from tests.fakes.engine import FakeEngine, FakePort

SCANNED = 7  # rows that one question with a text looks through


def row_class(question: type[Any]) -> Any:
    return {
        ListAlerts: AlertPage.__annotations__["alerts"],
        ListIncidents: IncidentPage.__annotations__["incidents"],
        ListReview: ReviewPage.__annotations__["rows"],
        SearchRecord: HitPage.__annotations__["hits"],
    }.get(question, answer_type(question)).__args__[0]


def rows_of(question: type[Any], times: Sequence[tuple[int, str]]) -> list[Any]:
    """One row for each time and id, newest first, ties by id."""
    return [_row(row_class(question), at_ns, id_) for at_ns, id_ in sorted(times, reverse=True)]


_TIMES = ("started_ns", "decided_ns", "raised_ns", "occurred_ns", "at_ns", "asked_ns", "last_seen_ns")
_template = cache(example)


def _row(kind: Any, at_ns: int, id_: str) -> Any:
    template = _template(kind)
    times = {name: at_ns for name in _TIMES if hasattr(template, name)}
    if hasattr(template, "id"):
        return unchecked_copy(template, id=id_, **times)
    part = "item" if hasattr(template, "item") else "plume"
    inner = getattr(template, part)
    return unchecked_copy(template, **{part: unchecked_copy(inner, id=id_, **{name: at_ns for name in _TIMES if hasattr(inner, name)})})


class PagedSite(FakePort):
    """Answers paged questions from `rows`; after `away` is set, with that error."""

    def __init__(self, rows: list[Any]) -> None:
        engine = FakeEngine()
        super().__init__(engine, engine.port().session)
        self.rows = rows
        self.away: Exception | None = None
        self.asked: list[Any] = []

    def ask(self, question: Question[Any]) -> Any:
        if type(question) not in PAGINGS:
            return super().ask(question)
        self.asked.append(question)
        if self.away is not None:
            raise self.away
        plain = cast("Any", question)
        return self._hits(plain) if isinstance(question, SearchRecord) else self._rows(plain)

    def _rows(self, question: Any) -> Any:
        paging = PAGINGS[type(question)]
        until_ns = getattr(question, "until_ns", None)
        rows = [row for row in self.rows if until_ns is None or paging.time(question, row) < until_ns]
        if question.before_id is not None:
            places = [place for place, row in enumerate(self.rows) if paging.identity(row) == question.before_id]
            if not places:
                raise InputError("before_id", "is no longer in the record")
            left = {id(row) for row in rows}
            rows = [row for row in self.rows[places[0] + 1 :] if id(row) in left]
        scanned = rows[:SCANNED] if getattr(question, "text", "") else rows
        page = tuple(self._sought(question, scanned)[: question.limit])
        if paging.page is None:
            return page
        more = len(page) < question.limit and len(scanned) < len(rows)
        if isinstance(question, ListReview):
            return ReviewPage(page, paging.identity(page[-1]) if len(rows) > question.limit else None)
        return paging.page(page, paging.identity(scanned[-1]) if more else None)

    def _sought(self, question: Any, rows: list[Any]) -> list[Any]:
        """With a text every third row fits."""
        if not getattr(question, "text", ""):
            return rows
        fitting = {id(row) for row in self.rows[::3]}
        return [row for row in rows if id(row) in fitting]

    def _hits(self, question: SearchRecord) -> HitPage:
        start = int(question.before or 0)
        page = self.rows[start : start + question.limit]
        following = start + len(page)
        return HitPage(tuple(page), str(following) if following < len(self.rows) else None)
