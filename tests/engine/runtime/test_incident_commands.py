"""Commands about incidents on a real engine, from a file or a report to what the snapshot and the record say."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.alerts.commands import EditIncident, ImportReports, MergeIncidents, SplitIncident, ValidateIncident
from engine.model.command_terms import terms_from
from engine.model.errors import Conflict, InputError, NotFound
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import CategorySource, Filed, IncidentCategory, IncidentState, IncidentStatus
from engine.model.question import CountIncidents, GetIncident, ListEvents, ListIncidents
from engine.model.snapshot import Job, JobState
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.incidents import incident_commands
from engine.runtime.incidents.importing import Tally
from engine.runtime.local import LocalPort, demo_port
from engine.vision.models import ModelStore
from tests.fakes.reports import report
from tests.fakes.waiting import until

HEADER = "incident_type,description,latitude,longitude,occurred_at,reporter_id"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


def file(engine: Engine, number: int, north_deg: float = 0.0) -> Filed:
    now_ns = engine.clock.now_ns()
    return engine.reports.file(replace(report(number, north_deg=north_deg), occurred_ns=now_ns, received_ns=now_ns))


def imported(port: LocalPort, text: str | bytes, form: str = "csv") -> Job:
    """The job, once it has ended."""
    data = text.encode() if isinstance(text, str) else text
    job_id = port.command(ImportReports(base64.b64encode(data).decode(), form))

    def job() -> Job:
        return next(each for each in port.snapshot().jobs if each.id == job_id)

    until(lambda: job().state is not JobState.RUNNING, "the import has ended")
    return job()


def row(number: int, description: str = "Somebody took a bicycle", occurred_at: str = "2020-01-02T03:04:05+01:00") -> str:
    return f"theft,{description},{50 + number},18.06,{occurred_at},r{number}"


def test_a_report_is_an_incident_in_the_snapshot_and_an_event_in_the_record(engine: Engine, port: LocalPort) -> None:
    filed = file(engine, 1)
    file(engine, 2)
    shown = port.snapshot().incidents.incidents
    assert [(each.id, each.reporter_count) for each in shown] == [(filed.incident.id, 2)]
    until(lambda: bool(port.ask(ListEvents(kinds=(EventKind.INCIDENT,)))), "the pipeline has made an event of it")
    (event,) = port.ask(ListEvents(kinds=(EventKind.INCIDENT,)))
    assert (event.subject_id, event.ended_ns) == (filed.incident.id, None)
    until(lambda: engine.record.store.incidents.news() == (), "what the journal has is no news any more")


def test_operators_merge_split_validate_and_edit(engine: Engine, port: LocalPort) -> None:
    file(engine, 1)
    file(engine, 2, 0.01)
    assert port.command(MergeIncidents("in-1", "in-2")) == "in-1"
    assert port.ask(GetIncident("in-1")).incident.reporter_count == 2
    assert [each.id for each in port.ask(ListIncidents(state=IncidentState.MERGED)).incidents] == ["in-2"]
    assert port.command(SplitIncident("in-1", ("rp-2",))) == "in-2"
    assert port.command(ValidateIncident("in-2", IncidentCategory.BURGLARY)) == "in-2"
    assert port.command(EditIncident("in-2", severity=Severity.HIGH, state=IncidentState.CLOSED)) == "in-2"
    now = port.ask(GetIncident("in-2")).incident
    assert (now.category, now.severity, now.state, now.status) == (
        IncidentCategory.BURGLARY,
        Severity.HIGH,
        IncidentState.CLOSED,
        IncidentStatus.CREATED,
    )
    assert [each.id for each in port.snapshot().incidents.incidents] == ["in-1"]
    for wrong, error in ((MergeIncidents("in-1", "in-1"), InputError), (SplitIncident("in-9", ("rp-1",)), NotFound)):
        with pytest.raises(error):
            port.command(wrong)


def test_what_somebody_else_validated_is_not_replaced_unseen(engine: Engine, port: LocalPort) -> None:
    file(engine, 1)
    guess = port.ask(GetIncident("in-1")).incident.category
    unseen = terms_from(ValidateIncident("in-1", guess))
    port.command(ValidateIncident("in-1", IncidentCategory.BURGLARY, "Ada"), unseen)
    with pytest.raises(Conflict) as refused:
        port.command(ValidateIncident("in-1", IncidentCategory.THEFT), unseen)
    assert "validated_by" in refused.value.changed and "(now Ada)" in str(refused.value)
    assert port.ask(GetIncident("in-1")).incident.validated_category == "burglary"
    port.command(ValidateIncident("in-1", IncidentCategory.BURGLARY), unseen)  # the same: nothing is replaced
    seen = port.ask(GetIncident("in-1")).incident
    port.command(
        ValidateIncident("in-1", IncidentCategory.THEFT), terms_from(ValidateIncident("in-1", IncidentCategory.BURGLARY, seen.validated_by))
    )
    assert port.ask(GetIncident("in-1")).incident.validated_category == "theft"


def test_a_file_is_imported_its_wrong_lines_are_named_and_again_it_changes_nothing(engine: Engine, port: LocalPort) -> None:
    lines = [
        HEADER,
        row(1),
        row(2, "short"),
        row(3, occurred_at="yesterday"),
        row(4),
        row(4).replace("r4", "r5"),
        row(6, occurred_at="2999-01-01T00:00:00Z"),
    ]
    job = imported(port, "\n".join(lines))
    assert job.state is JobState.DONE
    assert job.message.startswith("3 reports were kept: 2 incidents began, 1 joined. 3 were left out: ")
    for named in ("line 3, description: ", "line 4, occurred_at: ", "line 7, occurred_at: "):
        assert named in job.message
    again = imported(port, "\n".join(lines))
    assert again.message.startswith("0 reports were kept: 0 incidents began, 0 joined, 3 were there already. 3 were left out")
    counts = port.ask(CountIncidents())
    assert counts is not None and (counts.incidents, counts.reports) == (2, 3)
    assert port.ask(ListEvents(kinds=(EventKind.INCIDENT,))) == ()  # it was years ago


def test_a_file_that_is_none_ends_the_job_with_a_sentence(port: LocalPort) -> None:
    job = imported(port, "a,b\n1,2")
    assert job.state is JobState.FAILED and "has no column description, latitude" in job.message
    assert imported(port, b"\xff\xfe", "geojson").state is JobState.FAILED


@pytest.mark.parametrize(("data", "form", "field"), [("%%%", "csv", "data"), ("", "xlsx", "format")])
def test_what_cannot_be_a_file_is_refused_at_once(port: LocalPort, data: str, form: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        port.command(ImportReports(data, form))
    assert refused.value.field == field


def test_what_is_too_large_is_refused_before_it_is_read(port: LocalPort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident_commands, "MOST_BYTES", 300)
    with pytest.raises(InputError) as refused:
        port.command(ImportReports("A" * 408, "csv"))
    assert refused.value.field == "data" and "Split" in refused.value.message


def test_of_very_many_wrong_lines_the_first_are_named() -> None:
    tally = Tally()
    for number in range(30):
        tally.take(InputError("latitude", "is no number"), f"line {number}")
    said = tally.sentence()
    assert "line 19, latitude" in said and "line 20" not in said and "and 10 more" in said


def test_words_say_the_kind_of_an_imported_report_that_does_not(port: LocalPort) -> None:
    said = "description,latitude,longitude,occurred_at\nGunshots heard behind the school,59.4,18.2,2026-11-01T10:00:00Z\n"
    imported(port, said)
    (incident,) = (each for each in port.ask(ListIncidents()).incidents if each.description.startswith("Gunshots"))
    assert (incident.category, incident.category_by) == (IncidentCategory.WEAPONS, CategorySource.WORDS)
