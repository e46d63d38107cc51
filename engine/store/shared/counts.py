"""How many events began in each quarter of an hour: what histograms and timelines are drawn from.

A row holds a day (UTC) of one camera, kind and severity as `QUARTERS` counts: every time zone's midnights are multiples of a quarter. Two
more kinds of rows save adding these up: all that counts for a camera (kind empty, severity 0), and all of a site (camera `*`).
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from collections.abc import Sequence as Several
from contextlib import contextmanager
from typing import Any, TypeAlias

from sqlalchemy import Connection, text

from engine.model.event import CONTRADICTIONS
from engine.model.history.event_query import QUARTER_NS
from engine.store.shared.bulk import as_json

QUARTERS = 96
WHOLE_SITE = "*"

_Begun: TypeAlias = tuple[str, str, str, int, int]  # site, camera, kind, severity, quarter
_Row: TypeAlias = tuple[str, int, str, str, int]  # site, day, camera, kind, severity
_OF_IDS = text(
    f"SELECT split_part(id, '/', 1), camera_id, kind, severity, started_ns / {QUARTER_NS}, count(*) FROM events"
    " WHERE id IN (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS jsonb))) AND NOT shadow GROUP BY 1, 2, 3, 4, 5"
)
_ADD = text(
    "INSERT INTO event_counts AS known (site, day, camera_id, kind, severity, counts)"
    " SELECT site, day, camera_id, kind, severity, counts FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    " AS r (site text, day bigint, camera_id text, kind text, severity bigint, counts integer[])"
    " ON CONFLICT (site, day, camera_id, kind, severity) DO UPDATE SET counts ="
    " (SELECT array_agg(one + other ORDER BY place) FROM unnest(known.counts, excluded.counts) WITH ORDINALITY AS n (one, other, place))"
)


@contextmanager
def count_events(connection: Connection, rows: Several[Mapping[str, Any]]) -> Generator[None]:
    """While these are written: what they counted as before is taken off, what they count as then is put on."""
    if not rows:
        yield
        return
    ids = as_json([row["id"] for row in rows])
    begun = _count_begun(connection, ids)
    yield
    after = _count_begun(connection, ids)
    after.subtract(begun)
    changes = {key: n for key, n in after.items() if n}  # an event that ends counts as before
    if changes:
        connection.execute(_ADD, {"rows": as_json([_plain(row, counts) for row, counts in sorted(_by_row(changes).items())])})


def _count_begun(connection: Connection, ids: str) -> Counter[_Begun]:
    return Counter({(row[0], row[1], row[2], int(row[3]), int(row[4])): int(row[5]) for row in connection.execute(_OF_IDS, {"ids": ids})})


def _by_row(changes: Mapping[_Begun, int]) -> dict[_Row, list[int]]:
    found: dict[_Row, list[int]] = {}
    for (site, camera_id, kind, severity, quarter), n in changes.items():
        day, place = divmod(quarter, QUARTERS)
        for counted in _counted_as(camera_id, kind, severity):
            found.setdefault((site, day, *counted), [0] * QUARTERS)[place] += n
    return found


def _counted_as(camera_id: str, kind: str, severity: int) -> Iterator[tuple[str, str, int]]:
    yield camera_id, kind, severity
    yield WHOLE_SITE, "", 0
    if camera_id and kind not in CONTRADICTIONS:
        yield camera_id, "", 0


def _plain(row: _Row, counts: list[int]) -> dict[str, Any]:
    return dict(zip(("site", "day", "camera_id", "kind", "severity"), row, strict=True)) | {"counts": counts}
