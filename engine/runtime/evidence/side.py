"""Evidence packs and cases of one engine: made as jobs, listed, handed out, removed."""

import logging
import re
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine.model.accounts.access import Scope, Session, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound, WatchroomError
from engine.model.history.evidence import Case, Pack, PackRequest, PutCase, Redaction
from engine.model.ids import random_id
from engine.model.people.traces import Traces
from engine.model.time import Clock
from engine.recording.files import PART, fault, make_folder
from engine.runtime.evidence.making import Sources, make_pack
from engine.runtime.evidence.telling import tells_of
from engine.runtime.jobs.jobs import Jobs, JobShare, Progress
from engine.runtime.ports import AuditLog
from engine.runtime.side import Side
from engine.store.people.cases import CaseTable
from engine.store.segments.segments import LATER_PACK, LATER_UNLISTED, SegmentTable

log = logging.getLogger(__name__)

FOLDER = "packs"
_STEPS = 1_000
_AT_ONCE = 2


class MaskingPolicy(Protocol):
    def hides(self, session_id: str) -> bool:
        """Whether this session gets pictures with hidden faces."""
        ...


class EvidenceSide(Side):
    """Any thread. A pack that was begun before somebody was erased may tell of them, so it does not come to be.

    Args:
        sources: what packs are made from, asked anew for each, as far as a limited session may see it. scope: what one is limited to.
        hides: whether faces are hidden from a session; then they are hidden in what it takes out, too.
        keep: keeps a row of the audit, or raises EnvironmentFault: then nothing leaves. segments: knows what is to be erased later.
    """

    def __init__(
        self,
        folder: Path,
        table: CaseTable,
        jobs: Jobs,
        sources: Callable[[Scope | None], Sources],
        scope: Callable[[Session], Scope | None],
        masking: MaskingPolicy,
        clock: Clock,
        audit: AuditLog,
        segments: SegmentTable,
        new_id: Callable[[str], str] = random_id,
    ) -> None:
        """Raises EnvironmentFault."""
        self._new_id = new_id
        self._later = segments
        self._data, self._folder = folder, folder / FOLDER
        self._table, self._jobs, self._sources, self._scope = table, jobs, sources, scope
        self._masking, self._clock, self._audit = masking, clock, audit
        self._lock = threading.Lock()  # guards _erased
        self._erased: frozenset[str] = frozenset()  # pseudonyms, of those for whom packs were looked through
        make_folder(self._folder)
        _remove_parts(self._folder)
        self._remove_unlisted()

    def packs(self, case_id: str = "", scope: Scope | None = None) -> tuple[Pack, ...]:
        """`scope`: what the session is limited to."""
        return tuple(pack for pack in self._table.packs(case_id) if scope is None or _is_own(pack, scope))

    def cases(self, scope: Scope | None = None) -> tuple[Case, ...]:
        return tuple(case for case in self._table.cases() if scope is None or case.by_id == scope.by)

    def has_pack(self, pack_id: str, scope: Scope) -> bool:
        """Whether a limited session may know of it."""
        return any(pack.id == pack_id and _is_own(pack, scope) for pack in self._table.packs())

    def has_case(self, case_id: str, scope: Scope) -> bool:
        return any(case.id == case_id and case.by_id == scope.by for case in self._table.cases())

    def pack(self, pack_id: str) -> tuple[Pack, Path]:
        """A pack and where it lies: a zip, or a folder. Raises NotFound."""
        pack = self._table.pack(pack_id)
        path = self._data / pack.file
        if not path.exists():
            raise NotFound(f"The evidence pack {pack_id} is not at its place any more: {path}.")
        return pack, path

    def erase(self, traces: Traces) -> int:
        """Remove every pack that tells of a person; gives how many stay because their case is open. Those go when it is closed. Once the
        record tells of them no more.

        Raises EnvironmentFault where one cannot be read or removed.
        """
        with self._lock:
            self._erased |= {traces.pseudonym}
        telling = [pack for pack in self._table.packs() if self._tells(pack, traces)]
        locked = [pack for pack in telling if self._is_open(pack)]
        self._later.erase_later(LATER_PACK, [pack.id for pack in locked])
        for pack in telling:
            if pack not in locked:
                self.remove_pack(pack.id)
        return len(locked)

    def _tells(self, pack: Pack, traces: Traces) -> bool:
        path = self._data / pack.file
        if traces.person_id in pack.request.person_ids:
            return True
        try:
            return path.exists() and tells_of(path, traces)
        except InputError as error:
            raise EnvironmentFault("unreadable", f"Whether the evidence pack {path.name} tells of them cannot be read. {error}") from error

    def _is_open(self, pack: Pack) -> bool:
        case_id = pack.request.case_id
        return any(case.id == case_id and not case.closed for case in self._table.cases())

    def on_tidy(self, now_ns: int) -> None:
        self.tidy()

    def tidy(self) -> None:
        """What could not go when its case was closed is tried again. Now and then."""
        try:
            self._remove_erased()
        except WatchroomError as error:
            log.warning("an evidence pack that tells of somebody who was erased is still there: %s", error)

    def _remove_erased(self) -> None:
        """What was held by cases that are closed now, of persons who were erased meanwhile, goes."""
        waiting = self._later.to_erase(LATER_PACK)
        for pack in self._table.packs() if waiting else ():
            if pack.id in waiting and not self._is_open(pack):
                self.remove_pack(pack.id)
                self._later.erased(LATER_PACK, [pack.id])

    def _remove_unlisted(self) -> None:
        """What a crash left whole and not in the record: nobody would find it, nor would an erasure. At the start."""
        known = {pack.file for pack in self._table.packs()}
        for name in self._later.to_erase(LATER_UNLISTED):
            files = [file for file in (f"{FOLDER}/{name}", f"{FOLDER}/{name}.zip") if file not in known]
            if all([_discarded(self._data / file) for file in files]):
                self._later.erased(LATER_UNLISTED, [name])

    def begin_pack(self, request: PackRequest, session: Session) -> str:
        """Start the job; gives its id. Raises InputError, NotFound, EnvironmentFault."""
        if request.until_ns > self._clock.now_ns():
            raise InputError("until", "has not come yet")
        if request.case_id:
            self._table.case(request.case_id)
        if self._masking.hides(session.id) and request.redaction is Redaction.NONE:
            raise InputError("redaction", "faces are hidden from you; unhide them first, or take a pack in which they are hidden")
        pack_id, by, scope = self._new_id("pack"), session.user, self._scope(session)
        if scope is not None and not request.camera_ids:
            request = replace(request, camera_ids=tuple(sorted(scope.camera_ids)))
        self._audit.keep(AuditRow.of(self._clock.now_ns(), by, AuditVerb.EXPORT, pack_id, f"evidence pack of {_span(request)}"))
        title = f"Evidence pack “{request.title[:60]}”"
        make: Callable[[str, Progress], str] = lambda _, told: self._make(request, pack_id, by, scope, told)  # noqa: E731
        return self._jobs.start("evidence", title, make, _AT_ONCE, by.id, JobShare(session.holder))

    def _make(self, request: PackRequest, pack_id: str, by: User, scope: Scope | None, progress: Progress) -> str:
        erased, name = self._erased, f"{_file_name(request.title)}-{pack_id.removeprefix('pack-')}"
        report: Callable[[float, str], None] = lambda share, what: progress.at(round(share * _STEPS), _STEPS, what)  # noqa: E731
        self._later.erase_later(LATER_UNLISTED, [name])
        pack = make_pack(self._sources(scope), request, pack_id, by, self._clock.now_ns(), self._folder / name, report)
        try:
            self._list(pack, erased)
        except BaseException:
            _discarded(self._data / pack.file)  # or at the next start
            raise
        with suppress(EnvironmentFault):  # the next start sees that it is listed
            self._later.erased(LATER_UNLISTED, [name])
        return pack_id

    def _list(self, pack: Pack, erased: frozenset[str]) -> None:
        """`erased`: who had been when it was begun. Raises EnvironmentFault."""
        with self._lock:
            if erased != self._erased:
                raise EnvironmentFault("erased", "Somebody was erased while this pack was made, and it may tell of them. Make it again.")
            self._table.put_pack(pack)

    def remove_pack(self, pack_id: str) -> None:
        """Raises NotFound, EnvironmentFault."""
        pack = self._table.pack(pack_id)
        path = self._data / pack.file
        try:
            _delete(path)
        except OSError as error:
            raise fault(error, f"Could not remove the evidence pack {path.name}") from error
        self._table.remove_pack(pack_id)

    def put_case(self, command: PutCase, by: User) -> str:
        new = Case(self._new_id("case"), "", "", by.name, self._clock.now_ns(), by_id=by.id)
        known = self._table.case(command.case_id) if command.case_id else new
        case = replace(known, title=command.title.strip(), note=command.note, closed=command.closed)
        self._table.put_case(case)
        if case.closed:
            self._remove_erased()
        return case.id


def _is_own(pack: Pack, scope: Scope) -> bool:
    """Made by them, of nothing but cameras that they still see."""
    cameras = pack.request.camera_ids
    return pack.by_id == scope.by != "" and bool(cameras) and all(camera_id in scope for camera_id in cameras)


def _file_name(title: str) -> str:
    """Letters and digits of a title, for a name that every file system takes."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "pack"


def _span(request: PackRequest) -> str:
    return f"{(request.until_ns - request.since_ns) / 1e9:.0f} s, cameras: {len(request.camera_ids) or 'all'}"


def _delete(path: Path) -> None:
    """Raises OSError."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _discarded(path: Path) -> bool:
    try:
        _delete(path)
    except OSError:
        return False
    return True


def _remove_parts(folder: Path) -> None:
    """What a crash left of packs in the making."""
    for part in folder.glob(f"*{PART}"):
        shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)
