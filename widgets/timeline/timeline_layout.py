"""Where things of the timeline are on screen. Pixels; no Qt."""

from engine.model.history.timeline import LaneKind
from engine.model.value_class import dataclass
from widgets.timeline.timeline_rows import LaneRow
from widgets.timeline.timeline_window import TimeWindow

HEAD_PX = 184  # names of the lanes
PARTS_PX, TICKS_PX, FLAGS_PX = 20, 22, 15
TOP_PX = PARTS_PX + TICKS_PX + FLAGS_PX
GRIP_PX = 6  # how near to a handle is on it
_SLIM = frozenset({LaneKind.OBSERVED})


def row_height(row: LaneRow) -> int:
    if row.group and not row.collapsed:
        return 22
    if row.lane.kind in _SLIM:
        return 20
    return 32 if row.lane.kind is LaneKind.CAMERA else 28


@dataclass(frozen=True, slots=True)
class TimelineLayout:
    """`scroll`: pixels of rows above the upper edge. Row edges are relative to the first row."""

    width: int
    height: int
    window: TimeWindow
    rows: tuple[LaneRow, ...] = ()
    scroll: int = 0

    @property
    def lanes_width(self) -> int:
        return max(1, self.width - HEAD_PX)

    @property
    def ns_per_px(self) -> float:
        return self.window.length_ns / self.lanes_width

    def x_of(self, at_ns: int) -> float:
        return HEAD_PX + self.window.share(at_ns) * self.lanes_width

    def time_at(self, x: float) -> int:
        return self.window.time_at((x - HEAD_PX) / self.lanes_width)

    def tops(self) -> tuple[int, ...]:
        """Upper edge of each row on screen."""
        found: list[int] = []
        y = TOP_PX - self.scroll
        for row in self.rows:
            found.append(y)
            y += row_height(row)
        return tuple(found)

    def rows_height(self) -> int:
        return sum(row_height(row) for row in self.rows)

    def most_scroll(self) -> int:
        return max(0, self.rows_height() - (self.height - TOP_PX))

    def row_at(self, y: float) -> int:
        """-1 where there is none."""
        if y < TOP_PX:
            return -1
        found = (n for n, (top, row) in enumerate(zip(self.tops(), self.rows, strict=True)) if top <= y < top + row_height(row))
        return next(found, -1)
