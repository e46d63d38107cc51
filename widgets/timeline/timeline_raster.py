"""Marks of one row as pixels: how much of what in each column, stacked, with the worst on top. numpy in, numpy out."""

from functools import cache

import numpy as np
import numpy.typing as npt

from engine.model.event import EventKind, Severity
from engine.model.history.timeline import LaneMarks
from widgets.look import by_look
from widgets.theme import severity_style
from widgets.tokens import channels, load_tokens

Bgra = npt.NDArray[np.uint8]
_FULL_AT = 12  # so many in one column fill it, unless another column has more
_LEAST = 0.34  # of the height, for one
_CAP = 4  # pixels on top, in the colour of the worst, where that is high
_FAULTS = frozenset({EventKind.CAMERA_LOST.value, EventKind.NODE_LOST.value, EventKind.FORECAST_FAILED.value})
_LAYERS = ("rejected", "held", "motion", "fault", "object", "raised")  # from below


def layer_of(kind: str) -> str:
    """What a kind is drawn as."""
    if kind in _LAYERS:
        return kind
    return "fault" if kind in _FAULTS else "object"


@cache
def layer_color(layer: str) -> str:
    """Role of the theme."""
    return {"rejected": "disabled", "held": "secondary", "motion": "line_strong", "fault": "moderate", "object": "low", "raised": "high"}[
        layer
    ]


@cache
def _pixel(color: str) -> tuple[int, int, int, int]:
    red, green, blue = channels(color)
    return blue, green, red, 255


@by_look
def _palette() -> npt.NDArray[np.uint32]:
    """BGRA in one number each: of the layers, of nothing, and of severities, 0 (none) to 5."""
    color = load_tokens().color
    layers = [_pixel(color[layer_color(layer)]) for layer in _LAYERS]
    severities = [_pixel(severity_style(severity).color.name()) for severity in sorted(Severity)]
    return np.array([*layers, (0, 0, 0, 0), _pixel(color[layer_color("object")]), *severities], np.uint8).view(np.uint32).ravel()


def raster(marks: tuple[LaneMarks, ...], columns: int, height: int) -> Bgra | None:
    """(height, columns, 4) BGRA, transparent where nothing is; None where nothing is at all."""
    by_layer = np.zeros((len(_LAYERS), columns), np.int64)
    worst = np.zeros(columns, np.int64)
    for mark in marks:
        counts = np.asarray(mark.counts, np.int64)
        by_layer[_LAYERS.index(layer_of(mark.kind))] += counts
        if mark.kind not in ("held", "rejected"):
            worst = np.maximum(worst, np.where(counts > 0, np.asarray(mark.worst, np.int64), 0))
    total = by_layer.sum(axis=0)
    if not total.any():
        return None
    return _painted(by_layer, worst, _heights(total, height), height)


def _heights(total: npt.NDArray[np.int64], height: int) -> npt.NDArray[np.int64]:
    """Pixels of each column: one is clearly there, many are more, and what is most fills the row (logarithmic)."""
    share = np.log1p(total) / np.log1p(max(_FULL_AT, int(total.max())))
    return np.where(total > 0, np.maximum(np.ceil(share * height), np.ceil(_LEAST * height)), 0).astype(np.int64)


def _painted(by_layer: npt.NDArray[np.int64], worst: npt.NDArray[np.int64], heights: npt.NDArray[np.int64], height: int) -> Bgra:
    """Numbers of the palette first: a byte a pixel is quick to compare."""
    from_below = np.arange(height - 1, -1, -1, dtype=np.int16)[:, None]  # (H, 1): 0 is the lowest row
    total = np.maximum(1, by_layer.sum(axis=0))
    edges = np.round(np.cumsum(by_layer, axis=0) / total * heights).astype(np.int16)
    numbers = np.zeros((height, by_layer.shape[1]), np.uint8)
    for edge in edges:
        numbers += from_below >= edge
    raised = by_layer[_LAYERS.index("raised")] > 0
    top = np.where(raised | (worst >= Severity.HIGH), np.maximum(heights, _CAP), 0)
    bottom = top - np.where(raised, height, _CAP)
    cap = (from_below < top.astype(np.int16)) & (from_below >= bottom.astype(np.int16))
    severities = (len(_LAYERS) + 1 + np.clip(worst, 0, 5)).astype(np.uint8)
    return _palette()[np.where(cap, severities, numbers)].view(np.uint8).reshape(*numbers.shape, 4)
