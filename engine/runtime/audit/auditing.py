"""The audit of a running engine: rows are kept at once, and their head is signed every minute.

What happens when a row cannot be kept (a full disk): `keep` raises, so that what may not happen unaudited (showing hidden faces,
exporting) does not happen. `note` is for what has to go on all the same (signing in, watching recordings, acknowledging): the trouble is
shown, and the row waits in memory for the disk; rows of both kinds are written in the order of the acts.
"""

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditHead, AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import Clock
from engine.recording.pack.manifest import Proof
from engine.runtime.audit.audit_heads import HEADS, AuditHeads
from engine.store.people.audit import BEFORE_FIRST

log = logging.getLogger(__name__)

SIGN_S = 60.0
RETRY_S = 5.0
MOST_WAITING = 10_000
MOST_SEEN = 10_000  # pairs of session and clip; one that was forgotten is kept again
ENGINE = "engine"  # who did it, where nobody did
_SOMEBODY = "somebody"  # a pseudonym where secrets cannot be read


class AuditStore(Protocol):
    """All may raise EnvironmentFault."""

    def add_audit(self, *rows: AuditRow) -> None: ...

    def audit_end(self) -> AuditRow | None: ...

    def audit_holds(self, head: AuditHead) -> bool: ...


class KnownUsers(Protocol):
    def id_of(self, name: str) -> str:
        """Of the user who has this name now; empty where nobody has, or where it cannot be read."""
        ...


class Auditor:
    """Any thread. `run` is for a thread of its own, `finish` for the end. `users`: by whom ids are found, once they are there.

    Args:
        on_trouble: called with what is troubled and a sentence, None when it is not any more.
    """

    def __init__(self, store: AuditStore, heads: AuditHeads, clock: Clock, on_trouble: Callable[[str, str | None], None]) -> None:
        self._store, self._heads, self._clock, self._on_trouble = store, heads, clock, on_trouble
        self._lock = threading.Lock()  # guards _waiting and _lost; held while rows are written, so that they are in order
        self._signing = threading.Lock()  # guards _signed; taken before _lock where both are
        self._waiting: list[AuditRow] = []
        self._lost = 0
        self._signed = ""
        self._troubled = False
        self.users: KnownUsers | None = None

    def keep(self, *rows: AuditRow) -> None:
        """All of them or none. Raises EnvironmentFault: they are not kept, and what they tell of must not happen."""
        rows = self._with_ids(rows)
        with self._lock:
            try:
                self._write_rows(rows)
            except EnvironmentFault as fault:
                self._report_fault(fault)
                raise EnvironmentFault(fault.reason, f"This has to be noted in the audit first, which failed. {fault}") from fault

    def note(self, *rows: AuditRow) -> None:
        """Keep them now, or as soon as that is possible."""
        rows = self._with_ids(rows)
        with self._lock:
            taken = rows[: max(0, MOST_WAITING - len(self._waiting))]
            self._lost += len(rows) - len(taken)
            self._waiting += taken
            self._write_waiting()

    def prove(self, row: AuditRow) -> Proof:
        """Keep a row and sign it at once, for what leaves the house with the audit's word for it. Raises EnvironmentFault, InputError."""
        with self._signing, self._lock:
            self._write_rows(())
            before = self._store.audit_end()
            self._write_rows((row,))
            kept = self._store.audit_end()
            if kept is None or (before is not None and kept.seq != before.seq + 1):
                raise EnvironmentFault("audit_busy", "Somebody else wrote to the audit at the same moment. Try again.")
            head = self._heads.sign(kept, self._clock.now_ns())
            self._signed = kept.hash
        return Proof(kept, before.hash if before is not None else BEFORE_FIRST, head)

    def pseudonym(self, thing_id: str) -> str:
        """Stands for the id of a person, a face or a device."""
        try:
            return self._heads.pseudonym(thing_id)
        except EnvironmentFault as fault:
            log.warning("the audit has no pseudonyms: %s", fault)
            return _SOMEBODY

    def sign_message(self, message: bytes) -> tuple[str, str]:
        """See `AuditHeads.sign_message`."""
        return self._heads.sign_message(message)

    def run(self, stopping: threading.Event) -> None:
        signed_s = -math.inf
        while not stopping.is_set():
            with self._lock:
                self._write_waiting()
            if time.monotonic() - signed_s >= SIGN_S:
                self._compare()
                self.sign()
                signed_s = time.monotonic()
            stopping.wait(RETRY_S)

    def sign(self) -> None:
        """Sign the head where it is a new one. A failure is told, and tried again at the next minute."""
        try:
            with self._signing:
                self._sign()
        except EnvironmentFault as fault:
            self._on_trouble("audit heads", f"The audit cannot be signed. {fault}")
        except InputError as error:
            self._on_trouble("audit heads", f"The audit cannot be signed: {error.message}. Move the file away, and a new one is made.")
        else:
            self._on_trouble("audit heads", None)

    def finish(self) -> None:
        """Write what waits and sign the last head. No trouble is raised; what is lost is in the log."""
        with self._lock:
            self._write_waiting()
            for row in self._waiting:
                log.error("not in the audit: %s", row)
        self.sign()

    def _sign(self) -> None:
        end = self._store.audit_end()
        if end is None or end.hash == self._signed:
            return
        if not self._signed:  # the first time: whether the keys are those of before is known at the start
            self._replace_lost_key()
        newest = self._heads.newest()
        if newest is None or newest.hash != end.hash:
            self._replace_lost_key()
            end = self._store.audit_end() or end
            self._heads.sign(end, self._clock.now_ns())
        self._signed = end.hash

    def _replace_lost_key(self) -> None:
        key = self._heads.lost_key()
        if key:
            log.warning("the key that signed the audit is lost; from here on it is signed with another, %s", key)
            self.note(AuditRow(self._clock.now_ns(), ENGINE, AuditVerb.AUDIT_KEY, detail=key))
            self._on_trouble(
                "secrets",
                "The key that signed the audit is lost, and with it perhaps all of secrets.json or the system's keyring: passwords of"
                " cameras and receivers, and the tokens of nodes. Put a copy back, or enter them again and provision the nodes anew.",
            )

    def _compare(self) -> None:
        """Whether the record still holds what was signed last. Rows go on after what is left of it."""
        with self._signing:
            self._compare_signed()

    def _compare_signed(self) -> None:
        try:
            newest = self._heads.newest()
            if self._signed and (newest is None or newest.hash != self._signed):
                self._signed = ""  # so that what is there now is signed again
                self._on_trouble(
                    "audit",
                    f"Somebody removed what was signed of the audit from {HEADS}. It was put back from the copy."
                    " Run `watchroom audit verify`."
                    if self._heads.mend()
                    else f"Somebody removed what was signed of the audit from {HEADS}. Run `watchroom audit verify`.",
                )
                return
            if not self._signed and self._heads.mend():
                newest = self._heads.newest()
                told = f"{HEADS} was gone or cut off. It was put back from its copy. Check the disk, and run `watchroom audit verify`."
                self._on_trouble("audit file", told)
            if newest is None and self._heads.were_lost():
                self._on_trouble("audit", f"What was signed of the audit is gone from {HEADS}. Run `watchroom audit verify`.")
                return
            if newest is None or self._store.audit_holds(newest):
                return
        except EnvironmentFault as fault:
            self._on_trouble("audit heads", f"The audit cannot be compared with what was signed. {fault}")
            return
        self._on_trouble(
            "audit",
            f"The audit is not what it was: row {newest.seq}, signed before, is gone or changed. Somebody may have changed the database or"
            " put back an older copy. Run `watchroom audit verify`.",
        )

    def _with_ids(self, rows: tuple[AuditRow, ...]) -> tuple[AuditRow, ...]:
        """Where whoever did it is told by name only, it is the user who has the name now."""
        users = self.users
        if users is None:
            return rows
        names = {row.by for row in rows if not row.by_id} - {"", ENGINE}
        ids = {name: users.id_of(name) for name in names}
        return tuple(row if row.by_id else replace(row, by_id=ids.get(row.by, "")) for row in rows)

    def _write_rows(self, rows: Sequence[AuditRow]) -> None:
        told = (AuditRow(self._clock.now_ns(), ENGINE, AuditVerb.LOST_ROWS, detail=str(self._lost)),) if self._lost else ()
        if not (self._waiting or told or rows):
            return
        self._store.add_audit(*self._waiting, *told, *rows)
        self._waiting, self._lost = [], 0
        if self._troubled:
            self._troubled = False
            log.info("the audit is written again")
            self._on_trouble("audit writing", None)

    def _write_waiting(self) -> None:
        try:
            self._write_rows(())
        except EnvironmentFault as fault:
            self._report_fault(fault)

    def _report_fault(self, fault: EnvironmentFault) -> None:
        self._troubled = True
        waiting = f"Waiting in memory: {len(self._waiting)}." + (f" Lost: {self._lost}." if self._lost else "")
        told = "What users do cannot be noted in the audit; faces stay hidden, nothing is exported."
        self._on_trouble("audit writing", f"{told} {waiting} {fault}")


class Views:
    """Which session opened which clip, and which hour of which camera's continuous video: each is kept once. Any thread."""

    def __init__(self, clock: Clock, note: Callable[[AuditRow], None]) -> None:
        self._clock, self._note = clock, note
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, session: Session, clip_id: str) -> None:
        """A player asks for the same clip again and again, part by part."""
        self._first(session, AuditVerb.VIEW_CLIP, clip_id)

    def note_footage(self, session: Session, footage: str) -> None:
        self._first(session, AuditVerb.VIEW_FOOTAGE, footage)

    def _first(self, session: Session, verb: AuditVerb, what: str) -> None:
        with self._lock:
            if (session.id, what) in self._seen:
                self._seen.move_to_end((session.id, what))
                return
            self._seen[session.id, what] = None
            while len(self._seen) > MOST_SEEN:
                self._seen.popitem(last=False)
        self._note(AuditRow.of(self._clock.now_ns(), session.user, verb, what, f"session {session.id}"))
