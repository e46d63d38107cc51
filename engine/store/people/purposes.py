"""Purposes for which people may be compared over sites: what this site agreed to, and who is under them."""

import json
from collections.abc import Mapping
from collections.abc import Sequence as Several

from sqlalchemy import BigInteger, Column, Connection, Integer, RowMapping, Table, Text, delete, insert, select, update

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.people.purposes import Purpose, SitePurpose
from engine.model.time import SECOND
from engine.model.wire import read_record, to_plain
from engine.store.guarded import GuardedTables
from engine.store.tables import metadata

MOST_PERSONS = 1_000
"""Under one purpose at one site: all of them are told to the hub at once."""
DAY_NS = 86_400 * SECOND

purposes = Table(
    "purposes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("terms", Text, nullable=False),
    Column("agreed_digest", Text, nullable=False, server_default=""),
    Column("agreed_ns", BigInteger, nullable=False, server_default="0"),
    Column("agreed_by", Text, nullable=False, server_default=""),
    Column("links", Integer, nullable=False, server_default="0"),
)
person_purposes = Table(
    "person_purposes",
    metadata,
    Column("purpose_id", Text, primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("until_ns", BigInteger, nullable=False),
)


class PurposeTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault."""

    def offer(self, offered: Several[Purpose], links: Mapping[str, int]) -> None:
        """What the hub offers now, with how many links it has of this site's persons for each. Who is under a purpose that is offered no
        longer, or under other terms than were agreed to, is under it no longer."""
        with self._write() as connection:
            for purpose in offered:
                row = {"terms": json.dumps(to_plain(purpose), ensure_ascii=False), "links": links.get(purpose.id, 0)}
                if not connection.execute(update(purposes).where(purposes.c.id == purpose.id).values(row)).rowcount:
                    connection.execute(insert(purposes).values(id=purpose.id, **row))
            connection.execute(delete(purposes).where(purposes.c.id.not_in([purpose.id for purpose in offered])))
            held = [each.purpose.id for each in _all(connection, None) if each.agreed_ns is not None]
            connection.execute(delete(person_purposes).where(person_purposes.c.purpose_id.not_in(held)))

    def all(self, now_ns: int) -> tuple[SitePurpose, ...]:
        """By name."""
        with self._read() as connection:
            return _all(connection, now_ns)

    def one(self, purpose_id: str, now_ns: int) -> SitePurpose:
        """Raises NotFound: the hub does not offer it."""
        found = next((each for each in self.all(now_ns) if each.purpose.id == purpose_id), None)
        if found is None:
            raise NotFound(f"There is no purpose {purpose_id[:60]!r}. This site's hub says which there are.")
        return found

    def agree(self, purpose: Purpose, by: str, now_ns: int) -> None:
        """To these terms."""
        with self._write() as connection:
            agreed = update(purposes).where(purposes.c.id == purpose.id)
            connection.execute(agreed.values(agreed_digest=purpose.digest, agreed_ns=now_ns, agreed_by=by))

    def withdraw(self, purpose_id: str) -> None:
        """Nobody is under it any longer."""
        with self._write() as connection:
            connection.execute(update(purposes).where(purposes.c.id == purpose_id).values(agreed_digest="", agreed_ns=0, agreed_by=""))
            connection.execute(delete(person_purposes).where(person_purposes.c.purpose_id == purpose_id))

    def put_person(self, purpose_id: str, person_id: str, now_ns: int) -> None:
        """For as long as the purpose allows, from now on. Raises NotFound, InputError (`purpose_id`), EnvironmentFault (`full`)."""
        found = self.one(purpose_id, now_ns)
        check_agreed(found)
        if len(found.person_ids) >= MOST_PERSONS and person_id not in found.person_ids:
            raise EnvironmentFault("full", f"{MOST_PERSONS:,} persons are under this purpose already, which is as many as there may be.")
        with self._write() as connection:
            _take_out(connection, purpose_id, person_id)
            until_ns = now_ns + found.purpose.keep_days * DAY_NS
            connection.execute(insert(person_purposes).values(purpose_id=purpose_id, person_id=person_id, until_ns=until_ns))

    def take_person(self, purpose_id: str, person_id: str) -> None:
        with self._write() as connection:
            _take_out(connection, purpose_id, person_id)

    def move_person(self, gone_id: str, kept_id: str) -> None:
        """They were one person: what the one was under, the other is. The earlier end holds."""
        with self._write() as connection:
            of_both = (
                select(person_purposes).where(person_purposes.c.person_id.in_([gone_id, kept_id])).order_by(person_purposes.c.until_ns)
            )
            rows = connection.execute(of_both).all()
            connection.execute(delete(person_purposes).where(person_purposes.c.person_id.in_([gone_id, kept_id])))
            earliest = {row.purpose_id: row.until_ns for row in reversed(rows)}
            moved = [{"purpose_id": purpose_id, "person_id": kept_id, "until_ns": until_ns} for purpose_id, until_ns in earliest.items()]
            if moved:
                connection.execute(insert(person_purposes), moved)

    def forget_person(self, person_id: str) -> None:
        with self._write() as connection:
            connection.execute(delete(person_purposes).where(person_purposes.c.person_id == person_id))

    def clear(self) -> None:
        """The site belongs to no hub any more."""
        with self._write() as connection:
            connection.execute(delete(person_purposes))
            connection.execute(delete(purposes))


def check_agreed(found: SitePurpose) -> None:
    """Raises InputError (`purpose_id`)."""
    if found.agreed_ns is None:
        name = found.purpose.name
        raise InputError("purpose_id", f"is not agreed to at this site: {name}. An administrator of the site decides that")


def _all(connection: Connection, now_ns: int | None) -> tuple[SitePurpose, ...]:
    """`now_ns` None: without persons."""
    rows = connection.execute(select(purposes)).mappings()
    persons: dict[str, list[str]] = {}
    if now_ns is not None:
        under = select(person_purposes).where(person_purposes.c.until_ns > now_ns).order_by(person_purposes.c.person_id)
        for row in connection.execute(under):
            persons.setdefault(row.purpose_id, []).append(row.person_id)
    found = (_site_purpose(row, persons.get(row["id"], [])) for row in rows)
    return tuple(sorted(found, key=lambda each: (each.purpose.name, each.purpose.id)))


def _site_purpose(row: RowMapping, person_ids: Several[str]) -> SitePurpose:
    purpose = read_record(Purpose, json.loads(row["terms"]))
    if row["agreed_digest"] != purpose.digest:
        return SitePurpose(purpose, links=row["links"])
    return SitePurpose(purpose, row["agreed_ns"], row["agreed_by"], tuple(person_ids), row["links"])


def _take_out(connection: Connection, purpose_id: str, person_id: str) -> None:
    of_both = (person_purposes.c.purpose_id == purpose_id, person_purposes.c.person_id == person_id)
    connection.execute(delete(person_purposes).where(*of_both))
