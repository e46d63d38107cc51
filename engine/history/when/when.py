"""Times in words as spans of UTC, by the site's clock: "yesterday between 14:00 and 16:30", "since noon", "every night this week".

A day is from midnight to midnight of the site's zone, so it may have 23 or 25 hours. An hour that the clock has twice is meant both times;
one that it leaves out is the hour behind it. Night is 18:00 to 06:00 where one night is named ("last night", "Tuesday night") and 22:00 to
06:00 otherwise ("at night", "overnight"); morning 06–12, afternoon 12–18, evening 18–24, office hours 09–17. A day of the week is the last
one, a clock without a day is the last time it said so.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.history.lexicon.tokens import Tokens
from engine.history.queries.spans import uncovered
from engine.history.when.moments import Moment, moments_of
from engine.history.when.pieces import find_pieces
from engine.history.when.stretches import (
    LocalSpan,
    both_clocks,
    halves,
    lacks_day,
    many_days_with_part,
    minute_of_day,
    one_day_said,
    only_days,
    says_moment,
    tidy,
)
from engine.history.when.units import PARTS, Piece
from engine.history.when.zone import local, utc_ns
from engine.model.history.query import MOST_SPANS, Span
from engine.model.time import SECOND, seconds_to_ns
from engine.model.value_class import dataclass

_WEEKS_BACK = 8
_MINUTE_NS = 60 * SECOND
_NOON = 720
_SHORTLY = timedelta(minutes=30)  # before or after a time
NEAR_NS = 15 * _MINUTE_NS


@dataclass(frozen=True, slots=True)
class When:
    """Attributes:
    spans: rising, apart; empty: no time was said, or any time (`always`). groups: spans of each time that was said by itself, in their
        order, for comparing. moment: one moment was said, not a stretch. now: at this moment. said: the words. clocked: a clock was
        said, by the site's `zone`. without: what was left out (`but not on Friday`), already taken off the spans. dayless: only clocks
        and parts of a day were said, and no day.
    """

    spans: tuple[Span, ...] = ()
    groups: tuple[tuple[Span, ...], ...] = ()
    moment: bool = False
    now: bool = False
    always: bool = False
    said: str = ""
    clocked: bool = False
    without: tuple[Span, ...] = ()
    dayless: bool = False
    zone: ZoneInfo | None = None

    @property
    def stated(self) -> bool:
        return bool(self.spans) or self.now or self.always


def find_when(tokens: Tokens, now_ns: int, zone: ZoneInfo) -> When:
    """What a question says of time; takes its tokens."""
    now = local(now_ns, zone)
    moments = moments_of(tokens, find_pieces(tokens, now))
    if not moments:
        return When()
    said = " ".join(token.text for token in tokens.all if token.taken == "time")
    clocked = any(each.piece.clock is not None for each in moments)
    return replace(_TimeReading(now, now_ns, zone).read_times(moments), said=said, clocked=clocked, zone=zone)


def _in_one_week(moments: list[Moment], today: date) -> list[Moment]:
    """`on Monday but not on Tuesday`, said on a Monday: the Monday before that Tuesday; `since Monday` then: a week ago."""
    found: list[Moment] = []
    after: date | None = None
    for moment in reversed(moments):
        days = moment.piece.days
        if moment.piece.weekday and days is not None and moment.relation != "since":
            if after is not None and days[0] > after and days[0].weekday() < after.weekday():
                days = (days[0] - timedelta(days=7), days[1] - timedelta(days=7))
                moment = replace(moment, piece=replace(moment.piece, days=days))
            after = days[0]
        if moment.piece.weekday and days == (today, today + timedelta(days=1)) and moment.relation == "since":
            moment = replace(moment, piece=replace(moment.piece, days=(today - timedelta(days=7), today - timedelta(days=6))))
        found.append(moment)
    return found[::-1]


def _less(spans: tuple[Span, ...], without: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(left for span in spans for left in uncovered(span, list(without)))


def _next_midnight(at: LocalSpan, piece: Piece) -> LocalSpan:
    """What was before midnight of a day was at its end."""
    if piece.clock != 0:
        return at
    return LocalSpan(at.since + timedelta(days=1), at.until + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class _TimeReading:
    """What times come to, for one now."""

    now: datetime
    now_ns: int
    zone: ZoneInfo

    def read_times(self, moments: list[Moment]) -> When:
        moments = _in_one_week(moments, self.now.date())
        if any(each.piece.now for each in moments):
            return When(now=True)
        timed = [each for each in moments if not each.piece.always and not each.left_out]
        if not timed:
            return When(always=True)
        stretches = self._stretches(timed)
        days = [each for each in stretches if only_days(each)]
        clocked = [each for each in stretches if not only_days(each) and lacks_day(each)]
        dayed = [each for each in stretches if len(each) == 1 and each[0].piece.days is not None and not only_days(each)]
        if clocked and dayed and not days:  # `before 8 and after 20 on Saturday`
            context = self._days_of(dayed)
        elif days and clocked:
            context = self._days_of(days)
            stretches = [each for each in stretches if each not in days]
        else:
            context = None
        groups = tuple(tidy(self._spans(each, context)) for each in stretches)
        without = tidy([span for each in moments if each.left_out for span in self._spans((each,), None)])
        groups = tuple(_less(group, without) for group in groups)
        spans = tidy([span for group in groups for span in group])
        first = stretches[0]
        is_moment = len(stretches) == 1 and len(first) == 1 and first[0].relation in ("", "at", "around") and says_moment(first[0].piece)
        dayless = bool(clocked) and context is None and len(clocked) == len(stretches)
        return When(spans, tuple(group for group in groups if group), is_moment, without=without, dayless=dayless)

    def _stretches(self, moments: list[Moment]) -> list[tuple[Moment, ...]]:
        found: list[tuple[Moment, ...]] = []
        for each in moments:
            before = found[-1] if found else ()
            if each.to and len(before) == 1 and (before[0].relation == "from" or both_clocks(before[0], each)):
                found[-1:] = one_day_said(before[0], each)
            else:
                found.append((each,))
        return found

    def _days_of(self, stretches: list[tuple[Moment, ...]]) -> list[date]:
        """Days of the week beside others (`on weekdays last week`) are those of them."""
        only = [each for each in stretches if each[0].piece.weekdays and each[0].piece.days is None]
        named = [each for each in stretches if each not in only]
        days = {day for each in named or only for day in self._each_day(each)}
        wanted = frozenset[int]().union(*(each[0].piece.weekdays for each in only))
        return sorted(day for day in days if not (named and only) or day.weekday() in wanted)

    def _each_day(self, stretch: tuple[Moment, ...]) -> list[date]:
        first, last = stretch[0], stretch[-1]
        since, until = self._days(first.piece)[0], self._days(last.piece)[1]
        if until <= since and first.piece.weekday:  # `from Monday to Friday`
            since -= timedelta(days=7)
        if first.relation == "since" and len(stretch) == 1:
            until = self.now.date() + timedelta(days=1)
        found = [since + timedelta(days=at) for at in range(min((until - since).days, MOST_SPANS))]
        weekdays = first.piece.weekdays
        return [day for day in found if (not weekdays or day.weekday() in weekdays) and day <= self.now.date()]

    def _days(self, piece: Piece) -> tuple[date, date]:
        if piece.days is not None:
            return piece.days
        tomorrow = self.now.date() + timedelta(days=1)
        if piece.weekdays:
            return tomorrow - timedelta(weeks=_WEEKS_BACK), tomorrow
        if piece.every:
            return tomorrow - timedelta(days=7), tomorrow
        return tomorrow - timedelta(days=1), tomorrow

    def _spans(self, stretch: tuple[Moment, ...], context: list[date] | None) -> list[Span]:
        first = stretch[0]
        if first.piece.back is not None:
            return [Span(self.now_ns - seconds_to_ns(first.piece.back), self.now_ns)]
        if first.piece.ago is not None:
            return self._ago(first)
        if context is not None and lacks_day(stretch):
            return self._repeated(stretch, context)
        repeated = first.piece.weekdays or (first.piece.every and first.piece.part) or many_days_with_part(first.piece)
        related = ("", "at", "around", "from", "after", "before") if many_days_with_part(first.piece) else ("", "at", "around", "from")
        if repeated and len(stretch) == 1 and first.relation in related:
            return self._repeated(stretch, self._each_day(stretch))
        if lacks_day(stretch):
            return self._last_time(stretch)
        return self._spans_of_stretch(stretch, self._days(first.piece)[0])

    def _repeated(self, stretch: tuple[Moment, ...], days: list[date]) -> list[Span]:
        stretch = tuple(replace(each, piece=replace(each.piece, days=None)) for each in stretch)
        found: list[Span] = []
        for day in days[-MOST_SPANS:]:
            found += [span for span in self._spans_of_stretch(stretch, day) if span.since_ns <= self.now_ns]
        return found

    def _last_time(self, stretch: tuple[Moment, ...]) -> list[Span]:
        """Today, or yesterday where that has not come yet today."""
        today = self._spans_of_stretch(stretch, self.now.date())
        if stretch[0].piece.this or (today and today[0].since_ns <= self.now_ns):
            return today
        return self._spans_of_stretch(stretch, self.now.date() - timedelta(days=1))

    def _ago(self, moment: Moment) -> list[Span]:
        at_ns = self.now_ns - seconds_to_ns(moment.piece.ago or 0)
        if moment.relation == "since":
            return [Span(at_ns, self.now_ns)]
        reach_ns = min(max(seconds_to_ns((moment.piece.ago or 0) / 20), _MINUTE_NS), NEAR_NS)
        return [Span(at_ns - reach_ns, at_ns + reach_ns)]

    def _spans_of_stretch(self, stretch: tuple[Moment, ...], day: date) -> list[Span]:
        """Of one stretch that begins on a day (unless it names its own)."""
        first = stretch[0]
        if len(stretch) == 2:
            return self._from_to(first.piece, stretch[1].piece, day)
        at = self._local(first.piece, day)
        match first.relation:
            case "since":
                return self._until_now(at.since)
            case "from" if at.moment:
                return self._until_now(at.since)
            case "after" if first.short:
                return [Span(utc_ns(at.until, self.zone), utc_ns(at.until + _SHORTLY, self.zone))]
            case "after":
                return self._after(at, first.piece, day)
            case "before" if first.short:
                at = _next_midnight(at, first.piece)
                return [Span(utc_ns(at.since - _SHORTLY, self.zone), utc_ns(at.since, self.zone))]
            case "before":
                return self._before(_next_midnight(at, first.piece), first.piece, day)
            case relation:
                return self._at(at, first.piece, around=relation == "around")

    def _until_now(self, since: datetime) -> list[Span]:
        since_ns = utc_ns(since, self.zone)
        return [Span(since_ns, self.now_ns)] if since_ns < self.now_ns else []

    def _after(self, at: LocalSpan, piece: Piece, day: date) -> list[Span]:
        if piece.clock is None and piece.part is None:
            return self._until_now(at.until)
        ended = datetime.combine(at.until.date() if at.until.time() != time() or at.moment else day, time()) + timedelta(days=1)
        return [Span(utc_ns(at.until, self.zone), utc_ns(ended, self.zone))]

    def _before(self, at: LocalSpan, piece: Piece, day: date) -> list[Span]:
        if piece.clock is None and piece.part is None:
            return [Span(0, utc_ns(at.since, self.zone))]
        began = datetime.combine(day, time())
        return [Span(utc_ns(began, self.zone), utc_ns(at.since, self.zone))] if began < at.since else []

    def _at(self, at: LocalSpan, piece: Piece, *, around: bool) -> list[Span]:
        if not at.moment:
            return [Span(utc_ns(at.since, self.zone), utc_ns(at.until, self.zone, fold=1))]
        lasts_ns = SECOND if piece.second is not None else _MINUTE_NS
        found = [utc_ns(at.since, self.zone, fold) for fold in (0, 1)]
        if piece.spoken and piece.part is None and piece.clock is not None and piece.clock < _NOON:
            found += [ns for each in found if (ns := each + _NOON * _MINUTE_NS) <= self.now_ns]
        reach_ns = NEAR_NS if around else 0
        return [Span(each - reach_ns, each + lasts_ns + reach_ns) for each in sorted(set(found))]

    def _from_to(self, a: Piece, b: Piece, day: date) -> list[Span]:
        if a.days is None and b.days is not None and b.clock is not None:
            a = replace(a, days=b.days)
        a_clock, b_clock = halves(a, b)
        since = self._local(replace(a, clock=a_clock, am_pm=True) if a_clock is not None else a, day).since
        if b_clock is not None and b.days is None:
            until = datetime.combine(since.date(), time()) + timedelta(minutes=b_clock)
            until = until if until > since else until + timedelta(days=1)
        else:
            named = self._local(b, day)
            until = named.since if b.clock is not None else named.until
        if since >= until and a.days is not None and a.weekday:  # `from Monday to Friday`: the Monday before that Friday
            since -= timedelta(days=7)
        since_ns, until_ns = utc_ns(since, self.zone), utc_ns(until, self.zone, fold=1)
        return [Span(since_ns, until_ns)] if since_ns < until_ns else []

    def _local(self, piece: Piece, day: date) -> LocalSpan:
        if piece.days is not None:
            day = piece.days[0]
        start = datetime.combine(day, time())
        if piece.clock is not None:
            at = start + timedelta(minutes=minute_of_day(piece.clock, piece), seconds=piece.second or 0)
            return LocalSpan(at, at)
        if piece.part is not None:
            part = PARTS["night"] if piece.part == PARTS["nights"] and piece.days is not None and not piece.every else piece.part
            return LocalSpan(start + timedelta(minutes=part[0]), start + timedelta(minutes=part[1]))
        after = piece.days[1] if piece.days is not None else day + timedelta(days=1)
        return LocalSpan(start, datetime.combine(after, time()))
