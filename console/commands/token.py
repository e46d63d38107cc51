"""`watchroom token`: tokens for machines, each printed once, listed and revoked. Works beside a running engine: one small transaction."""

import argparse
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from console.commands.named_account import token_line
from console.folders import default_data
from console.help.help_texts import add_action
from engine.model.accounts.access import Role, Verb
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.commands import LONGEST_TOKEN_DAYS
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, Clock, SystemClock
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.audit.audit_heads import AuditHeads
from engine.runtime.audit.auditing import Auditor
from engine.runtime.data_folder import DataFolder
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.storage.upgrading import open_beside
from engine.store import Store

_DAY_NS = 86_400 * SECOND


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = add_action(
        actions, "create", "make a token and print it once; it is good until it is revoked, or expires", "Works beside a running engine."
    )
    create.add_argument("--role", required=True, choices=[role.value for role in Role], help="what its holder may do")
    create.add_argument("--verbs", nargs="+", default=[], choices=[verb.value for verb in Verb], help="only these of the role's verbs")
    create.add_argument("--cameras", nargs="+", metavar="ID", help="only these cameras: their ids, and groups as group:Yard")
    create.add_argument("--days", type=_days, metavar="N", help="expires after so many days")
    create.add_argument("--label", default="command line", help="what it is for, to be told apart later")
    revoke = add_action(actions, "revoke", "end a token; a running engine knows within two seconds", "Works beside a running engine.")
    revoke.add_argument("id", metavar="ID", help="as `token list` shows it, or its first letters")
    each = (
        create,
        revoke,
        add_action(actions, "list", "tokens of machines, without the tokens themselves", "Works beside a running engine."),
    )
    for parser in each:
        parser.add_argument("--data", type=Path, metavar="DIR", help="the engine's data folder (default: this machine's site)")


def _days(text: str) -> float:
    days = float(text)
    if not 0 < days <= LONGEST_TOKEN_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is outside 0–{LONGEST_TOKEN_DAYS:g}")
    return days


def run(arguments: argparse.Namespace) -> int:
    data = DataFolder(arguments.data) if arguments.data is not None else DataFolder(default_data(), parents=True)
    match arguments.action:
        case "list":
            with accounts_of(data) as (accounts, _):
                for token in accounts.machine_tokens():
                    print(token_line(token))
        case "revoke":
            with accounts_of(data, signs=True) as (accounts, _):
                accounts.revoke_token(arguments.id, "command line")
        case _:
            cameras = None if arguments.cameras is None else tuple(arguments.cameras)
            verbs = tuple(Verb(verb) for verb in arguments.verbs)
            print(create_token(data, Role(arguments.role), arguments.label, TokenWanted(verbs, cameras), arguments.days))
    return 0


def create_token(data: DataFolder, role: Role, label: str, wanted: TokenWanted | None = None, days: float | None = None) -> str:
    """What cannot be noted in the audit raises EnvironmentFault, and its token is never seen."""
    with accounts_of(data, signs=True) as (accounts, clock):
        until_ns = None if days is None else clock.now_ns() + round(days * _DAY_NS)
        return accounts.create_token(role, label, replace(wanted or TokenWanted(), expires_ns=until_ns))


@contextmanager
def accounts_of(data: DataFolder, *, signs: bool = False) -> Generator[tuple[Accounts, Clock]]:
    """The accounts of a site, also of one whose engine runs. `signs`: what was changed is in the audit, which is to hold for it."""
    clock = SystemClock()
    store = open_beside(data, clock)
    try:
        yield Accounts(store.accounts, clock, note=store.add_audit), clock
        if signs:
            _sign(data, store, clock)
    finally:
        store.close()


@contextmanager
def noting(data: DataFolder) -> Generator[Callable[[AuditRow], None]]:
    """Adds rows to the audit of a site, also of one whose engine runs. Raises EnvironmentFault."""
    clock = SystemClock()
    store = open_beside(data, clock)
    try:
        yield store.add_audit
        _sign(data, store, clock)
    finally:
        store.close()


def _sign(data: DataFolder, store: Store, clock: Clock) -> None:
    """A running engine does that by itself."""
    try:
        with data.lock():
            Auditor(store, AuditHeads(data.path, SecretStore(data.path)), clock, _tell).finish()
    except EnvironmentFault as fault:
        if fault.reason != "in_use":
            raise


def _tell(_: str, sentence: str | None) -> None:
    if sentence is not None:
        print(sentence, file=sys.stderr)
