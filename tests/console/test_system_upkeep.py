"""System: backups, tidying with a count first, settings from a file, the log, diagnostics; and what to try when something is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from console.dialogs.upkeep.backups import BackupsDialog
from console.dialogs.upkeep.import_settings import ImportSettingsDialog
from console.dialogs.upkeep.retention import RetentionDialog
from console.dialogs.upkeep.tidy import TidyDialog
from console.help.troubleshooting import RULES, advice
from console.pages.system.system import SystemPage
from console.pages.system.tips import backup_tips, disk_tips, statistics_tips
from console.pages.system.upkeep_words import backup_facts, disk_facts, forecast_text, lasts_text, statistics_facts
from console.window import MainWindow
from engine.model.accounts.access import Role, User
from engine.model.command import ChangeSettings
from engine.model.health import CameraHealth, CameraState, DetectorHealth, EngineHealth
from engine.model.risk.risk import RiskSettings, RiskState, Training, TrainingState
from engine.model.settings import CameraSettings, RecordingSettings, Settings
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SECOND
from engine.model.upkeep import BackUpNow, DiskForecast, Growth, ImportSettings, Restored, TidyNow, UpkeepSettings, UpkeepView
from tests.fakes.engine import FakeEngine
from widgets.translation import LANGUAGES, WRITTEN_IN, use_language

Opener = Callable[..., MainWindow]
NOW_NS = 1_700_000_000 * SECOND


@pytest.fixture
def page(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> SystemPage:
    window = open_window()
    window.show_page("system")
    page = window.page("system")
    assert isinstance(page, SystemPage)
    with engine.running():
        qtbot.waitUntil(lambda: page.upkeep.view == engine.upkeep.view)
    return page


def toasts(page: SystemPage) -> str:
    return " ".join(label.text() for label in page._toasts.findChildren(QLabel))


def test_what_is_kept_and_how_long_the_disk_lasts(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.upkeep.backups.fact_text("Backups").startswith("24, 4.9 GiB in total")
    assert page.upkeep.disk.fact_text("Estimated retention") == "About 62 days, at the growth of the last 3.2 days"
    assert page.upkeep.statistics.fact_text("Events") == "227 in 24 hours, 1,521 in 7 days, 21,222 in all"
    assert page.upkeep.statistics.fact_text("In 7 days") == "Person detected 1,430, fall detected 3, zone entered 88"
    assert page.upkeep.statistics.fact_text("People") == "12 on file, 3 archived"
    assert page.upkeep.disk.fact_text("Grows by") == "Clips 1.4 GiB a day, database 12 MiB a day"
    assert not page.upkeep.restored.isVisible()
    engine.upkeep.view = replace(
        engine.upkeep.view, restored=Restored(engine.now_ns, "", "damaged/x", "b", engine.now_ns - 3600 * SECOND), backup_trouble="No disk."
    )
    page.upkeep._ask_soon()
    with engine.running():
        qtbot.waitUntil(lambda: page.upkeep.restored.isVisible())
        qtbot.waitUntil(lambda: "No current backup" in page.help.texts())
    assert page.headline.text() == "All systems normal" and page.details.text().endswith("Recommendations are listed below.")
    assert "damaged/x" in page.upkeep.restored.text() and page.upkeep.backups.fact_text("Trouble") == "No disk."


def test_a_backup_by_button_and_how_they_are_kept(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.upkeep.back_up.click()
    with engine.running():
        qtbot.waitUntil(lambda: "Backed up" in toasts(page))
    assert BackUpNow() in engine.commands
    page.upkeep.settings.click()
    dialog = page.findChild(BackupsDialog)
    assert dialog is not None
    dialog.newest.setValue(48)
    dialog.folder.setText("relative")
    dialog.submit()
    assert "root on" in dialog.trouble.text()
    dialog.folder.setText("/backups")
    dialog.submit()
    qtbot.waitUntil(lambda: engine.commands[-1] == ChangeSettings(upkeep=UpkeepSettings(keep_hourly=48, backup_folder="/backups")))


def test_nothing_goes_before_it_was_counted_and_wanted(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.upkeep.tidy.click()
    dialog = page.findChild(TidyDialog)
    assert dialog is not None and not dialog.go.isEnabled()
    qtbot.waitUntil(lambda: dialog.go.isEnabled())
    assert dialog.parts.text().startswith("212 clips older") and "3.0 GiB" in dialog.state.text()
    assert TidyNow() not in engine.commands
    dialog.go.click()
    with engine.running():
        qtbot.waitUntil(lambda: dialog.state.text().startswith("Done: 212"))
    assert TidyNow() in engine.commands
    dialog.reject()


def test_how_long_things_are_kept_by_button_and_palette(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    (found,) = (action for action in window.catalogue.everything() if action.title == "Retention…")
    found.run()
    dialog = page.findChild(RetentionDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.fields.field("keep_incidents_days").edit().setText("2000")
    dialog.submit()
    wanted = ChangeSettings(recording=RecordingSettings(keep_incidents_days=2000))
    qtbot.waitUntil(lambda: bool(engine.commands) and engine.commands[-1] == wanted)


def test_settings_out_and_in(page: SystemPage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    page.upkeep.export.click()
    qtbot.waitUntil(lambda: "The settings are in settings.toml" in toasts(page))
    assert file.read_text().startswith("format")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    page.upkeep.take.click()
    dialog = page.findChild(ImportSettingsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.changes is not None)
    assert dialog.state.text() == "2 settings would change." and dialog.table.item(1, 2).text() == "North gate"
    assert engine.upkeep.imported == []
    dialog.submit()
    qtbot.waitUntil(lambda: engine.upkeep.imported == [file.read_text()])
    assert isinstance(engine.commands[-1], ImportSettings)


def test_the_log_has_a_filter_and_diagnostics_go_to_the_clipboard(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.visit("activity")
    with engine.running():
        qtbot.waitUntil(lambda: page.log.lines.toPlainText().count("\n") == 1)
        page.log.level.setCurrentIndex(1)
        qtbot.waitUntil(lambda: "record opened" not in page.log.lines.toPlainText())
        assert "WARNING  camera: Gate" in page.log.lines.toPlainText()
        page.log.contains.setText("nothing like it")
        qtbot.waitUntil(lambda: page.log.lines.toPlainText() == "")
        page.log.copy.click()
        qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith("Watchroom"))


def snapshot(camera: CameraHealth | None = None, **more: object) -> Snapshot:
    views = () if camera is None else (CameraView(CameraSettings("gate", "Gate", "rtsp://192.0.2.1/x"), camera),)
    return replace(Snapshot(1, NOW_NS, Settings(), views, health=EngineHealth(threads=9)), **more)  # pyright: ignore[reportArgumentType]


LIVE = CameraHealth(CameraState.LIVE, fps=15)


NOTHING = UpkeepView()


def of(found: Snapshot, view: UpkeepView = NOTHING) -> list[str]:
    return [each.rule_id for each in advice(found, view)]


@pytest.mark.parametrize(
    ("health", "rule"),
    [
        (CameraHealth(CameraState.LOST, "It refuses the login.", fault="credentials"), "login"),
        (CameraHealth(CameraState.CONNECTING, since_ns=NOW_NS - 60 * SECOND), "connecting"),
        (CameraHealth(CameraState.PAUSED), "off"),
        (replace(LIVE, fps=1.2), "slow"),
        (replace(LIVE, clock_ahead_s=-70.0), "clock"),
    ],
)
def test_each_fault_of_a_camera_has_its_advice(health: CameraHealth, rule: str) -> None:
    assert of(snapshot(health)) == [rule]
    (told,) = advice(snapshot(health), UpkeepView())
    assert "Gate" in told.title and told.tries and told.subject == "gate" and "{" not in told.title + told.because


def test_each_fault_of_the_whole_has_its_advice() -> None:
    assert of(snapshot(LIVE)) == []
    assert of(snapshot()) == ["no-cameras"]
    basic = EngineHealth(threads=9, detector=DetectorHealth("Basic", basic=True))
    assert of(snapshot(LIVE, health=basic)) == ["model"]
    assert of(snapshot(LIVE, health=EngineHealth(threads=9, writer_backlog=5000))) == ["behind"]
    assert of(snapshot(LIVE, settings=Settings(recording=RecordingSettings(enabled=False)))) == ["not-recording"]
    assert of(snapshot(LIVE), UpkeepView(disk=DiskForecast(90 << 30, 100 << 30, days_left=1.5))) == ["disk"]
    assert of(snapshot(LIVE), UpkeepView(disk=DiskForecast(1 << 30, 100 << 30))) == ["disk"]
    assert of(snapshot(LIVE), UpkeepView(outbox=50)) == ["messages"]
    assert of(snapshot(LIVE), UpkeepView(backup_trouble="No disk.")) == ["backups"]
    behind = EngineHealth(threads=9, troubles=("The engine is behind: 5 camera frames were left out.",))
    assert of(snapshot(LIVE, health=behind), UpkeepView(losses=(("mailbox", 5),))) == ["overloaded"]
    assert len(RULES) >= 10 and len({rule.id for rule in RULES}) == len(RULES)


@pytest.fixture(params=LANGUAGES)
def language(qapp: object, request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param)
    yield request.param
    use_language(WRITTEN_IN)


def test_every_fact_has_its_tip_in_every_language(language: str, engine: FakeEngine) -> None:
    view, shown = engine.upkeep.view, engine.port().snapshot()
    for facts, tips in (
        (backup_facts(view, shown, NOW_NS), backup_tips()),
        (disk_facts(view), disk_tips()),
        (statistics_facts(view, shown), statistics_tips()),
    ):
        assert [what for what, _ in facts] == list(tips)


def test_how_the_risk_forecast_was_learnt_last_is_told(engine: FakeEngine) -> None:
    def told(training: Training, enabled: bool = True) -> str:
        settings = replace(engine.settings, risk=RiskSettings(enabled=enabled))
        return forecast_text(replace(engine.snapshot, settings=settings, risk=RiskState(enabled, training=training)))

    ended_ns = engine.snapshot.at_ns - 60 * SECOND
    done = Training(TrainingState.DONE, ended_ns - 3 * SECOND, ended_ns, 1.0, incidents=812, trained_ns=ended_ns, cells=5210)
    assert told(done) == "Trained 1 min ago on 812 incidents. It took 3 s and covers 5,210 cells"
    failed = told(replace(done, state=TrainingState.FAILED, trouble="The disk is full."))
    assert failed == "Training failed 1 min ago: The disk is full. The previous forecast remains"
    assert told(replace(done, state=TrainingState.SKIPPED)).startswith("Not trained: no incidents")
    assert told(done, enabled=False) == "Switched off"


def test_words_about_the_disk_say_what_they_rest_on() -> None:
    assert lasts_text(DiskForecast(1, 2)) == "Available after 1 hour"
    grown = (Growth("clips", 1, 5.0),)
    assert lasts_text(DiskForecast(1, 2, grown, None, 86_400, True)).startswith("Unlimited, at the growth of the last 24 hours: all")
    assert "no growth" in lasts_text(DiskForecast(1, 2, (Growth("clips", 1, 0.0),), None, 86_400))


def test_an_operator_may_look_but_not_touch(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.users = (User("user-ada", "ada", Role.OPERATOR),)
    window = open_window()
    window.show_page("system")
    page = window.page("system")
    assert isinstance(page, SystemPage)
    with engine.running():
        qtbot.waitUntil(lambda: page.upkeep.view == engine.upkeep.view)
    upkeep = page.upkeep
    buttons = (upkeep.back_up, upkeep.settings, upkeep.keep, upkeep.tidy, upkeep.export, upkeep.take)
    assert "may not administer" in upkeep.keep.toolTip()
    assert not any(button.isEnabled() for button in buttons) and not page.log.isVisible()
    assert all(isinstance(button, QPushButton) for button in buttons)
