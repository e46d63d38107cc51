"""Spans of time: made one, cut to another, and what is left of them without others."""

from collections.abc import Iterable
from operator import attrgetter

from engine.model.history.query import Span


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Rising, and those that overlap made one."""
    found: list[Span] = []
    for span in sorted(spans, key=attrgetter("since_ns")):
        if found and span.since_ns <= found[-1].until_ns:
            found[-1] = Span(found[-1].since_ns, max(found[-1].until_ns, span.until_ns))
        else:
            found.append(span)
    return found


def cut_spans(spans: Iterable[Span], since_ns: int, until_ns: int) -> tuple[Span, ...]:
    """What of them lies within a time."""
    cut = ((max(each.since_ns, since_ns), min(each.until_ns, until_ns)) for each in spans)
    return tuple(Span(since, until) for since, until in cut if since < until)


def uncovered(span: Span, covers: list[Span]) -> list[Span]:
    """What is left of a span without these."""
    left: list[Span] = []
    at = span.since_ns
    for each in sorted(covers, key=attrgetter("since_ns")):
        if each.since_ns > at:
            left.append(Span(at, min(each.since_ns, span.until_ns)))
        at = max(at, each.until_ns)
        if at >= span.until_ns:
            return left
    return [*left, Span(at, span.until_ns)]
