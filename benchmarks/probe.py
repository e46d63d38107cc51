"""Starts the product in a process of its own and hears when the first picture was there and when each event was shown.

Run as a module it is that process: settings as JSON in its only argument, figures as one JSON line on stdout. Times are of the monotonic
counter, which all processes of one machine share.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.model.errors import EnvironmentFault
from engine.runtime.keeping.free_memory import limit_pools

_POLL_S = 0.005
_LONGEST_START_S = 30.0
_MOST_ASKED = 500


@dataclass(frozen=True, slots=True)
class Probe:
    """`cameras`: (name, address) each. `screen`: the whole console with its window, not the engine alone.

    After the first picture of the first camera, events are followed for `seconds`.
    """

    data: str
    cameras: tuple[tuple[str, str], ...]
    screen: bool
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """`picture_s`: from the start of the process to the first picture (None: none came); `ready_s`: to the engine's being ready.

    `window_s`: until the first window of a console was painted; `longest_gap_s`: from then to the picture, how long its screen was held
    up at most.

    `rows_ms`: of each event from the observation that raised it; `captured_ms`: from the capture of the frame that decided it.
    """

    ready_s: float
    picture_s: float | None
    rows_ms: list[float]
    captured_ms: list[float]
    window_s: float | None = None
    longest_gap_s: float | None = None


def run_probe(probe: Probe) -> Shown:
    """Start, wait, and give what it saw. Raises EnvironmentFault with its last words where it fails."""
    if getattr(sys, "frozen", False):
        raise EnvironmentFault("bundled", "This bench starts processes of its own and runs from an installation only.")
    command = [sys.executable, "-m", "benchmarks.probe", json.dumps(asdict(probe))]
    root = Path(__file__).resolve().parents[1]
    started_s = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=2 * _LONGEST_START_S + probe.seconds, cwd=root, env=environment(probe)
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise EnvironmentFault("probe_failed", f"The process to be measured did not run: {last}")
    said = json.loads(lines[-1])
    picture = said["picture_s"]
    window = said.get("window_s")
    return Shown(
        said["ready_s"] - started_s,
        None if picture is None else picture - started_s,
        said["rows_ms"],
        said["captured_ms"],
        None if window is None else window - started_s,
        said.get("longest_gap_s"),
    )


def environment(probe: Probe) -> dict[str, str]:
    """Without a display the window is drawn into memory."""
    named = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return {**os.environ, **({} if named or not probe.screen else {"QT_QPA_PLATFORM": "offscreen"})}


class Watcher:
    """What was seen, by whichever eye. `picture` and `events` may be called from any one thread each.

    Attributes:
        seen: when each event was first seen (UTC ns), by id.
    """

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self.ready_s = 0.0
        self.picture_s: float | None = None
        self.first = threading.Event()
        self.seen: dict[str, int] = {}

    def picture(self) -> None:
        if not self.first.is_set():
            self.picture_s = time.monotonic()
            self.first.set()

    def events(self, event_ids: Iterable[str]) -> None:
        for event_id in event_ids:
            if event_id not in self.seen:
                self.seen[event_id] = self._now_ns()

    def figures(self, port: Any) -> dict[str, Any]:
        """When each was received and decided is asked of the record, at the end, so that asking delays nothing."""
        from engine.model.alerts.decision import Outcome
        from engine.model.question import ListDecisions, ListEvents

        raised = port.ask(ListDecisions(limit=_MOST_ASKED, outcome=Outcome.RAISED))
        decided = {decision.id: decision.decided_ns for decision in raised}
        shown = [(event, self.seen[event.id]) for event in port.ask(ListEvents(limit=_MOST_ASKED)) if event.id in self.seen]
        rows = [(at_ns - event.received_ns) / 1e6 for event, at_ns in shown]
        captured = [(at_ns - decided[event.decision_id]) / 1e6 for event, at_ns in shown if event.decision_id in decided]
        return {"ready_s": self.ready_s, "picture_s": self.picture_s, "rows_ms": rows, "captured_ms": captured}


def watch_engine(probe: Probe) -> dict[str, Any]:
    """In the measured process: the engine alone, seen through its port."""
    from console.site import running
    from engine.gateway.border.bind import Bind
    from engine.model.port import PictureWant
    from engine.runtime.local import demo_port

    with running(Path(probe.data), Bind.parse("127.0.0.1:0"), _added(probe), gateway_needed=True) as site:
        watcher = Watcher(site.engine.clock.now_ns)
        watcher.ready_s = time.monotonic()
        port = demo_port(site.engine)
        port.watch(site.engine.settings.cameras[0].id, PictureWant(640, 360), watcher.picture)
        watcher.first.wait(_LONGEST_START_S)
        end_s = time.monotonic() + probe.seconds
        while time.monotonic() < end_s:
            watcher.events(event.id for event in port.snapshot().events)
            time.sleep(_POLL_S)
        figures = watcher.figures(port)
        port.close()
        return figures


def watch_screen(probe: Probe) -> dict[str, Any]:
    """In the measured process: the whole console; seen is what has been painted."""
    importlib.import_module("console.start")  # as the program does: before anything else of Qt, whose import hook it takes away
    from benchmarks.screen_gaps import ScreenStart
    from console.start.start import started
    from console.start.start_window import engine_words

    with started(Path(probe.data), engine_words, signed_in=True, full_screen=False) as start:
        assert start.window is not None
        screen = ScreenStart(start.window)
        figures = _watch_started(probe, start, screen.end)
        return {**figures, "window_s": screen.painted_s, "longest_gap_s": screen.longest_gap_s}


def _watch_started(probe: Probe, start: Any, on_picture: Callable[[], None]) -> dict[str, Any]:
    """As the program does: loaded, and the engine started, beside the first window."""
    from console.__main__ import load_bootstrap

    start.beside.run(load_bootstrap)
    from functools import partial

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from console.app import Console
    from console.session.remembered import Remembered
    from console.site import running
    from engine.gateway.border.bind import Bind
    from engine.runtime.local import demo_port

    app, bind = QApplication.instance(), Bind.parse("127.0.0.1:0")
    assert isinstance(app, QApplication)
    made = partial(running, Path(probe.data), bind, _added(probe), gateway_needed=False, gateway_after=start.settled)
    with start.beside.entered(made) as site:
        watcher = Watcher(site.engine.clock.now_ns)
        watcher.ready_s = time.monotonic()
        note_painting(watcher)
        remembered = Remembered.in_folder(Path(probe.data))
        console = Console(site.door, remembered, site.engine.clock, app.quit, first_shown=start.end_window)
        port = demo_port(site.engine)
        console.open_window(port)
        _run_until(watcher, QTimer, app, probe.seconds, on_picture)
        figures = watcher.figures(port)
        console.close()
        app.processEvents()
        return figures


def _run_until(watcher: Watcher, timers: Any, app: Any, seconds: float, on_picture: Callable[[], None]) -> None:
    """Run Qt until the first picture is painted, then for some seconds; at most as long as a start may take."""
    look = timers(interval=20)

    def over() -> None:
        if watcher.first.is_set():
            look.stop()
            on_picture()
            timers.singleShot(round(1000 * seconds), app, app.quit)

    look.timeout.connect(over)
    look.start()
    timers.singleShot(round(1000 * (_LONGEST_START_S + seconds)), app, app.quit)
    app.exec()


def note_painting(watcher: Watcher) -> None:
    """Stand behind the painters of this process and note what they have painted.

    An event is on screen once the row of the review item that holds it was painted, or its own row below an unfolded one.
    """
    from widgets.review.review_delegate import ReviewDelegate
    from widgets.review.review_model import ReviewLine, ReviewModel
    from widgets.wall.tile_painter import TilePainter

    paint_tile, paint_row = TilePainter.paint, ReviewDelegate.paint

    def tile(self: Any, painter: Any, tile: Any, *rest: Any) -> None:
        paint_tile(self, painter, tile, *rest)
        if tile.picture is not None:
            watcher.picture()

    def row(self: Any, painter: Any, option: Any, index: Any) -> None:
        model: ReviewModel = index.model()
        line: ReviewLine = model.line_at(index.row())
        paint_row(self, painter, option, index)
        watcher.events(line.item.event_ids if line.event is None else (line.event.id,))

    TilePainter.paint = tile  # pyright: ignore[reportAttributeAccessIssue]  # it passes on whatever it is given
    ReviewDelegate.paint = row


def _added(probe: Probe) -> Any:
    from console.commands.engine import added_cameras

    return added_cameras([f"{name}={url}" for name, url in probe.cameras], demo=False)


def main(argument: str) -> None:
    given = json.loads(argument)
    given["cameras"] = tuple((name, url) for name, url in given["cameras"])
    probe = Probe(**given)
    limit_pools()  # as the program does
    print(json.dumps((watch_screen if probe.screen else watch_engine)(probe)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
