"""Smoke on a real engine: from pictures of edge devices to plumes, incidents, events and what operators make of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from engine.fire.places import utc_day
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.alert import Alert
from engine.model.alerts.commands import PromoteHeld
from engine.model.alerts.decision import CandidateKind, Decision, Outcome
from engine.model.command import ChangeSettings
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Event, EventKind, Severity
from engine.model.fire.fire import FireClass, FireRisk
from engine.model.fire.smoke import Lookout, LookoutView, SmokeBox, SmokeFrame, SmokeLabel, SmokeSequence, ValidationState
from engine.model.fire.smoke_commands import LabelSmoke, MergeSmoke, RemoveSmoke, UnmatchSmoke
from engine.model.fire.smoke_questions import GetSmokeSequence, ListPlumes
from engine.model.incidents.incident import EvidenceKind, IncidentCategory, Report
from engine.model.question import GetIncident, ListAlerts, ListAudit, ListDecisions, ListEvents
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.incidents.reports import new_report_id
from engine.runtime.local import LocalPort, demo_port
from engine.runtime.smoke.smoke_keeping import NAME
from engine.runtime.smoke.smoke_side import MOST_AT_ONCE, MOST_WAITING
from engine.vision.models import ModelStore
from tests.fakes.smoke import azimuth
from tests.fakes.waiting import until

FIRE = (45.050879, 5.071808)
A, B, C = (45.0, 5.0), (44.99993, 5.126828), (45.1, 5.07)
PLACES = {"a": A, "b": B, "c": C}
CAMERA = CameraSettings("a", "Ridge", "rtsp://192.0.2.1/a", enabled=False)
BOX = (0.45, 0.4, 0.55, 0.5)  # in the middle of the picture
LOOKOUTS = tuple(Lookout(name, *where, 54.0, (LookoutView("0", azimuth(FIRE, where)),)) for name, where in PLACES.items())


@contextmanager
def running(folder: Path) -> Iterator[Engine]:
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"), CommandLineSettings((CAMERA,)))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with running(tmp_path / "site") as engine:
        demo_port(engine).command(ChangeSettings(lookouts=LOOKOUTS))
        yield engine


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


def seen(engine: Engine, camera: str, ago_s: float, confidence: float = 0.7, box: tuple[float, float, float, float] = BOX) -> SmokeFrame:
    at_ns = engine.clock.now_ns() // SECOND * SECOND - round(ago_s * SECOND)
    return SmokeFrame(camera, "0", at_ns, (SmokeBox(box, confidence),), "edge")


def watched(
    engine: Engine,
    camera: str,
    confidence: float = 0.7,
    count: int = 4,
    began_s: float = 60.0,
    box: tuple[float, float, float, float] = BOX,
) -> tuple[str, ...]:
    """`count` pictures, ten seconds apart: which sequences the last one is of."""
    port, ids = demo_port(engine), tuple[str, ...]()
    for index in range(count):
        ids = port.see_smoke(seen(engine, camera, began_s - 10 * index, confidence, box)).result(60)
    return ids


def sequence(port: LocalPort, sequence_id: str) -> SmokeSequence:
    return port.ask(GetSmokeSequence(sequence_id)).sequence


def smoke_events(engine: Engine) -> list[Event]:
    return [event for event in engine.board.events() if event.kind is EventKind.SMOKE]


def going_on(engine: Engine) -> list[Event]:
    return [event for event in smoke_events(engine) if event.ended_ns is None]


def test_four_pictures_are_a_plume_and_an_event(engine: Engine, port: LocalPort) -> None:
    (sequence_id,) = watched(engine, "a")
    assert sequence(port, sequence_id).validation is ValidationState.VALIDATED
    until(lambda: len(going_on(engine)) == 1, "the event is there")
    (event,) = going_on(engine)
    (listed,) = port.ask(ListPlumes())
    assert (event.subject_id, event.camera_id) == (listed.plume.id, "a") and listed.plume.place is None
    until(lambda: [each.plume.id for each in port.snapshot().smoke.plumes] == [listed.plume.id], "the snapshot shows it")


def test_three_pictures_wait(engine: Engine, port: LocalPort) -> None:
    (sequence_id,) = watched(engine, "a", count=3)
    assert sequence(port, sequence_id).validation is ValidationState.WAITING
    assert [each.plume.sequence_ids for each in port.ask(ListPlumes())] == [(sequence_id,)]
    assert not port.ask(GetSmokeSequence(sequence_id)).banner


def test_what_the_second_scorer_declines_raises_nothing_stays_in_the_lists_and_leaves_a_decision(engine: Engine, port: LocalPort) -> None:
    (sequence_id,) = watched(engine, "a", 0.40, count=10, began_s=110.0)
    declined = sequence(port, sequence_id)
    assert (declined.validation, declined.score) == (ValidationState.EXHAUSTED, pytest.approx(0.40))
    (listed,) = port.ask(ListPlumes())
    assert listed.sequences == (declined,)
    until(lambda: [each.plume.id for each in port.snapshot().smoke.plumes] == [listed.plume.id], "the snapshot shows it")

    def held() -> list[Decision]:
        found = port.ask(ListDecisions(outcome=Outcome.HELD))
        return [each for each in found if each.candidate is CandidateKind.SMOKE and each.subject_id == listed.plume.id]

    until(lambda: len(held()) == 2, "it was declined for now, then for good")
    (gate,) = (gate for gate in held()[0].gates if not gate.passed)
    assert (gate.gate, gate.value, gate.threshold) == ("second scorer", pytest.approx(0.40), 0.45)
    assert not smoke_events(engine)
    (shown,) = port.snapshot().alerts.held
    assert shown == held()[0] and not port.snapshot().alerts.alerts


def test_declined_smoke_can_be_raised_after_all_and_is_an_event_then(engine: Engine, port: LocalPort) -> None:
    watched(engine, "a", 0.40, count=10, began_s=110.0)
    until(lambda: bool(port.snapshot().alerts.held), "it is in the lane")
    (held,) = port.snapshot().alerts.held
    alert_id = port.command(PromoteHeld(held.id))
    (alert,) = port.snapshot().alerts.alerts
    assert (alert.id, alert.kind, alert.promoted, alert.camera_id) == (alert_id, EventKind.SMOKE, True, "a")
    assert alert.reason.endswith("The second smoke check rejected it.")
    until(lambda: [event.id for event in smoke_events(engine)] == [alert.event_id], "its event is in the record")
    assert not port.snapshot().alerts.held
    (decision,) = (each for each in port.ask(ListDecisions(outcome=Outcome.HELD)) if each.id == held.id)
    assert (decision.alert_id, decision.event_id) == (alert.id, alert.event_id)


def test_smoke_that_holds_after_all_is_an_alert_and_held_no_longer(engine: Engine, port: LocalPort) -> None:
    watched(engine, "a", 0.40)
    until(lambda: bool(port.snapshot().alerts.held), "it is in the lane")
    watched(engine, "a", 0.90, count=6, began_s=100.0)
    until(lambda: bool(port.snapshot().alerts.alerts), "it is an alert")
    assert not port.snapshot().alerts.held


def test_declined_smoke_joins_the_plume_that_it_turns_out_to_be(engine: Engine, port: LocalPort) -> None:
    watched(engine, "a", 0.40)
    watched(engine, "b", 0.40)
    assert [each.plume.place for each in port.ask(ListPlumes())] == [None, None]  # what is not checked says nothing of a place
    for camera in "ab":
        for index in range(4):
            port.see_smoke(seen(engine, camera, 15 - 3 * index, 0.95)).result(60)
    (listed,) = port.ask(ListPlumes())
    assert listed.plume.place is not None and len(listed.sequences) == 2
    until(lambda: len(going_on(engine)) == 1, "one event")


def test_two_cameras_give_a_place_and_an_incident_of_fire_and_one_event(engine: Engine, port: LocalPort) -> None:
    ids = {*watched(engine, "a"), *watched(engine, "b")}
    (listed,) = port.ask(ListPlumes())
    place = listed.plume.place
    assert place is not None and place.accurate and abs(place.latitude - FIRE[0]) < 0.001 and abs(place.longitude - FIRE[1]) < 0.001
    incident = port.ask(GetIncident(listed.plume.incident_id)).incident
    assert incident.category is IncidentCategory.FIRE
    assert {each.id for each in incident.corroborations if each.kind is EvidenceKind.SEQUENCE} == ids
    until(lambda: any(event.reason.count("cross") for event in going_on(engine)), "the event has the place")
    assert [event.subject_id for event in going_on(engine)] == [listed.plume.id]
    assert engine.record.writer.flush(10)
    assert not [event for event in port.ask(ListEvents()) if event.kind is EventKind.INCIDENT]  # nobody reported it


def test_x1_smoke_and_a_report_of_fire_are_one_incident_that_is_surer(engine: Engine, port: LocalPort) -> None:
    watched(engine, "a"), watched(engine, "b")
    (listed,) = port.ask(ListPlumes())
    before = port.ask(GetIncident(listed.plume.incident_id)).incident
    filed = reported(engine)
    assert filed == before.id
    after = port.ask(GetIncident(filed)).incident
    assert {each.kind for each in after.corroborations} == {EvidenceKind.SEQUENCE, EvidenceKind.REPORT}
    assert after.confidence > before.confidence
    until(lambda: EventKind.INCIDENT in [event.kind for event in engine.board.events()], "a report is told of")


def test_x1_the_report_may_come_first(engine: Engine, port: LocalPort) -> None:
    filed = reported(engine)
    watched(engine, "a"), watched(engine, "b")
    assert port.ask(ListPlumes())[0].plume.incident_id == filed


def reported(engine: Engine) -> str:
    """A citizen's report of fire, some metres from it: the incident it is in."""
    at_ns = engine.clock.now_ns()
    report = Report(
        new_report_id(),
        IncidentCategory.FIRE,
        "Smoke over the wood",
        FIRE[0] + 0.0001,
        FIRE[1],
        at_ns - 30 * SECOND,
        at_ns,
        Severity.HIGH,
        "u1",
    )
    return engine.reports.file(report).incident.id


def test_x2_in_wet_weather_smoke_alone_is_held_and_a_report_of_it_is_not(engine: Engine, port: LocalPort) -> None:
    until(lambda: engine.fire.view().next_ns > 0, "fire weather was asked for, in vain")
    now_ns = engine.clock.now_ns()
    risks = tuple(FireRisk(camera, utc_day(now_ns), FireClass.VERY_LOW, fetched_ns=now_ns) for camera in "ab")
    engine.record.store.fire.keep_risks(risks)
    engine.fire.recall()
    until(lambda: not engine.record.pipeline.alerts.fire.keeps("a", 0.5), "the pipeline knows the weather")
    watched(engine, "a", 0.5), watched(engine, "b", 0.5)
    until(lambda: bool(port.snapshot().alerts.held), "it is held")
    assert port.snapshot().alerts.alerts == () and port.ask(ListPlumes()) == ()
    reported(engine)
    until(lambda: bool(port.snapshot().alerts.alerts), "the report is told")
    (alert,) = port.snapshot().alerts.alerts
    assert alert.kind is EventKind.INCIDENT


def test_p26_what_is_no_smoke_is_detached_and_speaks_for_nothing(engine: Engine, port: LocalPort) -> None:
    (one,), (two,) = watched(engine, "a"), watched(engine, "b")
    incident_id = port.ask(ListPlumes())[0].plume.incident_id
    plume_id = port.command(LabelSmoke(two, SmokeLabel.OTHER))
    assert sequence(port, two).label is SmokeLabel.OTHER and sequence(port, one).plume_id != plume_id == sequence(port, two).plume_id
    assert {each.plume.place for each in port.ask(ListPlumes())} == {None}
    kept = port.ask(GetIncident(incident_id)).incident.corroborations
    assert two not in [each.id for each in kept]
    until(lambda: [event.subject_id for event in going_on(engine)] == [sequence(port, one).plume_id], "only smoke is told of")
    port.command(LabelSmoke(two, None))
    assert sequence(port, two).plume_id == sequence(port, one).plume_id
    assert two in [each.id for each in port.ask(GetIncident(incident_id)).incident.corroborations]


def test_p26_unmatched_stays_unmatched_and_the_only_one_cannot_be(engine: Engine, port: LocalPort) -> None:
    (one,), (two,) = watched(engine, "a"), watched(engine, "b")
    plume_id = sequence(port, one).plume_id
    apart = port.command(UnmatchSmoke(plume_id, two))
    assert apart == sequence(port, two).plume_id != sequence(port, one).plume_id
    with pytest.raises(InputError):
        port.command(UnmatchSmoke(apart, two))
    with pytest.raises(NotFound):
        port.command(UnmatchSmoke(plume_id, "sq-none"))
    port.see_smoke(seen(engine, "b", 5)).result(60)
    assert sequence(port, two).plume_id == apart
    assert port.command(MergeSmoke(plume_id, apart)) == sequence(port, two).plume_id == sequence(port, one).plume_id


def test_a_deleted_sequence_ends_its_plume_and_its_event(engine: Engine, port: LocalPort) -> None:
    (one,) = watched(engine, "a")
    until(lambda: len(going_on(engine)) == 1, "the event is there")
    port.command(RemoveSmoke(one))
    with pytest.raises(NotFound):
        sequence(port, one)
    until(lambda: not going_on(engine), "the event is over")
    assert len(smoke_events(engine)) == 1


def test_what_operators_do_is_in_the_audit(engine: Engine, port: LocalPort) -> None:
    (one,), (two,) = watched(engine, "a"), watched(engine, "b")
    plume_id = port.command(LabelSmoke(one, SmokeLabel.WILDFIRE_SMOKE))
    apart = port.command(UnmatchSmoke(plume_id, two))
    port.command(MergeSmoke(plume_id, apart))
    port.command(RemoveSmoke(two))
    verbs = AuditVerb.LABEL_SMOKE, AuditVerb.UNMATCH_SMOKE, AuditVerb.MERGE_SMOKE, AuditVerb.REMOVE_SMOKE
    rows = port.ask(ListAudit(verbs=tuple(verbs)))
    assert [row.verb for row in rows] == list(reversed(verbs)) and rows[3].subject == one and rows[3].detail == "wildfire_smoke"


def test_p27_a_restart_goes_on_with_what_waited_and_tells_once(tmp_path: Path) -> None:
    with running(tmp_path / "site") as engine:
        demo_port(engine).command(ChangeSettings(lookouts=LOOKOUTS))
        (before,) = watched(engine, "a", count=3)
    with running(tmp_path / "site") as engine:
        assert demo_port(engine).see_smoke(seen(engine, "a", 20)).result(60) == (before,)
        until(lambda: len(going_on(engine)) == 1, "the fourth picture makes it news")
        (event,) = going_on(engine)
    with running(tmp_path / "site") as engine:
        assert demo_port(engine).see_smoke(seen(engine, "a", 10)).result(60) == (before,)
        until(lambda: engine.snapshot(True).smoke.plumes != (), "it is known again")
        assert [each.id for each in going_on(engine)] == [event.id] == [each.id for each in smoke_events(engine)]


def test_p27_what_the_pipeline_did_not_hear_of_before_a_crash_it_hears_of_at_the_start(tmp_path: Path) -> None:
    """As if the crash came after the commit, and before the state of the watch was written."""
    folder = tmp_path / "site"
    with running(folder) as engine:
        demo_port(engine).command(ChangeSettings(lookouts=LOOKOUTS))
        (before,) = watched(engine, "a", count=3)
        state = (folder / NAME).read_bytes()
        watched(engine, "a", count=4)
        until(lambda: len(going_on(engine)) == 1, "the event is there")
    (folder / NAME).write_bytes(state)
    with running(folder) as engine:
        port = demo_port(engine)
        assert port.see_smoke(seen(engine, "a", 5)).result(60) == (before,)
        assert sequence(port, before).validation is ValidationState.VALIDATED  # never taken back
        assert len(smoke_events(engine)) == 1


def test_a_damaged_state_begins_anew_and_nothing_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with running(folder) as engine:
        demo_port(engine).command(ChangeSettings(lookouts=LOOKOUTS))
        watched(engine, "a")
    (folder / NAME).write_bytes(b'{"sequences": {"views"')
    with running(folder) as engine:
        assert len(demo_port(engine).ask(ListPlumes())) == 1


def test_what_cannot_be_is_named(engine: Engine, port: LocalPort) -> None:
    good, now_ns = seen(engine, "a", 0), engine.clock.now_ns()
    wrong = {
        "camera_id": (replace(good, camera_id="nowhere"),),
        "view_id": (replace(good, view_id="9"),),
        "recorded_at": (replace(good, captured_ns=now_ns + 3600 * SECOND), replace(good, captured_ns=now_ns - 8 * 86_400 * SECOND)),
    }
    for field, frames in wrong.items():
        for frame in frames:
            with pytest.raises(InputError) as refused:
                port.see_smoke(frame)
            assert refused.value.field == field


def test_smoke_that_merely_goes_on_is_kept_each_time_and_settled_now_and_then(
    engine: Engine, port: LocalPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, settled = engine.record.store.smoke, list[int]()
    rearrange = table.rearrange
    monkeypatch.setattr(table, "rearrange", lambda changed, arrange: (settled.append(1), rearrange(changed, arrange))[1])
    began = engine.clock.now_ns() // SECOND * SECOND - 70 * SECOND
    frames = [replace(seen(engine, "a", 0), captured_ns=began + after_s * SECOND) for after_s in (0, 10, 20, 30, 31, 40, 59, 60)]
    counts: list[int] = []
    for frame in frames:
        (*ids,) = port.see_smoke(frame).result(60)
        counts.append(len(settled))
    assert counts == [0, 0, 1, 2, 2, 2, 2, 3]  # it begins, is validated, goes on
    assert sequence(port, ids[0]).last_seen_ns == port.ask(ListPlumes())[0].plume.last_seen_ns == frames[-1].captured_ns


def test_more_than_may_wait_is_refused_and_counted(engine: Engine, port: LocalPort) -> None:
    with engine.smoke.working:  # as if the record took its time
        refused, answers = 0, []
        for index in range(MOST_WAITING + MOST_AT_ONCE + 1):
            try:
                answers.append(port.see_smoke(seen(engine, "a", index / 1000, 0.7)))
            except EnvironmentFault as fault:
                refused += 1
                assert fault.reason == "busy"
        assert refused >= 1 and port.snapshot().smoke.dropped == refused
    assert all(answer.exception(20) is None for answer in answers)


def test_what_the_record_does_not_take_is_refused_and_kept_later(engine: Engine, port: LocalPort, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    table = engine.record.store.smoke
    with monkeypatch.context() as broken:
        broken.setattr(table, "put", full)
        broken.setattr(table, "rearrange", full)
        frames = [seen(engine, "a", 60 - 10 * index) for index in range(4)]
        outcomes = [port.see_smoke(frame).exception(20) for frame in frames]
        assert [isinstance(each, EnvironmentFault) for each in outcomes] == [False, False, True, True]
        until(lambda: "disk is full" in port.snapshot().smoke.trouble, "it is said")
    until(lambda: len(going_on(engine)) == 1, "what could not be kept is kept, and told")
    assert port.see_smoke(frames[3]).exception(20) is None
    until(lambda: not port.snapshot().smoke.trouble, "all is well again")


def test_after_the_end_nothing_is_taken(engine: Engine, port: LocalPort) -> None:
    engine.smoke.close()
    with pytest.raises(EnvironmentFault):
        port.see_smoke(seen(engine, "a", 0))


def smoke_alerts(port: LocalPort) -> list[Alert]:
    return [alert for alert in port.ask(ListAlerts()).alerts if alert.kind is EventKind.SMOKE]


def two_directions(engine: Engine, left: tuple[float, float, float, float], right: tuple[float, float, float, float]) -> None:
    """Smoke at the left of the picture, then smoke at its right beside it."""
    watched(engine, "a", box=left)
    until(lambda: len(smoke_alerts(demo_port(engine))) == 1, "the first is an alert")
    watched(engine, "a", box=right, began_s=55.0)
    until(lambda: len(going_on(engine)) == 2, "two plumes are events")


def test_a_second_plume_in_another_direction_is_another_alert(engine: Engine, port: LocalPort) -> None:
    two_directions(engine, (0.05, 0.4, 0.15, 0.5), (0.8, 0.4, 0.9, 0.5))
    until(lambda: len(smoke_alerts(port)) == 2, "so is the second")
    assert all(len(alert.event_ids) == 1 for alert in smoke_alerts(port))


def test_so_it_is_where_nobody_said_which_way_the_camera_looks(engine: Engine, port: LocalPort) -> None:
    port.command(ChangeSettings(lookouts=()))
    two_directions(engine, (0.05, 0.4, 0.15, 0.5), (0.8, 0.4, 0.9, 0.5))
    until(lambda: len(smoke_alerts(port)) == 2, "so is the second")
