"""A site of a hub as `north`, and a spare that stands by for it, each a process that can be killed."""

from contextlib import ExitStack
from pathlib import Path

from engine.gateway.hub.joining import join
from engine.model.settings import Settings
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.settings_file import load_settings
from engine.runtime.storage.upgrading import open_beside
from engine.store.shared.record import SharedRecord
from tests.fakes.engine_process import EngineProcess
from tests.fakes.small_site import small_site_by_network
from tests.fakes.spare_process import SpareProcess
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub

NORTH, STANDS_IN = "north", "north--spare-1"


class SiteWithSpare:
    """A site of the hub, and a spare that it allows and that stands by for it."""

    def __init__(self, folder: Path, hub: WholeHub, record: SharedRecord, stack: ExitStack, demo: bool = False) -> None:
        """`demo`: with the cameras of the demo site in place of two that cost next to nothing."""
        self.folder, self._hub, self._record = folder / "site", hub, record
        self._options = ("--demo",) if demo else ()
        if not demo:
            stack.enter_context(small_site_by_network(self.folder))
        self.engine = EngineProcess(self.folder, *self._options)
        self.is_up = True
        stack.callback(self._end)
        self._join()
        self.spare = SpareProcess(folder / "spare", hub)
        stack.callback(self.spare.stop)
        self.spare.allow_by(self.folder)
        self.spare.start()
        until(lambda: "standing by for north" in self.spare.log, "the spare stands by")

    def _join(self) -> None:
        store = open_beside(DataFolder(self.folder), SystemClock())
        try:
            join(self.folder, store, self._hub.url, self._hub.hub.enrolment.new_code(NORTH, "North gate"))
        finally:
            store.close()

    def _end(self) -> None:
        if self.is_up:
            self.engine.stop()

    def kill(self) -> None:
        self.engine.kill()
        self.is_up = False

    def start_again(self) -> None:
        self.engine = EngineProcess(self.folder, *self._options)
        self.is_up = True

    def stands(self) -> bool:
        found = next((site for site in self._record.sites() if site.key == STANDS_IN), None)
        return found is not None and found.standing_ns is not None

    def pictures(self) -> int:
        """Of all cameras of the site's own engine, so far."""
        return sum(camera["pictures"] for camera in self.engine.get("/api/v1/cameras"))

    def stand_in_settings(self) -> Settings:
        """As the spare's engine for this site has them on its disk."""
        return load_settings(DataFolder(self.spare.folder.site_folder(NORTH)).settings)
