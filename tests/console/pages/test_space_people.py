"""Fused people on the Space page: who they are and why, who sees them, and naming them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from console.pages.space.space import SpacePage
from console.pages.space.words import headline, notices, person_rows
from console.session.remembered import Remembered
from engine.fusion.floor_zones import with_zones, zone_counts
from engine.model.accounts.access import Role
from engine.model.command import ChangeSettings, CreateUser
from engine.model.people.commands import NameTrack
from engine.model.radio.fused import FusedPicture, FusedTrack
from engine.model.snapshot import Snapshot
from tests.console.pages.space_stage import SpaceStage
from tests.fakes.radio_scene import GRACE, WALKERS, RadioEngine, RadioScene
from widgets.space.build import scene_of
from widgets.space.scene import SpaceScene


@pytest.fixture
def engine() -> RadioEngine:
    fake = RadioEngine(radio_scene=RadioScene(walkers=WALKERS[:5]), fusing=True)
    fake.add_camera("yard", "Yard")
    fake.add_camera("gate", "North gate")
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


@pytest.fixture
def space(engine: RadioEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[SpacePage]:
    remembered.put("space/solid", False)
    stage = SpaceStage(engine, remembered, "bo")
    stage.show()
    stage.bridge.start()
    qtbot.waitUntil(lambda: bool(stage.page.people.person_rows()))
    yield stage.page
    stage.shut()
    stage.deleteLater()


def menu_texts(menu: QMenu | None) -> list[str]:
    assert menu is not None
    return [action.text() for action in menu.actions() if action.isEnabled()]


def test_the_list_names_people_with_who_sees_them(space: SpacePage) -> None:
    rows = {row.blob_id: row for row in space.people.person_rows()}
    assert space.people.person_rows()[0].alarming, "who has fallen comes first"
    assert rows["fu-0"].name == "Ada Lovelace" and rows["fu-1"].name == GRACE.name and rows["fu-2"].name == "Person 3"
    assert rows["fu-0"].detail.startswith("Very sure · camera · radio · ±") and "camera" not in rows["fu-1"].detail
    assert space.headline.text() == "5 people now, 1 out of sight"


def test_a_zones_number_is_that_of_the_people_drawn_in_it(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    """Also of somebody whom only a camera sees: fused people count, blobs do not."""
    before = engine.snapshot.people.fused
    assert before is not None
    scene = scene_of(engine.snapshot)
    _assert_counts_are_the_drawn(scene)
    assert any(zone.people for zone in scene.zones)
    lab = next(zone for zone in engine.settings.floor.zones if zone.id == "lab")
    alone = replace(before.tracks[1], position=((lab.x0 + lab.x1) / 2, (lab.y0 + lab.y1) / 2, 0.0), sources=())
    tracks = with_zones([alone], engine.settings.floor.zones)
    counts = zone_counts(tracks, engine.settings.floor.zones, {}, lambda xy: False)
    picture = replace(before, at_ns=before.at_ns + 1, tracks=tracks, zones=counts)
    moved = replace(engine.snapshot, people=replace(engine.snapshot.people, fused=picture))
    assert moved.radio.picture is not None and len(moved.radio.picture.blobs) > 1
    space.show_snapshot(moved)
    shown = space.view.marks.scene
    _assert_counts_are_the_drawn(shown)
    assert [zone.people for zone in shown.zones if zone.zone.id == "lab"] == [1] and len(shown.people) == 1


def _assert_counts_are_the_drawn(scene: SpaceScene) -> None:
    for mark in scene.zones:
        drawn = sum(mark.zone.is_over(person.position[0], person.position[1]) for person in scene.people)
        assert mark.people == drawn or (mark.people is None and drawn == 0)


def test_the_evidence_of_a_name_adds_up_and_radio_explains_itself_below(space: SpacePage, qtbot: QtBot) -> None:
    space.select("fu-0")
    rows = space.person.bars.evidence_rows()
    assert [row.title.split(",")[0] for row in rows] == ["Starting value", "Face", "Phone or badge", "Sum"]
    assert sum(row.value for row in rows[:-1]) == pytest.approx(rows[-1].value)
    assert rows[1].title == "Face, Yard"
    assert "Camera Yard, ± 0.2 m" in space.person.facts.fact_text("Seen by") and "Radio" in space.person.facts.fact_text("Seen by")
    qtbot.waitUntil(lambda: bool(space.panel.bars.bar_rows()))
    assert space.panel.isVisible() and not space.panel.facts.isVisible() and space.person.isVisible()
    assert space.view.marks.highlight.zones


def test_somebody_without_a_name_says_that_nobody_knows(space: SpacePage) -> None:
    space.select("fu-3")
    assert space.person.unknown.isVisible() and not space.person.bars.isVisible() and not space.person.conflict.isVisible()
    assert space.person.name.text() == "Person 4" and space.person.facts.fact_text("Confidence") == ""


def test_a_conflict_is_a_sentence_and_the_name_gets_a_question_mark(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.fusing = False
    fused = engine.snapshot.people.fused
    assert fused is not None and fused.tracks[0].identity is not None
    doubt = replace(fused.tracks[0].identity, conflict="the phone says it is somebody else")
    engine.people = replace(engine.people, fused=FusedPicture(engine.now_ns, (replace(fused.tracks[0], identity=doubt),)))
    engine.publish()
    space.select("fu-0")
    qtbot.waitUntil(lambda: space.person.conflict.text() == "The phone says it is somebody else.")
    assert space.person.name.text() == "Ada Lovelace ?" and space.people.person_rows()[0].name == "Ada Lovelace ?"


def test_naming_is_offered_where_somebody_stands(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    place = next(person for person in space.view.scene.people if person.blob_id == "fu-2").position
    pixels, _ = space.view.projection().points(np.array([place], np.float64))
    asked: list[str] = []
    space.view.menu_requested.connect(lambda who, _: asked.append(who))
    point = QPointF(float(pixels[0, 0]), float(pixels[0, 1])).toPoint()
    space.view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, space.view.mapToGlobal(point)))
    assert asked == ["fu-2"] and space.selected() == "fu-2"
    for menu in space.findChildren(QMenu):
        menu.close()
    menu = space.menu_of("fu-2")
    assert menu_texts(menu) == ["&This is"], "nobody is taken for somebody yet"
    assert menu is not None
    who = menu.actions()[0].menu()
    assert isinstance(who, QMenu)
    next(action for action in who.actions() if action.text() == "Ada Lovelace").trigger()
    qtbot.waitUntil(lambda: engine.commands == [NameTrack("fu-2", "ada")])


def test_a_wrong_name_is_taken_away(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    menu = space.menu_of("fu-0")
    assert menu is not None and menu_texts(menu) == ["&This is", "&Not Ada Lovelace"]
    menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: engine.commands == [NameTrack("fu-0", "")])
    assert space.menu_of("blob-0") is None and space.menu_of("") is None


def test_beside_everybody_no_menu_is_asked_for(space: SpacePage) -> None:
    asked: list[str] = []
    space.view.menu_requested.connect(lambda who, _: asked.append(who))
    space.view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3), QPoint(3, 3)))
    assert asked == []


def test_who_is_gone_stays_to_be_read_and_may_come_back(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    space.select("fu-0")
    engine.radio_scene = replace(engine.radio_scene, walkers=())  # type: ignore[type-var]
    engine.tick()
    qtbot.waitUntil(lambda: "Not detected since" in space.person.gone.text())
    assert space.person.name.text() == "Ada Lovelace" and not space.view.marks.highlight.zones
    engine.radio_scene = replace(engine.radio_scene, walkers=WALKERS[:5])  # type: ignore[type-var]
    engine.tick()
    qtbot.waitUntil(lambda: "each point" in space.person.note.text())
    qtbot.waitUntil(lambda: bool(space.view.marks.highlight.zones))


def test_somebody_whom_only_cameras_see_has_no_radio_reasons(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.fusing = False
    fused = engine.snapshot.people.fused
    assert fused is not None
    seen = replace(fused.tracks[0], sources=fused.tracks[0].sources[:1])
    engine.people = replace(engine.people, fused=FusedPicture(engine.now_ns, (seen,)))
    engine.publish()
    qtbot.waitUntil(lambda: len(space.people.person_rows()) == 1)
    space.select("fu-0")
    assert space.person.isVisible() and not space.panel.isVisible()
    assert space.person.facts.fact_text("Seen by") == "Camera Yard, ± 0.2 m"


def test_cameras_alone_make_a_floor_without_radio(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.execute(ChangeSettings(radio=replace(engine.settings.radio, enabled=False)))
    engine.people = replace(engine.people, fused=FusedPicture(engine.now_ns))
    engine.fusing = False
    engine.publish()
    qtbot.waitUntil(lambda: not space.headline.text().startswith("5 people now"))
    assert not space.radio_off.isVisible() and space.view.isVisible()


def test_what_radio_alone_says_is_a_layer(space: SpacePage) -> None:
    assert not space.layers.layers().blobs and len(space.view.scene.blobs) == 5
    before = space.view.grab().toImage()
    space.layers.buttons["blobs"].click()
    assert space.view.marks.layers.blobs and space.view.grab().toImage() != before


def test_why_cameras_are_not_on_the_floor_is_said(engine: RadioEngine) -> None:
    trouble = "North gate has no place on the floor."
    snapshot = replace(engine.snapshot, people=replace(engine.people, fused=FusedPicture(engine.now_ns, (), trouble)))
    assert (trouble, "low") in notices(snapshot) and headline(snapshot) == "No people located now"


def test_of_whoever_has_no_place_no_zone_is_said(engine: RadioEngine) -> None:
    snapshot = engine.snapshot
    fused = snapshot.people.fused
    assert fused is not None
    zone = snapshot.settings.floor.zones[0]
    wide = ((4.0, 0.0, 0.0), (0.0, 0.2, 0.0), (0.0, 0.0, 0.1))
    near, far = (replace(fused.tracks[0], zone_ids=(zone.id,)), replace(fused.tracks[0], zone_ids=(zone.id,), covariance=wide))
    details = [person_rows(with_tracks(snapshot, track))[0].detail for track in (near, far)]
    assert zone.name in details[0] and "place not known" not in details[0]
    assert zone.name not in details[1] and "place not known" in details[1]


def with_tracks(snapshot: Snapshot, *tracks: FusedTrack) -> Snapshot:
    fused = snapshot.people.fused
    assert fused is not None
    return replace(snapshot, people=replace(snapshot.people, fused=replace(fused, tracks=tracks)))


def test_without_fusion_people_are_the_blobs(engine: RadioEngine) -> None:
    plain: Snapshot = replace(engine.snapshot, people=replace(engine.people, fused=None))
    scene = scene_of(plain)
    assert scene.blobs == () and scene.people and all(person.blob_id.startswith("blob-") for person in scene.people)
