"""What was burned when: rather too little is counted on than too much."""

import json
import stat
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.geometry import Polygon
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, ManualClock
from engine.runtime.cameras.privacy_record import FILE, MARGIN_NS, PrivacyRecord

ONE: Polygon = ((0.1, 0.1), (0.4, 0.1), (0.1, 0.4))
TWO: Polygon = ((0.5, 0.5), (0.9, 0.5), (0.5, 0.9))
START_NS = 1_800_000_000 * SECOND
MINUTE_NS = 60 * SECOND


class Site:
    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, ManualClock(START_NS)
        self.record = PrivacyRecord(folder, self.clock)

    def put(self, *areas: Polygon, at_min: float) -> None:
        self.clock.advance_to(START_NS + round(at_min * MINUTE_NS))
        cameras = (CameraSettings("door", "Door", "door.mp4", privacy=areas),)
        self.record.changing(cameras)
        self.clock.advance_to(self.clock.now_ns() + SECOND)  # so long it takes to hold
        self.record.changed(cameras)

    def missing(self, since_min: float, until_min: float, *wanted: Polygon) -> tuple[Polygon, ...]:
        ns = [START_NS + round(minute * MINUTE_NS) for minute in (since_min, until_min)]
        return self.record.missing("door", wanted, *ns)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_before_an_area_was_set_it_was_not_burned_and_since_it_is(site: Site) -> None:
    site.put(at_min=0)
    site.put(ONE, at_min=10)
    assert site.missing(1, 2, ONE) == (ONE,)
    assert site.missing(9, 11, ONE) == (ONE,)
    assert site.missing(11, 12, ONE) == ()
    assert site.missing(11, 12, ONE, TWO) == (TWO,)


def test_near_the_change_nothing_is_counted_on(site: Site) -> None:
    site.put(ONE, at_min=10)
    margin_min = (MARGIN_NS + SECOND) / MINUTE_NS
    assert site.missing(10 + margin_min * 0.9, 11, ONE) == (ONE,)
    assert site.missing(10 + margin_min * 1.1, 11, ONE) == ()


def test_while_an_area_was_away_it_was_not_burned(site: Site) -> None:
    site.put(ONE, at_min=10)
    site.put(at_min=20)
    site.put(ONE, at_min=30)
    margin_min = MARGIN_NS / MINUTE_NS
    assert site.missing(11, 20 - 1.1 * margin_min, ONE) == ()
    assert site.missing(11, 20 - 0.9 * margin_min, ONE) == (ONE,)  # already a moment before it was taken away
    assert site.missing(25, 26, ONE) == (ONE,) == site.missing(11, 31, ONE)
    assert site.missing(31, 32, ONE) == ()


def test_an_area_that_stays_while_others_change_is_burned_all_the_time(site: Site) -> None:
    site.put(ONE, at_min=10)
    site.put(ONE, TWO, at_min=20)
    site.put(TWO, at_min=30)
    assert site.missing(11, 29, ONE) == () and site.missing(11, 31, ONE) == (ONE,)
    assert site.missing(11, 29, TWO) == (TWO,) and site.missing(21, 40, TWO) == ()


def test_it_is_known_after_a_restart_and_what_a_removed_camera_had(site: Site) -> None:
    site.put(ONE, at_min=10)
    again = PrivacyRecord(site.folder, site.clock)
    again.changing(())
    again.changed(())
    assert again.last("door") == (ONE,) and again.last("yard") == ()
    site.record = again
    assert site.missing(11, 12, ONE) == ()
    assert stat.S_IMODE((site.folder / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"door": 3}', b'{"door": [[1, [[["x", 2]]]]]}', b"\xff"])
def test_a_damaged_file_counts_on_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    site = Site(tmp_path)
    assert site.missing(1, 2, ONE) == (ONE,)
    site.put(ONE, at_min=10)
    assert site.missing(11, 12, ONE) == () and json.loads((tmp_path / FILE).read_bytes())


def test_areas_that_cannot_be_noted_as_gone_do_not_go(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.put(ONE, at_min=10)

    def refuse(path: Path, content: bytes) -> None:
        raise EnvironmentFault("not_written", "The disk is full.")

    monkeypatch.setattr("engine.runtime.cameras.privacy_record.write_atomically", refuse)
    with pytest.raises(EnvironmentFault):
        site.put(at_min=20)
    assert site.missing(21, 22, ONE) == () and site.record.last("door") == (ONE,)
