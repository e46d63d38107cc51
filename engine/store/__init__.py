"""The database: tables, migrations, one writer, queries.

- `database.writer`: the only writer. It syncs the journal before it commits; a batch that cannot be written is kept and retried.
  `database` also has connection, backup and soundness, and `postgres`: incidents on PostgreSQL with PostGIS, held to the same tests; no
  setting selects it yet.
- By subject: `incidents`, `fire`, `segments`, `people` (with accounts, `audit` and its chain of hashes, chats and cases), `timeline` (with
  `trails`, paths per stay). `search`: full text, looks, regions.
- `replication`: the queue of what a hub is to be sent (transactional outbox). `shared`: the record of a hub, in PostgreSQL.
- `scoped`: the record as an account limited to some cameras sees it: temporary views with the names of the tables. A table that is not
  named there is empty for such an account.
"""

from engine.store.database.rejected import RejectedCount
from engine.store.database.writer import StoreWriter
from engine.store.store import Store, open_store

__all__ = ["RejectedCount", "Store", "StoreWriter", "open_store"]
