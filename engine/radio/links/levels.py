"""What the links show at a tick, and what one person would make of it at each depth."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.radio.links.doppler import reporting_links
from engine.radio.location.likelihood import DEPTHS, Array, Bins, over_links, ratios

Shade = tuple[Array, Array]
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


class Reading:
    """What one person makes of the level that each link shows, by depth, under one law. Looked up once for all who are asked about.

    Attributes:
        above, below: (L, DEPTHS) distribution functions of one person above and below the level. entries: 0, DEPTHS … for each link, so
        that the flat table is read by depth + entry.
    """

    def __init__(self, level: Bins, law: Array) -> None:
        """`level` (L,) bins. `law` (DEPTHS, LEVELS + 1) distribution functions of one person, as `steps_of` gives them."""
        self.above = np.ascontiguousarray(law.take(level + 1, axis=1).T)
        self.below = np.ascontiguousarray(law.take(level, axis=1).T)
        self.entries = np.arange(len(level)) * DEPTHS

    def ratios(self, others: Shade, weight: Array) -> Array:
        """(L, DEPTHS) what each link adds for a person at each depth, beyond what the others make of it; see `likelihood.ratios`."""
        return ratios(self.above, self.below, others, weight)

    def at(self, table: Array, depths: Bins) -> Array:
        """(V, L) a table (L, DEPTHS) at depths (V, L)."""
        return table.ravel().take(depths + self.entries)

    def total(self, table: Array, depths: Bins) -> Array:
        """(V,) the same, added up over links."""
        return over_links(table.ravel().take(depths.T + self.entries[:, None]))

    def shade(self, depths: Bins, share: Array) -> Shade:
        """Of a cloud of spots at depths (V, L), shares (V,)."""
        places = depths + self.entries
        return share @ self.above.ravel().take(places), share @ self.below.ravel().take(places)


def together(stray: Shade, shades: Iterable[Shade]) -> Shade:
    """Distribution functions of the greatest of all."""
    above, below = stray
    for one, other in shades:
        above, below = above * one, below * other
    return above, below
