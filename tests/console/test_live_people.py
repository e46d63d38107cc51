"""Who is who on the Live page: naming somebody who was pointed at, and faces that are blurred."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.unmask import UnmaskDialog
from console.dialogs.people.person_edits import PickPersonDialog
from console.pages.live.identity import LiveIdentity
from console.pages.live.live import LivePage
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.cameras.track import Track
from engine.model.command import CreateUser
from engine.model.people.commands import NameTrack, UnmaskFaces
from engine.model.people.person import Person
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine
from tests.fakes.people import add_person, in_view

Opener = Callable[[str], MainWindow]


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine()
    fake.add_camera("yard", "Yard")
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    for person in (Person("ada", "Ada & Co"), Person("bo", "Bo")):
        add_person(fake, person)
    in_view(fake, fake.people.persons[:1])
    fake.commands.clear()
    return fake


def live(window: MainWindow) -> LivePage:
    page = window.page("live")
    assert isinstance(page, LivePage)
    return page


def first_track(engine: FakeEngine) -> Track:
    return engine.snapshot.cameras[0].tracks[0]


def actions(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def who(menu: QMenu) -> dict[str, QAction]:
    found = actions(menu)["&This is"].menu()
    assert isinstance(found, QMenu)
    return actions(found)


def test_who_was_pointed_at_is_named_from_the_menu(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    page = live(open_window("bo"))
    track = first_track(engine)
    menu = page.menu_of("yard", track)
    assert not who(menu)["Ada && Co"].isEnabled(), "that is who they are taken for already"
    who(menu)["Bo"].trigger()
    qtbot.waitUntil(lambda: bool(engine.commands))
    actions(menu)["&Not Ada && Co"].trigger()
    qtbot.waitUntil(lambda: len(engine.commands) == 2)
    assert engine.commands == [NameTrack(f"fu-{track.id}", "bo"), NameTrack(f"fu-{track.id}", "")]


def test_somebody_who_is_not_on_the_short_list_is_picked(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    page = live(open_window("bo"))
    who(page.menu_of("yard", first_track(engine)))["&Another person…"].trigger()
    dialog = page.findChildren(PickPersonDialog)[0]
    dialog.choice.setCurrentIndex(dialog.choice.findData("bo"))
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [NameTrack(f"fu-{first_track(engine).id}", "bo")])


def test_beside_everybody_and_without_the_floor_nobody_is_named(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    page = live(open_window("ada"))
    assert "&This is" not in actions(page.menu_of("yard"))
    engine.people = replace(engine.people, fused=None)
    engine.publish()
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and page._bridge.snapshot.people.fused is None)
    assert "&This is" not in actions(page.menu_of("yard", first_track(engine)))


def test_blurred_faces_are_shown_with_a_reason_and_for_a_time(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    page = live(open_window("ada"))
    assert page.toolbar.faces_button.isHidden()
    engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, blur_faces=True))
    engine.publish()
    qtbot.waitUntil(lambda: not page.toolbar.faces_button.isHidden())
    assert page.wall.dress.people.blurred
    page.toolbar.faces_button.click()
    dialog = page.findChildren(UnmaskDialog)[0]
    assert not dialog.save.isEnabled()
    dialog.fields.field("reason").edit().setText("Looking for a lost child")
    dialog.save.click()
    qtbot.waitUntil(lambda: not page.wall.dress.people.blurred)
    assert engine.commands == [UnmaskFaces("Looking for a lost child", 10.0)]
    assert page.toolbar.faces_button.accessibleName().startswith("Faces shown until")
    engine.people = replace(engine.people, unmasked_until_ns=engine.now_ns - SECOND)
    engine.publish()
    qtbot.waitUntil(lambda: page.wall.dress.people.blurred)


def test_who_may_not_unmask_is_told_whom_to_ask(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, blur_faces=True))
    engine.publish()
    page = live(open_window("bo"))
    qtbot.waitUntil(lambda: not page.toolbar.faces_button.isHidden())
    assert not page.toolbar.faces_button.isEnabled() and "administrator" in page.toolbar.faces_button.toolTip()
    page.show_blurred_faces()
    assert not page.findChildren(UnmaskDialog)


def test_why_somebody_is_taken_for_whom_they_are_is_told_by_key_and_by_menu(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    page = live(open_window("bo"))
    qtbot.waitUntil(lambda: "yard" in page.wall.visible_cameras())
    page.wall.setFocus()
    assert not page.identity.isVisible()
    qtbot.keyClick(page.wall, Qt.Key.Key_W)
    qtbot.waitUntil(page.identity.isVisible)
    assert page.identity.name.text().startswith("Ada & Co") and page.identity.bars.evidence_rows()[-1].total
    assert page.identity.bars.accessibleDescription() and "Yard" in page.identity.place.text()
    page.identity.close_button.click()
    assert not page.identity.isVisible()
    actions(page.menu_of("yard", first_track(engine)))["&Explain identity"].trigger()
    assert page.identity.isVisible()
    assert "W" in [action.keys for action in page.actions()]


def test_people_in_view_are_explained_from_left_to_right_round_and_round(engine: FakeEngine, qtbot: QtBot) -> None:
    known = first_track(engine)
    stranger = replace(known, id="tr-stranger", number=9, box_xyxy=(known.box_xyxy[0] + 50, *known.box_xyxy[1:]))
    yard = replace(engine.snapshot.cameras[0], tracks=(stranger, known))
    panel = LiveIdentity()
    qtbot.addWidget(panel)
    panel.show_snapshot(replace(engine.snapshot, cameras=(yard,)))
    shown = []
    for by in (1, 1, 1, -1):
        panel.step("yard", by)
        shown.append((panel.explained(), panel.name.text()))
    assert [track_id for track_id, _ in shown] == [known.id, stranger.id, known.id, stranger.id]
    assert shown[1][1] == "Unidentified person" and panel.bars.isHidden() and not panel.next_button.isHidden()
    panel.show_snapshot(replace(engine.snapshot, cameras=(replace(yard, tracks=(known,)),)))
    assert panel.isHidden() and panel.explained() == "", "who left is explained no more"
