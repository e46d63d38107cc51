"""Who may do what: roles are sets of verbs; the engine and the gateway check verbs, never roles."""

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    SEE_LIVE = "see_live"
    SEE_PAST = "see_past"
    EXPORT = "export"
    ACKNOWLEDGE = "acknowledge"
    DELETE = "delete"
    UNMASK = "unmask"
    ADMINISTER = "administer"


class Role(StrEnum):
    OPERATOR = "operator"
    INVESTIGATOR = "investigator"
    ADMIN = "admin"


ROLE_VERBS: dict[Role, frozenset[Verb]] = {
    Role.OPERATOR: frozenset({Verb.SEE_LIVE, Verb.SEE_PAST, Verb.ACKNOWLEDGE}),
    Role.INVESTIGATOR: frozenset({Verb.SEE_LIVE, Verb.SEE_PAST, Verb.ACKNOWLEDGE, Verb.EXPORT, Verb.UNMASK}),
    Role.ADMIN: frozenset(Verb),
}


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user or a machine's token, with the verbs it holds. Checked again on every call."""

    id: str
    user: User
    verbs: frozenset[Verb]
    expires_ns: int | None = None

    def may(self, verb: Verb) -> bool:
        return verb in self.verbs


PASSWORD_MIN_LENGTH = 10
PASSWORD_MAX_LENGTH = 256


def password_trouble(name: str, password: str) -> str:
    """Why an account of this name may not have this password, as a sentence; empty when it may.

    Length instead of composition rules, and nothing derived from the account: NIST SP 800-63B, section 5.1.1.
    """
    if len(password) < PASSWORD_MIN_LENGTH:
        return f"Use at least {PASSWORD_MIN_LENGTH} characters; {PASSWORD_MIN_LENGTH - len(password)} more."
    if len(password) > PASSWORD_MAX_LENGTH:
        return f"Use at most {PASSWORD_MAX_LENGTH} characters."
    if len(set(password)) < 4:
        return "Use at least four different characters."
    if name.strip() and name.strip().lower() in password.lower():
        return "Leave the account name out of the password."
    return ""
