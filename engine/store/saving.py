"""Writing values: insert, or replace by id. One statement per table and batch."""

from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import ColumnClause, Connection, Table, case, literal_column

from engine.model.clip import Clip
from engine.model.decision import Decision
from engine.model.event import Event
from engine.model.repository import Storable
from engine.model.track import Sequence
from engine.model.wire import to_plain
from engine.store.rejected import count_rejected, trim_rejected
from engine.store.tables import clips, decisions, events, sequences
from engine.store.upsert import upsert

TABLES: dict[type[Storable], Table] = {Event: events, Decision: decisions, Sequence: sequences, Clip: clips}


def _better_kept(name: str) -> Any:
    """The column `name` of whichever row has the higher `max_conf`; of equals the new one."""
    new: ColumnClause[Any] = literal_column(f"excluded.{name}")
    new_is_better = literal_column("excluded.max_conf") >= sequences.c.max_conf
    return case((new_is_better, new), else_=sequences.c[name])


# A sequence's `max_conf` is never lowered, and `best_box` stays with it.
_KEPT: dict[type[Storable], dict[str, Any]] = {Sequence: {name: _better_kept(name) for name in ("max_conf", "best_box")}}


def save_values(connection: Connection, values: Several[Storable], rejected_per_day: int) -> None:
    """Write the values inside the caller's transaction. A value is known by its id; its last state in `values` counts."""
    touched = count_rejected(connection, [value for value in values if isinstance(value, Decision)])
    for kind, table in TABLES.items():
        rows = [to_plain(value) for value in values if isinstance(value, kind)]
        upsert(connection, table, rows, _KEPT.get(kind))
    trim_rejected(connection, touched, rejected_per_day)
