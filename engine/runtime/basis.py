"""What the sides of an engine stand on."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engine.inference.placement import Placement
from engine.model.capability import Capability
from engine.model.people.person import Person
from engine.model.time import AgeClock, SystemClock
from engine.pipeline.pipeline import Pipeline
from engine.runtime.command_line_settings import CommandLineSettings, first_people, first_settings
from engine.runtime.data_folder import DataFolder
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.mailbox import Mailbox
from engine.runtime.recorder.record import Record
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.logins import Logins
from engine.runtime.settings.settings_file import people_before
from engine.runtime.settings.settings_found import find_settings
from engine.runtime.settings.site_settings import SiteSettings
from engine.runtime.storage.own_files import own_folders, refuse_own
from engine.runtime.supervisor import ErrorBook, Supervisor
from engine.runtime.troubles import Troubles
from engine.vision.models import ModelStore
from engine.vision.tracking import Tracker


class Basis:
    """A site's folder with its settings, secrets and record, and what every side starts threads, enters observations and tells troubles by.

    Attributes:
        environment: the variables of this run. ages: the time, for what goes by its age. placement: where models run.

    Raises (constructor):
        InputError: the settings file or a variable is broken. EnvironmentFault: folder, database. The record is opened last.
    """

    def __init__(
        self, data: DataFolder, clock: SystemClock, models: ModelStore, added: CommandLineSettings, environment: Mapping[str, str]
    ) -> None:
        self.data, self.clock, self.models, self.environment = data, clock, models, environment
        self.errors = ErrorBook(clock)
        self.troubles = Troubles(self.errors)
        self.supervisor = Supervisor(self.errors)
        self.jobs = Jobs(self.errors, clock)
        self.mailbox = Mailbox()
        self.secrets = SecretStore(data.path)
        self.secrets.mend(self.troubles.of("secrets file").tell)
        self.logins = Logins(self.secrets)
        people = people_before(data.settings)
        found = find_settings(data)
        self.troubles.tell("settings", found.trouble or None)
        settings = first_settings(found.settings, added)
        self._keep_logins(added)
        self.settings = SiteSettings(data.settings, settings)
        self.placement = Placement(settings.detection)
        models.door = self.placement
        self._left_out = settings.capabilities.left_out
        troubled, backups = self.troubles.of("store"), settings.upkeep.backup_folder
        self.record = Record(data, clock, self._make_pipeline, troubled, backups)
        self.ages = AgeClock(clock, self.record.journal.last_ns)
        try:
            self._keep_first((*people, *first_people(settings, added)))
        except BaseException:
            self.record.close()
            raise

    @property
    def left_out(self) -> frozenset[Capability]:
        """What this run does without."""
        return self._left_out

    def _make_pipeline(self) -> Pipeline:
        return Pipeline(Tracker, self.errors.bug, left_out=self._left_out)

    @property
    def own_folders(self) -> tuple[Path, ...]:
        """Where the site keeps what it recorded, which no camera reads."""
        return own_folders(self.data.path, self.settings.now())

    def judge(self, path: Path) -> None:
        """Of a file that a camera is about to open. Raises InputError: it is one that the site itself keeps."""
        refuse_own(self.own_folders, path)

    def _keep_logins(self, added: CommandLineSettings) -> None:
        logins = dict(added.credentials)
        for camera in added.cameras:
            if camera.id in logins:
                self.logins.put(camera, logins[camera.id])

    def _keep_first(self, people: tuple[Person, ...]) -> None:
        """The settings of now; and who was in them before the record knew people, or is on the demo site, in the record first."""
        store, now_ns = self.record.store, self.clock.now_ns()
        known = {person.id for person in store.roster().persons}
        new = {person.id: replace(person, created_ns=now_ns) for person in people if person.id not in known}
        if new:
            store.save(tuple(new.values()))
        self.settings.save()
