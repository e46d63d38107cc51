"""The hub's own audit: in its database, as a chain like that of a site (`engine.store.people.audit`)."""

from sqlalchemy import Connection, text

from engine.model.accounts.audit import AuditRow
from engine.model.question import ListAudit
from engine.store.guarded import GuardedTables
from engine.store.people.audit import add_audit, newest, read_audit
from engine.store.people.audit_check import Chain, walked_chain

_CHAINING = 0x5752_0005  # the lock of whoever adds a row: two would follow the same one


def add_hub_audit(connection: Connection, row: AuditRow) -> None:
    """In the caller's transaction: what is done and that it was are kept together, or neither is."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_CHAINING})"))
    add_audit(connection, [row])


class HubAudit(GuardedTables):
    """Any thread. Faults are EnvironmentFault."""

    def add(self, row: AuditRow) -> None:
        with self._write() as connection:
            add_hub_audit(connection, row)

    def rows(self, limit: int) -> tuple[AuditRow, ...]:
        """Newest first."""
        with self._read() as connection:
            return read_audit(connection, ListAudit(limit=limit))

    def check(self) -> tuple[Chain, AuditRow | None]:
        """Whether each row follows the one before it, and the newest of them: who notes it elsewhere can tell a cut or rewritten chain by
        it."""
        with self._write() as connection:  # of one moment
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            return walked_chain(connection, {}), newest(connection)
