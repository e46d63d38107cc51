"""What pictures a wall asks the engine for: sizes, and whether the main stream is worth its cost."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QSize, QSizeF

from engine.model.value_class import dataclass

MAIN_ZOOM = 2.0
MAIN_SHARE = 0.4  # of the wall: a cell as large as this shows more than a sub-stream has
_LARGEST = 4096
_NOTHING = (QSize(), False)


@dataclass(frozen=True, slots=True)
class ShownTile:
    """One camera in one cell, or small in a corner of one: `size` in device pixels, `share` of the wall's area."""

    camera_id: str
    size: QSize
    share: float
    zoom: float = 1.0


def wanted_pictures(shown: Iterable[ShownTile]) -> dict[str, tuple[QSize, bool]]:
    """By camera: the size that serves its largest tile, zoom included, and whether from the main stream."""
    wants: dict[str, tuple[QSize, bool]] = {}
    for tile in shown:
        size = (QSizeF(tile.size) * tile.zoom).toSize().boundedTo(QSize(_LARGEST, _LARGEST))
        before, main = wants.get(tile.camera_id, _NOTHING)
        wants[tile.camera_id] = (size.expandedTo(before), main or tile.zoom >= MAIN_ZOOM or tile.share >= MAIN_SHARE)
    return wants


class WallWants:
    """Tells what has changed since it was last told."""

    def __init__(self, tell: Callable[[str, QSize, bool], None]) -> None:
        self._tell = tell
        self._told: dict[str, tuple[QSize, bool]] = {}

    def say(self, wants: Mapping[str, tuple[QSize, bool]]) -> None:
        """An empty size for those that are wanted no more."""
        before, self._told = self._told, dict(wants)
        for camera_id in dict.fromkeys((*before, *wants)):
            want = wants.get(camera_id, _NOTHING)
            if before.get(camera_id, _NOTHING) != want:
                self._tell(camera_id, *want)
