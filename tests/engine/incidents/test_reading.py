"""Files of reports: what is wrong is named, the others are taken, and nothing that comes in breaks the reader."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents import reading
from engine.incidents.reading import Misread, ReportReader
from engine.model.errors import InputError
from engine.model.incidents.incident import IncidentCategory, Report, SourceOfReport
from engine.model.time import from_iso

NOW_NS = from_iso("2026-11-21T12:00:00Z")
HEADER = "incident_type,description,latitude,longitude,occurred_at"
GOOD = "theft,Somebody took a bicycle,59.33,18.06,2026-11-21T12:00:00+02:00"


def read(text: str | bytes, form: str = "csv") -> list[Report | Misread]:
    data = text.encode() if isinstance(text, str) else text
    found = ReportReader(lambda device: f"device:{len(device)}", NOW_NS).read_reports(data, form)
    return [each if isinstance(each, Misread) else each[1] for each in found]


def feature(**properties: object) -> dict[str, object]:
    said = {"incident_type": "theft", "description": "Somebody took a bicycle", "occurred_at": "2026-11-21T12:00:00Z"}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [18.06, 59.33]}, "properties": said | properties}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_row_is_a_report() -> None:
    quoted = '"fire","Smoke, and a ""loud"" bang",1,2,2026-11-21T09:00:00Z,,,,'
    more = f"{HEADER},Severity,reporter_id,source,video_id\n{GOOD},4,ada,patrol,v1\n\n{quoted}\n"
    first, second = read("\ufeff" + more)
    assert isinstance(first, Report) and isinstance(second, Report)
    assert (first.category, first.latitude, first.longitude) == (IncidentCategory.THEFT, 59.33, 18.06)
    assert (first.occurred_ns, first.received_ns) == (from_iso("2026-11-21T10:00:00Z"), NOW_NS)
    assert (first.severity, first.reporter, first.source, first.video_id) == (4, "user:ada", SourceOfReport.PATROL, "v1")
    assert (second.description, second.severity, second.reporter, second.source) == (
        'Smoke, and a "loud" bang',
        3,
        "",
        SourceOfReport.IMPORT,
    )


def test_a_point_is_a_report_too() -> None:
    first, second = read(collection(feature(category="fire", device_id="phone"), feature(severity=2)), "geojson")
    assert isinstance(first, Report) and isinstance(second, Report)
    assert (first.latitude, first.longitude, first.reporter) == (59.33, 18.06, "device:5")
    assert (first.category, second.severity) == (IncidentCategory.FIRE, 2)


def test_the_kind_need_not_be_said_neither_by_a_column_nor_in_a_cell() -> None:
    header, row = HEADER.partition(",")[2], GOOD.partition(",")[2]
    (without,) = read(f"{header}\n{row}")
    (empty,) = read(f"{HEADER}\n,{row}")
    (point,) = read(collection(feature(incident_type="")), "geojson")
    for each in (without, empty, point):
        assert isinstance(each, Report) and each.category is IncidentCategory.OTHER
    assert isinstance(without, Report) and isinstance(empty, Report) and without.id == empty.id, "it is the same report"


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        (0, "jaywalking", "incident_type"),
        (1, "too short", "description"),
        (1, "x" * 2001, "description"),
        (2, "90.1", "latitude"),
        (2, "north", "latitude"),
        (2, "nan", "latitude"),
        (3, "1e400", "longitude"),
        (4, "2026-11-21 12:00", "occurred_at"),
        (4, "yesterday", "occurred_at"),
        (4, "1066-10-14T09:00:00Z", "occurred_at"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field_and_the_others_are_taken(column: int, value: str, field: str) -> None:
    cells = GOOD.split(",")
    cells[column] = value
    first, wrong, last = read("\n".join([HEADER, GOOD, ",".join(cells), GOOD.replace("bicycle", "handbag")]))
    assert isinstance(first, Report) and isinstance(last, Report)
    assert isinstance(wrong, Misread) and (wrong.place, wrong.field) == ("line 3", field)
    assert str(wrong).startswith(f"line 3, {field}: ")


def test_lines_count_as_an_editor_shows_them() -> None:
    text = f'{HEADER}\ntheft,"Somebody took\na bicycle",59,18,2026-11-21T12:00:00Z\n{GOOD},more'
    wrong = read(text)[1]
    assert isinstance(wrong, Misread) and (wrong.place, wrong.message) == ("line 4", "has 6 cells, the header has 5")


def test_a_line_that_breaks_the_rules_of_csv_does_not_refuse_the_others() -> None:
    first, torn, second, open_end = read("\n".join([HEADER, GOOD, 'theft,"a"b,1,2,x', GOOD.replace("bicycle", "handbag"), '"open']))
    assert isinstance(first, Report) and isinstance(second, Report)
    assert isinstance(torn, Misread) and torn.place == "line 3" and "is no CSV" in torn.message
    assert isinstance(open_end, Misread) and open_end.place == "line 5"


@pytest.mark.parametrize("severity", ["0", "6", "2.5", "high"])
def test_severities_are_one_to_five(severity: str) -> None:
    (wrong,) = read(f"{HEADER},severity\n{GOOD},{severity}")
    assert isinstance(wrong, Misread) and wrong.field == "severity"


def test_h28_a_file_sets_nothing_that_only_the_record_decides() -> None:
    (plain,) = read(f"{HEADER}\n{GOOD}")
    (forged,) = read(f"{HEADER},status,confidence,id,merged_into\n{GOOD},corroborated,1.0,rp-1,in-1")
    assert plain == forged


def test_the_same_row_is_the_same_report_and_another_is_not() -> None:
    one, same, other = read("\n".join([HEADER, GOOD, GOOD, GOOD.replace("59.33", "59.34")]))
    assert isinstance(one, Report) and isinstance(same, Report) and isinstance(other, Report)
    assert one.id == same.id != other.id


@pytest.mark.parametrize(
    ("text", "form", "field"),
    [
        ("", "csv", "data"),
        ("latitude,longitude\n1,2", "csv", "data"),
        (f"{HEADER},severity,severity\n", "csv", "data"),
        (b"\xff\xfe\x00", "csv", "data"),
        ("[" * 100_000, "geojson", "data"),
        ("[]", "geojson", "data"),
        ('{"features": 3}', "geojson", "data"),
        (HEADER, "xlsx", "format"),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(text: str | bytes, form: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text, form)
    assert refused.value.field == field


def test_a_file_may_only_be_so_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_REPORTS", 2)
    assert len(read("\n".join([HEADER, GOOD, GOOD]))) == 2
    with pytest.raises(InputError):
        read("\n".join([HEADER, GOOD, GOOD, GOOD]))
    monkeypatch.setattr(reading, "MOST_BYTES", 1 << 20)
    with pytest.raises(InputError) as refused:
        read(b" " * ((1 << 20) + 1))
    assert "Split" in refused.value.message


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(_JSON | st.fixed_dictionaries({"geometry": _JSON, "properties": _JSON}), max_size=4))
def test_points_can_be_anything_and_only_reports_come_of_them(features: list[object]) -> None:
    found = read(collection(feature(), *features), "geojson")
    assert len(found) == 1 + len(features) and isinstance(found[0], Report)


def test_halves_of_characters_are_refused_where_they_are() -> None:
    text = collection(feature(reporter_id="a\ud800"), feature(), feature(description="half a character \ud800"))
    first, second, third = read(text, "geojson")
    assert isinstance(first, Misread) and first.field == "reporter_id"
    assert isinstance(second, Report)
    assert isinstance(third, Misread) and third.field == "description"


@given(st.sampled_from(HEADER.split(",")), st.text(max_size=40))
def test_cells_can_be_anything(name: str, value: str) -> None:
    (found,) = read(collection(feature(**{name: value})), "geojson")
    if isinstance(found, Misread):
        assert found.field in {name, "occurred_at"}


@given(st.binary(max_size=200))
def test_bytes_can_be_anything(data: bytes) -> None:
    for form in ("csv", "geojson"):
        with pytest.raises(InputError) as refused:
            read(data, form)
        assert refused.value.field == "data"
