"""Sources that can be picked instead of typed: files, folders, USB devices, simulated cameras."""

import re
import sys
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from widgets.icons import icon

_VIDEOS = "*.mp4 *.mkv *.avi *.mov *.ts *.m4v *.webm *.mjpeg *.h264 *.h265"


class SourceButton(QPushButton):
    """Signals: picked(url, suggested name). search_requested(): for a camera on the network."""

    picked = Signal(str, str)
    search_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(icon("folder-open"), "", parent)
        self.setText(self.tr("&Choose…"))
        self.setAutoDefault(False)
        self.setToolTip(self.tr("Find a camera on the network, or choose a file, a folder, a USB camera or a simulated camera"))
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.setMenu(menu)

    def _fill(self, menu: QMenu) -> None:
        """Made anew each time: devices come and go."""
        menu.clear()
        self._add(menu, "search", self.tr("Find a camera on the network…"), self.search_requested.emit)
        self._add(menu, "film", self.tr("Video file…"), self._choose_file)
        self._add(menu, "image", self.tr("Folder of pictures…"), self._choose_folder)
        menu.addSection(self.tr("USB cameras on this computer"))
        for number, name in usb_cameras():
            self._add(menu, "usb", name, lambda number=number, name=name: self.picked.emit(f"usb:{number}", name))
        if not usb_cameras():
            self._add(menu, "usb", self.tr("None found"), lambda: None).setEnabled(False)
        menu.addSection(self.tr("Simulated"))
        for camera_id, name in simulated_cameras():
            self._add(menu, "flask-conical", name, lambda i=camera_id, name=name: self.picked.emit(f"simulated:{i}", name))

    def _add(self, menu: QMenu, icon_name: str, text: str, act: Callable[[], object]) -> QAction:
        action = QAction(icon(icon_name), text, menu)
        action.triggered.connect(act)
        menu.addAction(action)
        return action

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Video file"), filter=self.tr("Videos ({0});;All files (*)").format(_VIDEOS))
        if path:
            self.picked.emit(path, Path(path).stem)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder of pictures"))
        if path:
            self.picked.emit(f"folder:{path}", Path(path).name)


def usb_cameras() -> list[tuple[int, str]]:
    """Numbers and names of the capture devices here. On Linux those that exist; elsewhere the first four, since asking would open them."""
    if sys.platform != "linux":
        return [(number, f"USB camera {number}") for number in range(4)]
    found: list[tuple[int, str]] = []
    for device in Path("/sys/class/video4linux").glob("video*"):
        number = int(re.sub(r"\D", "", device.name) or 0)
        name = (device / "name").read_text(errors="replace").strip() if (device / "name").is_file() else device.name
        found.append((number, f"{name} ({number})"))
    return sorted(found)


def simulated_cameras() -> list[tuple[str, str]]:
    """Ids and names of the demo site's cameras."""
    plan = tomllib.loads(files("resources").joinpath("demo_site.toml").read_text("utf-8"))
    return [(camera["id"], camera.get("name", camera["id"].capitalize())) for camera in plan["cameras"]]
