"""Pictures of the pages for README and manual: `make screenshots`, or with --wait and --page.

Runs the demo site in a temporary folder until people, reports and alerts have come, selects an item on each page, and saves
docs/screenshots/<page>.png. With the models in WATCHROOM_MODELS, else with basic detection.
"""

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
importlib.import_module("console.site")  # before Qt, whose import hook reads the source of every module that is loaded after it

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from console.app import Console, make_application  # noqa: E402
from console.garbage import collected_here  # noqa: E402
from console.session.remembered import Remembered  # noqa: E402
from console.shell.screenshots import save_picture  # noqa: E402
from console.site import demo_added, running  # noqa: E402
from console.window import MainWindow  # noqa: E402
from engine.gateway.border.bind import Bind  # noqa: E402
from engine.model.command import ChangeSettings  # noqa: E402
from engine.model.time import SECOND, SystemClock  # noqa: E402
from engine.runtime.local import demo_port  # noqa: E402
from widgets.people.people_list import PersonRow  # noqa: E402
from widgets.timeline.timeline_window import window as time_window  # noqa: E402

CONTENT_S, SETTLE_S, REPLAY_S, PERSON_S = 20.0, 4.0, 60.0, 180.0
SIZE, SIZES = (1440, 900), {"investigate": (1920, 1080)}  # of the window, pixels
BACK_S = 100  # Investigate shows this long ago: clips of then are complete


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the pictures of README and manual anew.")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--wait", type=float, default=240.0, metavar="S", help="how long the demo site runs before the first picture")
    parser.add_argument("--page", action="append", metavar="ID", help="only this page (may be given again)")
    parsed = parser.parse_args()
    make_application()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "demo", Bind(), demo_added(), gateway_needed=False) as site:
        port = demo_port(site.engine)
        port.command(ChangeSettings(recording=replace(site.engine.settings.recording, continuous=True)))
        console = Console(site.door, Remembered.in_folder(Path(folder)), SystemClock(), QApplication.quit)
        with collected_here():
            console.open_window(port)
            assert console.window is not None
            console.window.resize(*SIZE)
            spin(parsed.wait)
            for page_id in parsed.page or PREPARE:
                take(console.window, page_id, parsed.folder)
            console.close()
    return 0


def take(window: MainWindow, page_id: str, folder: Path) -> Path:
    window.resize(*SIZES.get(page_id, SIZE))
    window.show_page(page_id)
    wait_for(window.page(page_id).has_content)
    spin(SETTLE_S)
    PREPARE[page_id](window)
    spin(SETTLE_S)
    return save_picture(window, folder / f"{page_id}.png")


def spin(seconds: float) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_for(ready: Callable[[], bool], most_s: float = CONTENT_S) -> None:
    end_s = time.monotonic() + most_s
    while not ready() and time.monotonic() < end_s:
        spin(0.2)


def _nothing(window: MainWindow) -> None:
    del window


def _person_by_radio(window: MainWindow) -> None:
    from console.pages.space.space import SpacePage

    page = window.page("space")
    assert isinstance(page, SpacePage)
    wait_for(lambda: any(_is_named_by_radio(row) for row in page.people.person_rows()), PERSON_S)
    rows = sorted(page.people.person_rows(), key=lambda row: not _is_named_by_radio(row))
    if rows:
        page.select(rows[0].blob_id)


def _is_named_by_radio(row: PersonRow) -> bool:
    return "radio" in row.detail and not row.name.startswith("Person ")


def _first_incident(window: MainWindow) -> None:
    from console.pages.incidents.incidents import IncidentsPage

    page = window.page("incidents")
    assert isinstance(page, IncidentsPage)
    page.selected_incident()


def _worst_cell(window: MainWindow) -> None:
    from console.pages.risk.risk import RiskPage

    page = window.page("risk")
    assert isinstance(page, RiskPage)
    wait_for(lambda: page.feed.heat is not None and page.feed.heat.raster is not None)
    if page.feed.heat is not None:
        picture = page.feed.heat.picture
        worst = int(picture.risks.argmax())
        page.choose(float(picture.latitudes[worst]), float(picture.longitudes[worst]))


def _a_moment_ago(window: MainWindow) -> None:
    from console.pages.investigate.investigate import InvestigatePage

    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    now_ns = SystemClock().now_ns()
    page.timeline.canvas.set_window(time_window(now_ns - 8 * 60 * SECOND, 10 * 60 * SECOND))
    page.jump(now_ns - BACK_S * SECOND)
    wait_for(page.has_content)
    page.start_replay()
    spin(REPLAY_S)


PREPARE: dict[str, Callable[[MainWindow], None]] = {
    "live": _nothing,
    "space": _person_by_radio,
    "alerts": _nothing,
    "incidents": _first_incident,
    "risk": _worst_cell,
    "investigate": _a_moment_ago,
    "gestures": _nothing,
    "devices": _nothing,
}


if __name__ == "__main__":
    sys.exit(main())
