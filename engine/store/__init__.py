"""The database: tables, migrations, one writer, queries.

- `writer`: the only writer. It syncs the journal before it commits; a batch that cannot be written is kept and
  retried.
- `saving`, `questions`, `deliveries`, `accounts`, `incidents`, `atlas` (its queue), `risk`: by subject.
- `audit`, `audit_check`: the chain of hashes. `text_*`: full text. `looks*`, `trails`: appearance and paths per stay. `backup`: copies.
- `scoped`: the record as an account limited to some cameras sees it: temporary views with the names of the tables. A table that is not
  named there is empty for such an account.
- `postgres`: incidents on PostgreSQL with PostGIS, held to the same tests; no setting selects it yet.
"""

from engine.store.database.rejected import RejectedCount
from engine.store.database.writer import StoreWriter
from engine.store.store import Store, open_store

__all__ = ["RejectedCount", "Store", "StoreWriter", "open_store"]
