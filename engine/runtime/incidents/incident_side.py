"""Reports of people and what becomes of them: the desk, the files that were sent along, and what the external classifier says."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from engine.incidents.atlas.environment import Overrides
from engine.incidents.reporters import user_reporter
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.observation import IncidentChanged, Observation
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import IncidentView, Snapshot
from engine.runtime.atlas.atlas_side import AtlasSide
from engine.runtime.basis import Basis
from engine.runtime.incidents.report_looks import ReportLooks, SceneLooker
from engine.runtime.incidents.reports import ReportDesk
from engine.runtime.incidents.sent_media import MediaShelf
from engine.runtime.ports import AuditLog
from engine.runtime.secrets.secrets import KeptSecret
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.vision.scene_looks import load_scenes

ATLAS_KEY = "atlas/key"  # in the secret store
ERASED_SENDER = "sent by somebody who is erased"


class IncidentSide(Side):
    """Any thread.

    Args:
        names: of people who are known here; they leave the site in no text.
    """

    def __init__(self, basis: Basis, audit: AuditLog, names: Callable[[], Iterable[str]]) -> None:
        """Raises InputError: an `ATLAS_*` variable is broken."""
        self._basis, self._audit = basis, audit
        self._applied = basis.settings.now()
        overrides = Overrides.from_environment(basis.environment)
        overrides.apply_to(self._applied.atlas)
        self.atlas_key = KeptSecret(basis.secrets, ATLAS_KEY)
        record = basis.record
        self.reports = ReportDesk(
            record.store.incidents, basis.clock, basis.mailbox, record.writer, basis.secrets, basis.settings, record.engine_id
        )
        self.sent = MediaShelf(basis.data.media, basis.clock, self._keep_days)
        self.looks = ReportLooks(self.sent, self._load_scenes)
        self.atlas = self._make_atlas(overrides, names)

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        self.reports.start()
        supervisor.start("atlas", self.atlas.run)
        supervisor.start("looks", self.looks.run)

    def on_stop(self) -> None:
        self.reports.close()

    def on_settings(self, settings: Settings) -> None:
        before, self._applied = self._applied, settings
        if settings.atlas != before.atlas:
            self.atlas.configure()

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if isinstance(observation, IncidentChanged):
            self.reports.entered(observation)

    def on_tidy(self, now_ns: int) -> None:
        self.sent.tidy(now_ns)

    def on_models_changed(self) -> None:
        self.looks.reload()

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, incidents=IncidentView(self.reports.open_incidents(), self.atlas.health()))

    def remove_media_of(self, user_ids: Collection[str], device_ids: Collection[str], by: str) -> int:
        """Each is in the audit before it goes; what was interrupted is done by asking again. What others reported with the same file, and
        what shows them in a picture that somebody else sent, is not found here. Raises EnvironmentFault."""
        reporters = (*map(user_reporter, user_ids), *map(self.reports.device, device_ids))
        sent = sorted(self._basis.record.store.incidents.media_of(reporters)) if reporters else []
        known = [media for media in map(self.sent.get, sent) if media is not None]
        for media in known:
            self._audit.keep(AuditRow(self._basis.clock.now_ns(), by, AuditVerb.REMOVE_MEDIA, media.id, ERASED_SENDER))
            self.sent.remove(media.id)
        return len(known)

    def _make_atlas(self, overrides: Overrides, names: Callable[[], Iterable[str]]) -> AtlasSide:
        """Which hears of every incident that begins, and says what its words say."""
        basis, reports = self._basis, self.reports
        side = AtlasSide(
            basis.record.store.atlas,
            reports,
            basis.settings,
            self.atlas_key,
            basis.clock,
            basis.troubles.of("atlas"),
            overrides,
            names=lambda: tuple(names()),
        )
        reports.words, reports.begun = side.words, side.enqueue_soon
        return side

    def _keep_days(self) -> float:
        return self._basis.settings.now().recording.keep_clips_days

    def _load_scenes(self) -> SceneLooker:
        return load_scenes(self._basis.models)
