"""Commands about accounts and tokens: who is meant, a password that is typed, and a token in one line."""

import sys
from getpass import getpass

from engine.model.accounts.access import User
from engine.model.accounts.commands import TokenView
from engine.model.errors import InputError, NotFound
from engine.model.time import to_iso
from engine.runtime.access.accounts import Accounts

BY = "command line"


def user_by_name(accounts: Accounts, name: str, listed_by: str) -> User:
    """Raises InputError (`name`)."""
    try:
        return accounts.user_by_name(name)
    except NotFound:
        raise InputError("name", f"there is no account {name[:60]!r}; `{listed_by}` shows them") from None


def password_typed() -> str:
    """A new one. Never among the arguments, which others on the machine can read: typed twice, or a line of the standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass("New password: ")
    if typed != getpass("Once more: "):
        raise InputError("password", "the two are not the same")
    return typed


def token_line(token: TokenView) -> str:
    """One line: id, what it may, where, until when, last used, what it is for."""
    cameras = "all cameras" if token.cameras is None else " ".join(token.cameras) or "no camera"
    until = "until revoked" if token.expires_ns is None else f"until {to_iso(token.expires_ns)}"
    used = "not used yet" if token.last_used_ns is None else f"used {to_iso(token.last_used_ns)}"
    return "  ".join((token.id, ",".join(token.verbs), cameras, until, used, token.label))
