"""The pieces of times in words, from left to right. What they come to together is `when`'s."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter

from engine.history.lexicon.tokens import Tokens
from engine.history.when.calendar import read_date
from engine.history.when.clocks import read_clock
from engine.history.when.days import read_ago, read_day, read_edge, read_stretch, read_weekday, read_weeks
from engine.history.when.parts import read_part, read_plain
from engine.history.when.units import Piece


def find_pieces(tokens: Tokens, now: datetime) -> list[Piece]:
    """From left to right, at each token the longest reading; takes nothing."""
    found: list[Piece] = []
    at = 0
    while at < len(tokens.all):
        pieces = [piece for read in _READERS if tokens.free(at) and (piece := read(tokens, at, now)) is not None]
        pieces = [piece for piece in pieces if all(tokens.free(each) for each in range(piece.start, piece.end))]
        best = max(pieces, key=attrgetter("end"), default=None)
        if best is None:
            at += 1
        else:
            found.append(best)
            at = best.end
    return found


_READERS: tuple[Callable[[Tokens, int, datetime], Piece | None], ...] = (
    read_day,
    read_weekday,
    read_weeks,
    read_edge,
    read_stretch,
    read_ago,
    read_date,
    read_clock,
    read_part,
    read_plain,
)
