"""What the timeline draws from afar, words that are looked for, bookmarks and saved searches.

Triggers keep all of it true whatever changes a row: saving, retention, erasing. A table that is rebuilt loses its triggers: a later
migration that does so has to make them again.
"""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Integer, LargeBinary, Text

from engine.model.value_class import dataclass

revision = "0012"
down_revision = "0011"


@dataclass(frozen=True)
class Source:
    """A table whose rows are found by words and marks; each in SQL, where `@` stands for the row. `when`: which rows.

    counted: camera, kind, severity and person that the timeline counts it under. changes: columns that all this is made of.
    """

    table: str
    hit: str
    time: str
    words: str
    marks: str
    changes: str
    when: str = "1"
    counted: str = "'', '', 0, ''"

    def told(self, row: str, n: int) -> str:
        told = f"INSERT INTO record_changes SELECT {n}, '{self.hit}', @.id, @.{self.time}, {self.words}, {self.marks}, {self.counted}"
        return f"{told} WHERE {self.when};".replace("@", row)

    def triggers(self) -> tuple[str, ...]:
        """New events are put by whoever saves them: there may be tens of thousands a second."""
        names = (self.time, *self.changes.split())
        same = " AND ".join(f'old."{name}" IS new."{name}"' for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        again = f"CREATE TRIGGER found_{self.hit}_again AFTER UPDATE OF {columns} ON {self.table} WHEN NOT ({same})"
        put = f"CREATE TRIGGER found_{self.hit}_put AFTER INSERT ON {self.table} BEGIN {self.told('new', 1)} END"
        return (
            *([] if self.hit == "event" else [put]),
            f"CREATE TRIGGER found_{self.hit}_take AFTER DELETE ON {self.table} BEGIN {self.told('old', -1)} END",
            f"{again} BEGIN {self.told('old', -1)} {self.told('new', 1)} END",
        )

    def view(self) -> str:
        told = f"@.rowid AS number, @.id AS id, @.{self.time} AS at_ns, {self.words} AS words, {self.marks} AS marks"
        return f"CREATE VIEW found_{self.hit} AS SELECT {told} FROM {self.table} WHERE {self.when}".replace("@", self.table)


def mark(letter: str, column: str) -> str:
    """A mark that says which `column` a row has, as one word of letters and digits."""
    return f"CASE WHEN @.{column} = '' THEN '' ELSE ' {letter}' || hex(@.{column}) END"


EVENTS = Source(
    "events",
    "event",
    "started_ns",
    "replace(@.kind, '_', ' ') || ' ' || @.reason || ' ' || @.label || ' ' || @.person",
    "'hevent k' || hex(@.kind) || ' s' || @.severity || "
    + " || ".join(mark(*each) for each in (("c", "camera_id"), ("p", "person_id"), ("z", "zone_id"), ("l", "label"))),
    "kind reason label person severity camera_id person_id zone_id shadow",
    "@.shadow = 0",
    "@.camera_id, @.kind, @.severity, CASE WHEN @.person_id != '' THEN @.person_id ELSE @.person END",
)
_NOTES = "ifnull((SELECT group_concat(json_extract(note.value, '$.text'), ' ') FROM json_each(@.notes) AS note), '')"
ALERTS = Source(
    "alerts",
    "alert",
    "raised_ns",
    "replace(@.kind, '_', ' ') || ' ' || @.reason || ' ' || @.person || ' ' || @.shelved_reason || ' ' || " + _NOTES,
    "'halert k' || hex(@.kind) || ' s' || @.severity || "
    + " || ".join(mark(*each) for each in (("c", "camera_id"), ("p", "person_id"), ("z", "zone_id"))),
    "kind reason person shelved_reason notes severity camera_id person_id zone_id",
    counted="@.camera_id, 'raised', @.severity, ''",
)
DECISIONS = Source(
    "decisions",
    "decision",
    "decided_ns",
    "@.reason || ' ' || @.flip",
    "'hdecision o' || hex(@.outcome) || " + " || ".join(mark(*each) for each in (("c", "camera_id"), ("z", "zone_id"))),
    "reason flip outcome stage camera_id zone_id",
    "(@.stage = 'alert' OR @.outcome != 'raised')",
    "@.camera_id, @.outcome, 0, ''",
)
INCIDENTS = Source(
    "incidents",
    "incident",
    "occurred_ns",
    "@.category || ' ' || ifnull(json_extract(@.body, '$.description'), '')",
    "'hincident s' || @.severity",
    "category severity body",
)
REPORTS = Source(
    "reports",
    "report",
    "occurred_ns",
    "ifnull(json_extract(@.body, '$.category'), '') || ' ' || ifnull(json_extract(@.body, '$.description'), '')",
    "'hreport s' || ifnull(json_extract(@.body, '$.severity'), 3)",
    "body",
)
PERSONS = Source("persons", "person", "created_ns", "@.name || ' ' || @.note", "'hperson p' || hex(@.id)", "name note")
BOOKMARKS = Source(
    "bookmarks", "bookmark", "at_ns", "@.note || ' ' || @.by", "'hbookmark'" + " || " + mark("c", "camera_id"), "note camera_id"
)
SOURCES = (EVENTS, ALERTS, DECISIONS, INCIDENTS, REPORTS, PERSONS, BOOKMARKS)
COUNTED = (EVENTS, ALERTS, DECISIONS)
_ACT = "INSERT INTO record_changes SELECT 1, 'act', '', @.at_ns, NULL, NULL, '', 'act', 0, ''"


def upgrade() -> None:
    _written()
    _counted()
    op.create_table(
        "found", Column("key", Integer, primary_key=True), Column("kind", Text, nullable=False), Column("id", Text, nullable=False)
    )
    tokens = "unicode61 remove_diacritics 2"
    op.execute(f"CREATE VIRTUAL TABLE found_words USING fts5(words, marks, content='', columnsize=0, prefix='2 3', tokenize='{tokens}')")
    op.create_table("found_waiting", Column("source", Text, primary_key=True), Column("last", BigInteger, nullable=False))
    for source in SOURCES:
        for made in (*source.triggers(), source.view()):
            op.execute(made)
        # what is there already is put by and by, the newest first: a start is not held up for minutes
        op.execute(f"INSERT INTO found_waiting SELECT '{source.hit}', max(rowid) FROM {source.table} HAVING max(rowid) IS NOT NULL")
    op.execute(f"CREATE TRIGGER timeline_act AFTER INSERT ON audit BEGIN {_ACT.replace('@', 'new')}; END")
    op.create_index("ix_audit_at", "audit", ["at_ns"])
    for source in COUNTED:
        told = f"SELECT 1, '{source.hit}', '', @.{source.time}, NULL, NULL, {source.counted} FROM {source.table} WHERE {source.when}"
        op.execute("INSERT INTO record_changes " + told.replace("@", source.table))
    op.execute(f"{_ACT} FROM audit".replace("@", "audit"))


def _written() -> None:
    op.create_table(
        "bookmarks",
        Column("id", Text, primary_key=True),
        Column("at_ns", BigInteger, nullable=False),
        Column("note", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("until_ns", BigInteger),
        Column("camera_id", Text, nullable=False),
    )
    op.create_index("ix_bookmarks_at", "bookmarks", ["at_ns", "id"])
    op.create_table(
        "saved_searches",
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False, unique=True),
        Column("by", Text, nullable=False),
        Column("filter", JSON, nullable=False),
    )


def _counted() -> None:
    op.create_table(
        "watched",
        Column("sensor_id", Text, primary_key=True),
        Column("since_ns", BigInteger, primary_key=True),
        Column("until_ns", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
    )
    op.create_table(
        "record_changes",
        Column("n", Integer, nullable=False),
        Column("source", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("at_ns", BigInteger, nullable=False),
        Column("words", Text),
        Column("marks", Text),
        Column("camera_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("severity", Integer, nullable=False),
        Column("person", Text, nullable=False),
    )
    op.create_table(
        "timeline_counts",
        Column("level", Integer, primary_key=True),
        Column("lane", Text, primary_key=True),
        Column("chunk", Integer, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("counts", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
