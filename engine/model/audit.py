"""What was done that somebody may have to answer for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Never changed or removed. `subject`: a pseudonym, never a person's id or name; `verb`: a word such as `erase_person`.

    `seq` and `hash` (SHA-256 hex of this row and the hash before it) are given when it is kept."""

    at_ns: int
    by: str
    verb: str
    subject: str = ""
    detail: str = ""
    seq: int = 0
    hash: str = ""
