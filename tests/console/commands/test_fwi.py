"""`watchroom fwi` as a script calls it."""

import csv
import io
import sys
from pathlib import Path

import pytest

from console.__main__ import main

GOOD = "date,temperature,humidity,wind,rain,station\n2026-04-13,17,42,25,0,A\n2026-04-14,20,21,25,2.4,=1+1\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weather.csv"
    path.write_text(GOOD, "utf-8")
    return path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_same_rows_with_what_was_computed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fwi", str(file)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "date,temperature,humidity,wind,rain,station,ffmc,dmc,dc,isi,bui,fwi,class,status,reason"
    first, second = rows(out)
    assert [first[name] for name in ("date", "rain", "station", "class", "status")] == ["2026-04-13", "0", "A", "low", "ok"]
    assert [float(first[name]) for name in ("ffmc", "dmc", "dc", "isi", "bui", "fwi")] == pytest.approx(
        [87.69, 8.55, 19.01, 10.85, 8.49, 10.10], abs=0.01
    )
    assert first["reason"].startswith("Day 1 of 30 of spin-up")
    assert second["station"] == "'=1+1"  # no formula in a spreadsheet


def test_what_is_wrong_with_a_day_stays_with_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(GOOD + "2026-04-15,20,101,25,0,A\n2026-04-16,20,40,-1,0,A\n2026-04-18,20,wet,5,0,A\n2026-04-19,20,40,5,0,A\n", "utf-8")
    assert main(["fwi", str(file)]) == 0
    found = rows(capsys.readouterr().out)
    assert [row["status"] for row in found] == ["ok", "ok", "corrected", "rejected", "rejected", "restarted"]
    assert found[3]["reason"] == "Wind of -1 km/h is outside 0 to 300."
    assert found[4]["reason"] == "Humidity 'wet' is not a number."
    assert (found[3]["fwi"], found[3]["class"]) == ("", "")


def test_latitude_start_and_bounds(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fwi", str(file), "--latitude", "-45", "--start", "90,20,200", "--bounds", "1,4,8,16,30"]) == 0
    first = rows(capsys.readouterr().out)[0]
    assert float(first["dc"]) == pytest.approx(200 + 0.5 * (0.36 * 19.8 + 0.4))
    assert first["class"] == "very_high"


def test_its_own_output_can_be_its_input(file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    main(["fwi", str(file)])
    once = capsys.readouterr().out
    again = tmp_path / "again.csv"
    again.write_text(once, "utf-8")
    assert main(["fwi", str(again)]) == 0
    assert capsys.readouterr().out == once


def test_from_a_pipe_with_its_own_names(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Station 7\nDatum;T;RH;ff;rr\n13.04.2026;17;42;25;0,0\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    given = ["--skip", "1", "--column", "date=Datum", "--column", "wind=ff", "--column", "rain=rr", "--date-format", "%d.%m.%Y"]
    assert main(["fwi", "-", *given]) == 0
    assert float(rows(capsys.readouterr().out.replace(";", ","))[0]["fwi"]) == pytest.approx(10.10, abs=0.01)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--latitude", "91"], "latitude: 91.0 is outside ±90"),
        (["--latitude", "nan"], "latitude"),
        (["--start", "85,6"], "start: '85,6' is not 3 numbers"),
        (["--start", "185,6,15"], "start_codes"),
        (["--start", "nan,6,15"], "start_codes"),
        (["--bounds", "5,4,3,2,1"], "bounds: have to rise"),
        (["--column", "wind"], "column: 'wind' needs the file's own name"),
        (["--column", "wind=Windgeschwindigkeit"], "wind: there is no column wind in line 1"),
        (["--skip", "-1"], "skip: -1 is negative"),
    ],
)
def test_bad_input_is_2_and_names_it(file: Path, given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fwi", str(file), *given]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fwi", str(tmp_path / "none.csv")]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["fwi", str(tmp_path)]) == 3


def test_lines_without_a_day_are_named_and_the_others_computed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(GOOD + "2026-04-14,1,2,3,4,B\nno day,1,2,3,4,C\n2026-04-15,20,40,5,0,D\n2026-04-16,20,wet,5,0,D\n", "utf-8")
    assert main(["fwi", str(file)]) == 0
    printed = capsys.readouterr()
    found = rows(printed.out)
    assert [row["status"] for row in found] == ["ok", "ok", "rejected", "rejected", "ok", "rejected"]
    assert "is there twice" in found[2]["reason"] and "'no day' is no day" in found[3]["reason"]
    assert "weather.csv, line 4: 2026-04-14 is there twice" in printed.err and "weather.csv, line 5" in printed.err
    assert "weather.csv, line 7: Humidity 'wet'" in printed.err


def test_a_file_of_cffdrs_is_read_as_it_is(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("long,lat,yr,mon,day,temp,rh,ws,prec\n-100,40,1985,4,13,17,42,25,0\n-100,40,1985,4,14,20,21,25,2.4\n", "utf-8")
    assert main(["fwi", str(file), "--latitude", "40"]) == 0
    found = rows(capsys.readouterr().out)
    assert [float(row["fwi"]) for row in found] == pytest.approx([10.10, 9.28], abs=0.03)
