"""Words of the evidence packs that there are, and of their cases."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import tzinfo
from operator import attrgetter

from engine.gateway.federation.ids import SEPARATOR
from engine.model.cameras.segment import EvidenceLock, ListLocks
from engine.model.history.evidence import Case, ListCases, ListPacks, Pack, PackRequest, Redaction
from engine.model.port import EnginePort
from engine.model.value_class import dataclass
from engine.recording.pack.combined import read_bond, without_bond
from widgets.layout.cells import Cell, StatusCell, TextCell, TitleCell
from widgets.layout.rows_model import Column
from widgets.look import scaled
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.time_text import clock_text
from widgets.timeline.moment_list import MomentRow
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr
from widgets.words import count_text

ALL, LOOSE = "all", "loose"  # rows of the list of cases that are none
_GROUP = 16  # digits of a digest that are read together


@dataclass(frozen=True, slots=True)
class KnownPacks:
    """Newest first, each. `locks`: those that hold now."""

    packs: tuple[Pack, ...] = ()
    cases: tuple[Case, ...] = ()
    locks: tuple[EvidenceLock, ...] = ()

    def case(self, case_id: str) -> Case | None:
        return next((case for case in self.cases if case.id == case_id), None)

    def of(self, row_id: str) -> tuple[Pack, ...]:
        """`row_id`: a case, ALL or LOOSE."""
        if row_id == ALL:
            return self.packs
        wanted = "" if row_id == LOOSE else row_id
        return tuple(pack for pack in self.packs if pack.request.case_id == wanted)

    def locks_of(self, request: PackRequest) -> tuple[EvidenceLock, ...]:
        """Those that keep something of what it is made of."""
        return tuple(each for each in self.locks if _meet(each, request))


@dataclass(frozen=True, slots=True)
class Names:
    """By id. `zone`: what times are told by. `sites`: by key, on a console over several."""

    cameras: Mapping[str, str]
    persons: Mapping[str, str]
    zone: tzinfo | None = None
    sites: Mapping[str, str] = field(default_factory=dict[str, str])

    def site_of(self, pack: Pack) -> str:
        """Empty where there is only one."""
        return self.sites.get(pack.id.partition(SEPARATOR)[0], "")


def ask_for_packs(port: EnginePort, now_ns: int, with_locks: bool) -> KnownPacks:
    """Worker thread."""
    locks = port.ask(ListLocks()) if with_locks else ()
    hold = tuple(each for each in locks if each.expires_ns is None or each.expires_ns > now_ns)
    return KnownPacks(port.ask(ListPacks()), port.ask(ListCases()), hold)


# cases


def case_rows(known: KnownPacks, zone: tzinfo | None) -> tuple[MomentRow, ...]:
    """All packs, those in no case where others are in one, then the cases: closed ones last."""
    count = Counter(pack.request.case_id for pack in known.packs)
    rows = [MomentRow(ALL, 0, tr("All packs"), _packs_text(len(known.packs)))]
    if known.cases and count[""]:
        rows.append(MomentRow(LOOSE, 0, tr("No case"), _packs_text(count[""])))
    return (*rows, *(_case_row(case, count[case.id], zone) for case in sorted(known.cases, key=attrgetter("closed"))))


def _case_row(case: Case, packs: int, zone: tzinfo | None) -> MomentRow:
    begun = tr("opened by {0}, {1}").format(case.by, clock_text(case.created_ns, None, zone))
    mark = tr("closed") if case.closed else ""
    return MomentRow(case.id, case.created_ns, case.title, f"{_packs_text(packs)} · {begun}", mark)


def _packs_text(count: int) -> str:
    return count_text(count, tr("1 pack"), tr("{0} packs"))


# the table


def columns() -> tuple[Column, ...]:
    return (
        Column(tr("Pack")),
        Column(tr("Made"), width=scaled(200)),
        Column(tr("Cameras"), width=scaled(120), room=scaled(700)),
        Column(tr("Size"), right=True, width=scaled(84), room=scaled(540)),
        Column(tr("Hidden"), width=scaled(90), room=scaled(580)),
        Column(tr("Dropped"), width=scaled(116), room=scaled(400), tip=tr("Not included")),
    )


def pack_cells(pack: Pack, names: Names) -> tuple[Cell, ...]:
    request, cameras = pack.request, cameras_text(pack.request, names)
    stretch, hidden = stretch_text(request.since_ns, request.until_ns, names.zone), hidden_text(request)
    return (
        TitleCell(request.title, stretch, tip=f"{request.title}\n{stretch}"),
        TitleCell(clock_text(pack.created_ns, None, names.zone), _maker_text(pack, names), order=float(pack.created_ns)),
        TextCell(cameras, tip=cameras),
        TextCell(size_text(pack.size_bytes), order=float(pack.size_bytes)),
        TextCell(_hidden_word(request), tip=hidden, quiet=not _hides(request)),
        _missing_cell(pack.missing),
    )


def _maker_text(pack: Pack, names: Names) -> str:
    site = names.site_of(pack)
    return tr("by {0}, {1}").format(pack.by, site) if site else tr("by {0}").format(pack.by)


def _missing_cell(missing: tuple[str, ...]) -> Cell:
    if not missing:
        return TextCell(tr("nothing"), order=0.0, quiet=True)
    return StatusCell(count_text(len(missing), tr("1 item"), tr("{0} items")), "moderate", float(len(missing)), "\n".join(missing))


# one pack


def pack_facts(pack: Pack, known: KnownPacks, names: Names) -> tuple[tuple[str, str], ...]:
    """(what, value), always the same ones; values may be empty."""
    request, case = pack.request, known.case(pack.request.case_id)
    persons = ", ".join(names.persons.get(each, each) for each in request.person_ids)
    return (
        (tr("Note"), without_bond(request.note)),
        (tr("Site"), names.site_of(pack)),
        (tr("Part of"), _bond_text(request)),
        (tr("Time span"), stretch_text(request.since_ns, request.until_ns, names.zone)),
        (tr("Cameras"), cameras_text(request, names)),
        (tr("People"), persons),
        (tr("Case"), _case_text(case)),
        (tr("Made"), tr("by {0}, {1}").format(pack.by, clock_text(pack.created_ns, None, names.zone))),
        (tr("Hidden"), hidden_text(request)),
        (tr("Locked"), "\n".join(_lock_text(each) for each in known.locks_of(request))),
        (tr("File"), f"{pack.file}, {size_text(pack.size_bytes)}"),
        (tr("SHA-256"), grouped(pack.manifest_sha256)),
    )


def _bond_text(request: PackRequest) -> str:
    bond = read_bond(request.note)
    return "" if bond is None else tr("combined pack of {0}").format(", ".join(bond.sites))


def cameras_text(request: PackRequest, names: Names) -> str:
    return ", ".join(names.cameras.get(each, each) for each in request.camera_ids) or tr("All cameras")


def hidden_text(request: PackRequest) -> str:
    faces = [tr("all faces")] if request.redaction is Redaction.FACES else []
    parts = [count_text(len(request.hidden), tr("1 picture area"), tr("{0} picture areas"))] if request.hidden else []
    return ", ".join(faces + parts) or tr("nothing, as recorded")


def grouped(digest: str) -> str:
    """A digest in groups that can be compared by eye, and a line be broken between."""
    return " ".join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))


def _hidden_word(request: PackRequest) -> str:
    return (tr("faces") if request.redaction is Redaction.FACES else tr("areas")) if _hides(request) else tr("nothing")


def _hides(request: PackRequest) -> bool:
    return request.redaction is not Redaction.NONE or bool(request.hidden)


def _case_text(case: Case | None) -> str:
    if case is None:
        return ""
    return tr("{0} (closed)").format(case.title) if case.closed else case.title


def _lock_text(lock: EvidenceLock) -> str:
    return tr("source recordings locked by {0}: {1}").format(lock.by, lock.reason)


def _meet(lock: EvidenceLock, request: PackRequest) -> bool:
    cameras = not lock.camera_ids or not request.camera_ids or bool(set(lock.camera_ids) & set(request.camera_ids))
    return cameras and lock.since_ns < request.until_ns and request.since_ns < lock.until_ns


def empty_text(known: KnownPacks, row_id: str) -> tuple[str, str]:
    """Title and text where the chosen row has no packs: what belongs here and how to get it."""
    case = known.case(row_id)
    if case is None:
        how = tr("On Investigate, select a range of the timeline and choose “Evidence pack…” to export it signed.")
        return tr("No evidence packs yet"), how
    if case.closed:
        return tr("Nothing in this case"), tr("The case is closed. Reopen it to add packs.")
    return tr("No packs in this case"), tr("On Investigate, choose “Evidence pack…” and select this case.")


def progress_text(title: str, message: str, share: float | None) -> str:
    """Of a pack in the making. `share`: 0–1, None where it is not known."""
    now = message or tr("in progress")
    return f"{title}: {now}" if share is None else f"{title}: {now}, {number_text(share * 100, '.0f')} %"
