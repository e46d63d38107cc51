"""H27, H28: what a report may say, and what it cannot."""

import dataclasses

import pytest

from engine.model.errors import InputError
from engine.model.incidents.incident import IncidentCategory, Report
from engine.model.wire import read_as, to_plain
from tests.fakes.reports import report


@pytest.mark.parametrize("length", [10, 2000])
def test_descriptions_at_the_bounds_are_taken(length: int) -> None:
    assert len(report(1, description="x" * length).description) == length


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("description", {"description": "x" * 9}),
        ("description", {"description": " " * 20 + "x"}),
        ("description", {"description": "x" * 2001}),
        ("description", {"description": "half a character \ud800"}),
        ("description", {"description": "NUL is no character \0"}),
        ("reporter_id", {"reporter": "user:\udfff"}),
        ("media", {"media": ("a.jpg", "\0")}),
        ("key", {"key": "\ud83d"}),
        ("latitude", {"north_deg": 90.1}),
        ("latitude", {"north_deg": float("nan")}),
        ("longitude", {"east_deg": 180.0}),
        ("longitude", {"east_deg": float("inf")}),
        ("occurred_at", {"after_s": -2e9}),
        ("media", {"media": ("",)}),
        ("media", {"media": ("x",) * 21}),
        ("video_id", {"video_id": "x" * 201}),
        ("reporter_id", {"reporter": "x" * 201}),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(field: str, wrong: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        report(1, **wrong)  # pyright: ignore[reportArgumentType]
    assert refused.value.field == field


@pytest.mark.parametrize(("field", "value"), [("severity", 0), ("severity", 6), ("category", "jaywalking"), ("status", "corroborated")])
def test_what_is_no_value_or_no_field_of_a_report_is_refused_by_name(field: str, value: object) -> None:
    plain = to_plain(report(1)) | {field: value}
    with pytest.raises(InputError) as refused:
        read_as(Report, plain)
    assert refused.value.field == field


def test_a_report_has_no_field_for_what_only_the_record_decides() -> None:
    names = {field.name for field in dataclasses.fields(Report)}
    assert not names & {"status", "state", "confidence", "reporter_count", "merged_into", "validated_category", "edited"}
    assert all(category.value == category.value.lower() for category in IncidentCategory)
