"""What the indexes of a record hold, and what they should hold by its rows."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from engine.model.time import SECOND
from engine.store.timeline.counts import CHUNK, LEVELS_NS, series_of, unpacked

SOURCES = ("event", "alert", "decision", "incident", "report", "person", "bookmark")
_COUNTED = (
    ("event", "SELECT started_ns, camera_id, kind, severity, iif(person_id != '', person_id, person) FROM events WHERE NOT shadow"),
    ("alert", "SELECT raised_ns, camera_id, 'raised', severity, '' FROM alerts"),
    ("decision", "SELECT decided_ns, camera_id, outcome, 0, '' FROM decisions WHERE stage = 'alert' OR outcome != 'raised'"),
    ("act", "SELECT at_ns, '', 'act', 0, '' FROM audit"),
)


def check_indexes(path: Path) -> None:
    """Fails where an index holds anything else than the rows say."""
    with closing(sqlite3.connect(path)) as connection:
        assert words_kept(connection) == words_due(connection)
        assert counts_kept(connection) == counts_due(connection)
        assert connection.execute("SELECT count(*) FROM record_changes").fetchone() == (0,)
        connection.execute("INSERT INTO found_words (found_words) VALUES ('integrity-check')")


def words_kept(connection: sqlite3.Connection) -> Counter[tuple[str, ...]]:
    """Every word with what it stands in, and where."""
    connection.execute("CREATE VIRTUAL TABLE temp.kept USING fts5vocab(main, found_words, instance)")
    rows = connection.execute("SELECT kind, id, term, col, offset FROM kept LEFT JOIN found ON found.key = kept.doc").fetchall()
    connection.execute("DROP TABLE temp.kept")
    return Counter(rows)


def words_due(connection: sqlite3.Connection) -> Counter[tuple[str, ...]]:
    connection.execute(
        "CREATE VIRTUAL TABLE temp.due USING fts5(words, marks, kind UNINDEXED, id UNINDEXED, tokenize='unicode61 remove_diacritics 2')"
    )
    for source in SOURCES:
        connection.execute(f"INSERT INTO temp.due SELECT words, marks, '{source}', id FROM found_{source}")
    connection.execute("CREATE VIRTUAL TABLE temp.due_words USING fts5vocab(temp, due, instance)")
    rows = connection.execute("SELECT kind, id, term, col, offset FROM due_words JOIN due ON due.rowid = due_words.doc").fetchall()
    connection.execute("DROP TABLE temp.due_words")
    connection.execute("DROP TABLE temp.due")
    return Counter(rows)


def counts_kept(connection: sqlite3.Connection) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for level, chunk, *series, data in connection.execute("SELECT level, chunk, lane, id, kind, counts FROM timeline_counts"):
        for severity, counts in zip(*unpacked(data), strict=True):
            for place in counts.nonzero()[0].tolist():
                found[level, chunk * CHUNK + place, *series, severity] += int(counts[place])
    return found


def counts_due(connection: sqlite3.Connection) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for source, query in _COUNTED:
        for at_ns, camera_id, kind, severity, person in connection.execute(query):
            for series in series_of(source, camera_id, kind, person):
                found.update((level, at_ns // width_ns, *series, severity) for level, width_ns in enumerate(LEVELS_NS))
    assert all(width_ns % (60 * SECOND) == 0 for width_ns in LEVELS_NS)
    return found
