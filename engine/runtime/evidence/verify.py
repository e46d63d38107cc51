"""`watchroom evidence verify`: whether a pack is what its maker signed, and whether its record still comes to the same decisions."""

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.history.replay.rerun import rerun
from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.recording.pack.checking import Checked, check
from engine.recording.pack.manifest import Manifest
from engine.recording.pack.opening import BrokenPack, OpenPack, open_pack
from engine.runtime.audit.audit_heads import is_genuine
from engine.runtime.evidence.making import NOT_AGAIN, inputs_of, proves
from engine.runtime.evidence.raw import CHECKPOINTS, EXACT, EXPECTED, JOURNAL, Expected, expected_of, read_expected, score_error, this_build
from engine.runtime.evidence.signers import NOBODY, Signer, Signers
from engine.runtime.evidence.telling import extract_raw
from engine.store.people.audit import row_hash

_SPOILT = "It was not run again: not every file is as the manifest says."
_BARE = f"{NOT_AGAIN}the recordings of the sensors are not in it."


@dataclass(frozen=True, slots=True)
class RerunVerdict:
    """`ids`: whether the same decisions and events came out, about the same things. `max_score_error`: over all scores of those that did,
    infinite where one has no bound any more, or got one.

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
    """`manifest`: None where it cannot be read. `wrong`: everything that is not as it should be, sentences, the worst first. `key`: that
    signed, base64; empty where the signature cannot be read.

    unrun: why its record was not run again although that was asked for: a sentence where it holds none, so that neither `rerun` nor a
    fault says anything about it; else empty. It does not count against the pack, for its maker signed it as it is.

    signer: whose key signed; unknown where the signature proves nothing.
    """

    manifest: Manifest | None
    bytes: bool
    signature: bool
    key: str
    rerun: RerunVerdict | None
    wrong: tuple[str, ...]
    unrun: str = ""
    signer: Signer = Signer.UNKNOWN

    @property
    def good(self) -> bool:
        """It is as somebody signed it; whether that was the site is what `trusted` says."""
        return self.bytes and self.signature and not self.wrong

    @property
    def trusted(self) -> bool:
        """It is as a key signed it that is known, or was given."""
        return self.good and self.signer is not Signer.UNKNOWN

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not in the pack, sentences: as its maker said, and why it was not run again."""
        told = () if self.manifest is None else self.manifest.missing
        return told if not self.unrun or self.unrun in told else (*told, self.unrun)


def verify_pack(path: Path, again: bool = False, signers: Signers = NOBODY, at: Callable[[float], None] = lambda _: None) -> PackVerdict:
    """Reads only. `again`: run the record of the pack too, if every byte is as the manifest says. `signers`: whose signature is believed.

    A pack that is damaged, however badly, gets a verdict. Raises InputError (`pack`): it is no pack at all; EnvironmentFault.
    """
    try:
        with open_pack(path) as pack:
            return _verified(pack, again, signers, at)
    except BrokenPack as error:
        return PackVerdict(None, False, False, "", None, (f"The pack {error.message}.",))


def _verified(pack: OpenPack, again: bool, signers: Signers, at: Callable[[float], None]) -> PackVerdict:
    checked = check(pack, at)
    manifest, key = checked.manifest, "" if checked.signature is None else checked.signature.key
    if manifest is None:
        return PackVerdict(None, False, False, key, None, (*checked.wrong, *_unread(checked)))
    doubts = _doubts(checked, manifest, signers)
    signer = Signer.UNKNOWN if doubts else signers.of(key, checked.digest)
    unrun = _unrun(manifest) if again else ""
    verdict, told = _run_again(pack, manifest, not checked.wrong) if again and not unrun else (None, ())
    return PackVerdict(manifest, not checked.wrong, not doubts, key, verdict, (*checked.wrong, *doubts, *told), unrun, signer)


def _unread(checked: Checked) -> tuple[str, ...]:
    return (checked.unread,) if checked.unread else ()


def _doubts(checked: Checked, manifest: Manifest, signers: Signers) -> tuple[str, ...]:
    """Why the signature proves nothing."""
    if checked.signature is None:
        return _unread(checked)
    key = checked.signature.key
    proof, row = manifest.proof, manifest.proof.row
    chained = row_hash(row, proof.before) == row.hash == proof.head.hash and row.seq == proof.head.seq
    inputs = inputs_of(manifest.files)
    found = (
        (checked.signed, "The signature does not fit the manifest: it was changed after it was signed."),
        (not signers.given or signers.of(key, "") is Signer.GIVEN, "It was not signed with the key that was given."),
        (chained and is_genuine(proof.head), "The audit's word for this pack is not genuine."),
        (proof.head.key == key, "It was signed with another key than the audit of the site it says it is from."),
        (inputs == manifest.inputs and proves(proof, manifest.id, inputs), "The audit of the site speaks of another record than is in it."),
    )
    return tuple(sentence for holds, sentence in found if not holds)


def _unrun(manifest: Manifest) -> str:
    """Why there is nothing to run again, in its maker's words where they said it; empty where there is."""
    if any(file.path == EXPECTED for file in manifest.files):
        return ""
    return next((sentence for sentence in manifest.missing if sentence.startswith(NOT_AGAIN)), _BARE)


def _run_again(pack: OpenPack, manifest: Manifest, whole: bool) -> tuple[RerunVerdict | None, tuple[str, ...]]:
    """What it came to, and what is wrong with that, sentences. `whole`: every byte is as listed; nothing else goes through the engine."""
    if not whole:
        return None, (_SPOILT,)
    try:
        expected = read_expected(pack.small(EXPECTED))
    except InputError as error:
        return None, (f"The pack {error.message}.",)
    with tempfile.TemporaryDirectory(prefix="watchroom-evidence-") as name:
        folder = Path(name)
        extract_raw(pack, folder)
        result = rerun(folder / JOURNAL, folder / CHECKPOINTS, expected.since_ns, expected.until_ns)
    verdict = compare(expected, expected_of(result, manifest.request), result.seconds, result.missing)
    return verdict, _rerun_sentences(verdict)


def compare(expected: Expected, found: Expected, seconds: float, missing: tuple[str, ...]) -> RerunVerdict:
    """What was expected against what came out."""
    known = {decision.id: decision for decision in expected.decisions}
    errors = [score_error(known[decision.id], decision) for decision in found.decisions if decision.id in known]
    same = known.keys() == {decision.id for decision in found.decisions} and expected.events == found.events and None not in errors
    exact = expected.digest == found.digest if expected.build == this_build() else None
    largest = max((error for error in errors if error is not None), default=0.0)
    return RerunVerdict(same, largest, exact, len(known), seconds, missing)


def _rerun_sentences(verdict: RerunVerdict) -> tuple[str, ...]:
    found = (
        (verdict.ids, "Run again, the record comes to other decisions or events."),
        (verdict.max_score_error <= EXACT, f"Run again, scores differ {_by(verdict.max_score_error)}."),
        (verdict.exact is not False, "Run again by the same build, what radio sensing made of the record is not the same."),
    )
    return tuple(sentence for holds, sentence in found if not holds)


def _by(error: float) -> str:
    return f"by up to {error:g}" if math.isfinite(error) else "without bound"
