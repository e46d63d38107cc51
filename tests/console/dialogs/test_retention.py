"""How long everything is kept stands in one place, by the settings' own limits; whoever keeps less sees first what goes."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.upkeep.retention import Bound, RetentionDialog, goes_text, kinds
from engine.model.command import ChangeSettings
from engine.model.people.settings import PeopleSettings
from engine.model.setting import settings_of
from engine.model.settings import RecordingSettings, Settings
from engine.model.upkeep import KeepBounds, TidyPart, TidyReport, UpkeepSettings
from tests.fakes.engine import FakeEngine

BOUNDS = [bound for kind in kinds() for bound in kind.bounds]


@pytest.fixture
def dialog(bridge: EngineBridge, qtbot: QtBot) -> RetentionDialog:
    dialog = RetentionDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def put(dialog: RetentionDialog, **typed: str) -> None:
    for name, text in typed.items():
        dialog.fields.field(name).edit().setText(text)


def told(engine: FakeEngine) -> list[ChangeSettings]:
    return [each for each in engine.commands if isinstance(each, ChangeSettings)]


def asked(dialog: RetentionDialog, qtbot: QtBot) -> ConfirmDialog:
    qtbot.waitUntil(lambda: any(each.isVisible() for each in dialog.findChildren(ConfirmDialog)))
    return next(each for each in dialog.findChildren(ConfirmDialog) if each.isVisible())


def test_every_limit_of_the_settings_has_its_field_with_what_is_set_now(dialog: RetentionDialog) -> None:
    kept = {name for part in (RecordingSettings, UpkeepSettings) for name in part.__dataclass_fields__ if name.startswith("keep_")}
    assert {bound.name for bound in BOUNDS} == kept - {"keep_free_gib"} | {"archive_days", "erase_days"}
    for bound in BOUNDS:
        field = dialog.fields.field(bound.name)
        assert float(field.value()) == getattr(getattr(Settings(), bound.part), bound.name) and field.message() == bound.hint()


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: bound.name)
def test_what_a_hint_says_is_what_the_settings_take(bound: Bound) -> None:
    setting = settings_of(type(getattr(Settings(), bound.part)))[bound.name]
    assert setting.high is not None
    assert not bound.trouble(f"{setting.high:.10g}") and bound.trouble(f"{setting.high + 1:.10g}")
    least = 0.01 if setting.ge is None else setting.ge
    assert not bound.trouble(f"{least:.10g}") and bound.trouble("-1")
    if setting.ge:
        assert bound.trouble("0") if bound.whole else bound.trouble(f"{setting.ge - 0.01:.10g}")
    assert bound.trouble("soon").startswith("Enter a ")


def test_a_wrong_limit_is_named_below_its_field_and_saves_nothing(dialog: RetentionDialog, engine: FakeEngine) -> None:
    put(dialog, keep_incidents_days="7")
    assert dialog.fields.field("keep_incidents_days").message() == "7.0 is outside 30–3650." and not dialog.save.isEnabled()
    put(dialog, keep_incidents_days="1095", archive_days="800")
    dialog.submit()
    assert dialog.fields.field("erase_days").message().startswith("People are archived after more than 0 days")
    assert told(engine) == [] and engine.upkeep.bounds == []


def test_who_keeps_more_changes_that_and_nothing_else(dialog: RetentionDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    put(dialog, keep_events_days="730", keep_daily="30")
    dialog.submit()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert told(engine) == [ChangeSettings(recording=RecordingSettings(keep_events_days=730), upkeep=UpkeepSettings(keep_daily=30))]
    assert engine.upkeep.bounds == []


def test_who_keeps_less_sees_what_goes_before_it_does(dialog: RetentionDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    put(dialog, keep_events_days="30", erase_days="400", keep_journal_gib="1")
    dialog.submit()
    ask = asked(dialog, qtbot)
    assert engine.upkeep.bounds == [KeepBounds(30, 20, 30, 1095, 180, 400)] and told(engine) == []
    text = "\n".join(label.text() for label in ask.findChildren(type(ask.heading)))
    assert "212 clips older than 30 days" in text and "but not counted: journal." in text and "cannot be undone" in text
    ask.reject()
    assert dialog.isVisible() and dialog.save.isEnabled() and told(engine) == []
    dialog.submit()
    asked(dialog, qtbot).go.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    recording = RecordingSettings(keep_events_days=30, keep_journal_gib=1)
    assert told(engine) == [ChangeSettings(recording=recording, recognition=PeopleSettings(erase_days=400))]


def test_less_of_what_there_is_none_of_is_saved_at_once(dialog: RetentionDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.upkeep.plan = TidyReport(0, True)
    put(dialog, keep_clips_days="1.5")
    dialog.submit()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert told(engine) == [ChangeSettings(recording=RecordingSettings(keep_clips_days=1.5))]


def test_what_was_changed_elsewhere_stays(dialog: RetentionDialog, engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, recording=RecordingSettings(continuous=True, keep_clips_gib=7))
    engine.publish()
    with engine.running():
        qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.recording.continuous)
    put(dialog, keep_events_days="400")
    dialog.submit()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert told(engine) == [ChangeSettings(recording=RecordingSettings(continuous=True, keep_clips_gib=7, keep_events_days=400))]


def test_nothing_changed_is_nothing_said(dialog: RetentionDialog, engine: FakeEngine) -> None:
    dialog.submit()
    assert not dialog.isVisible() and engine.commands == []


def test_words_about_what_goes() -> None:
    plan = TidyReport(0, True, (TidyPart("events older than 30 days", 4), TidyPart("clips", 2, 3 << 30)))
    assert goes_text(plan, []).splitlines()[1:] == ["4 events older than 30 days", "2 clips (3.0 GiB)"]
    assert goes_text(TidyReport(0, True), []) == "" == goes_text(None, [])
