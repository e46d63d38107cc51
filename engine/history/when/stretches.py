"""What kind of stretch some moments are, and clocks that get their half of the day from one another."""

from dataclasses import replace
from datetime import datetime

from engine.history.queries.spans import merge_spans
from engine.history.when.moments import Moment
from engine.history.when.units import Piece
from engine.model.history.query import MOST_SPANS, Span
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class LocalSpan:
    """From and to by the site's clock; of a moment they are the same. `open_end`: until now."""

    since: datetime
    until: datetime

    @property
    def moment(self) -> bool:
        return self.since == self.until


def minute_of_day(clock: int, piece: Piece) -> int:
    """The minute of a piece's clock, put into the part of the day that goes with it ("last night at 3")."""
    if piece.part is None:
        return clock
    choices = (clock, clock + 1440) if piece.am_pm else (clock, clock + 720, clock + 1440)
    return next((each for each in choices if piece.part[0] <= each < piece.part[1]), clock)


def halves(a: Piece, b: Piece) -> tuple[int | None, int | None]:
    """The half of the day that was said of one clock is that of both ("2 to 4 pm", "10 to 2 am")."""
    if a.clock is None or b.clock is None:
        return a.clock, b.clock
    first, last = a.clock, b.clock
    if not a.am_pm and b.am_pm and a.clock < 720:
        first = a.clock + 720 if (b.clock >= 720 and a.clock + 720 <= b.clock) or (b.clock < 720 and a.clock >= b.clock) else a.clock
    elif not b.am_pm and b.clock < 720 and b.clock <= a.clock < b.clock + 720 and (a.am_pm or a.clock < 720):
        last = b.clock + 720
    return first, last


def one_day_said(a: Moment, b: Moment) -> list[tuple[Moment, ...]]:
    """A day that was said with one clock of two is that of both: it then stands by itself."""
    days = a.piece.days or b.piece.days
    clocks = a.piece.clock is not None and b.piece.clock is not None
    if not clocks or days is None or (a.piece.days is not None and b.piece.days is not None):
        return [(a, b)]
    weekdays = a.piece.weekdays | b.piece.weekdays
    named = Moment(Piece(a.piece.start, a.piece.start, days=days, weekdays=weekdays), "")
    clocks_only = (replace(each, piece=replace(each.piece, days=None, weekdays=frozenset())) for each in (a, b))
    return [(named,), tuple(clocks_only)]


def only_days(stretch: tuple[Moment, ...]) -> bool:
    return all(_just_days(each.piece) for each in stretch)


def _just_days(piece: Piece) -> bool:
    return (piece.days is not None or bool(piece.weekdays)) and piece.part is None and piece.clock is None


def lacks_day(stretch: tuple[Moment, ...]) -> bool:
    return all(
        each.piece.days is None and not each.piece.weekdays and (each.piece.clock is not None or each.piece.part is not None)
        for each in stretch
    )


def both_clocks(a: Moment, b: Moment) -> bool:
    return a.piece.clock is not None and b.piece.clock is not None and a.relation in ("", "from", "at")


def says_moment(piece: Piece) -> bool:
    return piece.clock is not None or piece.ago is not None


def many_days_with_part(piece: Piece) -> bool:
    if piece.days is None or (piece.part is None and piece.clock is None):
        return False
    return (piece.days[1] - piece.days[0]).days > 1


def tidy(spans: list[Span]) -> tuple[Span, ...]:
    return tuple(merge_spans(spans)[-MOST_SPANS:])
