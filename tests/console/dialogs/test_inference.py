"""What runs each model: shown, chosen by hand, measured again, and saved without touching what is not shown."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.inference import InferenceDialog
from engine.model.command import CancelJob, ChangeSettings, MeasureModels
from engine.model.settings import DetectionSettings, ModelProvider
from engine.model.snapshot import JobState
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine
from tests.fakes.measured_site import CRASHED, measured_site


@pytest.fixture
def dialog(bridge: EngineBridge, engine: FakeEngine, show: Show, qtbot: QtBot) -> InferenceDialog:
    measured_site(engine)
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bool(bridge.snapshot.health.models))
    dialog = InferenceDialog(bridge)
    show(dialog)
    return dialog


def test_what_was_measured_and_why_a_provider_is_not_used_is_said(dialog: InferenceDialog) -> None:
    assert list(dialog.rows) == ["yolox-nano", "nanodet-plus", "osnet-x025"]  # voice is not measured
    said = dialog.rows["yolox-nano"].note.text()
    assert "OpenVINO CPU" in said and "21.2" in said and CRASHED in said
    assert dialog.rows["yolox-nano"].provider.accessibleDescription() == said
    assert "Not loaded" in dialog.rows["nanodet-plus"].note.text()
    assert dialog.none.isHidden()


def test_what_is_here_can_be_chosen_and_threads_where_they_count(dialog: InferenceDialog) -> None:
    row = dialog.rows["yolox-nano"]
    assert [row.provider.itemText(index) for index in range(row.provider.count())] == ["By measurement", "CPU", "CUDA", "OpenVINO"]
    assert row.threads.isEnabled() and row.threads.text() == "Automatic"
    row.provider.setCurrentText("OpenVINO")
    assert not row.threads.isEnabled()
    by_hand = dialog.rows["osnet-x025"]
    assert (by_hand.provider.currentText(), by_hand.threads.value()) == ("CPU", 2)


def test_a_choice_is_saved_and_the_rest_is_left_alone(
    dialog: InferenceDialog, bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot
) -> None:
    elsewhere = ModelProvider("pose-landmarks", "cpu", 1)
    engine.settings = replace(
        engine.settings, detection=DetectionSettings(rate_hz=7.0, models=(elsewhere, ModelProvider("osnet-x025", "cpu", 2)))
    )
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.detection.rate_hz == 7.0)
    dialog.rows["yolox-nano"].provider.setCurrentText("CPU")
    dialog.rows["osnet-x025"].provider.setCurrentText("By measurement")
    dialog.rows["osnet-x025"].threads.setValue(0)
    dialog.save.click()
    wanted = DetectionSettings(rate_hz=7.0, models=(elsewhere, ModelProvider("yolox-nano", "cpu")))
    qtbot.waitUntil(lambda: engine.commands == [ChangeSettings(detection=wanted)])
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_a_provider_that_is_gone_stays_chosen(bridge: EngineBridge, engine: FakeEngine, show: Show, qtbot: QtBot) -> None:
    measured_site(engine)
    engine.health = replace(engine.health, providers=())
    engine.settings = replace(engine.settings, detection=DetectionSettings(provider="tensorrt"))
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.detection.provider == "tensorrt")
    dialog = InferenceDialog(bridge)
    show(dialog)
    row = dialog.rows["yolox-nano"]
    assert row.provider.currentText() == "TensorRT (not available)" and "Only the CPU" in dialog.none.text()
    assert dialog.command() == ChangeSettings(detection=DetectionSettings(provider="tensorrt"))
    engine.health = replace(engine.health, providers=("tensorrt",))
    engine.publish()
    qtbot.waitUntil(lambda: row.provider.currentText() == "TensorRT" and dialog.none.isHidden())


def test_a_new_measurement_shows_how_far_it_is_and_its_end(dialog: InferenceDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.measure.setFocus()
    qtbot.keyClick(dialog.measure, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: engine.commands == [MeasureModels()])
    qtbot.waitUntil(lambda: dialog.state.text() == "Measuring YOLOX-Nano people detector: OpenVINO CPU")
    assert dialog.bar.isVisible() and dialog.measure.isHidden() and dialog.stop.isVisible()
    with engine.running():
        qtbot.waitUntil(lambda: dialog.state.text() == "Measured.")
    assert dialog.bar.isHidden() and dialog.measure.isVisible() and dialog.stop.isHidden()


def test_a_measurement_can_be_stopped_and_one_that_runs_is_followed(
    dialog: InferenceDialog, bridge: EngineBridge, engine: FakeEngine, show: Show, qtbot: QtBot
) -> None:
    dialog.measure.click()
    qtbot.waitUntil(lambda: bool(dialog.state.text()))
    other = InferenceDialog(bridge)
    show(other)
    assert other.bar.isVisible() and other.stop.isVisible()
    other.stop.click()
    qtbot.waitUntil(lambda: CancelJob("job-0") in engine.commands)
    qtbot.waitUntil(lambda: engine.jobs["job-0"].state is JobState.CANCELLED)
    engine.publish()
    qtbot.waitUntil(lambda: dialog.measure.isVisible() and other.measure.isVisible())


def test_without_models_it_says_where_they_are_installed(bridge: EngineBridge, show: Show) -> None:
    dialog = InferenceDialog(bridge)
    show(dialog)
    assert not dialog.rows and "System, Detection" in dialog.none.text() and not dialog.measure.isEnabled()
