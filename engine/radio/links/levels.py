"""What the links show at a tick, and what one person would make of it at each depth."""

import numpy as np

from engine.model.value_class import dataclass
from engine.radio import kernels
from engine.radio.kernels import Array, Bins, Depths, Pair
from engine.radio.links.doppler import reporting_links

Shade = Pair
"""What somebody makes of the links: distribution functions (L,) above and below the level that each shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What the links show at a tick, all (L,): bins of level, the same only where the link is in motion, how much each link counts,
    distribution functions of stray levels above and below both, evidence of breathing, and whether anything moves at all; `spectra`
    (L, F) of Doppler shifts, rows of 0 where a link tells none, and whether these alone show motion. `told`: 1 where it tells shifts, else
    0, and `told_share` its mean."""

    level: Bins
    moving: Bins
    weight: Array
    stray: Shade
    stray_moving: Shade
    still: Array
    active: bool
    spectra: Array
    stirred: bool
    told: Array
    told_share: float

    @classmethod
    def of(
        cls, level: Bins, moving: Bins, weight: Array, stray: Shade, stray_moving: Shade, still: Array, spectra: Array, stirred: bool
    ) -> "Levels":
        tells = reporting_links(spectra)
        active = stirred or bool(np.count_nonzero(moving))
        share = float(np.add.reduce(tells)) / len(tells) if len(tells) else 0.0
        return cls(level, moving, weight, stray, stray_moving, still, active, spectra, stirred, tells, share)

    @property
    def shifting(self) -> bool:
        """Whether something moves and at least one link tells shifts."""
        return self.active and self.told_share > 0

    def trust(self, static: float) -> Array:
        """(L,) how much the level of each link counts: `static` where a static wave stands, which tells shifts."""
        return np.where(self.told > 0, static, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What one person makes of the level that each link shows, by depth, under one law.

    Attributes:
        level: (L,) bins. law: (LEVELS + 1, DEPTHS) distribution functions of one person, as `ScatterLaw.steps` gives them.
    """

    level: Bins
    law: Array

    def ratios(self, others: Shade, weight: Array) -> Array:
        """(L, DEPTHS) what each link adds for a person at each depth, beyond what the others make of it."""
        return kernels.ratios(self.law, self.level, others, weight)

    def shade(self, depths: Depths, share: Array) -> Shade:
        """Of a cloud of spots at depths (L, V), shares (V,)."""
        return kernels.shade(self.law, self.level, depths, share)
