"""Masks of a picture while they are drawn: polygons in shares of it, one of them chosen, and what was done last can be undone."""

from PySide6.QtCore import QCoreApplication

from engine.model.geometry import Point, Polygon

LEAST_CORNERS = 3
Masks = tuple[Polygon, ...]


class MasksDraft:
    """`mask`: the one that is worked on, −1: none. `corner`: of it, −1: none."""

    def __init__(self, masks: Masks) -> None:
        self.masks = masks
        self.mask = 0 if masks else -1
        self.corner = -1
        self._before: list[Masks] = []
        self._moving = False

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def corners(self) -> Polygon:
        """Of the chosen mask."""
        return self.masks[self.mask] if self.mask >= 0 else ()

    def choose(self, mask: int) -> None:
        if mask != self.mask:
            self.mask, self.corner, self._moving = mask, -1, False

    def choose_corner(self, corner: int) -> None:
        self.corner, self._moving = corner, False

    def begin(self) -> None:
        """A new mask, without corners yet. One that has none is taken."""
        empty = next((number for number, mask in enumerate(self.masks) if not mask), -1)
        if empty < 0:
            self._change((*self.masks, ()))
            empty = len(self.masks) - 1
        self.choose(empty)

    def add_corner(self, at: Point) -> None:
        """Behind the last one, of the first mask where there is none yet."""
        masks = self.masks or ((),)
        self.mask = max(self.mask, 0)
        self._change(self._with((*masks[self.mask], at), masks))
        self.corner = len(self.corners()) - 1

    def move_corner(self, corner: int, at: Point) -> None:
        """Moves that follow each other are undone together."""
        known = self.corners()
        if not 0 <= corner < len(known):
            return
        masks = self._with((*known[:corner], at, *known[corner + 1 :]), self.masks)
        if self._moving and corner == self.corner:
            self.masks = masks
        else:
            self._change(masks)
        self.corner, self._moving = corner, True

    def remove_corner(self, corner: int) -> None:
        known = self.corners()
        if 0 <= corner < len(known):
            self._change(self._with((*known[:corner], *known[corner + 1 :]), self.masks))
            self.corner = min(corner, len(known) - 2)

    def remove_mask(self) -> None:
        if self.mask >= 0:
            self._change((*self.masks[: self.mask], *self.masks[self.mask + 1 :]))
            self.choose(min(self.mask, len(self.masks) - 1))
            self.corner = -1

    def undo(self) -> None:
        if self._before:
            self.masks, self._moving = self._before.pop(), False
            self.mask = min(max(self.mask, 0), len(self.masks) - 1)
            self.corner = min(self.corner, len(self.corners()) - 1)

    def finished(self) -> Masks:
        """Those that have corners."""
        return tuple(mask for mask in self.masks if mask)

    def trouble(self) -> str:
        short = next((number for number, mask in enumerate(self.masks, 1) if 0 < len(mask) < LEAST_CORNERS), 0)
        return _tr("Mask {0} needs three corners at least.").format(short) if short else ""

    def _with(self, corners: Polygon, masks: Masks) -> Masks:
        return (*masks[: self.mask], corners, *masks[self.mask + 1 :])

    def _change(self, masks: Masks) -> None:
        self._before.append(self.masks)
        self.masks, self._moving = masks, False


def _tr(text: str) -> str:
    return QCoreApplication.translate("ViewMasksDialog", text)
