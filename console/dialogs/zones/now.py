"""Who would be where now, and what stands at each shape: computed of the shapes as they are drawn."""

from collections.abc import Mapping

from console.dialogs.zones.draft import title_of
from console.dialogs.zones.picture import ZonesPicture
from console.dialogs.zones.words import tells_text
from engine.model.geometry import Point, inside
from widgets.drawing.shape_draft import Shape, ShapeKind, ShapesDraft, refusal
from widgets.drawing.shape_list import ShapeRow
from widgets.drawing.shape_looks import looks
from widgets.drawing.shape_painter import Foot
from widgets.translation import tr


class ZonesNow:
    """One look at it. `troubles`: what the engine refused, by key."""

    def __init__(self, draft: ShapesDraft, source: ZonesPicture, troubles: Mapping[str, str]) -> None:
        self._shapes, self._troubles = draft.shapes, troubles
        feet = source.feet(self._in_a_zone)
        self.feet: list[Foot] = [foot for _, foot in feet]
        self.counts: dict[str, int] = {}
        """How many would be in each zone; empty while nobody knows."""
        if source.counts:
            zones = (shape for shape in self._shapes if shape.kind is ShapeKind.ZONE)
            self.counts = {zone.key: sum(self._holds(zone, kind, foot.at) for kind, foot in feet) for zone in zones}
        self._titles = {shape.key: title_of(shape, self._shapes) for shape in self._shapes}

    def labels(self) -> dict[str, tuple[str, str]]:
        return {key: (title, str(self.counts.get(key, ""))) for key, title in self._titles.items()}

    def rows(self) -> tuple[ShapeRow, ...]:
        known = looks(self._shapes)
        return tuple(
            ShapeRow(
                shape.key,
                shape.kind,
                self._titles[shape.key],
                tells_text(shape),
                known[shape.key],
                tr("{0} now").format(self.counts[shape.key]) if shape.key in self.counts else "",
                self._trouble_of(shape),
            )
            for shape in self._shapes
        )

    def _in_a_zone(self, kind: str, at: Point) -> bool:
        return any(self._holds(shape, kind, at) for shape in self._shapes)

    def _holds(self, zone: Shape, kind: str, at: Point) -> bool:
        """Whoever stands in an excluded area counts nowhere."""
        if zone.kind is not ShapeKind.ZONE or kind not in zone.classes or not inside(at, zone.points):
            return False
        return not any(inside(at, shape.points) for shape in self._shapes if shape.kind is ShapeKind.MASK)

    def _trouble_of(self, shape: Shape) -> str:
        if shape.kind in (ShapeKind.ZONE, ShapeKind.LINE):
            if not shape.name.strip():
                return tr("Needs a name")
            if not shape.classes:
                return tr("Choose object types")
        wrong = refusal(shape)
        return wrong.text if wrong is not None else self._troubles.get(shape.key, "")
