"""Users, tokens and lock-outs as rows. Each write is its own transaction."""

from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.exc import IntegrityError

from engine.model.accounts.access import Grants, Role, User
from engine.model.errors import InputError, NotFound
from engine.model.repository import Lockout, StoredToken, StoredUser
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.tables import lockouts, tokens, users
from engine.store.upsert import upsert

MOST_LOCKOUTS = 10_000  # names that were tried; the oldest make room


class AccountTable(GuardedTables):
    """`AccountRepository` of `engine.model`."""

    def users(self) -> tuple[StoredUser, ...]:
        with self._read() as connection:
            return tuple(_read_user(row) for row in connection.execute(select(users).order_by(users.c.name_key)))

    def add_user(self, user: StoredUser) -> None:
        with self._write() as connection:
            row = {**to_plain(user.user), "name_key": user.user.name.casefold(), "password_hash": user.password_hash}
            del row["sessions"]  # counted, not kept
            try:
                connection.execute(users.insert(), row)
            except IntegrityError:
                raise InputError("name", f"{user.user.name!r} is taken; choose another") from None

    def set_password_hash(self, user_id: str, password_hash: str) -> None:
        with self._write() as connection:
            changed = connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))
            _check_found(changed.rowcount, user_id)

    def change_user(self, user_id: str, role: Role, cameras: Grants | None) -> None:
        with self._write() as connection:
            wanted = {"role": role.value, "cameras": None if cameras is None else list(cameras)}
            _check_found(connection.execute(update(users).where(users.c.id == user_id).values(wanted)).rowcount, user_id)

    def set_last_sign_in(self, user_id: str, at_ns: int) -> None:
        with self._write() as connection:
            connection.execute(update(users).where(users.c.id == user_id).values(last_sign_in_ns=at_ns))

    def remove_user(self, user_id: str) -> None:
        with self._write() as connection:
            _check_found(connection.execute(delete(users).where(users.c.id == user_id)).rowcount, user_id)

    def add_token(self, token: StoredToken) -> None:
        with self._write() as connection:
            try:
                connection.execute(tokens.insert(), to_plain(token))
            except IntegrityError:
                raise NotFound(f"There is no user {token.user_id!r}.") from None

    def extend_token(self, token_hash: str, expires_ns: int) -> None:
        with self._write() as connection:
            connection.execute(update(tokens).where(tokens.c.token_hash == token_hash).values(expires_ns=expires_ns))

    def token(self, token_hash: str) -> StoredToken | None:
        with self._read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.token_hash == token_hash)).mappings().first()
            return None if row is None else read_as(StoredToken, dict(row))

    def tokens(self) -> tuple[StoredToken, ...]:
        """All, newest first."""
        with self._read() as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.created_ns.desc(), tokens.c.token_hash)).mappings()
            return tuple(read_as(StoredToken, dict(row)) for row in rows)

    def touch_token(self, token_hash: str, used_ns: int) -> None:
        with self._write() as connection:
            connection.execute(update(tokens).where(tokens.c.token_hash == token_hash).values(last_used_ns=used_ns))

    def remove_token(self, token_hash: str) -> None:
        with self._write() as connection:
            connection.execute(delete(tokens).where(tokens.c.token_hash == token_hash))

    def remove_expired_tokens(self, now_ns: int) -> None:
        with self._write() as connection:
            connection.execute(delete(tokens).where(tokens.c.expires_ns <= now_ns))

    def lockout(self, name: str) -> Lockout:
        with self._read() as connection:
            row = connection.execute(select(lockouts.c.failures, lockouts.c.until_ns).where(lockouts.c.name == name)).first()
            return Lockout(0, 0) if row is None else Lockout(row.failures, row.until_ns)

    def set_lockout(self, name: str, lockout: Lockout) -> None:
        """No failures: forget the name. Otherwise keep it, and of all names the ones locked last."""
        with self._write() as connection:
            if lockout.failures == 0:
                connection.execute(delete(lockouts).where(lockouts.c.name == name))
                return
            upsert(connection, lockouts, [{"name": name, "failures": lockout.failures, "until_ns": lockout.until_ns}])
            beyond = select(lockouts.c.until_ns).order_by(lockouts.c.until_ns.desc()).offset(MOST_LOCKOUTS).limit(1)
            oldest_kept = connection.scalar(beyond)
            if oldest_kept is not None:
                connection.execute(delete(lockouts).where(lockouts.c.until_ns <= oldest_kept))

    def forget_lockouts(self, name: str) -> None:
        with self._write() as connection:
            connection.execute(delete(lockouts).where((lockouts.c.name == name) | lockouts.c.name.startswith(f"{name}:", autoescape=True)))


def _read_user(row: Row[Any]) -> StoredUser:
    cameras = None if row.cameras is None else tuple(row.cameras)
    return StoredUser(User(row.id, row.name, Role(row.role), cameras, row.last_sign_in_ns), row.password_hash)


def _check_found(rows: int, user_id: str) -> None:
    if rows == 0:
        raise NotFound(f"There is no user {user_id!r}.")
