"""What is said of how well a sensor does, and the table of it."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from engine.model.sense_quality import LEAST_MOMENTS, SenseFigures, SenseKind, SenseQuality
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor, Zone
from tests.fakes.senses import CORNER, ELSEWHERE, figures, office_senses
from widgets.system.sense_table import SenseRow, SenseTable, sense_cells
from widgets.system.sense_words import Advice, advice_of, level_of, place_text, rate_text, share_text

FLOOR = Floor((0, 0, 12, 8), camera_poses=(CameraPose("yard", (0.3, 0.3, 2.4), (4.0, 4.0, 0.8)),))
SITE = Settings(floor=FLOOR)
NOW_NS = 1_790_000_000 * 10**9
GOOD = figures(NOW_NS, 230, 212, 0.4)
CAMERA, RADIO, SCANNER = SenseKind.CAMERA, SenseKind.RADIO, SenseKind.SCANNER


def advice(told: SenseFigures, kind: SenseKind = CAMERA, losses: tuple[tuple[float, float], ...] = (), site: Settings = SITE) -> Advice:
    return advice_of(SenseQuality("yard", kind, told, told, losses), told, site)


@pytest.mark.parametrize(
    ("kind", "told", "title"),
    [
        (CAMERA, GOOD, "No change needed"),
        (CAMERA, figures(NOW_NS, 100, 60, 0.4), "Misses people in its view"),
        (RADIO, figures(NOW_NS, 100, 60, 0.4), "Misses people in the covered area"),
        (SCANNER, figures(NOW_NS, 100, 60, 0.4), "Misses devices nearby"),
        (CAMERA, figures(NOW_NS, 100, 90, 1.4), "Locates people 1.4 m off"),
        (RADIO, figures(NOW_NS, 100, 90, 1.4), "No change needed"),
        (RADIO, figures(NOW_NS, 100, 90, 0.5, alone=12), "Often the only one to see people"),
        (CAMERA, figures(NOW_NS, 0, 0, None), "Not known"),
        (CAMERA, figures(NOW_NS, LEAST_MOMENTS - 1, 0, None), "Too few moments yet"),
        (SenseKind.MICROPHONE, SenseFigures(0), "Not known"),
    ],
)
def test_one_sentence_says_what_to_change(kind: SenseKind, told: SenseFigures, title: str) -> None:
    assert advice(told, kind).title == title


def test_a_camera_without_a_place_is_to_be_placed_first() -> None:
    assert advice(GOOD, site=Settings()).title == "Not placed on the floor plan"


def test_losses_at_one_place_are_named_by_the_zone_or_the_part_of_the_plan() -> None:
    told = advice(GOOD, losses=(*CORNER, *ELSEWHERE))
    assert told == Advice("Loses people in the north", "14 of 20 losses there. Remove obstacles, or move it.")
    zoned = Settings(floor=replace(FLOOR, zones=(Zone("office", "Open office", 3, 5, 6, 8),)))
    assert advice(GOOD, losses=CORNER, site=zoned).title == "Loses people in Open office"


def test_few_or_scattered_losses_prove_nothing() -> None:
    assert advice(GOOD, losses=CORNER[:4]).title == "No change needed"
    scattered = tuple((x, y) for x in (1.0, 5.0, 9.0) for y in (1.0, 4.0, 7.0))
    assert advice(GOOD, losses=scattered).title == "No change needed"


def test_parts_of_the_plan_lie_by_the_compass() -> None:
    assert [place_text(at, FLOOR) for at in ((1, 1), (11, 7), (6, 4), (20, 4))] == [
        *("in the south-west", "in the north-east", "in the middle", "in the east")
    ]
    assert place_text((1.04, 2.0), Floor()) == "at 1.0 m east, 2.0 m north"


def test_no_share_from_few_moments_and_no_rate_from_a_short_time() -> None:
    few, short = figures(NOW_NS, 7, 5, 3.0), figures(NOW_NS, 40, 40, 0.3, lost=2, hours=0.1)
    assert (share_text(few), level_of(few.share)) == ("–", "neutral") and share_text(GOOD) == "92 %"
    assert (rate_text(2, short), rate_text(0, short)) == ("2 in 6 min 00 s", "0")
    assert (rate_text(3, GOOD), rate_text(0, SenseFigures(0))) == ("2.0 an hour", "–")
    cells = sense_cells(SenseRow("yard", "Yard", CAMERA, few, advice(few)))
    assert [cell.text for cell in cells] == ["Yard", "98 %", "–", "–", "0", "0", "Too few moments yet"]


def test_cameras_come_first_and_the_table_is_as_high_as_its_rows(qtbot: QtBot) -> None:
    table = SenseTable()
    qtbot.addWidget(table)
    empty = table.height()
    told = office_senses(NOW_NS)
    rows = [SenseRow(q.sensor_id, q.sensor_id, q.kind, q.recent, advice_of(q, q.recent, SITE), q.simulated) for q in told]
    table.set_senses(reversed(rows), NOW_NS)
    kinds = [quality.kind for key in table.shown_keys() for quality in told if quality.sensor_id == key]
    assert kinds == sorted(kinds, key=list(SenseKind).index) and table.shown_keys()[0] == "dock"
    assert table.height() > empty and table.model.cell("radio", 0).mark == "SIMULATED"  # type: ignore[union-attr]
    table.set_senses((), NOW_NS)
    assert table.height() == empty
