"""Path losses that are learned while the site runs, from phones whose carriers other senses locate and from tags with a known place.

Where a phone itself is said to be is never learned from: a wrong path loss would confirm itself. What is learned is a path loss for each
scanner, and above it what the floor shows beyond distance: shadowing, as a radio map from readings that nobody had to walk for.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.radio.blob import BleMatch
from engine.model.radio.path_loss import LearnedPathLoss, PooledReadings
from engine.model.radio.radio import BleDeviceView, BleSightings
from engine.model.settings import Settings
from engine.model.site import Position, ScannerCalibration
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.radio.ble.ledger import decades_on_way
from engine.radio.ble.packing import pack_numbers, unpack_numbers
from engine.radio.ble.path_loss import NEAREST_M
from engine.radio.ble.path_loss_fit import LEAST_EXPONENT, PathLossFit, PathLossRows, fit_path_losses, reading_spread
from engine.radio.ble.path_loss_readings import Key, MeanReading, PathLossReadings
from engine.radio.ble.presence import Presence

Array = npt.NDArray[np.float64]

SURE, SURE_S = 0.5, 5.0  # confidence that a phone goes with somebody, and for how long: a few wrong ones are outliers of the fit
SURE_M = 0.8  # standard deviation of where they are, per axis
FIT_EVERY_S, LEAST_NEW, LEAST_READINGS = 60.0, 60, 10  # readings: new ones of all scanners, and of one scanner
LEAST_SPREAD = 1.0  # standard deviation of 10·log10 of all distances: one place says nothing of exponents
_UNSURE = 1.2  # standard deviation of the same within one reading: who passes a scanner closely says little
_LONGEST_REPORT_S, _AGES, _DELAY_S = 5.0, (0.125, 0.375, 0.625, 0.875), 0.2
Pair = tuple[str, str]
"""Device, scanner."""


class PathLossLearner:
    """Sans-IO, deterministic; the engine thread only. A fit takes less than a tenth of a second, at most once a minute.

    `learned`: by scanner; also of scanners that an administrator calibrated, whose own values come first (`Survey`).
    """

    def __init__(self) -> None:
        self._readings = PathLossReadings()
        self._scanners: Mapping[str, Position] = {}
        self._owners: Mapping[str, str] = {}
        self._tags: Mapping[str, Position] = {}
        self._reports = _ReportIntervals()
        self._heard: dict[Pair, int] = {}  # dBm
        self._fitted_ns = 0
        self._new = 0
        self._fit = _NamedFit((), (), PathLossFit(np.zeros(0), np.zeros(0), np.zeros(0)))
        self._due: list[str] = []  # scanners whose part of the newest fit is not in force yet
        self.learned: dict[str, LearnedPathLoss] = {}

    def configure(self, settings: Settings) -> None:
        """Nothing is kept of devices that are not registered any more, or that went to somebody or somewhere else."""
        tags = {device.address: device.position for device in settings.ble_devices if device.position is not None}
        owners = {device.address: device.person_id for device in settings.ble_devices}
        changed = {
            each
            for each in self._owners.keys() & owners.keys()
            if self._owners[each] != owners[each] or self._tags.get(each) != tags.get(each)
        }
        self._owners, self._tags = owners, tags
        self._readings.keep(owners.keys() - changed)
        self._heard = {pair: rssi for pair, rssi in self._heard.items() if pair[0] in owners}

    def forget_persons(self, gone: Iterable[str]) -> None:
        """Nothing is kept of where their phones were."""
        erased = set(gone)
        if erased:
            self._readings.keep({device for device, owner in self._owners.items() if owner not in erased})

    def place(self, scanners: Mapping[str, Position]) -> bool:
        """Where scanners stand, metres. Whether something that was learned of one does not hold any more, as it was moved."""
        self._scanners = scanners
        moved = self._readings.place(scanners)
        self._due = [scanner for scanner in self._due if scanner not in moved]
        stale = moved & self.learned.keys()
        for scanner in stale:
            del self.learned[scanner]
        return bool(stale)

    def take(self, report: BleSightings) -> None:
        self._reports.take(report.scanner, report.occurred_ns)

    def step(
        self, now_ns: int, presences: Sequence[Presence], devices: Sequence[BleDeviceView], carried: Mapping[str, BleMatch]
    ) -> Sequence[str]:
        """Scanners of which something new was learned. `carried`: whose phone goes with which presence, by its id."""
        carriers = {match.device: by_id for by_id, match in carried.items() if _goes_along(match, now_ns)}
        places = {presence.id: presence for presence in presences}
        for device in devices:
            if device.device in self._tags:
                self._take_tag(device)
            elif device.device in self._owners:
                presence = places.get(carriers.get(device.device, ""))
                self._take_carried(now_ns, device, presence if presence is not None and _is_sure(presence) else None)
        if self._new >= LEAST_NEW and now_ns - self._fitted_ns >= FIT_EVERY_S * SECOND:
            self._fit_all(now_ns)
        return self._put_in_force()

    def state(self) -> dict[str, Any]:
        return {
            "readings": self._readings.state(),
            "reports": self._reports.state(),
            "heard": [[*pair, rssi] for pair, rssi in self._heard.items()],
            "fitted_ns": self._fitted_ns,
            "new": self._new,
            "fit": self._fit.state(),
            "due": list(self._due),
            "learned": [_learned_state(each) for each in self.learned.values()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._readings.restore(state["readings"])
        self._reports.restore(state["reports"])
        self._heard = {(device, scanner): int(rssi) for device, scanner, rssi in state["heard"]}
        self._fitted_ns, self._new = int(state["fitted_ns"]), int(state["new"])
        self._fit = _NamedFit.restored(state["fit"])
        self._due = [str(scanner) for scanner in state["due"]]
        found = (_restored(each) for each in state["learned"])
        self.learned = {each.loss.scanner: each for each in found if each is not None}

    def _take_tag(self, tag: BleDeviceView) -> None:
        place = self._tags[tag.device]
        for scanner, rssi in self._changed(tag):
            away = max(math.dist(self._scanners[scanner], place), NEAREST_M)
            self._add(scanner, tag.device, rssi, 10 * math.log10(away), (place[0], place[1]))

    def _take_carried(self, now_ns: int, phone: BleDeviceView, presence: Presence | None) -> None:
        """Also where nobody carries it: what was heard before somebody did is not what is heard of them."""
        for scanner, rssi in self._changed(phone):
            if presence is None:
                continue
            ages_s = self._reports.ages_s(scanner)
            decades, unsure, place = decades_on_way(now_ns, presence, self._scanners[scanner], ages_s)
            if unsure <= _UNSURE:
                self._add(scanner, phone.device, rssi, decades, place)

    def _changed(self, device: BleDeviceView) -> Iterator[tuple[str, int]]:
        """By scanners with a place, where the strength differs from the one before: nodes repeat old ones."""
        for scanner, rssi in device.heard:
            if scanner in self._scanners and self._heard.get((device.device, scanner)) != rssi:
                self._heard[device.device, scanner] = rssi
                yield scanner, rssi

    def _add(self, scanner: str, device: str, rssi: int, decades: float, place: tuple[float, float]) -> None:
        self._readings.add(scanner, device, float(rssi), decades, place)
        self._new += 1

    def _fit_all(self, now_ns: int) -> None:
        self._fitted_ns, self._new = now_ns, 0
        keys = list(self._readings.means)
        scanners, devices = tuple(sorted({key[0] for key in keys})), tuple(sorted({key[1] for key in keys}))
        rows = _rows(keys, list(self._readings.means.values()), scanners, devices)
        if not keys or _spread(rows) < LEAST_SPREAD:
            return
        fit = fit_path_losses(rows, len(scanners), len(devices))
        if np.median(fit.exponent) > LEAST_EXPONENT:  # otherwise strength has nothing to do with distance: phones were taken for others
            self._fit, self._due = _NamedFit(scanners, devices, fit), list(scanners)

    def _put_in_force(self) -> Sequence[str]:
        """One scanner at a step, as a radio map takes long to draw."""
        while self._due:
            scanner = self._due.pop(0)
            found = self._learn(scanner)
            if found is not None:
                self.learned[scanner] = found
                return (scanner,)
        return ()

    def _learn(self, scanner: str) -> LearnedPathLoss | None:
        """None where too little was heard."""
        kept = [(key, mean) for key, mean in self._readings.means.items() if key[0] == scanner and key[1] in self._fit.devices]
        if not kept:
            return None
        keys, means = [key for key, _ in kept], [mean for _, mean in kept]
        rows = _rows(keys, means, self._fit.scanners, self._fit.devices)
        readings = float(rows.count.sum())
        if readings < LEAST_READINGS:
            return None
        rest = self._fit.fit.residuals(rows)
        within, sigma = reading_spread(rest, rows.count, sum(mean.squares for mean in means))
        row = self._fit.scanners.index(scanner)
        loss = ScannerCalibration(
            scanner, power_dbm=float(self._fit.fit.power_dbm[row]), exponent=float(self._fit.fit.exponent[row]), sigma_db=sigma
        )
        walked = np.array([key[1] not in self._tags for key in keys])
        xy = np.array([(mean.x, mean.y) for mean in means])
        return LearnedPathLoss(loss, round(readings), PooledReadings(xy[walked], rest[walked], rows.count[walked], within))


class _ReportIntervals:
    """How old what a scanner reports is: nodes report every five seconds what they heard at some time in between."""

    def __init__(self) -> None:
        self._reported: dict[str, tuple[int, int]] = {}  # the last report, and the one before, by scanner

    def take(self, scanner: str, at_ns: int) -> None:
        last_ns, before_ns = self._reported.get(scanner, (0, 0))
        self._reported[scanner] = (at_ns, last_ns if at_ns > last_ns else before_ns)

    def ages_s(self, scanner: str) -> Sequence[float]:
        last_ns, before_ns = self._reported.get(scanner, (0, 0))
        passed_s = min(max(last_ns - before_ns, 0) / SECOND, _LONGEST_REPORT_S)
        return tuple(_DELAY_S + share * passed_s for share in _AGES)

    def state(self) -> list[list[Any]]:
        return [[scanner, *times] for scanner, times in self._reported.items()]

    def restore(self, state: Iterable[Sequence[Any]]) -> None:
        self._reported = {str(scanner): (int(last_ns), int(before_ns)) for scanner, last_ns, before_ns in state}


@dataclass(frozen=True, slots=True, eq=False)
class _NamedFit:
    scanners: tuple[str, ...]
    devices: tuple[str, ...]
    fit: PathLossFit

    def state(self) -> dict[str, Any]:
        fit = self.fit
        values = {"power_dbm": fit.power_dbm.tolist(), "exponent": fit.exponent.tolist(), "gain_db": fit.gain_db.tolist()}
        return {"scanners": list(self.scanners), "devices": list(self.devices), **values}

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "_NamedFit":
        values = [np.array(state[name], np.float64) for name in ("power_dbm", "exponent", "gain_db")]
        return cls(tuple(state["scanners"]), tuple(state["devices"]), PathLossFit(*values))


def _goes_along(match: BleMatch, now_ns: int) -> bool:
    return match.confidence >= SURE and now_ns - match.since_ns >= SURE_S * SECOND


def _is_sure(presence: Presence) -> bool:
    return max(presence.covariance[0][0], presence.covariance[1][1]) <= SURE_M**2


def _rows(keys: Sequence[Key], means: Sequence[MeanReading], scanners: Sequence[str], devices: Sequence[str]) -> PathLossRows:
    scanner_rows, device_rows = ({name: row for row, name in enumerate(names)} for names in (scanners, devices))
    return PathLossRows(
        scanner=np.array([scanner_rows[key[0]] for key in keys], np.int64),
        device=np.array([device_rows[key[1]] for key in keys], np.int64),
        decades=np.array([mean.decades for mean in means]),
        rssi=np.array([mean.rssi for mean in means]),
        count=np.array([mean.count for mean in means]),
    )


def _spread(rows: PathLossRows) -> float:
    mean = float(rows.decades @ rows.count / rows.count.sum())
    return math.sqrt(float(rows.count @ (rows.decades - mean) ** 2 / rows.count.sum()))


def _learned_state(learned: LearnedPathLoss) -> dict[str, Any]:
    loss, shadowing = learned.loss, learned.shadowing
    return {
        "loss": [loss.scanner, loss.power_dbm, loss.exponent, loss.sigma_db],
        "readings": learned.readings,
        "spread_db2": shadowing.spread_db2,
        "places": len(shadowing.rssi),
        "shadowing": pack_numbers(np.column_stack([shadowing.xy, shadowing.rssi, shadowing.count])),
    }


def _restored(state: Mapping[str, Any]) -> LearnedPathLoss | None:
    table = unpack_numbers(state["shadowing"], (int(state["places"]), 4))
    if table is None:
        return None
    scanner, power_dbm, exponent, sigma_db = state["loss"]
    shadowing = PooledReadings(table[:, :2], table[:, 2], table[:, 3], float(state["spread_db2"]))
    return LearnedPathLoss(ScannerCalibration(scanner, power_dbm, exponent, sigma_db), int(state["readings"]), shadowing)
