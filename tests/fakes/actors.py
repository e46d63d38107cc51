"""Made-up people for what they do: boxes over time, in pixels of a picture of 640 × 480."""

from collections.abc import Callable, Sequence

from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.vision.activities.bodies import SeenTrack

SIZE = (640, 480)
START_NS = 1_700_000_000 * SECOND
Script = Callable[[float], Box | None]
"""Where somebody is at a time in seconds; None: not found."""


# width and height of a box in body heights
STANDING = (0.36, 1.0)
LYING = (1.0, 0.32)
CROUCHING = (0.5, 0.55)
BENDING = (0.55, 0.68)
ON_A_CHAIR = (0.45, 0.75)
ON_THE_FLOOR = (0.5, 0.5)


def acting(x: float, foot: float, height: float, *shapes: tuple[float, tuple[float, float]]) -> Script:
    """Somebody at `x` whose feet are at `foot`; takes each of (time, shape), going over straight from one to the next."""

    def at(t_s: float) -> Box:
        before = max((s for s in shapes if s[0] <= t_s), key=lambda s: s[0], default=shapes[0])
        after = min((s for s in shapes if s[0] > t_s), key=lambda s: s[0], default=before)
        share = 0.0 if after[0] == before[0] else (t_s - before[0]) / (after[0] - before[0])
        width, tall = (a + share * (b - a) for a, b in zip(before[1], after[1], strict=True))
        return x - width * height / 2, foot - tall * height, x + width * height / 2, foot

    return at


def falling(
    x: float = 320.0, foot: float = 340.0, height: float = 200.0, at_s: float = 2.0, took_s: float = 0.4, up_s: float = 1e6
) -> Script:
    """Stands, goes down at `at_s`, and stands up again at `up_s`."""
    down_s = at_s + took_s
    return acting(x, foot, height, (0, STANDING), (at_s, STANDING), (down_s, LYING), (up_s, LYING), (up_s + 1.0, STANDING), (2e6, STANDING))


def walking(x: float, speed: float, foot: float = 340.0, height: float = 200.0, growth: float = 0.0) -> Script:
    """`speed` and `growth`: body heights per second across, and share per second by which they come nearer."""

    def at(t_s: float) -> Box:
        tall = height * (1 + growth * t_s)
        middle = x + speed * height * t_s
        return middle - 0.18 * tall, foot - height / 2 - tall / 2, middle + 0.18 * tall, foot - height / 2 + tall / 2

    return at


def between(script: Script, from_s: float, to_s: float = 1e9) -> Script:
    return lambda t_s: script(t_s) if from_s <= t_s < to_s else None


def clipped(script: Script) -> Script:
    """As a detector sees it: not beyond the picture."""

    def at(t_s: float) -> Box | None:
        box = script(t_s)
        if box is None:
            return None
        x0, y0, x1, y1 = max(box[0], 0.0), max(box[1], 0.0), min(box[2], SIZE[0]), min(box[3], SIZE[1])
        return (x0, y0, x1, y1) if x1 - x0 > 8 and y1 - y0 > 8 else None

    return at


def seen(scripts: Sequence[tuple[str, Script]], t_s: float) -> list[SeenTrack]:
    """Those who are found at this time, each with the id of its script."""
    return [SeenTrack(track_id, box, 0.8) for track_id, script in scripts if (box := script(t_s)) is not None]
