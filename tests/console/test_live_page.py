"""Live: watch, maximise, toggle overlays, open an event and play its clip; empty, refused and error states."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from console.dialogs.alerts.what_to_try import WhatToTryDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.confirm import ConfirmDialog
from console.pages.live.live import LivePage
from console.window import MainWindow
from engine.model.command import PutCamera, RemoveCamera
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.event import EventKind
from engine.model.fire.smoke import Lookout
from engine.model.health import CameraState
from engine.model.question import ListClips
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine

Opener = Callable[..., MainWindow]


@pytest.fixture
def live(open_window: Opener) -> LivePage:
    return live_of(open_window())


def live_of(window: MainWindow) -> LivePage:
    page = window.page("live")
    assert isinstance(page, LivePage)
    return page


def notice_of(live: LivePage) -> str:
    """What stands instead of the player; empty while that shows."""
    return " ".join(label.text() for label in live.clip.notice.findChildren(QLabel) if label.text()) if live.clip.notice.isVisible() else ""


def test_watch_maximise_and_toggle_overlays(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.desk.choose_layout("4")
    qtbot.waitUntil(lambda: len(engine.feeds) == 2 and not any(feed.want.main for feed in engine.feeds))
    assert not any(feed.want.main for feed in engine.feeds)
    engine.add_event("yard")
    with engine.running():
        qtbot.waitUntil(live.has_content)
    live.wall.set_maximised("yard")
    qtbot.waitUntil(lambda: [(feed.camera_id, feed.want.main) for feed in engine.feeds] == [("yard", True)])
    assert engine.feeds[0].want.width >= 600
    live.wall.set_maximised("")
    qtbot.waitUntil(lambda: len(engine.feeds) == 2 and not any(feed.want.main for feed in engine.feeds))
    live.toolbar.overlay_actions["trails"].trigger()
    assert not live.wall.overlays().trails and live.wall.overlays().boxes


def test_layout_and_overlays_are_remembered(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    live_of(window).toolbar.layout_actions["9"].trigger()
    live_of(window).toolbar.overlay_actions["ids"].trigger()
    window.close()
    again = live_of(open_window())
    assert again.wall.wall_layout().id == "9" and not again.wall.overlays().ids
    assert again.toolbar.layout_actions["9"].isChecked() and not again.toolbar.overlay_actions["ids"].isChecked()


def test_no_pictures_are_asked_for_while_another_page_shows(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)
    window.show_page("system")
    qtbot.waitUntil(lambda: engine.feeds == [])
    window.show_page("live")
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)


def test_a_refused_feed_is_tried_again(engine: FakeEngine, open_window: Opener, qtbot: QtBot) -> None:
    engine.fail("watch", EnvironmentFault("unreachable", "The engine does not answer."))
    live_of(open_window())
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)


def test_an_event_appears_with_its_thumbnail_and_plays(live: LivePage, engine: FakeEngine, clip_file: Path, qtbot: QtBot) -> None:
    event = engine.add_event("yard")
    engine.add_clip(event, clip_file)
    qtbot.waitUntil(lambda: live.feed.count() == 1)
    live.feed.event_activated.emit(event.id)
    qtbot.waitUntil(lambda: live.clip.isVisible() and live.clip.player.position_s() > 0.2)
    assert live.clip.player.is_playing()
    live.clip.player.closed.emit()
    assert not live.clip.isVisible()


def test_a_clip_that_is_still_recorded_plays_when_it_is_whole(live: LivePage, engine: FakeEngine, clip_file: Path, qtbot: QtBot) -> None:
    event = engine.add_event("yard", ended=False, age_s=1)
    opened: list[str] = []
    live.clip.player.open_clip = lambda path, title, started_ns=None, from_s=0.0: opened.append(title)  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: live.feed.count() == 1)
    live.open_event(event.id)
    qtbot.waitUntil(lambda: notice_of(live).startswith("Recording…"))
    engine.add_clip(event, clip_file)
    qtbot.waitUntil(lambda: len(opened) == 1)


def test_a_clip_that_never_comes_is_said_so(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    event = engine.add_event("yard", age_s=1)
    qtbot.waitUntil(lambda: live.feed.count() == 1)
    live.open_event(event.id)
    qtbot.waitUntil(lambda: live.clip._waiting)
    engine.now_ns += 60 * SECOND
    engine.tick()
    qtbot.waitUntil(lambda: notice_of(live).startswith("No clip"))


@pytest.mark.parametrize("kind", [EventKind.PERSON, EventKind.CAMERA_LOST])
def test_an_old_event_without_clip(live: LivePage, engine: FakeEngine, qtbot: QtBot, kind: EventKind) -> None:
    event = engine.add_event("yard", kind, age_s=3600)
    qtbot.waitUntil(lambda: live.feed.count() == 1)
    live.open_event(event.id)
    qtbot.waitUntil(lambda: notice_of(live).startswith("No clip"))
    live.clip.notice.action_requested.emit()
    assert not live.clip.isVisible()


@pytest.mark.parametrize(("method", "given"), [("ask", ListClips), ("clip_file", object)])
def test_a_clip_that_cannot_be_had(live: LivePage, engine: FakeEngine, clip_file: Path, qtbot: QtBot, method: str, given: type) -> None:
    errors: list[str] = []
    live.clip.player.show_error = errors.append  # type: ignore[method-assign]
    event = engine.add_event("yard")
    engine.add_clip(event, clip_file)
    qtbot.waitUntil(lambda: live.feed.count() == 1)
    engine.fail(method, NotFound("This clip is no longer kept."), given)
    live.open_event(event.id)
    qtbot.waitUntil(lambda: errors == ["This clip is no longer kept."])


def test_only_the_newest_wish_counts(live: LivePage, engine: FakeEngine, clip_file: Path, qtbot: QtBot) -> None:
    """The answer for an earlier event comes late: it must not replace the later one."""
    opened: list[str] = []
    live.clip.player.open_clip = lambda path, title, started_ns=None, from_s=0.0: opened.append(title)  # type: ignore[method-assign]
    first, second = engine.add_event("yard"), engine.add_event("gate")
    for event in (first, second):
        engine.add_clip(event, clip_file)
    qtbot.waitUntil(lambda: live.feed.count() == 2)
    gate = engine.hold("ask")
    live.open_event(first.id)
    live.open_event(second.id)
    gate.set()
    qtbot.waitUntil(lambda: live._bridge.idle and bool(opened))
    assert len(opened) == 1 and "Gate" in opened[0]


def test_the_numbers_select_from_anywhere(live: LivePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(live.wall.visible_cameras()) == 2)
    live.toolbar.add_button.setFocus()
    qtbot.keyClick(live.toolbar.add_button, Qt.Key.Key_2)
    assert live.wall.selected() == "gate" and not live.wall.maximised()
    qtbot.keyClick(live.toolbar.add_button, Qt.Key.Key_9)
    assert live.wall.selected() == "gate"
    live.wall.set_maximised("gate")
    qtbot.keyClick(live.toolbar.add_button, Qt.Key.Key_1)
    assert live.wall.maximised() == "yard"


def test_without_cameras_the_page_says_how_to_get_one(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    for camera_id in ("yard", "gate"):
        engine.execute(RemoveCamera(camera_id))
    live = live_of(open_window())
    assert live.empty.isVisible()
    live.empty.action_requested.emit()
    dialog = dialog_over(live, CameraDialog)
    dialog.close()
    engine.add_camera("yard", "Yard")
    qtbot.waitUntil(lambda: not live.empty.isVisible())


def dialog_over(page: LivePage, kind: type) -> CameraDialog:
    dialogs = [dialog for dialog in page.findChildren(kind) if dialog.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


def test_an_operator_may_look_but_not_change(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    live = live_of(open_window("bo"))
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)
    assert not live.toolbar.add_button.isEnabled()
    assert "may not administer" in live.toolbar.add_button.toolTip()
    live.camera_actions.add()
    assert live.findChildren(CameraDialog) == []
    menu = live.camera_actions.menu("yard", live)
    assert [action.text().replace("&", "") for action in menu.actions() if action.isEnabled() and action.text()] == ["File report…"]


def act(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if text in action.text().replace("&", "")).trigger()


def test_a_lost_tile_says_what_to_try(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert not any("Recommendations" in action.text().replace("&", "") for action in live.menu_of("gate").actions())
    engine.set_state("gate", CameraState.LOST, "rtsp://gate/1 forbids this user to watch.", "forbidden")
    engine.tick()
    qtbot.waitUntil(lambda: live.camera_actions._advice("gate") != ())
    act(live.menu_of("gate"), "Recommendations")
    dialog = live.findChild(WhatToTryDialog)
    assert dialog is not None and dialog.cards.texts() == ["No picture of Gate: this user has no right to view it"]
    engine.set_state("gate", CameraState.LOST, "Nothing answers at rtsp://gate/1.", "refused")
    qtbot.waitUntil(lambda: dialog.cards.texts() == ["No picture of Gate: nothing answers at its port"])
    engine.set_state("gate", CameraState.LIVE)
    qtbot.waitUntil(dialog.nothing.isVisible)
    assert dialog.cards.texts() == [] and not dialog.cards.isVisible()


def test_what_to_try_leads_to_the_camera(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.set_state("gate", CameraState.LOST, "Nothing answers at rtsp://gate/1.", "refused")
    qtbot.waitUntil(lambda: live.camera_actions._advice("gate") != ())
    live.camera_actions.show_what_to_try("gate")
    dialog = live.findChild(WhatToTryDialog)
    assert dialog is not None
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Edit camera…").click()
    qtbot.waitUntil(lambda: live.findChild(CameraDialog) is not None)
    assert not dialog.isVisible()


def test_pause_and_switch_on(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    act(live.camera_actions.menu("yard", live), "Pause")
    qtbot.waitUntil(lambda: engine.settings.camera("yard").enabled is False)
    qtbot.waitUntil(lambda: not live._bridge.snapshot.settings.camera("yard").enabled)
    act(live.camera_actions.menu("yard", live), "Switch on")
    qtbot.waitUntil(lambda: engine.settings.camera("yard").enabled is True)
    assert [type(command) for command in engine.commands] == [PutCamera, PutCamera]


def test_removing_asks_once_and_names_the_camera(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    act(live.camera_actions.menu("gate", live), "Remove")
    dialog = live.findChild(ConfirmDialog)
    assert "Gate" in dialog.heading.text() and dialog.keep.isDefault()
    assert "lookout" not in "".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()
    assert engine.settings.camera("gate") is not None
    act(live.camera_actions.menu("gate", live), "Remove")
    next(d for d in live.findChildren(ConfirmDialog) if d.isVisible()).go.click()
    qtbot.waitUntil(lambda: live.wall.visible_cameras() == ("yard",))
    qtbot.waitUntil(lambda: [feed.camera_id for feed in engine.feeds] == ["yard"])


def test_removing_a_lookout_says_that_it_is_none_any_more(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, lookouts=(Lookout("gate", 59.0, 18.0),))
    engine.publish()
    qtbot.waitUntil(lambda: bool(live._bridge.snapshot.settings.lookouts))
    act(live.camera_actions.menu("gate", live), "Remove")
    dialog = live.findChild(ConfirmDialog)
    assert "settings as a smoke lookout are deleted" in "".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.go.click()
    qtbot.waitUntil(lambda: engine.settings.lookouts == ())


def test_an_event_of_nobody_is_ignored(live: LivePage) -> None:
    live.open_event("ev-unknown")
    assert not live.clip.isVisible()


def test_closing_while_everything_is_under_way(open_window: Opener, engine: FakeEngine, clip_file: Path, qtbot: QtBot) -> None:
    event = engine.add_event("yard")
    engine.add_clip(event, clip_file)
    with engine.running():
        window = open_window()
        live = live_of(window)
        qtbot.waitUntil(lambda: live.feed.count() == 1)
        live.open_event(event.id)
        gate = engine.hold("ask")
        live.open_event(event.id)
        live.desk._want("gate", QSize(100, 100), True)
        qtbot.waitUntil(lambda: not live._bridge.idle)
        gate.set()
        window.close()
    assert engine.feeds == []
