"""How events are grouped for review: shown, checked as it is typed, saved, and back to the defaults."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.review_settings import ReviewSettingsDialog
from engine.model.command import ChangeSettings
from engine.model.review.review import ReviewSettings
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine


def test_gap_and_longest_item_are_shown_checked_and_saved(bridge: EngineBridge, engine: FakeEngine, show: Show, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, review=ReviewSettings(gap_s=45, longest_min=10))
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.review.gap_s == 45)
    dialog = ReviewSettingsDialog(bridge)
    show(dialog)
    gap, longest = dialog.fields.field("gap_s"), dialog.fields.field("longest_min")
    assert (gap.value(), longest.value()) == ("45", "10")
    gap.edit().setText("2")
    assert not dialog.save.isEnabled() and gap.message()
    dialog.usual.click()
    longest.edit().setText("12")
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [ChangeSettings(review=replace(ReviewSettings(), longest_min=12))])
