"""The audit, for rows in which people say why: they give reasons with names in them, and nobody can take those out of the audit later."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.model.accounts.audit import AuditRow
from engine.model.people.person import Person
from engine.model.people.traces import Traces
from engine.runtime.audit.auditing import Auditor

log = logging.getLogger(__name__)


class NamelessAudit:
    """Any thread.

    Args:
        persons: everybody known. Their names and ids become pseudonyms.
    """

    def __init__(self, auditor: Auditor, persons: Callable[[], Iterable[Person]]) -> None:
        self._auditor, self._persons = auditor, persons

    def keep(self, row: AuditRow) -> None:
        """Keep for good who did what, before it is done. Raises EnvironmentFault: it must not be done."""
        log.info("audit: %s by %s %s", row.verb, row.by, row.subject)
        self._auditor.keep(self._without_names(row))

    def note(self, *rows: AuditRow) -> None:
        """Keep for good who did what, where that is done or has to go on all the same: a failure is shown, and the rows wait."""
        self._auditor.note(*map(self._without_names, rows))

    def _without_names(self, row: AuditRow) -> AuditRow:
        detail = row.detail
        for person in self._persons():
            if detail and (person.name in detail or person.id in detail):
                pseudonym = self._auditor.pseudonym(person.id)
                detail = Traces(person.id, (person.name,), pseudonym, pseudonym).text(detail)
        return replace(row, detail=detail)
