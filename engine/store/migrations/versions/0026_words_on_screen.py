"""More marks to find by: rule, state, outcome of an alert, kind of a candidate, node, category, simulated. All words are put anew."""

import logging

from alembic import op
from sqlalchemy import text

from engine.model.value_class import dataclass

revision = "0026"
down_revision = "0024"

log = logging.getLogger(__name__)


def _mark(letter: str, column: str) -> str:
    """A mark that says which `column` a row has, as one word of letters and digits."""
    return f"CASE WHEN ifnull({column}, '') = '' THEN '' ELSE ' {letter}' || hex({column}) END"


def _marks(*pairs: tuple[str, str]) -> str:
    return "".join(f" || {_mark(letter, f'@.{column}')}" for letter, column in pairs)


_SIMULATED = " || CASE WHEN @.simulated THEN ' x1' ELSE '' END"
_NODE = " || CASE WHEN @.kind = 'node_lost' AND @.subject_id != '' THEN ' n' || hex(@.subject_id) ELSE '' END"
_OF_FACTS = " || " + _mark("k", "json_extract(@.facts, '$.kind')")
_OF_BODY = " || " + _mark("k", "json_extract(@.body, '$.category')")
_NOTES = "ifnull((SELECT group_concat(json_extract(note.value, '$.text'), ' ') FROM json_each(@.notes) AS note), '')"


@dataclass(frozen=True, slots=True)
class Source:
    """As in 0012: a table whose rows are found. `changes`: the columns that words, marks and counts are made of."""

    table: str
    time: str
    words: str
    marks: str
    changes: str
    when: str = "1"
    counted: str = "'', '', 0, ''"

    @property
    def hit(self) -> str:
        return self.table.removesuffix("s")

    def insert_change(self, row: str, n: int) -> str:
        insert = f"INSERT INTO record_changes SELECT {n}, '{self.hit}', @.id, @.{self.time}, {self.words}, {self.marks}, {self.counted}"
        return f"{insert} WHERE {self.when};".replace("@", row)

    def triggers(self) -> tuple[str, ...]:
        """New events are put by whoever saves them: there may be tens of thousands a second."""
        names = (self.time, *self.changes.split())
        same = " AND ".join(f'old."{name}" IS new."{name}"' for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        again = f"CREATE TRIGGER found_{self.hit}_again AFTER UPDATE OF {columns} ON {self.table} WHEN NOT ({same})"
        put = f"CREATE TRIGGER found_{self.hit}_put AFTER INSERT ON {self.table} BEGIN {self.insert_change('new', 1)} END"
        return (
            *([] if self.hit == "event" else [put]),
            f"CREATE TRIGGER found_{self.hit}_take AFTER DELETE ON {self.table} BEGIN {self.insert_change('old', -1)} END",
            f"{again} BEGIN {self.insert_change('old', -1)} {self.insert_change('new', 1)} END",
        )

    def view(self) -> str:
        columns = f"@.rowid AS number, @.id AS id, @.{self.time} AS at_ns, {self.words} AS words, {self.marks} AS marks"
        return f"CREATE VIEW found_{self.hit} AS SELECT {columns} FROM {self.table} WHERE {self.when}".replace("@", self.table)


_PLACES = (("c", "camera_id"), ("p", "person_id"), ("z", "zone_id"))
_SOURCES = (
    Source(
        "events",
        "started_ns",
        "replace(@.kind, '_', ' ') || ' ' || @.reason || ' ' || @.label || ' ' || @.person",
        "'hevent k' || hex(@.kind) || ' s' || @.severity" + _marks(*_PLACES, ("l", "label")) + _NODE + _SIMULATED,
        "kind reason label person severity camera_id person_id zone_id subject_id simulated shadow",
        "@.shadow = 0",
        "@.camera_id, @.kind, @.severity, CASE WHEN @.person_id != '' THEN @.person_id ELSE @.person END",
    ),
    Source(
        "alerts",
        "raised_ns",
        "replace(@.kind, '_', ' ') || ' ' || @.reason || ' ' || @.person || ' ' || @.assignee || ' ' || "
        f"@.shelved_reason || ' ' || {_NOTES}",
        "'halert k' || hex(@.kind) || ' s' || @.severity"
        + _marks(*_PLACES, ("r", "rule_id"), ("t", "state"), ("d", "disposition"))
        + _NODE
        + _SIMULATED,
        "kind reason person assignee shelved_reason notes severity camera_id person_id zone_id subject_id rule_id state disposition "
        "simulated",
        counted="@.camera_id, 'raised', @.severity, ''",
    ),
    Source(
        "decisions",
        "decided_ns",
        "@.reason || ' ' || @.flip",
        "'hdecision o' || hex(@.outcome)" + _marks(("c", "camera_id"), ("z", "zone_id"), ("a", "candidate"), ("r", "rule_id")) + _OF_FACTS,
        "reason flip outcome stage camera_id zone_id candidate rule_id facts",
        "(@.stage = 'alert' OR @.outcome != 'raised')",
        "@.camera_id, @.outcome, 0, ''",
    ),
    Source(
        "incidents",
        "occurred_ns",
        "@.category || ' ' || ifnull(json_extract(@.body, '$.description'), '')",
        "'hincident s' || @.severity" + _marks(("k", "category"), ("t", "state")) + _SIMULATED,
        "category severity body state simulated",
    ),
    Source(
        "reports",
        "occurred_ns",
        "ifnull(json_extract(@.body, '$.category'), '') || ' ' || ifnull(json_extract(@.body, '$.description'), '')",
        "'hreport s' || ifnull(json_extract(@.body, '$.severity'), 3)"
        + _OF_BODY
        + " || CASE WHEN json_extract(@.body, '$.simulated') THEN ' x1' ELSE '' END",
        "body",
    ),
)
_ALL = (*(source.hit for source in _SOURCES), "person", "bookmark")


def upgrade() -> None:
    for source in _SOURCES:
        for trigger in ("put", "take", "again"):
            op.execute(f"DROP TRIGGER IF EXISTS found_{source.hit}_{trigger}")
        op.execute(f"DROP VIEW IF EXISTS found_{source.hit}")
    _empty_index()
    for source in _SOURCES:
        for made in (*source.triggers(), source.view()):
            op.execute(made)
    for hit in _ALL:
        op.execute(f"INSERT INTO found_waiting SELECT '{hit}', max(rowid) FROM {hit}s HAVING max(rowid) IS NOT NULL")


def _empty_index() -> None:
    """As in 0018: made anew, and filled by and by while the engine runs."""
    if op.get_bind().scalar(text("SELECT EXISTS (SELECT 1 FROM found)")):
        log.info("The index of words is made anew: with millions of events this takes up to a minute, and search is whole some time later")
    op.execute("PRAGMA secure_delete = OFF")
    op.execute("DROP TABLE found_words")
    op.execute("DELETE FROM found")
    op.execute("PRAGMA secure_delete = ON")
    tokens = "unicode61 remove_diacritics 2"
    op.execute(
        f"CREATE VIRTUAL TABLE found_words USING fts5(words, marks, content='', columnsize=0, prefix='2 3 4 5', tokenize='{tokens}')"
    )
    for name, value in (("hashsize", 1 << 24), ("automerge", 8)):
        op.execute(f"INSERT INTO found_words (found_words, rank) VALUES ('{name}', {value})")
    op.execute("UPDATE record_changes SET words = NULL, marks = NULL")  # of steps before this one: the words are put anew, the counts stay
    op.execute("DELETE FROM found_later")
    op.execute("DELETE FROM found_waiting")
