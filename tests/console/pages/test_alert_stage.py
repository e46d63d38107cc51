"""What stands beside an alert: the clip of this alert and of no other, however late answers come."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.courier import OnError
from console.pages.alerts.past_incidents import PastIncidents
from console.pages.alerts.places import incident_place, place_of_alert
from console.pages.alerts.stage import AlertStage, StageSubject
from engine.model.alerts.alert import Alert
from engine.model.cameras.trail import EventTrails, TrackTrail
from engine.model.event import Event, EventKind, Severity
from engine.model.fire.smoke import ListedPlume, Plume, SmokeView
from engine.model.incidents.incident import Incident, IncidentCategory, IncidentState
from engine.model.risk.map_settings import MapSettings
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor, SiteAnchor, Zone
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine
from tests.fakes.map_files import red_png, write_mbtiles
from tests.fakes.media import write_mp4
from tests.fakes.scene import Scene
from tests.fakes.smoke import lookout, sequence
from widgets.alerts.place_view import AlertPlace

FLOOR = Floor(
    extent=(0.0, 0.0, 10.0, 6.0),
    zones=(Zone("z-lab", "Laboratory", 0, 0, 5, 4),),
    camera_poses=(CameraPose("hall", (0, 0, 2.4), (5, 3, 1)),),
)


class SlowBridge(EngineBridge):
    """Holds answers back until a test lets them go, in whatever order."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.waiting: list[tuple[str, Callable[[], None]]] = []
        self.slow = False

    def fetch(self, call: Callable[[], Any], on_answer: Any, on_error: OnError, *about: Any, **more: Any) -> None:
        if not self.slow:
            super().fetch(call, on_answer, on_error, *about, **more)
            return
        self.waiting.append((_name(call), lambda: EngineBridge.fetch(self, call, on_answer, on_error, *about, **more)))

    def let_go(self) -> None:
        """All that wait, the newest first."""
        waiting, self.waiting = self.waiting, []
        for _, go in reversed(waiting):
            go()


def _name(call: Any) -> str:
    return getattr(getattr(call, "func", None), "__name__", "?")


@pytest.fixture
def engine() -> FakeEngine:
    made = FakeEngine()
    for camera_id in ("hall", "yard"):
        made.add_camera(camera_id, camera_id.title())
    made.settings = replace(made.settings, floor=FLOOR)
    made.publish()
    return made


@pytest.fixture
def bridge(engine: FakeEngine, qtbot: QtBot) -> Iterator[SlowBridge]:
    made = SlowBridge(engine.port("ada"))
    with engine.running():
        made.start()
        qtbot.waitUntil(lambda: made.snapshot is not None)
        yield made
        made.close()


@pytest.fixture
def stage(bridge: SlowBridge, qtbot: QtBot) -> Iterator[AlertStage]:
    made = AlertStage(bridge)
    qtbot.addWidget(made)
    bridge.snapshot_changed.connect(made.show_snapshot)
    made.resize(900, 400)
    made.show()
    yield made
    made.shutdown()


@pytest.fixture
def clip_file(tmp_path: Path) -> Path:
    scene = Scene(people=1, width=320, height=180)
    return write_mp4(tmp_path / "clip.mp4", [scene.picture_at(n / 10, 320, 180) for n in range(20)])


def subject(event: Event, **more: Any) -> StageSubject:
    place = AlertPlace(Severity.HIGH, (2.0, 2.0, 0.0), event.camera_id, None, "Laboratory")
    return replace(StageSubject(f"al-{event.id}", event.id, event.camera_id, "", event.started_ns, place), **more)


def test_the_clip_of_one_alert_never_stands_under_the_next(engine: FakeEngine, stage: AlertStage, clip_file: Path, qtbot: QtBot) -> None:
    first, second = (engine.add_event(camera_id, age_s=400.0) for camera_id in ("hall", "yard"))
    engine.add_clip(first, clip_file)
    stage.show_subject(subject(first))
    qtbot.waitUntil(stage.shows_clip)
    stage.show_subject(subject(second))
    assert not stage.shows_clip() and not stage.clip.player.has_picture(), "at once, before any answer"
    qtbot.waitUntil(lambda: stage.still.caption == "No clip of this event")
    assert not stage.shows_clip() and stage.still.has_picture()


def test_late_answers_for_one_alert_change_nothing_under_the_next(
    engine: FakeEngine, bridge: SlowBridge, stage: AlertStage, clip_file: Path, qtbot: QtBot
) -> None:
    first, second = (engine.add_event(camera_id, age_s=400.0) for camera_id in ("hall", "yard"))
    engine.add_clip(first, clip_file)
    engine.trails[first.id] = EventTrails("hall", (TrackTrail("t", "person", (first.started_ns,), ((0.1, 0.1, 0.2, 0.2),)),))
    qtbot.waitUntil(lambda: bridge.snapshot is not None and any(event.id == second.id for event in bridge.snapshot.events))
    bridge.slow = True
    stage.show_subject(subject(first))
    stage.show_subject(subject(second))
    assert len(bridge.waiting) >= 4, "pictures and clips of both are under way"
    bridge.slow = False
    bridge.let_go()
    qtbot.waitUntil(lambda: bridge.idle and stage.still.caption == "No clip of this event")
    assert not stage.shows_clip() and not stage.clip.player.marks() and stage.still.has_picture()


def test_a_file_that_comes_late_is_not_opened_under_the_next(
    engine: FakeEngine, bridge: SlowBridge, stage: AlertStage, clip_file: Path, qtbot: QtBot
) -> None:
    """The clip was found already; its file is fetched while another alert is chosen."""
    first, second = (engine.add_event(camera_id, age_s=400.0) for camera_id in ("hall", "yard"))
    engine.add_clip(first, clip_file)
    qtbot.waitUntil(lambda: bridge.snapshot is not None and any(event.id == second.id for event in bridge.snapshot.events))
    stage.show_subject(subject(first))
    bridge.slow = True
    qtbot.waitUntil(lambda: any(name == "clip_file" for name, _ in bridge.waiting))
    bridge.slow = False
    stage.show_subject(subject(second))
    bridge.let_go()
    qtbot.waitUntil(lambda: bridge.idle and stage.still.caption == "No clip of this event")
    qtbot.wait(150)
    assert not stage.shows_clip() and not stage.clip.player.has_picture()


def test_back_and_forth_ends_with_the_clip_of_the_one_that_is_chosen(
    engine: FakeEngine, stage: AlertStage, clip_file: Path, qtbot: QtBot
) -> None:
    first, second = (engine.add_event(camera_id, age_s=400.0) for camera_id in ("hall", "yard"))
    engine.add_clip(first, clip_file)
    for _ in range(5):
        stage.show_subject(subject(first))
        stage.show_subject(subject(second))
    stage.show_subject(subject(first))
    qtbot.waitUntil(stage.shows_clip)
    assert stage.clip.player.is_playing()


def test_what_is_marked_is_of_this_event_with_its_zone(engine: FakeEngine, stage: AlertStage, clip_file: Path, qtbot: QtBot) -> None:
    event = engine.add_event("hall", age_s=400.0)
    engine.add_clip(event, clip_file)
    engine.trails[event.id] = EventTrails("hall", (TrackTrail("t", "person", (event.started_ns,), ((0.1, 0.1, 0.2, 0.2),)),))
    stage.show_subject(subject(event, zone_id="z-lab"))
    qtbot.waitUntil(lambda: bool(stage.clip.player.marks().trails))
    marks = stage.clip.player.marks()
    assert [place.name for place in marks.places] == ["Laboratory"] and marks.label == "Person"
    assert stage.place.isVisible() and stage.place.words.text() == "Laboratory"
    (clip, _) = engine.clips[f"clip-{event.id}"]
    early = replace(clip, started_ns=event.started_ns - 12 * SECOND)
    assert stage.clip._begins_at_s(early) == 10.0 and stage.clip._begins_at_s(clip) == 0.0, "with the event, after 2 s of the approach"


def test_a_fall_found_by_radio_shows_the_clip_of_a_camera_that_sees_the_place(
    engine: FakeEngine, stage: AlertStage, clip_file: Path, qtbot: QtBot
) -> None:
    seen = engine.add_event("hall", age_s=400.0)
    engine.add_clip(seen, clip_file)
    place = AlertPlace(Severity.CRITICAL, (4.0, 2.5, 0.0), "", None, "Laboratory")
    stage.show_subject(StageSubject("al-r", "ev-radio", "", "z-lab", seen.started_ns + SECOND, place))
    qtbot.waitUntil(stage.shows_clip)
    assert stage.clip.player.marks().trails == (), "who is in that clip is not known to be who fell"
    assert [each.name for each in stage.clip.player.marks().places] == ["Laboratory"]


def test_without_any_camera_the_place_has_the_room(engine: FakeEngine, stage: AlertStage, qtbot: QtBot) -> None:
    place = AlertPlace(Severity.CRITICAL, (9.5, 5.9, 0.0), "", None, "Store")
    stage.show_subject(StageSubject("al-r", "ev-radio", "", "", 1, place))
    assert stage.place.isVisible() and not stage.pictures.isVisible()
    stage.show_subject(None)
    assert not stage.isVisible()


def test_smoke_of_a_lookout_is_a_map_with_its_name_and_bearing(engine: FakeEngine, stage: AlertStage, qtbot: QtBot) -> None:
    ridge = replace(lookout("tower-ridge", 59.36, 18.02, 120.0), name="Ridge tower")
    engine.settings = replace(engine.settings, anchor=SiteAnchor(59.33, 18.0), lookouts=(ridge,))
    engine.publish()
    snapshot = engine.snapshot
    plume = ListedPlume(Plume("pl-1", ("sq-a",), 1, 2), (sequence("a", 128.0, camera="tower-ridge"),))
    snapshot = replace(snapshot, smoke=SmokeView((plume,)))
    alert = Alert("al-s", "de", "smoke", EventKind.SMOKE, Severity.HIGH, 1, 1, event_id="ev-s", camera_id="tower-ridge", subject_id="pl-1")
    place = place_of_alert(alert, None, snapshot, snapshot.settings.camera_names(), {})
    assert place.words == "Ridge tower" and place.earth is None
    qtbot.waitUntil(lambda: stage._bridge.snapshot is not None and bool(stage._bridge.snapshot.settings.lookouts))
    stage.show_subject(StageSubject("al-s", "ev-s", "tower-ridge", "", 1, place))
    assert stage.place.isVisible()
    assert [camera.name for camera in stage.place.map.cameras()] == ["Ridge tower"]
    assert [line.azimuth_deg for line in stage.place.map.plumes()[0].sightlines] == [128.0]
    qtbot.waitUntil(lambda: not stage.pictures.isVisible())


def test_the_map_of_an_incident_has_the_base_map_of_the_site(engine: FakeEngine, stage: AlertStage, tmp_path: Path, qtbot: QtBot) -> None:
    file = write_mbtiles(tmp_path / "town.mbtiles", {(0, 0, 0): red_png()})
    engine.settings = replace(engine.settings, map=MapSettings(file=str(file)), anchor=SiteAnchor(59.3, 18.0))
    engine.publish()
    stage.show_subject(StageSubject("al-i", "", "", "", 1, AlertPlace(Severity.HIGH, None, "", (59.31, 18.0), "Quay")))
    qtbot.waitUntil(lambda: stage.place.map.base.tiles is not None and stage.place.map.base.tiles.most_zoom == 0)
    engine.settings = replace(engine.settings, map=MapSettings(file=str(tmp_path / "missing.mbtiles")))
    engine.publish()
    qtbot.waitUntil(lambda: "missing.mbtiles" in stage.base_trouble.text())
    stage.shutdown()
    assert stage.place.map.base.tiles is None


def test_the_incident_of_a_closed_alert_is_fetched_once(engine: FakeEngine, bridge: SlowBridge, qtbot: QtBot) -> None:
    closed = replace(Incident("in-1", IncidentCategory.THEFT, "", 59.3, 18.0, 1, 1, 1, Severity.LOW), state=IncidentState.CLOSED)
    engine.incidents.put(closed)
    past = PastIncidents(bridge)
    assert past.incident("") is None is past.incident(closed.id)
    qtbot.waitUntil(lambda: past.incident(closed.id) is not None)
    assert past.incidents() == (closed,)
    assert past.incident("in-nowhere") is None
    qtbot.waitUntil(lambda: bridge.idle)
    assert past.incident("in-nowhere") is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "anchor", "said"),
    [
        (59.4, 18.0, SiteAnchor(59.3, 18.0), "km north of the site"),
        (59.3, 18.1, SiteAnchor(59.3, 18.0), "km east of the site"),
        (59.25, 17.9, SiteAnchor(59.3, 18.0), "south-west of the site"),
        (59.3, 18.0, SiteAnchor(59.3, 18.0), "Laboratory"),
        (59.4, 18.0, None, "59.40000° N, 18.00000° E"),
    ],
)
def test_where_an_incident_is_is_said(latitude: float, longitude: float, anchor: SiteAnchor | None, said: str) -> None:
    settings = replace(Settings(), floor=FLOOR, anchor=anchor)
    incident = Incident("in-1", IncidentCategory.THEFT, "", latitude, longitude, 1, 1, 1, Severity.LOW)
    assert incident_place(incident, settings).endswith(said)
