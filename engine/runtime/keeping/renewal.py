"""A record that is found to be damaged while the engine runs: a start puts it together again, so the engine has to be started anew."""

import logging
import threading
from collections.abc import Callable

from engine.model.errors import EnvironmentFault
from engine.model.time import Clock, to_iso
from engine.model.upkeep import Backup
from engine.runtime.data_folder import DataFolder
from engine.runtime.ports import SettingsSource, Trouble
from engine.runtime.storage.backup_folder import BackupFolder
from engine.runtime.storage.restore import ask_for_sound

log = logging.getLogger(__name__)

LOOK_S = 1.0
AGAIN_S = 300.0  # copies are read as a whole, and one may come back with its disk
GOES_ON = "The live view, detection and alerts go on, and what happens is kept in memory only."
ANEW = (
    "Start Watchroom anew: it then puts the record together again from the backup of {0} UTC and the log of what happened since, which"
    " may take some minutes."
)
NO_COPY = (
    "There is no sound backup, so that Watchroom would not start again like this. Export the settings and copy the data folder to another"
    " disk before you end it."
)


class Renewal:
    """Any thread. `run` is for a thread of its own.

    Args:
        damage: what was found to be wrong with the record in use; empty: nothing. trouble: a sentence for whoever runs the site.

    Attributes:
        wanted: set once the next start is sure to put the record together again. Whoever started the engine starts it anew then, or asks.
        asked: set by whoever says that it is to be now.
    """

    def __init__(self, data: DataFolder, clock: Clock, settings: SettingsSource, damage: Callable[[], str], trouble: Trouble) -> None:
        self._data, self._clock, self._settings, self._damage, self._trouble = data, clock, settings, damage, trouble
        self.wanted, self.asked = threading.Event(), threading.Event()

    def run(self, stopping: threading.Event) -> None:
        """Until the engine stops, or has to be started anew."""
        pause_s = LOOK_S
        while not self.wanted.is_set() and not stopping.wait(pause_s):
            pause_s = AGAIN_S if self.look() else LOOK_S

    def look(self) -> bool:
        """Whether the record is damaged. Raises EnvironmentFault."""
        found = self._damage()
        if not found:
            return False
        log.error("%s", found)
        copy = self._asked_for(found)
        told = NO_COPY if copy is None else ANEW.format(to_iso(copy.made_ns)[:16].replace("T", " "))
        self._trouble.tell(f"{found} {GOES_ON} {told}")
        if copy is not None:
            self.wanted.set()
        return True

    def _asked_for(self, why: str) -> Backup | None:
        chosen = self._settings.now().upkeep.backup_folder
        folders = [BackupFolder(self._data.path), *([BackupFolder(self._data.path, chosen)] if chosen else [])]
        try:
            return ask_for_sound(self._data, self._clock, why, folders)
        except EnvironmentFault as fault:  # a disk that is full, say
            log.warning("%s", fault)
            return None
