"""Whether a phone's strength changes as somebody's way says, or stays as it is: so a carried phone is told from one that lies about.

Two ways of telling the next reading of a scanner are held against each other, each with a level of its own that is learned (walls, bodies
and the phone's gain shift both alike): the strength changes with the distance to the presence, or it does not change. Where nobody moves
both say the same, and nothing is gained or lost. It is a sequential probability ratio (Wald, "Sequential tests of statistical hypotheses",
Annals of Mathematical Statistics 16, 1945) between two scalar Kalman filters, with Student's t in place of the normal.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from engine.model.time import SECOND
from engine.model.value_class import dataclass

MOST = 4.0  # nats, either way: who picks the phone up is believed within a few steps
MEMORY_S = 300.0  # who came without the phone has not got it for having sat down beside it
_FADING_DB = 4.0  # of one reading: advertising changes channels, bodies pass
_DRIFT_DB2_S = 0.1  # how fast a level becomes unknown
_LEVEL_DB = 10.0  # and how little is known of it at most
_FREEDOM = 4.0  # of Student's t


@dataclass(slots=True)
class _Level:
    """What a scanner hears beyond what is foretold, in dB: mean and variance."""

    mean_db: float
    variance_db2: float

    def take(self, level_db: float, spread_db2: float, passed_s: float) -> float:
        """The log density of the next reading's level, which is learned."""
        before = min(self.variance_db2 + _DRIFT_DB2_S * passed_s, _LEVEL_DB**2)
        error, both = level_db - self.mean_db, before + spread_db2
        self.mean_db += error * before / both
        self.variance_db2 = before * spread_db2 / both
        return -(_FREEDOM + 1) / 2 * math.log1p(error * error / both / _FREEDOM) - math.log(both) / 2


@dataclass(slots=True)
class _ScannerLevels:
    """Of one scanner: its level if the phone goes along, its level if it lies, and when it heard the phone last."""

    along: _Level
    lying: _Level
    at_ns: int


@dataclass(slots=True)
class Movement:
    """Of one phone and one presence. `log_ratio`: how much better going along explains its strength than lying, nats within `MOST`."""

    log_ratio: float = 0.0
    _heard: dict[str, _ScannerLevels] = field(default_factory=dict[str, _ScannerLevels])

    def forget(self, passed_s: float) -> None:
        self.log_ratio *= math.exp(-passed_s / MEMORY_S)

    def add(self, scanner: str, rssi: float, foretold_db: float, spread_db2: float, weight: float, now_ns: int) -> None:
        """Take in one reading.

        Args:
            rssi: dBm.
            foretold_db: of a phone that is with the presence, up to a constant.
            spread_db2: how sure that is.
            weight: what the reading counts for, 0–1.
        """
        lying_db2 = _FADING_DB**2
        along_db2 = lying_db2 + spread_db2
        heard = self._heard.get(scanner)
        if heard is None:
            self._heard[scanner] = _ScannerLevels(_Level(rssi - foretold_db, along_db2), _Level(rssi, lying_db2), now_ns)
            return
        passed_s, heard.at_ns = max(now_ns - heard.at_ns, 0) / SECOND, now_ns
        along = heard.along.take(rssi - foretold_db, along_db2, passed_s)
        lying = heard.lying.take(rssi, lying_db2, passed_s)
        self.log_ratio = min(max(self.log_ratio + weight * (along - lying), -MOST), MOST)

    def state(self) -> list[Any]:
        return [
            self.log_ratio,
            [
                [scanner, each.along.mean_db, each.along.variance_db2, each.lying.mean_db, each.lying.variance_db2, each.at_ns]
                for scanner, each in self._heard.items()
            ],
        ]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> "Movement":
        log_ratio, heard = state
        levels: Mapping[str, _ScannerLevels] = {
            scanner: _ScannerLevels(_Level(along, along2), _Level(lying, lying2), at_ns)
            for scanner, along, along2, lying, lying2, at_ns in heard
        }
        return cls(log_ratio, dict(levels))
