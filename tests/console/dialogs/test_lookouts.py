"""Lookouts: which cameras watch for smoke, where they stand and look; typed, checked, and done with the keyboard alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.lookout_draft import azimuth_trouble
from console.dialogs.cameras.lookouts import LookoutsDialog
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.fire.smoke import Lookout, LookoutView
from engine.model.site import SiteAnchor
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine

MASK = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2))
YARD = Lookout("yard", 59.3512345, 18.0211, 54.4, (LookoutView("0", 120.0, (MASK,)), LookoutView("south", 180.25)), "Yard mast")
Open = Callable[..., LookoutsDialog]


@pytest.fixture
def opened(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot, show: Show) -> Open:
    def make(*lookouts: Lookout, anchor: SiteAnchor | None = None) -> LookoutsDialog:
        engine.settings = replace(engine.settings, lookouts=lookouts, anchor=anchor)
        engine.publish()
        qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.number == engine.snapshot.number)
        dialog = LookoutsDialog(bridge)
        with qtbot.waitActive(dialog):
            show(dialog)
            dialog.activateWindow()
        return dialog

    return make


def type_in(dialog: LookoutsDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.fields.field(name).edit().setText(text)


def keys(dialog: LookoutsDialog, text: str, qtbot: QtBot) -> None:
    """Into the cell that is being typed into, and Enter."""
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit) and dialog.views.table.isAncestorOf(editor)
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.views.text_rows()[-1].texts[1] == text)  # a view takes what was typed when it comes to it


def test_saving_what_was_not_touched_changes_nothing(opened: Open) -> None:
    assert opened(YARD).command() == ChangeSettings(lookouts=(YARD,))
    assert opened().command() == ChangeSettings(lookouts=())


def test_a_lookout_is_added_with_the_keyboard_alone(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(anchor=SiteAnchor(59.3293, 18.0686))
    assert dialog.selected_lookout() == "yard" and "No smoke detection" in dialog.list.item(0).text() and not dialog.views.isEnabled()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert dialog.watching == {"yard"} and "Incomplete" in dialog.list.item(0).text() and not dialog.save.isEnabled()
    qtbot.keyClick(dialog.as_site, Qt.Key.Key_Space)
    assert dialog.fields.values()["latitude"] == "59.3293" and dialog.fields.values()["longitude"] == "18.0686"
    qtbot.keyClicks(dialog.fields.field("angle_of_view_deg").edit(), "54,4")
    table = dialog.views.table
    table.setFocus()
    table.setCurrentCell(0, 1)
    qtbot.keyClick(table, Qt.Key.Key_F2)
    keys(dialog, "12,5", qtbot)
    assert dialog.isVisible() and dialog.save.isEnabled()
    qtbot.keyClick(table, Qt.Key.Key_Insert)
    keys(dialog, "200", qtbot)
    assert [row.texts for row in dialog.views.text_rows()] == [("0", "12,5"), ("1", "200")]
    qtbot.keyClick(dialog.save, Qt.Key.Key_Space)
    qtbot.waitUntil(dialog.isHidden)
    views = (LookoutView("0", 12.5), LookoutView("1", 200.0))
    assert engine.settings.lookouts == (Lookout("yard", 59.3293, 18.0686, 54.4, views),)


def test_views_are_removed_with_the_keyboard_and_one_has_to_stay(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(YARD)
    table = dialog.views.table
    table.setFocus()
    table.setCurrentCell(0, 0)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert dialog.command() == ChangeSettings(lookouts=(replace(YARD, views=YARD.views[1:]),))
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert not dialog.save.isEnabled() and dialog.hint.text() == "At least one view is required."


def test_another_name_keeps_the_masks_of_a_view(opened: Open) -> None:
    dialog = opened(YARD)
    dialog.views.set_text(0, 0, "north")
    first = dialog.command().lookouts[0].views[0]
    assert first == LookoutView("north", 120.0, (MASK,))
    dialog.views.set_text(1, 0, "north")
    assert not dialog.save.isEnabled() and dialog.views.message() == "Row 2: There is already a view with this name."
    dialog.views.set_text(1, 0, "")
    assert dialog.save.isEnabled() and dialog.views.text_rows()[1].texts[0] == "0"


def test_unticked_it_no_longer_watches_and_ticked_again_it_is_as_typed(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(YARD)
    type_in(dialog, latitude="59.4")
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert dialog.save.isEnabled() and dialog.command() == ChangeSettings(lookouts=())
    assert dialog.fields.values()["latitude"] == "" and dialog.views.text_rows() == ()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert dialog.command() == ChangeSettings(lookouts=(replace(YARD, latitude=59.4),))


def test_each_camera_keeps_what_is_its_own(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(YARD)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.selected_lookout() == "gate" and dialog.fields.values()["latitude"] == ""
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    type_in(dialog, latitude="59.32930, 18.06860", angle_of_view_deg="60")
    assert dialog.fields.values()["longitude"] == "18.06860" and not dialog.save.isEnabled()
    dialog.choose("yard")
    assert not dialog.save.isEnabled() and dialog.fields.values()["latitude"] == "59.3512345"
    dialog.choose("gate")
    dialog.views.set_text(0, 1, "270")
    assert dialog.command().lookouts == (YARD, Lookout("gate", 59.3293, 18.0686, 60.0, (LookoutView("0", 270.0),)))


def test_what_is_no_place_or_no_angle_is_not_saved(opened: Open, engine: FakeEngine) -> None:
    dialog = opened(YARD)
    wrong = (("latitude", "91"), ("latitude", ""), ("longitude", "nan"), ("angle_of_view_deg", "0"), ("angle_of_view_deg", "361"))
    before = dialog.fields.values()
    for name, text in wrong:
        type_in(dialog, **{name: text})
        assert not dialog.save.isEnabled() and dialog.fields.field(name).message(), (name, text)
        dialog.submit()
        type_in(dialog, **{name: before[name]})
        assert dialog.save.isEnabled()
    for text in ("360", "-1", "north", "", "inf"):
        dialog.views.set_text(0, 1, text)
        assert not dialog.save.isEnabled() and dialog.views.message().startswith("Row 1: "), text
    assert not engine.commands and azimuth_trouble("359,999") == ""


def test_a_lookout_whose_camera_is_gone_can_be_taken_away(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(YARD, replace(YARD, camera_id="tower"))
    assert dialog.list.item(2).text().startswith("Yard mast\n")
    dialog.list.item(2).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.command() == ChangeSettings(lookouts=(YARD,))


def test_without_a_place_of_the_site_it_says_where_to_set_it(opened: Open) -> None:
    dialog = opened(YARD)
    assert not dialog.as_site.isEnabled() and "Set it on the Incidents page" in dialog.as_site.toolTip()


def test_without_cameras_it_says_what_to_do(opened: Open, engine: FakeEngine) -> None:
    engine.settings = replace(engine.settings, cameras=())
    dialog = opened()
    assert dialog.hint.text().startswith("There are no cameras yet") and dialog.save.isEnabled()


def test_what_is_refused_stays_open_and_is_said(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(YARD)
    engine.fail("command", InputError("lookouts", "names a camera twice"))
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.trouble.text() == "Names a camera twice.")
    assert dialog.isVisible() and dialog.save.isEnabled()


def test_a_lookout_that_is_no_camera_has_a_name(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    tower = Lookout("tower", 59.4, 18.1, 60.0, (LookoutView("0", 10.0),), "Ridge")
    dialog = opened(YARD, tower)
    assert not dialog.fields.field("name").isVisible(), "a camera of the site has its own"
    dialog.choose("tower")
    assert dialog.fields.field("name").isVisible() and "with the id tower" in dialog.hint.text()
    type_in(dialog, name="Ridge tower")
    assert dialog.title.text() == "Ridge tower" and dialog.list.item(2).text().startswith("Ridge tower\n")
    qtbot.keyClick(dialog.save, Qt.Key.Key_Space)
    qtbot.waitUntil(dialog.isHidden)
    assert engine.settings.lookouts == (YARD, replace(tower, name="Ridge tower"))
