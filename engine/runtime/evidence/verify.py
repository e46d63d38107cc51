"""`watchroom evidence verify`: whether a pack is what its maker signed, and whether its record still comes to the same decisions."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.history.rerun import rerun
from engine.model.errors import InputError
from engine.recording.pack.checking import Checked, check
from engine.recording.pack.manifest import Manifest
from engine.recording.pack.opening import OpenPack, open_pack
from engine.runtime.audit.audit_heads import is_genuine, read_public_keys
from engine.runtime.evidence.making import inputs_of, proves
from engine.runtime.evidence.raw import CHECKPOINTS, EXACT, EXPECTED, JOURNAL, Expected, expected_of, read_expected, score_error, this_build
from engine.runtime.evidence.telling import extract_raw
from engine.store.audit import row_hash


@dataclass(frozen=True, slots=True)
class RerunVerdict:
    """`ids`: whether the same decisions and events came out, about the same things. `max_score_error`: over all scores of those that did.

    exact: whether every bit was the same; None where the pack was made with another build, where that is not to be expected.
    """

    ids: bool
    max_score_error: float
    exact: bool | None
    decisions: int
    seconds: float
    missing: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.ids and self.max_score_error <= EXACT and self.exact is not False


@dataclass(frozen=True, slots=True)
class PackVerdict:
    """`wrong`: everything that is not as it should be, sentences, the worst first. `key`: that signed, base64."""

    manifest: Manifest
    bytes: bool
    signature: bool
    key: str
    rerun: RerunVerdict | None
    wrong: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.bytes and self.signature and (self.rerun is None or self.rerun.good)


def verify_pack(path: Path, again: bool = False, pinned: Path | None = None, at: Callable[[float], None] = lambda _: None) -> PackVerdict:
    """Reads only. `again`: run the record of the pack too. `pinned`: a PEM file with the site's public key, got in another way.

    Raises InputError (`pack`, `public_key`), EnvironmentFault.
    """
    keys = None if pinned is None else _pinned(pinned)
    with open_pack(path) as pack:
        checked = check(pack, at)
        doubts = _doubts(checked, keys)
        verdict = _run_again(pack, checked.manifest) if again else None
    wrong = (*checked.wrong, *doubts, *(_told(verdict) if verdict is not None else ()))
    return PackVerdict(checked.manifest, not checked.wrong, not doubts, checked.signature.key, verdict, wrong)


def _doubts(checked: Checked, keys: tuple[str, ...] | None) -> tuple[str, ...]:
    """Why the signature proves nothing."""
    manifest, key = checked.manifest, checked.signature.key
    proof, row = manifest.proof, manifest.proof.row
    chained = row_hash(row, proof.before) == row.hash == proof.head.hash and row.seq == proof.head.seq
    inputs = inputs_of(manifest.files)
    found = (
        (checked.signed, "The signature does not fit the manifest: it was changed after it was signed."),
        (keys is None or key in keys, "It was not signed with the key that was given."),
        (chained and is_genuine(proof.head), "The audit's word for this pack is not genuine."),
        (proof.head.key == key, "It was signed with another key than the audit of the site it says it is from."),
        (inputs == manifest.inputs and proves(proof, manifest.id, inputs), "The audit of the site speaks of another record than is in it."),
    )
    return tuple(sentence for holds, sentence in found if not holds)


def _run_again(pack: OpenPack, manifest: Manifest) -> RerunVerdict:
    """Raises InputError (field `pack`): there is no record in it."""
    if EXPECTED not in pack.names:
        raise InputError("pack", "cannot be run again: it holds no record of what the sensors said")
    expected = read_expected(pack.small(EXPECTED))
    with tempfile.TemporaryDirectory(prefix="watchroom-evidence-") as name:
        folder = Path(name)
        extract_raw(pack, folder)
        result = rerun(folder / JOURNAL, folder / CHECKPOINTS, expected.since_ns, expected.until_ns)
    return compare(expected, expected_of(result, manifest.request), result.seconds, result.missing)


def compare(expected: Expected, found: Expected, seconds: float, missing: tuple[str, ...]) -> RerunVerdict:
    """What was expected against what came out."""
    known = {decision.id: decision for decision in expected.decisions}
    errors = [score_error(known[decision.id], decision) for decision in found.decisions if decision.id in known]
    same = known.keys() == {decision.id for decision in found.decisions} and expected.events == found.events and None not in errors
    exact = expected.digest == found.digest if expected.build == this_build() else None
    largest = max((error for error in errors if error is not None), default=0.0)
    return RerunVerdict(same, largest, exact, len(known), seconds, missing)


def _told(verdict: RerunVerdict) -> tuple[str, ...]:
    found = (
        (verdict.ids, "Run again, the record comes to other decisions or events."),
        (verdict.max_score_error <= EXACT, f"Run again, scores differ by up to {verdict.max_score_error:g}."),
        (verdict.exact is not False, "Run again by the same build, what radio sensing made of the record is not the same."),
    )
    return tuple(sentence for holds, sentence in found if not holds)


def _pinned(path: Path) -> tuple[str, ...]:
    keys = read_public_keys(path)
    if not keys:
        raise InputError("public_key", f"there is no file {path}")
    return keys
