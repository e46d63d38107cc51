"""What is said of how well a sensor does, and what to move. Pure."""

import math
from collections.abc import Sequence

from engine.model.geometry import Point
from engine.model.sense_quality import LEAST_MOMENTS, SenseFigures, SenseKind, SenseQuality
from engine.model.settings import Settings
from engine.model.site import Floor
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.number_text import number_text
from widgets.space.words import percent_text
from widgets.time_text import duration_text
from widgets.translation import tr

_GOOD, _FAIR = 0.8, 0.5
_APART_M = {SenseKind.CAMERA: 1.2, SenseKind.RADIO: 1.5, SenseKind.SCANNER: 4.0}
_AROUND_M, _FEW_LOSSES = 1.5, 5  # of losses at one place; fewer prove nothing
_OFTEN = 6.0  # an hour, of people whom nobody else sees


@dataclass(frozen=True, slots=True)
class Advice:
    """`title`: what is the matter, in a few words; `detail`: the figure and what to do."""

    title: str
    detail: str = ""


def kind_text(kind: SenseKind) -> str:
    return {
        SenseKind.CAMERA: tr("Camera"),
        SenseKind.RADIO: tr("Wi-Fi sensing"),
        SenseKind.SCANNER: tr("Bluetooth scanner"),
        SenseKind.MICROPHONE: tr("Microphone"),
    }[kind]


def level_of(share: float | None) -> str:
    if share is None:
        return "neutral"
    return "good" if share >= _GOOD else "moderate" if share >= _FAIR else "high"


def share_text(figures: SenseFigures) -> str:
    return "–" if figures.share is None else percent_text(figures.share)


def rate_text(count: int, figures: SenseFigures) -> str:
    """An hour; until it watched long enough, in how long."""
    if not figures.worked_s:
        return "–"
    if figures.is_long and count:
        return tr("{0} an hour").format(number_text(_hourly(count, figures), ".1f"))
    return number_text(0) if not count else tr("{0} in {1}").format(number_text(count), duration_text(round(figures.worked_s) * SECOND))


def advice_of(quality: SenseQuality, figures: SenseFigures, settings: Settings) -> Advice:
    """The most useful one that the figures bear out."""
    unknown = _not_known(quality, figures, settings)
    if unknown is not None:
        return unknown
    share = figures.share or 0.0
    return (
        _losing(quality, settings.floor)
        or _seeing_little(quality.kind, share, figures)
        or _beside(quality.kind, figures)
        or _alone(quality.kind, figures)
        or Advice(tr("No change needed"))
    )


def _not_known(quality: SenseQuality, figures: SenseFigures, settings: Settings) -> Advice | None:
    """Why nothing can be compared."""
    if quality.kind is SenseKind.MICROPHONE:
        return Advice(tr("Not known"), tr("No other sensor hears what it hears."))
    if quality.kind is SenseKind.CAMERA and all(pose.camera_id != quality.sensor_id for pose in settings.floor.camera_poses):
        return Advice(tr("Not placed on the floor plan"), tr("Place it to compare it with other sensors (Space → Cameras…)."))
    if not figures.moments:
        return Advice(tr("Not known"), _uncompared_text(quality.kind))
    if figures.share is None:
        return Advice(tr("Too few moments yet"), tr("{0} of {1}").format(number_text(figures.moments), LEAST_MOMENTS))
    return None


def _uncompared_text(kind: SenseKind) -> str:
    if kind is SenseKind.SCANNER:
        return tr("No other sensor identified anybody with a registered device.")
    return tr("No other sensor located people where it looks.")


def _losing(quality: SenseQuality, floor: Floor) -> Advice | None:
    """Where most losses of the day lie together."""
    losses = quality.losses
    if len(losses) < _FEW_LOSSES:
        return None
    counts = [sum(math.dist(one, other) <= _AROUND_M for other in losses) for one in losses]
    most = max(counts)
    if most < _FEW_LOSSES or 2 * most < len(losses):
        return None
    detail = tr("{0} of {1} losses there. Remove obstacles, or move it.").format(most, len(losses))
    return Advice(tr("Loses people {0}").format(place_text(losses[counts.index(most)], floor)), detail)


def _seeing_little(kind: SenseKind, share: float, figures: SenseFigures) -> Advice | None:
    if share >= _GOOD:
        return None
    titles = {
        SenseKind.CAMERA: tr("Misses people in its view"),
        SenseKind.RADIO: tr("Misses people in the covered area"),
        SenseKind.SCANNER: tr("Misses devices nearby"),
    }
    remedies = {
        SenseKind.CAMERA: tr("Check position, direction and obstacles."),
        SenseKind.RADIO: tr("Add a node, or move one (Space → Nodes…)."),
        SenseKind.SCANNER: tr("Move it closer, or away from metal."),
    }
    others = tr("{0} of {1} seen.").format(number_text(figures.seen), number_text(figures.moments))
    return Advice(titles[kind], f"{others} {remedies[kind]}")


def _beside(kind: SenseKind, figures: SenseFigures) -> Advice | None:
    if figures.apart_m is None or figures.apart_m <= _APART_M[kind]:
        return None
    apart = number_text(figures.apart_m, ".1f")
    remedies = {
        SenseKind.CAMERA: tr("Check its position and its floor points."),
        SenseKind.RADIO: tr("Check the positions of the nodes, or add one."),
        SenseKind.SCANNER: tr("Calibrate the scanners (Devices)."),
    }
    return Advice(tr("Locates people {0} m off").format(apart), remedies[kind])


def _alone(kind: SenseKind, figures: SenseFigures) -> Advice | None:
    if kind is SenseKind.SCANNER or not figures.is_long or _hourly(figures.alone, figures) <= _OFTEN:
        return None
    rate = number_text(_hourly(figures.alone, figures), ".1f")
    detail = tr("{0} an hour unconfirmed. They may be false.").format(rate)
    return Advice(tr("Often the only one to see people"), detail)


def place_text(at: Point, floor: Floor) -> str:
    """The zone it lies in, or which part of the plan."""
    zone = next((zone for zone in floor.zones if zone.is_over(*at)), None)
    if zone is not None:
        return tr("in {0}").format(zone.name)
    if floor.extent is None:
        return tr("at {0} m east, {1} m north").format(*(number_text(value, ".1f") for value in at))
    x0, y0, x1, y1 = floor.extent
    column, row = (min(max(int(3 * (value - low) / (high - low)), 0), 2) for value, low, high in ((at[0], x0, x1), (at[1], y0, y1)))
    return _parts_of_plan()[row][column]


def _parts_of_plan() -> Sequence[Sequence[str]]:
    """South first, from west to east."""
    return (
        (tr("in the south-west"), tr("in the south"), tr("in the south-east")),
        (tr("in the west"), tr("in the middle"), tr("in the east")),
        (tr("in the north-west"), tr("in the north"), tr("in the north-east")),
    )


def _hourly(count: int, figures: SenseFigures) -> float:
    return count * 3600 / figures.worked_s
