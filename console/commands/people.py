"""`watchroom people`: for what this site lets its people be compared with those of other sites of its hub.

For whoever may write to the data folder: nobody at the hub can agree in place of the site. Works beside a running engine.
"""

import argparse
import json

from console.commands.join import site_folder
from console.commands.named_account import BY
from console.folders import add_data
from console.help.help_texts import add_action
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import InputError
from engine.model.people.purposes import Purpose, SitePurpose
from engine.model.time import SystemClock, to_iso
from engine.model.wire import to_plain
from engine.runtime.storage.upgrading import open_beside
from engine.store.store import Store

_BESIDE = "Works beside a running engine, which tells the hub within some seconds."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = add_action(actions, "purposes", "what the hub offers, and whether this site agrees to it", "Works beside a running engine.")
    listed.add_argument("--json", action="store_true", help="one JSON object a line")
    agreed = add_action(actions, "agree", "agree to a purpose, as its terms are now", _BESIDE)
    withdrawn = add_action(actions, "withdraw", "agree no longer; nobody is under it any more, and its links are removed", _BESIDE)
    for action in (agreed, withdrawn):
        action.add_argument("purpose", metavar="ID", help="as `watchroom people purposes` lists it")
    for action in (listed, agreed, withdrawn):
        add_data(action)
    agreed.add_argument(
        "--terms",
        default="",
        metavar="DIGEST",
        help="only if the terms are still those that were read, as `watchroom people purposes` lists them",
    )


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`), NotFound, EnvironmentFault."""
    clock = SystemClock()
    store = open_beside(site_folder(parsed.data), clock)
    try:
        _act(parsed, store, clock.now_ns())
    finally:
        store.close()
    return 0


def _act(parsed: argparse.Namespace, store: Store, now_ns: int) -> None:
    match parsed.action:
        case "agree":
            purpose = store.purposes.one(parsed.purpose, now_ns).purpose
            if parsed.terms not in ("", purpose.digest):
                raise InputError("terms", f"of “{purpose.name}” are others by now. Read them again with `watchroom people purposes`")
            store.add_audit(AuditRow(now_ns, BY, AuditVerb.AGREE_TO_PURPOSE, purpose.id, purpose.digest))
            store.purposes.agree(purpose, BY, now_ns)
            print(f"This site agrees to “{purpose.name}” as it is now. An investigator puts people under it, in the console.")
            print(_terms(purpose))  # the hub may have changed them since they were read
        case "withdraw":
            purpose = store.purposes.one(parsed.purpose, now_ns).purpose
            store.purposes.withdraw(purpose.id)
            store.add_audit(AuditRow(now_ns, BY, AuditVerb.WITHDRAW_FROM_PURPOSE, purpose.id))
            print(f"This site does not agree to “{purpose.name}” any longer. `watchroom people purposes` says when the hub holds no links.")
        case _:
            for each in store.purposes.all(now_ns):
                print(json.dumps(to_plain(each), ensure_ascii=False) if parsed.json else _lines(each))


def _lines(found: SitePurpose) -> str:
    purpose = found.purpose
    agreed = "not agreed" if found.agreed_ns is None else f"agreed {to_iso(found.agreed_ns)} by {found.agreed_by}"
    return (
        f"{purpose.id}  {purpose.name}  {purpose.keep_days} days  {agreed}  {len(found.person_ids)} persons"
        f"  {found.links} with links at the hub\n{_terms(purpose)}"
    )


def _terms(purpose: Purpose) -> str:
    given = "    Faces in numbers of persons under it are given to the sites that agree, which recognise them.\n"
    gallery = given if purpose.gallery else ""
    return f"    {purpose.words}\n{gallery}    Lawful basis: {purpose.basis}\n    {purpose.keep_days} days; terms {purpose.digest}"
