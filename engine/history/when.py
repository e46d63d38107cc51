"""Times in words as spans of UTC, by the site's clock: "yesterday between 14:00 and 16:30", "since noon", "every night this week".

A day is from midnight to midnight of the site's zone, so it may have 23 or 25 hours. An hour that the clock has twice is meant both times;
one that it leaves out is the hour behind it. Night is 18:00 to 06:00 where one night is named ("last night", "Tuesday night") and 22:00 to
06:00 otherwise ("at night", "overnight"); morning 06–12, afternoon 12–18, evening 18–22, office hours 09–17. A day of the week is the last
one, a clock without a day is the last time it said so.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.history.grammar_tokens import Tokens, word_set
from engine.history.queries import MOST_SPANS, Span
from engine.history.when_pieces import PARTS, Piece, find_pieces
from engine.model.time import SECOND, seconds_to_ns

_BETWEEN = word_set("at on in the of during around about this sometime some time exactly roughly approximately")
_RELATIONS = {
    "since": "since",
    "between": "from",
    "from": "from",
    "after": "after",
    "past": "after",
    "before": "before",
    "until": "before",
    "till": "before",
    "by": "before",
    "around": "around",
    "about": "around",
    "roughly": "around",
    "approximately": "around",
    "at": "at",
}
_TO = word_set("and to until till through")
_BEFORE_TIME = word_set(
    "on in at during the of for from within over as between since after before until till around about to by throughout all early late"
)
_WEEKS_BACK = 8
_MINUTE_NS = 60 * SECOND
NEAR_NS = 15 * _MINUTE_NS


@dataclass(frozen=True, slots=True)
class When:
    """Attributes:
    spans: rising, apart; empty: no time was said, or any time (`always`). groups: spans of each time that was said by itself, in their
        order, for comparing. moment: one moment was said, not a stretch. now: at this moment. said: the words.
    """

    spans: tuple[Span, ...] = ()
    groups: tuple[tuple[Span, ...], ...] = ()
    moment: bool = False
    now: bool = False
    always: bool = False
    said: str = ""

    @property
    def stated(self) -> bool:
        return bool(self.spans) or self.now or self.always


@dataclass(frozen=True, slots=True)
class _Moment:
    """One time that was said. `relation`: how the words before it put it."""

    piece: Piece
    relation: str
    to: bool = False  # it ends a stretch that the one before began


@dataclass(frozen=True, slots=True)
class _Local:
    """From and to by the site's clock; of a moment they are the same. `open_end`: until now."""

    since: datetime
    until: datetime

    @property
    def moment(self) -> bool:
        return self.since == self.until


def find_when(tokens: Tokens, now_ns: int, zone: ZoneInfo) -> When:
    """What a question says of time; takes its tokens."""
    now = local(now_ns, zone)
    moments = _moments(tokens, find_pieces(tokens, now))
    if not moments:
        return When()
    said = " ".join(token.text for token in tokens.all if token.taken == "time")
    return replace(_Meant(now, now_ns, zone).of(moments), said=said)


def local(at_ns: int, zone: ZoneInfo) -> datetime:
    """By the site's clock, without a zone."""
    return datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(zone).replace(tzinfo=None)


def utc_ns(at: datetime, zone: ZoneInfo, fold: int = 0) -> int:
    return int(at.replace(tzinfo=zone, fold=fold).timestamp()) * SECOND


def day_span(day: date, zone: ZoneInfo) -> Span:
    start = datetime.combine(day, time())
    return Span(utc_ns(start, zone), utc_ns(start + timedelta(days=1), zone))


def _moments(tokens: Tokens, pieces: list[Piece]) -> list[_Moment]:
    """Pieces that belong together made one, each with the words that relate it to the rest; takes all of them."""
    found: list[_Moment] = []
    for piece in pieces:
        relation, start = _relation(tokens, piece.start)
        if found and relation in ("", "at", "around") and _joins(tokens, found[-1].piece, piece):
            before = found[-1]
            tokens.take(before.piece.end, piece.end, "time")
            kept = relation if relation and before.relation == "" else before.relation
            found[-1] = replace(before, piece=_merged(before.piece, piece), relation=kept)
            continue
        if found and _same_day(tokens, found[-1].piece, piece):
            tokens.take(found[-1].piece.end, piece.end, "time")
            found[-1] = replace(found[-1], piece=replace(found[-1].piece, end=piece.end, days=piece.days))
            continue
        linked = bool(found) and _links(tokens, found[-1].piece.end, piece.start)
        tokens.take(found[-1].piece.end if linked else start, piece.end, "time")
        found.append(_Moment(piece, relation, linked))
    return found


def _relation(tokens: Tokens, at: int) -> tuple[str, int]:
    """The word before a time that relates it, and where its words begin."""
    start = at
    relation = ""
    while tokens.free(start - 1) and tokens.word(start - 1) in _BEFORE_TIME:
        start -= 1
        relation = relation or _RELATIONS.get(tokens.word(start), "")
        if tokens.word(start) in ("since", "between", "from", "after", "before", "until", "till", "by"):
            return _RELATIONS[tokens.word(start)], start
    return relation, start


def _joins(tokens: Tokens, before: Piece, piece: Piece) -> bool:
    if any(tokens.word(at) not in _BETWEEN for at in range(before.end, piece.start)):
        return False
    both_days = before.days is not None and piece.days is not None and not piece.this
    both_clocks = before.clock is not None and piece.clock is not None
    alone = any(each.back is not None or each.ago is not None or each.always or each.now for each in (before, piece))
    return not (both_days or both_clocks or alone)


def _same_day(tokens: Tokens, before: Piece, piece: Piece) -> bool:
    """`Friday the 13th`: a day of the week beside the date that is one."""
    if any(tokens.word(at) not in ("the", "of") for at in range(before.end, piece.start)) or before.days is None or piece.days is None:
        return False
    single = all((each.days[1] - each.days[0]).days == 1 for each in (before, piece) if each.days is not None)
    weekdays = {each.days[0].weekday() for each in (before, piece) if each.days is not None}
    return single and len(weekdays) == 1


def _merged(a: Piece, b: Piece) -> Piece:
    return Piece(
        a.start,
        b.end,
        days=a.days or b.days,
        part=b.part or a.part if b.clock is None else a.part or b.part,
        clock=a.clock if a.clock is not None else b.clock,
        am_pm=a.am_pm or b.am_pm,
        weekdays=a.weekdays | b.weekdays,
        every=a.every or b.every,
        this=a.this or b.this,
        second=a.second if a.second is not None else b.second,
    )


def _links(tokens: Tokens, end: int, start: int) -> bool:
    """`A to B`, `A and B` after between, or two clocks side by side."""
    words = [tokens.word(at) for at in range(end, start)]
    return bool(words) and words[0] in _TO and all(word in _BETWEEN for word in words[1:])


@dataclass(frozen=True, slots=True)
class _Meant:
    """What times come to, for one now."""

    now: datetime
    now_ns: int
    zone: ZoneInfo

    def of(self, moments: list[_Moment]) -> When:
        if any(each.piece.now for each in moments):
            return When(now=True)
        timed = [each for each in moments if not each.piece.always]
        if not timed:
            return When(always=True)
        stretches = self._stretches(timed)
        days = [each for each in stretches if _only_days(each)]
        clocked = [each for each in stretches if not _only_days(each) and _lacks_day(each)]
        if days and clocked:
            context = self._days_of(days)
            stretches = [each for each in stretches if each not in days]
        else:
            context = None
        groups = tuple(_tidy(self._spans(each, context)) for each in stretches)
        spans = _tidy([span for group in groups for span in group])
        first = stretches[0]
        is_moment = len(stretches) == 1 and len(first) == 1 and first[0].relation in ("", "at", "around") and _is_moment(first[0].piece)
        return When(spans, tuple(group for group in groups if group), is_moment)

    def _stretches(self, moments: list[_Moment]) -> list[tuple[_Moment, ...]]:
        found: list[tuple[_Moment, ...]] = []
        for each in moments:
            before = found[-1] if found else ()
            if each.to and len(before) == 1 and (before[0].relation == "from" or _both_clocks(before[0], each)):
                found[-1:] = _one_day_said(before[0], each)
            else:
                found.append((each,))
        return found

    def _days_of(self, stretches: list[tuple[_Moment, ...]]) -> list[date]:
        days: list[date] = []
        for each in stretches:
            days += self._each_day(each)
        return sorted(set(days))

    def _each_day(self, stretch: tuple[_Moment, ...]) -> list[date]:
        first, last = stretch[0], stretch[-1]
        since, until = self._days(first.piece)[0], self._days(last.piece)[1]
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

    def _spans(self, stretch: tuple[_Moment, ...], context: list[date] | None) -> list[Span]:
        first = stretch[0]
        if first.piece.back is not None:
            return [Span(self.now_ns - seconds_to_ns(first.piece.back), self.now_ns)]
        if first.piece.ago is not None:
            return self._ago(first)
        if context is not None and _lacks_day(stretch):
            return self._repeated(stretch, context)
        repeated = first.piece.weekdays or (first.piece.every and first.piece.part) or _many_days_with_part(first.piece)
        if repeated and len(stretch) == 1 and first.relation in ("", "at", "around", "from"):
            return self._repeated(stretch, self._each_day(stretch))
        if _lacks_day(stretch):
            return self._last_time(stretch)
        return self._one(stretch, self._days(first.piece)[0])

    def _repeated(self, stretch: tuple[_Moment, ...], days: list[date]) -> list[Span]:
        stretch = tuple(replace(each, piece=replace(each.piece, days=None)) for each in stretch)
        found: list[Span] = []
        for day in days[-MOST_SPANS:]:
            found += [span for span in self._one(stretch, day) if span.since_ns <= self.now_ns]
        return found

    def _last_time(self, stretch: tuple[_Moment, ...]) -> list[Span]:
        """Today, or yesterday where that has not come yet today."""
        today = self._one(stretch, self.now.date())
        if stretch[0].piece.this or (today and today[0].since_ns <= self.now_ns):
            return today
        return self._one(stretch, self.now.date() - timedelta(days=1))

    def _ago(self, moment: _Moment) -> list[Span]:
        at_ns = self.now_ns - seconds_to_ns(moment.piece.ago or 0)
        if moment.relation == "since":
            return [Span(at_ns, self.now_ns)]
        reach_ns = min(max(seconds_to_ns((moment.piece.ago or 0) / 20), _MINUTE_NS), NEAR_NS)
        return [Span(at_ns - reach_ns, at_ns + reach_ns)]

    def _one(self, stretch: tuple[_Moment, ...], day: date) -> list[Span]:
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
            case "after":
                return self._after(at, first.piece, day)
            case "before":
                return self._before(at, first.piece, day)
            case relation:
                return self._at(at, first.piece, around=relation == "around")

    def _until_now(self, since: datetime) -> list[Span]:
        since_ns = utc_ns(since, self.zone)
        return [Span(since_ns, self.now_ns)] if since_ns < self.now_ns else []

    def _after(self, at: _Local, piece: Piece, day: date) -> list[Span]:
        if piece.clock is None and piece.part is None:
            return self._until_now(at.until)
        ended = datetime.combine(at.until.date() if at.until.time() != time() or at.moment else day, time()) + timedelta(days=1)
        return [Span(utc_ns(at.until, self.zone), utc_ns(ended, self.zone))]

    def _before(self, at: _Local, piece: Piece, day: date) -> list[Span]:
        if piece.clock is None and piece.part is None:
            return [Span(0, utc_ns(at.since, self.zone))]
        began = datetime.combine(day, time())
        return [Span(utc_ns(began, self.zone), utc_ns(at.since, self.zone))] if began < at.since else []

    def _at(self, at: _Local, piece: Piece, *, around: bool) -> list[Span]:
        if not at.moment:
            return [Span(utc_ns(at.since, self.zone), utc_ns(at.until, self.zone, fold=1))]
        lasts_ns = SECOND if piece.second is not None else _MINUTE_NS
        found = [utc_ns(at.since, self.zone, fold) for fold in (0, 1)]
        reach_ns = NEAR_NS if around else 0
        return [Span(each - reach_ns, each + lasts_ns + reach_ns) for each in sorted(set(found))]

    def _from_to(self, a: Piece, b: Piece, day: date) -> list[Span]:
        if a.days is None and b.days is not None and b.clock is not None:
            a = replace(a, days=b.days)
        a_clock, b_clock = _halves(a, b)
        since = self._local(replace(a, clock=a_clock, am_pm=True) if a_clock is not None else a, day).since
        if b.clock is not None and b.days is None:
            assert b_clock is not None
            until = datetime.combine(since.date(), time()) + timedelta(minutes=b_clock)
            until = until if until > since else until + timedelta(days=1)
        else:
            named = self._local(b, day)
            until = named.since if b.clock is not None else named.until
        since_ns, until_ns = utc_ns(since, self.zone), utc_ns(until, self.zone, fold=1)
        return [Span(since_ns, until_ns)] if since_ns < until_ns else []

    def _local(self, piece: Piece, day: date) -> _Local:
        if piece.days is not None:
            day = piece.days[0]
        start = datetime.combine(day, time())
        if piece.clock is not None:
            at = start + timedelta(minutes=_placed(piece), seconds=piece.second or 0)
            return _Local(at, at)
        if piece.part is not None:
            part = PARTS["night"] if piece.part == PARTS["nights"] and piece.days is not None and not piece.every else piece.part
            return _Local(start + timedelta(minutes=part[0]), start + timedelta(minutes=part[1]))
        after = piece.days[1] if piece.days is not None else day + timedelta(days=1)
        return _Local(start, datetime.combine(after, time()))


def _placed(piece: Piece) -> int:
    """The minute of a clock, put into the part of the day that goes with it ("last night at 3")."""
    assert piece.clock is not None
    if piece.part is None:
        return piece.clock
    choices = (piece.clock, piece.clock + 1440) if piece.am_pm else (piece.clock, piece.clock + 720, piece.clock + 1440)
    return next((each for each in choices if piece.part[0] <= each < piece.part[1]), piece.clock)


def _halves(a: Piece, b: Piece) -> tuple[int | None, int | None]:
    """The half of the day that was said of one clock is that of both ("2 to 4 pm", "10 to 2 am")."""
    if a.clock is None or b.clock is None:
        return a.clock, b.clock
    first, last = a.clock, b.clock
    if not a.am_pm and b.am_pm and a.clock < 720:
        first = a.clock + 720 if (b.clock >= 720 and a.clock + 720 <= b.clock) or (b.clock < 720 and a.clock >= b.clock) else a.clock
    elif not b.am_pm and b.clock < 720 and b.clock <= a.clock < b.clock + 720 and (a.am_pm or a.clock < 720):
        last = b.clock + 720
    return first, last


def _one_day_said(a: _Moment, b: _Moment) -> list[tuple[_Moment, ...]]:
    """A day that was said with one clock of two is that of both: it then stands by itself."""
    days = a.piece.days or b.piece.days
    clocks = a.piece.clock is not None and b.piece.clock is not None
    if not clocks or days is None or (a.piece.days is not None and b.piece.days is not None):
        return [(a, b)]
    named = _Moment(Piece(a.piece.start, a.piece.start, days=days), "")
    return [(named,), (replace(a, piece=replace(a.piece, days=None)), replace(b, piece=replace(b.piece, days=None)))]


def _only_days(stretch: tuple[_Moment, ...]) -> bool:
    return all(_just_days(each.piece) for each in stretch)


def _just_days(piece: Piece) -> bool:
    return (piece.days is not None or bool(piece.weekdays)) and piece.part is None and piece.clock is None


def _lacks_day(stretch: tuple[_Moment, ...]) -> bool:
    return all(
        each.piece.days is None and not each.piece.weekdays and (each.piece.clock is not None or each.piece.part is not None)
        for each in stretch
    )


def _both_clocks(a: _Moment, b: _Moment) -> bool:
    return a.piece.clock is not None and b.piece.clock is not None and a.relation in ("", "from", "at")


def _is_moment(piece: Piece) -> bool:
    return piece.clock is not None or piece.ago is not None


def _many_days_with_part(piece: Piece) -> bool:
    if piece.days is None or (piece.part is None and piece.clock is None):
        return False
    return (piece.days[1] - piece.days[0]).days > 1


def _tidy(spans: list[Span]) -> tuple[Span, ...]:
    """Rising, and those that overlap made one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.since_ns):
        if found and span.since_ns <= found[-1].until_ns:
            found[-1] = Span(found[-1].since_ns, max(found[-1].until_ns, span.until_ns))
        else:
            found.append(span)
    return tuple(found[-MOST_SPANS:])


def days_between(span: Span, zone: ZoneInfo) -> list[Span]:
    """The days of a span, cut at the site's midnights."""
    first = local(span.since_ns, zone).date()
    last = local(span.until_ns - 1, zone).date()
    days = [day_span(first + timedelta(days=at), zone) for at in range((last - first).days + 1)]
    return [Span(max(day.since_ns, span.since_ns), min(day.until_ns, span.until_ns)) for day in days]
