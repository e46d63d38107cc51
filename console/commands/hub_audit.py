"""`watchroom hub audit`: what was done at the hub itself, and whether it is still written down as it was."""

import argparse
import json

from engine.model.accounts.audit import AuditRow
from engine.model.time import to_iso
from engine.model.wire import to_plain
from engine.runtime.audit.audit_verify import fault_sentence
from engine.store.shared.hub_audit import HubAudit

CHECK_FAILED = 1
_MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--verify", action="store_true", help="check every row instead; exit code 1: it is not as it was")
    parser.add_argument("--last", type=_count, default=50, metavar="N", help="how many rows, the newest last (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _count(text: str) -> int:
    if not 1 <= int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"{text} is outside 1–{_MOST}")
    return int(text)


def run(parsed: argparse.Namespace, audit: HubAudit) -> int:
    """Raises EnvironmentFault."""
    if parsed.verify:
        return _verify(audit, parsed.json)
    for row in reversed(audit.rows(parsed.last)):
        print(json.dumps(to_plain(row), ensure_ascii=False) if parsed.json else _row_line(row))
    return 0


def _row_line(row: AuditRow) -> str:
    return "  ".join((str(row.seq), to_iso(row.at_ns), row.by or "–", row.verb, row.subject, row.detail)).rstrip()


def _verify(audit: HubAudit, as_json: bool) -> int:
    chain, newest = audit.check()
    bad = None if chain.fault is None else {"seq": chain.seq, "kind": chain.fault.value}
    last = "" if newest is None or bad else newest.hash
    if as_json:
        print(json.dumps({"ok": bad is None, "rows": chain.rows, "first_bad": bad, "last_hash": last}))
    elif chain.fault is not None:
        print(f"✗ {fault_sentence(chain.fault, chain.seq, chain.proven)}")
    else:
        print(f"✓ The audit is whole: {chain.rows} rows." + (f" The last one has the hash {last}." if last else ""))
    return CHECK_FAILED if bad else 0
