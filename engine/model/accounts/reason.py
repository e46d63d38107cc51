"""Why somebody did something, as the audit keeps it."""

from engine.model.errors import InputError

REASON_LENGTH = 500


def checked_reason(reason: str) -> str:
    """Without spaces around it. Raises InputError (`reason`)."""
    if not reason.strip():
        raise InputError("reason", "say why, in a few words; it stays in the audit")
    if len(reason) > REASON_LENGTH:
        raise InputError("reason", f"needs at most {REASON_LENGTH} characters")
    return reason.strip()
