"""Believable sites for pictures of the console."""

from engine.model.accounts.access import Role
from engine.model.command import CreateUser
from engine.model.event import EventKind
from tests.fakes.engine import FakeEngine
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene, Walker


def site() -> FakeEngine:
    """A believable site: four simulated cameras, one on RTSP that is lost, events, a clip."""
    engine = FakeEngine()
    for camera_id, name, url in (
        ("yard", "Yard", "simulated:yard"),
        ("hall", "Hall", "simulated:hall"),
        ("gate", "North gate", "rtsp://10.0.0.12/main"),
        ("dock", "Loading dock", "rtsp://10.0.0.14/main"),
    ):
        engine.add_camera(camera_id, name, url)
    engine.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    for number, camera_id in enumerate(("hall", "dock", "gate", "yard", "hall", "yard", "dock")):
        engine.add_event(camera_id, age_s=400 - 55 * number)
    engine.add_event("dock", EventKind.MOTION, age_s=25)
    engine.add_event("yard", ended=False, age_s=4)
    return engine


def radio_site(walkers: tuple[Walker, ...] = WALKERS[:3], scene: RadioScene | None = None) -> RadioEngine:
    """The same with twelve radio nodes and people among them."""
    engine = RadioEngine(radio_scene=scene or RadioScene(walkers=walkers))
    for camera_id, name in (("yard", "Yard"), ("gate", "North gate")):
        engine.add_camera(camera_id, name)
    return engine
