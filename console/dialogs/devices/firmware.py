"""Add a firmware image: choose the file, see what it is, give its version."""

import base64
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.devices.firmware_image import FirmwareImage, read_image
from console.dialogs.saving import SavingDialog
from engine.model.command import AddFirmware
from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field
from widgets.icons import icon
from widgets.marks.notice import Notice
from widgets.size_text import size_text
from widgets.translation import tr

_LONGEST_VERSION = 31  # characters that a node takes
_UNUSUAL_BYTES = 16 << 20  # no image is as large: do not even read it


class FirmwareDialog(SavingDialog):
    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Add firmware"), tr("The image is stored; nothing is installed yet."), width=520, parent=parent)
        self._known = {item.version for item in bridge.snapshot.radio.firmware} if bridge.snapshot is not None else set[str]()
        self._data = b""
        self.choose = QPushButton(icon("folder-open"), self.tr("Choose &file…"))
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose_file)
        self.found = Notice()
        self.file = self.fields.add_field("file", Field(self.tr("File"), self._file_trouble, placeholder=self.tr("firmware.bin")))
        self.file.add_beside(self.choose)
        self.version = self.fields.add_field("version", Field(self.tr("&Version"), self._version_trouble))
        self.file.edit().editingFinished.connect(lambda: self.take(self.file.value()))
        self.body.addWidget(self.fields)
        self.body.addWidget(self.found)
        self.add_save(self.tr("&Add firmware"))

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Firmware image"), "", self.tr("Firmware images (*.bin);;All files (*)"))
        if path:
            self.file.set_value(path)
            self.take(path)

    def take(self, path: str) -> None:
        """Read the file on a worker, and show what it is."""
        if path.strip():
            self.bridge.fetch(lambda: _read_image(Path(path.strip())), self._show_image, self._unreadable, owner=self)

    def _show_image(self, read: tuple[bytes, FirmwareImage]) -> None:
        self._data, image = read
        facts = (size_text(image.size_bytes), image.chip, image.project, image.version)
        self.found.set_notice(" · ".join(fact for fact in facts if fact), "good")
        if not self.version.value().strip() and image.version:
            self.version.set_value(image.version)
        self.file.revalidate()
        self.refresh()

    def _unreadable(self, error: WatchroomError) -> None:
        self._data = b""
        self.found.set_notice("")
        self.file.show_error(translate_engine_text(error.message if isinstance(error, InputError) else str(error)))
        self.refresh()

    def _file_trouble(self, text: str) -> str:
        return "" if text.strip() else self.tr("Choose the image's .bin file.")

    def _version_trouble(self, text: str) -> str:
        version = text.strip()
        if not version:
            return self.tr("Enter the version as the nodes report it.")
        if len(version) > _LONGEST_VERSION or not version.isascii() or not version.isprintable() or " " in version:
            return self.tr("Use at most {0} letters, digits, dots and dashes.").format(_LONGEST_VERSION)
        return self.tr("Version {0} is already here.").format(version) if version in self._known else ""

    def is_valid(self) -> bool:
        return super().is_valid() and bool(self._data)

    def command(self) -> AddFirmware:
        return AddFirmware(self.version.value().strip(), base64.b64encode(self._data).decode("ascii"))


def _read_image(path: Path) -> tuple[bytes, FirmwareImage]:
    """Worker thread. Raises EnvironmentFault where it cannot be read, InputError where it is no image."""
    try:
        if path.stat().st_size > _UNUSUAL_BYTES:
            raise InputError("data", tr("This file is far too large for a firmware image."))
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault("unreadable", tr("The file cannot be read ({0}). Choose another one.").format(error.strerror)) from None
    return data, read_image(data)
