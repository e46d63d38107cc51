"""Tokens as the record keeps them, and what they may: of machines, and of people who signed in."""

from engine.model.accounts.access import ROLE_VERBS, Grants, User, Verb, common
from engine.model.accounts.commands import TokenView
from engine.model.repository import StoredToken
from engine.model.time import to_iso
from engine.model.value_class import dataclass

_SESSION_ID = 16  # characters of the token's hash


@dataclass(frozen=True, slots=True)
class TokenWanted:
    """What a machine's token is limited to. No `verbs`: all of its role; `cameras` None: all. `by`: who makes it."""

    verbs: tuple[Verb, ...] = ()
    cameras: Grants | None = None
    expires_ns: int | None = None
    by: str = ""


def session_id(token: StoredToken) -> str:
    return token.token_hash[:_SESSION_ID]


def verbs_of(token: StoredToken, user: User) -> frozenset[Verb]:
    has = ROLE_VERBS[user.role]
    return has if token.verbs is None else has & frozenset(token.verbs)


def view_of(token: StoredToken, user: User) -> TokenView:
    verbs = verbs_of(token, user)
    return TokenView(
        session_id(token),
        token.label,
        tuple(verb for verb in Verb if verb in verbs),
        common(user.cameras, token.cameras),
        token.by,
        token.created_ns,
        token.expires_ns,
        token.last_used_ns,
    )


def told_token(token: StoredToken, user: User) -> str:
    """What the audit keeps of a token: what it is for, and what it is limited to."""
    verbs = f"; {', '.join(token.verbs)}" if token.verbs is not None else f"; {user.role.value}"
    cameras = "" if token.cameras is None else f"; cameras {', '.join(token.cameras) or 'none'}"
    return f"{token.label}{verbs}{cameras}{'' if token.expires_ns is None else f'; until {to_iso(token.expires_ns)}'}"
