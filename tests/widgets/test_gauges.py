from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from engine.model.health import CameraState, ErrorNote, ModelRun, TriedProvider
from engine.model.snapshot import Job, JobState, ModelEntry
from engine.model.time import SECOND
from tests.widgets.values_for_widgets import NOW_NS, camera, cameras
from widgets.marks.status_chip import StatusChip
from widgets.system.gauges import CameraHealthTable, ErrorList, FigureCard, ModelTable, Sparkline
from widgets.time_text import clock_text

OFFICIAL = ModelEntry("yolox", "detector", "YOLOX-nano", "Apache-2.0", "https://x", 3_800_000, True, "official")
MISSING = ModelEntry("nanodet", "detector", "NanoDet", "Apache-2.0", "https://y", 4_900_000, False)
RUNNING = Job("j1", "install_models", "Installing NanoDet", JobState.RUNNING, 2_450_000, 4_900_000, "Downloading")


def shown(widget, qtbot):
    qtbot.addWidget(widget)
    widget.resize(700, 400)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def buttons(widget) -> dict[str, QPushButton]:
    QApplication.processEvents()
    return {button.accessibleName() or button.text(): button for button in widget.findChildren(QPushButton) if button.isVisible()}


def test_gap_in_the_data_is_a_gap_in_the_line_not_zero(qtbot):
    line = Sparkline()
    qtbot.addWidget(line)
    line.resize(100, 30)
    line.set_values((10.0, 10.0, None, None, 10.0, 20.0))
    assert [part.size() for part in line.lines()] == [2, 2]
    assert all(point.y() < 28 for part in line.lines() for point in part.toList())


@pytest.mark.parametrize("values", [(), (None, None), (0.0, 0.0), (5.0,)])
def test_sparkline_draws_edge_cases(qtbot, values):
    line = shown(Sparkline(), qtbot)
    line.set_values(values)
    assert not line.grab().isNull()


def test_one_value_is_no_course_yet(qtbot):
    line = shown(Sparkline(), qtbot)
    line.resize(100, 30)
    empty = line.grab().toImage()
    line.set_values((5.0,))
    assert line.grab().toImage() == empty
    line.set_values((5.0, 5.0))
    assert line.grab().toImage() != empty


def test_a_value_that_names_its_unit_shows_it_as_every_unit_is_shown(qtbot):
    named, fixed = shown(FigureCard("Disk free"), qtbot), shown(FigureCard("Memory", "MiB"), qtbot)
    named.set_value("41 GiB")
    fixed.set_value("41")
    assert named.accessibleName() == "Disk free 41 GiB"
    assert (named._figure.text(), named._unit.text()) == ("41", "GiB")
    assert named._figure.font() == fixed._figure.font() and named._unit.font() == fixed._unit.font()


def test_card_without_a_figure_says_no_data(qtbot):
    card = shown(FigureCard("Disk free", "days"), qtbot)
    assert "No data" in card.accessibleName()
    card.set_value("41", "at this rate", "high")
    assert card.accessibleName() == "Disk free 41 days"
    for sample in range(500):
        card.add_sample(float(sample))
    assert len(card._samples) == 120


def test_health_table_hides_figures_of_a_camera_that_is_not_live(qtbot, clock):
    table = shown(CameraHealthTable(clock), qtbot)
    table.set_cameras((camera(0), camera(1, CameraState.LOST, at_ns=NOW_NS - 12 * SECOND)))
    texts = [[table._model.index(row, column).data() for column in range(9)] for row in range(2)]
    assert texts[0][:3] == ["Camera 0", "Live", "24.9 fps"]
    assert texts[1][1:5] == ["Offline 12 s", "–", "–", "–"]
    assert texts[1][8] == clock_text(NOW_NS - 12 * SECOND, NOW_NS)
    assert not table.grab().isNull()


def test_health_table_keeps_its_rows_while_values_change(qtbot, clock, qtmodeltester):
    table = shown(CameraHealthTable(clock), qtbot)
    qtmodeltester.check(table._model)
    table.set_cameras(cameras(5))
    table._table.selectRow(3)
    resets: list[int] = []
    table._model.modelReset.connect(lambda: resets.append(1))
    table.set_cameras(tuple(replace(view, health=replace(view.health, fps=1.0)) for view in cameras(5)))
    assert resets == []
    assert table._table.currentIndex().row() == 3
    with qtbot.waitSignal(table.camera_activated) as activated:
        qtbot.keyClick(table._table, Qt.Key.Key_Return)
    assert activated.args == ["c3"]


def test_health_table_without_cameras_says_what_belongs_here(qtbot, clock):
    table = shown(CameraHealthTable(clock), qtbot)
    table.set_cameras(())
    assert table._pages.currentWidget() is table._empty


def test_missing_model_can_be_installed_alone_or_with_all(qtbot):
    table = shown(ModelTable(), qtbot)
    other = replace(MISSING, id="osnet", title="OSNet")
    table.set_models((OFFICIAL, MISSING, other))
    for name, ids in (("Install NanoDet", ("nanodet",)), ("Install all", ("nanodet", "osnet"))):
        with qtbot.waitSignal(table.install_requested) as asked:
            buttons(table)[name].click()
        assert asked.args == [ids]
    assert "Install YOLOX-nano" not in buttons(table)
    with qtbot.waitSignal(table.install_from_folder_requested):
        buttons(table)["Install from folder…"].click()


def test_running_job_shows_progress_can_be_cancelled_and_blocks_another(qtbot):
    table = shown(ModelTable(), qtbot)
    table.set_models((OFFICIAL, MISSING), (replace(RUNNING, id="other", kind="test_camera"), RUNNING))
    assert table._progress._bar.value() == 500
    assert not buttons(table)["Install NanoDet"].isEnabled()
    with qtbot.waitSignal(table.cancel_requested) as cancelled:
        buttons(table)["Cancel"].click()
    assert cancelled.args == ["j1"]
    table.set_models((OFFICIAL, MISSING), (replace(RUNNING, state=JobState.FAILED, message="Wrong digest."),))
    assert "Wrong digest." in table._progress._text.text()
    assert buttons(table)["Install NanoDet"].isEnabled()


def test_stand_in_and_damage_are_named(qtbot):
    table = shown(ModelTable(), qtbot)
    broken = replace(OFFICIAL, trouble="The file does not match its digest.")
    table.set_models((replace(OFFICIAL, id="other", variant="stand-in"), broken))
    assert {chip.text(): chip.level() for chip in table.findChildren(StatusChip)} == {"Substitute model": "moderate", "Damaged": "high"}
    assert "Install YOLOX-nano" in buttons(table)


def test_account_without_the_right_cannot_install(qtbot):
    table = shown(ModelTable(), qtbot)
    tried = (
        TriedProvider("CPU", 21.24),
        TriedProvider("OpenVINO CPU", 12.5),
        TriedProvider("CUDA", 0.0, "CUDA crashed while it was tested."),
    )
    table.set_models((OFFICIAL, MISSING), runs=(ModelRun(OFFICIAL.id, "OpenVINO CPU", 12.31, tried=tried),))
    (text,) = [label.text() for label in table.findChildren(QLabel) if "Runs on" in label.text()]
    measured = "measured: CPU 21.2\N{NO-BREAK SPACE}ms, OpenVINO CPU 12.5\N{NO-BREAK SPACE}ms"
    assert text.endswith(f"Runs on OpenVINO CPU · 12.3 ms per run · {measured}\nCUDA crashed while it was tested.")
    table = shown(ModelTable(), qtbot)
    table.set_models((MISSING,))
    table.set_can_install(False)
    assert not any(button.isEnabled() for button in buttons(table).values())


def test_models_that_left_the_manifest_leave_the_table(qtbot):
    table = shown(ModelTable(), qtbot)
    table.set_models((OFFICIAL, MISSING))
    table.set_models((OFFICIAL,))
    qtbot.waitUntil(lambda: len(table.findChildren(StatusChip)) == 1)


def test_errors_are_listed_newest_first_and_text_is_not_markup(qtbot, clock):
    errors = shown(ErrorList(clock), qtbot)
    errors.set_errors(())
    assert errors._pages.currentWidget() is errors._empty
    errors.set_errors((ErrorNote(NOW_NS - SECOND, "store", "old"), ErrorNote(NOW_NS, "capture-c2", "<b>new</b>", 14)))
    texts = [label.text() for label in errors._scroll.findChildren(QLabel)]
    assert [text for text in texts if "old" in text or "new" in text] == ["<b>new</b>", "old"]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in errors._scroll.findChildren(QLabel))
    assert any("14 times" in text for text in texts)


def test_unknown_level_is_refused(qtbot):
    chip = StatusChip("x")
    qtbot.addWidget(chip)
    with pytest.raises(KeyError):
        chip.set_status("y", "purple")


@pytest.mark.parametrize("count", [1, 4, 20])
def test_health_table_is_as_high_as_its_rows(qtbot, clock, count):
    table = shown(CameraHealthTable(clock), qtbot)
    table.resize(1200, 50)
    table.set_cameras(cameras(count))
    QApplication.processEvents()
    inner = table._table
    last = inner.visualRect(inner.model().index(count - 1, 0))
    assert inner.viewport().height() - last.bottom() - 1 in range(0, 3)
    assert inner.verticalScrollBar().maximum() == 0


def test_roles_of_models_are_words_and_one_that_cannot_be_downloaded_is_no_failure(qtbot):
    table = shown(ModelTable(), qtbot)
    table.set_models((replace(MISSING, role="face_detector", trouble="There is no official file of it.", title="OSNet"),))
    assert any("Face detector" in label.text() for label in table.findChildren(QLabel))
    assert [chip.text() for chip in table.findChildren(StatusChip)] == ["From a folder only"]
    assert list(buttons(table)) == ["Install from folder…"]


@pytest.mark.parametrize(
    ("ahead_s", "text"), [(None, "–"), (0.4, "right"), (-2.9, "right"), (90.0, "1 min 30 s ahead"), (-3600.0, "1 h 00 min behind")]
)
def test_a_camera_whose_clock_is_wrong_says_so(qtbot, clock, ahead_s: float | None, text: str):
    table = shown(CameraHealthTable(clock), qtbot)
    said, silent = camera(0), camera(1)
    table.set_cameras((replace(said, health=replace(said.health, clock_ahead_s=ahead_s)), silent))
    assert [table._model.index(row, 9).data() for row in range(2)] == [text, "–"]
    assert table._table.isColumnHidden(9) == (ahead_s is None)
