"""A floor plan as typed: texts into values, with what is wrong and where. Pure."""

from collections.abc import Callable
from typing import TypeVar

from console.words import sentence
from engine.model.errors import InputError
from engine.model.ids import random_id
from engine.model.site import Floor, Portal, Wall, Zone
from engine.model.value_class import dataclass
from widgets.fields.row_editor import RowProblem, TextRow
from widgets.number_text import number_text, typed_number
from widgets.translation import tr
from widgets.words import typed_part

T = TypeVar("T")


def number(field: str, text: str) -> float:
    """Raises InputError."""
    try:
        return typed_number(text)
    except ValueError:
        said = tr("Enter a number of metres.") if not text.strip() else tr("“{0}” is not a number.").format(typed_part(text))
        raise InputError(field, said) from None


@dataclass(frozen=True, slots=True)
class FloorTexts:
    """All fields of the floor dialog. `size`: west, south, east, north, height; the first four all empty: no extent of its own."""

    size: tuple[str, str, str, str, str]
    zones: tuple[TextRow, ...]
    portals: tuple[TextRow, ...]
    walls: tuple[TextRow, ...]


@dataclass(frozen=True, slots=True)
class FloorDraft:
    """`floor` is made of all that is right; `problems` says what is not, for each part (`size`, `zones`, `portals`, `walls`)."""

    floor: Floor
    problems: dict[str, tuple[RowProblem, ...]]
    rows: int  # of zones, right or not

    @property
    def zone_rows(self) -> tuple[int, ...]:
        """In which rows the zones stand that are right."""
        wrong = {problem.row for problem in self.problems["zones"]}
        return tuple(row for row in range(self.rows) if row not in wrong)

    @property
    def is_valid(self) -> bool:
        return not any(self.problems.values())


def texts_of(floor: Floor) -> FloorTexts:
    extent = tuple(number_text(value, "g") for value in floor.extent) if floor.extent else ("", "", "", "")
    return FloorTexts(
        (extent[0], extent[1], extent[2], extent[3], number_text(floor.height_m, "g")),
        tuple(TextRow(z.id, (z.name, *(number_text(v, "g") for v in (z.x0, z.y0, z.x1, z.y1)))) for z in floor.zones),
        tuple(TextRow(p.id, (p.name, *(number_text(v, "g") for v in (*p.a, *p.b)))) for p in floor.portals),
        tuple(TextRow("", tuple(number_text(v, "g") for v in (*w.a, *w.b, w.height_m))) for w in floor.walls),
    )


class NewIds:
    """Ids by chance for what is new in a dialog: the same for the same row, as often as it is read."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], str] = {}

    def of(self, kind: str, row: int) -> str:
        return self._made.setdefault((kind, row), random_id(kind))


def draft(texts: FloorTexts, before: Floor, ids: NewIds) -> FloorDraft:
    """`before`: what the dialog does not show is kept from it. `ids`: of the dialog."""
    zones, zone_problems = _each(texts.zones, lambda row, index: _zone(row, before, row.key or ids.of("zone", index)))
    portals, portal_problems = _each(texts.portals, lambda row, index: _portal(row, before, row.key or ids.of("door", index)))
    walls, wall_problems = _each(texts.walls, lambda row, _: _wall(row, before))
    extent, height, size_problems = _floor_size(texts.size, before)
    floor = Floor(extent, height, walls, zones, portals, before.camera_poses, before.image)
    problems = {"size": size_problems, "zones": zone_problems, "portals": portal_problems, "walls": wall_problems}
    return FloorDraft(floor, problems, len(texts.zones))


def _each(rows: tuple[TextRow, ...], make: Callable[[TextRow, int], T]) -> tuple[tuple[T, ...], tuple[RowProblem, ...]]:
    made: list[T] = []
    problems: list[RowProblem] = []
    for index, row in enumerate(rows):
        try:
            made.append(make(row, index))
        except InputError as error:
            problems.append(RowProblem(index, error.field, sentence(error.message)))
    return tuple(made), tuple(problems)


def _zone(row: TextRow, before: Floor, zone_id: str) -> Zone:
    name, corners = row.texts[0], [number(f, t) for f, t in zip(("x0", "y0", "x1", "y1"), row.texts[1:], strict=True)]
    known = next((zone for zone in before.zones if zone.id == row.key), None)
    west, east = sorted((corners[0], corners[2]))
    south, north = sorted((corners[1], corners[3]))
    low, high = (known.z0, known.z1) if known else (0.0, 3.0)
    return Zone(zone_id, name, west, south, east, north, low, high, known.kind if known else "normal")


def _portal(row: TextRow, before: Floor, portal_id: str) -> Portal:
    name, ends = row.texts[0], [number(f, t) for f, t in zip(("ax", "ay", "bx", "by"), row.texts[1:], strict=True)]
    known = next((portal for portal in before.portals if portal.id == row.key), None)
    height = known.height_m if known else 2.2
    return Portal(portal_id, name, (ends[0], ends[1]), (ends[2], ends[3]), height)


def _wall(row: TextRow, before: Floor) -> Wall:
    ax, ay, bx, by, height = (number(f, t) for f, t in zip(("ax", "ay", "bx", "by", "height_m"), row.texts, strict=True))
    if abs(ax - bx) + abs(ay - by) < 0.05:
        raise InputError("", tr("The wall has no length."))
    if not 0.2 <= height <= 30:
        raise InputError("height_m", tr("Height must be 0.2 to 30 m."))
    known = next((wall for wall in before.walls if (wall.a, wall.b) == ((ax, ay), (bx, by))), None)
    return Wall((ax, ay), (bx, by), height, known.material if known else "drywall")


Extent = tuple[float, float, float, float]


def _floor_size(texts: tuple[str, str, str, str, str], before: Floor) -> tuple[Extent | None, float, tuple[RowProblem, ...]]:
    """What is wrong leaves the size as it was."""
    problems: list[RowProblem] = []
    height, extent = before.height_m, before.extent
    try:
        height = number("height_m", texts[4])
        Floor(height_m=height)
    except InputError as error:
        height = before.height_m
        problems.append(RowProblem(0, error.field, sentence(error.message)))
    try:
        extent = _extent(texts[:4])
    except InputError as error:
        problems.append(RowProblem(0, error.field, sentence(error.message)))
    return extent, height, tuple(problems)


def _extent(texts: tuple[str, ...]) -> Extent | None:
    if not any(text.strip() for text in texts):
        return None
    west, south, east, north = (number(field, text) for field, text in zip(("x0", "y0", "x1", "y1"), texts, strict=True))
    if east <= west:
        raise InputError("x1", tr("East must be greater than west."))
    if north <= south:
        raise InputError("y1", tr("North must be greater than south."))
    Floor(extent=(west, south, east, north))
    return west, south, east, north
