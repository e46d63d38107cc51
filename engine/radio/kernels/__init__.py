"""What the radio step does most: compiled where there was a compiler when the product was built, in numpy elsewhere; the same bits.

`engine.radio.kernels.plain` says what each does. With WATCHROOM_KERNELS=numpy in the environment the compiled ones are left alone.
"""

import os

from engine.radio.kernels.arrays import (
    DEPTH_DB,
    DEPTHS,
    LEVELS,
    Array,
    Bins,
    Depths,
    Field,
    FollowedPerson,
    Lines,
    Pair,
    People,
    Squares,
    TickLevels,
    WalkStep,
)
from engine.radio.kernels.plain import excess, growth, keep_inside, looked_up, over_both, over_links, together, ways

try:
    if os.environ.get("WATCHROOM_KERNELS") == "numpy":
        raise ImportError("numpy was asked for")
    from engine.radio.kernels.bank import BankRound
    from engine.radio.kernels.clouds import beside_bodies, explain, moments, place_gain, resampled, search, shade_cloud, weigh
    from engine.radio.kernels.compiled import (
        best,
        depths,
        exp,
        log,
        newcomer,
        ratios,
        shade,
        shift_claims,
        shift_gain,
        squares,
        standing_out,
        totals,
        voxels,
        walk,
    )
    from engine.radio.kernels.fits import fit
    from engine.radio.kernels.jolts import JoltTables

    _kind, _bank_round, _jolt_tables = "compiled", BankRound, JoltTables
except ImportError:
    from engine.radio.kernels.plain import (
        best,
        depths,
        exp,
        log,
        newcomer,
        ratios,
        shade,
        shift_claims,
        shift_gain,
        squares,
        standing_out,
        totals,
        voxels,
        walk,
    )
    from engine.radio.kernels.plain_clouds import beside_bodies, explain, moments, place_gain, resampled, search, shade_cloud, weigh
    from engine.radio.kernels.plain_fit import fit

    _kind, _bank_round, _jolt_tables = "numpy", None, None

KERNELS = _kind
"""Which run: "compiled" or "numpy"."""
BANK_ROUND = _bank_round
"""What takes in a round of frames in C; None where the parts of the bank do so themselves."""
JOLT_TABLES = _jolt_tables
"""What tells impacts of frames in C; None where `Jolts` does so itself."""

__all__ = [
    "DEPTHS",
    "DEPTH_DB",
    "KERNELS",
    "LEVELS",
    "BANK_ROUND",
    "JOLT_TABLES",
    "Array",
    "Bins",
    "Depths",
    "Field",
    "FollowedPerson",
    "Lines",
    "Pair",
    "People",
    "TickLevels",
    "Squares",
    "beside_bodies",
    "best",
    "depths",
    "excess",
    "explain",
    "fit",
    "moments",
    "place_gain",
    "resampled",
    "search",
    "shade_cloud",
    "weigh",
    "exp",
    "log",
    "newcomer",
    "looked_up",
    "over_both",
    "over_links",
    "ratios",
    "shade",
    "shift_claims",
    "shift_gain",
    "squares",
    "growth",
    "keep_inside",
    "walk",
    "WalkStep",
    "standing_out",
    "together",
    "totals",
    "voxels",
    "ways",
]
