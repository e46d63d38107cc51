"""Words of the Space page, ready for translation."""

import math

from widgets.number_text import number_text
from widgets.space.scene import FloorEllipse
from widgets.translation import tr


def unknown_person(number: int) -> str:
    return tr("Person {0}").format(number)


def confidence_word(confidence: float) -> str:
    """In words, so that a number alone need not be interpreted."""
    if confidence >= 0.9:
        return tr("very sure")
    if confidence >= 0.7:
        return tr("sure")
    return tr("fairly sure") if confidence >= 0.45 else tr("unsure")


def percent_text(share: float) -> str:
    return tr("{0} %").format(round(100 * share))


def spread_text(ellipse: FloorEllipse) -> str:
    """`± 0.4 m`, or both directions where they differ: `± 0.3 × 1.2 m`."""
    long, short = _metres(ellipse.long_m), _metres(ellipse.short_m)
    return tr("± {0} m").format(long) if ellipse.long_m < 1.5 * ellipse.short_m else tr("± {0} × {1} m").format(short, long)


def _metres(value: float) -> str:
    return number_text(value, ".1f") if value >= 0.095 else number_text(value, ".2f")


def speed_text(velocity: tuple[float, float, float]) -> str:
    """`standing`, or `walking, 1.2 m/s`."""
    speed = math.hypot(velocity[0], velocity[1])
    return tr("hardly moving") if speed < 0.15 else tr("moving, {0} m/s").format(number_text(speed, ".1f"))


def class_words() -> tuple[str, ...]:
    """Of the classes of `ramps.accuracy_class`."""
    return tr("Good, within 0.5 m"), tr("Fair, within 1 m"), tr("Poor, within 2 m"), tr("Hardly, beyond 2 m")
