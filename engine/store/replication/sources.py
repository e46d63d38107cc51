"""Which rows of the record are told to a hub, and the triggers that enter them."""

from collections.abc import Iterator

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint

from engine.model.replication import ChangeKind
from engine.model.value_class import dataclass
from engine.store.tables import metadata

replication_queue = Table(
    "replication_queue",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("body", Text),  # JSON of what is not in the record any more when it is told
    UniqueConstraint("kind", "id", name="uq_replication_queue"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A table of which rows are told. `since`: what its rows are in order by, with the id. told: an SQL condition on `@`, the row."""

    kind: ChangeKind
    table: str
    since: str
    told: str = "TRUE"
    key: str = "id"

    @property
    def key_text(self) -> str:
        return f"CAST(@.{self.key} AS TEXT)"


# In the order in which the record of before is told: who is to be forgotten, then what was raised before what was seen.
SOURCES = (
    Source(ChangeKind.ERASED, "erased_persons", "pseudonym", told="@.erased_ns IS NOT NULL", key="pseudonym"),
    Source(ChangeKind.ALERT, "alerts", "raised_ns"),
    Source(ChangeKind.INCIDENT, "incidents", "occurred_ns"),
    Source(ChangeKind.EVENT, "events", "started_ns", told="@.shadow = 0"),
    Source(ChangeKind.REVIEW, "review_items", "started_ns"),
    Source(ChangeKind.CLIP, "clips", "started_ns"),
    Source(ChangeKind.DECISION, "decisions", "decided_ns", told="@.outcome = 'raised'"),
    Source(ChangeKind.AUDIT, "audit", "seq", key="seq"),
)
_ERASED = "json_object('pseudonym', new.pseudonym, 'person_id', new.person_id, 'names', json(new.names))"
_ERASURE = "WHEN new.person_id != ''"  # what is left of it later holds nobody
_DROP = "DROP TRIGGER IF EXISTS"


def trigger_names() -> tuple[str, ...]:
    of_rows = (f"replicate_{source.table}_{what}" for source in SOURCES for what in ("new", "again", "gone"))
    return (*of_rows, "replicate_erasures_new", "replicate_erasures_again")


def triggers() -> Iterator[str]:
    """An upsert in a trigger would take over the conflict clause of the statement that fires it, so a row is taken and put.

    What is gone by the site's own retention is not told: a hub keeps its copy by its own.
    """
    for source in SOURCES:
        name, table = f"replicate_{source.table}", source.table
        told, put, take = source.told.replace("@", "new"), _put(source, "new"), _take(source, "old")
        yield f"CREATE TRIGGER {name}_new AFTER INSERT ON {table} WHEN {told} BEGIN {put} END"
        yield f"CREATE TRIGGER {name}_again AFTER UPDATE ON {table} WHEN {told} BEGIN {put} END"
        yield f"CREATE TRIGGER {name}_gone AFTER DELETE ON {table} BEGIN {take} END"
    kind = ChangeKind.ERASURE.value
    put = f"DELETE FROM replication_queue WHERE kind = '{kind}' AND id = new.pseudonym;"
    put += f" INSERT INTO replication_queue (kind, id, body) VALUES ('{kind}', new.pseudonym, {_ERASED});"
    yield f"CREATE TRIGGER replicate_erasures_new AFTER INSERT ON erasures {_ERASURE} BEGIN {put} END"
    yield f"CREATE TRIGGER replicate_erasures_again AFTER UPDATE ON erasures {_ERASURE} BEGIN {put} END"


def drops() -> Iterator[str]:
    return (f"{_DROP} {name}" for name in trigger_names())


def _take(source: Source, row: str) -> str:
    return f"DELETE FROM replication_queue WHERE kind = '{source.kind.value}' AND id = {source.key_text.replace('@', row)};"


def _put(source: Source, row: str) -> str:
    key = source.key_text.replace("@", row)
    return f"{_take(source, row)} INSERT INTO replication_queue (kind, id) VALUES ('{source.kind.value}', {key});"
