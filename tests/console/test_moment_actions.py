"""One catalogue for event rows, live tiles and clips: the same words in the same order, and what cannot be done says why."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from console.dialogs.evidence.bookmark import BookmarkDialog
from console.dialogs.evidence.pack import EvidencePackDialog
from console.pages.alerts.alerts import AlertsPage
from console.pages.live.live import LivePage
from console.pages.people.people import PeoplePage
from console.window import MainWindow
from engine.model.alerts.alert import Disposition
from engine.model.cameras.clip import Clip
from engine.model.event import Event, EventKind
from engine.model.history.timeline import PutBookmark
from engine.model.review.event_verdict import JudgeEvent
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine
from tests.fakes.review import review_items

Opener = Callable[..., MainWindow]
ORDER = ["Bookmark…", "Export…", "Find similar", "False alarm"]


@pytest.fixture
def live(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> LivePage:
    page = open_window().page("live")
    assert isinstance(page, LivePage)
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)
    return page


@pytest.fixture
def event(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> Event:
    made = engine.add_event("yard")
    qtbot.waitUntil(lambda: live.feed.count() == 1)
    return made


def words(menu: QMenu) -> list[str]:
    return [action.text().replace("&", "").partition("\t")[0] for action in menu.actions() if not action.isSeparator()]


def entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text().replace("&", "") == text)


def menus(live: LivePage, event: Event) -> dict[str, QMenu]:
    live.clip._event = event
    review = QMenu(live)
    live.review._offer_actions(review, review_items([event])[0], event.id)
    return {
        "row": live.feed.menu_of(event),
        "review": review,
        "tile": live.menu_of("yard"),
        "player": live.clip.player.menu(),
        **menus_elsewhere(live, event),
    }


def menus_elsewhere(live: LivePage, event: Event) -> dict[str, QMenu]:
    window = live.window()
    assert isinstance(window, MainWindow)
    alerts, people = window.page("alerts"), window.page("people")
    assert isinstance(alerts, AlertsPage) and isinstance(people, PeoplePage)
    alerts.clip._event = people.clip._event = event
    still = alerts.stage.menu_of_still(alerts.moments)
    assert still is not None
    return {"alert's player": alerts.clip.player.menu(), "alert's picture": still, "person's player": people.clip.player.menu()}


def test_they_stand_in_every_menu_in_one_order(live: LivePage, event: Event) -> None:
    for where, menu in menus(live, event).items():
        shown = [text for text in words(menu) if text in ORDER]
        assert shown == ORDER, where
        assert menu.toolTipsVisible(), where
        assert menu.actions(), where


def test_the_clip_of_another_event_that_shows_an_alerts_place_is_a_moment_of_its_camera(live: LivePage, event: Event) -> None:
    live.clip.open_clip(Clip("clip", event.id, "yard", SECOND, 2 * SECOND, "c.mp4", "c.jpg", "0" * 64, 1, "h264", 640, 360), "Yard")
    menu = live.clip.player.menu()
    assert entry(menu, "Bookmark…").isEnabled() and entry(menu, "Export…").isEnabled() and not entry(menu, "False alarm").isEnabled()


def test_a_tile_with_nobody_under_the_pointer_says_why_not(live: LivePage) -> None:
    menu = live.menu_of("yard")
    for text, why in (("Find similar", "Point at a person whose event is known."), ("False alarm", "Nothing was detected here.")):
        assert not entry(menu, text).isEnabled() and why in entry(menu, text).toolTip()
    assert entry(menu, "Bookmark…").isEnabled() and entry(menu, "Export…").isEnabled()


def test_an_event_without_a_person_has_nobody_to_compare(live: LivePage, engine: FakeEngine) -> None:
    lost = engine.add_event("yard", kind=EventKind.CAMERA_LOST)
    action = entry(live.feed.menu_of(lost), "Find similar")
    assert not action.isEnabled() and "This event shows no person." in action.toolTip()


def test_who_may_not_export_is_told(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    live = open_window("bo").page("live")
    assert isinstance(live, LivePage)
    action = entry(live.feed.menu_of(engine.add_event("yard")), "Export…")
    assert action.isEnabled() or "may not export" in action.toolTip()


def test_a_bookmark_is_on_the_camera_and_the_moment(live: LivePage, event: Event, engine: FakeEngine, qtbot: QtBot) -> None:
    entry(live.feed.menu_of(event), "Bookmark…").trigger()
    dialog = next(child for child in live.findChildren(BookmarkDialog) if child.isVisible())
    dialog.note.setPlainText("The van")
    dialog.submit()
    qtbot.waitUntil(lambda: any(isinstance(command, PutBookmark) for command in engine.commands))
    put = next(command for command in engine.commands if isinstance(command, PutBookmark))
    assert (put.at_ns, put.note, put.camera_id) == (event.started_ns, "The van", "yard")


def test_an_export_begins_before_the_event(live: LivePage, event: Event) -> None:
    entry(live.feed.menu_of(event), "Export…").trigger()
    dialog = next(child for child in live.findChildren(EvidencePackDialog) if child.isVisible())
    dialog.form.name.set_value("The van")
    asked = dialog.form.request()
    assert asked.since_ns < event.started_ns and asked.until_ns > (event.ended_ns or event.started_ns)
    dialog.reject()


def test_similar_people_are_looked_for_on_investigate(live: LivePage, event: Event) -> None:
    went: list[tuple[str, str]] = []
    live.visit_requested.connect(lambda page, what: went.append((page, what)))
    entry(live.feed.menu_of(event), "Find similar").trigger()
    assert went == [("investigate", f"similar:{event.id}")]


def test_a_false_alarm_is_marked_shown_in_the_row_and_taken_back(live: LivePage, event: Event, engine: FakeEngine, qtbot: QtBot) -> None:
    entry(live.feed.menu_of(event), "False alarm").trigger()
    with engine.running():
        qtbot.waitUntil(lambda: live.feed._model.is_false_alarm(event.id))
    assert JudgeEvent(event.id, Disposition.FALSE) in engine.commands
    back = entry(live.feed.menu_of(event), "Not a false alarm")
    back.trigger()
    with engine.running():
        qtbot.waitUntil(lambda: not live.feed._model.is_false_alarm(event.id))
    assert engine.verdicts == {}
