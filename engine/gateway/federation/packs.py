"""One evidence pack over several sites: each makes its own part, which is fetched, looked at, and put into one file on this machine.

What a site has made stays in its own list of packs: nothing is lost when another one fails, and trying again fetches what is there.
"""

import logging
import os
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from engine.gateway.federation.ids import qualified, split
from engine.gateway.federation.port import FederatedPort
from engine.model.accounts.access import Verb
from engine.model.command import CancelJob
from engine.model.command_terms import CommandTerms, new_key
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, SessionLapsed, WatchroomError
from engine.model.history.evidence import ListCases, ListPacks, MakePack, Pack, PackRequest, PutCase
from engine.model.port import EnginePort
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import Job, JobState
from engine.model.time import SECOND, Clock, SystemClock
from engine.model.value_class import dataclass
from engine.recording.files import fault
from engine.recording.pack.combined import Bond, MissingPart, with_bond
from engine.runtime.evidence.combining import (
    FREE_BYTES,
    CheckedPart,
    ClockDifference,
    CombinedPack,
    SitePack,
    check_part,
    is_part_of,
    new_bond,
    write_combined,
    write_single,
)

log = logging.getLogger(__name__)

LOOK_S = 0.2
LOST_JOB_S = 10.0
"""So long a site that answers may leave out the job that makes its part; then it has lost it, as after a restart."""
CLOCK_S = 60.0
"""So long is waited for a site whose clock is behind to come to the end of the window."""

SHOWN_ERROR_S = 1.0
"""So far off a clock difference may be that comes from a snapshot: it may be that old, and smaller changes are not told."""


class PartStage(StrEnum):
    MAKING = "making"
    FETCHING = "fetching"
    CHECKING = "checking"
    WHOLE = "whole"  # made, here, and as its site signed it
    FAILED = "failed"
    LEFT_OUT = "left_out"  # not asked: it could not be reached, or may not be asked, when this began


@dataclass(frozen=True, slots=True)
class PartState:
    """One site. `share`: of the stage, 0–1; None: not known. `words`: what it does, or why it failed, a sentence; may be empty."""

    key: str
    site: str
    stage: PartStage
    words: str = ""
    share: float | None = None

    @property
    def is_settled(self) -> bool:
        return self.stage in (PartStage.WHOLE, PartStage.FAILED, PartStage.LEFT_OUT)


class CombineStage(StrEnum):
    MAKING = "making"
    INCOMPLETE = "incomplete"  # some parts failed: they can be tried again, or gone without
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"  # nothing could be written; what was made is still at the sites
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CombineState:
    """`words`: why it failed. `share`: of what is written. `pack`: once it is."""

    stage: CombineStage
    parts: tuple[PartState, ...]
    words: str = ""
    share: float | None = None
    pack: CombinedPack | None = None

    @property
    def is_over(self) -> bool:
        return self.stage in (CombineStage.WRITTEN, CombineStage.FAILED, CombineStage.CANCELLED)


class _Cancelled(Exception):
    """Nobody wants it any more."""


def sites_of(request: PackRequest, sites: Iterable[SiteState]) -> tuple[SiteState, ...]:
    """Whose cameras are asked for; all where none are named."""
    wanted = {found[0] for found in map(split, request.camera_ids) if found is not None}
    return tuple(site for site in sites if not request.camera_ids or site.key in wanted)


def why_left_out(site: SiteState) -> str:
    """Why a site cannot be asked for a part now, a sentence; empty where it can."""
    if site.reach is not SiteReach.ONLINE:
        return site.reason or f"{site.name} was not connected."
    return "" if Verb.EXPORT in site.verbs else f"The account at {site.name} may not export."


def request_at(request: PackRequest, site: SiteState, note: str) -> PackRequest:
    """As the site understands it. All of its cameras: no choice among them, so that those that are gone by now are in it too."""
    cameras = _local(request.camera_ids, site.key)
    all_cameras = () if site.settings is None else _local((camera.id for camera in site.settings.cameras), site.key)
    hidden = tuple(replace(each, camera_id=ids[0]) for each in request.hidden if (ids := _local((each.camera_id,), site.key)))
    return replace(
        request,
        note=note,
        camera_ids=() if set(cameras) == set(all_cameras) else cameras,
        person_ids=_local(request.person_ids, site.key),
        hidden=hidden,
        case_id="",
        zipped=True,
    )


def _local(ids: Iterable[str], key: str) -> tuple[str, ...]:
    return tuple(found[1] for found in map(split, ids) if found is not None and found[0] == key)


class PackCombiner:
    """Any thread. A thread for each part; the last one that is done writes the file.

    Args:
        request: ids as the console has them; its case is left aside. `target`: the file to write.
        case_title: of the case that the parts go into at each site; one that is open there, or a new one. Empty: none.

    Raises InputError: the note is too long, or no site is asked for.
    """

    def __init__(self, port: FederatedPort, request: PackRequest, target: Path, case_title: str = "", clock: Clock | None = None) -> None:
        self.port, self.request, self.case_title, self._target = port, request, case_title.strip(), target
        self.clock = clock or SystemClock()
        sites = sites_of(request, port.snapshot().sites)
        if not sites:
            raise InputError("cameras", "are of no site that is here")
        self.bond: Bond | None = new_bond([site.name for site in sites]) if len(sites) > 1 else None
        note = request.note if self.bond is None else with_bond(request.note, self.bond)
        self._runs = {site.key: _PartRun(self, site, note) for site in sites}
        self.folder = Path(tempfile.mkdtemp(prefix="watchroom-parts-"))
        self._drop_folder = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self._lock = threading.Lock()
        self._stage, self._words, self._share = CombineStage.MAKING, "", None
        self._pack: CombinedPack | None = None
        self._asks = True
        self.cancelled = threading.Event()

    @property
    def title(self) -> str:
        return self.request.title

    def start(self) -> None:
        self._go([run for run in self._runs.values() if run.state.stage is PartStage.MAKING])

    def state(self) -> CombineState:
        """Returns at once."""
        with self._lock:
            return CombineState(self._stage, tuple(run.state for run in self._runs.values()), self._words, self._share, self._pack)

    def retry(self) -> None:
        """All that failed or were left out; what is there is kept."""
        self._go([run for run in self._runs.values() if run.state.stage in (PartStage.FAILED, PartStage.LEFT_OUT)])

    def go_without(self) -> None:
        """Write it without the parts that failed, now or when the rest is done: nobody is there to be asked."""
        with self._lock:
            self._asks = False
        self._settle()

    def write_to(self, target: Path) -> None:
        """Elsewhere, after it could not be written."""
        with self._lock:
            if self._stage is not CombineStage.FAILED:
                return
            self._target, self._stage, self._words = target, CombineStage.MAKING, ""
        threading.Thread(target=self._settle, name="pack-writer", daemon=True).start()

    def cancel(self) -> None:
        """What runs at the sites is cancelled too. What they have made stays there."""
        with self._lock:
            if self._stage in (CombineStage.WRITING, CombineStage.WRITTEN):
                return
            self._stage = CombineStage.CANCELLED
        self.cancelled.set()
        self._drop_folder()

    def close(self) -> None:
        """Nobody looks any more, and it has ended: what was fetched goes."""
        self._drop_folder()

    def _go(self, runs: list["_PartRun"]) -> None:
        with self._lock:
            if self._stage not in (CombineStage.MAKING, CombineStage.INCOMPLETE):
                return
            self._stage = CombineStage.MAKING
            for run in runs:
                run.begin()
        for run in runs:
            threading.Thread(target=self._run, args=(run,), name=f"pack-{run.key}", daemon=True).start()
        if not runs:
            self._settle()

    def _run(self, run: "_PartRun") -> None:
        run.make()
        self._settle()

    def _settle(self) -> None:
        """Once every part is there, or will not come."""
        with self._lock:
            states = [run.state for run in self._runs.values()]
            if self._stage not in (CombineStage.MAKING, CombineStage.INCOMPLETE) or not all(state.is_settled for state in states):
                return
            whole = [run.part for run in self._runs.values() if run.part is not None]
            failed = any(state.stage is PartStage.FAILED for state in states)
            if not whole and not self._asks:
                self._stage, self._words = CombineStage.FAILED, "No site made its part."
                return
            if (failed and self._asks) or not whole:
                self._stage = CombineStage.INCOMPLETE
                return
            self._stage = CombineStage.WRITING
            missing = [MissingPart(each.key, each.site, each.words) for each in states if each.stage is not PartStage.WHOLE]
        self._write(whole, missing)

    def _write(self, parts: list[CheckedPart], missing: list[MissingPart]) -> None:
        try:
            pack = self._write_file(parts, missing)
        except WatchroomError as error:
            self._end(CombineStage.FAILED, words=_sentence(error))
        except Exception:
            log.exception("a combined pack could not be written")
            self._end(CombineStage.FAILED, words="The pack could not be written. The log says why.")
        else:
            self._end(CombineStage.WRITTEN, pack)

    def _write_file(self, parts: list[CheckedPart], missing: list[MissingPart]) -> CombinedPack:
        now_ns = self.clock.now_ns()
        if self.bond is None:
            return write_single(self._target, self.request, parts[0], now_ns)
        return write_combined(self._target, self.request, self.bond, parts, missing, now_ns, self._show_share)

    def _show_share(self, share: float) -> None:
        self._share = share

    def _end(self, stage: CombineStage, pack: CombinedPack | None = None, words: str = "") -> None:
        with self._lock:
            self._stage, self._pack, self._words, self._share = stage, pack, words, None
        if stage is CombineStage.WRITTEN:
            self._drop_folder()


class _PartRun:
    """The part of one site. `make` on a thread of its own; `state` and `part` from any."""

    def __init__(self, of: PackCombiner, site: SiteState, note: str) -> None:
        self._of, self._site, self._note = of, site, note
        self.key = site.key
        self.part: CheckedPart | None = None
        self._job_id = ""
        self._command_key = new_key()
        self._tried = self._sent = False  # sent: the command, under its key
        self._between: tuple[int, int] | None = None  # of the console's clock, when the site began
        self._clock: ClockDifference | None = None
        left_out = why_left_out(site)
        self.state = PartState(site.key, site.name, PartStage.LEFT_OUT if left_out else PartStage.MAKING, left_out)

    def begin(self) -> None:
        self._show(PartStage.MAKING)

    def make(self) -> None:
        try:
            self.part = self._make_part()
        except _Cancelled:
            self._show(PartStage.FAILED, "Cancelled.")
        except WatchroomError as error:
            self._show(PartStage.FAILED, _sentence(error))
        except Exception as error:
            log.warning("the part of %s could not be made", self.key, exc_info=error)
            self._show(PartStage.FAILED, f"What {self._site.name} answers is not understood ({type(error).__name__}).")
        else:
            self._show(PartStage.WHOLE)

    def _show(self, stage: PartStage, words: str = "", share: float | None = None) -> None:
        self.state = PartState(self.key, self._site.name, stage, words, share)

    def _make_part(self) -> CheckedPart:
        port = self._of.port.of(self.key)
        site = self._look()
        asked = request_at(self._of.request, site, self._note)
        pack = self._known_pack(port) if self._tried else None
        self._tried = True
        if pack is None:
            self._wait_for_clock(asked.until_ns)
            pack = self._new_pack(port, asked)
        return self._fetch_part(pack, asked, site)

    def _look(self) -> SiteState:
        """Raises NotFound: it is no part of this console any more."""
        site = self._of.port.snapshot().site(self.key)
        if site is None:
            raise NotFound(f"{self._site.name} is not part of this console any more.")
        if reason := why_left_out(site):
            raise EnvironmentFault("unreachable", reason)
        return site

    def _known_pack(self, port: EnginePort) -> Pack | None:
        """Made by the site before, although this console was not told."""
        bond = self._of.bond
        return None if bond is None else next((pack for pack in port.ask(ListPacks()) if is_part_of(pack, bond)), None)

    def _wait_for_clock(self, until_ns: int) -> None:
        until_s = time.monotonic() + CLOCK_S
        while time.monotonic() < until_s and self._of.port.of(self.key).snapshot().at_ns < until_ns:
            self._show(PartStage.MAKING, "Its clock is behind. Waiting for the end of the time span.")
            self._pause()

    def _new_pack(self, port: EnginePort, asked: PackRequest) -> Pack:
        request = replace(asked, case_id=self._case_id(port))
        sent_ns, first = self._of.clock.now_ns(), not self._sent
        self._sent = True
        self._job_id = port.command(MakePack(request), CommandTerms(self._command_key))
        self._between = (sent_ns, self._of.clock.now_ns()) if first else None
        try:
            message = self._wait_for_job(port)
        except _Cancelled:
            with suppress(Exception):  # it may have ended, or the site be away; what it makes stays in its own list
                port.command(CancelJob(self._job_id))
            raise
        bond = self._of.bond
        for pack in port.ask(ListPacks()):
            if pack.id in message or (bond is not None and is_part_of(pack, bond)):
                return pack
        raise NotFound(f"{self._site.name} made its pack, but does not have it any more.")

    def _case_id(self, port: EnginePort) -> str:
        title = self._of.case_title
        if not title:
            return ""
        known = next((case for case in port.ask(ListCases()) if case.title == title and not case.closed), None)
        return port.command(PutCase(title)) if known is None else known.id

    def _wait_for_job(self, port: EnginePort) -> str:
        """Its last message. While the site does not answer its job goes on there."""
        seen_s = time.monotonic()
        while True:
            self._pause()
            job, words = self._job(port)
            if job is not None:
                self._measure_clock(job)
            if job is None and words:
                seen_s = time.monotonic()
                self._show(PartStage.MAKING, words)
            elif job is None and time.monotonic() - seen_s > LOST_JOB_S:
                self._forget_command()
                raise EnvironmentFault("lost", f"{self._site.name} does not know of its pack any more, as after a restart. Try again.")
            elif job is not None and job.state is JobState.DONE:
                return job.message
            elif job is not None and job.state is not JobState.RUNNING:
                self._forget_command()
                raise EnvironmentFault("failed", job.message or f"{self._site.name} did not make its pack.")
            elif job is not None:
                seen_s = time.monotonic()
                self._show(PartStage.MAKING, job.message, job.done / job.total if job.total else None)

    def _forget_command(self) -> None:
        """What failed is another command when it is tried again."""
        self._command_key, self._sent = new_key(), False

    def _measure_clock(self, job: Job) -> None:
        """The site began the job between sending the command and its answer, by both clocks."""
        if self._between is None or not job.started_ns:
            return
        (sent_ns, answered_ns), self._between = self._between, None
        ahead_ns = job.started_ns - (sent_ns + answered_ns) // 2
        self._clock = ClockDifference(ahead_ns / SECOND, (answered_ns - sent_ns) / (2 * SECOND))

    def _job(self, port: EnginePort) -> tuple[Job | None, str]:
        """As the site tells of it; or None, and why nothing is known now."""
        site = self._of.port.snapshot().site(self.key)
        if site is None:
            raise NotFound(f"{self._site.name} is not part of this console any more.")
        if site.reach is not SiteReach.ONLINE:
            return None, f"{site.reason or f'{site.name} does not answer.'} Waiting for it."
        try:
            jobs = port.snapshot().jobs
        except SessionLapsed as error:
            return None, str(error)
        except NotSignedIn:
            raise
        except WatchroomError as error:
            return None, str(error)
        return next((job for job in jobs if job.id == self._job_id), None), ""

    def _fetch_part(self, pack: Pack, asked: PackRequest, site: SiteState) -> CheckedPart:
        self._check_room(pack.size_bytes)
        self._show(PartStage.FETCHING)
        path = self._keep_file(self._of.port.pack_file(qualified(self.key, pack.id)))
        self._show(PartStage.CHECKING)
        name = "" if site.settings is None else site.settings.site_name
        given = SitePack(self.key, site.name, name, pack, path, self._clock or _shown_difference(site))
        part = check_part(given, asked, lambda share: self._show(PartStage.CHECKING, "", share))
        self._stop_if_cancelled()
        return part

    def _check_room(self, size_bytes: int) -> None:
        if shutil.disk_usage(self._of.folder).free < size_bytes + FREE_BYTES:
            raise EnvironmentFault("disk_full", f"There is not enough room for the pack of {self._site.name} in {self._of.folder.parent}.")

    def _keep_file(self, path: Path) -> Path:
        """Under a name of its own: what was fetched goes when something else is. Raises EnvironmentFault."""
        if path.is_dir():
            return path
        kept = self._of.folder / f"{self.key}.zip"
        kept.unlink(missing_ok=True)
        try:
            os.link(path, kept)
        except OSError:
            try:
                shutil.copyfile(path, kept)
            except OSError as error:
                raise fault(error, f"Could not keep the pack of {self._site.name}") from error
        return kept

    def _pause(self) -> None:
        self._of.cancelled.wait(LOOK_S)
        self._stop_if_cancelled()

    def _stop_if_cancelled(self) -> None:
        if self._of.cancelled.is_set():
            raise _Cancelled


def _shown_difference(site: SiteState) -> ClockDifference | None:
    """As far as the console's own look at it tells."""
    return None if site.clock_ahead_s is None else ClockDifference(site.clock_ahead_s, SHOWN_ERROR_S)


def _sentence(error: WatchroomError) -> str:
    """For people: an InputError about a part is one without the name of its field."""
    if isinstance(error, InputError):
        message = error.message.rstrip(".")
        return f"The pack {message}." if error.field in ("part", "pack") or not error.field else f"{error.field}: {message}."
    return str(error)
