"""Evidence packs and cases in the record. Files of packs lie beside it, in the data folder."""

from sqlalchemy import delete, select

from engine.model.errors import NotFound
from engine.model.history.evidence import Case, Pack
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.people.case_tables import cases, packs
from engine.store.upsert import upsert


class CaseTable(GuardedTables):
    """Any thread; each write is its own transaction. Faults of the database are EnvironmentFault."""

    def put_case(self, case: Case) -> None:
        """Insert, or replace by id."""
        with self._write() as connection:
            upsert(connection, cases, [{"id": case.id, "created_ns": case.created_ns, "body": to_plain(case)}])

    def cases(self) -> tuple[Case, ...]:
        """Newest first."""
        query = select(cases.c.body).order_by(cases.c.created_ns.desc(), cases.c.id.desc())
        with self._read() as connection:
            return tuple(read_as(Case, body) for body in connection.scalars(query))

    def case(self, case_id: str) -> Case:
        """Raises NotFound."""
        with self._read() as connection:
            body = connection.scalar(select(cases.c.body).where(cases.c.id == case_id))
        if body is None:
            raise NotFound(f"There is no case {case_id}.")
        return read_as(Case, body)

    def put_pack(self, pack: Pack) -> None:
        row = {"id": pack.id, "case_id": pack.request.case_id, "created_ns": pack.created_ns, "body": to_plain(pack)}
        with self._write() as connection:
            upsert(connection, packs, [row])

    def packs(self, case_id: str = "") -> tuple[Pack, ...]:
        """Newest first."""
        query = select(packs.c.body).order_by(packs.c.created_ns.desc(), packs.c.id.desc())
        if case_id:
            query = query.where(packs.c.case_id == case_id)
        with self._read() as connection:
            return tuple(read_as(Pack, body) for body in connection.scalars(query))

    def pack(self, pack_id: str) -> Pack:
        """Raises NotFound."""
        with self._read() as connection:
            body = connection.scalar(select(packs.c.body).where(packs.c.id == pack_id))
        if body is None:
            raise NotFound(f"There is no evidence pack {pack_id}.")
        return read_as(Pack, body)

    def remove_pack(self, pack_id: str) -> None:
        with self._write() as connection:
            connection.execute(delete(packs).where(packs.c.id == pack_id))
