"""Every dialog there is as it opens, for the gallery. Their further states are with the pages that open them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from tests.console.every_dialog import MAKERS, Stage


class DialogsGallery:
    _scratch: Path
    save: Callable[[QWidget, str], None]

    def show_dialogs(self) -> None:
        for kind, make in MAKERS.items():
            stage = Stage(self._scratch)
            dialog = make(stage)
            dialog.show()
            self.save(dialog, f"dialog-{kind.__name__}")
            dialog.done(0)
            dialog.deleteLater()
            stage.close()
