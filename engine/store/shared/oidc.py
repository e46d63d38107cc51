"""What a hub keeps of people whom an identity provider signs in (OpenID Connect)."""

import json

from sqlalchemy import text

from engine.model.accounts.access import Grants, Role
from engine.model.errors import NotFound
from engine.model.value_class import dataclass
from engine.store.guarded import GuardedTables

MOST_FLOWS = 1_000
"""Sign-ins under way: whoever is not signed in can begin one, so the database takes only so many. Nobody is refused for it: one who
begins many would keep everybody out."""
_MAKE_ROOM = text("DELETE FROM oidc_flows WHERE digest IN (SELECT digest FROM oidc_flows ORDER BY next_ns DESC, digest OFFSET :others)")


@dataclass(frozen=True, slots=True)
class GroupRole:
    """What members of one of the provider's groups are at the hub. `cameras`: as of an account of the hub; None: all."""

    name: str
    role: Role
    cameras: Grants | None = None


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """By which the provider is asked again about whoever has this session. `refresh`: encrypted."""

    session_id: str
    user_id: str
    refresh: str


class OidcTable(GuardedTables):
    """Any thread. Times in ns."""

    def groups(self) -> tuple[GroupRole, ...]:
        """By name."""
        with self._read() as connection:
            rows = connection.execute(text("SELECT name, role, cameras FROM oidc_groups ORDER BY name"))
            return tuple(GroupRole(row.name, Role(row.role), None if row.cameras is None else tuple(row.cameras)) for row in rows)

    def put_group(self, group: GroupRole) -> None:
        """In place of the one of the same name."""
        put = "INSERT INTO oidc_groups (name, role, cameras) VALUES (:name, :role, CAST(:cameras AS json))"
        put += " ON CONFLICT (name) DO UPDATE SET role = excluded.role, cameras = excluded.cameras"
        cameras = None if group.cameras is None else json.dumps(group.cameras)
        row = {"name": group.name, "role": group.role.value, "cameras": cameras}
        with self._write() as connection:
            connection.execute(text(put), row)

    def remove_group(self, name: str) -> None:
        """Raises NotFound."""
        with self._write() as connection:
            if not connection.execute(text("DELETE FROM oidc_groups WHERE name = :name"), {"name": name}).rowcount:
                raise NotFound(f"No group {name[:80]!r} is mapped.")

    def put_flow(self, digest: str, body: str, now_ns: int, until_ns: int) -> None:
        """A sign-in that has begun. Where too many are under way the oldest gives way: it is likelier than others to have been left."""
        with self._write() as connection:
            connection.execute(text("DELETE FROM oidc_flows WHERE until_ns <= :now_ns"), {"now_ns": now_ns})
            connection.execute(_MAKE_ROOM, {"others": MOST_FLOWS - 1})
            put = text("INSERT INTO oidc_flows (digest, body, next_ns, until_ns) VALUES (:digest, :body, :now_ns, :until_ns)")
            connection.execute(put, {"digest": digest, "body": body, "now_ns": now_ns, "until_ns": until_ns})

    def take_flow(self, digest: str, now_ns: int) -> str | None:
        """Its body, once. None: there is none, it was taken, or it is too late."""
        with self._write() as connection:
            take = text("DELETE FROM oidc_flows WHERE digest = :digest AND until_ns > :now_ns RETURNING body")
            return connection.scalar(take, {"digest": digest, "now_ns": now_ns})

    def turn_of_flow(self, digest: str, now_ns: int, next_ns: int) -> tuple[str | None, bool]:
        """Body, and whether it is its turn, which is next at `next_ns` then. None: there is none, or it is too late."""
        with self._write() as connection:
            row = connection.execute(
                text("SELECT body, next_ns FROM oidc_flows WHERE digest = :digest AND until_ns > :now_ns FOR UPDATE"),
                {"digest": digest, "now_ns": now_ns},
            ).first()
            if row is None:
                return None, False
            due = row.next_ns <= now_ns
            if due:
                connection.execute(
                    text("UPDATE oidc_flows SET next_ns = :next_ns WHERE digest = :digest"), {"next_ns": next_ns, "digest": digest}
                )
            return str(row.body), due

    def put_grant(self, grant: StoredGrant, due_ns: int) -> None:
        """In place of the one of the same session. Raises NotFound: its user is gone."""
        put = "INSERT INTO oidc_grants (session_id, user_id, refresh, due_ns) SELECT :session_id, id, :refresh, :due_ns FROM users"
        put += " WHERE id = :user_id ON CONFLICT (session_id) DO UPDATE SET refresh = excluded.refresh, due_ns = excluded.due_ns"
        row = {"session_id": grant.session_id, "user_id": grant.user_id, "refresh": grant.refresh, "due_ns": due_ns}
        with self._write() as connection:
            if not connection.execute(text(put), row).rowcount:
                raise NotFound(f"There is no user {grant.user_id!r}.")

    def next_due(self, now_ns: int, again_ns: int) -> StoredGrant | None:
        """The one that waits longest, for this caller alone until `again_ns`: a refresh token is good once. None: none is due."""
        take = "UPDATE oidc_grants SET due_ns = :again_ns WHERE session_id = (SELECT session_id FROM oidc_grants WHERE due_ns <= :now_ns"
        take += " ORDER BY due_ns LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING session_id, user_id, refresh"
        with self._write() as connection:
            row = connection.execute(text(take), {"now_ns": now_ns, "again_ns": again_ns}).mappings().first()
            return None if row is None else StoredGrant(**row)

    def make_due(self, session_id: str) -> None:
        """It is asked about next."""
        with self._write() as connection:
            connection.execute(text("UPDATE oidc_grants SET due_ns = 0 WHERE session_id = :session_id"), {"session_id": session_id})

    def take_grant(self, session_id: str) -> StoredGrant | None:
        """It is there no longer."""
        take = text("DELETE FROM oidc_grants WHERE session_id = :session_id RETURNING session_id, user_id, refresh")
        with self._write() as connection:
            row = connection.execute(take, {"session_id": session_id}).mappings().first()
            return None if row is None else StoredGrant(**row)
