"""Numbers as the language on screen writes them, and as people type them."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from widgets.fields.number_field import NumberField
from widgets.number_text import number_text, numbers_text, typed_number, typed_numbers
from widgets.size_text import size_text
from widgets.time_text import day_name, day_number, duration_text, fine_clock_text, month_name
from widgets.translation import WRITTEN_IN, use_language
from widgets.words import count_text

ROOT = Path(__file__).parents[2]
FOR_MACHINES = ("console/commands/", "console/mot_files.py", "console/progress.py", "console/risk_export.py")


@pytest.fixture
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


@pytest.fixture
def english(qapp: object) -> None:
    use_language(WRITTEN_IN)


@pytest.mark.usefixtures("english")
def test_in_english() -> None:
    assert number_text(1234567) == "1,234,567" and number_text(1234.5, ",.1f") == "1,234.5" and number_text(-0.25, "+.2f") == "-0.25"
    assert numbers_text((1.5, 2)) == "1.5, 2" and typed_numbers("60, 180") == typed_numbers("60,180") == (60, 180)
    assert (
        size_text(3_980_000) == "3.8 MiB" and duration_text(400_000_000) == "0.4 s" and count_text(1200, "one", "{0} many") == "1,200 many"
    )


@pytest.mark.usefixtures("german")
def test_in_german() -> None:
    assert number_text(1234567) == "1.234.567" and number_text(1234.5, ",.1f") == "1.234,5" and number_text(-0.25, "+.2f") == "-0,25"
    assert numbers_text((1.5, 2)) == "1,5; 2" and typed_numbers("60, 180") == typed_numbers("60; 180") == (60, 180)
    assert typed_numbers("1,5") == (1.5,) and typed_numbers(" ") == ()
    assert (
        size_text(3_980_000) == "3,8 MiB" and duration_text(400_000_000) == "0,4 s" and count_text(1200, "one", "{0} many") == "1.200 many"
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), ("1,5", 1.5), (" −2,25 ", -2.25), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1.234.567,5", 1234567.5), ("7", 7)],
)
def test_what_is_typed_is_understood_in_either_language(language: str, text: str, value: float, qapp: object) -> None:
    use_language(language)
    assert typed_number(text) == value
    use_language(WRITTEN_IN)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1,2,3", "4,x"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        typed_number(text)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("value", [0.25, 12.5, 0.0, -3.75, 1234.5])
def test_what_a_field_shows_it_reads_again(value: float) -> None:
    assert typed_number(number_text(value, "g")) == value
    assert typed_numbers(numbers_text((value, 2.5))) == (value, 2.5)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("typed", "value"), [("2,5", 2.5), ("2.5", 2.5), ("0.25", 0.25), ("12", 12.0)])
def test_a_number_field_takes_either_mark(typed: str, value: float, qtbot: QtBot) -> None:
    field = NumberField(minimum=0, maximum=100, decimals=2, suffix=" h")
    qtbot.addWidget(field)
    field.setValue(1.5)
    assert field.text() == "1,5 h"
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), typed)
    qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)
    assert field.value() == value and "." not in field.text()


@pytest.mark.usefixtures("german")
def test_days_are_called_in_the_language_too() -> None:
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    assert (day_name(monday), day_name(monday, short=True), month_name(monday)) == ("Montag", "Mo", "März")
    assert day_number(monday) == "2."
    use_language(WRITTEN_IN)
    assert (day_name(monday), day_name(monday, short=True), month_name(monday)) == ("Monday", "Mon", "March")
    assert day_number(monday) == "2"


@pytest.mark.usefixtures("german")
def test_parts_of_a_second_come_after_the_mark_of_the_language() -> None:
    assert fine_clock_text(7_320_000_000, UTC) == "00:00:07,320 UTC"


def test_numbers_reach_the_screen_through_one_place() -> None:
    """`f"{metres:.1f} m"` has a point in every language. Say `number_text(metres, ".1f")`. `f"{day:%b}"` is English in every one."""
    shown = (path for folder in ("widgets", "console") for path in sorted((ROOT / folder).rglob("*.py")))
    found = [
        f"{name}:{line}: {spec}"
        for path in shown
        if not (name := path.relative_to(ROOT).as_posix()).startswith(FOR_MACHINES)
        for line, spec in _english_ones(ast.parse(path.read_text("utf-8")))
    ]
    assert not found, "use widgets.number_text, NumberField, or day_name and month_name here:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "written",
    [
        'f"{a:.1f}"',
        'f"{a:,}"',
        '"{0:.2f}".format(a)',
        'f"{day:%b}"',
        'day.strftime("%A")',
        "QDoubleSpinBox()",
        "QtWidgets.QDoubleSpinBox()",
    ],
)
def test_what_is_english_in_every_language_is_found(written: str) -> None:
    assert list(_english_ones(ast.parse(written)))


@pytest.mark.parametrize("written", ['f"{day:%Y-%m-%d}"', 'day.strftime("%H:%M")', 'f"{n:02d}"', "NumberField()", '"{0}".format(a)'])
def test_what_is_the_same_in_every_language_is_left_alone(written: str) -> None:
    assert not list(_english_ones(ast.parse(written)))


def _english_ones(tree: ast.AST) -> Iterator[tuple[int, str]]:
    yield from _written_by_format(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == "QDoubleSpinBox":
            yield node.lineno, "QDoubleSpinBox"
        elif isinstance(node, ast.Call) and _called(node.func) == "strftime" and _names_a_day(*map(ast.unparse, node.args)):
            yield node.lineno, "strftime"


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _names_a_day(*specs: str) -> bool:
    return any(re.search("%[aAbB]", spec) for spec in specs)


def _written_by_format(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Numbers in f-strings, and in templates for `format`, that have a decimal mark or are grouped; and names of days."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(part.value if isinstance(part, ast.Constant) else "0" for part in node.format_spec.values)
            if _names_a_day(spec) if "%" in spec else spec[-1:] in ("f", "g", "e") or "," in spec:
                yield node.lineno, spec
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\{\w*:[^{}]*[fge,]\}", node.value):
            yield node.lineno, node.value
