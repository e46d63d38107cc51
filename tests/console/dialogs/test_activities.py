"""The limits of behaviour: shown, checked as they are typed, saved; the usual ones come back with one click."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.activities import ActivitiesDialog
from engine.model.command import ChangeSettings
from engine.model.people.settings import ActivitySettings
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine

KNOWN = ActivitySettings(loiter_s=90.0, crowd=6)


@pytest.fixture
def engine(engine: FakeEngine) -> FakeEngine:
    engine.settings = replace(engine.settings, activities=KNOWN)
    engine.publish()
    return engine


def test_limits_are_shown_and_only_what_was_changed_is_another(bridge: EngineBridge, engine: FakeEngine, show: Show, qtbot: QtBot) -> None:
    dialog = ActivitiesDialog(bridge)
    show(dialog)
    assert dialog.fields.field("loiter_s").value() == "90" and dialog.fields.field("crowd").value() == "6"
    dialog.fields.field("running_speed").edit().setText("1,8")
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [ChangeSettings(activities=replace(KNOWN, running_speed=1.8))])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fall_still_s", "0"),
        ("loiter_s", "nan"),
        ("loiter_radius", "-1"),
        ("crowd", "1"),
        ("crowd", "2.5"),
        ("fight_s", ""),
        ("crowd_s", "x"),
    ],
)
def test_what_cannot_be_is_said_below_its_field(bridge: EngineBridge, show: Show, name: str, text: str) -> None:
    dialog = ActivitiesDialog(bridge)
    show(dialog)
    dialog.fields.field(name).edit().setText(text)
    assert not dialog.save.isEnabled() and dialog.fields.field(name).message()


def test_usual_limits_and_switching_off(bridge: EngineBridge, engine: FakeEngine, show: Show, qtbot: QtBot) -> None:
    dialog = ActivitiesDialog(bridge)
    show(dialog)
    dialog.usual.click()
    dialog.enabled.click()
    assert not dialog.fields.field("crowd").isEnabled()
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [ChangeSettings(activities=ActivitySettings(enabled=False))])
