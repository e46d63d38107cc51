"""`bench timeline`: a year of events in a record: how fast they are saved with all that is counted and indexed of them, timelines of any
window at any zoom, and pages of full text. Times that passed, and beside them those of this thread's processor, without the turns of other
programs.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.history.timeline_events import BATCH, CAMERAS, OF_A_YEAR, YEAR_S, batches, word
from benchmarks.report import Case, at_least, at_most, case
from engine.model.event import Event
from engine.model.history.timeline import CountDays, FindNeighbour, GetTimeline, SearchFilter, SearchRecord
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store

UNTIL_NS = 1_798_761_600 * SECOND
DRAW_MS, TEXT_MS, INSERT_PER_S = 50.0, 50.0, 50_000.0
COLUMNS = 1_024
SHORTEST_S = 10.0
WINDOWS, PEER_WINDOWS, QUESTIONS = 400, 24, 300
PLAIN_EVENTS = 200_000  # saved the plain way, for comparison

_Span = tuple[int, int]


def run(events: int = 10_000_000) -> dict[str, Any]:
    """Raises EnvironmentFault: the disk is full."""
    period_s = max(YEAR_S * events / OF_A_YEAR, 2 * SHORTEST_S)
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
        path = Path(folder) / "timeline.db"
        with closing(open_store(path, ManualClock(UNTIL_NS))) as store:
            plain = _plain_inserts(Path(folder) / "plain.db", min(events, PLAIN_EVENTS))
            inserts = _inserts(store, events)
            words = _words(store, events)
            drawn = [_drawn(store, name, spans) for name, spans in _zooms(np.random.default_rng(2), period_s)]
            spans = _windows(np.random.default_rng(3), WINDOWS, SHORTEST_S, period_s, period_s)
            everything, painted = _drawn(store, "any window, any zoom", spans), _painted(store, spans)
            texts = [_texts(store, name, filters) for name, filters in _questions(np.random.default_rng(4))]
            every_text = _texts(
                store, "any page of full text", [each for _, filters in _questions(np.random.default_rng(5)) for each in filters]
            )
            beside = [_neighbours(store, period_s), _calendar(store)]
        with closing(sqlite3.connect(path)) as connection:
            peers = [plain, _grouped(connection, period_s), _like(connection)]
    return {
        "bench": "timeline",
        "cases": [inserts, words, everything, painted, *drawn, every_text, *texts, *beside],
        "peers": peers,
        "targets": [
            at_least("saved events_per_s", INSERT_PER_S, inserts["metrics"]["events_per_s"]),
            at_most("timeline, drawn, p95_ms", DRAW_MS, painted["metrics"]["p95_ms"]),
            at_most("full text p95_ms", TEXT_MS, every_text["metrics"]["p95_ms"]),
        ],
    }


def _inserts(store: Store, events: int) -> Case:
    """Saving alone: events are made between the times taken."""
    return _timed_batches(store.save, "saved and counted", events, dict)


def _words(store: Store, events: int) -> Case:
    """Their words entered for search, as the engine does it beside everything else after large batches."""
    begin, begin_cpu = time.perf_counter(), time.thread_time()
    while store.put_waiting_words() is not None:
        pass
    passed, worked = time.perf_counter() - begin, time.thread_time() - begin_cpu
    metrics = {"events_per_s": events / passed, "events_per_cpu_s": events / worked, "bytes_per_event": store.size_bytes() / events}
    return case("words entered afterwards", {"events": events}, metrics)


def _plain_inserts(path: Path, events: int) -> Case:
    """The same rows with the same indexes through the plain driver, without counts, full text or values of the model."""
    open_store(path, ManualClock(UNTIL_NS)).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        names = [row[1] for row in connection.execute("PRAGMA table_info(events)")]
        statement = f"INSERT INTO events ({','.join(names)}) VALUES ({','.join('?' * len(names))})"

        def save(batch: list[Event]) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(statement, rows)
            connection.execute("COMMIT")

        rows: list[tuple[Any, ...]] = []

        def prepare(batch: list[Event]) -> None:
            rows[:] = [_plain_row(event) for event in batch]

        return _timed_batches(save, "plain executemany, rows alone", events, dict, prepare)


def _plain_row(event: Event) -> tuple[Any, ...]:
    given: list[Any] = [
        event.id,
        event.kind.value,
        event.camera_id,
        event.subject_id,
        event.severity.value,
        event.started_ns,
        event.ended_ns,
    ]
    given += [event.received_ns, event.confidence, event.decision_id, "[0,0,1,1]", event.reason, 1, None, "", event.person, 0]
    return (*given, event.person_id, "", 0, "[]", None)


def _timed_batches(
    save: Callable[[list[Event]], None],
    name: str,
    events: int,
    more: Callable[[], dict[str, Any]],
    prepare: Callable[[list[Event]], None] = lambda _: None,
) -> Case:
    passed = worked = 0.0
    for batch in batches(events, UNTIL_NS):
        prepare(batch)
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        save(batch)
        passed, worked = passed + time.perf_counter() - begin, worked + time.thread_time() - begin_cpu
    metrics = {"events_per_s": events / passed, "events_per_cpu_s": events / worked}
    return case(name, {"events": events, "batch": BATCH}, metrics | more())


def _windows(draw: np.random.Generator, count: int, shortest_s: float, longest_s: float, period_s: float) -> list[_Span]:
    """Within the period there are events of, where they are not longer than it."""
    widths = (np.exp(draw.uniform(np.log(shortest_s), np.log(longest_s), count)) * SECOND).astype(np.int64)
    begins = UNTIL_NS - widths - (draw.random(count) * np.maximum(period_s * SECOND - widths, 0)).astype(np.int64)
    return [(int(begin), int(begin + width)) for begin, width in zip(begins, widths, strict=True)]


def _zooms(draw: np.random.Generator, period_s: float) -> Iterable[tuple[str, list[_Span]]]:
    edges = (
        ("seconds to an hour", SHORTEST_S, 3_600.0),
        ("an hour to a day", 3_600.0, 86_400.0),
        ("a day to a month", 86_400.0, 30 * 86_400.0),
    )
    for name, shortest_s, longest_s in (*edges, ("a month to a year", 30 * 86_400.0, float(YEAR_S))):
        yield name, _windows(draw, WINDOWS // 4, shortest_s, longest_s, period_s)


def _drawn(store: Store, name: str, spans: list[_Span]) -> Case:
    return _asked(name, {"columns": COLUMNS}, spans, lambda span: store.answer(GetTimeline(span[0], span[1], COLUMNS)))


def _painted(store: Store, spans: list[_Span]) -> Case:
    """Asked and drawn one after the other; the console does the first beside its screen."""
    from benchmarks.history.timeline_screen import HEIGHT, WIDTH, screen

    columns, draw = screen()

    def paint(span: _Span) -> None:
        found = store.answer(GetTimeline(span[0], span[1], columns))
        if found is not None:
            draw(found)

    return _asked("any window, any zoom, drawn", {"columns": columns, "width": WIDTH, "height": HEIGHT}, spans, paint)


def _questions(draw: np.random.Generator) -> Iterable[tuple[str, list[SearchFilter]]]:
    def drawn() -> list[str]:
        return [word(int(number)) for number in np.minimum(draw.zipf(1.2, QUESTIONS // 6), 2_000)]

    def since() -> int:
        return UNTIL_NS - int(draw.uniform(1, YEAR_S)) * SECOND

    yield "one word", [SearchFilter(each) for each in drawn()]
    yield "two words", [SearchFilter(f"{one} {other}") for one, other in zip(drawn(), drawn(), strict=True)]
    yield "a phrase", [SearchFilter(f'"with {each}"') for each in drawn()]
    yield "a beginning", [SearchFilter(f"{each[: 2 + number % 4]}*") for number, each in enumerate(drawn())]
    yield "a word of one camera", [SearchFilter(each, camera_ids=(f"camera-{number % CAMERAS}",)) for number, each in enumerate(drawn())]
    yield "a word until a time", [SearchFilter(each, until_ns=since(), min_severity=1 + number % 5) for number, each in enumerate(drawn())]


def _texts(store: Store, name: str, filters: list[SearchFilter]) -> Case:
    return _asked(name, {"hits": 50}, filters, lambda wanted: store.answer(SearchRecord(wanted)))


def _neighbours(store: Store, period_s: float) -> Case:
    spans = _windows(np.random.default_rng(6), 100, 10.0, 20.0, period_s)
    return _asked("next event of three cameras", {}, spans, lambda span: store.answer(FindNeighbour(span[0], True, camera_ids=_THREE)))


_THREE = tuple(f"camera-{number}" for number in (0, 7, 15))


def _calendar(store: Store) -> Case:
    return _asked("days of a month", {}, [*range(1, 13)], lambda month: store.answer(CountDays(2026, month, "Europe/Berlin")))


def _grouped(connection: sqlite3.Connection, period_s: float) -> Case:
    """What one would write first: the rows of the window, grouped by camera, kind and column."""
    query = (
        "SELECT camera_id, kind, CAST((started_ns - ?) * ? AS INTEGER) AS place, count(*), max(severity) FROM events"
        " WHERE started_ns >= ? AND started_ns < ? GROUP BY camera_id, kind, place"
    )

    def ask(span: _Span) -> Any:
        return connection.execute(query, (span[0], COLUMNS / (span[1] - span[0]), *span)).fetchall()

    return _asked(
        "plain GROUP BY over the events",
        {"columns": COLUMNS},
        _windows(np.random.default_rng(3), PEER_WINDOWS, SHORTEST_S, period_s, period_s),
        ask,
    )


def _like(connection: sqlite3.Connection) -> Case:
    draw = np.random.default_rng(4)
    words = [word(int(number)) for number in np.minimum(draw.zipf(1.2, 12), 2_000)]
    query = "SELECT * FROM events WHERE reason LIKE ? ORDER BY started_ns DESC LIMIT 50"
    return _asked("plain LIKE over the events", {"hits": 50}, words, lambda each: connection.execute(query, (f"%{each}%",)).fetchall())


def _asked(name: str, params: dict[str, Any], questions: list[Any], ask: Callable[[Any], Any]) -> Case:
    passed: list[float] = []
    worked: list[float] = []
    for question in questions:
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        ask(question)
        passed.append(1e3 * (time.perf_counter() - begin))
        worked.append(1e3 * (time.thread_time() - begin_cpu))
    metrics = {
        "p50_ms": float(np.percentile(passed, 50)),
        "p95_ms": float(np.percentile(passed, 95)),
        "longest_ms": max(passed),
        "cpu_p95_ms": float(np.percentile(worked, 95)),
    }
    return case(name, params | {"questions": len(questions)}, metrics)
