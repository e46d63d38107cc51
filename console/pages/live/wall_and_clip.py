"""The video of the Live page and the clip of an event: below it, in a low window beside it, smaller where there is no room for that."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from console.pages.investigate.clip_panel import ClipPanel
from console.session.remembered import Remembered
from widgets.look import scaled

LEAST_WALL = 560, 315  # of the video, pixels: four tiles of 278 × 156 keep their names; what is beside or below it gives way
_LOW_WALL = 240  # of the video above a clip; with less the clip is compact, then beside it
_CLIP, _COMPACT_CLIP = 320, 200  # height of a clip with its title and controls
_HALF = 340  # of each, beside each other: less shows neither
_KEPT = "live-down"


class WallAndClip(QSplitter):
    """UI thread. `fit` whenever the clip comes or goes."""

    def __init__(self, wall: QWidget, clip: ClipPanel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._wall, self._clip, self._least_width = wall, clip, LEAST_WALL[0]
        self.addWidget(wall)
        self.addWidget(clip)
        self.setChildrenCollapsible(False)
        self._below = [430, 470]  # sizes when the clip was last below the video
        self.setSizes(self._below)
        clip.hide()
        self.fit()

    def set_least_width(self, least: int) -> None:
        """Of the video, while no clip is beside it."""
        self._least_width = least
        self.fit()

    def is_beside(self) -> bool:
        return self.orientation() is Qt.Orientation.Horizontal

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
        super().resizeEvent(event)

    def fit(self) -> None:
        shown, height = not self._clip.isHidden(), self.height() - self.handleWidth()
        low, lowest = (shown and height < _LOW_WALL + scaled(clip) for clip in (_CLIP, _COMPACT_CLIP))
        beside = lowest and self.width() >= 2 * scaled(_HALF) + self.handleWidth()
        self._clip.set_compact(low and not (beside and height >= scaled(_CLIP)))
        clip = 0 if beside or not shown else height - height // 2 if lowest else scaled(_COMPACT_CLIP if low else _CLIP)
        half = (self.width() - self.handleWidth()) // 2
        self._wall.setMinimumSize(half if beside else self._least_width, max(1, min(LEAST_WALL[1], height - clip)))
        if beside != self.is_beside():
            self._turn(beside, half)

    def _turn(self, beside: bool, half: int) -> None:
        if beside:
            self._below = self.sizes() if all(self.sizes()) else self._below
        self.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        self.setSizes([half, half] if beside else self._below)

    def restore(self, remembered: Remembered) -> None:
        remembered.restore_splitter(_KEPT, self)

    def keep(self, remembered: Remembered) -> None:
        """How they stand below each other; beside each other they halve the width."""
        if not self.is_beside():
            remembered.keep_splitter(_KEPT, self)
