"""After the record was restored from a copy: it is said, and who was erased since the copy was made is erased again."""

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.runtime.audit.auditing import ENGINE
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.basis import Basis
from engine.runtime.keeping.backups import erased_marks, mark_of
from engine.runtime.people.erasing import Erasing
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.recorder.record import FORGOT
from engine.runtime.side import Side
from engine.runtime.storage.restore import told_of
from engine.runtime.supervisor import Supervisor


class RestoredPeople(Side):
    def __init__(self, basis: Basis, audit: NamelessAudit, people: PeopleSide, erasing: Erasing) -> None:
        self._basis, self._audit, self._people, self._erasing = basis, audit, people, erasing

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        record, troubles = self._basis.record, self._basis.troubles
        if record.forgot:
            troubles.tell("learning", FORGOT)
        restored = record.restored
        if restored is None:
            return
        troubles.tell("record", told_of(restored))
        self._audit.note(AuditRow(restored.at_ns, ENGINE, AuditVerb.RESTORE_RECORD, restored.backup_name, restored.aside))
        erased = erased_marks(self._basis.data.path)
        for person in tuple(self._people.persons.values()):
            if mark_of(person.id) in erased:
                self._erasing.begin(person, "came back with a backup", ENGINE)
