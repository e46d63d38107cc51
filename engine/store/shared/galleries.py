"""Persons whom sites describe for purposes that have a gallery: sealed, given to sites that agree, and which of those hold them."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from engine.model.value_class import dataclass
from engine.store.guarded import GuardedTables
from engine.store.shared.bulk import as_json
from engine.store.shared.person_links import agreed_sites

_PUT = text(
    "INSERT INTO gallery_entries (id, purpose, person, digest, until_ns, sealed)"
    " VALUES (:id, :purpose, :person, :digest, :until_ns, :sealed)"
    " ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, until_ns = excluded.until_ns, sealed = excluded.sealed"
)


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """`person`: qualified. sealed: everything that is said of them, by the hub's keys."""

    id: str
    purpose: str
    person: str
    digest: str
    until_ns: int
    sealed: bytes = b""

    @property
    def site(self) -> str:
        return self.person.partition("/")[0]


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """What a site said that it holds."""

    site: str
    id: str
    digest: str


class GalleryTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault."""

    def settle(self, site: str, own: Mapping[str, str], held: Mapping[str, str], now_ns: int) -> None:
        """What a site says: digests of what it describes, and of what it holds of others, by id. What it does not describe any more goes,
        and what nobody may hold any more: too old, or for a purpose that has no gallery, or that its site does not agree to."""
        with self._write() as connection:
            gone = "id NOT IN (SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))) AND split_part(person, '/', 1) = :site"
            connection.execute(text(f"DELETE FROM gallery_entries WHERE {gone}"), {"ids": as_json(sorted(own)), "site": site})
            connection.execute(text("DELETE FROM gallery_entries WHERE until_ns <= :now_ns"), {"now_ns": now_ns})
            agreed = {(each.site, each.purpose) for each in agreed_sites(connection, with_gallery=True)}
            for entry in _entries(connection):
                if (entry.site, entry.purpose) not in agreed:
                    connection.execute(text("DELETE FROM gallery_entries WHERE id = :id"), {"id": entry.id})
            _note_held(connection, site, held)

    def put(self, entry: GalleryEntry) -> None:
        with self._write() as connection:
            names = ("id", "purpose", "person", "digest", "until_ns", "sealed")
            connection.execute(_PUT, {name: getattr(entry, name) for name in names})

    def entries(self) -> tuple[GalleryEntry, ...]:
        """Without what is sealed; by id."""
        with self._read() as connection:
            return _entries(connection)

    def entries_for(self, site: str) -> tuple[GalleryEntry, ...]:
        """Of other sites, for purposes to which this one agrees, too. Without what is sealed."""
        with self._read() as connection:
            agreed = {(each.site, each.purpose) for each in agreed_sites(connection, with_gallery=True)}
            found = (each for each in _entries(connection) if each.site != site)
            return tuple(each for each in found if {(site, each.purpose), (each.site, each.purpose)} <= agreed)

    def sealed(self, entry_id: str) -> bytes:
        """Empty: it is there no more."""
        with self._read() as connection:
            found = connection.scalar(text("SELECT sealed FROM gallery_entries WHERE id = :id"), {"id": entry_id})
            return b"" if found is None else bytes(found)

    def held_entries(self) -> tuple[HeldEntry, ...]:
        """As each site said last, also what is there no more: then the site has not forgotten it yet."""
        with self._read() as connection:
            rows = connection.execute(text("SELECT site, id, digest FROM gallery_holders ORDER BY id, site"))
            return tuple(HeldEntry(row.site, row.id, row.digest) for row in rows)


def _entries(connection: Connection) -> tuple[GalleryEntry, ...]:
    rows = connection.execute(text("SELECT id, purpose, person, digest, until_ns FROM gallery_entries ORDER BY id")).mappings()
    return tuple(GalleryEntry(**row) for row in rows)


def _note_held(connection: Connection, site: str, held: Mapping[str, str]) -> None:
    """Written only where it changed: a site says it every few seconds."""
    told = connection.execute(text("SELECT id, digest FROM gallery_holders WHERE site = :site"), {"site": site})
    if {row.id: row.digest for row in told} == dict(held):
        return
    connection.execute(text("DELETE FROM gallery_holders WHERE site = :site"), {"site": site})
    put = text("INSERT INTO gallery_holders (site, id, digest) VALUES (:site, :id, :digest)")
    for entry_id, digest in held.items():
        connection.execute(put, {"site": site, "id": entry_id, "digest": digest})
