"""Persons over HTTP: nothing without a token (S28), no more than the role may, and what is shown to one session only."""

import base64
from collections.abc import Iterator

import httpx
import pytest

from console.site import Site
from engine.gateway.remote.port import RemoteDoor
from engine.model import wire
from engine.model.accounts.access import Verb
from engine.model.command import Command
from engine.model.errors import InputError, NotFound
from engine.model.people.commands import (
    DenyFace,
    EnrolFace,
    EnrolFromClip,
    ErasePerson,
    MergePersons,
    NameTrack,
    PutPerson,
    RenamePerson,
    SplitPerson,
    UndoSpokenName,
    UnmaskFaces,
)
from engine.model.port import EnginePort
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.waiting import until

COMMANDS: tuple[Command, ...] = (
    PutPerson("Eve"),
    RenamePerson("pe-1", "Eve"),
    ErasePerson("pe-1", "why"),
    ErasePerson("pe-1", "why", ("zoe",), ("phone-7",)),
    MergePersons("pe-1", "pe-2"),
    SplitPerson(("fa-1",), "Eve"),
    DenyFace("fa-1"),
    NameTrack("fu-1", "pe-1"),
    UndoSpokenName("pe-1"),
    EnrolFace("pe-1", "abcd"),
    EnrolFromClip("pe-1", "cl-1"),
    UnmaskFaces("why"),
)
PATHS = ("/api/v1/port/snapshot", "/api/v1/port/faces/fa-1/picture", "/api/v1/snapshot", "/api/v1/events", "/api/v1/clips")


def body(command: Command) -> dict[str, object]:
    return wire.to_plain(command, tagged=True)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_no_command_without_a_token(stranger: httpx.Client, site: Site, command: Command) -> None:
    assert stranger.post("/api/v1/port/command", json=body(command)).status_code == 401
    forged = {"Authorization": "Bearer " + "0" * 43}
    assert stranger.post("/api/v1/port/command", json=body(command), headers=forged).status_code == 401
    assert all(person.name != "Eve" for person in site.engine.people.persons.values())


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_a_token(stranger: httpx.Client, path: str) -> None:
    assert stranger.get(path).status_code == 401


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_operators_do_what_their_role_may(client: httpx.Client, command: Command) -> None:
    status = client.post("/api/v1/port/command", json=body(command)).status_code
    assert status == (404 if command.verb is Verb.ACKNOWLEDGE else 403)


@pytest.fixture
def person(site: Site) -> Iterator[str]:
    port = site.door.sign_in(ADMIN, PASSWORD)
    person_id = port.command(PutPerson("Ida"))
    yield person_id
    if person_id in site.engine.people.persons:
        port.command(ErasePerson(person_id, "the test is over"))
        until(lambda: site.engine.record.store.erasures() == (), "they are erased")
    port.close()


def test_an_operator_renames_but_does_not_take_a_name_twice(client: httpx.Client, site: Site, person: str) -> None:
    assert client.post("/api/v1/port/command", json=body(RenamePerson(person, "Ida B."))).json() == {"id": person}
    assert site.engine.people.persons[person].name == "Ida B."


def test_a_picture_larger_than_other_bodies_arrives(port: EnginePort, person: str) -> None:
    large = base64.b64encode(b"\xff\xd8\xff" + bytes(9 << 20)).decode()
    with pytest.raises(InputError, match="not recognised on this site"):
        port.command(EnrolFace(person, large))
    with pytest.raises(NotFound):
        port.command(EnrolFace("pe-nobody", large))


def test_faces_are_shown_to_the_session_that_asked(site: Site) -> None:
    for door in (site.door, RemoteDoor(site.url)):
        asking, other = (door.sign_in(ADMIN, PASSWORD) for _ in range(2))
        try:
            asking.command(UnmaskFaces("a theft at the door"))
            until(lambda port=asking: port.snapshot().people.unmasked_until_ns is not None, "faces are shown")
            assert other.snapshot().people.unmasked_until_ns is None
        finally:
            asking.close()
            other.close()
