"""What was said at the hub, brought to a whole engine: as that person, as far as the site lets them, once, and to be found in the audit.
And two operators at once at the site itself."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.alerts.alert import Alert, AlertState, Disposition, IntentState
from engine.model.alerts.commands import AssignAlert, ChangeAlert, NoteAlert
from engine.model.alerts.intent import Intent, IntentCommand, IntentEnd
from engine.model.command_terms import CommandTerms, terms_from
from engine.model.errors import Conflict, EnvironmentFault, InputError, NotFound
from engine.model.people.commands import ErasePerson
from engine.model.question import ListAlerts, ListAudit
from engine.model.time import to_iso
from engine.runtime.access import accounts
from engine.runtime.alerts.intent_judge import IntentJudge
from engine.runtime.local import LocalPort
from tests.engine.runtime.test_alerts import raised
from tests.fakes.people_site import ADMIN, PeopleSite, people_site

_NUMBERS = count()
BEN = User("hub-7", "Ben", Role.OPERATOR)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("intents") / "site") as site:
        yield site


@pytest.fixture
def alert(site: PeopleSite) -> Alert:
    return raised(site, f"intent-{next(_NUMBERS)}")


def said(site: PeopleSite, command: IntentCommand, id_: str = "", seen: str | None = None) -> Intent:
    return Intent(id_ or f"in-{next(_NUMBERS)}", command, site.engine.clock.now_ns(), "Ben", "7", seen)


def bring(site: PeopleSite, intent: Intent, user: User = BEN) -> IntentEnd:
    command = intent.command
    assert not isinstance(command, ErasePerson)
    return IntentJudge(site.engine).take(intent, command, user)


def acknowledge(alert: Alert) -> ChangeAlert:
    return ChangeAlert((alert.id,), AlertState.ACKNOWLEDGED)


def close(alert: Alert, what: Disposition) -> ChangeAlert:
    return ChangeAlert((alert.id,), AlertState.CLOSED, what)


def now(site: PeopleSite, alert: Alert) -> Alert:
    """Open, or as the record has it."""
    site.flush()
    return site.engine.record.store.answer(ListAlerts(1, alert_id=alert.id)).alerts[0]


def audited(site: PeopleSite, alert: Alert) -> list[AuditRow]:
    site.engine.auditor.finish()
    return [row for row in site.engine.record.store.answer(ListAudit()) if row.subject == alert.id]


def test_it_is_done_as_that_person_and_the_audit_says_how(site: PeopleSite, alert: Alert) -> None:
    intent = said(site, acknowledge(alert))
    assert bring(site, intent) == IntentEnd(intent.id, IntentState.DONE)
    after = now(site, alert)
    assert (after.state, after.assignee, after.assignee_id) == (AlertState.ACKNOWLEDGED, "Ben", "hub-7")
    (row,) = audited(site, alert)
    assert (row.by, row.by_id, row.verb) == ("Ben", "hub-7", AuditVerb.CHANGE_ALERT)
    assert row.detail == f"acknowledged; said at the hub {to_iso(intent.said_ns)} while this site was away; intent {intent.id}"
    assert bring(site, intent) == IntentEnd(intent.id, IntentState.DONE), "brought again"
    assert now(site, alert) == after and len(audited(site, alert)) == 1


def test_a_second_verdict_on_a_closed_alert_is_kept_and_told(site: PeopleSite, alert: Alert) -> None:
    site.tell(acknowledge(alert))
    site.tell(close(alert, Disposition.TRUE))
    intent = said(site, close(alert, Disposition.FALSE))
    assert bring(site, intent) == IntentEnd(intent.id, IntentState.BESIDE, "The alert was closed at the site before.")
    after = now(site, alert)
    assert (after.state, after.disposition, after.assignee) == (AlertState.CLOSED, Disposition.TRUE, ADMIN.user.name)
    assert [(act.by, act.disposition, act.outcome) for act in after.hub_acts] == [("Ben", Disposition.FALSE, IntentState.BESIDE)]
    assert "after somebody else" in audited(site, alert)[0].detail
    assert site.engine.alerts.alert(alert.id) is None, "it stays closed"


def test_who_had_it_first_is_told(site: PeopleSite, alert: Alert) -> None:
    site.tell(acknowledge(alert))
    assert bring(site, said(site, acknowledge(alert))).outcome == f"{ADMIN.user.name} had it before."


def test_an_assignment_to_oneself_means_the_account_here(site: PeopleSite, alert: Alert) -> None:
    assert bring(site, said(site, AssignAlert((alert.id,), "Ben"), seen="")).state is IntentState.DONE
    assert now(site, alert).is_with(BEN)
    refused = bring(site, said(site, AssignAlert((alert.id,), "Nobody"), seen="Ben"))
    assert refused.state is IntentState.REFUSED and "There is no user 'Nobody'" in refused.outcome


def test_a_hub_makes_only_so_many_accounts_here(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    there = site.engine.accounts.admit_vouched(BEN)
    monkeypatch.setattr(accounts, "MOST_VOUCHED", sum(user.id.startswith("hub-") for user in site.engine.accounts.users()))
    with pytest.raises(EnvironmentFault) as full:
        site.engine.accounts.admit_vouched(replace(BEN, id="hub-more", name="More"))
    assert full.value.reason == "full" and site.engine.accounts.admit_vouched(BEN) == there


def test_no_more_than_the_person_may(site: PeopleSite, alert: Alert) -> None:
    elsewhere = bring(site, said(site, acknowledge(alert)), replace(BEN, id="hub-8", cameras=("door",)))
    assert elsewhere.state is IntentState.REFUSED and "There is no alert" in elsewhere.outcome
    for command in (acknowledge(replace(alert, id="al-9")), ChangeAlert((), AlertState.ACKNOWLEDGED), NoteAlert(alert.id, "a\x00b")):
        assert bring(site, said(site, command)).state is IntentState.REFUSED
    assert now(site, alert).hub_acts == ()


def test_what_had_reached_the_site_directly_is_not_done_again(site: PeopleSite, alert: Alert) -> None:
    """The answer was lost on the way, and the console said it at the hub under the same id."""
    user = site.engine.accounts.admit_vouched(BEN)
    port = LocalPort(site.engine, lambda: Session("s", user, ROLE_VERBS[Role.OPERATOR]))
    port.command(NoteAlert(alert.id, "Called the owner."), CommandTerms("key-1"))
    assert bring(site, said(site, NoteAlert(alert.id, "Called the owner."), "key-1")).state is IntentState.DONE
    assert [note.text for note in now(site, alert).notes] == ["Called the owner."]


def test_of_two_at_the_site_the_second_is_told_who_was_first_and_both_are_in_the_audit(site: PeopleSite, alert: Alert) -> None:
    bea = replace(ADMIN, id="bea", user=User("us-bea", "Bea", Role.OPERATOR))
    port, seen = LocalPort(site.engine, lambda: bea), terms_from(ChangeAlert((alert.id,), AlertState.NEW))
    site.tell(acknowledge(alert))
    for terms in (seen, CommandTerms()):
        with pytest.raises(Conflict) as refused:
            port.command(acknowledge(alert), terms)
        assert str(refused.value) == f"{ADMIN.user.name} was first: the alert is acknowledged. Nothing was changed."
        assert refused.value.by == ADMIN.user.name
    with pytest.raises(InputError, match="forward only"):
        site.tell(acknowledge(alert))
    site.tell(close(alert, Disposition.BENIGN))
    site.flush()
    with pytest.raises(Conflict, match=r"the alert is closed \(benign\)"):
        port.command(close(alert, Disposition.TRUE))
    with pytest.raises(NotFound):
        port.command(acknowledge(alert))
    details = {(row.by, row.detail) for row in audited(site, alert)}
    assert {("Bea", "acknowledged; not done, after somebody else"), ("Bea", "closed, true; not done, after somebody else")} <= details
    assert now(site, alert).is_with(ADMIN.user)
