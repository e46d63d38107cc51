"""The drawings of a pack's report: when it happened, and where on the floor."""

from collections.abc import Sequence
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, Rect, Shape, String
from reportlab.lib.colors import Color, HexColor

from engine.model.clock_text import ReportTimes
from engine.model.event import Event, Severity
from engine.model.site import Floor, NodeSettings
from engine.model.value_class import dataclass
from engine.runtime.evidence.report_style import ACCENT, INK, LINE, PLAIN, QUIET, SEVERITIES
from engine.runtime.evidence.videos import PackedVideo

_LANE, _LEFT, _RIGHT, _TOP = 17.0, 120.0, 8.0, 16.0
_TICKS = 6
_MOST_LANES = 30
_VIDEO, _ZONE = HexColor("#cfe3f1"), HexColor("#f1f4f7")


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the timeline. `videos`: drawn as a bar under the marks."""

    name: str
    events: tuple[Event, ...]
    videos: tuple[PackedVideo, ...] = ()


def draw_timeline(lanes: Sequence[Lane], since_ns: int, until_ns: int, times: ReportTimes, width: float) -> Drawing:
    """Marks at the start of each event, in the colour and shape of its severity; a thin line as long as it went on. Points (1/72 inch)."""
    return _Timeline(lanes[:_MOST_LANES], since_ns, until_ns, width).draw(times)


class _Timeline:
    def __init__(self, lanes: Sequence[Lane], since_ns: int, until_ns: int, width: float) -> None:
        self._lanes, self._since_ns, self._until_ns = lanes, since_ns, until_ns
        self._right = width - _RIGHT
        self._bottom_of_head = _LANE * max(len(lanes), 1) + 6
        self._drawing = Drawing(width, self._bottom_of_head + _TOP)

    def draw(self, times: ReportTimes) -> Drawing:
        for tick in range(_TICKS + 1):
            self._draw_tick(tick, times)
        for index, lane in enumerate(self._lanes):
            self._draw_lane(lane, self._bottom_of_head - _LANE * (index + 0.5))
        return self._drawing

    def _x(self, at_ns: int) -> float:
        share = (at_ns - self._since_ns) / (self._until_ns - self._since_ns)
        return _LEFT + (self._right - _LEFT) * min(1.0, max(0.0, share))

    def _draw_tick(self, tick: int, times: ReportTimes) -> None:
        at_ns = self._since_ns + (self._until_ns - self._since_ns) * tick // _TICKS
        x, anchor = self._x(at_ns), "start" if tick == 0 else "end" if tick == _TICKS else "middle"
        self._drawing.add(_line(x, 0, x, self._bottom_of_head, LINE, 0.4))
        self._drawing.add(_drawn_words(x, self._bottom_of_head + 7, times.clock(at_ns), QUIET, textAnchor=anchor))

    def _draw_lane(self, lane: Lane, y: float) -> None:
        self._drawing.add(_drawn_words(0, y - 2.5, _short(lane.name), INK))
        self._drawing.add(_line(_LEFT, y - _LANE / 2, self._right, y - _LANE / 2, LINE, 0.3))
        for video in lane.videos:
            x = self._x(video.since_ns)
            self._drawing.add(_drawn_box(x, y - 5, max(self._x(video.until_ns) - x, 0.6), 10, _VIDEO))
        for event in lane.events:
            self._draw_event(event, y)

    def _draw_event(self, event: Event, y: float) -> None:
        x, colour = self._x(event.started_ns), SEVERITIES[event.severity]
        end = self._x(self._until_ns if event.ended_ns is None else event.ended_ns)
        self._drawing.add(_line(x, y, max(end, x + 0.5), y, colour, 1.4))
        self._drawing.add(_triangle(x, y, 3.6, colour) if event.severity >= Severity.HIGH else _dot(x, y, 2.2, colour))


def draw_plan(floor: Floor, nodes: Sequence[NodeSettings], events: Sequence[Event], width: float, most_height: float) -> Drawing | None:
    """Walls, zones, cameras and nodes as they stand, and where events were; None where nothing is known to stand anywhere."""
    extent = floor.extent or _reach(floor, events)
    return None if extent is None else _Plan(extent, width, most_height).draw(floor, nodes, events)


class _Plan:
    """The floor from above, Y up, to scale."""

    def __init__(self, extent: tuple[float, float, float, float], width: float, most_height: float) -> None:
        self._x0, self._y0, x1, y1 = extent
        self._scale = min(width / max(x1 - self._x0, 0.1), most_height / max(y1 - self._y0, 0.1))
        self._drawing = Drawing((x1 - self._x0) * self._scale, (y1 - self._y0) * self._scale)

    def draw(self, floor: Floor, nodes: Sequence[NodeSettings], events: Sequence[Event]) -> Drawing:
        drawing = self._drawing
        drawing.add(_drawn_box(0, 0, drawing.width, drawing.height, None, LINE))
        for zone in floor.zones:
            self._draw_zone(zone.name, self._at(zone.x0, zone.y0), self._at(zone.x1, zone.y1))
        for wall in floor.walls:
            drawing.add(_line(*self._at(*wall.a), *self._at(*wall.b), INK, 1.2))
        for pose in floor.camera_poses:
            x, y = self._at(pose.position[0], pose.position[1])
            drawing.add(_drawn_box(x - 3, y - 3, 6, 6, ACCENT))
            is_right = x > drawing.width * 0.8
            drawing.add(
                _drawn_words(x - 5 if is_right else x + 5, y - 9, _short(pose.camera_id), ACCENT, textAnchor="end" if is_right else "start")
            )
        for position in (node.position for node in nodes if node.position is not None):
            drawing.add(_triangle(*self._at(position[0], position[1]), 4, QUIET))
        for event in events:
            if event.position is not None:
                drawing.add(_dot(*self._at(event.position[0], event.position[1]), 2.6, SEVERITIES[event.severity]))
        return drawing

    def _draw_zone(self, name: str, low: tuple[float, float], high: tuple[float, float]) -> None:
        self._drawing.add(_drawn_box(*low, high[0] - low[0], high[1] - low[1], _ZONE, LINE))
        self._drawing.add(_drawn_words(low[0] + 12, low[1] + 4, _short(name), QUIET))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._x0) * self._scale, (y - self._y0) * self._scale


def _reach(floor: Floor, events: Sequence[Event]) -> tuple[float, float, float, float] | None:
    """Around all that is known to stand or to have been somewhere."""
    points = [point for wall in floor.walls for point in (wall.a, wall.b)]
    points += [corner for zone in floor.zones for corner in ((zone.x0, zone.y0), (zone.x1, zone.y1))]
    points += [(event.position[0], event.position[1]) for event in events if event.position is not None]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs) - 0.5, min(ys) - 0.5, max(xs) + 0.5, max(ys) + 0.5


def _line(x0: float, y0: float, x1: float, y1: float, colour: Color, width: float) -> Shape:
    return Line(x0, y0, x1, y1, strokeColor=colour, strokeWidth=width)


def _drawn_box(x: float, y: float, width: float, height: float, fill: Color | None, line: Color | None = None) -> Shape:
    return Rect(x, y, width, height, **_paint(fill, line))


def _dot(x: float, y: float, radius: float, colour: Color) -> Shape:
    return Circle(x, y, radius, **_paint(colour))


def _triangle(x: float, y: float, reach: float, colour: Color) -> Shape:
    return Polygon([x, y + reach, x + reach, y - reach * 0.8, x - reach, y - reach * 0.8], **_paint(colour))


def _drawn_words(x: float, y: float, words: str, colour: Color, **more: Any) -> Shape:
    return String(x, y, words, fontName=PLAIN, fontSize=7, fillColor=colour, **more)


def _paint(fill: Color | None, line: Color | None = None) -> Any:
    return {"fillColor": fill, "strokeColor": line, "strokeWidth": 0.4}


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
