"""The floor editor: texts into values, what is wrong and where, live preview, saving."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.floor.floor import FloorDialog
from console.dialogs.floor.floor_draft import NewIds, draft, number, texts_of
from engine.model.command import ChangeSettings
from engine.model.command_terms import terms_from
from engine.model.errors import InputError
from engine.model.site import Floor, Zone
from tests.console.dialogs.test_basis import CHANGED
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.radio_scene import FLOOR, RadioEngine, RadioScene
from widgets.fields.row_editor import TextRow


@pytest.fixture
def engine() -> RadioEngine:
    return RadioEngine(radio_scene=RadioScene())


@pytest.fixture
def dialog(bridge: EngineBridge, qtbot: QtBot) -> Iterator[FloorDialog]:
    made = FloorDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


# texts and values


def test_what_is_not_touched_stays_as_it_was() -> None:
    assert draft(texts_of(FLOOR), FLOOR, NewIds()).floor == FLOOR and draft(texts_of(Floor()), Floor(), NewIds()).floor == Floor()
    special = Floor(extent=(0, 0, 5, 5), zones=(Zone("a", "A", 0, 0, 1, 1, 0.5, 1.5, "private"),))
    assert draft(texts_of(special), special, NewIds()).floor == special


@pytest.mark.parametrize(
    ("size", "field"),
    [
        (("0", "0", "0", "5", "2.5"), "x1"),
        (("0", "5", "5", "5", "2.5"), "y1"),
        (("0", "", "5", "5", "2.5"), "y0"),
        (("0", "0", "0.3", "5", "2.5"), "extent"),
        (("0", "0", "9999", "5", "2.5"), "extent"),
        (("0", "0", "5", "5", "0.2"), "height_m"),
        (("0", "0", "5", "5", "high"), "height_m"),
        (("0", "0", "inf", "5", "2"), "x1"),
    ],
)
def test_wrong_sizes_are_named(size: tuple[str, str, str, str, str], field: str) -> None:
    made = draft(replace(texts_of(FLOOR), size=size), FLOOR, NewIds())
    assert not made.is_valid and [p.field for p in made.problems["size"]] == [field]
    assert made.floor.extent is not None and made.floor.height_m >= 1


def test_without_edges_the_nodes_decide() -> None:
    made = draft(replace(texts_of(FLOOR), size=("", "", "", "", "2.5")), FLOOR, NewIds())
    assert made.is_valid and made.floor.extent is None


def test_rows_that_are_wrong_are_left_out_and_named() -> None:
    rows = (TextRow("", ("Hall", "0", "0", "2", "2")), TextRow("", ("", "0", "0", "2", "2")), TextRow("", ("Bar", "0", "1,5x", "2", "2")))
    made = draft(replace(texts_of(FLOOR), zones=rows), FLOOR, NewIds())
    assert [zone.name for zone in made.floor.zones] == ["Hall"]
    assert [(p.row, p.field) for p in made.problems["zones"]] == [(1, "name"), (2, "y0")]


def test_corners_in_any_order_and_names_twice() -> None:
    rows = (TextRow("", ("Hall", "3", "2", "1", "0")), TextRow("", ("Hall", "0", "0", "2", "2")), TextRow("", ("日本", "0", "0", "2", "2")))
    made = draft(replace(texts_of(FLOOR), zones=rows), FLOOR, NewIds())
    assert made.is_valid and [z.name for z in made.floor.zones] == ["Hall", "Hall", "日本"] and len({z.id for z in made.floor.zones}) == 3
    assert (made.floor.zones[0].x0, made.floor.zones[0].y1) == (1, 2)


def test_doors_and_walls() -> None:
    texts = replace(
        texts_of(FLOOR),
        portals=(TextRow("", ("Door", "1", "1", "1.05", "1")),),
        walls=(TextRow("", ("1", "1", "1", "1", "2")), TextRow("", ("0", "0", "3", "0", "99"))),
    )
    made = draft(texts, FLOOR, NewIds())
    assert [len(made.problems[part]) for part in ("zones", "portals", "walls")] == [0, 1, 2]


def test_numbers_as_typed() -> None:
    assert number("x", " 1,5 ") == 1.5 and number("x", "−2") == -2
    for text in ("", "nan", "inf", "1.2.3", "two"):
        with pytest.raises(InputError):
            number("x", text)


def test_new_zones_and_doors_are_called_by_chance_and_the_others_as_before() -> None:
    before = texts_of(FLOOR)
    texts = replace(
        before,
        zones=(*before.zones, TextRow("", ("Yard", "0", "0", "1", "1")), TextRow("", ("Yard", "1", "1", "2", "2"))),
        portals=(*before.portals, TextRow("", ("Yard", "0", "0", "0", "1"))),
    )
    made = draft(texts, FLOOR, NewIds()).floor
    new = [each.id for each in (*made.zones[len(FLOOR.zones) :], *made.portals[len(FLOOR.portals) :])]
    assert len(new) == len(set(new)) == 3 and not any("yard" in each for each in new)
    assert [each.id for each in made.zones[: len(FLOOR.zones)]] == [zone.id for zone in FLOOR.zones]


# the dialog


def test_a_new_zone_is_drawn_and_saved(dialog: FloorDialog, engine: RadioEngine, qtbot: QtBot) -> None:
    dialog.tabs.setCurrentIndex(1)
    dialog.zones.add_row(("Reception", "1", "1", "3", "2.5"), edit=False)
    assert dialog.preview.scene.zones[-1].zone.name == "Reception" and dialog.tabs.tabText(1) == "Zones 5"
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    (command,) = engine.commands
    assert isinstance(command, ChangeSettings) and command.floor == replace(FLOOR, zones=(*FLOOR.zones, dialog.draft().floor.zones[-1]))


def test_what_others_changed_meanwhile_stays_or_is_replaced_on_purpose(
    dialog: FloorDialog, bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot
) -> None:
    moved = replace(FLOOR, camera_poses=FLOOR.camera_poses[:1])
    there = replace(moved, zones=FLOOR.zones[:1])
    engine.execute(ChangeSettings(floor=there))
    engine.commands.clear()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.floor == there)
    dialog.zones.add_row(("Reception", "1", "1", "3", "2.5"), edit=False)
    engine.conflict = CHANGED
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Save again to replace it" in dialog.trouble.text())
    assert engine.terms[-1] == terms_from(ChangeSettings(floor=moved)), "zones as they were, cameras as they are"
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.terms[-1] == terms_from(ChangeSettings(floor=there))
    assert engine.settings.floor.camera_poses == moved.camera_poses and len(engine.settings.floor.zones) == len(FLOOR.zones) + 1


def test_what_is_wrong_is_said_where_it_is(dialog: FloorDialog, qtbot: QtBot) -> None:
    dialog.tabs.setCurrentIndex(1)
    before = {mark.zone.id: mark.color for mark in dialog.preview.scene.zones}
    dialog.zones.set_text(1, 2, "4,x")
    assert dialog.zones.message() == "Row 2: “4,x” is not a number." and not dialog.save_button.isEnabled()
    assert dialog.tabs.tabText(1) == "Zones – errors" and len(dialog.preview.scene.zones) == 3
    assert all(mark.color == before[mark.zone.id] for mark in dialog.preview.scene.zones), "the others keep their colours"
    dialog.zones.set_text(1, 2, "4,6")
    assert dialog.zones.message() == "" and dialog.save_button.isEnabled()


def test_the_size_is_checked_while_typing(dialog: FloorDialog, qtbot: QtBot) -> None:
    edit = dialog.size_fields["x1"].edit()
    edit.clear()
    qtbot.keyClicks(edit, "-3")
    assert dialog.size_fields["x1"].message() == "East must be greater than west." and not dialog.save_button.isEnabled()
    edit.clear()
    qtbot.keyClicks(edit, "20")
    assert dialog.size_fields["x1"].message() == "" and dialog.preview.scene.bounds.x1 == 20


def test_rows_come_and_go_by_keyboard(dialog: FloorDialog, qtbot: QtBot) -> None:
    dialog.tabs.setCurrentIndex(2)
    dialog.portals.table.setCurrentCell(0, 0)
    dialog.portals.remove_button.click()
    assert [row.key for row in dialog.portals.text_rows()] == ["store-door"]
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_a_refusal_keeps_the_dialog(dialog: FloorDialog, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.fail("command", InputError("floor.zones", "the same id is used twice"))
    dialog.save()
    qtbot.waitUntil(lambda: "same id" in dialog.trouble.text())
    assert dialog.isVisible() and dialog.save_button.isEnabled()


def test_named_and_reachable(dialog: FloorDialog) -> None:
    for tab in range(4):
        dialog.tabs.setCurrentIndex(tab)
        assert nameless(dialog) == [] and unreachable(dialog) == []
