"""Hand-overs over the port of an engine: written with what is open, shown to the next, read, erased, no more than may be seen."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.handover import Handover, LeftKind, ListHandovers, ReadHandover, WriteHandover
from engine.model.alerts.alert import Alert, AlertState
from engine.model.errors import InputError, NotFound, PermissionDenied
from engine.model.event import EventKind, Severity
from engine.model.health import CameraHealth, CameraState
from engine.model.history.briefing import BriefingPart, GetBriefing
from engine.model.people.commands import ErasePerson, PutPerson
from engine.model.question import ListAudit
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import AlertView, CameraView, Snapshot
from engine.model.time import SECOND
from engine.runtime.access.handovers import left_open
from engine.runtime.local import LocalPort
from tests.fakes.people_site import PeopleSite, people_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("handovers") / "site") as site:
        yield site


def port(site: PeopleSite, name: str, cameras: tuple[str, ...] | None = None, role: Role = Role.OPERATOR) -> LocalPort:
    session = Session(f"s-{name}", User(f"user-{name}", name, role, cameras), ROLE_VERBS[role], cameras=cameras)
    return LocalPort(site.engine, lambda: session)


def unread(port: LocalPort) -> list[str]:
    return [each.id for each in port.ask(ListHandovers(unread=True))]


def listed(port: LocalPort, limit: int = 50, before: str | None = None) -> list[Handover]:
    return list(port.ask(ListHandovers(limit, before)))


def test_it_is_shown_to_the_next_until_somebody_read_it(site: PeopleSite) -> None:
    ada, bo, cy = port(site, "ada"), port(site, "bo"), port(site, "cy")
    first = ada.command(WriteHandover("  The gate sticks.  "))
    assert unread(ada) == [] and unread(bo) == unread(cy) == [first]
    second = bo.command(WriteHandover(""))
    assert unread(ada) == unread(cy) == [second] and unread(bo) == []
    cy.command(ReadHandover(second))
    cy.command(ReadHandover(second))
    assert unread(ada) == []
    newest, before = listed(ada)[:2]
    assert (newest.id, newest.since_ns, [read.by for read in newest.read]) == (second, before.at_ns, ["cy"])
    assert (before.text, before.by, before.read) == ("The gate sticks.", "ada", ())
    assert [each.id for each in listed(ada, 1)] == [second] and listed(ada, 1, second)[0].id == first
    rows = port(site, "ada", role=Role.ADMIN).ask(ListAudit(verbs=(AuditVerb.HAND_OVER, AuditVerb.READ_HANDOVER)))
    assert [(row.by, row.verb, row.subject) for row in rows[-4:]] == [
        ("cy", "read_handover", second),
        ("cy", "read_handover", second),
        ("bo", "hand_over", second),
        ("ada", "hand_over", first),
    ]
    assert not any("gate" in row.detail for row in rows)


def test_who_may_not_acknowledge_does_not_hand_over(site: PeopleSite) -> None:
    session = Session("s-x", User("user-x", "x", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR] - {WriteHandover.verb})
    with pytest.raises(PermissionDenied):
        LocalPort(site.engine, lambda: session).command(WriteHandover("x"))
    with pytest.raises(InputError):
        WriteHandover("x" * 4_001)
    with pytest.raises(InputError):
        port(site, "ada").ask(ListHandovers(before_id="ho-none"))


def test_nobody_reads_what_was_written_about_cameras_they_may_not_see(site: PeopleSite) -> None:
    whole, narrow, other = port(site, "ada"), port(site, "dee", ("door",)), port(site, "eve", ("gate",))
    of_all, of_door = whole.command(WriteHandover("about the vault")), narrow.command(WriteHandover("about the door"))
    assert [each.id for each in listed(narrow)] == [of_door] and listed(other) == []
    with pytest.raises(NotFound):
        narrow.command(ReadHandover(of_all))
    assert {of_all, of_door} <= {each.id for each in listed(whole)}
    assert [each.cameras for each in listed(narrow)] == [("door",)]


def test_a_shift_is_told_of_from_one_hand_over_to_the_next_and_a_day_at_most(site: PeopleSite) -> None:
    ada, dee = port(site, "ada"), port(site, "dee", ("door",))
    first, second = ada.command(WriteHandover("one")), ada.command(WriteHandover("two"))
    newest, before = listed(ada)[:2]
    assert (newest.id, before.id) == (second, first)
    told, now = ada.ask(GetBriefing(second)), ada.ask(GetBriefing())
    assert told.until_ns == newest.at_ns and told.since_ns == min(before.at_ns, newest.at_ns - SECOND)
    assert now.until_ns >= told.until_ns and [each.part for each in now.sections] == list(BriefingPart)
    site.engine.record.store.handovers.put(
        replace(newest, id="ho-late", at_ns=newest.at_ns + 1, since_ns=newest.at_ns - 3 * 86_400 * SECOND)
    )
    late = ada.ask(GetBriefing("ho-late"))
    assert late.until_ns - late.since_ns == 86_400 * SECOND
    for hidden in (second, "ho-none"):
        with pytest.raises(NotFound):
            dee.ask(GetBriefing(hidden))
    assert BriefingPart.INCIDENTS not in {each.part for each in dee.ask(GetBriefing()).sections}


def test_what_is_open_goes_along_without_names() -> None:
    new = Alert("al-1", "de-1", "r", EventKind.FALL, Severity.CRITICAL, 5, 5, camera_id="yard", person="Zenobia", reason="Zenobia fell")
    taken = replace(new, id="al-2", state=AlertState.ACKNOWLEDGED)
    health = CameraHealth(CameraState.LOST, "No answer.", 7)
    gate, hall = CameraSettings("gate", "Gate", "usb:0"), CameraSettings("hall", "Hall", "usb:1", enabled=False)
    views = (CameraView(gate, health), CameraView(hall, health), CameraView(hall, CameraHealth(CameraState.LIVE)))
    left = list(left_open(Snapshot(1, 1, Settings(), views, alerts=AlertView((new, taken)))))
    assert [(each.kind, each.id, each.what, each.severity, each.acknowledged) for each in left] == [
        (LeftKind.ALERT, "al-1", "fall", 5, False),
        (LeftKind.ALERT, "al-2", "fall", 5, True),
        (LeftKind.CAMERA, "gate", "No answer.", 0, False),
    ]
    assert "Zenobia" not in repr(left)


def test_erasing_somebody_reaches_what_was_written_about_them(site: PeopleSite) -> None:
    admin = port(site, "ada", role=Role.ADMIN)
    person_id = admin.command(PutPerson(name="Zenobia Quist"))
    note = port(site, "bo").command(WriteHandover('Zenobia Quist was "here" again.'))
    site.job(site.tell(ErasePerson(person_id, "asked for it")))
    told = next(each for each in listed(admin) if each.id == note)
    assert "Zenobia" not in told.text and told.text.endswith('was "here" again.')
