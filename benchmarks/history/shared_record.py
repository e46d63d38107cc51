"""How quickly a hub answers of the past of one site, with the events of many in its database: pages, words, days of a month, limits.

The events are made by the database itself: 63 sites of 16 cameras over a month, each busy by day and quiet by night, and one site in seven
is away since ten days.
"""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from benchmarks.history.postgres_server import running
from benchmarks.report import Case, at_most, case
from engine.model.event import EventKind
from engine.model.history.timeline import CountDays, GetTimeline, HitKind, SearchFilter, SearchRecord
from engine.model.question import ListAlerts, ListEvents
from engine.model.time import SECOND
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord

SITES, CAMERAS, DAYS = 63, 16, 30
FIRST_NS = 1_793_491_200 * SECOND  # 1 November 2026, UTC
PAGE_MS, DAYS_MS = 100.0, 300.0
_DAY_NS = 86_400 * SECOND
_REASON = (
    "'Seen for ' || mod(h >> 6, 90) || '.' || mod(i, 10) || ' s at entrance ' || mod(h >> 16, 400)"
    " || CASE WHEN mod(h, 50021) = 0 THEN ' with a ladder' ELSE '' END"
)
_AT = f"{FIRST_NS} + CASE WHEN mod(mod(h, {SITES}), 7) = 3 THEN i * ({DAYS * _DAY_NS // 3 * 2} / :n) ELSE i * ({DAYS * _DAY_NS} / :n) END"
_NUMBERS = "SELECT i::bigint AS i, abs(hashint8(i)::bigint) AS h FROM generate_series(CAST(:since AS bigint), CAST(:until AS bigint)) AS i"
_MAKE = f"""
INSERT INTO events (id, kind, camera_id, subject_id, severity, started_ns, ended_ns, received_ns, confidence, decision_id, box_xyxy, reason,
    simulated, position, zone_id, person, level, person_id, label, shadow, candidates, named_by)
SELECT site || '/ev-' || lpad(i::text, 9, '0'),
    (ARRAY['person', 'person', 'person', 'motion', 'motion', 'zone_visit', 'loitering', 'running'])[1 + mod(h >> 8, 8)],
    site || '/cam-' || mod(h >> 4, {CAMERAS}), site || '/tr-' || i, 1 + mod(h >> 12, 4), at_ns, at_ns + 9000000000, at_ns + 1000000, 0.8,
    site || '/de-' || i, '[0.1,0.2,0.3,0.4]'::jsonb, {_REASON},
    false, NULL, '', CASE WHEN mod(h, 37) = 0 THEN 'Person ' || mod(h >> 10, 90) ELSE '' END, 0,
    CASE WHEN mod(h, 37) = 0 THEN site || '/pe-' || mod(h >> 10, 90) ELSE '' END, '', false, '[]'::jsonb, NULL
FROM (SELECT i, h, 'site-' || mod(h, {SITES}) AS site, {_AT} AS at_ns FROM ({_NUMBERS}) AS numbers) AS made
"""
_COUNT = """
INSERT INTO event_counts (site, day, camera_id, kind, severity, counts)
WITH begun AS (SELECT split_part(id, '/', 1) AS site, camera_id, kind, severity, started_ns / 900000000000 AS quarter FROM events),
counted AS (
    SELECT * FROM begun UNION ALL SELECT site, '*', '', 0, quarter FROM begun UNION ALL SELECT site, camera_id, '', 0, quarter FROM begun
),
quarters AS (
    SELECT site, quarter / 96 AS day, camera_id, kind, severity, mod(quarter, 96) AS place, count(*) AS n FROM counted
    GROUP BY 1, 2, 3, 4, 5, 6
),
days AS (SELECT site, day, camera_id, kind, severity, jsonb_object_agg(place, n) AS found FROM quarters GROUP BY 1, 2, 3, 4, 5)
SELECT site, day, camera_id, kind, severity,
    ARRAY(SELECT coalesce((found ->> place::text)::integer, 0) FROM generate_series(0, 95) AS place ORDER BY place)
FROM days
"""


def run(events: int, asks: int, seed: int) -> dict[str, Any]:
    """`asks`: of each question, of random sites. Raises EnvironmentFault."""
    with running(durable=False) as url:
        record = SharedRecord(url)
        try:
            made_s = _fill(url, events)
            cases = [case("made", {"events": events}, {"seconds": made_s, "mib": _mib(url)})]
            cases += [_asked(record, name, question, asks, seed) for name, question in _QUESTIONS.items()]
        finally:
            record.close()
    worst = max(each["metrics"]["p95_ms"] for each in cases if each["name"].startswith("page"))
    days = max(each["metrics"]["p95_ms"] for each in cases if each["name"].startswith("days"))
    return {
        "bench": "shared_record",
        "cases": cases,
        "targets": [at_most("page_p95_ms", PAGE_MS, worst), at_most("days_p95_ms", DAYS_MS, days)],
    }


def _fill(url: str, events: int) -> float:
    """Without indexes first: they are made at the end, as with a restored dump."""
    engine, began_s = postgres_engine(url), time.monotonic()
    with engine.begin() as connection:
        kept = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'events' AND indexname != 'events_pkey'"
        )
        indexes = connection.execute(text(kept)).all()
        for name, _ in indexes:
            connection.execute(text(f"DROP INDEX {name}"))
        for since in range(0, events, 500_000):
            connection.execute(text(_MAKE), {"n": events, "since": since, "until": min(since + 500_000, events) - 1})
        connection.execute(text(_COUNT))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET maintenance_work_mem = '1GB'"))
        for _, definition in indexes:
            connection.exec_driver_sql(definition)
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    return time.monotonic() - began_s


def _mib(url: str) -> float:
    engine = postgres_engine(url, reading=True)
    with engine.connect() as connection:
        size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
    engine.dispose()
    return size / (1 << 20)


_Make = Callable[[random.Random, str], Any]


def _found(words: str) -> _Make:
    return lambda draw, site: SearchRecord(SearchFilter(words))


_QUESTIONS: dict[str, tuple[_Make, int | None]] = {
    "page of events": (lambda draw, site: ListEvents(limit=50), None),
    "page of events somewhere in the month": (lambda draw, site: ListEvents(limit=50, until_ns=_some_ns(draw)), None),
    "page of events of a kind": (lambda draw, site: ListEvents(limit=50, kinds=(EventKind.RUNNING,), until_ns=_some_ns(draw)), None),
    "page of events of a camera": (lambda draw, site: ListEvents(limit=50, camera_id=f"{site}/cam-{draw.randrange(CAMERAS)}"), None),
    "page of alerts": (lambda draw, site: ListAlerts(limit=50), None),
    "page of all that was found": (lambda draw, site: SearchRecord(SearchFilter(until_ns=_some_ns(draw))), None),
    "page of a common word": (_found("entrance"), None),
    "page of a number": (lambda draw, site: SearchRecord(SearchFilter(f'"entrance {draw.randrange(400)}"')), None),
    "page of a rare word": (_found("ladder"), None),
    "page of a word that is nowhere": (_found("elephant"), None),
    "page of a kind and a beginning": (
        lambda draw, site: SearchRecord(SearchFilter("lad*", kinds=(HitKind.EVENT,), event_kinds=("motion",))),
        None,
    ),
    "page of events, limited to two cameras": (lambda draw, site: ListEvents(limit=50, until_ns=_some_ns(draw)), 2),
    "page of a rare word, limited to two cameras": (_found("ladder"), 2),
    "days of a month": (lambda draw, site: CountDays(2026, 11, "Europe/Berlin"), None),
    "days of a month, limited to two cameras": (lambda draw, site: CountDays(2026, 11, "Europe/Berlin"), 2),
    "timeline of a day": (lambda draw, site: GetTimeline(at := _some_ns(draw), at + _DAY_NS), None),
    "timeline of the month": (lambda draw, site: GetTimeline(FIRST_NS, FIRST_NS + DAYS * _DAY_NS), None),
}


def _some_ns(draw: random.Random) -> int:
    return FIRST_NS + draw.randrange(_DAY_NS, DAYS * _DAY_NS)


def _asked(record: SharedRecord, name: str, how: tuple[_Make, int | None], asks: int, seed: int) -> Case:
    make, cameras = how
    draw, took_ms = random.Random(f"{seed} {name}"), []
    for _ in range(asks):
        site = f"site-{draw.randrange(SITES)}"
        seen = None if cameras is None else frozenset(f"{site}/cam-{each}" for each in draw.sample(range(CAMERAS), cameras))
        question, began_s = make(draw, site), time.monotonic()
        record.copy_of(site, seen).answer(question)
        took_ms.append((time.monotonic() - began_s) * 1_000)
    cuts = statistics.quantiles(took_ms, n=20)
    return case(name, {"asks": asks}, {"p50_ms": cuts[9], "p95_ms": cuts[18], "worst_ms": max(took_ms)})
