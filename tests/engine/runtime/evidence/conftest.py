"""A data folder with a recorded room: journal, checkpoints, the record of what was said, continuous video, an audit that signs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditRow
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.privacy import NOTHING
from engine.model.geometry import Box
from engine.model.history.evidence import Pack, PackRequest
from engine.model.settings import Settings
from engine.model.snapshot import JobState
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.runtime.audit.audit_heads import AuditHeads
from engine.runtime.audit.auditing import Auditor
from engine.runtime.cameras.masking import Masking
from engine.runtime.data_folder import DataFolder
from engine.runtime.evidence.making import Sources, make_pack
from engine.runtime.evidence.side import EvidenceSide
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.site_settings import FixedSettings
from engine.runtime.supervisor import ErrorBook
from engine.store.store import Store, open_store
from engine.vision.faces.hiding import HiddenPlaces
from engine.vision.models import ModelStore
from tests.fakes.kept_run import keep_run, room_with_camera
from tests.fakes.observations import Walk
from tests.fakes.ports import AuditOf
from tests.fakes.segments import Recorded, record_segments
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until

SECONDS = 9.0
CAMERA = "door"
INES = User("u-1", "ines", Role.INVESTIGATOR)
LEFT_HALF: Box = (0.0, 0.0, 0.5, 1.0)


class HalfHidden(HiddenPlaces):
    """Finds a face in the left half of every picture."""

    how = "left half"

    def __init__(self) -> None:
        pass

    def look(self, picture_bgr: Bytes2D, people: Sequence[Box] = ()) -> tuple[Box, ...]:
        return (LEFT_HALF,)


@dataclass(frozen=True)
class Policy:
    site: "EvidenceSite"

    def hides(self, session_id: str) -> bool:
        return self.site.hides


@dataclass
class EvidenceSite:
    data: DataFolder
    store: Store
    sources: Sources
    jobs: Jobs
    since_ns: int
    until_ns: int
    hides: bool = False
    kept: list[AuditRow] = field(default_factory=list)
    refuse: Callable[[AuditRow], None] = lambda _: None

    def request(self, **changes: object) -> PackRequest:
        return replace(PackRequest(self.since_ns, self.until_ns, "Door at night", "for the insurer"), **changes)  # type: ignore[arg-type]

    def make(self, request: PackRequest, name: str = "pack-1") -> tuple[Pack, Path]:
        """A pack and where it lies."""
        target = self.data.path / "packs" / name
        target.parent.mkdir(exist_ok=True)
        pack = make_pack(self.sources, request, name, INES, self.until_ns, target, lambda share, what: None)
        return pack, self.data.path / pack.file

    def side(self) -> EvidenceSide:
        def keep(row: AuditRow) -> None:
            self.refuse(row)
            self.kept.append(row)

        made = self.data.path, self.store.cases, self.jobs, lambda _: self.sources, lambda _: None
        return EvidenceSide(*made, Policy(self), ManualClock(self.until_ns), AuditOf(keep), self.store.segments)

    def ended(self, job_id: str) -> tuple[JobState, str]:
        until(lambda: self._job(job_id)[0] is not JobState.RUNNING, f"{job_id} has ended")
        return self._job(job_id)

    def _job(self, job_id: str) -> tuple[JobState, str]:
        job = next(job for job in self.jobs.all() if job.id == job_id)
        return job.state, job.message


@pytest.fixture(scope="session")
def investigator() -> Session:
    return Session("s-1", INES, ROLE_VERBS[Role.INVESTIGATOR])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvidenceSite]:
    data = DataFolder(tmp_path_factory.mktemp("evidence") / "site")
    run = keep_run(data.path, room_with_camera(SECONDS, [Walk(3.0, 7.5)]), 50)
    last_ns = run.observed[-1].received_ns
    video = write_clip(data.path.parent / "video.mp4", Clip(width=320, height=192, frames=100, noise=60))
    clock = SystemClock()
    store = open_store(data.database, clock)
    store.save([value for result in run.said for value in (*result.decisions, *result.events, *result.alerts)])
    store.save(record_segments(data.path, video, Recorded(CAMERA, last_ns - 8 * SECOND, 8.0, 2.0)))
    auditor = Auditor(store, AuditHeads(data.path, SecretStore(data.path, lambda: None)), clock, lambda what, trouble: None)
    jobs = Jobs(ErrorBook(clock), clock)
    masking = Masking(
        data.path,
        clock,
        jobs,
        FixedSettings(Settings()),
        HalfHidden,
        AuditOf(lambda row: None),
        lambda camera_id, since_ns, until_ns: NOTHING,
    )
    sources = Sources(
        data, store.answer, Settings("Warehouse"), data.path, ModelStore(data.path / "models"), masking, auditor, "Europe/Berlin"
    )
    yield EvidenceSite(data, store, sources, jobs, last_ns - 4 * SECOND, last_ns + 1)
    jobs.stop()
    store.close()
