"""Commands about one account: who is meant, and a password that is typed for it."""

import sys
from getpass import getpass

from engine.model.accounts.access import User
from engine.model.errors import InputError, NotFound
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
