"""Spares at a hub: sealed settings that wait for them, and for which sites they stand in."""

from collections.abc import Mapping
from collections.abc import Sequence as Several

from sqlalchemy import Connection, text

from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import InputError, NotFound
from engine.model.value_class import dataclass
from engine.store.guarded import GuardedTables
from engine.store.shared.hub_audit import add_hub_audit

_PUT = text(
    "INSERT INTO spare_packages (site, spare_key, version, package, at_ns) VALUES (:site, :spare_key, :version, :package, :at_ns)"
    " ON CONFLICT (site, spare_key) DO UPDATE SET version = excluded.version, package = excluded.package, at_ns = excluded.at_ns"
    " WHERE excluded.version > spare_packages.version"
)
_FOR_SPARE = text(
    "SELECT p.site, s.name, s.public_key, p.version, p.at_ns FROM spare_packages p JOIN shared_sites s ON s.key = p.site"
    " WHERE p.spare_key = :spare_key AND s.retired_ns IS NULL ORDER BY p.site"
)
_STAND_IN = text(
    "INSERT INTO shared_sites (key, name, public_key, spare, stands_for) VALUES (:key, :name, :public_key, :spare, :stands_for)"
    " ON CONFLICT (key) DO UPDATE SET name = excluded.name, public_key = excluded.public_key, retired_ns = NULL"
    " WHERE shared_sites.spare = excluded.spare AND shared_sites.stands_for = excluded.stands_for"
)
_SEALED = text(
    "SELECT part.key, p.at_ns FROM shared_sites part JOIN shared_sites spare ON spare.key = part.spare"
    " JOIN spare_packages p ON p.site = part.stands_for AND p.spare_key = spare.spare_key"
)
_BEGUN = text(
    "UPDATE shared_sites SET standing_ns = :at_ns, stood_ns = :at_ns WHERE key = :key AND stands_for = :site AND standing_ns IS NULL"
    " RETURNING key"
)
_ENDED_WHERE = "UPDATE shared_sites SET standing_ns = NULL, stood_ns = :at_ns WHERE stands_for = :site AND standing_ns IS NOT NULL"
_ENDED, _REPLACED = text(f"{_ENDED_WHERE} AND key = :key RETURNING key"), text(f"{_ENDED_WHERE} AND key != :key RETURNING key")


@dataclass(frozen=True, slots=True)
class KeptPackage:
    """Of sealed settings that the hub has for a spare. `site`: its key; name, public_key: of the site. at_ns: when they came."""

    site: str
    name: str
    public_key: str
    version: int
    at_ns: int


class SpareTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault."""

    def keep_allowed(self, site: str, spare_keys: Several[str], now_ns: int) -> Mapping[str, int]:
        """What waits for others than these is removed. Gives the version of what is here for each, 0 where there is nothing yet."""
        with self._write() as connection:
            rows = connection.execute(text("SELECT spare_key, version FROM spare_packages WHERE site = :site"), {"site": site})
            known = {str(row.spare_key): int(row.version) for row in rows}
            for spare_key in known.keys() - set(spare_keys):
                gone = text("DELETE FROM spare_packages WHERE site = :site AND spare_key = :spare_key")
                connection.execute(gone, {"site": site, "spare_key": spare_key})
                add_hub_audit(connection, AuditRow(now_ns, "", HubVerb.WITHDRAW_SPARE, site, spare_key))
            return {spare_key: known.get(spare_key, 0) for spare_key in spare_keys}

    def put_package(self, site: str, spare_key: str, version: int, package: bytes, at_ns: int) -> None:
        """An older one than that which is here changes nothing. Raises NotFound: no spare of this hub has that key."""
        with self._write() as connection:
            spare = "SELECT key FROM shared_sites WHERE spare_key = :spare_key AND retired_ns IS NULL"
            if connection.scalar(text(spare), {"spare_key": spare_key}) is None:
                raise NotFound(f"No spare of this hub has the key {spare_key[:80]}.")
            known = "SELECT 1 FROM spare_packages WHERE site = :site AND spare_key = :spare_key"
            if connection.scalar(text(known), {"site": site, "spare_key": spare_key}) is None:
                add_hub_audit(connection, AuditRow(at_ns, "", HubVerb.ALLOW_SPARE, site, spare_key))
            values = {"site": site, "spare_key": spare_key, "version": version, "package": package, "at_ns": at_ns}
            connection.execute(_PUT, values)

    def packages_for(self, spare_key: str) -> tuple[KeptPackage, ...]:
        """By site."""
        with self._read() as connection:
            rows = connection.execute(_FOR_SPARE, {"spare_key": spare_key}).mappings()
            return tuple(KeptPackage(**row) for row in rows)

    def sealed_ns(self) -> Mapping[str, int]:
        """When the newest settings for a spare came, by key of what it records for that site."""
        with self._read() as connection:
            return {str(row.key): int(row.at_ns) for row in connection.execute(_SEALED)}

    def package(self, site: str, spare_key: str) -> bytes:
        """Sealed. Raises NotFound."""
        with self._read() as connection:
            found = "SELECT package FROM spare_packages WHERE site = :site AND spare_key = :spare_key"
            sealed = connection.scalar(text(found), {"site": site, "spare_key": spare_key})
        if sealed is None:
            raise NotFound(f"{site} sent nothing for this spare.")
        return bytes(sealed)

    def put_stand_in(self, key: str, name: str, public_key: str, spare: str, stands_for: str) -> None:
        """A place in the record for what the spare sees at that site. Raises InputError (`key`): another site's."""
        values = {"key": key, "name": name, "public_key": public_key, "spare": spare, "stands_for": stands_for}
        with self._write() as connection:
            if not connection.execute(_STAND_IN, values).rowcount:
                raise InputError("key", f"{key} is another site's already")

    def note_standing(self, key: str, site: str, stands: bool, at_ns: int) -> None:
        """That the member `key` stands in for the site, and no other does, or that it does no longer. Told again it changes nothing."""
        with self._write() as connection:
            values = {"key": key, "site": site, "at_ns": at_ns}
            if not stands:
                _note(connection, connection.execute(_ENDED, values).scalars().all(), HubVerb.HAND_BACK, site, at_ns)
            elif begun := connection.execute(_BEGUN, values).scalars().all():
                _note(connection, connection.execute(_REPLACED, values).scalars().all(), HubVerb.HAND_BACK, site, at_ns)
                _note(connection, begun, HubVerb.STAND_IN, site, at_ns)


def _note(connection: Connection, keys: Several[str], verb: HubVerb, site: str, at_ns: int) -> None:
    for key in keys:
        add_hub_audit(connection, AuditRow(at_ns, "", verb, site, key))
