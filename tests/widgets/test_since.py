"""What shows something from elsewhere says since when it is old: by the clock, with the zone."""

from dataclasses import replace

import pytest

from engine.model.alerts.delivery import ChannelState
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings
from engine.model.health import CameraState
from engine.model.people.settings import MicrophoneSettings
from engine.model.people.view import MicrophoneView
from engine.model.radio.radio import NodeState, NodeView
from engine.model.time import SECOND
from tests.widgets.values_for_widgets import NOW_NS, camera
from widgets.alerts.channel_table import ChannelRow, channel_cells
from widgets.devices.microphone_table import MicrophoneRow, microphone_cells
from widgets.devices.node_table import NodeCells
from widgets.devices.node_words import NodeRow, node_notes
from widgets.time_text import clock_text
from widgets.wall.tile import Tile

AT_NS = NOW_NS - 420 * SECOND
AT = clock_text(AT_NS, NOW_NS)


@pytest.mark.parametrize("since_ns", [AT_NS, None])
def test_a_channel_that_fails(since_ns: int | None):
    state = ChannelState("a", ChannelKind.NTFY, url_stored=True, waiting=2, last_error="No answer.", failing_since_ns=since_ns)
    cells = channel_cells(ChannelRow(ChannelSettings("a", ChannelKind.NTFY), state), NOW_NS)
    assert cells[0].below == (f"Since {AT}. No answer." if since_ns else "No answer.")


def test_a_microphone_that_is_not_heard():
    row = MicrophoneRow(MicrophoneSettings("desk", "Desk", enabled=True), MicrophoneView("desk", "It was unplugged.", trouble_ns=AT_NS))
    assert microphone_cells(row, NOW_NS)[0].below == f"Since {AT}. It was unplugged."


def test_a_node_that_is_offline():
    row = NodeRow(NodeView("02:00:00:00:00:01", "Hall", NodeState.OFFLINE, "It left.", since_ns=AT_NS, last_seen_ns=AT_NS))
    assert node_notes(row, NOW_NS)[0].text == f"Offline since {AT}. It left."
    assert NodeCells(lambda: NOW_NS).cells(row)[-1].text == AT


def test_a_camera_that_is_lost():
    view = camera(0, CameraState.LOST, at_ns=AT_NS)
    tile = Tile(view)
    tile.refresh(NOW_NS)
    assert tile.chrome.since == tile.chrome.last_picture == AT


def test_a_camera_that_never_gave_a_picture():
    view = camera(0, CameraState.LOST, at_ns=AT_NS)
    tile = Tile(replace(view, health=replace(view.health, last_picture_ns=None, since_ns=AT_NS)))
    tile.refresh(NOW_NS)
    assert (tile.chrome.since, tile.chrome.last_picture) == (AT, "")
