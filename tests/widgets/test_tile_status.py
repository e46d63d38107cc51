from dataclasses import replace

import pytest

from engine.model.health import CameraHealth, CameraState
from engine.model.time import SECOND
from tests.widgets.values_for_widgets import NOW_NS
from widgets.wall.tile_status import tile_status

LIVE = CameraHealth(CameraState.LIVE, since_ns=NOW_NS - 60 * SECOND, last_picture_ns=NOW_NS)


def test_live_with_a_fresh_picture_is_live():
    assert tile_status(LIVE, NOW_NS - SECOND, NOW_NS).live


def test_live_camera_whose_pictures_stopped_coming_is_not_shown_as_live():
    status = tile_status(LIVE, NOW_NS - 3 * SECOND, NOW_NS)
    assert not status.live
    assert status.level == "critical"
    assert "3 s" in status.text


def test_live_camera_without_any_picture_waits():
    status = tile_status(LIVE, None, NOW_NS)
    assert not status.live
    assert status.text == "Waiting"


def test_a_picture_from_before_it_was_asked_for_waits_and_accuses_nobody():
    long_ago = NOW_NS - 20 * SECOND
    status = tile_status(LIVE, long_ago, NOW_NS, asked_ns=NOW_NS - SECOND)
    assert (status.live, status.text, status.level, status.since_ns) == (False, "Waiting", "neutral", None)
    late = tile_status(LIVE, long_ago, NOW_NS, asked_ns=NOW_NS - 3 * SECOND)
    assert late.since_ns == NOW_NS - 3 * SECOND
    assert tile_status(LIVE, NOW_NS, NOW_NS, asked_ns=NOW_NS - SECOND).live


def test_lost_camera_says_for_how_long_since_its_last_picture():
    lost = replace(
        LIVE, state=CameraState.LOST, last_picture_ns=NOW_NS - 12 * SECOND, since_ns=NOW_NS - 10 * SECOND, reason="No picture for 2 s"
    )
    status = tile_status(lost, NOW_NS, NOW_NS)
    assert (status.text, status.level, status.live, status.reason) == ("Offline 12 s", "critical", False, "No picture for 2 s")
    assert tile_status(lost, None, NOW_NS + 113 * SECOND).text == "Offline 2 min 05 s"


@pytest.mark.parametrize("state", [state for state in CameraState if state is not CameraState.LIVE])
def test_no_other_state_is_ever_live(state):
    status = tile_status(replace(LIVE, state=state), NOW_NS, NOW_NS)
    assert not status.live
    assert status.text
