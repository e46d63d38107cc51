"""One pack out of the packs of several sites: each is looked at before it goes in, and goes in unchanged."""

import secrets
import shutil
import zipfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from engine import __version__
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.evidence import Pack, PackRequest
from engine.model.value_class import dataclass
from engine.recording.files import PART, fault, publish, remove_quietly, sha256_of
from engine.recording.pack.combined import (
    FRONT_PAGE,
    INDEX,
    TIMELINE,
    Bond,
    CombinedIndex,
    MissingPart,
    PartEntry,
    index_bytes,
    part_file,
    read_bond,
    report_file,
)
from engine.recording.pack.manifest import Manifest, PackedFile
from engine.recording.pack.opening import open_pack
from engine.runtime.evidence.front_page import common_timeline, front_page, timeline_bytes
from engine.runtime.evidence.making import REPORT
from engine.runtime.evidence.part_contents import PartContents, read_contents
from engine.runtime.evidence.verify import verify_pack

FREE_BYTES = 1 << 30
"""So much stays free on the disk that a combined pack is written to."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ClockDifference:
    """How far a site's clock is ahead of the console's, and how far off that may be. Seconds."""

    ahead_s: float
    error_s: float


@dataclass(frozen=True, slots=True)
class SitePack:
    """What a site gave. `key`, `site`: as the console calls it; `site_name`: as it calls itself now; `path`: of what was fetched."""

    key: str
    site: str
    site_name: str
    pack: Pack
    path: Path
    clock: ClockDifference | None = None


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """A part that may go in. report: its report, as in the part."""

    entry: PartEntry
    path: Path
    contents: PartContents
    report: bytes


@dataclass(frozen=True, slots=True)
class CombinedPack:
    """One that was written."""

    path: Path
    size_bytes: int
    index: CombinedIndex


def new_bond(sites: Sequence[str]) -> Bond:
    return Bond(secrets.token_hex(8), tuple(sites))


def check_part(given: SitePack, asked: PackRequest, at: Callable[[float], None] = lambda _: None) -> CheckedPart:
    """Reads every byte. `asked`: what the site was asked for. `at`: told how much is done, 0–1.

    Raises InputError (`part`), whose message begins with the site's name: it is not what was asked for, not whole, or of another site.
    EnvironmentFault.
    """
    if given.path.is_dir():
        raise _refusal(given, "is a folder. Only a ZIP file can go into a combined pack")
    try:
        verdict = verify_pack(given.path, at=at)
    except InputError as error:
        raise _refusal(given, error.message) from error
    manifest = verdict.manifest
    if manifest is None or not verdict.good:
        raise _refusal(given, f"is not whole. {verdict.wrong[0] if verdict.wrong else ''}".strip())
    _check_belongs(given, manifest, asked)
    return _read_part(given, manifest, verdict.key)


def _check_belongs(given: SitePack, manifest: Manifest, asked: PackRequest) -> None:
    request = manifest.request
    found = (
        (manifest.id == given.pack.id, f"has another id than the site said: {manifest.id[:80]}"),
        (manifest.site_name == given.site_name, f"says that it is of another site: {manifest.site_name[:80]}"),
        ((request.title, request.note) == (asked.title, asked.note), "was made for something else: its title or note is another"),
        ((request.since_ns, request.until_ns) == (asked.since_ns, asked.until_ns), "covers another time than was asked for"),
        (_about(request, asked) == _about(asked, asked), "is of other cameras or people than were asked for"),
        (request.redaction is asked.redaction and request.hidden == asked.hidden, "does not hide what was to be hidden"),
    )
    for holds, message in found:
        if not holds:
            raise _refusal(given, message)


def _about(request: PackRequest, asked: PackRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where all cameras were asked for, a site names those that the account sees."""
    return request.person_ids, request.camera_ids if asked.camera_ids else ()


def _read_part(given: SitePack, manifest: Manifest, signer: str) -> CheckedPart:
    try:
        with open_pack(given.path) as pack:
            contents, report = read_contents(pack), pack.small(REPORT)
        size, digest = given.path.stat().st_size, sha256_of(given.path)
    except InputError as error:
        raise _refusal(given, error.message) from error
    except OSError as error:
        raise fault(error, f"Could not read the pack of {given.site}") from error
    unread = (f"{contents.unread} rows could not be read for the common timeline; they are in the part.",) if contents.unread else ()
    clock = given.clock
    entry = PartEntry(
        key=given.key,
        site=given.site,
        file=part_file(given.key, given.site),
        size_bytes=size,
        sha256=digest,
        pack_id=manifest.id,
        site_name=manifest.site_name,
        time_zone=manifest.time_zone,
        by=manifest.by,
        created_ns=manifest.created_ns,
        signer=signer,
        clock_ahead_s=None if clock is None else 0.0 if abs(clock.ahead_s) <= clock.error_s else round(clock.ahead_s, 3),
        clock_error_s=0.0 if clock is None else round(clock.error_s, 3),
        events=len(contents.events),
        alerts=len(contents.alerts),
        videos=contents.videos,
        simulated=manifest.simulated,
        missing=(*manifest.missing, *unread),
    )
    return CheckedPart(entry, given.path, contents, report)


def _refusal(given: SitePack, message: str) -> InputError:
    return InputError("part", f"of {given.site} {message}")


def write_combined(
    target: Path,
    request: PackRequest,
    bond: Bond,
    parts: Sequence[CheckedPart],
    missing: Sequence[MissingPart],
    now_ns: int,
    at: Callable[[float], None] = lambda _: None,
) -> CombinedPack:
    """`request`: title, note and window, as a person gave them. Replaces what has the name of `target`.

    Raises InputError (`part`): two parts are signed by one site; EnvironmentFault; then `target` is as before.
    """
    _check_signers(parts)
    files, texts = _documents(request, bond, parts, missing, now_ns)
    part = target.with_name(target.name + PART)
    try:
        _check_room(target, sum(each.entry.size_bytes for each in parts))
        _write(part, parts, texts, at)
        publish(part, target)
        return CombinedPack(target, target.stat().st_size, files)
    except OSError as error:
        remove_quietly(part)
        raise fault(error, f"Could not write {target}") from error
    except BaseException:
        remove_quietly(part)
        raise


def write_single(target: Path, request: PackRequest, part: CheckedPart, now_ns: int) -> CombinedPack:
    """Of one site alone: its pack as it is. Replaces what has the name of `target`. Raises EnvironmentFault."""
    copy = target.with_name(target.name + PART)
    try:
        _check_room(target, part.entry.size_bytes)
        shutil.copyfile(part.path, copy)
        publish(copy, target)
    except OSError as error:
        remove_quietly(copy)
        raise fault(error, f"Could not write {target}") from error
    window = part.entry.pack_id, request.title, request.note, request.since_ns, request.until_ns, now_ns, __version__
    return CombinedPack(target, part.entry.size_bytes, CombinedIndex(*window, (part.entry,)))


def _check_signers(parts: Sequence[CheckedPart]) -> None:
    """One site cannot stand for another with that one's key."""
    signed: dict[str, PartEntry] = {}
    for each in parts:
        other = signed.setdefault(each.entry.signer, each.entry)
        if other is not each.entry:
            raise InputError(
                "part",
                f"of {each.entry.site} is signed with the key of {other.site}: they are the same site, or one pretends to be the other",
            )


def _check_room(target: Path, size_bytes: int) -> None:
    if shutil.disk_usage(target.parent).free < size_bytes + FREE_BYTES:
        raise EnvironmentFault("disk_full", f"There is not enough room for the pack in {target.parent}. Choose another folder.")


def _documents(
    request: PackRequest, bond: Bond, parts: Sequence[CheckedPart], missing: Sequence[MissingPart], now_ns: int
) -> tuple[CombinedIndex, dict[str, bytes]]:
    entries = tuple(each.entry for each in parts)
    window = bond.id, request.title, request.note, request.since_ns, request.until_ns, now_ns, __version__
    bare = CombinedIndex(*window, entries, tuple(missing))
    timeline = common_timeline(entries, {each.entry.key: (*each.contents.events, *each.contents.alerts) for each in parts})
    texts = {FRONT_PAGE: front_page(bare, timeline), TIMELINE: timeline_bytes(timeline)}
    texts |= {report_file(each.entry): each.report for each in parts}
    words = {FRONT_PAGE: "this pack for people to read", TIMELINE: "events and alerts of all sites in one order"}
    files = (
        PackedFile(path, len(data), sha256(data).hexdigest(), words.get(path, "copy of the report in the part"))
        for path, data in texts.items()
    )
    index = CombinedIndex(*window, entries, tuple(missing), tuple(files))
    return index, {**texts, INDEX: index_bytes(index)}


def _write(part: Path, parts: Sequence[CheckedPart], texts: dict[str, bytes], at: Callable[[float], None]) -> None:
    """Stored, not deflated: a part stays byte for byte, and of a damaged zip the rest can still be read. Raises InputError, OSError."""
    total, done = max(sum(each.entry.size_bytes for each in parts), 1), 0
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as out:
        for name, data in texts.items():
            out.writestr(name, data)
        for each in parts:
            digest, entry = sha256(), each.entry
            with (
                each.path.open("rb") as source,
                out.open(zipfile.ZipInfo.from_file(each.path, entry.file), "w", force_zip64=True) as member,
            ):
                while piece := source.read(_CHUNK):
                    digest.update(piece)
                    member.write(piece)
                    done += len(piece)
                    at(min(done / total, 1.0))
            if digest.hexdigest() != entry.sha256:
                raise InputError("part", f"of {entry.site} changed while it was written")


def is_part_of(pack: Pack, bond: Bond) -> bool:
    """Whether a site made it for this combined pack."""
    found = read_bond(pack.request.note)
    return found is not None and found.id == bond.id
