"""What people said about alerts of sites that were away, until the sites have judged it, and for a while after."""

import json
from collections.abc import Mapping, Set
from collections.abc import Sequence as Several
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, RowMapping, Table, Text, text

from engine.model.accounts.access import Role, User
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.accounts.user_ref import VOUCHED
from engine.model.alerts.intent import ERASURE_LIFE_NS, LIFE_NS, Intent, IntentEnd
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_record, to_plain
from engine.store.guarded import GuardedTables
from engine.store.shared.bulk import as_json
from engine.store.shared.hub_audit import add_hub_audit

KEPT_NS = 30 * 86_400 * SECOND  # after they have ended
MOST_WAITING = 2_000  # of one site
MOST_OF_ONE = 500  # person, so that nobody takes the room of all
MOST_LISTED = 500
REMOVED = "The account of who said it was removed at the hub before the site was told."

intents = Table("intents", MetaData(), Column("id", Text, primary_key=True), Column("command", JSON), Column("outcome", Text))
"""What erasing has to know of it."""
_PUT = text(
    "INSERT INTO intents (id, site, said_ns, user_id, user_name, role, cameras, command, seen_assignee) VALUES"
    " (:id, :site, :said_ns, :user_id, :user_name, :role, CAST(:cameras AS jsonb), CAST(:command AS jsonb), :seen_assignee)"
    " ON CONFLICT (id) DO NOTHING"
)
_LATE = (
    "UPDATE intents SET state = 'expired', ended_ns = :now_ns WHERE state = 'waiting' AND said_ns < :oldest_ns"
    " AND (command ->> 'type' != 'ErasePerson' OR said_ns < :oldest_erasure_ns)"
)
_EXPIRE_ALL, _EXPIRE = text(_LATE), text(f"{_LATE} AND site = :site")
_END = text("UPDATE intents SET state = :state, outcome = :outcome, ended_ns = :now_ns WHERE id = :id AND state = 'waiting'")
_REFUSE = text(
    "UPDATE intents SET state = 'refused', outcome = :outcome, ended_ns = :now_ns WHERE user_id = :user_id AND state = 'waiting'"
)


@dataclass(frozen=True, slots=True)
class KeptIntent:
    """`user`: who said it, as the hub had them then, with ids of cameras as the site knows them."""

    intent: Intent
    user: User


class IntentTable(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault. Ids are the senders' own, in the table below the site's key."""

    def keep(self, site: str, kept: KeptIntent) -> Intent:
        """It, or what became of it where it is there already. Raises InputError (`id`): another has this id; EnvironmentFault (`full`)."""
        intent, user = kept.intent, kept.user
        row = {
            "id": _row_id(site, intent.id),
            "site": site,
            "said_ns": intent.said_ns,
            "user_id": user.id,
            "user_name": user.name,
            "role": user.role.value,
            "cameras": None if user.cameras is None else json.dumps(user.cameras),
            "command": as_json([to_plain(intent.command, tagged=True)])[1:-1],
            "seen_assignee": intent.seen_assignee,
        }
        with self._write() as connection:
            _remove_old(connection, intent.said_ns)
            if connection.execute(_PUT, row).rowcount:
                _check_room(connection, site, user.id)
                detail = f"{type(intent.command).__name__}, intent {intent.id}"
                add_hub_audit(connection, AuditRow.of(intent.said_ns, user, HubVerb.KEEP_INTENT, site, detail))
            there = _read(_rows(connection, site, "id = :id", id=row["id"])[0])
        if there.user.id != user.id or there.intent.command != intent.command:
            raise InputError("id", "was used for another intent. Send each under an id of its own.")
        return there.intent

    def waiting(self, site: str, now_ns: int, most: int) -> tuple[KeptIntent, ...]:
        """Oldest first. Those that waited for too long end."""
        with self._write() as connection:
            connection.execute(_EXPIRE, {"site": site, **_ages(now_ns)})
            rows = _rows(connection, site, "state = 'waiting' ORDER BY said_ns, id LIMIT :most", most=most)
        return tuple(_read(row) for row in rows)

    def end(self, site: str, ends: Several[IntentEnd], now_ns: int) -> None:
        """What the site says. One that has ended stays as it is."""
        with self._write() as connection:
            for end in ends:
                told = {"id": _row_id(site, end.id), "state": end.state.value, "outcome": end.outcome, "now_ns": now_ns}
                connection.execute(_END, told)

    def remove_old(self, now_ns: int) -> None:
        """Those that waited for too long end; those that ended long ago are forgotten."""
        with self._write() as connection:
            _remove_old(connection, now_ns)

    def refuse_of(self, user_id: str, now_ns: int) -> int:
        """What waits of somebody who has no account any more is told to no site. How many these were."""
        with self._write() as connection:
            return connection.execute(_REFUSE, {"user_id": user_id, "outcome": REMOVED, "now_ns": now_ns}).rowcount

    def all_of(self, site: str, ended_since_ns: int, now_ns: int) -> tuple[Intent, ...]:
        """Those that wait, and those that ended since then; newest first, so many at most."""
        with self._write() as connection:
            connection.execute(_EXPIRE, {"site": site, **_ages(now_ns)})
            wanted = "(state = 'waiting' OR ended_ns >= :since_ns) ORDER BY said_ns DESC, id DESC LIMIT :most"
            rows = _rows(connection, site, wanted, since_ns=ended_since_ns, most=MOST_LISTED)
        return tuple(_read(row).intent for row in rows)

    def count_waiting(self) -> Mapping[str, int]:
        """How many wait, by site."""
        with self._read() as connection:
            rows = connection.execute(text("SELECT site, count(*) AS n FROM intents WHERE state = 'waiting' GROUP BY site"))
            return {row.site: row.n for row in rows}

    def cameras_of(self, site: str, alert_ids: Set[str]) -> Mapping[str, str]:
        """By the site's id of an alert the camera that saw it, as it is here; of alerts that the site has told."""
        wanted = text("SELECT id, camera_id FROM alerts WHERE id IN (SELECT value FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))")
        with self._read() as connection:
            rows = connection.execute(wanted, {"ids": as_json([f"{site}/{alert_id}" for alert_id in sorted(alert_ids)])}).all()
        return {row.id.partition("/")[2]: row.camera_id for row in rows}


def _ages(now_ns: int) -> Mapping[str, int]:
    return {"now_ns": now_ns, "oldest_ns": now_ns - LIFE_NS, "oldest_erasure_ns": now_ns - ERASURE_LIFE_NS}


def _remove_old(connection: Connection, now_ns: int) -> None:
    """Also those that nobody asks about any more, as their site never comes back."""
    connection.execute(_EXPIRE_ALL, _ages(now_ns))
    connection.execute(text("DELETE FROM intents WHERE ended_ns < :before_ns"), {"before_ns": now_ns - KEPT_NS})


def _check_room(connection: Connection, site: str, user_id: str) -> None:
    """With the newest one. Raises EnvironmentFault (`full`)."""
    count = text(
        "SELECT count(*) AS n, count(*) FILTER (WHERE user_id = :user_id) AS own FROM intents WHERE site = :site AND state = 'waiting'"
    )
    waiting = connection.execute(count, {"site": site, "user_id": user_id}).one()
    if waiting.n > MOST_WAITING:
        raise EnvironmentFault("full", f"For this site {MOST_WAITING:,} intents wait already, which is as many as are kept.")
    if waiting.own > MOST_OF_ONE:
        raise EnvironmentFault(
            "full", f"For this site {MOST_OF_ONE:,} intents of yours wait already, which is as many as are kept of one person."
        )


def _rows(connection: Connection, site: str, where: str, **values: object) -> Several[RowMapping]:
    return connection.execute(text(f"SELECT * FROM intents WHERE site = :site AND {where}"), {"site": site, **values}).mappings().all()


def _row_id(site: str, intent_id: str) -> str:
    return f"{site}/{intent_id}"


def _read(row: RowMapping) -> KeptIntent:
    plain: dict[str, Any] = {name: row[name] for name in ("command", "said_ns", "seen_assignee", "state", "outcome", "ended_ns")}
    plain |= {"id": row["id"].partition("/")[2], "by": row["user_name"], "by_id": f"{VOUCHED}{row['user_id']}"}
    cameras = None if row["cameras"] is None else tuple(row["cameras"])
    return KeptIntent(read_record(Intent, plain), User(row["user_id"], row["user_name"], Role(row["role"]), cameras))
