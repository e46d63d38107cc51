"""Erasures of people at sites, from when a site tells that one has begun until it tells that all of it is done."""

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import Connection, text

from engine.model.people.erasure import Erasure, ErasureStage
from engine.model.people.traces import ErasedPerson, Traces, digest_of
from engine.model.wire import read_as
from engine.store.guarded import GuardedTables
from engine.store.shared.erasing import erase

_BEGIN = text("INSERT INTO erasures (site, pseudonym, told_ns) VALUES (:site, :pseudonym, :at_ns) ON CONFLICT DO NOTHING")
_KNOWN = text("SELECT 1 FROM erasures WHERE site = :site AND pseudonym = :pseudonym")
_END = text(
    "INSERT INTO erasures (site, pseudonym, told_ns, ended_ns, stays) VALUES (:site, :pseudonym, :at_ns, :ended_ns, :stays)"
    " ON CONFLICT (site, pseudonym) DO UPDATE SET ended_ns = coalesce(erasures.ended_ns, excluded.ended_ns), stays = excluded.stays"
)
_OF_SITE = text(
    "SELECT pseudonym, told_ns, ended_ns, stays FROM erasures WHERE site = :site"
    " ORDER BY ended_ns IS NOT NULL, ended_ns DESC, told_ns DESC, pseudonym LIMIT :most"
)
_NEXT_PERSON = "SELECT min(person_id) FROM events WHERE person_id != '' AND person_id > {after} AND person_id < :last"
_PERSONS = text(
    f"WITH RECURSIVE p(id) AS (({_NEXT_PERSON.format(after=':first')}) UNION ALL"
    f" SELECT ({_NEXT_PERSON.format(after='p.id')}) FROM p WHERE p.id IS NOT NULL) SELECT id FROM p WHERE id IS NOT NULL"
)  # from one to the next by the index, as PostgreSQL has no distinct scan of one
_NAMES = text("SELECT DISTINCT person FROM events WHERE person_id = :person_id AND person != ''")


class ErasureTable(GuardedTables):
    """Any thread. Faults are EnvironmentFault."""

    def of_site(self, site: str, most: int) -> tuple[Erasure, ...]:
        """As `list_site_erasures`."""
        with self._read() as connection:
            return list_site_erasures(connection, site, most)

    def count_open(self) -> Mapping[str, int]:
        """How many are not done, by site."""
        with self._read() as connection:
            rows = connection.execute(text("SELECT site, count(*) AS n FROM erasures WHERE ended_ns IS NULL GROUP BY site"))
            return {row.site: row.n for row in rows}

    def name_of(self, site: str, person_id: str) -> str:
        """Under which events last told of them. `person_id`: of the site. Empty: none does."""
        newest = text("SELECT person FROM events WHERE person_id = :id AND person != '' ORDER BY started_ns DESC LIMIT 1")
        with self._read() as connection:
            return str(connection.scalar(newest, {"id": f"{site}/{person_id}"}) or "")


def list_site_erasures(connection: Connection, site: str, most: int) -> tuple[Erasure, ...]:
    """As the site told: those under way first, then the others, newest first. `asked_ns`: when the hub heard."""
    rows = connection.execute(_OF_SITE, {"site": site, "most": most}).all()
    return tuple(Erasure(f"{site}/{row.pseudonym}", _stage(row.ended_ns, row.stays), row.told_ns, ended_ns=row.ended_ns) for row in rows)


def _stage(ended_ns: int | None, stays: bool) -> ErasureStage:
    if stays:
        return ErasureStage.STAYS
    return ErasureStage.BEGUN if ended_ns is None else ErasureStage.DONE


def begin_erasures(connection: Connection, site: str, bodies: Several[Mapping[str, Any]], at_ns: int) -> None:
    """Of people as a site tells them, while it knows their names; ids as they are here."""
    for body in bodies:
        traces = read_as(Traces, dict(body))
        erase(connection, site, traces)
        connection.execute(_BEGIN, {"site": site, "pseudonym": _local(traces.pseudonym), "at_ns": at_ns})


def end_erasures(connection: Connection, site: str, bodies: Several[Mapping[str, Any]], at_ns: int) -> None:
    """What the hub did not hear of when it began, as it was put back from a backup since, is done now: with the names that are here."""
    unknown: dict[str, str] = {}  # digests, with pseudonyms
    for erased in (read_as(ErasedPerson, dict(body)) for body in bodies):
        row = {"site": site, "pseudonym": _local(erased.pseudonym)}
        if erased.digest and not connection.scalar(_KNOWN, row):
            unknown[erased.digest] = erased.pseudonym
        connection.execute(_END, {**row, "at_ns": at_ns, "ended_ns": erased.erased_ns, "stays": not erased.digest})
    for person_id in _persons(connection, site) if unknown else ():
        pseudonym = unknown.get(digest_of(_local(person_id)))
        if pseudonym is not None:
            names = tuple(sorted(connection.scalars(_NAMES, {"person_id": person_id})))
            erase(connection, site, Traces(person_id, names, pseudonym))


def _persons(connection: Connection, site: str) -> Iterator[str]:
    yield from connection.scalars(_PERSONS, {"first": f"{site}/", "last": f"{site}0"}).all()


def _local(id_: str) -> str:
    return id_.partition("/")[2]
