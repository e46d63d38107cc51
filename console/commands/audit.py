"""`watchroom audit verify`: whether what was done is still written down as it was. Reads only, also beside a running engine."""

import argparse
import json
from pathlib import Path

from console.folders import default_data
from console.help.help_texts import add_action
from engine.model.accounts.audit import AuditVerdict
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.audit.audit_verify import verify_audit

CHECK_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = add_action(
        actions,
        "verify",
        "check every row and every signature; name the first row that is not as it was",
        "Reads only; works beside a running engine. Exit code 1: it is not as it was.",
    )
    verify.add_argument("--data", type=Path, metavar="DIR", help="the engine's data folder (default: this machine's site)")
    verify.add_argument("--public-key", type=Path, metavar="FILE", help="trust this key (PEM, noted elsewhere before), not the folder's")
    verify.add_argument("--json", action="store_true", help="print one JSON document")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`data`, `public_key`), EnvironmentFault."""
    verdict = verify_audit(parsed.data or default_data(), parsed.public_key)
    print(json.dumps(_plain(verdict), ensure_ascii=False) if parsed.json else _verdict_text(verdict))
    return CHECK_FAILED if verdict.fault is not None else 0


def _plain(verdict: AuditVerdict) -> dict[str, object]:
    bad = None if verdict.fault is None else {"seq": verdict.seq, "kind": verdict.fault.value}
    keys = [{"key": key, "fingerprint": fingerprint(key)} for key in verdict.keys]
    is_ok = verdict.fault is None
    return {"ok": is_ok, "rows": verdict.rows, "first_bad": bad, "signed": verdict.signed, "keys": keys, "message": verdict.message}


def _verdict_text(verdict: AuditVerdict) -> str:
    keys = [f"  signed with the key {fingerprint(key)}" for key in verdict.keys]
    return "\n".join([f"{'✓' if verdict.fault is None else '✗'} {verdict.message}", *keys])
