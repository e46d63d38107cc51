"""Why a blob is where it is, for people: from the arrays that fusion recorded, without computing anything anew but the zones' shapes."""

import math

import numpy as np

from engine.model.radio.blob import BlobEvidence, BlobExplanation, FresnelZone, LinkContribution
from engine.model.radio.radio import link_ends
from engine.radio.fresnel import excess_m, semi_axes_m
from engine.radio.kernels import Array, Bins

_POINTS = 60_000  # of the grid that an intersection's volume is counted on
_FINER = 16  # grids, each finer than the one before, until one meets a thin intersection


def explain(evidence: BlobEvidence) -> BlobExplanation:
    """Pure. A link contributes when what it adds is positive; its share is the part of all that is positive."""
    positive = np.maximum(evidence.contribution, 0.0)
    chosen = np.flatnonzero(positive > 0)
    return BlobExplanation(
        blob_id=evidence.blob_id,
        number=evidence.number,
        at_ns=evidence.at_ns,
        position=evidence.position,
        fused_value=evidence.fused_value,
        confidence=evidence.confidence,
        links=tuple(_link(evidence, row, float(positive.sum())) for row in range(len(positive))),
        zones=tuple(_zone(evidence, int(row)) for row in chosen),
        identity=evidence.identity,
        intersection_m3=intersection_m3(evidence, chosen),
    )


def _link(evidence: BlobEvidence, row: int, total: float) -> LinkContribution:
    link, value = evidence.table.links[row], float(evidence.contribution[row])
    node, peer = link_ends(link)
    return LinkContribution(
        link=link,
        node_mac=node,
        peer_mac=peer,
        change=float(evidence.change[row]),
        activity=float(evidence.activity[row]),
        zone=int(evidence.zone[row]),
        weight=float(evidence.weight[row]),
        contributing=value > 0,
        contribution=value,
        share=max(value, 0.0) / total if total > 0 else 0.0,
        without=float(evidence.without[row]),
    )


def _zone(evidence: BlobEvidence, row: int) -> FresnelZone:
    a, b = evidence.table.a_m[row], evidence.table.b_m[row]
    wave, number = float(evidence.table.wavelength_m[row]), int(evidence.zone[row])
    across, along = semi_axes_m(float(np.linalg.norm(b - a)), wave, number)
    center, rx, tx = ((float(p[0]), float(p[1]), float(p[2])) for p in ((a + b) / 2, a, b))
    return FresnelZone(evidence.table.links[row], center, (across, across, along), number, tx, rx, wave)


def intersection_m3(evidence: BlobEvidence, rows: Bins) -> float:
    """Volume that lies in the zones of all these links, counted on a fine grid over the box that bounds it; 0 for no links.

    The zone of a link is the ellipsoid out to the number of the blob's zone, so the blob itself is always inside.
    """
    if not len(rows):
        return 0.0
    a, b = evidence.table.a_m[rows], evidence.table.b_m[rows]
    reach = evidence.zone[rows] * evidence.table.wavelength_m[rows] / 2
    (low, high), blob = _bounds(a, b, reach), np.array(evidence.position)
    for _ in range(_FINER):
        points, cell = _grid(low, high)
        inside = points[(excess_m(points, a, b) <= reach).all(axis=1)]
        if len(inside):
            break
        quarter = (high - low) / 4  # thinner than a cell: nearer to the blob
        low, high = np.maximum(blob - quarter, low), np.minimum(blob + quarter, high)
    else:
        return 0.0
    low, high = np.maximum(inside.min(axis=0) - cell, low), np.minimum(inside.max(axis=0) + cell, high)
    points, cell = _grid(low, high)  # a second grid over what the first one found
    return int((excess_m(points, a, b) <= reach).all(axis=1).sum()) * math.prod(cell)


def _bounds(a: Array, b: Array, reach: Array) -> tuple[Array, Array]:
    """The box (3,), (3,) that bounds the intersection of the boxes that bound the ellipsoids."""
    distance = np.linalg.norm(b - a, axis=1)
    along, across = (distance + reach) / 2, np.sqrt((distance + reach) ** 2 - distance**2) / 2
    unit = (b - a) / distance[:, None]
    half = np.sqrt(np.square(unit * along[:, None]) + np.square(across)[:, None] * (1 - np.square(unit)))
    middle = (a + b) / 2
    return (middle - half).max(axis=0), (middle + half).min(axis=0)


def _grid(low: Array, high: Array) -> tuple[Array, Array]:
    """Middles of the cells (n, 3) of a box, and a cell's edges (3,)."""
    size = np.maximum(high - low, 1e-6)
    edge = (math.prod(size.tolist()) / _POINTS) ** (1 / 3)
    count = np.maximum(np.ceil(size / edge), 1)
    axes = [start + step * (np.arange(int(n)) + 0.5) for start, step, n in zip(low, size / count, count, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3), size / count
