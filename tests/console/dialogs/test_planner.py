"""Plan nodes: place, move, type, suggest, copy, save; what is refused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.floor.planner import PlannerDialog
from console.dialogs.floor.planner_draft import NodeDraft
from console.feeds.coverage import predict, score, suggest
from engine.model.accounts.access import Role
from engine.model.command import CreateUser, PutNode
from engine.model.command_terms import NO_TERMS, terms_from
from engine.model.errors import EnvironmentFault, InputError
from tests.console.dialogs.test_basis import CHANGED
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.radio_scene import FLOOR, PLACES, RadioEngine, RadioScene, mac
from widgets.space.scene import Bounds

ROOM = Bounds(0, 0, 0, 12, 8, 2.6)


@pytest.fixture
def engine() -> RadioEngine:
    fake = RadioEngine(radio_scene=RadioScene(nodes=4))
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


@pytest.fixture
def planner(bridge: EngineBridge, qtbot: QtBot) -> Iterator[PlannerDialog]:
    dialog = PlannerDialog(bridge)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.coverage.map is not None)
    yield dialog
    dialog.close()
    dialog.deleteLater()


def typed(dialog: PlannerDialog, x: str, y: str, z: str) -> None:
    for edit, text in zip(dialog.place.edits, (x, y, z), strict=True):
        edit.setText(text)


def test_add_move_type_and_remove(planner: PlannerDialog, qtbot: QtBot) -> None:
    planner.add_node_button.click()
    assert planner.selected_draft_node() == "plan-1" and planner.draft.node("plan-1").position == (6.0, 4.0, 1.2)
    planner.plan.node_moved.emit("plan-1", 3.0, 2.5)
    assert planner.draft.node("plan-1").position == (3.0, 2.5, 1.2) and planner.place.value() == (3.0, 2.5, 1.2)
    typed(planner, "4,5", "1", "2")
    assert planner.draft.node("plan-1").position == (4.5, 1.0, 2.0)
    typed(planner, "4,5", "x", "2")
    assert planner.draft.node("plan-1").position == (4.5, 1.0, 2.0) and "not a number" in planner.place.message()
    planner.plan.place_wanted.emit(1.0, 7.0)
    assert planner.selected_draft_node() == "plan-2" and planner.list.count() == 6
    planner.remove_button.click()
    assert planner.draft.node("plan-2") is None and planner.selected_draft_node() == ""
    planner.choose(mac(0))
    assert not planner.remove_button.isEnabled()
    planner.remove_chosen()
    assert planner.draft.node(mac(0)) is not None


def test_coverage_follows_the_plan(planner: PlannerDialog, qtbot: QtBot) -> None:
    before = planner.coverage.map
    planner.plan.place_wanted.emit(6.0, 6.0)
    qtbot.waitUntil(lambda: planner.coverage.map is not before)
    assert "5 nodes, 10 links" in planner.summary.text()
    assert planner.legend.share_lines()[0].startswith("Good, within 0.5 m")
    assert planner.plan.scene.coverage is planner.coverage.map


def test_a_suggestion_improves_the_plan(planner: PlannerDialog, qtbot: QtBot) -> None:
    before = score(predict(planner.draft.positions(), ROOM))
    planner.suggest_button.click()
    assert not planner.suggest_button.isEnabled()
    qtbot.waitUntil(lambda: len(planner.draft.nodes) == 5)
    assert planner.suggest_button.isEnabled() and planner.summary.text().startswith("Suggested")
    assert score(predict(planner.draft.positions(), ROOM)) > before


def test_only_what_was_moved_is_saved(planner: PlannerDialog, engine: RadioEngine, qtbot: QtBot) -> None:
    assert not planner.save_button.isEnabled()
    planner.add_node_button.click()
    assert not planner.save_button.isEnabled()  # planned nodes are not saved
    planner.plan.node_moved.emit(mac(1), 5.0, 0.5)
    planner.plan.node_moved.emit(mac(2), 7.0, 0.5)
    planner.save_button.click()
    qtbot.waitUntil(lambda: len(engine.commands) == 2)
    nodes = {command.node.mac: command.node for command in engine.commands if isinstance(command, PutNode)}
    assert nodes[mac(1)].position == (5.0, 0.5, 1.1) and nodes[mac(1)].name == "Window" and nodes[mac(2)].position == (7.0, 0.5, 2.2)
    qtbot.waitUntil(lambda: not planner.save_button.isEnabled())


def test_what_is_refused_stays_to_be_saved(planner: PlannerDialog, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.fail("command", EnvironmentFault("disk", "The disk is full. Free some space and save again."))
    planner.plan.node_moved.emit(mac(1), 5.0, 0.5)
    planner.save_button.click()
    qtbot.waitUntil(lambda: "disk is full" in planner.trouble.text())
    assert planner.save_button.isEnabled()
    planner.save_button.click()
    qtbot.waitUntil(lambda: not planner.save_button.isEnabled())


def test_a_node_that_was_moved_by_others_is_moved_on_purpose(
    planner: PlannerDialog, bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot
) -> None:
    known = engine.settings.node(mac(1))
    assert known is not None
    moved = replace(known, position=(1.0, 1.0, 1.0))
    engine.execute(PutNode(moved))
    engine.commands.clear()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.node(mac(1)) == moved)
    planner.plan.node_moved.emit(mac(1), 5.0, 0.5)
    engine.conflict = CHANGED
    planner.save_button.click()
    qtbot.waitUntil(lambda: "Save again to replace it" in planner.trouble.text())
    assert engine.terms[-1] == terms_from(PutNode(known))
    planner.save_button.click()
    qtbot.waitUntil(lambda: len(engine.commands) == 1)
    assert engine.terms[-1] == terms_from(PutNode(moved))
    qtbot.waitUntil(lambda: mac(1) in planner._saved_here and planner._saving == 0)
    planner.plan.node_moved.emit(mac(1), 6.0, 0.5)
    planner.save_button.click()
    qtbot.waitUntil(lambda: len(engine.commands) == 2)
    assert engine.terms[-1] == NO_TERMS, "what it is now was said here"


def test_a_node_without_a_place_gets_one(engine: RadioEngine, qtbot: QtBot) -> None:
    engine.settings = type(engine.settings)(floor=FLOOR)
    assert engine.radio_scene is not None
    engine.radio_scene.placed = False
    engine.publish()
    bridge = EngineBridge(engine.port())
    bridge.start()
    dialog = PlannerDialog(bridge)
    qtbot.addWidget(dialog)
    assert dialog.list.item(0).text() == "Entrance · not placed"
    dialog.choose(mac(0))
    typed(dialog, "1", "2", "1,5")
    dialog.choose(mac(1))
    dialog.add_node_button.click()
    assert dialog.draft.node(mac(0)).position == (1, 2, 1.5) and dialog.draft.node(mac(1)).position == (6, 4, 1.2)
    dialog.save_button.click()
    qtbot.waitUntil(lambda: len(engine.commands) == 2)
    qtbot.waitUntil(lambda: bridge.idle)
    dialog.close()
    bridge.close()


def test_the_plan_as_text(planner: PlannerDialog) -> None:
    planner.add_node_button.click()
    planner.copy_button.click()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split()[0] == "Node" and len(lines) == 6
    assert lines[1].split() == ["Entrance", "0.20", "0.20", "2.20", mac(0)] and lines[-1].endswith("planned")


def test_an_operator_plans_but_does_not_save(engine: RadioEngine, qtbot: QtBot) -> None:
    bridge = EngineBridge(engine.port("bo"))
    bridge.start()
    dialog = PlannerDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.plan.node_moved.emit(mac(1), 5.0, 0.5)
    assert not dialog.save_button.isEnabled() and "may not administer" in dialog.save_button.toolTip()
    assert nameless(dialog) == [] and unreachable(dialog) == []
    qtbot.waitUntil(lambda: bridge.idle)
    dialog.close()
    bridge.close()


def test_without_anything_there_is_a_room_to_plan_in(qtbot: QtBot) -> None:
    bridge = EngineBridge(RadioEngine().port())
    bridge.start()
    dialog = PlannerDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.add_node_button.click()
    qtbot.waitUntil(lambda: "Two nodes form a link; three or more locate people." in dialog.summary.text())
    qtbot.waitUntil(lambda: bridge.idle)
    dialog.close()
    bridge.close()


# pure


def test_drafts() -> None:
    one, first = NodeDraft().with_new_node((1, 1, 1))
    two, second = one.with_new_node((2, 2, 2))
    assert (first, second) == ("plan-1", "plan-2") and two.removed("plan-1").with_new_node((3, 3, 3))[1] == "plan-1"
    with pytest.raises(InputError):
        one.with_moved_node("plan-1", (float("nan"), 0, 0))
    with pytest.raises(InputError):
        one.with_new_node((1e9, 0, 0))


def test_more_nodes_cover_more() -> None:
    few, many = (score(predict(PLACES[:n], ROOM)) for n in (4, 12))
    assert few < many and score(predict((), ROOM))[0] == 0 == score(predict(PLACES[:1], ROOM))[0]


def test_a_suggestion_is_on_the_floor_also_for_a_tiny_one() -> None:
    tiny = Bounds(0, 0, 0, 0.5, 0.5, 2.5)
    found = suggest(((0.1, 0.1, 1.0), (0.4, 0.4, 1.0)), tiny)
    assert 0 <= found.position[0] <= 0.5 and 0 <= found.position[1] <= 0.5
