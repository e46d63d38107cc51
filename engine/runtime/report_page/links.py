"""Links to the report page: made, looked up and revoked, with how many reports came over each."""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn
from engine.model.incidents.report_page import MOST_LINKS, ReportLink
from engine.model.time import SECOND, Clock

log = logging.getLogger(__name__)

_TOKEN_BYTES = 24
_ID_CHARACTERS = 12
_DAY_NS = 86_400 * SECOND
NOT_GOOD = "This link does not work any more. Ask whoever gave it to you for a new one."


class LinkTable(Protocol):
    """Raises EnvironmentFault."""

    def all(self) -> dict[str, ReportLink]: ...

    def put(self, token_hash: str, link: ReportLink) -> None: ...

    def remove(self, token_hash: str) -> None: ...


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class ReportLinks:
    """Any thread. Looking a token up takes no look at the record, so strangers cost nothing."""

    def __init__(self, table: LinkTable, clock: Clock, note: Callable[[AuditRow], None]) -> None:
        self._table, self._clock, self._note = table, clock, note
        self._lock = threading.Lock()  # guards the next two
        self._known: dict[str, ReportLink] = {}
        self._uncounted: set[str] = set()  # whose counts are not in the record yet

    def load(self) -> None:
        """Raises EnvironmentFault."""
        with self._lock:
            self._known = self._table.all()

    def create(self, label: str, days: float | None, by: str) -> str:
        """The token, shown this once. Raises InputError, EnvironmentFault."""
        token, now_ns = secrets.token_urlsafe(_TOKEN_BYTES), self._clock.now_ns()
        hashed = token_hash(token)
        expires_ns = None if days is None else now_ns + round(days * _DAY_NS)
        link = ReportLink(f"rl-{hashed[:_ID_CHARACTERS]}", label.strip(), by, now_ns, expires_ns)
        with self._lock:
            if len(self._known) >= MOST_LINKS:
                raise InputError("label", f"cannot be added: there are {MOST_LINKS} links. Revoke some first")
            self._table.put(hashed, link)
            self._known[hashed] = link
        until = "without end" if days is None else f"{days:g} days"
        self._note(AuditRow(now_ns, by, AuditVerb.CREATE_REPORT_LINK, link.id, f"{link.label}; {until}"))
        return token

    def revoke(self, link_id: str, by: str) -> None:
        """Raises NotFound, EnvironmentFault."""
        with self._lock:
            hashed = next((hashed for hashed, link in self._known.items() if link.id == link_id), None)
            if hashed is None:
                raise NotFound(f"There is no link {link_id[:80]!r}.")
            self._table.remove(hashed)
            link = self._known.pop(hashed)
            self._uncounted.discard(hashed)
        self._note(AuditRow(self._clock.now_ns(), by, AuditVerb.REVOKE_REPORT_LINK, link.id, link.label))

    def all(self) -> tuple[ReportLink, ...]:
        """Newest first."""
        return tuple(sorted(tuple(self._known.values()), key=lambda each: (-each.created_ns, each.id)))

    def link(self, token: str) -> ReportLink:
        """Raises NotSignedIn, alike for one that expired, was revoked or never was."""
        found = self._known.get(token_hash(token)) if token else None
        if found is None or (found.expires_ns is not None and found.expires_ns <= self._clock.now_ns()):
            raise NotSignedIn(NOT_GOOD)
        return found

    def count(self, link_id: str, *, filed: int = 0, refused: int = 0) -> None:
        """Reports that came over a link; in the record at the next tidying."""
        with self._lock:
            hashed = next((hashed for hashed, link in self._known.items() if link.id == link_id), None)
            if hashed is None:  # revoked meanwhile
                return
            link = self._known[hashed]
            used_ns = self._clock.now_ns() if filed else link.last_used_ns
            self._known[hashed] = replace(link, filed=link.filed + filed, refused=link.refused + refused, last_used_ns=used_ns)
            self._uncounted.add(hashed)

    def save_counts(self) -> None:
        """What cannot be saved now is saved at the next try."""
        with self._lock:
            try:
                for hashed in tuple(self._uncounted):
                    self._table.put(hashed, self._known[hashed])
                    self._uncounted.discard(hashed)
            except EnvironmentFault as fault:
                log.warning("How many reports came over links could not be saved: %s", fault)
