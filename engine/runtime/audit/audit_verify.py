"""`watchroom audit verify`: whether the audit in a data folder is what it was, by its chain and by its signed heads."""

from collections import defaultdict
from pathlib import Path

from engine.model.accounts.audit import AuditFault, AuditHead, AuditVerdict
from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass
from engine.recording.files import fault
from engine.runtime.audit.audit_heads import HEADS, PUBLIC_KEY, is_genuine, read_head, read_public_keys
from engine.store.people.audit_check import Chain, check_chain

DATABASE = "watchroom.db"
UNSIGNED_NS = 300 * 10**9  # rows are signed within a minute; within this also where the engine was stopped hard meanwhile
_ADVICE = "Keep a copy of the folder as it is, and compare it with a backup."
_SENTENCES = {
    AuditFault.CHANGED: "Row {seq} is not what it was, or a row before it since row {proven}.",
    AuditFault.REMOVED: "Row {seq} was removed.",
    AuditFault.REORDERED: "Row {seq} was put elsewhere; another stands in its place.",
    AuditFault.INSERTED: "Row {seq} was put in afterwards.",
    AuditFault.REWRITTEN: "From row {seq} on the audit was written anew: it does not agree with what was signed.",
    AuditFault.CUT_TAIL: "Row {seq} and what followed it are gone: they were signed. The end was cut off, or an older copy was put back.",
    AuditFault.HEAD_FORGED: f"{HEADS} holds a line about row {{seq}} that this engine did not sign.",
    AuditFault.KEY_REPLACED: "Row {seq} was signed with a key that is not the known one.",
    AuditFault.KEY_MISSING: f"{PUBLIC_KEY} is missing or damaged, so no signature can be checked. Give the key with --public-key.",
    AuditFault.HEADS_MISSING: f"{HEADS} is missing, so nothing proves that rows are not cut off or written anew.",
    AuditFault.UNSIGNED: f"Rows from {{seq}} on should have been signed and are not: the engine could not sign, or {HEADS} was shortened.",
}


@dataclass(frozen=True, slots=True)
class _Finding:
    """`of_files`: no row is known to be wrong, so that any finding about a row is told instead."""

    of_files: bool
    seq: int
    fault: AuditFault


@dataclass(frozen=True, slots=True)
class _Signed:
    heads: tuple[AuditHead, ...]
    findings: tuple[_Finding, ...]


def verify_audit(folder: Path, pinned: Path | None = None) -> AuditVerdict:
    """Reads only, also beside a running engine. `pinned`: a PEM file with the public key as it was noted elsewhere before.

    Raises InputError (`data`, `public_key`), EnvironmentFault (see `check_chain`).
    """
    database = folder / DATABASE
    if not database.is_file():
        raise InputError("data", f"{folder} is no data folder: there is no {DATABASE} in it")
    lines = _lines(folder / HEADS)  # before what they tell of, so that all that is signed is there
    trusted = _pinned(pinned) if pinned is not None else _engine_keys(folder / PUBLIC_KEY, lines is not None)
    signed = _signed(lines or [], trusted)
    by_seq: defaultdict[int, set[str]] = defaultdict(set)
    for head in signed.heads:
        by_seq[head.seq].add(head.hash)
    chain = check_chain(database, by_seq)
    return _verdict(chain, signed, trusted)


def fault_sentence(fault: AuditFault, seq: int, proven: int) -> str:
    """`seq`: the first row that is not as it was. proven: up to which row it is known to be."""
    return _SENTENCES[fault].format(seq=seq, proven=proven)


def _verdict(chain: Chain, signed: _Signed, trusted: tuple[str, ...] | None) -> AuditVerdict:
    keys = tuple(dict.fromkeys(head.key for head in signed.heads))
    worst = min(_findings(chain, signed, trusted), key=lambda found: (found.of_files, found.seq), default=None)
    if worst is None:
        return AuditVerdict(chain.rows, chain.proven, keys, message=_whole(chain))
    told = fault_sentence(worst.fault, worst.seq, chain.proven)
    return AuditVerdict(chain.rows, chain.proven, keys, worst.fault, worst.seq, f"{told} {_ADVICE}")


def _findings(chain: Chain, signed: _Signed, trusted: tuple[str, ...] | None) -> list[_Finding]:
    found = list(signed.findings)
    if chain.fault is not None:
        found.append(_Finding(False, chain.seq, chain.fault))
    if trusted is None:
        found.append(_Finding(True, 1, AuditFault.KEY_MISSING))
    elif chain.rows and not signed.heads and not signed.findings and (trusted or chain.unproven_ns > UNSIGNED_NS):
        found.append(_Finding(True, 1, AuditFault.HEADS_MISSING))
    elif chain.unproven_ns > UNSIGNED_NS:
        found.append(_Finding(True, chain.proven + 1, AuditFault.UNSIGNED))
    return found


def _whole(chain: Chain) -> str:
    left = chain.rows - chain.proven
    waiting = f" Not signed yet: {left}." if left else ""
    return f"The audit is whole: {chain.rows} rows.{waiting}"


def _signed(lines: list[bytes], trusted: tuple[str, ...] | None) -> _Signed:
    """Heads that count, and what is wrong with the others. Without a key to trust none is looked at."""
    heads: list[AuditHead] = []
    findings: list[_Finding] = []
    for line in lines:
        head = read_head(line)
        if head is None or head.seq < 1 or not is_genuine(head):
            seq = head.seq if head is not None else (heads[-1].seq if heads else 0) + 1
            findings.append(_Finding(False, seq, AuditFault.HEAD_FORGED))
        elif trusted is not None and head.key not in trusted:
            findings.append(_Finding(False, head.seq, AuditFault.KEY_REPLACED))
        else:
            heads.append(head)
    return _Signed(tuple(heads), tuple(findings))


def _lines(path: Path) -> list[bytes] | None:
    """Whole ones; what a crash left of a last one says nothing. None where there is no such file."""
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise fault(error, f"The audit's heads in {path} cannot be read") from error


def _engine_keys(path: Path, has_heads: bool) -> tuple[str, ...] | None:
    """The keys that the engine wrote beside the heads; none before it signed for the first time, None where they are gone."""
    try:
        keys = read_public_keys(path)
    except InputError:
        return None
    return keys or (None if has_heads else ())


def _pinned(path: Path) -> tuple[str, ...]:
    try:
        keys = read_public_keys(path)
    except EnvironmentFault as problem:
        raise InputError("public_key", str(problem)) from problem
    if not keys:
        raise InputError("public_key", f"there is no file {path}")
    return keys
