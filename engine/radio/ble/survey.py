"""The scanners and the floor, and the signal map that follows from them."""

import json
from collections.abc import Mapping, Sequence

from engine.model.radio.path_loss import LearnedPathLoss
from engine.model.radio.radio import LOCAL_SCANNER
from engine.model.settings import Settings
from engine.model.site import Position, ScannerCalibration
from engine.radio.ble.cells import Area, FloorCells, area_of
from engine.radio.ble.fingerprints import shadowing_surface
from engine.radio.ble.signal_map import SignalMap, path_loss_map, with_shadowing


class Survey:
    """Draws the map again when something about it has changed.

    `key` tells maps apart over which beliefs differ in shape or in what an administrator said; it is plain text and outlives a restart.
    What was learned is no part of it: a belief goes on over the better map.
    """

    def __init__(self) -> None:
        self._calibrations: dict[str, ScannerCalibration] = {}
        self._extent: Area | None = None
        self._local: Position | None = None
        self._learned: dict[str, LearnedPathLoss] = {}
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

    def learn(self, learned: Mapping[str, LearnedPathLoss], changed: Sequence[str]) -> bool:
        """Whether the map has another path loss or shadowing of the scanners that `changed`. What an administrator calibrated stays."""
        self._learned = dict(learned)
        changed = [scanner for scanner in changed if scanner not in self._calibrations and scanner in self.scanners]
        if self.signals is None or not changed:
            return False
        plain = path_loss_map(self.signals.cells, {each: self.scanners[each] for each in changed}, self._known_losses())
        self.signals = self.signals.replaced(self._shadowed(plain))
        return True

    def _known_losses(self) -> dict[str, ScannerCalibration]:
        return {scanner: learned.loss for scanner, learned in self._learned.items()} | self._calibrations

    def _shadowed(self, signals: SignalMap) -> SignalMap:
        spots = signals.cells.centers()
        for scanner in signals.scanners:
            learned = self._learned.get(scanner)
            if learned is not None and scanner not in self._calibrations and len(learned.shadowing.rssi):
                signals = with_shadowing(signals, scanner, *shadowing_surface(learned.shadowing, spots))
        return signals

    def _draw(self) -> bool:
        scanners = self.scanners
        losses = [(each.scanner, each.power_dbm, each.exponent, each.sigma_db) for each in self._calibrations.values()]
        key = json.dumps([list(scanners.items()), self._extent, sorted(losses)])
        if key == self.key:
            return False
        self.key = key
        area = area_of(scanners.values(), self._extent) if scanners else None
        self.signals = None if area is None else self._shadowed(path_loss_map(FloorCells.over(area), scanners, self._known_losses()))
        return True
