from pathlib import Path

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel

from engine.model.event import Severity
from widgets.icons import icon, icon_pixmap
from widgets.stylesheet import stylesheet
from widgets.theme import color, font, person_color, set_role, severity_style
from widgets.tokens import blended, contrast_ratio, load_tokens

COLORS = load_tokens().color
SURFACES = ("window", "panel", "raised", "hover", "accent_quiet")


def test_contrast_ratio_matches_the_standard():
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("role", ["text", "secondary", "accent", "critical", "high", "moderate", "low", "good"])
def test_every_text_colour_reads_on_every_surface(role):
    for surface in SURFACES:
        assert contrast_ratio(COLORS[role], COLORS[surface]) >= 4.5, surface


def test_controls_and_focus_stand_out_from_what_is_beside_them():
    for surface in ("window", "panel", "raised"):
        assert contrast_ratio(COLORS["line_strong"], COLORS[surface]) >= 3, surface
        assert contrast_ratio(COLORS["accent"], COLORS[surface]) >= 3, surface
    assert contrast_ratio(COLORS["on_accent"], COLORS["accent"]) >= 4.5


def test_label_plates_read_on_the_brightest_picture():
    plate = blended(COLORS["plate"], load_tokens().opacity["plate"], "#FFFFFF")
    assert contrast_ratio(COLORS["text"], plate) >= 4.5


@pytest.mark.parametrize("role", ["text", "secondary", "critical"])
def test_texts_of_a_lost_tile_read_on_the_brightest_dimmed_picture(role):
    opacity = load_tokens().opacity
    plate = blended(COLORS["plate"], opacity["plate"], blended(COLORS["video"], opacity["lost_dim"], "#FFFFFF"))
    assert contrast_ratio(COLORS[role], plate) >= 4.5


def test_severities_differ_in_colour_shape_and_word():
    styles = [severity_style(severity) for severity in Severity]
    assert (
        len({style.color.name() for style in styles})
        == len({style.shape for style in styles})
        == len({style.word for style in styles})
        == 5
    )


def test_neighbouring_people_get_different_colours():
    assert len({person_color(number).name() for number in range(7)}) == 7
    assert person_color(7) == person_color(0)


def test_style_sheet_leaves_no_token_unresolved_and_finds_its_pictures():
    sheet = stylesheet(load_tokens())
    rules = sheet.split("*/", 1)[1]
    assert "@" not in rules
    pictures = [line.split("url(")[1].split(")")[0] for line in rules.splitlines() if "url(" in line]
    assert len(pictures) == 2
    assert all(Path(picture).is_file() for picture in pictures)


def test_role_changes_the_look_of_a_label(qtbot):
    label = QLabel("x")
    qtbot.addWidget(label)
    set_role(label, "page")
    assert label.font().pixelSize() == load_tokens().sizes["page"]


def test_figures_of_a_clock_do_not_jump():
    metrics = QFontMetrics(font("clock"))
    assert len({metrics.horizontalAdvance(f"0:{digit}{digit}") for digit in range(10)}) == 1


def test_every_icon_is_drawn_in_the_tint_that_was_asked_for(qapp: QApplication):
    folder = Path(__file__).parents[2] / "resources" / "icons"
    names = sorted(path.stem for path in folder.glob("*.svg"))
    assert len(names) > 30
    assert (folder / "LICENSE").is_file()
    for name in names:
        image = icon_pixmap(name, color("critical"), 24).toImage()
        solid = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() == 255]
        assert solid, name
        assert {pixel.name() for pixel in solid} == {COLORS["critical"].lower()}, name
    assert not icon("camera").isNull()
