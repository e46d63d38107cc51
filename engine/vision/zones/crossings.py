"""Who crosses which line, and in which direction.

A crossing counts when the foot is clearly on the other side than it was, and its way between went through the line itself an odd number
of times: round an end is none, there and back while it was never clear is none.
"""

from collections.abc import Iterator

from engine.model.cameras.picture_zone import LineDirection, PictureLine
from engine.model.event import EventKind
from engine.vision.activities.change import Stage, all_passed, at_least
from engine.vision.zones.change import CONFIDENCE, DIRECTION, PlaceChange, about
from engine.vision.zones.walker import Walker

_SAID = {
    LineDirection.TO_LEFT: "Crossed to the left, looking along the line from its beginning.",
    LineDirection.TO_RIGHT: "Crossed to the right, looking along the line from its beginning.",
}


def cross(walker: Walker, line: PictureLine, side: int, crossed: bool, min_confidence: float, at_ns: int) -> Iterator[PlaceChange]:
    """`side`: 1 clearly on the right, −1 clearly on the left, 0 neither. `crossed`: by the foot's last step."""
    if crossed:
        walker.odd[line.id] = not walker.odd.get(line.id, False)
    known = walker.sides.get(line.id, 0)
    if side == 0 or (side == known and line.id not in walker.odd):
        return
    walker.sides[line.id] = side
    through = walker.odd.pop(line.id, False)
    if through and side == -known:
        yield _crossing_change(walker, line, side, min_confidence, at_ns)


def _crossing_change(walker: Walker, line: PictureLine, side: int, min_confidence: float, at_ns: int) -> PlaceChange:
    direction = LineDirection.TO_RIGHT if side > 0 else LineDirection.TO_LEFT
    asked = line.direction is not LineDirection.BOTH
    wanted = float(line.direction in (LineDirection.BOTH, direction))
    gates = (at_least(CONFIDENCE, walker.conf, min_confidence), *((at_least(DIRECTION, wanted, 1.0),) if asked else ()))
    stage = Stage.RAISED if all_passed(gates) else Stage.REJECTED
    key = f"{line.id} {walker.id} {EventKind.CROSSING.value}"
    args = (walker.conf, walker.frame_box, direction.value, about(walker.category, _SAID[direction]), gates)
    return PlaceChange(EventKind.CROSSING, stage, key, line.id, walker.track_id, at_ns, at_ns, *args)
