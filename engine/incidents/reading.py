"""Files of reports: CSV with a header, or GeoJSON points. What is wrong is named by its line (CSV) or number (GeoJSON) and field, and the
others are taken.

Fields are those of a report over HTTP: `description`, `latitude` and `longitude` (in GeoJSON the point's), `occurred_at` (ISO-8601 with a
zone; a file is of the past, so nothing else could stand in its place), and where there are any `incident_type` (or `category`; without it
the words say the kind), `severity`, `reporter_id`, `device_id`, `video_id`, `source`. Others are left aside, so that nobody sets by a file
what only the record decides.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, cast

from engine.incidents.reporters import user_reporter
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory, Report, SourceOfReport
from engine.model.time import from_iso
from engine.model.value_class import dataclass

MOST_BYTES = 20 << 20
MOST_REPORTS = 100_000
FIELDS = ("description", "latitude", "longitude", "occurred_at")
MORE_FIELDS = ("incident_type", "severity", "reporter_id", "device_id", "video_id", "source")
_ALIASES = {"category": "incident_type"}
_Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Misread:
    """`place`: "line 3", "feature 3"."""

    place: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}, {self.field}: {self.message}" if self.field else f"{self.place}: {self.message}"


class ReportReader:
    """`device`: the reporter that a device's id stands for. `now_ns`: when the file came."""

    def __init__(self, device: Callable[[str], str], now_ns: int) -> None:
        self._device = device
        self._now_ns = now_ns

    def read_reports(self, data: bytes, form: str) -> Iterator[tuple[str, Report] | Misread]:
        """Each report with its place, in the file's order. Raises InputError where the file as a whole cannot be read."""
        if len(data) > MOST_BYTES:
            raise InputError("data", f"has {len(data) >> 20} MB; at most {MOST_BYTES >> 20} MB are taken. Split the file")
        if form not in ("csv", "geojson"):
            raise InputError("format", f"{form[:20]!r} is neither csv nor geojson")
        for number, (place, fields) in enumerate(_csv_rows(data) if form == "csv" else _geojson_rows(data)):
            if number >= MOST_REPORTS:
                raise InputError("data", f"has more than {MOST_REPORTS} reports. Split the file")
            yield self._report(place, fields)

    def _report(self, place: str, fields: _Fields | InputError) -> tuple[str, Report] | Misread:
        try:
            if isinstance(fields, InputError):
                raise fields
            return place, self._report_from_fields(fields)
        except InputError as error:
            return Misread(place, error.field, error.message)

    def _report_from_fields(self, fields: _Fields) -> Report:
        missing = next((name for name in FIELDS if not fields.get(name)), None)
        if missing is not None:
            raise InputError(missing, "is missing")
        return Report(
            id=f"rp-{_digest(fields)}",
            category=_category(fields.get("incident_type", "")),
            description=fields["description"],
            latitude=_parse_float("latitude", fields["latitude"]),
            longitude=_parse_float("longitude", fields["longitude"]),
            occurred_ns=_time(fields["occurred_at"]),
            received_ns=self._now_ns,
            severity=_severity(fields.get("severity", "")),
            reporter=self._reporter(fields),
            source=_source(fields.get("source", "")),
            video_id=fields.get("video_id", ""),
        )

    def _reporter(self, fields: _Fields) -> str:
        if fields.get("reporter_id"):
            return user_reporter(fields["reporter_id"])
        return self._device(fields["device_id"]) if fields.get("device_id") else ""


def _digest(fields: _Fields) -> str:
    """The same row, in this file or when it is read again, is the same report."""
    said = {name: fields[name] for name in (*FIELDS, *MORE_FIELDS) if fields.get(name)}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:24]


def _csv_rows(data: bytes) -> Iterator[tuple[str, _Fields | InputError]]:
    rows = csv.reader(io.StringIO(_decode_text(data), newline=""), strict=True)
    try:
        header = [_column_name(cell) for cell in next(rows, list[str]())]
        _check_header(header)
    except csv.Error as error:
        raise InputError("data", f"is no CSV: line {rows.line_num}: {error}") from None
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield f"line {rows.line_num}", InputError("", f"is no CSV: {error}")
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield f"line {rows.line_num}", _cells(header, row)


def _check_header(header: list[str]) -> None:
    missing = [name for name in FIELDS if name not in header]
    if missing:
        raise InputError("data", f"has no column {', '.join(missing)} in its first line")
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        raise InputError("data", f"has the column {twice[:40]} twice")


def _cells(header: list[str], row: list[str]) -> _Fields | InputError:
    if len(row) != len(header):
        return InputError("", f"has {len(row)} cells, the header has {len(header)}")
    return {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _geojson_rows(data: bytes) -> Iterator[tuple[str, _Fields | InputError]]:
    try:
        plain: Any = json.loads(_decode_text(data))
    except (ValueError, RecursionError) as error:
        raise InputError("data", f"is no JSON: {error}") from None
    features = _json_member(plain, "features")
    if not isinstance(features, list):
        raise InputError("data", "is no GeoJSON FeatureCollection")
    for number, feature in enumerate(cast("list[Any]", features), 1):
        yield f"feature {number}", _feature(feature)


def _feature(feature: Any) -> _Fields | InputError:
    geometry, properties = _json_member(feature, "geometry"), _json_member(feature, "properties")
    if _json_member(geometry, "type") != "Point" or not isinstance(properties, dict):
        return InputError("geometry", "has to be a Point, with properties beside it")
    coordinates = _json_member(geometry, "coordinates")
    at = cast("list[Any]", coordinates) if isinstance(coordinates, list) else []
    if not 2 <= len(at) <= 3:
        return InputError("geometry.coordinates", "has to be longitude and latitude")
    fields = {_column_name(str(name)): _cell(value) for name, value in cast("dict[Any, Any]", properties).items()}
    return {**fields, "longitude": _cell(at[0]), "latitude": _cell(at[1])}


def _json_member(plain: Any, name: str) -> Any:
    """None where `plain` is no object, or has none of this name."""
    return cast("dict[str, Any]", plain).get(name) if isinstance(plain, dict) else None


def _column_name(cell: str) -> str:
    name = cell.strip().lower()
    return _ALIASES.get(name, name)


def _cell(value: Any) -> str:
    """A plain value as its text; anything else says nothing."""
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _decode_text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("data", f"is no UTF-8 text (byte {error.start}). Save it as UTF-8") from None


def _category(text: str) -> IncidentCategory:
    try:
        return IncidentCategory(text.lower()) if text else IncidentCategory.OTHER
    except ValueError:
        raise InputError("incident_type", f"{text[:40]!r} is none of {', '.join(IncidentCategory)}") from None


def _source(text: str) -> SourceOfReport:
    try:
        return SourceOfReport(text.lower()) if text else SourceOfReport.IMPORT
    except ValueError:
        raise InputError("source", f"{text[:40]!r} is none of {', '.join(SourceOfReport)}") from None


def _severity(text: str) -> Severity:
    if not text:
        return Severity.MODERATE
    value = _parse_float("severity", text)
    if value not in set(Severity):
        raise InputError("severity", f"{text[:20]} is outside 1–5")
    return Severity(int(value))


def _parse_float(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(field, f"{text[:40]!r} is no number") from None


def _time(text: str) -> int:
    try:
        return from_iso(text)
    except (ValueError, OverflowError) as error:
        raise InputError("occurred_at", str(error)) from None
