"""What asks one site's questions, from a window over two: dialogs at their site, the chat with both, and which sites are shown."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
import shiboken6
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.password import PasswordDialog
from console.dialogs.alerts.alert_rules import AlertRulesDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.chat.chat_settings import ChatSettingsDialog
from console.dialogs.sites.choose_site import ChooseSiteDialog
from console.pages.alerts.alerts import AlertsPage
from console.pages.live.live import LivePage
from console.sites.many_sites import ManySites
from console.window import MainWindow
from engine.model.alerts.commands import AssignAlert
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind, Severity
from engine.model.history.chat import ChatAnswer, Citation, CitationKind, Sentence
from tests.fakes.engine import FakeEngine

Keys = Callable[[str], str]
D = TypeVar("D", bound=QDialog)


def visible(window: MainWindow, kind: type[D], qtbot: QtBot) -> D:
    qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(kind)))
    return next(each for each in window.findChildren(kind) if each.isVisible())


def choose(window: MainWindow, name: str, qtbot: QtBot) -> None:
    dialog = visible(window, ChooseSiteDialog, qtbot)
    next(choice for choice in dialog.choices.values() if choice.text() == name).setChecked(True)
    dialog.button.click()


def alerts_page(window: MainWindow) -> AlertsPage:
    window.show_page("alerts")
    page = window.page("alerts")
    assert isinstance(page, AlertsPage)
    return page


@pytest.fixture
def answered(engines: dict[str, FakeEngine]) -> dict[str, FakeEngine]:
    for name, engine in engines.items():
        cited = Citation(CitationKind.EVENT, "ev-000000000000-1", engine.now_ns, "own")
        counted = Citation(CitationKind.COUNT, '{"ask":"count"}', engine.now_ns)
        text = f"Two people came to {name}."
        engine.chats.answers["Who came?"] = ChatAnswer("", "", text, True, sentences=(Sentence(text, (cited, counted)),))
    return engines


# Dialogs


def test_the_rules_of_one_site_are_chosen_and_named(window: MainWindow, engines: dict[str, FakeEngine], qtbot: QtBot):
    alerts_page(window).edit_rules()
    choose(window, "South", qtbot)
    dialog = visible(window, AlertRulesDialog, qtbot)
    assert dialog.windowTitle().endswith("– South")
    rules = [rule.id for rule in engines["South"].settings.alerts.rules]
    assert rules and dialog._bridge.snapshot is not None
    assert [rule.id for rule in dialog._bridge.snapshot.settings.alerts.rules] == rules
    dialog.reject()


def test_the_last_choice_is_offered_first(window: MainWindow, qtbot: QtBot):
    window.change_password()
    choose(window, "South", qtbot)
    visible(window, PasswordDialog, qtbot).reject()
    window.change_password()
    dialog = visible(window, ChooseSiteDialog, qtbot)
    assert [choice.text() for choice in dialog.choices.values() if choice.isChecked()] == ["South"]
    dialog.reject()


def test_a_camera_is_edited_at_its_site_under_its_own_name(window: MainWindow, key_of: Keys, qtbot: QtBot):
    live = window.page("live")
    assert isinstance(live, LivePage)
    live.camera_actions.edit(f"{key_of('South')}/yard")
    dialog = visible(window, CameraDialog, qtbot)
    assert dialog.windowTitle().endswith("– South") and not window.findChildren(ChooseSiteDialog)
    assert dialog._bridge.beyond("yard") == f"{key_of('South')}/yard"
    dialog.reject()


def test_a_dialog_ends_with_its_site(window: MainWindow, sites: ManySites, key_of: Keys, qtbot: QtBot):
    window.chat.dock.open_settings()
    choose(window, "South", qtbot)
    dialog = visible(window, ChatSettingsDialog, qtbot)
    sites.sessions.leave(key_of("South"))
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog) or not dialog.isVisible())


def test_who_takes_an_alert_is_who_is_signed_in_at_its_site(window: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    for engine in engines.values():
        engine.alerts.add(EventKind.PERSON, Severity.HIGH, "own")
    page = alerts_page(window)
    qtbot.waitUntil(lambda: window.snapshot is not None and len(window.snapshot.alerts.alerts) == 2)
    assert window.snapshot is not None
    page.act.take(window.snapshot.alerts.alerts)
    qtbot.waitUntil(lambda: all(any(isinstance(each, AssignAlert) for each in engine.commands) for engine in engines.values()))
    for name, engine in engines.items():
        alert = engine.alerts.open[0]
        engine.alerts.change(alert.id, assignee="ada", assignee_id="user-ada")
        shown = f"{key_of(name)}/{alert.id}"

        def mine(shown: str = shown) -> bool:
            found = window.snapshot.alerts.alerts if window.snapshot is not None else ()
            return any(each.id == shown and each.is_with(page.act.user) for each in found)

        qtbot.waitUntil(mine)


# The chat


def test_a_question_goes_to_each_site_and_follows_on_there(window: MainWindow, answered: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    pane, dock = window.chat.dock.pane, window.chat.dock
    window.chat.focus_question()
    dock.ask("Who came?")
    qtbot.waitUntil(lambda: len(pane.cards) == 2 and not pane.waiting.on)
    assert {card.site[1] for card in pane.cards} == {"North", "South"}
    assert sorted(card.question.isVisible() for card in pane.cards) == [False, True], "it is said once"
    for card in pane.cards:
        cited, counted = card.answer.sentences[0].citations
        assert cited.id == f"{key_of(card.site[1])}/ev-000000000000-1" and counted.id == '{"ask":"count"}'
    dock.ask("Who came?")
    qtbot.waitUntil(lambda: len(pane.cards) == 4 and not pane.waiting.on)
    for engine in answered.values():
        assert [asked.conversation for asked in engine.chats.asked] == ["", "ch-1"]


def test_one_site_alone_can_be_asked(window: MainWindow, answered: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    pane, dock = window.chat.dock.pane, window.chat.dock
    window.chat.focus_question()
    qtbot.waitUntil(lambda: pane.target.count() == 3)
    pane.choose_target(key_of("South"))
    dock.ask("Who came?")
    qtbot.waitUntil(lambda: len(pane.cards) == 1 and not pane.waiting.on)
    assert pane.cards[0].site[1] == "South" and not answered["North"].chats.asked


def test_a_site_that_does_not_answer_is_named_below_those_that_do(window: MainWindow, answered: dict[str, FakeEngine], qtbot: QtBot):
    pane = window.chat.dock.pane
    window.chat.focus_question()
    answered["South"].fail("ask", EnvironmentFault("unreachable", "It cannot be reached."))
    window.chat.dock.ask("Who came?")
    qtbot.waitUntil(lambda: len(pane.cards) == 1 and len(pane.troubles) == 1 and not pane.waiting.on)
    assert pane.cards[0].site[1] == "North" and pane.troubles[0].site_name.text() == "South"
    assert "cannot be reached" in pane.troubles[0].text and not pane.box.text()


def test_examples_for_all_sites_name_nothing_of_one(window: MainWindow, key_of: Keys, qtbot: QtBot):
    pane = window.chat.dock.pane
    window.chat.focus_question()
    qtbot.waitUntil(lambda: pane.target.count() == 3)
    assert not any("Gate" in text or "Yard" in text for text in pane.example_texts())
    pane.choose_target(key_of("South"))
    pane.target_chosen.emit(key_of("South"))
    assert any("Yard" in text for text in pane.example_texts()) and not any("South" in text for text in pane.example_texts())


# Which sites are shown


@pytest.fixture
def ticked(window: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    assert window.sites is not None
    button = window.sites.button
    qtbot.waitUntil(lambda: len(button.ticks) == 2)
    yield window


def names(window: MainWindow) -> set[str]:
    return set() if window.snapshot is None else {camera.name for camera in window.snapshot.settings.cameras}


def test_some_sites_are_shown_and_that_is_remembered(ticked: MainWindow, key_of: Keys, qtbot: QtBot):
    window = ticked
    assert window.sites is not None
    live = window.page("live")
    window.sites.button.ticks[key_of("South")].trigger()
    qtbot.waitUntil(lambda: names(window) == {"Yard", "Quay"})
    assert window.page("live") is not live, "what it had asked was of both"
    qtbot.waitUntil(lambda: window.sites is not None and window.sites.button.text() == "South")
    assert window._remembered.text("sites/shown", "") == key_of("South")
    window.sites.button.all_sites.trigger()
    qtbot.waitUntil(lambda: len(names(window)) == 4)
    assert window._remembered.text("sites/shown", "x") == ""


def test_where_one_site_is_shown_nobody_is_asked_which(ticked: MainWindow, key_of: Keys, qtbot: QtBot):
    assert ticked.sites is not None
    ticked.sites.button.ticks[key_of("South")].trigger()
    qtbot.waitUntil(lambda: names(ticked) == {"Yard", "Quay"})
    alerts_page(ticked).edit_rules()
    dialog = visible(ticked, AlertRulesDialog, qtbot)
    assert dialog.windowTitle().endswith("– South")
    dialog.reject()


def test_a_hidden_site_tells_its_gravest_alert(ticked: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    assert ticked.sites is not None
    button = ticked.sites.button
    button.ticks[key_of("South")].trigger()
    engines["North"].alerts.add(EventKind.FALL, Severity.CRITICAL, "own")
    qtbot.waitUntil(lambda: "elsewhere 1 open" in button.toolTip())
    assert ticked.snapshot is not None and not ticked.snapshot.alerts.alerts
