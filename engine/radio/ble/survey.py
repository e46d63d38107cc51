"""The scanners and the floor, and the signal map that follows from them."""

import json
from collections.abc import Mapping

from engine.model.radio.radio import LOCAL_SCANNER
from engine.model.settings import Settings
from engine.model.site import Position, ScannerCalibration
from engine.radio.ble.cells import Area, FloorCells, area_of
from engine.radio.ble.signal_map import SignalMap, path_loss_map


class Survey:
    """Draws the map again when something about it has changed. `key` tells maps apart; it is plain text and outlives a restart."""

    def __init__(self) -> None:
        self._calibrations: dict[str, ScannerCalibration] = {}
        self._extent: Area | None = None
        self._local: Position | None = None
        self.nodes: dict[str, Position] = {}
        self.signals: SignalMap | None = None
        self.key = ""

    @property
    def scanners(self) -> dict[str, Position]:
        """All that have a place, the machine's own adapter among them."""
        return self.nodes if self._local is None else {**self.nodes, LOCAL_SCANNER: self._local}

    def configure(self, settings: Settings) -> bool:
        """Whether the map has changed."""
        self._calibrations = {each.scanner: each for each in settings.radio.calibrations}
        self._extent = settings.floor.extent
        self._local = settings.radio.scanner_position if settings.radio.scan_ble else None
        return self._draw()

    def place(self, nodes: Mapping[str, Position]) -> bool:
        self.nodes = dict(sorted(nodes.items()))
        return self._draw()

    def _draw(self) -> bool:
        scanners = self.scanners
        losses = [(each.scanner, each.power_dbm, each.exponent, each.sigma_db) for each in self._calibrations.values()]
        key = json.dumps([list(scanners.items()), self._extent, sorted(losses)])
        if key == self.key:
            return False
        self.key = key
        area = area_of(scanners.values(), self._extent) if scanners else None
        self.signals = None if area is None else path_loss_map(FloorCells.over(area), scanners, self._calibrations)
        return True
