"""Own cameras that watch for smoke: which of them, how often, and what becomes of what they see."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.model.cameras.frame import DecodedFrame
from engine.model.fire.smoke import Lookout, LookoutView, SmokeBox, SmokeFrame
from engine.model.fire.smoke_questions import ListPlumes
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.runtime.engine import Engine
from engine.runtime.local import demo_port
from engine.runtime.smoke.smoke_lookouts import OwnLookouts
from tests.engine.runtime.test_smoke_side import LOOKOUTS, running, seen
from tests.fakes.frames import FlatFrame
from tests.fakes.waiting import until

RIDGE = CameraSettings("ridge", "Ridge", "rtsp://192.0.2.1/ridge")
FIXED, TURNING = (LookoutView("south", 180.0),), (LookoutView("0", 0.0), LookoutView("1", 90.0))
LOOKOUT = Lookout("ridge", 45.0, 5.0, views=FIXED)
SITE = Settings(cameras=(RIDGE,), lookouts=(LOOKOUT,))


@dataclass
class Looking:
    """Sees the same smoke in every picture."""

    frames: list[int] = field(default_factory=list)

    def frame(self, camera_id: str, view_id: str, frame: DecodedFrame) -> SmokeFrame:
        self.frames.append(frame.captured_ns)
        return SmokeFrame(camera_id, view_id, frame.captured_ns, (SmokeBox((0.4, 0.4, 0.5, 0.5), 0.7),), "test", experimental=True)


@pytest.fixture
def at_any_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.smoke.smoke_lookouts.EVERY_S", 0.0)


def own(settings: Settings = SITE) -> OwnLookouts:
    found = OwnLookouts(Looking)
    found.configure(settings)
    return found


def test_a_camera_that_is_a_lookout_is_looked_through_and_no_other(at_any_rate: None) -> None:
    lookouts = own()
    lookouts.offer("door", FlatFrame(0, SECOND))
    assert lookouts.look() == ()
    lookouts.offer("ridge", FlatFrame(0, SECOND))
    lookouts.offer("ridge", FlatFrame(1, 2 * SECOND))
    (frame,) = lookouts.look()  # the newest one
    assert (frame.camera_id, frame.view_id, frame.captured_ns, frame.experimental, frame.simulated) == (
        "ridge",
        "south",
        2 * SECOND,
        True,
        False,
    )
    assert lookouts.look() == ()


@pytest.mark.parametrize(
    "settings",
    [
        replace(SITE, lookouts=()),
        replace(SITE, cameras=(replace(RIDGE, enabled=False),)),
        replace(SITE, lookouts=(replace(LOOKOUT, views=TURNING),)),  # nobody knows which way it looks
        replace(SITE, lookouts=(replace(LOOKOUT, camera_id="edge"),)),
    ],
)
def test_others_are_not_looked_through(settings: Settings, at_any_rate: None) -> None:
    lookouts = own(settings)
    lookouts.offer("ridge", FlatFrame(0, SECOND))
    assert (lookouts.look(), list(lookouts.camera_ids)) == ((), [])


def test_once_a_while_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.smoke.smoke_lookouts.EVERY_S", 3600.0)
    lookouts = own()
    found: list[SmokeFrame] = []
    for index in range(20):
        lookouts.offer("ridge", FlatFrame(index, index * SECOND))
        found += lookouts.look()
    assert len(found) <= 1


def test_a_camera_that_looks_elsewhere_begins_anew_and_one_that_does_not_goes_on(at_any_rate: None) -> None:
    made: list[Looking] = []

    def make() -> Looking:
        made.append(Looking())
        return made[-1]

    lookouts = OwnLookouts(make)
    for settings in (
        SITE,
        replace(SITE, site_name="Other"),
        replace(SITE, lookouts=(replace(LOOKOUT, views=(LookoutView("south", 170.0),)),)),
    ):
        lookouts.configure(settings)
    assert len(made) == 2


def test_smoke_of_a_simulated_camera_says_so(at_any_rate: None) -> None:
    lookouts = own(replace(SITE, cameras=(replace(RIDGE, url="simulated:yard"),)))
    lookouts.offer("ridge", FlatFrame(0, SECOND))
    assert [frame.simulated for frame in lookouts.look()] == [True]


@pytest.fixture
def engine(tmp_path: Path, at_any_rate: None) -> Iterator[Engine]:
    with running(tmp_path / "site") as engine:
        engine.smoke.own = OwnLookouts(Looking)
        camera = CameraSettings("a", "Ridge", str(tmp_path / "none.mp4"))
        engine.update_settings(lambda now: replace(now, cameras=(camera,), lookouts=LOOKOUTS), "test")
        yield engine


def shown(engine: Engine, ago_s: float) -> None:
    engine.smoke.own.offer("a", FlatFrame(0, engine.clock.now_ns() - round(ago_s * SECOND)))


def test_what_own_cameras_see_is_a_plume_and_said_to_be_experimental(engine: Engine) -> None:
    port = demo_port(engine)
    offered = iter(range(60, 0, -1))

    def there() -> bool:
        shown(engine, next(offered, 1))
        return bool(port.ask(ListPlumes()))

    until(there, "the plume is there")
    (listed,) = port.ask(ListPlumes())
    assert listed.sequences[0].experimental and listed.sequences[0].detector == "test"
    until(lambda: bool(port.snapshot().smoke.plumes), "the snapshot shows it")
    (watch,) = (each for each in port.snapshot().smoke.watches if each.camera_id == "a")
    assert watch.own and watch.heard_ns and watch.silent_since_ns is None


def test_where_an_edge_device_speaks_for_a_camera_the_engine_does_not_look_itself(engine: Engine) -> None:
    demo_port(engine).see_smoke(seen(engine, "a", 90)).result(60)
    shown(engine, 50)
    demo_port(engine).see_smoke(seen(engine, "a", 80)).result(60)  # what waited by then was looked at before
    assert not next(each for each in engine.snapshot(True).smoke.watches if each.camera_id == "a").own
