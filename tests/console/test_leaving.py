"""Nothing is lost at a key: Escape and the close button ask where typed text, a set-up or a running engine would be lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.accounts.user_edit import UserDialog
from console.dialogs.alerts.alert_rules import AlertRulesDialog
from console.dialogs.cameras.ptz import PtzDialog
from console.dialogs.cameras.view_masks import ViewMasksDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import FramedDialog, open_dialog
from console.dialogs.saving import SavingDialog
from console.shell.closing import ClosingDialog, consequences, quit_question
from console.shell.tray import Closing
from console.window import MainWindow
from engine.model.snapshot import Job, JobState
from engine.model.time import SystemClock
from tests.console.every_dialog import MAKERS, Stage, cameras
from tests.console.gallery_alerts import alerting_site
from tests.fakes.engine import FakeDoor, FakeEngine


class SpontaneousClose(QCloseEvent):
    """As a window manager asks."""

    def spontaneous(self) -> bool:
        return True


def close_by_hand(widget: QWidget) -> QCloseEvent:
    event = SpontaneousClose()
    widget.closeEvent(event)
    return event


class Form(FramedDialog):
    def __init__(self) -> None:
        super().__init__("Form")
        self.line, self.text, self.tick = QLineEdit("as it was"), QPlainTextEdit("as it was"), QCheckBox("Tick")
        self.secret = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        for field in (self.line, self.text, self.tick, self.secret):
            self.body.addWidget(field)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    dialog = Form()
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitExposed(dialog)
    return dialog


def question() -> ConfirmDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ConfirmDialog)
    return dialog


@pytest.mark.parametrize("field", ["line", "text"])
def test_escape_asks_before_typed_text_is_lost(form: Form, field: str) -> None:
    QTest.keyClicks(getattr(form, field), "x")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    asked = question()
    assert form.isVisible() and asked.focusWidget() is asked.keep
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    assert form.isVisible(), "a second Escape keeps what was typed"
    QTest.keyClick(form, Qt.Key.Key_Escape)
    question().go.click()
    assert not form.isVisible()


def test_the_close_button_asks_too_and_cancel_does_not(form: Form) -> None:
    QTest.keyClicks(form.line, "x")
    assert not close_by_hand(form).isAccepted()
    question().reject()
    form.add_cancel().click()
    assert not form.isVisible()


def test_nothing_is_asked_where_nothing_would_be_lost(form: Form) -> None:
    form.line.setText("by the program")
    form.text.setPlainText("by the program")
    QTest.keyClicks(form.secret, "a password")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_text_that_was_removed_again_is_no_work(form: Form) -> None:
    form.line.selectAll()
    QTest.keyClick(form.line, Qt.Key.Key_Delete)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_choices_are_work_in_every_dialog_that_saves() -> None:
    saving = [kind for kind in MAKERS if issubclass(kind, SavingDialog)]
    assert len(saving) > 40 and all(kind.CHOICES_ARE_WORK for kind in saving)
    assert not FramedDialog.CHOICES_ARE_WORK


def test_the_preset_that_ptz_settings_show_is_no_work(stage: Stage, qtbot: QtBot) -> None:
    dialog = MAKERS[PtzDialog](stage)
    assert isinstance(dialog, PtzDialog)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.presets.addItem("another")
    dialog.presets.setCurrentIndex(dialog.presets.count() - 1)
    dialog.presets.activated.emit(dialog.presets.currentIndex())
    assert not dialog.has_unsaved_work()
    dialog.cover.click()
    assert dialog.has_unsaved_work()


def test_a_tick_is_work_where_the_dialog_says_so_and_not_once_it_is_put_back(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Form, "CHOICES_ARE_WORK", True)
    form.hide()
    form.open()
    form.tick.setChecked(True)
    assert not form.has_unsaved_work(), "by the program"
    form.tick.setChecked(False)
    form.tick.click()
    assert form.has_unsaved_work()
    form.tick.click()
    assert not form.has_unsaved_work()


def test_the_role_of_a_user_is_work_too(stage: Stage, qtbot: QtBot) -> None:
    dialog = MAKERS[UserDialog](stage)
    qtbot.addWidget(dialog)
    dialog.open()
    assert isinstance(dialog, UserDialog) and not dialog.has_unsaved_work()
    choice = next(each for each in [*dialog.findChildren(QComboBox), *dialog.findChildren(QRadioButton), *dialog.findChildren(QCheckBox)])
    if isinstance(choice, QComboBox):
        choice.setCurrentIndex((choice.currentIndex() + 1) % choice.count())
        choice.activated.emit(choice.currentIndex())
    else:
        choice.click()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert question().windowTitle() == "Discard your changes?" and dialog.isVisible()
    question().go.click()
    assert not dialog.isVisible()


def test_a_drawing_is_work_too(stage: Stage, qtbot: QtBot) -> None:
    masks = ViewMasksDialog(stage.bridge(cameras()), "yard", "Masks of Yard", (((0.1, 0.1), (0.2, 0.1), (0.2, 0.2)),), turns=False)
    qtbot.addWidget(masks)
    masks.open()
    masks.picture.remove_shape()
    QTest.keyClick(masks, Qt.Key.Key_Escape)
    assert question().windowTitle() == "Discard your changes?" and masks.isVisible()
    question().go.click()
    assert not masks.isVisible()


def test_a_removed_rule_is_work_too(stage: Stage, qtbot: QtBot) -> None:
    rules = AlertRulesDialog(stage.bridge(alerting_site()), SystemClock())
    qtbot.addWidget(rules)
    rules.open()
    assert not rules.has_unsaved_work()
    rules._remove_rule()
    QTest.keyClick(rules, Qt.Key.Key_Escape)
    assert question().windowTitle() == "Discard your changes?" and rules.isVisible()
    question().go.click()
    assert not rules.isVisible()


def test_a_set_up_is_not_lost_at_a_key(qtbot: QtBot) -> None:
    dialog = open_dialog(SetupDialog(FakeDoor(FakeEngine(users=()))))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible(), "nothing was entered yet"
    dialog = open_dialog(SetupDialog(FakeDoor(FakeEngine(users=()))))
    QTest.keyClicks(dialog.fields.field("site_name").edit(), "Harbour office")
    for leave in (lambda: QTest.keyClick(dialog, Qt.Key.Key_Escape), dialog.quit.click, lambda: close_by_hand(dialog)):
        leave()
        question().reject()
        assert dialog.isVisible()
    dialog.leave()
    with qtbot.waitSignal(dialog.rejected):
        question().go.click()


def test_the_sign_in_says_what_quitting_stops(engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = open_dialog(SignInDialog(FakeDoor(engine), question=quit_question(engine_here=True)))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    asked = question()
    assert dialog.isVisible() and asked.windowTitle() == "Quit Watchroom?"
    with qtbot.waitSignal(dialog.rejected):
        asked.go.click()


def test_what_goes_on_is_told_apart() -> None:
    assert "stop until Watchroom is started again" in consequences(engine_here=True)
    assert "continues to record" in consequences(engine_here=False)


def test_a_window_without_a_tray_asks_and_can_be_told_not_to(open_window: Callable[[str], MainWindow], qtbot: QtBot) -> None:
    window = open_window("ada")
    assert not close_by_hand(window).isAccepted()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ClosingDialog) and dialog.focusWidget() is dialog.keep
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.isVisible()
    close_by_hand(window)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ClosingDialog)
    dialog.always.setChecked(True)
    with qtbot.waitSignal(window.closed):
        dialog.quit.click()
    assert window.closing.get() is Closing.QUIT


def test_running_jobs_are_named_before_they_are_cancelled(qtbot: QtBot) -> None:
    job = Job("job-1", "evidence_pack", "Export signed evidence", JobState.RUNNING)
    here = ClosingDialog(tray=False, engine_here=True, jobs=(job, replace(job, id="job-2", title="Import reports")))
    elsewhere = ClosingDialog(tray=False, engine_here=False, jobs=(job,))
    for dialog in (here, elsewhere):
        qtbot.addWidget(dialog)
    texts = [" ".join(label.text() for label in dialog.findChildren(QLabel)) for dialog in (here, elsewhere)]
    assert "2 running jobs are cancelled: Export signed evidence, Import reports." in texts[0]
    assert "cancelled" not in texts[1], "they are the engine's, which goes on"
