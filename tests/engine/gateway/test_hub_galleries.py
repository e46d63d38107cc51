"""Persons recognised at other sites of a real hub: for purposes with a gallery, where both sites agree, and forgotten everywhere."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from engine.gateway.hub.gallery_desk import entry_id
from engine.model.accounts.audit import AuditRow
from engine.model.cameras.face import Faces
from engine.model.event import Event, EventKind
from engine.model.geometry import Floats
from engine.model.observation import FacesSeen
from engine.model.people.commands import ErasePerson
from engine.model.people.purposes import Purpose
from engine.model.question import ListEvents
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.fakes.linked_sites import MISSING, LinkedSite, LinkedSites, linked_sites, near
from tests.fakes.people_site import MODEL, look
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.waiting import until

WATCHED = Purpose("watched", "Banned from all shops", "Recognise who was banned", "Legitimate interest", 90, gallery=True)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres_or_skip() as server:
        yield new_record(server, "galleries")


@pytest.fixture(scope="module")
def sites(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedSites]:
    record = SharedRecord(database)
    with linked_sites(tmp_path_factory.mktemp("sites"), record, "north", "south", "west") as sites:
        record.person_links.put_purpose(WATCHED, AuditRow(1, "test", "put_purpose", WATCHED.id))
        sites.all_agree(WATCHED, "north", "south")
        sites.all_agree(MISSING, "north", "south", "west")
        yield sites
    record.close()


def show(site: LinkedSite, embedding: Floats, track: str, looks: int = 2) -> None:
    """As if a camera had seen this face on one track."""
    for number in range(looks):
        faces = Faces(
            np.array([[10, 10, 50, 60]], np.float32),
            np.zeros((1, 5, 2), np.float32),
            np.ones(1, np.float32),
            embedding[None],
            np.array([0.3], np.float32),  # too poor to be made a person of this site
        )
        now_ns = site.engine.clock.now_ns() + number
        site.engine.mailbox.post(FacesSeen("door", now_ns, (track,), (track,), faces, MODEL, 0.5))


def said(site: LinkedSite) -> list[Event]:
    site.flush()
    return [event for event in site.engine.record.store.answer(ListEvents(limit=200)) if event.kind is EventKind.NAMED]


def watched(sites: LinkedSites, number: int, name: str) -> tuple[str, str]:
    """Somebody of north whom south holds: their id, and that of the entry."""
    person = sites["north"].person(name, look(number))
    sites["north"].put_under(person, WATCHED)
    key = entry_id(WATCHED.id, f"north/{person}")
    until(lambda: held(sites, key) == ["south"], "south holds them, and the hub knows it")
    return person, key


def held(sites: LinkedSites, key: str) -> list[str]:
    return [each.site for each in sites.record.galleries.held_entries() if each.id == key]


def holds(site: LinkedSite, key: str) -> bool:
    return key in {each.id for each in site.engine.record.store.known_elsewhere.all()}


def test_somebody_is_recognised_where_both_sites_agree_and_made_nobody_of_that_site(sites: LinkedSites, database: str) -> None:
    person, key = watched(sites, 1, "Bruno")
    south, west = sites["south"], sites["west"]
    assert not holds(west, key), "it does not agree"
    before = dict(south.engine.people.persons)
    for site in (south, west):
        show(site, near(1, 0.8), "tr-1")
    until(lambda: len(said(south)) == 1, "south says so")
    [event] = said(south)
    assert event.reason == "Known at North as Bruno (Banned from all shops)." and (event.camera_id, event.subject_id) == ("door", "tr-1")
    assert (event.person, event.person_id, event.named_by) == ("", "", None), "to rules they are as unknown as before"
    assert said(west) == [] and dict(south.engine.people.persons) == before
    show(south, near(1, 0.8), "tr-1", 5)
    show(south, near(1, 0.3), "tr-2", 5)
    show(south, look(900), "tr-3")
    assert len(said(south)) == 1, "once for a track, and nobody below the threshold"
    engine = postgres_engine(database, reading=True)
    with engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM gallery_entries")).all())
    engine.dispose()
    assert f"north/{person}" in rows and "Bruno" not in rows and f"{look(1)[0]:.4f}" not in rows, "sealed"
    assert [row.detail for row in sites["north"].audit("describe_person")] == ["for watched, to the gallery of the hub"]
    [given] = [row for row in sites.record.audit.rows(50) if row.verb == "give_gallery_entry"]
    assert given.detail == "watched, of north, to south" and given.subject.startswith("p-")


def test_no_face_of_another_site_is_in_the_log_of_observations(sites: LinkedSites) -> None:
    watched(sites, 2, "Carla")
    show(sites["south"], near(2, 0.8), "tr-20")
    until(lambda: any("Carla" in event.reason for event in said(sites["south"])), "south says so")
    logged = str([each.observation for each in sites["south"].engine.record.journal.read() if not isinstance(each.observation, FacesSeen)])
    assert "Carla" in logged and f"{look(2)[0]:.6f}"[:8] not in logged


def test_a_purpose_without_a_gallery_gives_nothing(sites: LinkedSites) -> None:
    person = sites["north"].person("Dora", look(3))
    sites["north"].put_under(person, MISSING)
    watched(sites, 4, "Emil")  # a whole exchange later
    key = entry_id(MISSING.id, f"north/{person}")
    assert key not in {entry.id for entry in sites.record.galleries.entries()} and held(sites, key) == []


def test_who_was_named_here_and_fits_better_is_who_this_site_says(sites: LinkedSites) -> None:
    watched(sites, 5, "Fred")
    sites["south"].person("Our own Fred", near(5, 0.95))
    show(sites["south"], near(5, 0.95), "tr-50", 4)
    show(sites["south"], look(901), "tr-51")
    assert not any("Fred" in event.reason for event in said(sites["south"]))


@pytest.mark.parametrize(("number", "why"), tuple(enumerate(("taken out", "erased", "withdrawn at north", "withdrawn at south"), 10)))
def test_forgotten_everywhere_with_what_was_said(sites: LinkedSites, number: int, why: str) -> None:
    person, key = watched(sites, number, f"Gerd {number}")
    south = sites["south"]
    show(south, near(number, 0.8), f"tr-{number}")
    until(lambda: any(f"Gerd {number}" in event.reason for event in said(south)), "south says so")
    match why:
        case "taken out":
            sites["north"].put_under(person, WATCHED, False)
        case "erased":
            sites["north"].tell(ErasePerson(person, "they asked for it"))
        case "withdrawn at north":
            sites["north"].withdraw(WATCHED)
        case _:
            south.withdraw(WATCHED)
    until(lambda: held(sites, key) == [], "the hub knows that nobody holds them")
    assert not holds(south, key)
    until(lambda: not any(f"Gerd {number}" in event.reason for event in said(south)), "nothing says their name")
    assert "Known at another site, forgotten." in [event.reason for event in said(south)]
    count = len(said(south))
    show(south, near(number, 0.8), f"tr-{number}-again")
    assert len(said(south)) == count
    if why.startswith("withdrawn"):
        sites.all_agree(WATCHED, "north", "south")


def test_what_is_too_old_is_forgotten_without_a_hub(sites: LinkedSites) -> None:
    _, key = watched(sites, 60, "Hugo")
    side = sites["south"].engine.elsewhere
    assert holds(sites["south"], key)
    side.on_tidy(sites["south"].engine.clock.now_ns() + 91 * 86_400 * 10**9)
    assert not holds(sites["south"], key)


def test_a_site_takes_nobody_for_a_purpose_that_it_does_not_agree_to(sites: LinkedSites) -> None:
    _, key = watched(sites, 61, "Ida")
    known = next(each for each in sites["south"].engine.record.store.known_elsewhere.all() if each.id == key)
    sites["west"].engine.elsewhere.keep(known)
    sites["west"].engine.elsewhere.keep(replace(known, purpose_id="missing"))
    assert not holds(sites["west"], key)
