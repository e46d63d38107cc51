"""What a dialog of floor points says."""

import math
from collections.abc import Sequence

from console.dialogs.floor.floor_points_draft import MOST, Pairs
from console.dialogs.floor.floor_points_fit import LEAST, Fit, Wrong
from engine.model.site import CameraPose
from widgets.number_text import number_text
from widgets.translation import tr

Said = tuple[str, str]


def fit_notes(pairs: Pairs, found: Fit | None) -> tuple[Said, ...]:
    """(sentence, level) of each, worst first. `found`: of the whole ones, None while there are too few."""
    halves = [half_text(number, pair.image is None) for number, pair in enumerate(pairs, 1) if pair.image is None or pair.floor is None]
    whole = len(pairs) - len(halves)
    wrong = ((wrong_text(found), "high"),) if found is not None and found.wrong is not None else ()
    far = ((far_text(found), "moderate"),) if found is not None and found.worst else ()
    full = ((tr("At most {0} points.").format(MOST), "neutral"),) if len(pairs) == MOST else ()
    return (*wrong, *far, *((text, "neutral") for text in halves[:2]), *count_words(whole, bool(halves)), *full)


def count_words(whole: int, half: bool) -> tuple[Said, ...]:
    if whole == 0 and not half:
        return (
            (tr("Click a point of the floor in the picture, then the same point on the plan: a corner, a door, a table leg."), "neutral"),
        )
    if whole < LEAST and not half:
        return ((tr("{0} of {1} required points. Click the next point in the picture.").format(whole, LEAST), "neutral"),)
    if whole == LEAST and not half:
        return ((tr("Four points always fit exactly. A fifth shows the accuracy."), "neutral"),)
    return ()


def half_text(number: int, in_picture: bool) -> str:
    if in_picture:
        return tr("Point {0}: click the same point in the picture.").format(number)
    return tr("Point {0}: click the same point on the plan.").format(number)


def wrong_text(found: Fit) -> str:
    """What is wrong, what it means, what to do."""
    if found.wrong is Wrong.LINE:
        which = (
            tr("The points lie")
            if len(found.numbers) in (0, len(found.points))
            else tr("Points {0} lie").format(_number_list(found.numbers))
        )
        return tr("{0} on one line. Click points that span an area.").format(which)
    which = tr("Points {0} may be swapped.").format(_number_list(found.numbers)) if found.numbers else tr("Check the order of the points.")
    if found.wrong is Wrong.MIRRORED:
        return tr("The points on the plan are mirrored. {0}").format(which)
    return tr("No camera position fits these points: at least one is wrong. {0}").format(which)


def far_text(found: Fit) -> str:
    return tr("Point {0} is {1} off the position given by the others. Check it in the picture and on the plan.").format(
        found.worst, length_text(found.worst_m)
    )


def fit_text(found: Fit | None) -> str:
    """The mean error; empty where it would say nothing."""
    if found is None or not found.proves:
        return ""
    return tr("Mean error {0}, {1} points").format(length_text(found.mean_m), len(found.points))


def off_texts(pairs: Pairs, found: Fit | None) -> list[str]:
    """One for each pair; empty where nothing can be said."""
    if found is None or not found.proves:
        return [""] * len(pairs)
    errors = iter(found.errors_m)
    return [length_text(next(errors)) if pair.image is not None and pair.floor is not None else "" for pair in pairs]


def length_text(metres: float) -> str:
    return tr("{0} cm").format(round(100 * metres)) if metres < 1 else tr("{0} m").format(number_text(metres, ".1f"))


def place_text(told: CameraPose | None, pose: CameraPose | None) -> str:
    """Where the points say that the camera hangs, beside what is known; and how far apart the lines in the picture are."""
    if told is None:
        return ""
    x, y, z = (number_text(value, ".1f").replace("-", "−") for value in told.position)
    text = tr("Computed position: {0} east, {1} north, {2} m up").format(x, y, z)
    if pose is not None:
        text = tr("{0}, {1} from where it is placed").format(text, length_text(math.dist(told.position, pose.position)))
    return tr("{0}. The lines in the picture are 1 m apart on the floor.").format(text)


def _number_list(numbers: Sequence[int]) -> str:
    words = [str(number) for number in numbers]
    return tr("{0} and {1}").format(", ".join(words[:-1]), words[-1]) if len(words) > 1 else words[0]
