"""Masks of a lookout's view: drawn with the mouse and the keys, undone, kept, and saved with the lookout."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.lookouts import LookoutsDialog
from console.dialogs.masks_draft import MasksDraft
from console.dialogs.view_masks import ViewMasksDialog
from engine.model.command import ChangeSettings
from engine.model.smoke import Lookout, LookoutView
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine

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


def drag(dialog: ViewMasksDialog, begin: tuple[float, float], end: tuple[float, float], qtbot: QtBot) -> None:
    start, stop = dialog.picture.pixel(begin).toPoint(), dialog.picture.pixel(end).toPoint()
    qtbot.mousePress(dialog.picture, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(dialog.picture, start + QPoint(*((stop - start) * step / 5).toTuple()))
    qtbot.mouseRelease(dialog.picture, Qt.MouseButton.LeftButton, pos=stop)


def near(at: tuple[float, float], wanted: tuple[float, float]) -> bool:
    return max(abs(at[0] - wanted[0]), abs(at[1] - wanted[1])) < 0.01


def test_a_mask_is_clicked_and_is_no_mask_before_three_corners(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    for number, at in enumerate(MASK):
        assert dialog.keep.isEnabled() is (number == 0)
        click(dialog, *at, qtbot)
    assert dialog.keep.isEnabled() and dialog.trouble.isHidden() and dialog.list.item(0).text() == "Mask 1, 3 corners"
    (mask,) = dialog.masks()
    assert all(near(one, other) for one, other in zip(mask, MASK, strict=True))
    qtbot.mouseClick(dialog.remove_corner, Qt.MouseButton.LeftButton)
    assert not dialog.keep.isEnabled() and dialog.trouble.text() == "Mask 1 needs three corners at least."
    qtbot.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    assert dialog.keep.isEnabled()


def test_a_corner_is_dragged_and_one_undo_takes_the_whole_drag_back(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MASK, OTHER)
    drag(dialog, MASK[1], (0.3, 0.15), qtbot)
    assert near(dialog.masks()[0][1], (0.3, 0.15)) and dialog.masks()[1] == OTHER
    qtbot.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    assert dialog.masks() == (MASK, OTHER) and not dialog.undo.isEnabled()


def test_masks_are_drawn_moved_and_removed_with_the_keyboard(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MASK)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    picture = dialog.picture
    picture.setFocus()
    qtbot.keyClick(picture, Qt.Key.Key_PageDown)
    assert dialog.draft.corner == 0
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    assert dialog.masks()[0][0][0] > MASK[0][0]
    qtbot.keyClick(picture, Qt.Key.Key_Space)
    assert len(dialog.masks()[0]) == 4 and near(dialog.masks()[0][3], (0.5, 0.5))
    qtbot.keyClick(picture, Qt.Key.Key_Delete)
    assert len(dialog.masks()[0]) == 3
    qtbot.keyClick(picture, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.masks() == ())
    assert not dialog.remove.isEnabled()
    qtbot.keyClick(picture, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(dialog.masks()[0]) == 3


def test_a_second_mask_is_begun_and_the_first_chosen_again(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(MASK)
    qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert dialog.list.count() == 2 and dialog.masks() == (MASK,), "one without corners is none"
    for at in OTHER:
        click(dialog, *at, qtbot)
    assert [len(mask) for mask in dialog.masks()] == [3, 4]
    dialog.list.setCurrentRow(0)
    assert dialog.draft.corners() == MASK and dialog.draft.corner == -1


def test_the_picture_of_now_is_shown_and_said_to_be_of_another_view_perhaps(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(turns=True)
    qtbot.waitUntil(lambda: bool(engine.feeds))
    engine.tick()
    qtbot.waitUntil(lambda: dialog.taken.text().startswith("Taken "))
    assert "may be another view" in dialog.taken.text()


def test_a_lookout_that_is_no_camera_here_is_drawn_on_tenths(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(camera_id="mast")
    assert "do not come here" in dialog.taken.text() and dialog.again.isHidden()
    click(dialog, 0.3, 0.3, qtbot)
    assert near(dialog.draft.corners()[0], (0.3, 0.3))


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
    qtbot.mouseClick(drawn.add, Qt.MouseButton.LeftButton)
    for at in OTHER:
        drawn.draft.add_corner(at)
    qtbot.mouseClick(drawn.keep, Qt.MouseButton.LeftButton)
    assert lookouts.masks.text() == "&Masks of view 0 (2)…"
    qtbot.mouseClick(lookouts.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lookouts.isHidden)
    assert engine.settings.lookouts == (replace(YARD, views=(LookoutView("0", 120.0, (MASK, OTHER)), YARD.views[1])),)


def test_what_was_drawn_and_not_kept_is_gone(lookouts: LookoutsDialog, qtbot: QtBot) -> None:
    lookouts.views.table.setCurrentCell(0, 1)
    drawn = lookouts.edit_masks()
    assert drawn is not None
    drawn.draft.remove_mask()
    drawn.reject()
    assert lookouts.command() == ChangeSettings(lookouts=(YARD,))


def test_views_that_were_added_have_masks_of_their_own(lookouts: LookoutsDialog, qtbot: QtBot) -> None:
    for azimuth in ("10", "20"):
        lookouts.views.add_row(("", azimuth), edit=False)
        drawn = lookouts.edit_masks()
        assert drawn is not None
        drawn.draft.begin()
        for u, v in MASK:
            drawn.draft.add_corner((u + float(azimuth) / 100, v))
        drawn.accept()
    views = lookouts.command().lookouts[0].views
    assert [len(view.masks) for view in views] == [1, 0, 1, 1]
    assert views[2].masks[0][0] == pytest.approx((0.2, 0.1)) and views[3].masks[0][0] == pytest.approx((0.3, 0.1))


def test_undo_goes_back_to_nothing() -> None:
    draft = MasksDraft(())
    for at in MASK:
        draft.add_corner(at)
    draft.begin()
    draft.remove_mask()
    draft.remove_mask()
    assert draft.masks == () and draft.mask == -1
    while draft.can_undo:
        draft.undo()
    assert (draft.masks, draft.mask, draft.corner) == ((), -1, -1)
