"""From a timeline to the rows that are drawn: names, groups, what the filter leaves, and what lies under a moment. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from itertools import groupby, pairwise
from operator import attrgetter

from engine.model.history.timeline import LaneKind, LaneMarks, LaneSpan, SpanState, Timeline, TimelineLane
from engine.model.value_class import dataclass

_GROUPED = frozenset({LaneKind.CAMERA, LaneKind.OBSERVED, LaneKind.PEOPLE})
ORDER = (
    *(LaneKind.CAMERA, LaneKind.RADIO, LaneKind.BLE, LaneKind.PEOPLE, LaneKind.INCIDENTS, LaneKind.DECISIONS, LaneKind.ACTS),
    LaneKind.OBSERVED,
)
_RANK = {SpanState.OBSERVED: 1, SpanState.PARTLY: 2, SpanState.UNLOOKED: 3, SpanState.BLIND: 4}
UNSEEN = (SpanState.PARTLY, SpanState.UNLOOKED, SpanState.BLIND)  # not all that happened, or nothing of it


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One row. `key`: stays the same while data change. `group`: it stands for `lane.kind` as a whole; `members`: of how many lanes.

    `watched`: spans of the same sensor that say whether anything would have been seen, drawn behind a camera's own.
    """

    key: str
    name: str
    lane: TimelineLane
    group: bool = False
    collapsed: bool = False
    members: int = 0
    watched: tuple[LaneSpan, ...] = ()
    nested: bool = False


@dataclass(frozen=True, slots=True)
class RowChoice:
    """What is to be shown: `text` typed into the filter, and groups that are folded away. `words`: of the kinds, as they are on screen."""

    text: str = ""
    folded: frozenset[LaneKind] = frozenset()
    words: Mapping[LaneKind, str] = field(default_factory=dict)


def rows_of(timeline: Timeline, names: Mapping[str, str], choice: RowChoice) -> tuple[LaneRow, ...]:
    """`names`: of cameras, persons and sensors, by id. Lanes of one kind stand together, in the order in which they are given."""
    lanes = sorted(timeline.lanes, key=lambda lane: ORDER.index(lane.kind))
    watched = {lane.id: lane.spans for lane in lanes if lane.kind is LaneKind.OBSERVED}
    rows: list[LaneRow] = []
    for kind, group in groupby(lanes, key=attrgetter("kind")):
        own = [_lane_row(lane, names, choice, watched) for lane in group]
        rows += _grouped(kind, own, choice)
    return tuple(rows)


def _lane_row(lane: TimelineLane, names: Mapping[str, str], choice: RowChoice, watched: Mapping[str, tuple[LaneSpan, ...]]) -> LaneRow:
    name = names.get(lane.id, lane.id) or choice.words.get(lane.kind, lane.kind.value)
    behind = watched.get(lane.id, ()) if lane.kind is LaneKind.CAMERA else ()
    unseen = tuple(span for span in behind if span.state in UNSEEN)
    return LaneRow(f"{lane.kind.value}:{lane.id}", name, lane, watched=unseen)


def _grouped(kind: LaneKind, own: list[LaneRow], choice: RowChoice) -> list[LaneRow]:
    title = choice.words.get(kind, kind.value)
    shown = [kept for row in own if (kept := _passing(row, title, choice.text)) is not None]
    if not shown or (kind not in _GROUPED and len(own) == 1):
        return shown
    folded = kind in choice.folded
    merged = TimelineLane(kind)
    if folded:
        merged = TimelineLane(kind, "", merged_marks(row.lane.marks for row in shown), merged_spans([row.lane.spans for row in shown]))
    head = LaneRow(f"{kind.value}*", title, merged, group=True, collapsed=folded, members=len(shown))
    return [head] if folded else [head, *(replace(row, nested=True) for row in shown)]


def _passing(row: LaneRow, title: str, text: str) -> LaneRow | None:
    """What the filter leaves of a row: all of it where its name or kind fits, else the marks that do; None where nothing does."""
    wanted = text.strip().casefold()
    if not wanted or wanted in row.name.casefold() or wanted in title.casefold():
        return row
    marks = tuple(mark for mark in row.lane.marks if wanted in mark.kind.replace("_", " ").casefold())
    return replace(row, lane=replace(row.lane, marks=marks)) if any(sum(mark.counts) for mark in marks) else None


def merged_marks(parts: Iterable[tuple[LaneMarks, ...]]) -> tuple[LaneMarks, ...]:
    """Counts of each kind added up, the worst of the worst."""
    found: dict[str, LaneMarks] = {}
    for mark in (mark for marks in parts for mark in marks):
        known = found.get(mark.kind)
        if known is None:
            found[mark.kind] = mark
        else:
            counts = tuple(a + b for a, b in zip(known.counts, mark.counts, strict=True))
            found[mark.kind] = LaneMarks(mark.kind, counts, tuple(map(max, known.worst, mark.worst)))
    return tuple(found.values())


def merged_spans(lanes: list[tuple[LaneSpan, ...]]) -> tuple[LaneSpan, ...]:
    """Of a folded group: at each time the state of the sensor that saw least. Other states (video, clips) as they are."""
    plain = sorted((span for spans in lanes for span in spans if span.state not in _RANK), key=attrgetter("since_ns"))
    ranked = [span for spans in lanes for span in spans if span.state in _RANK]
    return (*plain, *_worst(ranked))


def _worst(spans: list[LaneSpan]) -> list[LaneSpan]:
    """A sweep over all beginnings and ends."""
    edges = sorted({edge for span in spans for edge in (span.since_ns, span.until_ns)})
    opening = sorted(spans, key=attrgetter("since_ns"))
    live: list[LaneSpan] = []
    found: list[LaneSpan] = []
    taken = 0
    for since_ns, until_ns in pairwise(edges):
        live = [span for span in live if span.until_ns > since_ns]
        while taken < len(opening) and opening[taken].since_ns <= since_ns:
            live.append(opening[taken])
            taken += 1
        if live:
            worst = max(live, key=lambda span: _RANK[span.state])
            _append(found, replace(worst, since_ns=since_ns, until_ns=until_ns))
    return found


def _append(found: list[LaneSpan], span: LaneSpan) -> None:
    """Grown where the last one says the same."""
    if found and found[-1].until_ns == span.since_ns and (found[-1].state, found[-1].reason) == (span.state, span.reason):
        found[-1] = replace(found[-1], until_ns=span.until_ns)
    else:
        found.append(span)


def thinned(spans: tuple[LaneSpan, ...], at_least_ns: int) -> tuple[LaneSpan, ...]:
    """Neighbours of one state that are nearer than `at_least_ns` as one: what is less than a pixel apart is drawn together."""
    found: list[LaneSpan] = []
    last: dict[SpanState, int] = {}
    for span in spans:
        place = last.get(span.state)
        if place is not None and span.since_ns - found[place].until_ns < at_least_ns:
            found[place] = replace(found[place], until_ns=max(found[place].until_ns, span.until_ns))
        else:
            last[span.state] = len(found)
            found.append(span)
    return tuple(found)


def slimmed(timeline: Timeline) -> Timeline:
    """With no more spans than can be told apart on its columns. Any thread."""
    pixel_ns = (timeline.until_ns - timeline.since_ns) // timeline.columns
    lanes = tuple(replace(lane, spans=thinned(lane.spans, pixel_ns)) if len(lane.spans) > 1 else lane for lane in timeline.lanes)
    return replace(timeline, lanes=lanes)


def counts_at(row: LaneRow, timeline: Timeline, at_ns: int, reach: int = 1) -> dict[str, int]:
    """How many of each kind in the column under a moment, and in `reach` columns beside it."""
    column = (at_ns - timeline.since_ns) * timeline.columns // max(1, timeline.until_ns - timeline.since_ns)
    low, high = max(0, column - reach), column + reach + 1
    found = {mark.kind: sum(mark.counts[low:high]) for mark in row.lane.marks} if 0 <= column < timeline.columns else {}
    return {kind: count for kind, count in found.items() if count}


def spans_at(spans: Iterable[LaneSpan], at_ns: int) -> tuple[LaneSpan, ...]:
    return tuple(span for span in spans if span.since_ns <= at_ns < span.until_ns)


def with_lanes(timeline: Timeline, lanes: Iterable[tuple[LaneKind, str]]) -> Timeline:
    """With a lane of each of these, empty where nothing is: rows do not come and go while the view is moved."""
    known = {(lane.kind, lane.id): lane for lane in timeline.lanes}
    wanted = list(lanes)
    first = [known.get(key) or TimelineLane(*key) for key in wanted]
    rest = [lane for key, lane in known.items() if key not in set(wanted)]
    return replace(timeline, lanes=(*first, *rest))
