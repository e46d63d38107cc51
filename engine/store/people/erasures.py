"""Which people are being erased, and were."""

from dataclasses import replace

from sqlalchemy import Connection, delete, select, update

from engine.model.accounts.audit import AuditVerb
from engine.model.people.erasure import Erasure, ErasureStage
from engine.model.people.traces import ErasedPerson, Traces, digest_of
from engine.model.wire import read_as, to_plain
from engine.store.tables import audit, erased_persons, erasures
from engine.store.upsert import upsert


def put_erasure(connection: Connection, traces: Traces) -> None:
    plain = {"pseudonym": traces.pseudonym, "person_id": traces.person_id, "names": list(traces.names)}
    upsert(connection, erasures, [plain])


def read_erasures(connection: Connection) -> tuple[Traces, ...]:
    return tuple(read_as(Traces, dict(row)) for row in connection.execute(select(erasures).order_by(erasures.c.pseudonym)).mappings())


def list_erasures(connection: Connection, most: int) -> tuple[Erasure, ...]:
    """Those under way first, then the others, newest first."""
    under_way = connection.scalars(select(erasures.c.pseudonym)).all()
    ended = select(erased_persons).where(erased_persons.c.pseudonym.not_in(under_way)).order_by(erased_persons.c.erased_ns.desc())
    over = connection.execute(ended.limit(most)).all()
    names = [*under_way, *(row.pseudonym for row in over)][:most]
    asked = select(audit.c.subject, audit.c.at_ns, audit.c.by).where(audit.c.verb == AuditVerb.ERASE_PERSON, audit.c.subject.in_(names))
    by_name = {row.subject: row for row in connection.execute(asked)}
    found = [Erasure(pseudonym, ErasureStage.BEGUN) for pseudonym in under_way]
    found += [Erasure(row.pseudonym, ErasureStage.DONE if row.digest else ErasureStage.STAYS, ended_ns=row.erased_ns) for row in over]
    return tuple(
        replace(each, asked_ns=by_name[each.id].at_ns, by=by_name[each.id].by) if each.id in by_name else each for each in found[:most]
    )


def forget_whom(connection: Connection, traces: Traces) -> None:
    """The note of an erasure loses id and names, and what they are known by in copies of before is kept: what was freed of the record
    remains to be overwritten."""
    put_erasure(connection, replace(traces, person_id="", names=()))
    upsert(connection, erased_persons, [{"pseudonym": traces.pseudonym, "digest": digest_of(traces.person_id), "erased_ns": None}])


def end_erasure(connection: Connection, erased: ErasedPerson) -> None:
    """Without a digest: as `forget_whom` kept it."""
    connection.execute(delete(erasures).where(erasures.c.pseudonym == erased.pseudonym))
    kept = update(erased_persons).where(erased_persons.c.pseudonym == erased.pseudonym).values(erased_ns=erased.erased_ns)
    if not connection.execute(kept).rowcount:
        upsert(connection, erased_persons, [to_plain(erased)])


def was_erased(connection: Connection, person_id: str) -> bool:
    return connection.execute(select(erased_persons.c.pseudonym).where(erased_persons.c.digest == digest_of(person_id))).first() is not None
