"""The System page for the gallery: all of it, with something wrong, and its dialogs."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.model.health import CameraState
from engine.model.upkeep import Restored, UpkeepView
from tests.fakes.engine import FakeEngine

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from console.window import MainWindow


class SystemGallery:
    window: "Callable[..., MainWindow]"
    save: "Callable[[QWidget, str], None]"

    def show_upkeep(self) -> None:
        from console.dialogs.upkeep.backups import BackupsDialog
        from console.dialogs.upkeep.import_settings import ImportSettingsDialog
        from console.dialogs.upkeep.retention import RetentionDialog
        from console.dialogs.upkeep.tidy import TidyDialog
        from console.pages.system.system import SystemPage
        from tests.console.gallery import settle, wait
        from tests.console.gallery_sites import site

        engine: FakeEngine = site()
        with engine.running():
            window = self.window(engine)
            window.show_page("system")
            page = window.page("system")
            assert isinstance(page, SystemPage)
            wait(lambda: page.upkeep.view == engine.upkeep.view)
            settle(1)
            window.resize(1280, 2300)
            settle(1)
            self.save(window, "system-upkeep")
            engine.set_state("gate", CameraState.LOST, "The camera refuses this login (401).")
            engine.upkeep.view = wrong(engine.upkeep.view, engine.now_ns)
            page.upkeep._ask_soon()
            wait(lambda: len(page.help.texts()) > 1)
            settle(1)
            self.save(window, "system-upkeep-wrong")
            window.resize(1024, 640)
            settle(0.5)
            self.save(window, "system-upkeep-small")
            for name, dialog in (
                ("backups", BackupsDialog(page._bridge, page)),
                ("retention", RetentionDialog(page._bridge, page)),
                ("tidy", TidyDialog(page._bridge, page)),
                ("import-settings", ImportSettingsDialog(page._bridge, "harbour.toml", "", page)),
            ):
                dialog.open()
                settle(0.7)
                self.save(dialog, name)
                dialog.close()
            window.close()


def wrong(view: UpkeepView, now_ns: int) -> UpkeepView:
    restored = Restored(now_ns - 600 * 10**9, "", "damaged/20260630T101112Z", "b1", now_ns - 4000 * 10**9, 812, True)
    trouble = "The folder /mnt/backups for backups cannot be reached. Connect its disk."
    return replace(view, restored=restored, backup_trouble=trouble, disk=replace(view.disk, free_bytes=1 << 30, days_left=0.6))
