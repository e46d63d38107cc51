"""A camera's zones, lines, privacy areas and excluded areas as shapes to draw, and back."""

import re
import uuid
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from engine.model.cameras.picture_zone import PictureLine, PictureZone
from engine.model.errors import InputError
from engine.model.settings import CameraSettings
from widgets.drawing.shape_draft import Shape, ShapeKind, ShapesDraft
from widgets.drawing.shape_looks import kind_word

_NAMED = (ShapeKind.ZONE, ShapeKind.LINE)
_FIELDS = {"zones": ShapeKind.ZONE, "lines": ShapeKind.LINE, "privacy": ShapeKind.PRIVACY, "masks": ShapeKind.MASK}


class ShapeError(InputError):
    """What is wrong with one shape: its key, and the field of it."""

    def __init__(self, key: str, field: str, message: str) -> None:
        super().__init__(field, message)
        self.key = key


def shapes_of(camera: CameraSettings) -> tuple[Shape, ...]:
    zones = (
        Shape(zone.id, ShapeKind.ZONE, zone.area, zone.name, zone.classes, zone.loiter_s, zone.most, occupied=zone.occupied)
        for zone in camera.zones
    )
    lines = (
        Shape(line.id, ShapeKind.LINE, (line.begin, line.end), line.name, line.classes, direction=line.direction) for line in camera.lines
    )
    return (*zones, *lines, *_areas(ShapeKind.PRIVACY, camera.privacy), *_areas(ShapeKind.MASK, camera.masks))


def _areas(kind: ShapeKind, areas: tuple[tuple[tuple[float, float], ...], ...]) -> tuple[Shape, ...]:
    return tuple(Shape(f"{kind}-{number}", kind, area) for number, area in enumerate(areas))


def camera_with(camera: CameraSettings, shapes: tuple[Shape, ...], size: tuple[int, int] = (0, 0)) -> CameraSettings:
    """`size`: of the picture that was drawn on, where there was one; other privacy areas are remembered with it. Raises ShapeError."""
    by_kind = {kind: tuple(shape for shape in shapes if shape.kind is kind) for kind in ShapeKind}
    privacy = tuple(shape.points for shape in by_kind[ShapeKind.PRIVACY])
    return replace(
        camera,
        privacy_size=camera.privacy_size if privacy == camera.privacy else size,
        zones=tuple(_zone(shape) for shape in by_kind[ShapeKind.ZONE]),
        lines=tuple(_line(shape) for shape in by_kind[ShapeKind.LINE]),
        privacy=privacy,
        masks=tuple(shape.points for shape in by_kind[ShapeKind.MASK]),
    )


def _zone(shape: Shape) -> PictureZone:
    try:
        return PictureZone(shape.key, shape.name.strip(), shape.points, shape.classes, shape.loiter_s, shape.most, shape.occupied)
    except InputError as error:
        raise ShapeError(shape.key, error.field, error.message) from error


def _line(shape: Shape) -> PictureLine:
    try:
        begin, end = shape.points
        return PictureLine(shape.key, shape.name.strip(), begin, end, shape.classes, shape.direction)
    except InputError as error:
        raise ShapeError(shape.key, error.field, error.message) from error


def same_places(one: CameraSettings, other: CameraSettings) -> bool:
    """Whether nothing was drawn differently."""
    return (one.zones, one.lines, one.privacy, one.masks) == (other.zones, other.lines, other.privacy, other.masks)


def shape_about(error: InputError, shapes: tuple[Shape, ...]) -> tuple[str, str]:
    """Key of the shape that the engine refused, and the field of it: (`zones.2.name`, `camera.lines[0].name`). Empty: of none."""
    if isinstance(error, ShapeError):
        return error.key, error.field
    found = re.search(r"(?:^|\.)(zones|lines|privacy|masks)(?:\.|\[)(\d+)\]?(?:\.(\w+))?", error.field)
    if found is None:
        return "", ""
    kind = _FIELDS[found[1]]
    of_kind = [shape.key for shape in shapes if shape.kind is kind]
    number = int(found[2])
    return (of_kind[number], found[3] or "") if number < len(of_kind) else ("", "")


def draft_of_camera(camera: CameraSettings) -> ShapesDraft:
    """A draft of what the camera has. Keys of new ones are told apart from those of all cameras and of the floor, by chance."""
    return ShapesDraft(shapes_of(camera), lambda kind: f"{kind}-{uuid.uuid4().hex[:12]}", free_name)


def free_name(draft: ShapesDraft, kind: ShapeKind) -> str:
    """`Zone 3` where there are two; areas have no names of their own."""
    if kind not in _NAMED:
        return ""
    taken = {shape.name for shape in draft.shapes}
    numbers = range(1, len(draft.shapes) + 2)
    return next(name for name in (f"{kind_word(kind)} {number}" for number in numbers) if name not in taken)


def title_of(shape: Shape, shapes: tuple[Shape, ...]) -> str:
    """Its name; of an area without one its kind and number."""
    if shape.kind in _NAMED:
        return shape.name.strip() or QCoreApplication.translate("ZonesDialog", "Unnamed")
    of_kind = [other.key for other in shapes if other.kind is shape.kind]
    return f"{kind_word(shape.kind)} {of_kind.index(shape.key) + 1}"
