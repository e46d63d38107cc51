"""`watchroom models`: what models there are, installing them, checking them."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TextIO

from console.help.help_texts import add_action
from engine.model.snapshot import ModelEntry
from engine.vision.installer import Installation
from engine.vision.models import FOLDER_VARIABLE, ModelStore

_BAR = 24
_FAILED, _ENVIRONMENT = 1, 3
_CHECK_FAILED = frozenset({"digest_mismatch", "model_damaged"})
"""Reasons that say the file is wrong; every other one says that the world around it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | install | verify")
    listing = add_action(actions, "list", "show every model of the manifest and what is installed for it")
    install = add_action(actions, "install", "download models, or take them from a folder")
    install.add_argument("ids", nargs="*", metavar="ID", help="which models (default: all that are missing or damaged)")
    install.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="take the files from this folder; stand-ins are accepted")
    verify = add_action(actions, "verify", "read every installed model and check its digest")
    for action in (listing, install, verify):
        action.add_argument("--json", action="store_true", help="print one JSON document")


def run(parsed: argparse.Namespace, models: ModelStore | None = None) -> int:
    """
    Raises:
        InputError: an id that is not in the manifest, or `--from` names no folder.
    """
    models = models or ModelStore()
    if parsed.action == "install":
        return _install(models, parsed)
    entries = models.entries() if parsed.action == "list" else models.verify()
    if parsed.json:
        _print_json(models, entries)
    elif parsed.action == "list":
        _print_table(models, entries)
    else:
        _print_verdicts(entries)
    return _FAILED if parsed.action == "verify" and any(entry.trouble for entry in entries) else 0


def _install(models: ModelStore, parsed: argparse.Namespace) -> int:
    bar = ProgressBar(sys.stderr)
    try:
        results = models.install_each(tuple(parsed.ids), parsed.folder, bar.show)
    except KeyboardInterrupt:
        bar.clear()
        print("Stopped. What was fetched is kept; run the same command to go on.", file=sys.stderr)
        return 130
    bar.clear()
    for result in results:
        print(_sentence(result), file=sys.stderr)
    if not results:
        print("Nothing is missing.", file=sys.stderr)
    if parsed.folder is None and any(result.fault is not None for result in results):
        print("Without a network: copy the files into a folder and run the command with --from DIR.", file=sys.stderr)
    if parsed.json:
        _print_json(models, models.entries())
    return _exit_code(results, parsed.folder)


def _exit_code(results: tuple[Installation, ...], folder: Path | None) -> int:
    """1 when a file was refused, 3 when the network, disk or folder failed; also when a whole folder held nothing for anything."""
    reasons = [result.fault.reason for result in results if result.fault is not None]
    if any(reason in _CHECK_FAILED for reason in reasons):
        return _FAILED
    found_nothing = folder is not None and bool(results) and not any(result.variant for result in results)
    return _ENVIRONMENT if reasons or found_nothing else 0


def _sentence(result: Installation) -> str:
    if result.fault is not None:
        return f"✗ {result.fault}"
    stand_in = " (stand-in, not the official file)" if result.variant == "stand-in" else ""
    return f"{'✓' if result.variant else '–'} {result.id}: {result.note}{stand_in}"


def _print_json(models: ModelStore, entries: tuple[ModelEntry, ...]) -> None:
    print(json.dumps({"folder": str(models.folder), "models": [_plain(models, entry) for entry in entries]}, indent=1, ensure_ascii=False))


def _plain(models: ModelStore, entry: ModelEntry) -> dict[str, object]:
    """A manifest entry as data; `file`, `installed_sha256` and `variant` are null when nothing is installed."""
    spec, found = models.spec(entry.id), models.installed(entry.id)
    return {
        **dataclasses.asdict(entry),
        "variant": entry.variant or None,
        "sha256": spec.sha256 or None,
        "downloadable": spec.downloadable,
        "digest_source": spec.digest_source,
        "licence_note": spec.licence_note,
        "input": spec.input,
        "output": spec.output,
        "file": None if found is None else str(found.path),
        "installed_sha256": None if found is None else found.file.sha256,
        "stand_ins": [dataclasses.asdict(stand_in) for stand_in in spec.stand_ins],
    }


def _print_table(models: ModelStore, entries: tuple[ModelEntry, ...]) -> None:
    rows = [("MODEL", "ROLE", "INSTALLED", "SIZE", "LICENCE", "")]
    rows += [(e.id, e.role, e.variant or "–", _size(e.size_bytes), e.licence, _remark(e)) for e in entries]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:5], widths, strict=True)]
        print("  ".join([*cells, row[5]]).rstrip())
    print(f"\nFolder {models.folder} (set {FOLDER_VARIABLE} to use another)")


def _remark(entry: ModelEntry) -> str:
    return entry.trouble or (f"not the official file: {entry.title}" if entry.variant == "stand-in" else "")


def _print_verdicts(entries: tuple[ModelEntry, ...]) -> None:
    for entry in entries:
        print(f"✗ {entry.id}: {entry.trouble}" if entry.trouble else f"✓ {entry.id}: {entry.variant}, digest is right")
    if not entries:
        print("No models are installed. Run `watchroom models install`.")


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes else "–"


class ProgressBar:
    """One line that is drawn over; silent where the stream is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._visible = stream.isatty()
        self._drawn = ""

    def show(self, model_id: str, done: int, total: int) -> None:
        if not self._visible:
            return
        share = min(1.0, done / max(1, total))
        filled = round(share * _BAR)
        line = f"{model_id}  {'█' * filled}{'░' * (_BAR - filled)} {share:4.0%}  {_size(done)} of {_size(total)}"
        if line != self._drawn:
            self._stream.write(f"\r\x1b[K{line}")
            self._stream.flush()
            self._drawn = line

    def clear(self) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = ""
