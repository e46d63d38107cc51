"""What the dialog of zones and masks says."""

from engine.model.cameras.detection import Category
from engine.model.cameras.picture_zone import LineDirection
from engine.model.health import CameraState
from engine.model.snapshot import CameraView
from widgets.drawing.shape_draft import Shape, ShapeKind, ShapesDraft
from widgets.drawing.shape_looks import kind_word
from widgets.number_text import number_text
from widgets.translation import inside, tr
from widgets.words import category_word


def class_words() -> dict[str, str]:
    """Of what can count, by the class's name."""
    return {category.name.lower(): category_word(category) for category in Category}


def counts_text(classes: tuple[str, ...]) -> str:
    """`person, vehicle`; classes without a word of their own stand as they are."""
    words = class_words()
    return ", ".join(inside(words.get(each, each)) for each in classes)


def minutes_text(seconds: float) -> str:
    """`45 s`, `5 min`, `2.5 min`."""
    return tr("{0} s").format(number_text(seconds, "g")) if seconds < 60 else tr("{0} min").format(number_text(seconds / 60, ".4g"))


def tells_text(shape: Shape) -> str:
    """What it tells, in the words of a list."""
    if shape.kind is ShapeKind.PRIVACY:
        return tr("Hidden from all users")
    if shape.kind is ShapeKind.MASK:
        return tr("No detection")
    told = [direction_text(shape.direction)] if shape.kind is ShapeKind.LINE else _of_a_zone(shape)
    who = () if shape.classes == ("person",) else (counts_text(shape.classes),)
    return " · ".join((kind_word(shape.kind), ", ".join(told), *who))


def _of_a_zone(shape: Shape) -> list[str]:
    """Entering is always told."""
    told = [tr("enters")]
    if shape.loiter_s:
        told.append(tr("stays {0}").format(minutes_text(shape.loiter_s)))
    if shape.most:
        told.append(tr("over {0}").format(shape.most))
    if shape.occupied:
        told.append(tr("occupied"))
    return told


def direction_text(direction: LineDirection) -> str:
    return {
        LineDirection.BOTH: tr("crosses, either way"),
        LineDirection.TO_LEFT: tr("crosses to the left"),
        LineDirection.TO_RIGHT: tr("crosses to the right"),
    }[direction]


def advice(draft: ShapesDraft) -> str:
    """What can be done now."""
    under_way, chosen = draft.under_way, draft.selected_shape
    if under_way is not None:
        return _drawing(under_way)
    if chosen is None:
        if draft.shapes:
            return tr("Click a shape to edit it. Page Down selects the next, the wheel zooms.")
        return tr("Nothing is drawn yet. Choose above what to draw.")
    if chosen.kind is ShapeKind.LINE:
        return tr("Drag an end or the line. Tab selects an end, arrows move it, Delete removes the line.")
    return tr("Drag corners; drag a ring on an edge to add one. Tab selects a corner, arrows move it, Insert adds, Delete removes.")


def _drawing(shape: Shape) -> str:
    if shape.kind is ShapeKind.LINE:
        return tr("Click the start and the end of the line. Keys: arrows, Space. Esc cancels.")
    if len(shape.points) < shape.least:
        return tr("Click the corners in turn. Keys: arrows, Space. Backspace removes a corner, Esc cancels.")
    return tr("Click the first corner or press Enter to close the shape. Backspace removes a corner, Esc cancels.")


def guide_texts() -> dict[ShapeKind, str]:
    """What each kind is for."""
    return {
        ShapeKind.ZONE: tr("Zone: reports entries and exits, dwell time and occupancy."),
        ShapeKind.LINE: tr("Line: reports crossings and their direction."),
        ShapeKind.PRIVACY: tr("Privacy area: hides part of the picture, such as a neighbour's window."),
        ShapeKind.MASK: tr("Excluded area: no detection, for example a swaying tree or a public road."),
    }


def explanation(kind: ShapeKind) -> str:
    """What a kind of area does and costs; empty for those that have wishes of their own."""
    return {
        ShapeKind.PRIVACY: tr(
            "Hidden from all users: live, in stills, clips and exports. It cannot be recovered later. Continuous "
            "recording then takes about a fifth of a processor core at 1280 × 720 and 25 fps."
        ),
        ShapeKind.MASK: tr("Motion inside is ignored, and people standing inside raise no event. The picture stays visible."),
    }.get(kind, "")


def no_picture_text(view: CameraView | None, has_last: bool) -> str:
    """Why the picture is not of now; empty while it is."""
    if view is None:
        return tr("This camera no longer exists.")
    state = {
        CameraState.LIVE: tr("No picture received yet."),
        CameraState.PAUSED: tr("The camera is paused."),
        CameraState.CONNECTING: tr("Waiting for the camera."),
    }.get(view.health.state, tr("The camera is offline."))
    why = view.health.reason if view.health.state not in (CameraState.LIVE, CameraState.PAUSED) else ""
    rest = "" if has_last else tr("The lines mark tenths of the picture.")
    return " ".join(part for part in (state, why, rest) if part)
