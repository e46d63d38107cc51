"""X4: all that is elsewhere is there and never answers. The console opens all the same, local cameras work, and each panel that shows
something from elsewhere says since when it has not."""

import queue
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.site import Site
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.alerts.commands import ChangeAtlas
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, Security, WebhookSettings
from engine.model.command import PutChannel, PutNode, PutWebhook
from engine.model.health import CameraState
from engine.model.incidents.atlas import AtlasSettings, AtlasState
from engine.model.incidents.incident import Filed, IncidentCategory
from engine.model.settings import CameraSettings
from engine.model.site import NodeSettings
from engine.runtime.incidents.reporting import IncomingReport
from tests.console.real_engine import ADMIN, PASSWORD, Stage, set_up, stage
from tests.fakes.blackhole import blackhole
from tests.fakes.video import Clip, write_clip
from widgets.incidents.atlas_panel import AtlasPanel
from widgets.system.camera_health_table import CameraHealthTable

CLOCK = re.compile(r"[Ss]ince \d\d:\d\d:\d\d|^\d\d:\d\d:\d\d")
SOMEBODY = Session("test", User("us-1", "rita", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
NODE = NodeSettings("02:57:52:00:00:01", "Hall node", (0.0, 0.0, 2.0))


@contextmanager
def cut_off(folder: Path, qtbot: QtBot, name: str) -> Iterator[Stage]:
    """One camera is a file of this machine; everything else is elsewhere."""
    with blackhole() as port:
        video = write_clip(folder / "yard.mp4", Clip())
        far = CameraSettings("far", "Far", f"rtsp://127.0.0.1:{port}/far")
        cameras = (CameraSettings("near", "Near", str(video), min_person_share=1.0), far)
        with stage(folder / "data", qtbot, name, cameras, prepare=lambda site: lean_on(site, port)) as made:
            yield opened(made)


def lean_on(site: Site, port: int) -> None:
    """Every service that can be elsewhere is set up, at an address that never answers."""
    far = site.door.overview().camera("far")
    assert far is not None and far.health.state is CameraState.CONNECTING
    set_up(site)
    admin = site.door.sign_in(ADMIN, PASSWORD)
    address = f"http://127.0.0.1:{port}"
    atlas = AtlasSettings(enabled=True, url=address, allow_private=True, timeout_s=1.0, retries=0)
    admin.command(ChangeAtlas(atlas, "key"))
    admin.command(PutWebhook(WebhookSettings("nurse", f"{address}/hook", ("camera_lost",))))
    mqtt = ChannelSettings("home", ChannelKind.MQTT, host="127.0.0.1", port=port, security=Security.NONE, allow_private=True)
    admin.command(PutChannel(mqtt))
    admin.command(PutNode(NODE))
    admin.close()
    said = IncomingReport(IncidentCategory.THEFT, "Somebody took a bicycle", 59.0, 18.0, site.engine.clock.now_ns())
    outcomes: queue.SimpleQueue[object] = queue.SimpleQueue()
    site.door.report(said, SOMEBODY, outcomes.put)
    assert isinstance(outcomes.get(timeout=120), Filed)


def opened(made: Stage) -> Stage:
    made.console.open_window(made.site.door.sign_in(ADMIN, PASSWORD))
    made.wait_window()
    return made


def test_x4_the_console_opens_and_local_cameras_work_while_nothing_has_answered_yet(tmp_path: Path, qtbot: QtBot) -> None:
    """That the engine waits for nobody shows by the order: it had started before the far camera's first attempt ended (`lean_on`)."""
    with cut_off(tmp_path, qtbot, "cut-off") as made:
        made.until(lambda: made.shows_live("near"), "the near camera is live on screen")
        assert made.snapshot.incidents.incidents, "reports are kept"


@pytest.mark.soak
def test_x4_each_panel_says_since_when(tmp_path: Path, qtbot: QtBot) -> None:
    with cut_off(tmp_path, qtbot, "cut-off") as made:
        made.until(lambda: made.state("far") is CameraState.LOST, "the far camera is given up")
        tile = made.live.wall._tiles.get("far")
        made.until(lambda: bool(CLOCK.search(tile.chrome.since)), "its tile says since when there is no picture")
        made.shot("live")
        made.window.show_page("incidents")
        made.until(lambda: made.snapshot.incidents.atlas.state in (AtlasState.DOWN, AtlasState.OPEN), "Atlas is down")
        panel = made.window.findChild(AtlasPanel)
        made.window.page("incidents").atlas_button.click()
        made.until(lambda: panel.isVisible() and bool(CLOCK.search(panel.since.text())), "its panel says since when")
        made.shot("incidents")
        made.window.show_page("system")
        made.until(lambda: len(failing(made)) == 2, "webhook and broker say since when", 60_000)
        made.shot("system")
        table = made.window.findChild(CameraHealthTable)
        made.until(lambda: bool(CLOCK.search(table._model.index(1, 8).data())), "the table of cameras says since when")
        made.window.show_page("devices")
        made.shot("devices")
        assert made.shows_live("near")


def failing(made: Stage) -> list[str]:
    """What the table of notifications says below the names of those that fail."""
    table = made.system.notifications.table
    rows = [table.model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(table.model.rowCount())]
    return [row for row in rows if CLOCK.search(str(row))]
