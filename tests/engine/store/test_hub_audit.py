"""What is done at a hub is in its audit, a chain that shows who changes it."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import text

from engine.gateway.hub.door import HubDoor
from engine.gateway.hub.enrolment import Enrolment
from engine.gateway.hub.hub import Hub
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditFault, AuditRow
from engine.model.errors import NotFound, NotSignedIn
from engine.model.time import SECOND, ManualClock
from engine.runtime.access.lockout import Origin
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.store.shared.record import SharedRecord
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.waiting import until
from tests.fakes.whole_hub import empty_record

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    with empty_record(server) as record:
        yield record


def verbs(record: SharedRecord) -> list[tuple[str, str, str]]:
    """By whom, what, about what: oldest first."""
    return [(row.by, row.verb, row.subject) for row in reversed(record.audit.rows(100))]


def change(record: SharedRecord, statement: str) -> None:
    with record._write() as connection:
        connection.execute(text(statement))


def test_sites_are_in_the_audit_from_their_code_to_their_end(record: SharedRecord, tmp_path: Path) -> None:
    enrolment = Enrolment(record, HubKeys.in_folder(tmp_path), "nats://hub.example:4222", ManualClock(SECOND))
    public = NKey.new(KeyKind.USER).public
    enrolment.redeem(enrolment.new_code("north", "North gate"), public)
    record.rename_site("north", "North", 2, "ada")
    record.retire_site("north", 3, "ada")
    for act in (lambda: record.rename_site("south", "South", 2), lambda: record.retire_site("south", 2)):
        with pytest.raises(NotFound):
            act()
    wanted = [("", "create_code"), ("", "join_site"), ("ada", "rename_site"), ("ada", "retire_site")]
    assert verbs(record) == [(by, verb, "north") for by, verb in wanted]
    assert record.audit.rows(3)[-1].detail == f"key {public}"


def test_people_and_tokens_are_in_the_audit_and_what_was_typed_is_not(record: SharedRecord, tmp_path: Path) -> None:
    clock, keys = ManualClock(SECOND), HubKeys.in_folder(tmp_path)
    door = HubDoor(record, keys, cast("Hub", SimpleNamespace(port_to=None)), clock)  # nobody goes to a site
    ada = door.accounts.create_user("Ada", Role.ADMIN, PASSWORD).id
    origin = Origin("10.0.0.7", stranger=True)
    token, _ = door.sign_in("Ada", PASSWORD, origin)
    door.sign_out(token)
    for name in ("ada", "my secret word"):
        with pytest.raises(NotSignedIn):
            door.sign_in(name, "wrong", origin)
    until(lambda: len(verbs(record)) == 3, "the one that was refused is kept too")
    for _ in range(4):
        with pytest.raises(NotSignedIn):
            door.sign_in("ada", "wrong", origin)
    until(lambda: [verb for _, verb, _ in verbs(record)].count("refuse_sign_in") == 4, "and those after it, until the name is closed")
    door.accounts.create_token(Role.OPERATOR, "Prometheus", TokenWanted(by="ada"))
    found = verbs(record)
    assert [verb for _, verb, _ in found[:3]] == ["sign_in", "sign_out", "refuse_sign_in"]
    assert ("", "sign_in_closed", ada) in found and ("", "refuse_sign_in", ada) in found
    assert found[-1][:2] == ("ada", "create_token")
    assert not [row for row in record.audit.rows(100) if "secret" in str(row) or "wrong" in str(row)]


def test_a_chain_is_whole_however_many_add_to_it(record: SharedRecord) -> None:
    threads = [threading.Thread(target=lambda: [record.audit.add(AuditRow(1, "x", "sign_in")) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain, newest = record.audit.check()
    assert (chain.rows, chain.fault) == (80, None)
    assert newest is not None and newest.seq == 80
    assert record.audit.rows(1) == (newest,)


@pytest.mark.parametrize(
    ("statement", "fault", "seq"),
    [
        ("UPDATE audit SET subject = 'other' WHERE seq = 3", AuditFault.CHANGED, 3),
        ("DELETE FROM audit WHERE seq = 3", AuditFault.REMOVED, 3),
        ("INSERT INTO audit SELECT 6, at_ns, \"by\", verb, subject, detail, '', by_id FROM audit WHERE seq = 5", AuditFault.INSERTED, 6),
    ],
)
def test_what_was_changed_is_found(record: SharedRecord, statement: str, fault: AuditFault, seq: int) -> None:
    for number in range(5):
        record.audit.add(AuditRow(number, "x", "sign_in", str(number)))
    assert record.audit.check()[0].fault is None
    change(record, statement)
    chain, _ = record.audit.check()
    assert (chain.fault, chain.seq) == (fault, seq)


def test_what_was_not_done_is_not_in_it(record: SharedRecord) -> None:
    record.add_site("north", "North")
    change(record, "ALTER TABLE audit RENAME TO away")
    with pytest.raises(Exception, match="audit"):
        record.retire_site("north", 1)
    assert record.site("north").retired_ns is None, "nor is done what could not be kept"
