"""`watchroom evidence verify`: whether an evidence pack is what its maker signed. Needs no data folder, no engine and no window."""

import argparse
import json
import math
from pathlib import Path

from console.help_texts import add_action
from engine.history.replay_garbage import seldom_collected
from engine.model.errors import InputError
from engine.recording.pack.manifest import Manifest
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.verify import PackVerdict, RerunVerdict, verify_pack

CHECK_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = add_action(actions, "verify", "check every byte and the signature; with --rerun run its record again and compare")
    verify.add_argument("pack", type=Path, metavar="PACK", help="the pack: a folder or a zip")
    verify.add_argument("--rerun", action="store_true", help="run its record through the engine again; exit 2 where it holds none")
    verify.add_argument("--public-key", type=Path, metavar="FILE", help="the site's key (PEM), as you got it in another way")
    verify.add_argument("--json", action="store_true", help="print one JSON document")


def run(parsed: argparse.Namespace) -> int:
    """Prints its verdict on whatever is a pack, however damaged.

    Where all is well but `--rerun` was asked of a pack that holds no record (something in it is hidden, or it was made so), the verdict is
    printed and InputError (`rerun`) raised. 1 would accuse a pack that is as its maker signed it, 0 would tell whoever reads nothing but
    exit codes that its decisions were come to again.

    Raises InputError (`pack`: it is none, `public_key`, `rerun`), EnvironmentFault.
    """
    with seldom_collected():
        verdict = verify_pack(parsed.pack, parsed.rerun, parsed.public_key)
    print(_json(verdict) if parsed.json else _told(verdict))
    if verdict.good and verdict.unrun:
        raise InputError("rerun", verdict.unrun)
    return 0 if verdict.good else CHECK_FAILED


def _json(verdict: PackVerdict) -> str:
    """ASCII, since names in a pack that somebody hands over may be what no terminal can write."""
    return json.dumps(_plain(verdict), allow_nan=False)


def _plain(verdict: PackVerdict) -> dict[str, object]:
    manifest = verdict.manifest
    return {
        "ok": verdict.good,
        "bytes": verdict.bytes,
        "signature": verdict.signature,
        "rerun": None if verdict.rerun is None else _plain_rerun(verdict.rerun),
        "pack": "" if manifest is None else manifest.id,
        "title": "" if manifest is None else manifest.request.title,
        "files": 0 if manifest is None else len(manifest.files),
        "key": verdict.key,
        "fingerprint": fingerprint(verdict.key) if verdict.signature else "",
        "wrong": list(verdict.wrong),
        "missing": list(verdict.missing),
    }


def _plain_rerun(found: RerunVerdict) -> dict[str, object]:
    return {
        "ids": found.ids,
        "max_score_error": found.max_score_error if math.isfinite(found.max_score_error) else None,
        "exact": found.exact,
        "decisions": found.decisions,
        "seconds": round(found.seconds, 3),
        "missing": list(found.missing),
    }


def _told(verdict: PackVerdict) -> str:
    lines = [f"{'✓' if verdict.good else '✗'} {_what(verdict.manifest)}"]
    lines += [f"  {sentence}" for sentence in verdict.wrong]
    if verdict.signature:
        lines.append(f"  signed with the key {fingerprint(verdict.key)}")
    if verdict.rerun is not None:
        exactly = "" if verdict.rerun.exact is None else ", bit for bit" if verdict.rerun.exact else ", but not bit for bit"
        lines.append(f"  run again: {verdict.rerun.decisions} decisions, scores within {verdict.rerun.max_score_error:g}{exactly}")
    lines += [f"  not in the pack: {sentence}" for sentence in verdict.missing]
    return "\n".join(lines).encode("utf-8", "replace").decode("utf-8")


def _what(manifest: Manifest | None) -> str:
    return "a pack that cannot be read" if manifest is None else f"{manifest.request.title} ({manifest.id}), {len(manifest.files)} files"
