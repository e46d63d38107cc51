"""What an operator says stands; severity and confidence by all that speaks for an incident."""

from dataclasses import replace
from functools import partial

import pytest

from engine.incidents.classification import classified
from engine.incidents.editing import edit_incident, validate
from engine.incidents.merging import merge_incidents
from engine.incidents.weighing import settled
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.incidents.incident import (
    Classification,
    Corroboration,
    EvidenceKind,
    IncidentCategory,
    IncidentState,
    IncidentStatus,
    SourceOfReport,
)
from tests.engine.incidents.record import Record
from tests.fakes.reports import NOW_NS, report

ATLAS = Classification("weapons", Severity.CRITICAL, 0.9, "atlas", NOW_NS, emergency=True)


@pytest.fixture
def record() -> Record:
    record = Record()
    record.file(report(1))
    return record


def test_what_is_edited_stays_whatever_comes(record: Record) -> None:
    change = partial(edit_incident, incident_id="in-1", now_ns=NOW_NS, category=IncidentCategory.BURGLARY, severity=Severity.MINIMAL)
    record.change(change)
    record.change(partial(classified, incident_id="in-1", said=ATLAS, now_ns=NOW_NS))
    for number in range(2, 5):
        record.file(report(number, severity=Severity.CRITICAL))
    now = record.incidents["in-1"]
    assert (now.category, now.severity, now.edited) == (IncidentCategory.BURGLARY, Severity.MINIMAL, ("category", "severity"))
    assert (now.reporter_count, now.classification) == (4, ATLAS)


def test_a_part_that_is_not_given_is_left(record: Record) -> None:
    record.change(partial(edit_incident, incident_id="in-1", now_ns=NOW_NS + 1, state=IncidentState.CLOSED))
    now = record.incidents["in-1"]
    assert (now.state, now.edited, now.category, now.updated_ns, now.revision) == (
        IncidentState.CLOSED,
        (),
        IncidentCategory.THEFT,
        NOW_NS + 1,
        2,
    )
    assert record.file(report(2)).incident.state is IncidentState.CLOSED


@pytest.mark.parametrize("wrong", [{"state": IncidentState.MERGED}, {"description": "too short"}, {"description": "x" * 2001}])
def test_what_cannot_be_edited_is_refused(record: Record, wrong: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        record.change(partial(edit_incident, incident_id="in-1", now_ns=NOW_NS, **wrong))
    assert refused.value.field in wrong


def test_who_validates_has_looked() -> None:
    record = Record()
    record.file(report(1, media=("a.jpg",)))
    record.file(report(2, media=("b.jpg",)))
    record.change(partial(validate, incident_id="in-2", actual=IncidentCategory.FIRE, by="Ada", now_ns=NOW_NS))
    now = record.incidents["in-2"]
    assert (now.category, now.validated_category, now.validated_by) == (IncidentCategory.FIRE, "fire", "Ada")
    assert (now.status, now.review_ids, now.edited) == (IncidentStatus.CREATED, (), ("category",))


def test_a_merged_incident_takes_a_late_classification_and_nothing_else(record: Record) -> None:
    record.file(report(2, north_deg=0.01))
    record.change(partial(merge_incidents, kept_id="in-1", gone_id="in-2", now_ns=NOW_NS))
    record.change(partial(classified, incident_id="in-2", said=ATLAS, now_ns=NOW_NS))
    assert (record.incidents["in-2"].classification, record.incidents["in-2"].state) == (ATLAS, IncidentState.MERGED)
    with pytest.raises(InputError):
        record.change(partial(validate, incident_id="in-2", actual=IncidentCategory.FIRE, by="Ada", now_ns=NOW_NS))


def test_a_classification_raises_severity_and_decides_where_reporters_do_not(record: Record) -> None:
    record.change(partial(classified, incident_id="in-1", said=ATLAS, now_ns=NOW_NS))
    now = record.incidents["in-1"]
    assert (now.severity, now.category) == (Severity.CRITICAL, IncidentCategory.THEFT)
    mild = replace(ATLAS, severity=Severity.LOW, category="drug_activity", emergency=False)
    record.change(partial(classified, incident_id="in-1", said=mild, now_ns=NOW_NS))
    assert record.incidents["in-1"].severity is Severity.MODERATE
    record.file(report(7, north_deg=0.01, category=IncidentCategory.OTHER))
    record.change(partial(classified, incident_id="in-7", said=ATLAS, now_ns=NOW_NS))
    assert record.incidents["in-7"].category is IncidentCategory.WEAPONS


def test_one_who_exaggerates_among_many_does_not_count(record: Record) -> None:
    record.file(report(2, severity=Severity.CRITICAL))
    assert record.incidents["in-1"].severity is Severity.CRITICAL  # one of two
    record.file(report(3))
    record.file(report(4))
    assert record.incidents["in-1"].severity is Severity.MODERATE


@pytest.mark.parametrize(
    ("source", "reporter", "expected"),
    [
        (SourceOfReport.CITIZEN, "user:1", 0.5),
        (SourceOfReport.CITIZEN, "", 0.3),
        (SourceOfReport.IMPORT, "", 0.3),
        (SourceOfReport.PATROL, "", 0.8),
        (SourceOfReport.OFFICIAL, "user:1", 0.9),
    ],
)
def test_confidence_by_who_says_it(source: SourceOfReport, reporter: str, expected: float) -> None:
    assert Record().file(report(1, source=source, reporter=reporter)).incident.confidence == pytest.approx(expected)


def test_a_sensor_corroborates_too(record: Record) -> None:
    seen = Corroboration(EvidenceKind.SEQUENCE, "sq-1", "", NOW_NS, "in_view", 0.8)
    incident = record.load("in-1")
    now = settled(replace(incident, corroborations=(*incident.corroborations, seen)), NOW_NS)
    assert (now.status, now.confidence, now.reporter_count) == (IncidentStatus.CORROBORATED, pytest.approx(0.8), 1)
