"""How much each link counts, learned where it is known for certain that somebody stands at a place.

A link whose level agrees with somebody standing there (its table gives more than its mean over the floor) earns weight, one that disagrees
loses it; without teaching, weights return to 1. Bounded, so that no link is ever silenced or rules alone.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.radio.kernels import Array

LEAST, MOST = 0.4, 1.6
_RATE = 0.02
_FORGET_S = 86_400.0


class LinkWeights:
    """Per link id; unknown links count 1."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}

    def of(self, links: tuple[str, ...]) -> Array:
        return np.array([self._weights.get(link, 1.0) for link in links])

    def teach(self, links: tuple[str, ...], surplus: Array) -> None:
        """`surplus` (L,): log-likelihood ratio at the true place over the mean of the floor, per link."""
        for link, value in zip(links, np.tanh(surplus).tolist(), strict=True):
            self._weights[link] = float(np.clip(self._weights.get(link, 1.0) * (1 + _RATE * value), LEAST, MOST))

    def fade(self, dt_s: float) -> None:
        keep = float(np.exp(-dt_s / _FORGET_S))
        self._weights = {link: 1 + keep * (weight - 1) for link, weight in self._weights.items() if abs(weight - 1) > 1e-4}

    def state(self) -> dict[str, Any]:
        return dict(self._weights)

    def restore(self, state: Mapping[str, Any]) -> None:
        self._weights = {str(link): float(weight) for link, weight in state.items()}
