"""Sources that can be picked instead of typed: files, folders, USB devices, simulated cameras."""

import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TypeVarTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from console.dialogs.cameras.usb_cameras import UsbCameras
from engine.model.history.finding import FoundUsb
from widgets.icons import icon
from widgets.signals import on

A = TypeVarTuple("A")
_VIDEOS = "*.mp4 *.mkv *.avi *.mov *.ts *.m4v *.webm *.mjpeg *.h264 *.h265"


class SourceButton(QPushButton):
    """`usb`: who knows which cameras are on USB. Signals: picked(url, suggested name). search_requested(): for a camera on the network."""

    picked = Signal(str, str)
    search_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(icon("folder-open"), "", parent)
        self.usb: UsbCameras | None = None
        self._asked = 0
        self._usb_actions: list[QAction] = []
        self._before_usb: QAction | None = None
        self._look_again = QTimer(self, interval=0, singleShot=True)  # once the menu that asked for it is closed
        self._look_again.timeout.connect(self.showMenu)
        self.setText(self.tr("Ch&oose…"))
        self.setAutoDefault(False)
        self.setToolTip(self.tr("Find a camera on the network, or choose a file, a folder, a USB camera or a simulated camera"))
        menu = QMenu(self)
        on(menu.aboutToShow, self._fill_menu, menu)
        self.setMenu(menu)

    def _fill_menu(self, menu: QMenu) -> None:
        """Made anew each time: devices come and go."""
        menu.clear()
        self._add_source_action(menu, "search", self.tr("Find a camera on the network…"), self.search_requested.emit)
        self._add_source_action(menu, "film", self.tr("Video file…"), self._choose_file)
        self._add_source_action(menu, "image", self.tr("Folder of pictures…"), self._choose_folder)
        menu.addSection(self.tr("USB cameras of the engine's computer"))
        self._usb_actions = [self._add_note(menu, self.tr("Looking…"))]
        self._before_usb = menu.addSection(self.tr("Simulated"))
        for camera_id, name in simulated_cameras():
            title = self.tr("{0}, simulated").format(name)
            self._add_source_action(menu, "flask-conical", title, self.picked.emit, f"simulated:{camera_id}", name)

        if self.usb is not None:
            self._asked += 1
            asked = self._asked
            self.usb.ask(lambda found, said: self._show_usb(menu, found, said) if asked == self._asked else None)

    def _show_usb(self, menu: QMenu, found: tuple[FoundUsb, ...], said: str) -> None:
        """Instead of what stood there while the engine looked."""
        made = [
            self._add_source_action(menu, "usb", camera.name.replace("&", "&&"), self.picked.emit, camera.url, camera.name)
            for camera in found
        ]
        if not found:
            made.append(self._add_source_action(menu, "refresh-cw", self.tr("Not connected: look again"), self._look_again.start))
        if said:
            made.append(self._add_note(menu, said))
        for action in self._usb_actions:
            menu.removeAction(action)
        if self._before_usb is not None:
            menu.insertActions(self._before_usb, made)
        self._usb_actions = made

    def _add_note(self, menu: QMenu, text: str) -> QAction:
        action = QAction(icon("usb"), text, menu, enabled=False)
        menu.addAction(action)
        return action

    def _add_source_action(self, menu: QMenu, icon_name: str, text: str, act: Callable[[*A], object], *about: *A) -> QAction:
        action = QAction(icon(icon_name), text, menu)
        on(action.triggered, act, *about)
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


def simulated_cameras() -> list[tuple[str, str]]:
    """Ids and names of the demo site's cameras."""
    plan = tomllib.loads(files("resources").joinpath("demo_site.toml").read_text("utf-8"))
    return [(camera["id"], camera.get("name", camera["id"].capitalize())) for camera in plan["cameras"]]
