"""The bars add up, hold still while pointed at, and are reached by mouse and keyboard."""

import itertools
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from engine.model.radio.blob import BlobExplanation
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene
from widgets.people.contribution_bars import ContributionBars, both_ends
from widgets.people.contribution_rows import OTHERS, TOTAL, adds_up, bar_rows, reach, signed_text
from widgets.people.explanation_panel import ExplanationPanel, doing_text, name_reason
from widgets.theme import font

NAMES = {f"24:6F:28:A1:0{n // 10}:{n % 10:02d}": f"Node {n}" for n in range(12)}


@pytest.fixture
def engine() -> RadioEngine:
    return RadioEngine(radio_scene=RadioScene(walkers=WALKERS))


@pytest.fixture
def explanation(engine: RadioEngine) -> BlobExplanation:
    return engine.explain("blob-0")


def test_each_bar_begins_where_the_one_before_ended(explanation: BlobExplanation) -> None:
    rows = bar_rows(explanation, NAMES)
    assert len(rows) == 10 and rows[-2].key == OTHERS and rows[-1].key == TOTAL
    assert rows[0].start == 0 and all(a.end == b.start for a, b in itertools.pairwise(rows[:-1]))
    assert rows[-2].end == pytest.approx(explanation.fused_value, rel=1e-9) and rows[-1].end == explanation.fused_value
    assert sum(row.value for row in rows[:-1]) == pytest.approx(explanation.fused_value, rel=1e-9)
    sizes = [abs(row.value) for row in rows[:-2]]
    assert sizes == sorted(sizes, reverse=True)
    low, high = reach(rows)
    assert low <= 0 and all(low <= end <= high for row in rows for end in (row.start, row.end))


def test_what_does_not_add_up_is_said_so(explanation: BlobExplanation, qtbot: QtBot) -> None:
    assert adds_up(explanation)
    wrong = replace(explanation, fused_value=explanation.fused_value * 1.001)
    assert not adds_up(wrong)
    panel = ExplanationPanel()
    qtbot.addWidget(panel)
    panel.show_explanation(wrong, NAMES)
    assert "do not add up" in panel.sum_text()


def test_without_links_there_is_a_sum_alone(explanation: BlobExplanation) -> None:
    rows = bar_rows(replace(explanation, links=(), fused_value=0.0), NAMES)
    assert [row.key for row in rows] == [TOTAL] and reach(rows) == (0.0, 1.0)


def test_signs_are_words_too() -> None:
    assert (
        signed_text(0.4123) == "+0.412"
        and signed_text(-0.05) == "−0.050"
        and signed_text(80.123) == "+80.12"
        and signed_text(-127.1) == "−127.1"
    )


@pytest.fixture
def bars(qtbot: QtBot, explanation: BlobExplanation) -> ContributionBars:
    widget = ContributionBars()
    qtbot.addWidget(widget)
    widget.resize(380, widget.minimumSizeHint().height())
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.show_explanation(explanation, NAMES)
    widget.resize(380, widget.minimumSizeHint().height())
    return widget


def center(bars: ContributionBars, row: int) -> QPoint:
    return bars.visualRect(bars.model().index(row, 1)).center()


def test_pointing_with_the_mouse(bars: ContributionBars, qtbot: QtBot) -> None:
    pointed: list[str] = []
    bars.link_pointed.connect(pointed.append)
    qtbot.mouseMove(bars.viewport(), center(bars, 1))
    qtbot.waitUntil(lambda: pointed == [bars.bar_rows()[1].key])
    assert bars.itemDelegate().hovered_row == bars.itemDelegateForColumn(1).hovered_row == 1, "the whole row"
    qtbot.mouseMove(bars.viewport(), center(bars, len(bars.bar_rows()) - 1))
    qtbot.waitUntil(lambda: pointed[-1] == "")  # the sum is no link


def test_pointing_with_the_keyboard(bars: ContributionBars, qtbot: QtBot) -> None:
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    assert bars.pointed() == bars.bar_rows()[bars.currentIndex().row()].key != ""
    bars.clearFocus()
    assert bars.pointed() == ""


def test_the_pointed_row_stays_where_it_is(bars: ContributionBars, explanation: BlobExplanation) -> None:
    bars.setFocus()
    bars.setCurrentIndex(bars.model().index(2, 0))
    link = bars.bar_rows()[2].key
    turned = tuple(replace(each, contribution=each.contribution * (5 if each.link == link else 1)) for each in explanation.links)
    later = replace(explanation, links=turned, fused_value=sum(each.contribution for each in turned))
    bars.show_explanation(later, NAMES)
    assert bars.bar_rows()[2].key == link == bars.pointed() and bars.currentIndex().row() == 2
    others = [abs(row.value) for n, row in enumerate(bars.bar_rows()[:-2]) if n != 2]
    assert others == sorted(others, reverse=True) and len(bars.bar_rows()) == 10
    bars.clearFocus()
    bars.show_explanation(later, NAMES)
    assert bars.bar_rows()[0].key == link


def test_another_person_starts_afresh(bars: ContributionBars, engine: RadioEngine) -> None:
    bars.setFocus()
    bars.setCurrentIndex(bars.model().index(0, 0))
    bars.show_explanation(engine.explain("blob-1"), NAMES)
    assert bars.pointed() == "" and abs(bars.bar_rows()[0].value) >= abs(bars.bar_rows()[1].value)
    bars.show_explanation(None, NAMES)
    assert bars.bar_rows() == () and bars.pointed() == ""


def test_reasons_for_a_name(engine: RadioEngine) -> None:
    picture = engine.snapshot.radio.picture
    assert picture is not None
    ada, nobody, grace, _, fallen, _ = picture.blobs
    assert name_reason(ada.identity, engine.now_ns).startswith("Ada Lovelace: phone located here, heard by 3 scanners, confidence 82 %")
    assert "phone signal matches this position" in name_reason(grace.identity, engine.now_ns)
    assert name_reason(nobody.identity, engine.now_ns).startswith("Unknown")
    assert doing_text(fallen) == "Fallen, lying on the floor" and "still" in doing_text(grace)


def test_a_link_is_known_by_both_of_its_ends(qtbot: QtBot) -> None:
    metrics = QFontMetrics(font("secondary"))
    room = metrics.horizontalAdvance("Laboratory corner –")
    for title in ("Laboratory door – Bookcase", "Plant – Laboratory door", "Laboratory door – Laboratory corner"):
        assert both_ends(title, metrics, room) == title.replace(" – ", " –\n")
    first, second = both_ends("The laboratory's far wall – The laboratory's far corner", metrics, room).split("\n")
    assert first.startswith("The lab") and second.startswith("The lab") and max(map(metrics.horizontalAdvance, (first, second))) <= room
    assert both_ends("Plant – Door", metrics, 110) == "Plant – Door" and both_ends("47 other links", metrics, 20) == "47 other links"
