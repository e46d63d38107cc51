"""`watchroom evidence verify`: whether an evidence pack is what its maker signed. Needs no data folder, no engine and no window."""

import argparse
import json
from pathlib import Path

from engine.history.replay_garbage import seldom_collected
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.verify import PackVerdict, RerunVerdict, verify_pack

CHECK_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check every byte and the signature; with --rerun run its record again and compare")
    verify.add_argument("pack", type=Path, metavar="PACK", help="the pack: a folder or a zip")
    verify.add_argument("--rerun", action="store_true", help="run the record in the pack through the engine again")
    verify.add_argument("--public-key", type=Path, metavar="FILE", help="the site's key (PEM), as you got it in another way")
    verify.add_argument("--json", action="store_true", help="print one JSON document")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError (`pack`, `public_key`), EnvironmentFault."""
    with seldom_collected():
        verdict = verify_pack(parsed.pack, parsed.rerun, parsed.public_key)
    print(json.dumps(_plain(verdict), ensure_ascii=False) if parsed.json else _told(verdict))
    return 0 if verdict.good else CHECK_FAILED


def _plain(verdict: PackVerdict) -> dict[str, object]:
    manifest = verdict.manifest
    return {
        "ok": verdict.good,
        "bytes": verdict.bytes,
        "signature": verdict.signature,
        "rerun": None if verdict.rerun is None else _plain_rerun(verdict.rerun),
        "pack": manifest.id,
        "title": manifest.request.title,
        "files": len(manifest.files),
        "key": verdict.key,
        "fingerprint": fingerprint(verdict.key) if verdict.signature else "",
        "wrong": list(verdict.wrong),
        "missing": list(manifest.missing),
    }


def _plain_rerun(found: RerunVerdict) -> dict[str, object]:
    return {
        "ids": found.ids,
        "max_score_error": found.max_score_error,
        "exact": found.exact,
        "decisions": found.decisions,
        "seconds": round(found.seconds, 3),
        "missing": list(found.missing),
    }


def _told(verdict: PackVerdict) -> str:
    manifest = verdict.manifest
    lines = [f"{'✓' if verdict.good else '✗'} {manifest.request.title} ({manifest.id}), {len(manifest.files)} files"]
    lines += [f"  {sentence}" for sentence in verdict.wrong]
    if verdict.signature:
        lines.append(f"  signed with the key {fingerprint(verdict.key)}")
    if verdict.rerun is not None:
        exactly = "" if verdict.rerun.exact is None else ", bit for bit" if verdict.rerun.exact else ", but not bit for bit"
        lines.append(f"  run again: {verdict.rerun.decisions} decisions, scores within {verdict.rerun.max_score_error:g}{exactly}")
    return "\n".join([*lines, *(f"  not in the pack: {sentence}" for sentence in manifest.missing)])
