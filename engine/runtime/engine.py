"""The engine of one site: a list of sides, started, told and stopped as one. Sessions reach it through `engine.runtime.local`."""

import logging
import os
from collections.abc import Callable

from engine import __version__
from engine.model.observation import EngineStarted, Observation, SettingsChanged
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import SystemClock
from engine.runtime import catalogue
from engine.runtime.audit.camera_audit import listening_rows, privacy_rows
from engine.runtime.basis import Basis
from engine.runtime.command_line_settings import NOTHING_ADDED, CommandLineSettings
from engine.runtime.core import seen_ns
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.command_line_choices import check_chosen
from engine.runtime.sides import Sides
from engine.vision.models import ModelStore

log = logging.getLogger(__name__)


class Engine(Sides):
    """One site's engine. `start` returns when it watches; `stop` when nothing of it runs any more.

    Raises (constructor):
        InputError: the settings file, an `ATLAS_*` or a `RISK_*` variable is broken. EnvironmentFault: folder, database or lock. Nothing is
            left running.
    """

    def __init__(self, data: DataFolder, clock: SystemClock, models: ModelStore, added: CommandLineSettings = NOTHING_ADDED) -> None:
        basis = Basis(data, clock, models, added, os.environ)  # from here on something is open
        try:
            catalogue.load(basis.left_out)
            super().__init__(basis, added)
        except BaseException:
            basis.record.close()
            raise

    def start(self) -> None:
        """Raises EnvironmentFault; then nothing is left running."""
        supervisor, now_ns = self.basis.supervisor, self.clock.now_ns()
        try:
            self.record.writer.start()
            for side in self.all:
                side.on_open()
            self.mailbox.post(EngineStarted(now_ns, __version__, tuple(sorted(self.left_out)), self.record.engine_id))
            self.mailbox.post(SettingsChanged(now_ns, self.settings, "start"))
            for side in self.all:
                side.on_start(supervisor, now_ns)
            supervisor.start("engine", self.core.run)
            supervisor.start("audit", self.auditor.run)
            for side in self.all:
                side.on_watch(supervisor, self.clock.now_ns())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.jobs.stop()
        for side in reversed(self.all):
            side.on_stop()
        self.mailbox.close()
        left = self.basis.supervisor.stop()
        if left:
            log.error("threads that did not end in time: %s", ", ".join(left))
        if "engine" not in left:
            self.core.finish()
            for side in self.all:
                side.on_finish()
        for side in reversed(self.all):
            side.on_close()
        self.auditor.finish()
        self.record.close()

    def snapshot(self, with_users: bool) -> Snapshot:
        """All of now. Who the users are, and where webhooks go (whose address is often the secret), is for admins only."""
        shown = Snapshot(
            number=self.core.number,
            at_ns=self.clock.now_ns(),
            settings=self.settings if with_users else self.basis.settings.for_all(),
            events=self.board.events(),
            clip_events=self.board.clip_events(),
            jobs=self.jobs.all(),
            models=self.model_entries,
            users=self.accounts.users() if with_users else (),
            zones=self.board.zones(),
            left_out=tuple(sorted(self.left_out)),
            reviews=self.board.reviews(),
        )
        for side in self.all:
            shown = side.show(shown)
        return shown

    def change_settings(self, settings: Settings, changed_by: str) -> None:
        """Replace all settings, whatever they are by now."""
        self.update_settings(lambda _: settings, changed_by)

    def update_settings(self, change: Callable[[Settings], Settings], changed_by: str, renewed: str = "") -> None:
        """Keep, apply and journal what `change` makes of the settings of now; changes of several sessions follow one another.

        `renewed`: a camera to restart though its settings are the same (new login). What `change` raises, changes nothing.
        """

        def allow(before: Settings, settings: Settings) -> None:
            self._keep_change(before, settings, changed_by)

        def apply(_before: Settings, settings: Settings) -> None:
            self.mailbox.post(SettingsChanged(self.clock.now_ns(), settings, changed_by))
            for side in self.all:
                side.on_settings(settings)
            if renewed:
                self.sight.restart(renewed)

        self.basis.settings.change(change, allow, apply)

    def models_changed(self) -> None:
        self.model_entries = self.models.entries()
        for side in self.all:
            side.on_models_changed()

    def take_result(self, result: StepResult, observation: Observation) -> None:
        self.board.take(result, seen_ns(observation))
        if isinstance(observation, SettingsChanged):
            self.board.keep_cameras({camera.id for camera in observation.settings.cameras})
        for side in self.all:
            side.on_step(result, observation)

    def _keep_change(self, before: Settings, settings: Settings, by: str) -> None:
        """Who changes what nobody is shown, or who may listen, is kept before it is done. Raises InputError, EnvironmentFault: it must not
        be done."""
        check_chosen(self.data.path, before, settings)
        private = privacy_rows(before, settings, by, self.clock.now_ns())
        for row in private:
            self.audit.keep(row)
        if private:
            self.job_pictures.clear()  # of cameras that were tried before
        self.sight.private.since.changing(settings.cameras)
        for row in listening_rows(before, settings, by, self.clock.now_ns()):
            self.audit.keep(row)
