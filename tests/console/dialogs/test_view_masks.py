"""Masks of a lookout's view: drawn with the mouse and the keys, undone, kept, and saved with the lookout."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.lookouts import LookoutsDialog
from console.dialogs.cameras.view_masks import ViewMasksDialog
from engine.model.command import ChangeSettings
from engine.model.fire.smoke import Lookout, LookoutView
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine
from widgets.drawing.shape_draft import ShapeKind

MASK = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2))
OTHER = ((0.5, 0.5), (0.7, 0.5), (0.7, 0.7), (0.5, 0.7))
YARD = Lookout("yard", 59.35, 18.02, 54.4, (LookoutView("0", 120.0, (MASK,)), LookoutView("south", 180.25)))
Open = Callable[..., ViewMasksDialog]


@pytest.fixture
def opened(bridge: EngineBridge, show: Show) -> Open:
    def make(*masks: tuple[tuple[float, float], ...], camera_id: str = "yard", turns: bool = False) -> ViewMasksDialog:
        dialog = show(ViewMasksDialog(bridge, camera_id, "Masks of Yard, view 0", masks, turns))
        assert isinstance(dialog, ViewMasksDialog)
        return dialog

    return make


def click(dialog: ViewMasksDialog, u: float, v: float, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.picture, Qt.MouseButton.LeftButton, pos=dialog.picture.pixel((u, v)).toPoint())


def draw(dialog: ViewMasksDialog, corners: tuple[tuple[float, float], ...]) -> None:
    dialog.draft.begin_shape(ShapeKind.MASK)
    for at in corners:
        assert dialog.draft.add_point(at) is None
    dialog.picture.close_shape()


def near(at: tuple[float, float], wanted: tuple[float, float]) -> bool:
    return max(abs(at[0] - wanted[0]), abs(at[1] - wanted[1])) < 0.01


def test_a_first_mask_is_clicked_at_once_and_is_none_before_it_is_closed(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    assert dialog.keep.isEnabled()
    for at in MASK:
        click(dialog, *at, qtbot)
        assert not dialog.keep.isEnabled() and dialog.masks() == ()
    click(dialog, *MASK[0], qtbot)
    (row,) = dialog.list.shape_rows()
    assert dialog.keep.isEnabled() and (row.title, row.tells) == ("Mask 1", "3 corners")
    (mask,) = dialog.masks()
    assert all(near(one, other) for one, other in zip(mask, MASK, strict=True))


def test_masks_are_drawn_moved_and_removed_with_the_keyboard(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MASK)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    picture = dialog.picture
    qtbot.keyClick(picture, Qt.Key.Key_Tab)
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    assert dialog.draft.point == 0 and dialog.masks()[0][0][0] > MASK[0][0]
    qtbot.keyClick(picture, Qt.Key.Key_Insert)
    assert len(dialog.masks()[0]) == 4
    qtbot.keyClick(picture, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.masks() == ())
    assert not dialog.remove.isEnabled()
    qtbot.keyClick(picture, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(dialog.masks()[0]) == 4
    qtbot.keyClick(picture, Qt.Key.Key_Return)
    assert dialog.isVisible(), "Enter keeps nothing unasked"


def test_a_second_mask_is_begun_and_the_first_chosen_again(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MASK)
    qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert dialog.masks() == (MASK,) and dialog.keep.isEnabled(), "one without corners is none"
    for at in OTHER:
        click(dialog, *at, qtbot)
    qtbot.keyClick(dialog.picture, Qt.Key.Key_Return)
    assert [len(mask) for mask in dialog.masks()] == [3, 4]
    dialog.list.setCurrentRow(0)
    assert dialog.draft.selected_shape is not None and dialog.draft.selected_shape.points == MASK and dialog.draft.point == -1


def test_the_picture_of_now_is_shown_and_said_to_be_of_another_view_perhaps(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(turns=True)
    qtbot.waitUntil(lambda: bool(engine.feeds))
    engine.tick()
    qtbot.waitUntil(lambda: dialog.taken.text().startswith("Taken "))
    assert "may show another view" in dialog.taken.text()


def test_a_lookout_that_is_no_camera_here_is_drawn_on_tenths(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(camera_id="mast")
    assert "No picture of this lookout" in dialog.taken.text() and dialog.again.isHidden()
    click(dialog, 0.3, 0.3, qtbot)
    assert dialog.draft.under_way is not None and near(dialog.draft.under_way.points[0], (0.3, 0.3))


@pytest.fixture
def lookouts(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot, show: Show) -> LookoutsDialog:
    engine.settings = replace(engine.settings, lookouts=(YARD,))
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.lookouts == (YARD,))
    dialog = show(LookoutsDialog(bridge))
    assert isinstance(dialog, LookoutsDialog)
    return dialog


def test_masks_are_saved_with_the_lookout(lookouts: LookoutsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert not lookouts.masks.isEnabled()
    lookouts.views.table.setCurrentCell(0, 1)
    assert lookouts.masks.text() == "&Masks of view 0 (1)…" and "2 views, 1 mask" in lookouts.list.item(0).text()
    drawn = lookouts.edit_masks()
    assert drawn is not None
    draw(drawn, OTHER)
    qtbot.mouseClick(drawn.keep, Qt.MouseButton.LeftButton)
    assert lookouts.masks.text() == "&Masks of view 0 (2)…"
    qtbot.mouseClick(lookouts.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lookouts.isHidden)
    assert engine.settings.lookouts == (replace(YARD, views=(LookoutView("0", 120.0, (MASK, OTHER)), YARD.views[1])),)


def test_what_was_drawn_and_not_kept_is_gone(lookouts: LookoutsDialog, qtbot: QtBot) -> None:
    lookouts.views.table.setCurrentCell(0, 1)
    drawn = lookouts.edit_masks()
    assert drawn is not None
    drawn.picture.remove_shape()
    assert drawn.masks() == ()
    drawn.reject()
    assert lookouts.command() == ChangeSettings(lookouts=(YARD,))


def test_views_that_were_added_have_masks_of_their_own(lookouts: LookoutsDialog, qtbot: QtBot) -> None:
    for azimuth in ("10", "20"):
        lookouts.views.add_row(("", azimuth), edit=False)
        drawn = lookouts.edit_masks()
        assert drawn is not None
        draw(drawn, tuple((u + float(azimuth) / 100, v) for u, v in MASK))
        drawn.accept()
    views = lookouts.command().lookouts[0].views
    assert [len(view.masks) for view in views] == [1, 0, 1, 1]
    assert views[2].masks[0][0] == pytest.approx((0.2, 0.1)) and views[3].masks[0][0] == pytest.approx((0.3, 0.1))
