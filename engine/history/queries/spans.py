"""Spans of time, and what is left of them without others."""

from operator import attrgetter

from engine.model.history.query import Span


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
