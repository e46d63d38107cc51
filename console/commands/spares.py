"""`watchroom spares`: which spares may stand in for this machine's site. Only said here: no hub adds one.

For whoever may write to the data folder. Works beside a running engine, which sends its settings within some seconds.
"""

import argparse

from console.commands.join import site_folder
from console.commands.named_account import BY
from console.commands.token import noting
from console.folders import add_data
from console.help.help_texts import add_action
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault
from engine.model.time import SystemClock, to_iso
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.membership import read_membership
from engine.runtime.hub.nkeys import KeyKind, NKey, checked_public
from engine.runtime.hub.spares.allowed_spares import allow_spare, read_allowed, withdraw_spare

_BESIDE = "Works beside a running engine."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    allowed = add_action(actions, "allow", "let a spare stand in for this site, and send it what it needs", _BESIDE)
    withdrawn = add_action(actions, "withdraw", "let it no longer, and have it forget what it was sent", _BESIDE)
    for action in (allowed, withdrawn):
        action.add_argument("key", metavar="KEY", help="of the spare, as `watchroom spare key` prints it there")
    listed = add_action(actions, "list", "the spares that may, and this site's own key", _BESIDE)
    for action in (allowed, withdrawn, listed):
        add_data(action)


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`, `key`), NotFound, EnvironmentFault."""
    data = site_folder(parsed.data)
    own = _own_key(data)
    match parsed.action:
        case "allow":
            checked_public(parsed.key, KeyKind.X25519)
            _note(data, AuditVerb.ALLOW_SPARE, parsed.key)
            allow_spare(data.path, parsed.key, SystemClock().now_ns())
            print(f"Allowed. At the spare, let it accept this site: watchroom spare accept {own}")
        case "withdraw":
            withdraw_spare(data.path, parsed.key)
            _note(data, AuditVerb.WITHDRAW_SPARE, parsed.key)
            print("Withdrawn. The spare forgets what it was sent when the hub tells it. Change logins if you do not trust it.")
        case _:
            print(f"this site  {own}")
            for spare in read_allowed(data.path):
                print(f"{spare.key}  allowed {to_iso(spare.allowed_ns)}")
    return 0


def _own_key(data: DataFolder) -> str:
    """By which a spare knows what this site sends. Raises EnvironmentFault (`not_joined`)."""
    membership = read_membership(data.path)
    if membership is None:
        raise EnvironmentFault("not_joined", "This site belongs to no hub, by which a spare would hear of it: `watchroom join` first.")
    return NKey(KeyKind.USER, bytes.fromhex(membership.secret)).public


def _note(data: DataFolder, verb: AuditVerb, key: str) -> None:
    """Raises EnvironmentFault: it is not noted, and not to be done."""
    with noting(data) as note:
        note(AuditRow(SystemClock().now_ns(), BY, verb, key))
