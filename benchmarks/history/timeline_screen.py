"""The timeline's canvas, drawn into memory: from an answer of the record to its pixels."""

from collections.abc import Callable

from console.start.application import make_application
from engine.model.history.timeline import Timeline
from widgets.timeline.timeline_canvas import TimelineCanvas
from widgets.timeline.timeline_rows import RowChoice, rows_of, slimmed
from widgets.timeline.timeline_window import window

WIDTH, HEIGHT = 1_800, 900


def screen() -> tuple[int, Callable[[Timeline], None]]:
    """How many columns there is room for, and what draws a timeline of as many. Raises EnvironmentFault: no display."""
    make_application()
    canvas = TimelineCanvas()
    canvas.resize(WIDTH, HEIGHT)

    def draw(timeline: Timeline) -> None:
        canvas.set_window(window(timeline.since_ns, timeline.until_ns))
        canvas.set_timeline(timeline, rows_of(slimmed(timeline), {}, RowChoice()))
        canvas.grab()

    return canvas.columns(), draw
