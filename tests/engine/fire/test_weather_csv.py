"""Weather as people keep it in files, and what of that is refused."""

import math
from datetime import date
from pathlib import Path

import pytest

from engine.fire.weather_csv import Layout, decoded, read_weather
from engine.model.errors import InputError
from engine.model.fire.fire import NoonWeather

HEADING = "date,temperature,humidity,wind,rain\n"
GOOD = HEADING + "2026-04-13,17,42,25,0\n2026-04-14,20,21,25,2.4\n"
USUAL = Layout()
DAYS = [NoonWeather(date(2026, 4, 13), 17, 42, 25, 0), NoonWeather(date(2026, 4, 14), 20, 21, 25, 2.4)]


def days(text: str, layout: Layout = USUAL) -> list[NoonWeather]:
    return [row.noon for row in read_weather(text, layout).rows]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", ";").replace(".", ","),
        GOOD.replace("temperature,humidity,wind,rain", "Temp, RH,ws ,Prec"),
        GOOD.replace("2026-04-13", "2026-04-13T12:00:00").replace("2026-04-14", "2026-04-14 12:00"),
        GOOD.replace("17,42", '"17","42"'),
        "year,month,day,temp,rh,ws,prec\n2026,4,13,17,42,25,0\n2026,04,14,20,21,25,2.4\n",
        "rain,note,wind,humidity,temperature,date\n0,x,25,42,17,2026-04-13\n2.4,,25,21,20,2026-04-14\n",
    ],
)
def test_the_same_days_in_many_layouts(text: str) -> None:
    assert days(text) == DAYS


def test_a_layout_that_is_told() -> None:
    text = "Station 7\n\nDatum;t2m;feuchte;ff;rr\n13.04.2026;17;42;25;0\n14.04.2026;20;21;25;2,4\n"
    names = (("date", "Datum"), ("temperature", "T2M"), ("humidity", "feuchte"), ("wind", "ff"), ("rain", "rr"))
    assert days(text, Layout(names, skip=1, date_format="%d.%m.%Y")) == DAYS


@pytest.mark.parametrize("empty", ["", "NA", "nan", "null", " "])
def test_a_value_that_is_missing_is_no_number_and_no_error(empty: str) -> None:
    row = read_weather(HEADING + f"2026-04-13,17,{empty},25,0\n").rows[0]
    assert math.isnan(row.noon.humidity)
    assert row.wrong == ""


def test_a_value_that_is_no_number_is_told() -> None:
    row = read_weather(HEADING + "2026-04-13,17,wet,25,0\n").rows[0]
    assert math.isnan(row.noon.humidity)
    assert row.wrong == "Humidity 'wet' is not a number."


@pytest.mark.parametrize("text", ["1_0", "1,5", "4 2", "0x10"])
def test_what_only_python_or_nobody_takes_for_a_number(text: str) -> None:
    assert read_weather(HEADING + f'2026-04-13,17,"{text}",25,0\n').rows[0].wrong == f"Humidity {text!r} is not a number."


def test_a_line_ends_where_files_end_lines() -> None:
    assert days(GOOD.replace("17", "17\u2028")) == DAYS
    assert days(GOOD.replace("\n", "\r")) == DAYS


def test_a_line_that_ends_early_lacks_its_last_values() -> None:
    assert math.isnan(days(HEADING + "2026-04-13,17,42\n")[0].rain)


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("", "FILE", "no line with a heading"),
        ("\n \n", "FILE", "no line with a heading"),
        ("date,temperature,humidity,rain\n", "wind", "there is no column wind in line 1"),
        ("date,wind\n", "temperature", "no column temperature nor humidity nor rain in line 1.*it has 'date', 'wind'"),
        ("17,42,25,0\n", "date", "where the heading should be"),
        (HEADING + "04/14/2026,1,2,3,4\n04/15/2026,1,2,3,4\n", "date", r"line 2: '04/14/2026' is no day such as 2026-06-30 \(2 of 2 lines"),
        (HEADING + "".join(f"2026-04-{day},1,2,3,4\n" for day in (14, 13, 12)), "date", r"line 3: 2026-04-13 comes after 2026-04-14"),
        ("year,month,day,temp,rh,ws,prec\n2026,13,1,17,42,25,0\n", "date", "line 2: '2026-13-1' is no day"),
        (HEADING + "x" * 200_000 + "\n", "FILE", "line 2: field larger than field limit"),
    ],
)
def test_what_would_make_every_day_wrong_is_refused_by_field_and_line(text: str, field: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read_weather(text)
    assert refused.value.field == field


def test_a_column_that_nobody_asked_for_cannot_be_named() -> None:
    with pytest.raises(InputError, match="'snow' is none of"):
        Layout((("snow", "s"),))


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    (wrong,) = read_weather("a\nb\n" + HEADING + "2026-04-13,1,2,3,4\nx,1,2,3,4\n", Layout(skip=2)).left_out
    assert (wrong.line, wrong.wrong) == (5, "'x' is no day such as 2026-06-30")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-04-14,1,2,3,4", "2026-04-14 is there twice (line 3)"),
        ("2026-04-01,1,2,3,4", "2026-04-01 comes after 2026-04-14 (line 3)"),
        ("04/15/2026,1,2,3,4", "'04/15/2026' is no day such as 2026-06-30"),
        ("2026-02-30,1,2,3,4", "'2026-02-30' is no day"),
    ],
)
def test_a_line_without_a_day_of_its_own_is_left_out_and_named(line: str, said: str) -> None:
    table = read_weather(GOOD + line + "\n2026-04-16,1,2,3,4\n")
    assert [noon.day.day for noon in table.noons] == [13, 14, 16]
    (wrong,) = table.left_out
    assert wrong.line == 4 and wrong.wrong.startswith(said)


def test_the_columns_of_cffdrs() -> None:
    """The heading of its own test data."""
    text = "id,lat,long,yr,mon,day,temp,rh,ws,prec\n2,55,-120,1985,4,13,17,42,25,0\n2,55,-120,1985,4,14,20,21,25,2.4\n"
    assert days(text) == [NoonWeather(date(1985, 4, 13), 17, 42, 25, 0), NoonWeather(date(1985, 4, 14), 20, 21, 25, 2.4)]


def test_files_are_utf_8_or_say_so() -> None:
    assert decoded("\ufeffä".encode()) == "ä"
    assert decoded("ä".encode("utf-16")) == "ä"
    with pytest.raises(InputError, match="is not UTF-8 text \\(byte 1\\)"):
        decoded(b"a\xe4b")


def test_the_algerian_set_of_2012(shared: Path) -> None:
    """As published: a title first, the date in three columns; a second region below, which is said."""
    path = shared / "data" / "fire" / "Algerian_forest_fires_dataset_UPDATE.csv"
    text = decoded(path.read_bytes())
    with pytest.raises(InputError, match="line 1, where the heading should be; it has 'Bejaia Region Dataset'"):
        read_weather(text)
    with pytest.raises(InputError, match="line 126: '--Sidi-Bel Abbes Region Dataset' is no day"):
        read_weather(text, Layout(skip=1))
    first = "".join(text.splitlines(keepends=True)[:124])
    assert days(first, Layout(skip=1))[0] == NoonWeather(date(2012, 6, 1), 29, 57, 18, 0)
    assert len(days(first, Layout(skip=1))) == 122
