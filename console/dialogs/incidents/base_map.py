"""The base map: a file with streets, or a map service."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.maps.map_tiles import refusal_text
from console.maps.tile_calls import check_service
from engine.model.command import ChangeSettings, Command
from engine.model.errors import InputError, WatchroomError
from engine.model.risk.map_settings import MapSettings
from engine.runtime.maps.map_file import check_map_file
from engine.runtime.outbound.outward import AddressRefused
from widgets.engine_text import translate_engine_text
from widgets.fields.form import Field
from widgets.signals import on
from widgets.translation import tr


class BaseMapDialog(SavingDialog):
    """For administrators."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        lead = tr(
            "All maps have coast lines, borders and towns, without any connection. A map file adds streets. A map service does so too, but "
            "learns which places are looked at; mind its terms: most public services forbid heavy use."
        )
        super().__init__(bridge, tr("Base map"), lead, width=600, parent=parent)
        before = bridge.snapshot.settings.map if bridge.snapshot is not None else MapSettings()
        self._before = before
        self._add_file()
        example = "https://tiles.example.org/{z}/{x}/{y}.png"
        hint = self.tr("With {z}, {x} and {y}. Used where no map file is set")
        self.fields.add_field("tile_url", Field(self.tr("&Map service, address of its tiles"), url_trouble, hint, example))
        self.fields.add_field(
            "attribution", Field(self.tr("A&ttribution of the map service"), None, self.tr("Text that it requires on the map"))
        )
        for name in ("file", "tile_url", "attribution"):
            self.fields.field(name).set_value(getattr(before, name))
        self.private = QCheckBox(self.tr("Allow a map service in your &own network"))
        self.private.setChecked(before.allow_private)
        on(self.private.toggled, self.fields.field("tile_url").show_error, "")
        self.body.addWidget(self.fields)
        self.body.addWidget(self.private)
        self.add_save(self.tr("&Save"))

    def _add_file(self) -> None:
        hint = self.tr("MBTiles or PMTiles, with pictures or vector tiles; at the same path on each computer with a console")
        self.fields.add_field("file", Field(self.tr("Map &file"), file_trouble, hint, "/srv/maps/town.pmtiles"))
        self.browse = QPushButton(self.tr("&Browse…"))
        self.browse.clicked.connect(self._choose_file)
        self.fields.field("file").add_beside(self.browse)

    def _choose_file(self) -> None:
        kinds = self.tr("Map files") + " (*.mbtiles *.pmtiles)"
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Map file"), self.fields.field("file").value(), kinds)
        if chosen:
            self.fields.field("file").set_value(chosen)

    def map_settings(self) -> MapSettings:
        file, url, said = (self.fields.field(name).value().strip() for name in ("file", "tile_url", "attribution"))
        return replace(self._before, file=file, tile_url=url, attribution=said, allow_private=self.private.isChecked())

    def command(self) -> ChangeSettings:
        return ChangeSettings(map=self.map_settings())

    def tell(self, command: Command, then: Callable[[str], None]) -> None:
        """Once the file was read, and it is known that this console may ask the service; every tile is judged again when it is used."""
        settings, save = self.map_settings(), super().tell
        if not settings.tile_url and not settings.file:
            save(command, then)
            return
        self.set_busy(True)
        self.bridge.fetch(partial(_check, settings), lambda _: save(command, then), self.show_refusal, owner=self)

    def show_refusal(self, error: WatchroomError) -> None:
        self.set_busy(False)
        if isinstance(error, AddressRefused):
            self.fields.show_error("tile_url", refusal_text(error))
        elif isinstance(error, InputError) and error.field == "file":
            self.fields.show_error("file", translate_engine_text(error.message))
        else:
            super().show_refusal(error)


def _check(settings: MapSettings) -> None:
    """On a worker thread."""
    if settings.file:
        check_map_file(Path(settings.file))
    if settings.tile_url:
        check_service(settings)


def url_trouble(text: str) -> str:
    return _trouble(text, "")


def file_trouble(text: str) -> str:
    return _trouble("", text)


def _trouble(url: str, file: str) -> str:
    try:
        MapSettings(url.strip(), file=file.strip())
    except InputError as error:
        return tr("It {0}").format(f"{translate_engine_text(error.message)}.")
    return ""
