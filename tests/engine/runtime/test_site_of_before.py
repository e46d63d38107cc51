"""The data folder of a whole site (cameras, nodes, users, people, a case) that an earlier version wrote: it opens, answers and is replayed.

`data/site_of_schema_0021.tar.xz` was made by that version itself (c468252, 23 November 2026) from its live demo, not by this one.
"""

import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.accounts.access import Role
from engine.model.accounts.handover import ListHandovers
from engine.model.event import EventKind
from engine.model.history.evidence import ListCases
from engine.model.history.replay import GetReplay, MoveReplay, ReplayState, StartReplay, StopReplay
from engine.model.history.timeline import ListBookmarks, ListSearches
from engine.model.people.person import Consent
from engine.model.question import ListAudit, ListDecisions, ListEvents
from engine.model.time import SECOND, SystemClock
from engine.runtime.audit.audit_verify import verify_audit
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalDoor, LocalPort
from engine.vision.models import ModelStore
from tests.fakes.waiting import until

WRITTEN = Path(__file__).parent / "data" / "site_of_schema_0021.tar.xz"
BEGUN_NS, ENDED_NS = 1_795_449_898 * SECOND, 1_795_449_910 * SECOND
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPort]:
    folder = tmp_path_factory.mktemp("before") / "site"
    with tarfile.open(WRITTEN) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2, which Debian 12 has, knows none
        archive.extractall(folder)
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"))
        engine.start()
        try:
            yield LocalDoor(engine).sign_in("ada", PASSWORD)
        finally:
            engine.stop()
    assert verify_audit(folder).fault is None


def test_users_people_and_what_they_wrote_are_there(port: LocalPort) -> None:
    now = port.snapshot()
    assert {user.name: user.role for user in now.users} == {"ada": Role.ADMIN, "olga": Role.OPERATOR}
    assert {person.name: person.consent for person in now.people.persons}["Grace Hopper"] is Consent.GIVEN
    assert [case.title for case in port.ask(ListCases())] == ["Door, two nights"]
    assert [each.name for each in port.ask(ListSearches())] == ["doors"]
    assert [each.note for each in port.ask(ListBookmarks())] == ["look here"]
    assert [each.text for each in port.ask(ListHandovers())] == ["All quiet."]
    assert {row.verb for row in port.ask(ListAudit())} >= {"set_up", "create_user", "put_person", "put_case", "hand_over"}


def test_settings_and_events_are_there(port: LocalPort) -> None:
    now = port.snapshot()
    assert len(now.settings.cameras) == 4 and len(now.settings.nodes) == 8 and now.settings.floor.zones
    events = port.ask(ListEvents(limit=500, until_ns=ENDED_NS + SECOND))
    assert len(events) == 7 and {event.kind for event in events} >= {EventKind.MOTION, EventKind.PRESENCE}
    assert all(event.named_by is None for event in events), "it did not keep that yet"
    assert len(port.ask(ListDecisions(limit=500, until_ns=ENDED_NS + SECOND))) >= 7
    damage = [trouble for trouble in now.health.troubles if "damage" in trouble or "restored" in trouble]
    assert damage == []


def test_what_was_journalled_is_replayed(port: LocalPort) -> None:
    replay_id = port.command(StartReplay(BEGUN_NS + 4 * SECOND, ENDED_NS))

    def state() -> ReplayState:
        return port.ask(GetReplay(replay_id)).session.state

    until(lambda: state() is not ReplayState.PREPARING, "the replay is ready")
    port.command(MoveReplay(replay_id, seek_ns=ENDED_NS - SECOND))

    def replayed() -> set[str]:
        picture = port.ask(GetReplay(replay_id, picture=True)).picture
        return set() if picture is None else {event.id for event in picture.events}

    until(lambda: len(replayed()) >= 4, "its events come again")
    assert replayed() <= {event.id for event in port.ask(ListEvents(limit=500, until_ns=ENDED_NS))}, "as the version before told them"
    assert state() is not ReplayState.FAILED
    port.command(StopReplay(replay_id))
    until(lambda: all(thread.name != replay_id for thread in threading.enumerate()), "its thread has ended")
