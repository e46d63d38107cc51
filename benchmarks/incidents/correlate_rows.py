"""A record full of incidents, written past the rules because a million of them would take an hour: a year of a city and its surroundings,
one report each, half of them at five hundred busy places.
"""

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pg8000.dbapi

from engine.incidents.correlation import correlate
from engine.model.incidents.incident import IncidentCategory, Report
from engine.model.time import SECOND
from engine.model.wire import to_plain
from engine.store.incidents.places import time_axis

BEGIN_NS = 1_760_000_000 * SECOND
YEAR_S = 365 * 86_400
SOUTH, NORTH, WEST, EAST = 59.1, 59.6, 17.5, 18.5
BUSY_PLACES = 500
BUSY_SPREAD_DEG = 0.0003  # about 30 m
_AT_ONCE = 20_000
_INCIDENT = ("id", "category", "severity", "status", "state", "latitude", "longitude", "occurred_ns", "updated_ns", "body")
_REPORT = ("id", "incident_id", "sender", "key", "occurred_ns", "status", "pictured", "link", "body")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """Places (N, 2) in degrees and times (N,) in seconds of the year, in order of time."""

    places: np.ndarray[Any, np.dtype[np.float64]]
    at_s: np.ndarray[Any, np.dtype[np.float64]]

    def __len__(self) -> int:
        return len(self.at_s)


def make_past(count: int, draw: np.random.Generator) -> Past:
    wide = draw.uniform((SOUTH, WEST), (NORTH, EAST), (count, 2))
    busy = draw.uniform((SOUTH, WEST), (NORTH, EAST), (BUSY_PLACES, 2))[draw.integers(0, BUSY_PLACES, count)]
    at_busy = busy + draw.normal(0, (BUSY_SPREAD_DEG, 2 * BUSY_SPREAD_DEG), (count, 2))
    places = np.where(draw.random((count, 1)) < 0.5, wide, at_busy)
    return Past(places, np.sort(draw.uniform(0, YEAR_S, count)))


def report(number: int, latitude: float, longitude: float, at_s: float, prefix: str = "p") -> Report:
    at_ns = BEGIN_NS + round(at_s * SECOND)
    category = tuple(IncidentCategory)[number % len(IncidentCategory)]
    words = "Somebody took a bicycle from the stand beside the station"
    return Report(f"rp-{prefix}{number}", category, words, latitude, longitude, at_ns, at_ns, reporter=f"user:{prefix}{number}")


def rows(past: Past) -> Iterator[tuple[Row, Row]]:
    """Of `incidents` and `reports`, as the desk would have written them."""
    sample = report(0, SOUTH, WEST, 0.0)
    alone = correlate(sample, ())
    incident, link, said = (to_plain(value) for value in (alone.incident, alone.link, sample))
    for number, ((latitude, longitude), at_s) in enumerate(zip(past.places.tolist(), past.at_s.tolist(), strict=True)):
        one = report(number, latitude, longitude, at_s)
        incident_id, at_ns, category = f"in-p{number}", one.occurred_ns, one.category.value
        when = {"occurred_ns": at_ns, "received_ns": at_ns}
        where = {"latitude": latitude, "longitude": longitude}
        link |= {"id": one.id, "reporter": one.reporter, "linked_ns": at_ns, "category": category, "own_incident_id": incident_id}
        why = f"Reported as {category.replace('_', ' ')}."
        incident |= {"id": incident_id, "category": category, "category_reason": why, "updated_ns": at_ns} | when | where
        incident["corroborations"] = [link]
        said |= {"id": one.id, "category": category, "reporter": one.reporter} | when | where
        kept = (incident_id, category, 3, "created", "open", latitude, longitude, at_ns, at_ns, _json(incident))
        yield kept, (one.id, incident_id, one.reporter, "", at_ns, "created", False, _json(link), _json(said))


def _json(plain: dict[str, Any]) -> str:
    return json.dumps(plain, separators=(",", ":"))


def fill_sqlite(path: Path, past: Past) -> None:
    """Into a record that is there and empty, and not open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        begun = 1
        for part in _parts(rows(past)):
            kept, said = [row[0] for row in part], [row[1] for row in part]
            places = [(begun + i, row[5], row[5], row[6], row[6], time_axis(row[7]), time_axis(row[7])) for i, row in enumerate(kept)]
            with connection:
                connection.executemany(_insert("incidents", ("key", *_INCIDENT)), [(begun + i, *row) for i, row in enumerate(kept)])
                connection.executemany(_insert("reports", _REPORT), said)
                connection.executemany("INSERT INTO incident_places VALUES (?, ?, ?, ?, ?, ?, ?)", places)
            begun += len(part)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def connect(url: str) -> pg8000.dbapi.Connection:
    """A bare connection to the server of `postgresql://user:password@host:port/database`."""
    parts = urlsplit(url)
    password = unquote(parts.password) if parts.password else None
    database = parts.path.lstrip("/") or None
    return pg8000.dbapi.connect(parts.username or "", parts.hostname or "localhost", database, parts.port or 5432, password)


def fill_postgres(url: str, past: Past) -> None:
    """Into tables that are there and empty."""
    with closing(connect(url)) as connection:
        cursor = connection.cursor()
        for part in _parts(rows(past)):
            for table, names, side in (("incidents", _INCIDENT, 0), ("reports", _REPORT, 1)):
                lines = io.BytesIO("".join(_line(row[side]) for row in part).encode())
                cursor.execute(f"COPY {table} ({', '.join(names)}) FROM STDIN", stream=lines)
            connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")


def _parts(every: Iterator[tuple[Row, Row]]) -> Iterator[list[tuple[Row, Row]]]:
    while part := list(islice(every, _AT_ONCE)):
        yield part


def _line(row: Row) -> str:
    """PostgreSQL's text format; the values hold no tab or line break, and backslashes are doubled."""
    return "\t".join(str(value).replace("\\", "\\\\") for value in row) + "\n"
