"""Weights of a mixture whose parts are given: by expectation–maximisation, recent incidents first, drawn towards where one begins.

Dempster, Laird & Rubin 1977; the parts are what earlier days said of each incident (prequential, Dawid 1984), so that no part can gain from
an incident that made it.
"""

import numpy as np

from engine.risk.grid import Values

TURNS = 60
PRIOR = 50.0  # incidents that the first weights count for
FORGETS = 0.5  # of all incidents so far: the older ones count less, as they were told by parts that knew little
FORGETS_LEAST = 300.0
MOST = 5000  # incidents that weights are learnt from


def freshness(count: int) -> Values:
    """(N,) weights of incidents in order of time, the last one 1."""
    return np.exp(-np.arange(count)[::-1] / max(FORGETS_LEAST, FORGETS * count))


def learn_weights(told: Values, weights: Values, first: Values) -> tuple[Values, Values]:
    """Weights of kernels (K,) and of groups (G,), each adding up to 1.

    Args:
        told: (N, G, K) what each part said of each incident before it happened (densities ≥ 0, not all 0 for any incident).
        weights: (K,) where one begins. first: (G,) the groups' shares.
    """
    told = told[-MOST:]
    fresh = freshness(len(told))
    kernels, groups = weights, first
    for _ in range(TURNS):
        parts = told * (groups[:, None] * kernels)
        parts *= (fresh / parts.sum(axis=(1, 2)))[:, None, None]
        by_part = parts.sum(axis=0)
        kernels, groups = _shrunk_weights(by_part.sum(axis=0), weights), _shrunk_weights(by_part.sum(axis=1), first)
    return kernels, groups


def _shrunk_weights(sums: Values, prior: Values) -> Values:
    drawn = sums + PRIOR * prior
    return drawn / drawn.sum()
