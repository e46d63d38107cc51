import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFrame,
    QStyleOptionTab,
    QTabBar,
    QTableWidget,
    QToolButton,
)

from engine.model.event import Severity
from widgets.fields.change_look import change_look
from widgets.icons import icon, icon_pixmap, show_icon
from widgets.layout.enlarging import enlarge
from widgets.look import THEMES, Look, set_look
from widgets.marks.chosen_row import fill_chosen
from widgets.stylesheet import stylesheet
from widgets.theme import EDGE_GROUNDS, color, edge_color, font, person_color, set_role, severity_style
from widgets.tokens import blended, channels, contrast_ratio, load_tokens, standing_out

COLORS = load_tokens("dark").color
SURFACES = ("window", "panel", "raised", "field", "hover", "accent_quiet")
LEAST = {"dark": 4.5, "light": 4.5, "contrast": 7.0}
MACHADO = {  # what colour-blind people see of linear RGB (Machado, Oliveira, Fernandes 2009, severity 1.0)
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def test_contrast_ratio_matches_the_standard():
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", ["text", "secondary", "accent", "critical", "high", "moderate", "low", "minimal", "good"])
def test_every_text_colour_reads_on_every_surface(theme, role):
    colors = load_tokens(theme).color
    for surface in SURFACES:
        assert contrast_ratio(colors[role], colors[surface]) >= LEAST[theme], surface


@pytest.mark.parametrize("theme", THEMES)
def test_controls_and_focus_stand_out_from_what_is_beside_them(theme):
    colors = load_tokens(theme).color
    for surface in ("window", "panel", "raised"):
        assert contrast_ratio(colors["line_strong"], colors[surface]) >= 3, surface
    for surface in SURFACES:
        assert contrast_ratio(colors["accent"], colors[surface]) >= 3, surface
    assert contrast_ratio(colors["text"], colors["accent"]) >= 1.3  # the ring of a primary button
    for ground in ("accent", "accent_hover"):
        assert contrast_ratio(colors["on_accent"], colors[ground]) >= LEAST[theme], ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("picture", ["#FFFFFF", "#808080", "#000000"])
def test_label_plates_read_on_every_picture(theme, picture):
    tokens = load_tokens(theme)
    plate = blended(tokens.color["plate"], tokens.opacity["plate"], picture)
    assert contrast_ratio(tokens.color["text"], plate) >= LEAST[theme]
    assert contrast_ratio(tokens.color["secondary"], plate) >= LEAST[theme]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("picture", ["#FFFFFF", "#000000"])
@pytest.mark.parametrize("role", ["text", "secondary", "critical"])
def test_texts_of_a_lost_tile_read_on_every_dimmed_picture(theme, picture, role):
    tokens = load_tokens(theme)
    ground = blended(tokens.color["video"], tokens.opacity["lost_dim"], picture)
    plate = blended(tokens.color["plate"], tokens.opacity["plate"], ground)
    assert contrast_ratio(tokens.color[role], plate) >= LEAST[theme]


@pytest.mark.parametrize("theme", THEMES)
def test_lines_on_pictures_stand_out_of_their_halo(theme):
    colors = load_tokens(theme).color
    assert all(contrast_ratio(colors[role], colors["halo"]) >= 3 for role in ("mark", "mark_wrong", "mark_text", "mark_quiet"))
    assert all(contrast_ratio(tint, colors["halo"]) >= 3 for tint in load_tokens(theme).people)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", ["checked", "disabled"])
def test_what_is_on_and_what_is_off_is_told_from_what_is_beside_it(theme, role):
    """Edges of toggles that are on, and words of what cannot be operated just now."""
    colors = load_tokens(theme).color
    for surface in ("window", "panel", "raised", "off" if role == "disabled" else "accent_quiet"):
        assert contrast_ratio(colors[role], colors[surface]) >= 3, surface


def test_a_chosen_row_stands_out_in_the_high_contrast_theme():
    """Its ground cannot: seven to one of every text colour leaves it next to black."""
    colors = load_tokens("contrast").color
    for surface in ("window", "panel", "raised", "accent_quiet"):
        assert contrast_ratio(colors["chosen_edge"], colors[surface]) >= 3, surface


@pytest.mark.parametrize("theme", THEMES)
def test_a_chosen_row_looks_the_same_whoever_paints_it(qtbot, restored_look, theme):
    """The style sheet, and delegates that paint the ground themselves."""
    change_look(QApplication.instance(), Look(theme))
    rows = QListWidget()
    qtbot.addWidget(rows)
    rows.addItems(["", ""])
    rows.setCurrentRow(0)
    rows.resize(200, 100)
    rows.show()
    row = rows.visualItemRect(rows.item(0))
    by_sheet = rows.viewport().grab(row).toImage()
    by_hand = QImage(row.size(), QImage.Format.Format_RGB32)
    painter = QPainter(by_hand)
    fill_chosen(painter, by_hand.rect())
    painter.end()
    middle, bottom = row.width() // 2, row.height() - 1
    for y in (0, 1, bottom - 1, bottom):
        assert by_sheet.pixelColor(middle, y).name() == by_hand.pixelColor(middle, y).name(), y
    assert by_hand.pixelColor(middle, 0) == by_hand.pixelColor(middle, bottom) == color("chosen_edge")


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_what_has_a_colour_of_its_own_stand_out_of_every_ground(theme, restored_look):
    set_look(Look(theme))
    colors = load_tokens().color
    for tint in (*load_tokens().people, "#FFFFFF", "#000000", colors["mark_text"]):
        for ground in EDGE_GROUNDS:
            assert contrast_ratio(edge_color(tint).name(), colors[ground]) >= 3, (tint, ground)


def test_a_colour_that_stands_out_is_its_own_edge():
    assert standing_out("#0072B2", "#000000", ("#FFFFFF",)) == "#0072B2"
    assert channels(standing_out("#F0E442", "#000000", ("#FFFFFF",))) < channels("#F0E442"), "darker on bright grounds"
    assert channels(standing_out("#0072B2", "#FFFFFF", ("#17303F",))) > channels("#0072B2"), "brighter on dark ones"


def test_people_keep_their_colours_in_every_theme():
    """Somebody's colour is stored with the person and has to be one of the choices in every theme."""
    assert len({load_tokens(theme).people for theme in THEMES}) == 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", ["full", *MACHADO])
def test_the_three_worst_severities_differ_in_colour_for_every_eye(theme, sight):
    """At least twice what is just seen side by side (CIELAB, CIE76); shape and word stay beside it anyway."""
    colors = load_tokens(theme).color
    seen = [_lab(colors[role], MACHADO.get(sight)) for role in ("critical", "high", "moderate", "low")]
    apart = [float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)]
    assert min(apart) >= 4.6


def _lab(color, matrix):
    rgb = np.array(channels(color)) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if matrix is not None:
        linear = np.clip(np.array(matrix) @ linear, 0, 1)
    xyz = np.array(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))) @ linear / (0.9505, 1.0, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array((116 * y - 16, 500 * (x - y), 200 * (y - z)))


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_the_same_roles(theme):
    assert load_tokens(theme).color.keys() == COLORS.keys()
    assert load_tokens(theme).sizes == load_tokens("dark").sizes


def test_colours_are_in_the_themes_only():
    """Whoever writes a colour in code decides for all themes. Data has colours of its own: scales for amounts, and people's."""
    root = Path(__file__).parents[2]
    own = {"widgets/space/ramps.py", "widgets/fields/color_choice.py"}
    found = [
        f"{path.relative_to(root)}:{number} {line.strip()}: take color() of widgets.theme"
        for folder in ("console", "widgets")
        for path in sorted((root / folder).rglob("*.py"))
        if "bench" not in path.parts and str(path.relative_to(root)) not in own
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"""["'\s:]#[0-9a-fA-F]{6}\b|QColor\(\s*\d|rgba?\(\d""", line)
    ]
    assert found == []


def test_a_look_changes_what_is_on_screen_and_back(qtbot, restored_look):
    label, button = QLabel("x"), QToolButton(icon=icon("camera"), text="y")
    title, picture = QLabel("y"), QLabel()
    title.setFont(font("page"))
    show_icon(picture, "bell", 16)
    panel = QFrame()
    strip = QFrame(panel)
    strip.setFixedHeight(40)
    for widget in (label, button, title, picture, panel):
        qtbot.addWidget(widget)
        widget.show()
    enlarge(panel)
    before = picture.pixmap().toImage()
    change_look(QApplication.instance(), Look("light", 150))
    assert label.palette().color(QPalette.ColorRole.WindowText).name().upper() == load_tokens("light").color["text"]
    assert title.font().pixelSize() == 30
    assert strip.height() == 60
    assert picture.pixmap().toImage() != before
    assert button.icon().pixmap(24, 24).toImage().pixelColor(12, 12).name() != COLORS["secondary"].lower()
    change_look(QApplication.instance(), Look())
    assert title.font().pixelSize() == 20
    assert strip.height() == 40
    assert picture.pixmap().toImage() == before


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", ["", "primary", "danger", "quiet", "link", "choice"])
def test_the_focus_ring_of_a_button_leaves_its_words_their_room(qtbot, restored_look, theme, role):
    change_look(QApplication.instance(), Look(theme))
    button = QPushButton("Acknowledge")
    qtbot.addWidget(button)
    set_role(button, role)
    option = QStyleOptionButton()
    button.initStyleOption(option)
    assert _room(button, option, QStyle.SubElement.SE_PushButtonContents)


@pytest.mark.parametrize("theme", THEMES)
def test_the_focus_ring_of_a_field_and_of_a_tab_leaves_their_words_their_room(qtbot, restored_look, theme):
    change_look(QApplication.instance(), Look(theme))
    edit, bar = QLineEdit("10.0.0.12"), QTabBar()
    bar.addTab("On the floor")
    for widget in (edit, bar):
        qtbot.addWidget(widget)
        widget.show()
    frame, tab = QStyleOptionFrame(), QStyleOptionTab()
    edit.initStyleOption(frame)
    bar.initStyleOption(tab, 0)
    assert _room(edit, frame, QStyle.SubElement.SE_LineEditContents)
    assert _room(bar, tab, QStyle.SubElement.SE_TabBarTabText)


def _room(widget, option, element):
    """Whether it is the same with the focus as without."""
    plain, focus = (option.state & ~QStyle.StateFlag.State_HasFocus, option.state | QStyle.StateFlag.State_HasFocus)
    found = []
    for state in (plain, focus):
        option.state = state
        found.append(widget.style().subElementRect(element, option, widget))
    return found[0] == found[1]


@pytest.mark.parametrize("theme", THEMES)
def test_the_rows_of_a_list_never_lie_over_its_focus_ring(qtbot, restored_look, theme):
    change_look(QApplication.instance(), Look(theme))
    rows = QListWidget()
    qtbot.addWidget(rows)
    rows.addItems(["Yard", "Hall"])
    rows.resize(200, 100)
    rows.show()
    ring = load_tokens().focus
    assert rows.rect().adjusted(ring, ring, -ring, -ring).contains(rows.viewport().geometry())


@pytest.mark.parametrize("theme", THEMES)
def test_the_heads_of_a_table_stand_over_their_columns(qtbot, restored_look, theme):
    change_look(QApplication.instance(), Look(theme))
    table = QTableWidget(1, 2)
    qtbot.addWidget(table)
    table.verticalHeader().hide()
    table.resize(300, 120)
    table.show()
    heads = table.horizontalHeader()
    assert heads.viewport().mapTo(table, heads.viewport().rect().topLeft()).x() == table.viewport().x()


@pytest.mark.parametrize("theme", THEMES)
def test_what_cannot_be_ticked_looks_it(qtbot, restored_look, theme):
    change_look(QApplication.instance(), Look(theme))
    on, off = QCheckBox("Falls", checked=True), QCheckBox("Falls", checked=True, enabled=False)
    for box in (on, off):
        qtbot.addWidget(box)
        box.resize(box.sizeHint())
    tints = [{box.grab().toImage().pixelColor(x, y).name() for x in range(24) for y in range(box.height())} for box in (on, off)]
    accent = load_tokens().color["accent"].lower()
    assert accent in tints[0] and accent not in tints[1]


def test_reduced_motion_leaves_no_time_for_changes(restored_look):
    assert load_tokens().change_ms > 0
    set_look(Look(reduced_motion=True))
    assert load_tokens().change_ms == 0


@pytest.fixture
def restored_look(qapp):
    yield
    change_look(qapp, Look())


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


@pytest.mark.parametrize("theme", THEMES)
def test_style_sheet_leaves_no_token_unresolved_and_finds_its_pictures(theme):
    sheet = stylesheet(load_tokens(theme))
    rules = sheet.split("*/", 1)[1]
    assert "@" not in rules
    pictures = [line.split("url(")[1].split(")")[0] for line in rules.splitlines() if "url(" in line]
    assert len(pictures) == 5
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


@pytest.mark.parametrize("theme", THEMES)
def test_shapes_of_severities_keep_the_hue_of_their_name(theme):
    """Red, orange, amber, blue: moderate is no olive and low no yellow."""
    colors = load_tokens(theme).color
    hues = {name: QColor(colors[f"{name}_fill"]).hsvHue() for name in ("critical", "high", "moderate", "low")}
    assert min(hues["critical"], 360 - hues["critical"]) <= 15 and 15 < hues["high"] < 38 < hues["moderate"] < 60 < 190 < hues["low"] < 230
    text = {name: QColor(colors[name]).hsvHue() for name in ("moderate", "low")}
    assert 38 < text["moderate"] < 60 and 190 < text["low"] < 230
