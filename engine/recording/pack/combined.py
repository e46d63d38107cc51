"""A combined evidence pack: the packs of several sites unchanged in one zip, with what leads to them.

`parts/<site>-<key>.zip` are the packs as their sites made and signed them. `index.json` lists them and every other file with its SHA-256;
nobody signs it. `index.html` is for readers, `timeline.csv` for tables, `reports/<site>-<key>.pdf` are copies of the parts' own reports.

Which parts belong together stands in what each site signs: the last line of its part's note (`bond_line`).
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from engine.model.errors import InputError
from engine.model.history.evidence import LONGEST_NOTE
from engine.model.value_class import dataclass
from engine.model.wire import read_record, to_plain
from engine.recording.pack.manifest import MANIFEST, PackedFile
from engine.recording.pack.opening import BrokenPack, OpenPack, open_pack

FORMAT = "watchroom combined evidence 1"
INDEX, FRONT_PAGE, TIMELINE = "index.json", "index.html", "timeline.csv"
MARKS = (INDEX, FRONT_PAGE)
MOST_PARTS = 100
_BOND = "Part of combined evidence pack"
_BOND_LINE = re.compile(rf"{_BOND} ([0-9a-z-]{{1,64}}) of (\[.{{0,{LONGEST_NOTE}}}\])")
_PART = re.compile(r"parts/([a-z0-9][a-z0-9-]{0,63})\.zip")
_LONGEST_SITE = 24  # characters of its name, in names of files
_LATEST_NS = 1 << 63


@dataclass(frozen=True, slots=True)
class PartEntry:
    """The pack of one site. `key`, `site`: as the console called it that combined them; `site_name`: as it calls itself.

    size_bytes, sha256: of `file` as it was received. signer: the key that signed it, base64.
    clock_ahead_s: of its clock against that of the console, when the pack was made; None: not measured. clock_error_s: so far off that may
    be; a smaller difference is told as 0.
    events, alerts, videos: how many of each it holds. missing: what could not go in, sentences.
    """

    key: str
    site: str
    file: str
    size_bytes: int
    sha256: str
    pack_id: str
    site_name: str
    time_zone: str
    by: str
    created_ns: int
    signer: str
    clock_ahead_s: float | None = None
    clock_error_s: float = 0.0
    events: int = 0
    alerts: int = 0
    videos: int = 0
    simulated: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingPart:
    """A site that was asked for and is not in the pack. `reason`: why, a sentence."""

    key: str
    site: str
    reason: str


@dataclass(frozen=True, slots=True)
class CombinedIndex:
    """`since_ns`, `until_ns`: the window, by each site's own clock. `created_ns`: by the clock of the console. `version`: of Watchroom.

    files: all other files than the parts and the index itself.
    """

    id: str
    title: str
    note: str
    since_ns: int
    until_ns: int
    created_ns: int
    version: str
    parts: tuple[PartEntry, ...]
    missing: tuple[MissingPart, ...] = ()
    files: tuple[PackedFile, ...] = ()
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Bond:
    """What a site signed its part to be a part of. `sites`: the names of all that were asked for."""

    id: str
    sites: tuple[str, ...]


def part_file(key: str, site: str) -> str:
    """With letters of the site's name, for people."""
    plain = unicodedata.normalize("NFKD", site).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SITE].strip("-")
    return f"parts/{name}-{key}.zip" if name else f"parts/{key}.zip"


def report_file(entry: PartEntry) -> str:
    return f"reports/{part_name(entry.file)}.pdf"


def part_name(path: str) -> str:
    """Of a file that is a part, without folder and ending; else empty."""
    found = _PART.fullmatch(path)
    return "" if found is None else found[1]


def bond_line(bond: Bond) -> str:
    """The last line of the note of each part."""
    return f"{_BOND} {bond.id} of {json.dumps(bond.sites, ensure_ascii=False)}"


def with_bond(note: str, bond: Bond) -> str:
    """Raises InputError (`note`): it has no room for that."""
    text = f"{note.strip()}\n\n{bond_line(bond)}".strip()
    if len(text) > LONGEST_NOTE:
        raise InputError("note", f"has {len(note)} characters; with the names of the sites at most {LONGEST_NOTE} are kept")
    return text


def without_bond(note: str) -> str:
    """A note as a person wrote it."""
    return note if read_bond(note) is None else note.rstrip().rpartition("\n")[0].strip()


def read_bond(note: str) -> Bond | None:
    """None where a note ends otherwise."""
    found = _BOND_LINE.fullmatch(note.rstrip().rpartition("\n")[2])
    if found is None:
        return None
    try:
        sites: Any = json.loads(found[2])
    except (ValueError, RecursionError):
        return None
    return Bond(found[1], tuple(sites)) if all(isinstance(site, str) for site in sites) else None


def index_bytes(index: CombinedIndex) -> bytes:
    return json.dumps(to_plain(index), ensure_ascii=False, indent=1).encode()


def read_index(data: bytes) -> CombinedIndex:
    """Raises InputError (field `pack`)."""
    try:
        index = read_record(CombinedIndex, json.loads(data))
    except (ValueError, OverflowError, RecursionError, InputError) as error:
        raise InputError("pack", f"has no {INDEX} that can be read: {error}") from error
    if index.format != FORMAT:
        raise InputError("pack", f"is of the form {index.format!r}; this version reads {FORMAT!r}")
    _check_entries(index)
    return index


def _check_entries(index: CombinedIndex) -> None:
    if len(index.parts) + len(index.missing) > MOST_PARTS:
        raise InputError("pack", f"has an {INDEX} of {len(index.parts) + len(index.missing)} sites; at most {MOST_PARTS} are read")
    repeated = any(_is_repeated(names) for names in zip(*((part.key, part.file) for part in index.parts), strict=True))
    if repeated or not all(part_name(part.file) for part in index.parts):
        raise InputError("pack", f"has an {INDEX} that lists parts where no pack has them")
    times = (index.since_ns, index.until_ns, index.created_ns, *(part.created_ns for part in index.parts))
    if not all(0 <= at_ns < _LATEST_NS for at_ns in times):
        raise InputError("pack", f"has an {INDEX} with times that cannot be")


def _is_repeated(names: Sequence[str]) -> bool:
    return len(set(names)) < len(names)


def open_combined(path: Path) -> AbstractContextManager[OpenPack]:
    """As `open_pack`, for what holds packs: its zip, or the folder that was unpacked from it."""
    return open_pack(path, MARKS)


def is_combined(path: Path) -> bool:
    """Whether it holds packs of sites, however damaged, and is not one itself. Raises EnvironmentFault."""
    try:
        with open_combined(path) as held:
            return MANIFEST not in held.names and (INDEX in held.names or any(part_name(name) for name in held.names))
    except BrokenPack:
        return True
    except InputError:
        return False
