"""Colours for amounts. Perceptually even and readable without telling red from green (viridis, cividis); never a rainbow."""

import math

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from widgets.tokens import load_tokens

_VIRIDIS = ((0.20, 0.28, 0.49), (0.17, 0.44, 0.56), (0.13, 0.57, 0.55), (0.27, 0.75, 0.44), (0.63, 0.85, 0.22), (0.99, 0.91, 0.15))
_CIVIDIS = ((0.00, 0.14, 0.31), (0.26, 0.31, 0.42), (0.49, 0.48, 0.47), (0.73, 0.66, 0.42), (1.00, 0.91, 0.27))
ACCURACY_STEPS_M = (0.5, 1.0, 2.0)
"""Upper bounds of the classes good, fair and poor; beyond is none."""


def viridis(share: npt.NDArray[np.floating]) -> Floats:
    """(N,) in 0–1 as (N, 3) in 0–1."""
    return _ramp(_VIRIDIS, _towards_contrast(share))


def cividis(share: npt.NDArray[np.floating]) -> Floats:
    return _ramp(_CIVIDIS, _towards_contrast(share))


def _towards_contrast(share: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """What is much stands out of the ground: bright on dark grounds, dark on bright ones. Legends are drawn with the same ramps."""
    return 1 - np.asarray(share, np.float64) if load_tokens().light else share


def _ramp(stops: tuple[tuple[float, float, float], ...], share: npt.NDArray[np.floating]) -> Floats:
    table = np.array(stops)
    at = np.clip(np.nan_to_num(np.asarray(share, np.float64)), 0, 1)
    places = np.linspace(0, 1, len(table))
    return np.stack([np.interp(at, places, table[:, i]) for i in range(3)], axis=-1).astype(np.float32)


STRONG_LOG_ODDS = 8.0  # odds of 3,000


def glow_shares(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """How strongly each voxel (K,) glows, 0–1: from the weakest shown to the strongest, squared, so that the middle stands out.

    Values all alike glow alike: at least a quarter of the strongest is taken as the range. Values are log odds; while none reaches
    `STRONG_LOG_ODDS`, that is the bright end all the same, so that weak evidence alone does not look strong.
    """
    if not len(values):
        return values
    most = max(float(values.max()), STRONG_LOG_ODDS)
    low = min(float(values.min()), 0.75 * most)
    return np.clip((values - low) / max(most - low, 1e-9), 0, 1) ** 2


def accuracy_class(accuracy_m: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
    """0 good, 1 fair, 2 poor, 3 none; NaN is none."""
    known = np.where(np.isnan(accuracy_m), np.inf, accuracy_m)
    return np.searchsorted(ACCURACY_STEPS_M, known, side="left")


CLASS_COLORS = ("#FDE725", "#35B779", "#31688E", "#440154")
"""Of `accuracy_class`, from viridis: bright is good."""
CLASS_ALPHA = (0.42, 0.42, 0.46, 0.52)


def class_tints(ground: str) -> tuple[str, ...]:
    """The classes as they look on the floor, over `ground` (`#RRGGBB`): what a legend shows."""
    return tuple(_over(tint, alpha, ground) for tint, alpha in zip(CLASS_COLORS, CLASS_ALPHA, strict=True))


def _over(tint: str, alpha: float, ground: str) -> str:
    pairs = ((int(tint[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(alpha * above + (1 - alpha) * below):02x}" for above, below in pairs)


def link_strength(activity: float) -> float:
    """A z-score as 0–1 for colour and alpha: 0 quiet, 1 from ten spreads on."""
    return min(1.0, math.log1p(max(0.0, activity)) / math.log1p(10.0)) if math.isfinite(activity) else 0.0
