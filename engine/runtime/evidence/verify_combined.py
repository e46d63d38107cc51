"""`watchroom evidence verify` of a combined pack: each part by its own site's signature, all files by the index."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from engine import __version__
from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.recording.files import fault
from engine.recording.pack.combined import (
    INDEX,
    TIMELINE,
    CombinedIndex,
    MissingPart,
    PartEntry,
    is_combined,
    open_combined,
    part_name,
    read_bond,
    read_index,
    report_file,
    without_bond,
)
from engine.recording.pack.opening import BrokenPack, OpenPack, open_pack
from engine.runtime.evidence.front_page import common_timeline, timeline_bytes
from engine.runtime.evidence.making import REPORT
from engine.runtime.evidence.part_contents import Row, read_contents
from engine.runtime.evidence.signers import NOBODY, Signers
from engine.runtime.evidence.verify import PackVerdict, verify_pack

At = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """One site's part. `entry`: None where the index does not list it. `verdict`: of the part by itself; None where it is not there.

    wrong: what is wrong with it as a part of this pack, sentences; what is wrong with it by itself stands in `verdict`.
    """

    site: str
    entry: PartEntry | None
    verdict: PackVerdict | None
    wrong: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.verdict is not None and self.verdict.good and not self.wrong

    @property
    def trusted(self) -> bool:
        return self.good and self.verdict is not None and self.verdict.trusted

    @property
    def faults(self) -> tuple[str, ...]:
        return (*self.wrong, *(() if self.verdict is None else self.verdict.wrong))


@dataclass(frozen=True, slots=True)
class CombinedVerdict:
    """`index`: None where it cannot be read; then the parts are those that are there. `wrong`: of the pack as a whole, sentences."""

    index: CombinedIndex | None
    parts: tuple[PartVerdict, ...]
    wrong: tuple[str, ...]

    @property
    def good(self) -> bool:
        """All that the index lists is as its sites signed it. Sites that it names as missing do not count against it."""
        return self.index is not None and not self.wrong and all(part.good for part in self.parts)

    @property
    def trusted(self) -> bool:
        return self.good and all(part.trusted for part in self.parts)

    @property
    def missing(self) -> tuple[MissingPart, ...]:
        """Sites that are not in it, as the index says; nobody signed that."""
        return () if self.index is None else self.index.missing

    @property
    def unrun(self) -> tuple[str, ...]:
        """Why parts were not run again although that was asked for, sentences with their sites."""
        return tuple(f"{part.site}: {part.verdict.unrun}" for part in self.parts if part.verdict is not None and part.verdict.unrun)


def verify_combined(path: Path, again: bool = False, signers: Signers = NOBODY, at: At = lambda _: None) -> CombinedVerdict:
    """Reads only; parts are unpacked to the temporary folder one at a time. `again`, `signers`: as of `verify_pack`. `at`: 0–1.

    What is damaged, however badly, gets a verdict. Raises EnvironmentFault.
    """
    try:
        with open_combined(path) as held:
            return _Verifying(held, again, signers, at).run()
    except BrokenPack as error:
        return CombinedVerdict(None, (), (f"The pack {error.message}.",))


def verify_file(path: Path, again: bool = False, signers: Signers = NOBODY) -> PackVerdict | CombinedVerdict:
    """Of a pack, or of a combined one. Raises InputError (`pack`): it is neither; EnvironmentFault."""
    return verify_combined(path, again, signers) if is_combined(path) else verify_pack(path, again, signers)


class _Verifying:
    def __init__(self, held: OpenPack, again: bool, signers: Signers, at: At) -> None:
        self._held, self._again, self._signers, self._at = held, again, signers, at
        self._rows: dict[str, tuple[Row, ...]] = {}

    def run(self) -> CombinedVerdict:
        index, wrong = self._index()
        listed = () if index is None else index.parts
        names = sorted(name for name in self._held.names if part_name(name) and name not in [entry.file for entry in listed])
        parts: list[PartVerdict] = []
        for done, (site, file, entry) in enumerate(
            [*((entry.site, entry.file, entry) for entry in listed), *((part_name(name), name, None) for name in names)]
        ):
            self._at(done / max(len(listed) + len(names), 1))
            parts.append(self._part(site, file, entry, index))
        if index is not None:
            wrong += self._files(index)
            wrong += _bond_faults(index, parts)
            wrong += self._timeline_faults(index, parts)
        return CombinedVerdict(index, tuple(parts), tuple(wrong))

    def _index(self) -> tuple[CombinedIndex | None, list[str]]:
        try:
            return read_index(self._held.small(INDEX)), []
        except InputError as error:
            return None, [f"The pack {error.message}."]

    def _part(self, site: str, file: str, entry: PartEntry | None, index: CombinedIndex | None) -> PartVerdict:
        if file not in self._held.names:
            return PartVerdict(site, entry, None, (f"{file} is missing.",))
        stray = (f"{file} was added: the index does not list it.",) if entry is None and index is not None else ()
        try:
            changed = () if entry is None else self._changed(file, entry.size_bytes, entry.sha256)
            verdict = self._verified(file, site)
        except InputError as error:
            return PartVerdict(site, entry, None, (*stray, f"{file} was changed: the pack {error.message}."))
        told = () if entry is None or index is None else _entry_faults(index, entry, verdict)
        return PartVerdict(site, entry, verdict, (*stray, *changed, *told))

    def _verified(self, file: str, site: str) -> PackVerdict:
        """Raises InputError, EnvironmentFault."""
        with tempfile.TemporaryDirectory(prefix="watchroom-evidence-") as folder:
            path = Path(folder) / "part.zip"
            try:
                self._held.extract(file, path)
            except OSError as error:
                raise fault(error, f"The part of {site} could not be unpacked to be checked") from error
            verdict = verify_pack(path, self._again, self._signers)
            if verdict.good:
                with open_pack(path) as pack:
                    contents = read_contents(pack)
                self._rows[file] = (*contents.events, *contents.alerts)
            return verdict

    def _changed(self, name: str, size_bytes: int, digest: str) -> tuple[str, ...]:
        """Raises InputError."""
        size, found = self._held.measured(name)
        if (size, found) == (size_bytes, digest):
            return ()
        return (f"{name} was changed: {size} bytes with SHA-256 {found}, not {size_bytes} with {digest}.",)

    def _files(self, index: CombinedIndex) -> list[str]:
        wrong: list[str] = []
        known = {INDEX, *(file.path for file in index.files)}
        for file in index.files:
            if file.path not in self._held.names:
                wrong.append(f"{file.path} is missing.")
                continue
            try:
                wrong += self._changed(file.path, file.size_bytes, file.sha256)
            except InputError as error:
                wrong.append(f"{file.path} was changed: the pack {error.message}.")
        added = sorted(name for name in self._held.names - known if not part_name(name))
        return wrong + [f"{name} was added: the index does not list it." for name in added]

    def _timeline_faults(self, index: CombinedIndex, parts: Sequence[PartVerdict]) -> list[str]:
        """The timeline is made again from the parts; another version may word it otherwise."""
        if index.version != __version__ or not all(part.good for part in parts) or TIMELINE not in self._held.names:
            return []
        rows = {entry.key: self._rows.get(entry.file, ()) for entry in index.parts}
        try:
            same = self._held.small(TIMELINE) == timeline_bytes(common_timeline(index.parts, rows))
        except (InputError, OverflowError, ValueError):
            same = False
        return [] if same else [f"{TIMELINE} does not say what the parts say."]


def _entry_faults(index: CombinedIndex, entry: PartEntry, verdict: PackVerdict) -> tuple[str, ...]:
    """Where the index says other things of a part than its site signed."""
    manifest = verdict.manifest
    if manifest is None or not verdict.good:
        return ()
    request, bond = manifest.request, read_bond(manifest.request.note)
    reports = {file.sha256 for file in manifest.files if file.path == REPORT}
    copies = {file.sha256 for file in index.files if file.path == report_file(entry)}
    said = entry.pack_id, entry.site_name, entry.signer, entry.created_ns, index.title, index.note.strip(), index.since_ns, index.until_ns
    about = request.title, without_bond(request.note).strip(), request.since_ns, request.until_ns
    signed = manifest.id, manifest.site_name, verdict.key, manifest.created_ns, *about
    found = (
        (said == signed, "The index says other things of it than it says itself."),
        (bond is not None and bond.id == index.id, "Its site did not make it as a part of this pack."),
        (bond is None or entry.site in bond.sites, "Its site signed it as a part of a pack without this site."),
        (reports == copies, "The report beside it is not the one in it."),
    )
    return tuple(sentence for holds, sentence in found if not holds)


def _bond_faults(index: CombinedIndex, parts: Sequence[PartVerdict]) -> list[str]:
    """Sites that good parts name and the index does not: a part was taken out."""
    named = {each.site for each in (*index.parts, *index.missing)}
    lost: dict[str, None] = {}
    for part in parts:
        if part.good and part.verdict is not None and part.verdict.manifest is not None:
            bond = read_bond(part.verdict.manifest.request.note)
            lost |= dict.fromkeys(site for site in (() if bond is None else bond.sites) if site not in named)
    return [f"The part of {site[:80]} was taken out: the other parts name it, and the index does not." for site in lost]
