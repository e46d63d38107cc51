"""What a site keeps no longer and its copy at a hub still does: one looks back as far as the hub keeps.

The site is asked about all that is within its own ages, and the copy only about what is older than they are.
"""

import threading
import time
from collections.abc import Callable
from collections.abc import Sequence as Several
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.gateway.federation.answers import deeper_timeline
from engine.gateway.federation.pages import PAGINGS
from engine.model.errors import InputError, NotFound, WatchroomError
from engine.model.history.timeline import CountDays, DayCount, FindNeighbour, GetTimeline, HitPage, SearchRecord
from engine.model.hub_copy import is_copied
from engine.model.question import GetDecision, GetIncident, ListAlerts, ListEvents, ListIncidents
from engine.model.review.review import ListReview
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock

DAY_NS = 86_400 * SECOND
LOOK_S, AGAIN_S = 600.0, 30.0
"""So often it is asked whether a hub has anything older; the second where it did not answer."""
_MARK = "older:"

Ask = Callable[[Any], Any]


class OlderCopy:
    """Of one site. Any thread. `copy`: asked of what the hub has, with ids as the site has them; raises as a port does."""

    def __init__(self, copy: Ask, clock: Clock) -> None:
        self._copy, self._clock = copy, clock
        self._lock = threading.Lock()  # guards the two that follow
        self._there, self._due_s = False, 0.0

    def ask(self, question: Any, site: Ask, settings: Settings | None) -> Any:
        """The site's answer, and what the hub has beyond it. `settings`: of the site; None: not known yet. Raises what the site raises."""
        if settings is None or not is_copied(question) or not self._reaches(question, oldest_ns := self._oldest_ns(question, settings)):
            return site(question)
        match question:
            case ListEvents() | ListAlerts() | ListIncidents() | ListReview():
                return self._list(question, site, oldest_ns)
            case SearchRecord():
                return self._search(question, site, oldest_ns)
            case GetTimeline():
                return deeper_timeline(question, site(question), self._or_none(question), oldest_ns)
            case CountDays():
                return _deeper_days(question, site(question), self._or_none(question) or (), oldest_ns)
            case FindNeighbour():
                return self._neighbour(question, site(question), oldest_ns)
            case GetDecision() | GetIncident():
                return self._one(question, site)
            case _:
                return site(question)

    def _oldest_ns(self, question: Any, settings: Settings) -> int:
        """Before this the site keeps nothing."""
        recording = settings.recording
        days = recording.keep_incidents_days if isinstance(question, ListIncidents | GetIncident) else recording.keep_events_days
        return self._clock.now_ns() - round(days * DAY_NS)

    def _reaches(self, question: Any, oldest_ns: int) -> bool:
        """Whether it asks for what is older, and there is some."""
        filtered = question.filter if isinstance(question, SearchRecord) else question
        since_ns: int | None = getattr(filtered, "since_ns", None)
        if isinstance(question, CountDays):
            try:
                since_ns = _day_ns(question)
            except (ValueError, ZoneInfoNotFoundError):
                return False  # the site says what is wrong
        if since_ns is not None and since_ns >= oldest_ns:
            return False
        return self._has_older(oldest_ns)

    def _has_older(self, oldest_ns: int) -> bool:
        with self._lock:
            if time.monotonic() < self._due_s:
                return self._there
            self._due_s = time.monotonic() + AGAIN_S
        found = self._or_none(ListEvents(1, until_ns=oldest_ns))
        with self._lock:
            if found is not None:
                self._there, self._due_s = bool(found), time.monotonic() + LOOK_S
            return self._there

    def _or_none(self, question: Any) -> Any:
        """None: the hub does not answer, or has none."""
        try:
            return self._copy(question)
        except WatchroomError:
            return None

    def _one(self, question: Any, site: Ask) -> Any:
        try:
            return site(question)
        except NotFound:
            found = self._or_none(question)
            if found is None:
                raise
            return found

    def _list(self, question: Any, site: Ask, oldest_ns: int) -> Any:
        """The site has what is not older, the copy what is: rows that the site keeps for longer, as they have a clip, are there too."""
        paging = PAGINGS[type(question)]
        since_ns = oldest_ns if question.since_ns is None else max(question.since_ns, oldest_ns)
        rows: tuple[Any, ...] = ()
        try:
            answer = site(replace(question, since_ns=since_ns))
            rows = paging.rows(answer)
            if len(rows) >= question.limit or (paging.page is not None and answer.next_id is not None):
                return answer
        except InputError as error:
            if error.field != "before_id":
                raise  # else that row came of the copy
        older = self._older_rows(question, oldest_ns, question.limit - len(rows), None if rows else question.before_id)
        whole = (*rows, *older)
        return whole if paging.page is None else paging.page(whole, None)

    def _older_rows(self, question: Any, oldest_ns: int, limit: int, before_id: str | None) -> tuple[Any, ...]:
        until_ns = oldest_ns if question.until_ns is None else min(question.until_ns, oldest_ns)
        wanted = replace(question, until_ns=until_ns, before_id=before_id, limit=limit)
        found, paging = self._or_none(wanted), PAGINGS[type(question)]
        return () if found is None else tuple(row for row in paging.rows(found) if paging.time(question, row) < until_ns)

    def _search(self, question: SearchRecord, site: Ask, oldest_ns: int) -> HitPage:
        wanted = question.filter
        if not question.before.startswith(_MARK):
            since_ns = oldest_ns if wanted.since_ns is None else max(wanted.since_ns, oldest_ns)
            page: HitPage = site(replace(question, filter=replace(wanted, since_ns=since_ns)))
            return page if page.next_id is not None else replace(page, next_id=f"{_MARK}{oldest_ns}:")
        mark, _, place = question.before.removeprefix(_MARK).partition(":")
        until_ns = _number(mark) if wanted.until_ns is None else min(wanted.until_ns, _number(mark))
        found: HitPage = self._copy(replace(question, before=place, filter=replace(wanted, until_ns=until_ns)))
        hits = tuple(hit for hit in found.hits if hit.at_ns < until_ns)
        return HitPage(hits, None if found.next_id is None else f"{_MARK}{mark}:{found.next_id}")

    def _neighbour(self, question: FindNeighbour, found: int | None, oldest_ns: int) -> int | None:
        """All that the copy adds is older: where the site has the nearest it is not asked."""
        is_nearest = question.at_ns >= oldest_ns if question.forward else found is not None and found >= oldest_ns
        return found if is_nearest else _nearer(question, found, self._or_none(question), oldest_ns)


def _number(mark: str) -> int:
    """Raises InputError (`before`)."""
    if not mark.isdecimal() or len(mark) > 20:
        raise InputError("before", "is not from an answer to this question; begin again with the newest")
    return int(mark)


def _day_ns(question: CountDays, day: int = 1) -> int:
    """When that day begins. Raises ValueError, ZoneInfoNotFoundError."""
    return round(datetime(question.year, question.month, day, tzinfo=ZoneInfo(question.time_zone)).timestamp()) * SECOND


def _deeper_days(question: CountDays, days: Several[DayCount], older: Several[DayCount], oldest_ns: int) -> tuple[DayCount, ...]:
    by_day = {each.day: each for each in days}
    for each in older:
        known = by_day.get(each.day)
        if _day_ns(question, each.day) < oldest_ns:
            by_day[each.day] = each if known is None else _more(known, each)
    return tuple(by_day[day] for day in sorted(by_day))


def _more(one: DayCount, other: DayCount) -> DayCount:
    return DayCount(one.day, max(one.events, other.events), max(one.alerts, other.alerts), one.video or other.video)


def _nearer(question: FindNeighbour, found: int | None, older: int | None, oldest_ns: int) -> int | None:
    if older is None or older >= oldest_ns:
        return found
    if found is None:
        return older
    return min(found, older) if question.forward else max(found, older)
