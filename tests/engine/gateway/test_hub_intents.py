"""What is said at a hub about alerts of a site that is away: kept durably, told to the site when it is back, and its outcome told here."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote.hub import HubVisit, RemoteHub
from engine.gateway.remote.port import RemotePort
from engine.model.accounts.access import Role, Verb
from engine.model.alerts.alert import Alert, AlertState, Disposition, HubAct, IntentState
from engine.model.alerts.commands import AssignAlert, ChangeAlert, NoteAlert
from engine.model.alerts.intent import Intent, IntentCommand
from engine.model.command import ChangeSettings
from engine.model.command_terms import CommandTerms
from engine.model.errors import InputError, NotFound
from engine.model.event import Severity
from engine.model.incidents.filing import FileReport
from engine.model.incidents.incident import IncidentCategory
from engine.model.question import ListAlerts
from engine.model.sites import SiteReach
from engine.model.wire import to_plain
from engine.runtime.access.machine_tokens import TokenWanted
from engine.store.shared.record import SharedRecord
from tests.fakes.engine_process import EngineProcess
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.site_at_hub import enter_site, set_up_at_hub
from tests.fakes.small_site import small_site
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, whole_hub

ADMIN, PASSWORD = "ada", "correct horse battery"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Of the database of the hub."""
    with postgres_or_skip() as server:
        yield new_record(server, "intents")


@pytest.fixture(scope="module")
def record(url: str) -> Iterator[SharedRecord]:
    record = SharedRecord(url)
    yield record
    record.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, record: SharedRecord) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub") / "own", record) as hub:
        hub.door.accounts.create_user("Ben", Role.ADMIN, PASSWORD)
        hub.door.accounts.create_user("Cleo", Role.OPERATOR, PASSWORD, ("south",))
        hub.door.accounts.create_user("Dora", Role.OPERATOR, PASSWORD, ("north/door",))
        yield hub


class _Site:
    """`north` at the hub: an engine that comes and goes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        small_site(folder)
        self.engine = EngineProcess(folder)

    def away(self) -> None:
        self.engine.stop()

    def back(self) -> None:
        self.engine = EngineProcess(self.folder)

    def alert(self, alert_id: str) -> Alert | None:
        port = RemotePort(self.engine.url, self.engine.token)
        try:
            return next(iter(port.ask(ListAlerts(1, alert_id=alert_id)).alerts), None)
        finally:
            port.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, hub: WholeHub) -> Iterator[_Site]:
    folder = tmp_path_factory.mktemp("site") / "north"
    site = _Site(folder)
    set_up_at_hub(folder, site.engine, hub, ADMIN, PASSWORD)
    yield site
    site.engine.stop()


@pytest.fixture
def ben(hub: WholeHub) -> Iterator[HubVisit]:
    visit = RemoteHub(hub.url).sign_in("Ben", PASSWORD)
    yield visit
    visit.close()


def raised(visit: HubVisit, latitude: float) -> Alert:
    """Of a report far from all others."""
    port = enter_site(visit)
    try:
        incident = port.command(FileReport(IncidentCategory.VIOLENCE, "A fight at the gate", latitude, 20.0, severity=Severity.CRITICAL))

        def found() -> list[Alert]:
            return [each for each in port.snapshot().alerts.alerts if each.incident_id == incident]

        until(lambda: bool(found()), "it is an alert")
        return found()[0]
    finally:
        port.close()


def outcome(visit: HubVisit, intent_id: str) -> Intent:
    return next(each for each in visit.intents("north") if each.id == intent_id)


def test_what_is_said_while_a_site_is_away_is_told_to_it_and_its_outcome_here(hub: WholeHub, site: _Site, ben: HubVisit) -> None:
    taken, closed = raised(ben, 10.0), raised(ben, 30.0)
    port = RemotePort(site.engine.url, site.engine.token)
    port.command(ChangeAlert((closed.id,), AlertState.CLOSED, Disposition.TRUE))
    port.close()
    site.away()
    said: list[tuple[str, IntentCommand]] = [
        ("in-take", ChangeAlert((taken.id,), AlertState.ACKNOWLEDGED)),
        ("in-note", NoteAlert(taken.id, "Called the owner.")),
        ("in-mine", AssignAlert((taken.id,), "Ben")),
        ("in-close", ChangeAlert((closed.id,), AlertState.CLOSED, Disposition.FALSE)),
        ("in-none", NoteAlert("al-none", "Is there anybody?")),
    ]
    for intent_id, command in said:
        kept = ben.intend("north", command, CommandTerms(intent_id, {"assignee": ""}))
        assert (kept.id, kept.command, kept.by, kept.state) == (intent_id, command, "Ben", IntentState.WAITING)
        assert ben.intend("north", command, CommandTerms(intent_id)).said_ns == kept.said_ns, "sent again, it is the same one"
    assert [each.id for each in reversed(ben.intents("north"))] == [intent_id for intent_id, _ in said]
    site.back()
    until(lambda: all(each.state is not IntentState.WAITING for each in ben.intents("north")), "the site has said what became of them")
    states = {each.id: each.state for each in ben.intents("north")}
    assert states == {
        **{"in-take": IntentState.DONE, "in-note": IntentState.DONE, "in-mine": IntentState.BESIDE},
        **{"in-close": IntentState.BESIDE, "in-none": IntentState.REFUSED},
    }
    assert "There is no alert" in outcome(ben, "in-none").outcome
    there, shut = site.alert(taken.id), site.alert(closed.id)
    assert there is not None and (there.state, there.assignee) == (AlertState.ACKNOWLEDGED, "Ben")
    assert [note.text for note in there.notes] == ["Called the owner."] and there.assignee_id.startswith("hub-")
    assert shut is not None and (shut.disposition, [act.disposition for act in shut.hub_acts]) == (Disposition.TRUE, [Disposition.FALSE])


def test_a_console_over_the_hub_goes_on_where_the_site_is_away(hub: WholeHub, site: _Site, ben: HubVisit) -> None:
    alert = raised(ben, 20.0)
    at_site = enter_site(ben)
    with closing(FederatedPort([Site("n", "North", lambda: at_site, standby=ben.copy_of("north"))])) as port:

        def shown() -> Alert | None:
            return next((each for each in port.snapshot().alerts.alerts if each.id == f"n/{alert.id}"), None)

        until(lambda: shown() is not None, "it is shown")
        site.away()
        until(lambda: port.snapshot().sites[0].reach is SiteReach.AWAY, "the site is away")
        port.command(ChangeAlert((f"n/{alert.id}",), AlertState.ACKNOWLEDGED))
        assert port.waits_at_hub(f"n/{alert.id}")
        until(lambda: [each.outcome for each in _acts(shown())] == [IntentState.WAITING], "it is shown as taken")
        site.back()
        until(lambda: not port.waits_at_hub(f"n/{alert.id}"), "the site has been told")
        there = site.alert(alert.id)
        assert there is not None and (there.state, there.assignee) == (AlertState.ACKNOWLEDGED, "Ben")


def _acts(alert: Alert | None) -> tuple[HubAct, ...]:
    return () if alert is None else alert.hub_acts


def test_a_hub_that_is_killed_after_its_answer_has_it(url: str, hub: WholeHub, record: SharedRecord, site: _Site, ben: HubVisit) -> None:
    alert = raised(ben, 50.0)
    site.away()
    user = hub.door.accounts.user_by_name("Ben")
    keep = f"""
import os, signal
from pathlib import Path
from engine.gateway.hub.intent_desk import IntentDesk
from engine.model.accounts.access import Role, User
from engine.model.alerts.commands import NoteAlert
from engine.model.time import SystemClock
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.record import SharedRecord
desk = IntentDesk(SharedRecord({url!r}), HubKeys.in_folder(Path({str(site.folder.parent)!r})), SystemClock())
desk.keep("north", User({user.id!r}, "Ben", Role.OPERATOR), "in-killed", NoteAlert({alert.id!r}, "Once."))
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", keep], timeout=120, check=False).returncode == -signal.SIGKILL
    site.back()
    until(lambda: outcome(ben, "in-killed").state is IntentState.DONE, "the site is told by the hub that is left")
    there = site.alert(alert.id)
    assert there is not None and [note.text for note in there.notes] == ["Once."]


def test_who_may_not_says_nothing(hub: WholeHub, site: _Site, ben: HubVisit) -> None:
    note = NoteAlert("al-1", "x")
    cleo = RemoteHub(hub.url).sign_in("Cleo", PASSWORD)
    for act in (lambda: cleo.intend("north", note), lambda: cleo.intents("north"), lambda: ben.intend("nowhere", note)):
        with pytest.raises(NotFound):
            act()
    cleo.close()
    seeing = hub.door.accounts.create_token(Role.OPERATOR, "sees", TokenWanted((Verb.SEE_PAST,)))
    body = {"id": "in-x", "command": to_plain(note, tagged=True)}
    path = f"{hub.url}/api/v1/hub/sites/north/intents"
    assert httpx.post(path, json=body, headers={"Authorization": f"Bearer {seeing}"}).status_code == 403
    assert httpx.post(path, json=body).status_code == httpx.get(path).status_code == 401


def test_who_is_limited_to_cameras_says_and_hears_of_those_only(hub: WholeHub, record: SharedRecord, site: _Site, ben: HubVisit) -> None:
    alert = raised(ben, 70.0)
    until(lambda: bool(record.answer(ListAlerts(1, alert_id=f"north/{alert.id}")).alerts), "the hub knows the alert")
    dora = RemoteHub(hub.url).sign_in("Dora", PASSWORD)
    try:
        ben.intend("north", NoteAlert(alert.id, "Not for Dora."), CommandTerms("in-bens"))
        dora.intend("north", NoteAlert(alert.id, "Not by Dora."), CommandTerms("in-doras"))
        until(lambda: outcome(dora, "in-doras").state is IntentState.REFUSED, "no camera of hers saw it")
        assert [each.id for each in dora.intents("north")] == ["in-doras"]
    finally:
        dora.close()
    there = site.alert(alert.id)
    assert there is not None and "Not by Dora." not in [note.text for note in there.notes]


def test_what_no_intent_can_be_is_refused(hub: WholeHub, site: _Site, ben: HubVisit) -> None:
    before = {each.id for each in ben.intents("north")}
    for wrong in (
        ChangeAlert(("al-1",), AlertState.CLOSED),
        ChangeAlert((), AlertState.ACKNOWLEDGED),
        NoteAlert("al-1", " "),
        NoteAlert("al-1", "a\x00b"),
        NoteAlert("a" * 201, "x"),
        ChangeSettings(site_name="Mine"),
    ):
        with pytest.raises(InputError):
            ben.intend("north", wrong)  # type: ignore[arg-type]
    ben.intend("north", NoteAlert("al-1", "x"), CommandTerms("in-same"))
    with pytest.raises(InputError, match="another intent"):
        ben.intend("north", NoteAlert("al-1", "y"), CommandTerms("in-same"))
    assert {each.id for each in ben.intents("north")} - before == {"in-same"}
