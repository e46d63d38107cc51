"""How many events began in each quarter of an hour, by site, camera, kind and severity: what histograms are drawn from.

A quarter is what every time zone's midnights are multiples of.
"""

from collections.abc import Generator, Mapping
from collections.abc import Sequence as Several
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from engine.model.history.event_query import QUARTER_NS
from engine.store.shared.bulk import as_json

_OF_IDS = f"""
INSERT INTO event_counts AS c (site, camera_id, kind, severity, quarter, n)
SELECT split_part(id, '/', 1), camera_id, kind, severity, started_ns / {QUARTER_NS}, :turn * count(*)
FROM events WHERE id IN (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS jsonb))) AND NOT shadow
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 5, 2, 3, 4
ON CONFLICT (site, quarter, camera_id, kind, severity) DO UPDATE SET n = c.n + excluded.n
"""


@contextmanager
def count_events(connection: Connection, rows: Several[Mapping[str, Any]]) -> Generator[None]:
    """While these are written: what they counted as before is taken off, what they count as then is put on."""
    ids = as_json([row["id"] for row in rows])
    if rows:
        connection.execute(text(_OF_IDS), {"ids": ids, "turn": -1})
    yield
    if rows:
        connection.execute(text(_OF_IDS), {"ids": ids, "turn": 1})
