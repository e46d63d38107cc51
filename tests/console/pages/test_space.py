"""The Space page: who is where and why; following; layers; all its empty and error states; by keyboard too."""

from collections.abc import Callable, Iterator, Set
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.floor.floor import FloorDialog
from console.dialogs.floor.planner import PlannerDialog
from console.pages.space.space import SpacePage
from console.pages.space.words import strongest_zones
from console.session.remembered import Remembered
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.capability import Capability
from engine.model.command import ChangeSettings, CreateUser
from engine.model.errors import EnvironmentFault
from engine.model.question import ExplainBlob
from engine.model.radio.blob import Posture
from engine.model.radio.fused import FusedPicture
from engine.model.time import SECOND
from tests.console.pages.space_stage import SpaceStage
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.radio_scene import FLOOR, GRACE, WALKERS, RadioEngine, RadioScene
from widgets.space.floor3d import Floor3D
from widgets.space.views import Solid

Opener = Callable[..., MainWindow]
Stage = Callable[..., SpacePage]


@pytest.fixture
def engine() -> RadioEngine:
    fake = RadioEngine(radio_scene=RadioScene(walkers=WALKERS[:3]))
    fake.add_camera("yard", "Yard")
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


@pytest.fixture
def stage(engine: RadioEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Callable[..., SpacePage]]:
    """Opens the page for a user; shut again at the end."""
    opened: list[SpaceStage] = []

    def open_for(user: str = "ada", left_out: Set[Capability] = frozenset()) -> SpacePage:
        made = SpaceStage(engine, remembered, user, left_out)
        opened.append(made)
        made.bridge.start()
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        qtbot.waitUntil(made.page.has_content)
        return made.page

    yield open_for
    for each in opened:
        each.shut()
        each.deleteLater()


@pytest.fixture
def space(stage: Callable[..., SpacePage]) -> SpacePage:
    return stage()


def space_of(window: MainWindow, qtbot: QtBot) -> SpacePage:
    window.show_page("space")
    page = window.page("space")
    assert isinstance(page, SpacePage)
    qtbot.waitUntil(page.has_content)
    return page


def change(engine: RadioEngine, **what: object) -> None:
    assert engine.radio_scene is not None
    for name, value in what.items():
        setattr(engine.radio_scene, name, value)
    engine.tick()


def texts(page: SpacePage) -> str:
    return " ".join(label.text() for label in page._stack.currentWidget().findChildren(QLabel) if label.text() and label.isVisible())


# one whole task


def test_why_is_ada_there(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    """Select her, see bars that add up, point at one, see its ellipsoid, follow her, look from above."""
    space.view.person_chosen.emit("blob-0")
    qtbot.waitUntil(lambda: len(space.panel.bars.bar_rows()) == 10)
    rows = space.panel.bars.bar_rows()
    assert sum(row.value for row in rows[:-1]) == pytest.approx(rows[-1].end, rel=1e-9)
    assert "Ada Lovelace" in space.panel.facts.fact_text("Name") and "Open office" in space.panel.facts.fact_text("Place")
    assert space.view.marks.highlight.zones and not space.view.marks.highlight.link
    row = space.panel.bars.visualRect(space.panel.bars.model().index(0, 1)).center()
    qtbot.mouseMove(space.panel.bars.viewport(), row + QPoint(1, 0))
    qtbot.mouseMove(space.panel.bars.viewport(), row)
    qtbot.waitUntil(lambda: space.view.marks.highlight.link == rows[0].key)
    assert any(zone.link == rows[0].key for zone in space.view.marks.highlight.zones)
    space.toolbar.follow_button.click()
    assert space.view.following() and space.toolbar.follow_button.isChecked()
    with engine.running():
        start = space.view.projection()
        qtbot.waitUntil(lambda: space.view.projection().pixels_per_metre((0, 0, 0)) != start.pixels_per_metre((0, 0, 0)))
    space.toolbar.top_button.click()
    if isinstance(space.view, Floor3D):
        assert space.view.orbit.elevation == 90
    assert space.view.following()


def test_the_reason_is_asked_for_again_and_again_while_it_is_looked_at(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    came: list[int] = []
    space.reasons.explained.connect(lambda explanation: came.append(explanation.at_ns))
    space.select("blob-0")
    with engine.running():
        qtbot.waitUntil(lambda: len(set(came)) >= 3)
        space.select("")
        qtbot.waitUntil(lambda: space._bridge.idle)
        count = len(came)
        assert not space.reasons._timer.isActive()
        engine.tick()
        assert len(came) == count


def test_another_page_on_screen_asks_nothing(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    page = space_of(window, qtbot)
    page.select("blob-0")
    window.show_page("live")
    assert not page.reasons._timer.isActive()
    frames = page.view.frames
    window.show_page("space")
    assert page.reasons._timer.isActive() and page.selected() == "blob-0"
    qtbot.waitUntil(lambda: page.view.frames > frames)


def test_by_keyboard_alone(space: SpacePage, qtbot: QtBot) -> None:
    space.people.setFocus()
    qtbot.keyClick(space.people, Qt.Key.Key_Home)
    assert space.selected() == "blob-0"
    qtbot.keyClick(space.people, Qt.Key.Key_Down)
    assert space.selected() == "blob-1"
    qtbot.waitUntil(lambda: bool(space.panel.bars.bar_rows()))
    space.panel.bars.setFocus()
    qtbot.keyClick(space.panel.bars, Qt.Key.Key_Down)
    assert space.view.marks.highlight.link == space.panel.bars.pointed() != ""
    qtbot.keyClick(space.panel.bars, Qt.Key.Key_G)
    assert space.view.following()
    qtbot.keyClick(space.people, Qt.Key.Key_Return)
    assert space.view.following()
    qtbot.keyClick(space.panel.bars, Qt.Key.Key_T)
    qtbot.keyClick(space.panel.bars, Qt.Key.Key_V)
    assert space.view is space.plan and space.view.following()
    qtbot.keyClick(space.people, Qt.Key.Key_Escape)
    assert space.selected() == "" and not space.view.following()


def test_everything_is_named_and_reachable(space: SpacePage) -> None:
    space.select("blob-0")
    assert nameless(space) == [] and unreachable(space) == []


# who is there


def test_the_list_says_who_and_how_sure(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    assert [row.name for row in space.people.person_rows()] == ["Ada Lovelace", "Person 2", GRACE.name]
    assert space.headline.text() == "3 people now"
    change(engine, walkers=(*WALKERS[:2], WALKERS[4]))
    qtbot.waitUntil(lambda: space.people.person_rows()[0].alarming)
    assert space.people.person_rows()[0].detail.startswith("Has fallen")
    change(engine, walkers=WALKERS[:1])
    qtbot.waitUntil(lambda: space.headline.text() == "1 person now")


def test_people_in_zones_are_listed_until_somebody_is_selected(space: SpacePage, engine: RadioEngine) -> None:
    counted = [mark for mark in space.view.scene.zones if mark.counted]
    assert [name for name, _ in space.zone_counts.texts()] == [mark.zone.name for mark in counted]
    assert {text for _, text in space.zone_counts.texts()} <= {"0", "1", "2", "3", "not known"} and space.zone_counts.isVisible()
    picture = engine.snapshot.radio.picture
    assert picture is not None
    space.select(picture.blobs[0].id)
    assert not space.zone_counts.isVisible()
    space.select("")
    assert space.zone_counts.isVisible()


def test_a_fall_shows_on_the_panel(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    space.select("blob-0")
    change(engine, walkers=(replace(WALKERS[0], posture=Posture.FALLEN),))
    qtbot.waitUntil(lambda: "Fallen" in space.panel.facts.fact_text("Posture"))


def test_somebody_who_is_no_longer_found_stays_readable(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    space.select("blob-2")
    space.follow(True)
    qtbot.waitUntil(lambda: bool(space.panel.bars.bar_rows()))
    change(engine, walkers=WALKERS[:2])
    qtbot.waitUntil(lambda: "Not detected since" in space.panel.gone.text())
    assert not space.view.following() and not space.toolbar.follow_button.isEnabled()
    assert not space.view.marks.highlight.zones and not space.reasons._timer.isActive()
    change(engine, walkers=WALKERS[:3])
    qtbot.waitUntil(lambda: space.toolbar.follow_button.isEnabled() and bool(space.view.marks.highlight.zones))


def test_why_cannot_be_had(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.fail("ask", EnvironmentFault("unreachable", "The engine does not answer."), ExplainBlob)
    space.select("blob-0")
    qtbot.waitUntil(lambda: "does not answer" in space.panel.note_text())
    qtbot.waitUntil(lambda: bool(space.panel.bars.bar_rows()))  # and it is asked again


def test_an_answer_for_somebody_else_is_dropped(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    gate = engine.hold("ask")
    space.select("blob-0")
    space.select("blob-1")
    gate.set()
    qtbot.waitUntil(lambda: bool(space.panel.bars.bar_rows()))
    assert space._explanation is not None and space._explanation.blob_id == "blob-1"


def test_only_the_strongest_ellipsoids_are_drawn_and_the_one_that_is_pointed_at(engine: RadioEngine) -> None:
    why = engine.explain("blob-0")
    order = [link.link for link in sorted(why.links, key=lambda link: -link.contribution)]
    shown = {zone.link for zone in strongest_zones(why, "")}
    assert shown == set(order[:5]) & {zone.link for zone in why.zones} and shown
    last = why.zones[-1].link
    assert {zone.link for zone in strongest_zones(why, last)} == shown | {last}


# states


def test_without_nodes_the_page_says_how_to_get_some(engine: RadioEngine, stage: Stage, qtbot: QtBot) -> None:
    change(engine, nodes=0)
    engine.settings = replace(engine.settings, nodes=())
    engine.publish()
    page = stage()
    assert "No nodes yet" in texts(page) and "Devices page" in texts(page)
    page.no_nodes.action_requested.emit()
    dialog = page.findChild(PlannerDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.close()


def test_nodes_without_a_place(engine: RadioEngine, stage: Stage, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, nodes=())
    change(engine, placed=False)
    page = stage()
    assert any(text.startswith("No position") and "and 9 more" in text for text in page.notices.texts())
    assert page.headline.text() == "People cannot be located"


def test_a_layer_says_what_it_cannot_show(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.add_camera("porch", "Porch")
    qtbot.waitUntil(lambda: space._snapshot is not None and space._snapshot.settings.camera("porch") is not None)
    assert not any("Porch" in text or "without walls" in text for text in space.notices.texts())
    space.layers.buttons["cameras"].click()
    assert any(text.startswith("Not placed") and "Porch" in text for text in space.notices.texts())
    space.layers.buttons["coverage"].click()
    assert any("without walls" in text for text in space.notices.texts())
    engine.settings = replace(engine.settings, floor=replace(engine.settings.floor, walls=()))
    engine.publish()
    qtbot.waitUntil(lambda: not any("without walls" in text for text in space.notices.texts()))


def test_cameras_are_placed_from_the_toolbar_by_administrators_only(space: SpacePage, stage: Stage, qtbot: QtBot) -> None:
    space.toolbar.cameras_button.click()
    dialog = space.findChild(CameraPosesDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.close()
    page = stage("bo")
    assert not page.toolbar.cameras_button.isEnabled() and "may not administer" in page.toolbar.cameras_button.toolTip()


def test_nobody_there(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    change(engine, walkers=())
    qtbot.waitUntil(lambda: space.headline.text() == "No people located now")
    assert space.people.person_rows() == () and "located by cameras or radio" in space.people.empty_text()


def test_trouble_is_not_nobody(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    change(engine, trouble="Only one node is online, so nobody can be located. Switch another on.")
    qtbot.waitUntil(lambda: space.headline.text() == "People cannot be located")
    assert "Only one node is online" in space.notices.texts()[0]
    assert "once they can be located" in space.people.empty_text()


def test_a_picture_that_stays_behind_is_called_old(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    scene = engine.radio_scene
    assert scene is not None
    old = scene.view(engine.now_ns)
    scene.view = lambda at_ns: old  # type: ignore[method-assign]
    engine.now_ns += 12 * SECOND
    engine.tick()
    qtbot.waitUntil(lambda: any("No radio measurement for 12 s" in text for text in space.notices.texts()))


def test_radio_off_and_on_again(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.execute(ChangeSettings(radio=replace(engine.settings.radio, enabled=False)))
    qtbot.waitUntil(lambda: space._stack.currentWidget() is space.radio_off)
    space.radio_off.action_requested.emit()
    qtbot.waitUntil(lambda: engine.settings.radio.enabled)
    qtbot.waitUntil(lambda: space._stack.currentWidget() is not space.radio_off)


def test_simulated_is_said(space: SpacePage, engine: RadioEngine, qtbot: QtBot) -> None:
    assert not space.toolbar.simulated.isVisible()
    change(engine, simulated=True)
    qtbot.waitUntil(space.toolbar.simulated.isVisible)


def test_an_operator_looks_but_does_not_change(stage: Stage, qtbot: QtBot) -> None:
    page = stage("bo")
    assert not page.toolbar.floor_button.isEnabled() and "may not administer" in page.toolbar.floor_button.toolTip()
    page.open_floor()
    assert page.findChildren(FloorDialog) == []
    page.select("blob-0")
    qtbot.waitUntil(lambda: bool(page.panel.bars.bar_rows()))


def test_a_display_without_opengl_gets_the_plan_and_is_told_why(monkeypatch: pytest.MonkeyPatch, stage: Stage, qtbot: QtBot) -> None:
    monkeypatch.setattr("console.pages.space.space.solid_view", lambda parent: Solid(None))
    page = stage()
    assert page.view is page.plan and page.notices.texts()[0].startswith("3D needs OpenGL, which this display does not support")
    assert not page.toolbar.solid_button.isEnabled() and not page.toolbar.top_button.isEnabled()
    page.show_solid(True)
    page.show_orbit()
    assert page.view is page.plan


# choices


def test_layers_and_view_are_remembered(stage: Stage) -> None:
    page = stage()
    assert not page.layers.layers().coverage
    page.layers.buttons["links"].click()
    page.toolbar.plan_button.click()
    assert page.view is page.plan and not page.view.marks.layers.links
    again = stage()
    assert again.view is again.plan and not again.layers.layers().links and again.toolbar.plan_button.isChecked()


def test_coverage_comes_when_it_is_wanted(space: SpacePage, qtbot: QtBot) -> None:
    assert space.view.scene.coverage is None
    space.layers.buttons["coverage"].click()
    qtbot.waitUntil(lambda: space.view.scene.coverage is not None)
    space.layers.buttons["coverage"].click()
    qtbot.waitUntil(lambda: space.view.scene.coverage is None)


def test_dialogs_open_from_the_page(space: SpacePage) -> None:
    space.toolbar.floor_button.click()
    space.toolbar.planner_button.click()
    for kind in (FloorDialog, PlannerDialog):
        dialog = space.findChild(kind)
        assert dialog is not None and dialog.isVisible()
        dialog.close()


def test_closing_while_everything_is_under_way(open_window: Opener, engine: RadioEngine, qtbot: QtBot) -> None:
    window = open_window()
    with engine.running():
        page = space_of(window, qtbot)
        page.layers.buttons["coverage"].click()
        gate = engine.hold("ask")
        page.select("blob-0")
        qtbot.waitUntil(lambda: not page._bridge.idle)
        gate.set()
        window.close()


# where the engine does without radio


@pytest.fixture
def without(engine: RadioEngine, stage: Stage) -> SpacePage:
    engine.radio_scene = None
    engine.settings = replace(engine.settings, nodes=(), floor=replace(engine.settings.floor, camera_poses=()))
    engine.publish()
    return stage(left_out={Capability.RADIO})


def test_without_radio_cameras_are_offered_and_nodes_are_not(without: SpacePage, stage: Stage) -> None:
    assert "No cameras placed yet" in texts(without) and "node" not in texts(without).lower()
    without.no_cameras.action_requested.emit()
    dialog = without.findChild(CameraPosesDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.close()
    other = stage("bo", {Capability.RADIO})
    assert "An administrator can place them." in texts(other) and "Place cameras…" not in texts(other)


def test_without_radio_the_floor_shows_what_cameras_find(
    without: SpacePage, engine: RadioEngine, remembered: Remembered, qtbot: QtBot
) -> None:
    engine.settings = replace(engine.settings, floor=FLOOR)
    engine.people = replace(engine.people, fused=FusedPicture(engine.now_ns))
    engine.tick()
    qtbot.waitUntil(without.view.isVisible)
    assert without.headline.text() == "No people located now"
    assert not without.toolbar.planner_button.isVisible() and without.toolbar.cameras_button.isVisible()
    shown = {name for name, button in without.layers.buttons.items() if button.isVisible()}
    assert shown == {"floor", "zones", "trails", "uncertainty", "performance", "cameras"}
    without.layers.buttons["trails"].click()
    assert not without.layers.layers().glow and not without.layers.layers().trails
    assert remembered.flag("space/glow", True) and not remembered.flag("space/trails", True), "with radio again it is as it was"
