"""Alerts in a whole engine: raised from what people report, worked by operators, there again after a restart, and their rules."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.commands import (
    AssignAlert,
    ChangeAlert,
    ChangeAlerting,
    DoStep,
    NoteAlert,
    PromoteHeld,
    SeeAlert,
    SetSiteMode,
    ShelveAlert,
)
from engine.model.alerts.settings import Rule, SiteMode
from engine.model.command import CreateUser, RemoveUser
from engine.model.command_terms import terms_from
from engine.model.errors import Conflict, InputError, NotFound
from engine.model.event import EventKind, Severity
from engine.model.incidents.incident import Corroboration, EvidenceKind, Incident, IncidentCategory, IncidentState
from engine.model.observation import IncidentChanged
from engine.model.question import ListAlerts, ListAudit, PrintRules, ReadRules, TryRules, WrongLine
from engine.model.question_type import Question
from engine.model.time import SECOND, SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort
from engine.runtime.settings.settings_file import load_settings
from engine.vision.models import ModelStore
from tests.fakes.people_site import ADMIN, PeopleSite, people_site
from tests.fakes.waiting import until

T = TypeVar("T")

PROCEDURE = ("Look at the picture.", "Send somebody.")
DOUBTED = Rule("doubted", "Reports that many make", kinds=(EventKind.INCIDENT,), min_log_odds=1.5, procedure=PROCEDURE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("alerts") / "site") as site:
        yield site


def incident(name: str, severity: Severity = Severity.HIGH, reporters: int = 1, at_ns: int = 0) -> Incident:
    said = tuple(Corroboration(EvidenceKind.REPORT, f"re-{name}-{i}", f"user:{i}", at_ns, "first", 1.0) for i in range(reporters))
    times = (at_ns, at_ns, at_ns)
    return Incident(
        f"in-{name}", IncidentCategory.THEFT, "A bicycle is gone", 59.0, 18.0, *times, severity, corroborations=said, revision=reporters
    )


def ask(site: PeopleSite, question: Question[T]) -> T:
    return LocalPort(site.engine, lambda: ADMIN).ask(question)


def report(engine: Engine, name: str, severity: Severity = Severity.HIGH, reporters: int = 1) -> None:
    now_ns = engine.clock.now_ns()
    engine.mailbox.post(IncidentChanged(now_ns, incident(name, severity, reporters, now_ns)))


def raised(site: PeopleSite, name: str, severity: Severity = Severity.HIGH) -> Alert:
    """The alert of a new incident."""
    report(site.engine, name, severity)
    until(lambda: alert_of(site.engine, name) is not None, f"{name} is an alert")
    found = alert_of(site.engine, name)
    assert found is not None
    return found


def alert_of(engine: Engine, name: str) -> Alert | None:
    return next((alert for alert in shown(engine) if alert.incident_id == f"in-{name}"), None)


def shown(engine: Engine) -> tuple[Alert, ...]:
    return engine.snapshot(with_users=False).alerts.alerts


def test_what_people_report_is_worked_from_new_to_closed(site: PeopleSite) -> None:
    alert = raised(site, "worked")
    assert alert.state is AlertState.NEW and alert.severity is Severity.HIGH and "One person reports theft" in alert.reason
    site.tell(SeeAlert(alert.id))
    site.tell(ChangeAlert((alert.id,), AlertState.ACKNOWLEDGED))
    site.tell(CreateUser("Grace", Role.OPERATOR, "a long password"))
    site.tell(AssignAlert((alert.id,), "Grace"))
    site.tell(NoteAlert(alert.id, "Called the owner."))
    site.tell(ChangeAlert((alert.id,), AlertState.IN_PROGRESS))
    now = site.engine.alerts.alert(alert.id)
    assert now is not None and now.state is AlertState.IN_PROGRESS and now.assignee == "Grace"
    assert now.seen_by == (ADMIN.user.name,) and [note.text for note in now.notes] == ["Called the owner."]
    assert site.tell(ChangeAlert((alert.id,), AlertState.CLOSED, Disposition.TRUE)) == alert.id
    assert alert.id not in {each.id for each in shown(site.engine)}
    site.flush()
    kept = {each.id: each for each in ask(site, ListAlerts(open=False)).alerts}
    assert kept[alert.id].disposition is Disposition.TRUE


def test_a_new_user_of_an_old_name_is_somebody_else(site: PeopleSite) -> None:
    alert = raised(site, "namesakes")
    first = site.tell(CreateUser("Heidi", Role.OPERATOR, "a long password"))
    site.tell(AssignAlert((alert.id,), "Heidi"))
    site.tell(RemoveUser(first))
    second = site.tell(CreateUser("Heidi", Role.OPERATOR, "a long password"))
    now = site.engine.alerts.alert(alert.id)
    assert now is not None and (now.assignee, now.assignee_id) == ("Heidi", first) and first != second
    assert not now.is_with(NamedUser("Heidi", second))
    with pytest.raises(InputError, match="There is no user"):
        site.tell(AssignAlert((alert.id,), "Heidi", first))
    site.tell(AssignAlert((alert.id,), "Heidi"))
    now = site.engine.alerts.alert(alert.id)
    assert now is not None and now.is_with(NamedUser("Heidi", second))
    rows = site.engine.record.store.answer(ListAudit(verbs=(AuditVerb.ASSIGN_ALERT,)))
    assert rows[0].subject == alert.id and (rows[0].by, rows[0].by_id) == (ADMIN.user.name, ADMIN.user.id)


def test_what_cannot_be_done_is_refused_with_a_sentence(site: PeopleSite) -> None:
    alert = raised(site, "refused")
    with pytest.raises(InputError, match="disposition: is needed to close"):
        site.tell(ChangeAlert((alert.id,), AlertState.CLOSED))
    with pytest.raises(InputError, match="cannot become new"):
        site.tell(ChangeAlert((alert.id,), AlertState.NEW))
    with pytest.raises(InputError, match="seven days"):
        site.tell(ShelveAlert((alert.id,), 8 * 86_400, "Away"))
    with pytest.raises(InputError, match="reason: needs 1"):
        site.tell(ShelveAlert((alert.id,), 60.0, " "))
    with pytest.raises(InputError, match="There is no user"):
        site.tell(AssignAlert((alert.id,), "Nobody"))
    with pytest.raises(InputError, match="There is no step 1: the procedure has 0"):
        site.tell(DoStep(alert.id, 0))
    with pytest.raises(NotFound, match="no longer held"):
        site.tell(PromoteHeld("de-0"))
    site.tell(ChangeAlert((alert.id,), AlertState.CLOSED, Disposition.FALSE))
    with pytest.raises(NotFound, match="no open alert"):
        site.tell(NoteAlert(alert.id, "Too late"))


def test_of_several_those_are_left_out_for_which_it_is_too_late(site: PeopleSite) -> None:
    first, second = raised(site, "several-1"), raised(site, "several-2")
    site.tell(ChangeAlert((first.id,), AlertState.ACKNOWLEDGED))
    site.tell(ChangeAlert((first.id, second.id), AlertState.ACKNOWLEDGED))
    assert {alert.state for alert in shown(site.engine) if alert.id in (first.id, second.id)} == {AlertState.ACKNOWLEDGED}
    with pytest.raises(InputError, match="forward only"):
        site.tell(ChangeAlert((first.id, second.id), AlertState.ACKNOWLEDGED))


def test_what_another_operator_has_taken_stays_theirs(site: PeopleSite) -> None:
    """Both saw it as nobody's, and as new."""
    alert, port = raised(site, "taken by two"), LocalPort(site.engine, lambda: ADMIN)
    nobodys = terms_from(AssignAlert((alert.id,), ""))
    for name in ("bea", "cyd"):
        site.tell(CreateUser(name, Role.OPERATOR, "correct horse battery"))
    port.command(AssignAlert((alert.id,), "bea"), nobodys)
    with pytest.raises(Conflict, match=r"assignee \(now bea\)") as refused:
        port.command(AssignAlert((alert.id,), "cyd"), nobodys)
    assert (refused.value.field, refused.value.by) == ("assignee", ADMIN.user.name)
    port.command(ChangeAlert((alert.id,), AlertState.IN_PROGRESS), terms_from(ChangeAlert((alert.id,), AlertState.NEW)))
    with pytest.raises(Conflict) as refused:
        port.command(ChangeAlert((alert.id,), AlertState.CLOSED, Disposition.FALSE), terms_from(ChangeAlert((alert.id,), AlertState.NEW)))
    assert refused.value.changed == ("state",)


def test_rules_are_changed_tried_and_a_stale_change_is_refused(site: PeopleSite) -> None:
    before = site.engine.settings.alerts
    raised(site, "tried")
    site.flush()
    tried = ask(site, TryRules(replace(before, rules=()), 1.0))
    assert tried is not None and tried.lost and not tried.gained and not tried.same
    site.tell(SetSiteMode(SiteMode.NIGHT))
    assert site.tell(
        ChangeAlerting(replace(before, rules=(*(rule for rule in before.rules if rule.id not in ("report", "fault")), DOUBTED)))
    ) == str(before.version + 1)
    now = site.engine.settings.alerts
    assert now.mode is SiteMode.NIGHT and now.rules[-1] == DOUBTED and now.version == before.version + 1
    assert load_settings(site.engine.data.settings).alerts == now
    with pytest.raises(InputError, match="changed meanwhile") as refused:
        site.tell(ChangeAlerting(before))
    assert refused.value.field == "version"
    nowhere = replace(now, rules=(replace(DOUBTED, camera_ids=("attic",)),))
    with pytest.raises(InputError, match="there is no camera 'attic'") as refused:
        site.tell(ChangeAlerting(nowhere))
    assert refused.value.field == "rules.doubted.camera_ids"
    assert site.engine.snapshot(with_users=False).alerts.mode is SiteMode.NIGHT


def test_rules_are_printed_and_read_again(site: PeopleSite) -> None:
    now = site.engine.settings.alerts
    printed = ask(site, PrintRules())
    assert (printed.version, printed.rules) == (now.version, now.rules)
    assert ask(site, ReadRules(printed.text)) == printed
    one = ask(site, PrintRules((DOUBTED,)))
    assert one.rules == (DOUBTED,) and one.text.count("[[rule]]") == 1
    wrong = ask(site, ReadRules(one.text + 'camera_ids = ["attic"]\n'))
    assert not wrong.rules and wrong.text.endswith('["attic"]\n')
    (line,) = wrong.wrong
    assert line == WrongLine(one.text.count("\n") + 1, "rules.doubted.camera_ids", line.message) and "no camera 'attic'" in line.message


def test_what_was_held_is_promoted_with_one_command_and_counted(site: PeopleSite) -> None:
    report(site.engine, "held", Severity.MODERATE)  # 0.85 of 1.5
    held = lambda: [d for d in site.engine.snapshot(with_users=False).alerts.held if d.subject_id == "in-held"]  # noqa: E731
    until(lambda: bool(held()), "it is held")
    decision = held()[0]
    assert "0.65 more evidence" in decision.flip
    alert_id = site.tell(PromoteHeld(decision.id))
    alert = site.engine.alerts.alert(alert_id)
    assert alert is not None and alert.promoted and alert.rule_id == "doubted" and alert.procedure == PROCEDURE
    assert not held()
    site.tell(DoStep(alert_id, 1))
    stepped = site.engine.alerts.alert(alert_id)
    assert stepped is not None and stepped.steps_done == (1,)
    until(lambda: ("doubted", 1) in site.engine.snapshot(with_users=False).alerts.load.promoted, "the promotion is counted")


def test_alerts_are_there_again_after_a_restart_also_where_the_pipeline_has_lost_them(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings())
        engine.start()
        report(engine, "kept")
        until(lambda: alert_of(engine, "kept") is not None, "it is an alert")
        found = alert_of(engine, "kept")
        assert found is not None
        engine.alerts.enter(ChangeAlert((found.id,), AlertState.ACKNOWLEDGED), NamedUser("ada"), engine.clock.now_ns())
        kept = alert_of(engine, "kept")
        engine.stop()
        for file in data.checkpoints.iterdir():
            file.unlink()
        replayed = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings())
        assert list(replayed.record.pipeline.alerts.alerts) == [kept], "the journal alone gives the same alert with the same id"
        replayed.stop()
        again = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings())
        assert alert_of(again, "kept") == kept
        again.stop()
        for folder in (data.journal, data.checkpoints):
            for file in folder.iterdir():
                file.unlink()
        bare = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings())
        bare.start()
        assert kept is not None
        until(lambda: [alert.id for alert in bare.record.pipeline.alerts.alerts] == [kept.id], "the pipeline knows it again")
        bare.alerts.enter(ChangeAlert((kept.id,), AlertState.CLOSED, Disposition.UNKNOWN), NamedUser("ada"), bare.clock.now_ns())
        assert not shown(bare)
        bare.stop()


def test_an_incident_that_is_closed_ends_what_its_alert_is_about(site: PeopleSite) -> None:
    alert = raised(site, "ended", Severity.CRITICAL)
    now_ns = site.engine.clock.now_ns()
    gone = replace(incident("ended", Severity.CRITICAL, at_ns=now_ns), state=IncidentState.CLOSED, revision=9)
    site.engine.mailbox.post(IncidentChanged(now_ns + SECOND, gone))
    until(lambda: (alert_of(site.engine, "ended") or alert).ended, "it has ended")
