"""`watchroom evidence verify`: whether an evidence pack is what its maker signed, or a combined one what its sites did. Needs no data
folder, no engine and no window."""

import argparse
import json
import math
import sys
from pathlib import Path

from console.folders import default_data
from console.help.help_texts import EXIT_CODES, add_action
from engine.history.replay.garbage import seldom_collected
from engine.model.errors import EnvironmentFault, InputError
from engine.model.plain_text import escaped
from engine.recording.pack.manifest import Manifest
from engine.runtime.audit.audit_heads import PUBLIC_KEY, fingerprint
from engine.runtime.evidence.signers import KNOWN_KEYS, Signer, Signers, given_signers, known_signers
from engine.runtime.evidence.verify import PackVerdict, RerunVerdict
from engine.runtime.evidence.verify_combined import CombinedVerdict, PartVerdict, verify_file

CHECK_FAILED, UNKNOWN_SIGNER = 1, 4
UNKNOWN = (
    "The pack is whole, but signed by an unknown key: anybody may have made it. Compare the fingerprint with the one that the site gave you"
    f" separately and pass it with --key, or put the site's {PUBLIC_KEY} into {KNOWN_KEYS} of the data folder."
)

UNKNOWN_PART = (
    "The pack is whole, but a part of it is signed by an unknown key: anybody may have made that part. Compare its fingerprint with the one"
    f" that its site gave you separately and pass it with --key (once for each site), or put the keys into {KNOWN_KEYS} of the data folder."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = add_action(actions, "verify", "check every byte and the signature; with --rerun run its record again and compare")
    verify.add_argument("pack", type=Path, metavar="PACK", help="the pack, or a combined pack of several sites: a folder or a zip")
    verify.add_argument("--rerun", action="store_true", help="run its record through the engine again; exit 2 where it holds none")
    verify.epilog = f"{EXIT_CODES[:-1]}, {UNKNOWN_SIGNER} all is well, but the key that signed is neither known nor given."
    verify.add_argument(
        "--key",
        "--public-key",
        dest="keys",
        action="append",
        default=[],
        metavar="FINGERPRINT|FILE",
        help="believe this key only, as you got it in another way: its fingerprint, or a PEM file (may be given again)",
    )
    verify.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=f"believe the keys of this data folder: {PUBLIC_KEY}, {KNOWN_KEYS} (default {default_data()})",
    )
    verify.add_argument("--json", action="store_true", help="print one JSON document")


def run(parsed: argparse.Namespace) -> int:
    """Prints its verdict on whatever is a pack, however damaged.

    Where all is well but `--rerun` was asked of a pack that holds no record (something in it is hidden, or it was made so), the verdict is
    printed and InputError (`rerun`) raised. 1 would accuse a pack that is as its maker signed it, 0 would tell whoever reads nothing but
    exit codes that its decisions were come to again.

    `UNKNOWN_SIGNER` where all is well but anybody may have signed: neither given with `--key` nor among the keys of the data folder.

    Raises InputError (`pack`: it is none, `public_key`, `rerun`), EnvironmentFault.
    """
    signers = Signers(given_signers(parsed.keys), frozenset() if parsed.keys else _known_signers(parsed.data))
    with seldom_collected():
        verdict = verify_file(parsed.pack, parsed.rerun, signers)
    print(_json(verdict) if parsed.json else _text(verdict))
    if verdict.good and not verdict.trusted:
        print(f"watchroom: {UNKNOWN if isinstance(verdict, PackVerdict) else UNKNOWN_PART}", file=sys.stderr)
        return UNKNOWN_SIGNER
    if verdict.good and verdict.unrun:
        raise InputError("rerun", verdict.unrun if isinstance(verdict, PackVerdict) else " ".join(verdict.unrun))
    return 0 if verdict.good else CHECK_FAILED


def _known_signers(folder: Path | None) -> frozenset[str]:
    """Of the folder that is named, or of this machine's own site, if that can be read."""
    if folder is None:
        try:
            return known_signers(default_data())
        except EnvironmentFault:
            return frozenset()
    if not folder.is_dir():
        raise InputError("data", f"there is no folder {folder}")
    return known_signers(folder)


def _json(verdict: PackVerdict | CombinedVerdict) -> str:
    """ASCII, since names in a pack that somebody hands over may be what no terminal can write."""
    return json.dumps(_plain(verdict) if isinstance(verdict, PackVerdict) else _plain_combined(verdict), allow_nan=False)


def _plain_combined(verdict: CombinedVerdict) -> dict[str, object]:
    index = verdict.index
    return {
        "ok": verdict.trusted,
        "combined": "" if index is None else index.id,
        "title": "" if index is None else index.title,
        "wrong": list(verdict.wrong),
        "parts": [_plain_part(part) for part in verdict.parts],
        "missing": [{"site": part.site, "reason": part.reason} for part in verdict.missing],
    }


def _plain_part(part: PartVerdict) -> dict[str, object]:
    plain = {} if part.verdict is None else _plain(part.verdict)
    return {**plain, "site": part.site, "ok": part.trusted, "wrong": list(part.faults)}


def _plain(verdict: PackVerdict) -> dict[str, object]:
    manifest = verdict.manifest
    return {
        "ok": verdict.trusted,
        "bytes": verdict.bytes,
        "signature": verdict.signature,
        "rerun": None if verdict.rerun is None else _plain_rerun(verdict.rerun),
        "pack": "" if manifest is None else manifest.id,
        "title": "" if manifest is None else manifest.request.title,
        "files": 0 if manifest is None else len(manifest.files),
        "key": verdict.key,
        "fingerprint": fingerprint(verdict.key) if verdict.signature else "",
        "signer": verdict.signer.value,
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


def _text(verdict: PackVerdict | CombinedVerdict) -> str:
    lines = _pack_lines(verdict) if isinstance(verdict, PackVerdict) else _combined_lines(verdict)
    return "\n".join(escaped(line) for line in lines).encode("utf-8", "replace").decode("utf-8")


def _mark(verdict: PackVerdict | CombinedVerdict | PartVerdict) -> str:
    return "✓" if verdict.trusted else "?" if verdict.good else "✗"


def _combined_lines(verdict: CombinedVerdict) -> list[str]:
    index = verdict.index
    what = "a combined pack whose index cannot be read" if index is None else f"{index.title} (combined pack {index.id})"
    lines = [f"{_mark(verdict)} {what}, parts of {len(verdict.parts)} sites"]
    lines += [f"  {sentence}" for sentence in verdict.wrong]
    for part in verdict.parts:
        lines += [f"  {_mark(part)} {part.site}", *(f"    {sentence}" for sentence in part.wrong)]
        if part.verdict is not None:
            lines += [f"    {line}" for line in _pack_lines(part.verdict)]
    return lines + [f"  – {part.site} is not in it, as the index says: {part.reason}" for part in verdict.missing]


def _pack_lines(verdict: PackVerdict) -> list[str]:
    lines = [f"{_mark(verdict)} {_what(verdict.manifest)}"]
    lines += [f"  {sentence}" for sentence in verdict.wrong]
    if verdict.signature:
        whose = {Signer.GIVEN: "the key that was given", Signer.KNOWN: "a known key", Signer.UNKNOWN: "an unknown key"}[verdict.signer]
        lines.append(f"  signed by {whose}: {fingerprint(verdict.key)}")
    if verdict.rerun is not None:
        exactly = "" if verdict.rerun.exact is None else ", bit for bit" if verdict.rerun.exact else ", but not bit for bit"
        lines.append(f"  run again: {verdict.rerun.decisions} decisions, scores within {verdict.rerun.max_score_error:g}{exactly}")
    return lines + [f"  not in the pack: {sentence}" for sentence in verdict.missing]


def _what(manifest: Manifest | None) -> str:
    return "a pack that cannot be read" if manifest is None else f"{manifest.request.title} ({manifest.id}), {len(manifest.files)} files"
