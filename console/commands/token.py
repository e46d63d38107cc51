"""`watchroom token create`: a token for a machine, printed once. Works beside a running engine: one small transaction."""

import argparse
import sys
from pathlib import Path

from console.folders import default_data
from engine.model.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.time import Clock, SystemClock
from engine.runtime.accounts import Accounts
from engine.runtime.audit_heads import AuditHeads
from engine.runtime.auditing import Auditor
from engine.runtime.data_folder import DataFolder
from engine.runtime.secrets import SecretStore
from engine.store import Store, open_store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a token and print it once; it is good until revoked")
    create.add_argument("--role", required=True, choices=[role.value for role in Role], help="what its holder may do")
    create.add_argument("--data", type=Path, metavar="DIR", help="the engine's data folder (default: this machine's site)")
    create.add_argument("--label", default="command line", help="what it is for, to be told apart later")


def run(arguments: argparse.Namespace) -> int:
    data = DataFolder(arguments.data) if arguments.data is not None else DataFolder(default_data(), parents=True)
    print(create_token(data, Role(arguments.role), arguments.label))
    return 0


def create_token(data: DataFolder, role: Role, label: str) -> str:
    """What cannot be noted in the audit raises EnvironmentFault, and its token is never seen."""
    clock = SystemClock()
    store = open_store(data.database, clock)
    try:
        token = Accounts(store, clock, note=store.add_audit).create_token(role, label)
        _sign(data, store, clock)
        return token
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
