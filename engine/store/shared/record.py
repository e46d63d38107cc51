"""The shared record: what sites told, kept once each."""

from collections.abc import Mapping
from collections.abc import Sequence as Several
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import InputError, NotFound
from engine.model.question_type import RecordQuestion
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.value_class import dataclass
from engine.store import questions
from engine.store.database.postgres import postgres_engine
from engine.store.database.postgres_faults import postgres_faults
from engine.store.guarded import GuardedTables
from engine.store.people.accounts import AccountTable
from engine.store.review.tables import review_items
from engine.store.shared.bulk import as_json, upsert_rows
from engine.store.shared.clip_files import ClipFileTable
from engine.store.shared.counts import count_events
from engine.store.shared.erasures import ErasureTable, begin_erasures, end_erasures
from engine.store.shared.galleries import GalleryTable
from engine.store.shared.hub_audit import HubAudit, add_hub_audit
from engine.store.shared.intents import IntentTable
from engine.store.shared.oidc import OidcTable
from engine.store.shared.person_links import PersonLinkTable, forget_site
from engine.store.shared.retention import KeepAges, remove_past
from engine.store.shared.schema import prepare
from engine.store.shared.site_copy import SiteCopy, one_site_engine
from engine.store.shared.spares import SpareTable
from engine.store.shared.templates import TemplateTable
from engine.store.tables import alerts, clips, decisions, events, incidents

T = TypeVar("T")

_TABLES = {ChangeKind.DECISION: decisions, ChangeKind.REVIEW: review_items, ChangeKind.CLIP: clips}
_NEWER_ALERT = "excluded.changed_ns >= alerts.changed_ns"  # what was told ahead of its turn is not undone when its turn comes
_AHEAD_ALERT = "excluded.changed_ns > alerts.changed_ns"  # nor does what comes late bring back whom the site erased meanwhile
_SEARCHED = ("id", "category", "severity", "status", "state", "latitude", "longitude", "occurred_ns", "updated_ns", "simulated")
_AUDIT = text(
    'INSERT INTO shared_audit (site, seq, at_ns, "by", verb, subject, detail, hash, by_id)'
    ' SELECT :site, seq, at_ns, "by", verb, subject, detail, hash, by_id FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS'
    ' r (seq bigint, at_ns bigint, "by" text, verb text, subject text, detail text, hash text, by_id text)'
    " ON CONFLICT (site, seq) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class SharedSite:
    """A site that has joined. `stream`, `seq`: how far it has told, of which stream. heard_ns: when it last said that it is there, as it
    does every quarter of a minute. retired_ns: it has left, what it told stays. public_key: by which it is known to NATS.
    clock_offset_ns: by how much its clock is ahead of the hub's; None: it does not say.
    spare_key: the public key for encryption of a spare, which records nothing under its own key; empty: it is none. spare, stands_for: of
    what a spare records for a site: its own key and the site's. standing_ns: since when it stands in for it; None: it does not.
    stood_ns: when it last began or ended to; 0: it never did."""

    key: str
    name: str
    stream: str = ""
    seq: int = 0
    heard_ns: int = 0
    retired_ns: int | None = None
    public_key: str = ""
    clock_offset_ns: int | None = None
    spare_key: str = ""
    spare: str = ""
    stands_for: str = ""
    standing_ns: int | None = None
    stood_ns: int = 0

    @property
    def is_own(self) -> bool:
        """Neither a spare nor what one records for a site."""
        return not self.spare_key and not self.stands_for


_OF_SITE = ", ".join(field.name for field in fields(SharedSite))  # not all columns: a later version may have added some


class SharedRecord(GuardedTables):
    """Any thread; one transaction a call. Faults are EnvironmentFault. `accounts`: of those who sign in at the hub. oidc: of those among
    them whom an identity provider signs in. audit: of what is done there. intents: what they said about alerts of sites that were away.
    clip_files: video of alerts, of sites that send it. person_links: persons of several sites who may be one. galleries: those who may be
    recognised elsewhere. templates: rules and settings for several sites. erasures: of people, at sites. spares: sealed settings for
    spares, and which of them stand in."""

    def __init__(self, url: str) -> None:
        """Brings the tables up to date. Raises InputError (`url`), EnvironmentFault (see `schema.prepare`)."""
        super().__init__(postgres_engine(url, reading=True), postgres_engine(url), postgres_faults)
        self._of_one_site = one_site_engine(url)
        self.accounts = AccountTable(self._reading, self._writing, postgres_faults)
        self.audit = HubAudit(self._reading, self._writing, postgres_faults)
        self.intents = IntentTable(self._reading, self._writing, postgres_faults)
        self.clip_files = ClipFileTable(self._reading, self._writing, postgres_faults)
        self.person_links = PersonLinkTable(self._reading, self._writing, postgres_faults)
        self.galleries = GalleryTable(self._reading, self._writing, postgres_faults)
        self.templates = TemplateTable(self._reading, self._writing, postgres_faults)
        self.erasures = ErasureTable(self._reading, self._writing, postgres_faults)
        self.oidc = OidcTable(self._reading, self._writing, postgres_faults)
        self.spares = SpareTable(self._reading, self._writing, postgres_faults)
        try:
            with self._write() as connection:
                prepare(connection)
        except BaseException:
            self.close()
            raise

    def add_site(self, key: str, name: str) -> None:
        """Raises InputError (`key`): there is one."""
        with self._write() as connection:
            put = text("INSERT INTO shared_sites (key, name) VALUES (:key, :name) ON CONFLICT DO NOTHING")
            if not connection.execute(put, {"key": key, "name": name}).rowcount:
                raise InputError("key", f"{key} is another site's already")

    def put_code(self, digest: str, key: str, name: str, until_ns: int, made: AuditRow, *, spare: bool = False) -> None:
        """By which a site may join as `key`; the one before for the same key is good no longer. `made`: for the audit. spare: by which a
        spare may, and no site. Raises InputError (`key`): there is one."""
        with self._write() as connection:
            _check_free(connection, key)
            connection.execute(text("DELETE FROM site_codes WHERE key = :key"), {"key": key})
            put = text("INSERT INTO site_codes (digest, key, name, until_ns, spare) VALUES (:digest, :key, :name, :until_ns, :spare)")
            connection.execute(put, {"digest": digest, "key": key, "name": name, "until_ns": until_ns, "spare": spare})
            add_hub_audit(connection, made)

    def redeem_code(self, digest: str, public_key: str, now_ns: int, spare_key: str = "") -> str | None:
        """The key of the site that has joined by it, which uses the code up. None: it is none that is good now. `spare_key`: of a spare,
        whose code it has to be; empty: of a site. Raises InputError (`key`): another spare has it."""
        with self._write() as connection:
            take = "DELETE FROM site_codes WHERE digest = :digest AND until_ns > :now_ns AND spare = :spare RETURNING key, name"
            row = connection.execute(text(take), {"digest": digest, "now_ns": now_ns, "spare": bool(spare_key)}).first()
            if row is None:
                return None
            _check_spare_key(connection, row.key, spare_key)
            put = "INSERT INTO shared_sites (key, name, public_key, spare_key) VALUES (:key, :name, :public_key, :spare_key)"
            put += " ON CONFLICT (key) DO UPDATE SET name = excluded.name, public_key = excluded.public_key, retired_ns = NULL,"
            put += " spare_key = excluded.spare_key"  # one that comes back
            connection.execute(text(put), {"key": row.key, "name": row.name, "public_key": public_key, "spare_key": spare_key})
            add_hub_audit(connection, AuditRow(now_ns, "", HubVerb.JOIN_SITE, row.key, f"key {public_key}"))
            return str(row.key)

    def public_key(self, key: str) -> str:
        """Raises NotFound."""
        return self.site(key).public_key

    def rename_site(self, key: str, name: str, at_ns: int, by: str = "") -> None:
        """`by`: who, for the audit. Raises NotFound."""
        self._change_site("name = :value", name, AuditRow(at_ns, by, HubVerb.RENAME_SITE, key, name))

    def retire_site(self, key: str, at_ns: int, by: str = "") -> None:
        """Nothing more is taken of it; what it told stays, as long as its kind is kept. A spare goes with all that it records for sites.
        `by`: who, for the audit. Raises NotFound."""
        self._change_site("retired_ns = :value", at_ns, AuditRow(at_ns, by, HubVerb.RETIRE_SITE, key), also="spare = :key")

    def _change_site(self, change: str, value: object, row: AuditRow, also: str = "false") -> None:
        with self._write() as connection:
            changing = text(f"UPDATE shared_sites SET {change} WHERE key = :key OR {also}")
            if not connection.execute(changing, {"key": row.subject, "value": value}).rowcount:
                raise NotFound(f"There is no site {row.subject}.")
            if row.verb == HubVerb.RETIRE_SITE:
                forget_site(connection, row.subject)
            add_hub_audit(connection, row)

    def sites(self) -> tuple[SharedSite, ...]:
        with self._read() as connection:
            rows = connection.execute(text(f"SELECT {_OF_SITE} FROM shared_sites ORDER BY name, key")).mappings()
            return tuple(SharedSite(**row) for row in rows)

    def site(self, key: str) -> SharedSite:
        """Raises NotFound: no such site, or retired."""
        with self._read() as connection:
            return _site_row(connection, key, "")

    def hear(self, key: str, at_ns: int, clock_offset_ns: int | None = None) -> SharedSite:
        """It is there. `clock_offset_ns`: None: not measured this time. Raises NotFound: no such site, or retired."""
        with self._write() as connection:
            heard = text(
                "UPDATE shared_sites SET heard_ns = :at_ns, clock_offset_ns = coalesce(CAST(:offset AS bigint), clock_offset_ns)"
                f" WHERE key = :key AND retired_ns IS NULL RETURNING {_OF_SITE}"
            )
            row = connection.execute(heard, {"key": key, "at_ns": at_ns, "offset": clock_offset_ns}).mappings().first()
            if row is None:
                raise NotFound(f"There is no site {key}.")
            return SharedSite(**row)

    def begin_stream(self, key: str, stream: str) -> None:
        """The site tells everything anew: from here on only what is of this stream is taken. Raises NotFound."""
        with self._write() as connection:
            begin = text("UPDATE shared_sites SET stream = :stream, seq = 0 WHERE key = :key AND retired_ns IS NULL")
            if not connection.execute(begin, {"key": key, "stream": stream}).rowcount:
                raise NotFound(f"There is no site {key}.")

    def keep(self, key: str, batch: ChangeBatch, at_ns: int) -> SharedSite:
        """Keep what follows on what is there already; what does not, or was kept before, changes nothing. Ids in it begin with the key.

        Returns:
            The site, with how far it has told as PostgreSQL has it.

        Raises NotFound: no such site, or retired.
        """
        with self._write() as connection:
            site = _locked(connection, key)
            if batch.stream != site.stream or batch.after > site.seq or batch.through <= site.seq:
                return site
            _write(connection, key, batch.changes, at_ns)
            moved = text(f"UPDATE shared_sites SET seq = :seq, heard_ns = :at_ns WHERE key = :key RETURNING {_OF_SITE}")
            row = connection.execute(moved, {"key": key, "seq": batch.through, "at_ns": at_ns}).mappings().one()
            return SharedSite(**row)

    def keep_ahead(self, key: str, changes: Several[RecordChange]) -> None:
        """Alerts that are told before all that waits before them; that they were is not counted on. Raises NotFound."""
        with self._write() as connection:
            _locked(connection, key)
            _write_alerts(connection, [change.body for change in changes if change.kind is ChangeKind.ALERT], _AHEAD_ALERT)

    def remove_past(self, keep: KeepAges, now_ns: int) -> Mapping[str, int]:
        """One small batch of what is older, and codes that are over: how many rows of which table. Empty: nothing is left, or another hub
        is at it."""
        self.intents.remove_old(now_ns)  # on its own: what takes a person out holds a site and waits for these
        with self._write() as connection:
            return remove_past(connection, keep, now_ns)

    def answer(self, question: RecordQuestion[T]) -> T:
        with self._read() as connection:
            return questions.answer(connection, question)

    def copy_of(self, site: str, cameras: frozenset[str] | None = None) -> SiteCopy:
        """`cameras`: as of SiteCopy."""
        return SiteCopy(self._of_one_site, postgres_faults, site, cameras)

    def close(self) -> None:
        for engine in (self._reading, self._writing, self._of_one_site):
            engine.dispose()


def _check_free(connection: Connection, key: str) -> None:
    """One that has left may come back under its key. Raises InputError."""
    if connection.scalar(text("SELECT 1 FROM shared_sites WHERE key = :key AND retired_ns IS NULL"), {"key": key}):
        raise InputError("key", f"{key} is another site's already")


def _check_spare_key(connection: Connection, key: str, spare_key: str) -> None:
    """Raises InputError (`key`)."""
    taken = text("SELECT 1 FROM shared_sites WHERE spare_key = :spare_key AND key != :key AND retired_ns IS NULL")
    if spare_key and connection.scalar(taken, {"spare_key": spare_key, "key": key}):
        raise InputError("key", "is another spare's already")


def _locked(connection: Connection, key: str) -> SharedSite:
    """Batches of one site are kept one after another, whoever brings them."""
    return _site_row(connection, key, "FOR UPDATE")


def _site_row(connection: Connection, key: str, locked: str) -> SharedSite:
    row = connection.execute(text(f"SELECT {_OF_SITE} FROM shared_sites WHERE key = :key {locked}"), {"key": key}).mappings().first()
    if row is None or row["retired_ns"] is not None:
        raise NotFound(f"There is no site {key}.")
    return SharedSite(**row)


def _write(connection: Connection, key: str, changes: Several[RecordChange], at_ns: int) -> None:
    of: dict[ChangeKind, list[Mapping[str, Any]]] = {kind: [] for kind in ChangeKind}
    for change in changes:
        of[change.kind].append(change.body)
    with count_events(connection, of[ChangeKind.EVENT]):
        upsert_rows(connection, events, of[ChangeKind.EVENT])
    _write_alerts(connection, of[ChangeKind.ALERT])
    for kind, table in _TABLES.items():
        upsert_rows(connection, table, of[kind])
    upsert_rows(connection, incidents, [_incident_row(body) for body in of[ChangeKind.INCIDENT]])
    if of[ChangeKind.AUDIT]:
        connection.execute(_AUDIT, {"site": key, "rows": as_json(of[ChangeKind.AUDIT])})
    begin_erasures(connection, key, of[ChangeKind.ERASURE], at_ns)
    end_erasures(connection, key, of[ChangeKind.ERASED], at_ns)


def _write_alerts(connection: Connection, bodies: Several[Mapping[str, Any]], only_if: str = _NEWER_ALERT) -> None:
    upsert_rows(connection, alerts, bodies, only_if=only_if)


def _incident_row(body: Mapping[str, Any]) -> dict[str, Any]:
    classification: Mapping[str, Any] = body.get("classification") or {}
    return {**{name: body[name] for name in _SEARCHED}, "threat_id": classification.get("threat_id", ""), "body": dict(body)}
