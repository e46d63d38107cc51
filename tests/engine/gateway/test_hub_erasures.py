"""A person of a site that is away is erased once it is back; until then it is shown as waiting, at the hub as on a console."""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from console.commands import hub_erasures
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote.hub import HubVisit, RemoteHub
from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.people.commands import ErasePerson, PutPerson
from engine.model.people.erasure import ErasureStage
from engine.model.question import ListErasures
from engine.model.sites import SiteReach
from engine.model.time import SystemClock
from engine.store.shared.record import SharedRecord
from tests.fakes.engine_process import EngineProcess
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.site_at_hub import NORTH, enter_site, set_up_at_hub
from tests.fakes.small_site import small_site
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, whole_hub

PASSWORD = "correct horse battery"


@pytest.fixture
def record() -> Iterator[SharedRecord]:
    with postgres_or_skip() as server, closing(SharedRecord(new_record(server, "erasures"))) as record:
        yield record


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory, record: SharedRecord) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub") / "own", record) as hub:
        hub.door.accounts.create_user("Ana", Role.ADMIN, PASSWORD)
        yield hub


@pytest.fixture
def ana(hub: WholeHub) -> Iterator[HubVisit]:
    visit = RemoteHub(hub.url).sign_in("Ana", PASSWORD)
    yield visit
    visit.close()


def listed(record: SharedRecord, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    hub_erasures.run(argparse.Namespace(all=True, json=True), record, SystemClock())
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_erasure_waits_for_its_site_and_is_shown_until_all_of_it_is_done(
    hub: WholeHub, record: SharedRecord, ana: HubVisit, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp("site") / "north"
    small_site(folder)
    engine = EngineProcess(folder)
    try:
        set_up_at_hub(folder, engine, hub, "ada", PASSWORD, Role.ADMIN)
        at_site = enter_site(ana)
        with closing(FederatedPort([Site("n", "North", lambda: at_site, standby=ana.copy_of(NORTH))])) as port:
            until(lambda: bool(port.snapshot().sites) and port.snapshot().sites[0].reach is SiteReach.ONLINE, "the site is there")
            person_id = at_site.command(PutPerson("Grace"))
            until(lambda: port.snapshot().people.person(f"n/{person_id}") is not None, "she is shown")
            engine.stop()
            until(lambda: port.snapshot().sites[0].reach is SiteReach.AWAY, "the site is away")
            outcome = port.command(ErasePerson(f"n/{person_id}", "asked for it"))
            assert port.waits_at_hub(outcome)
            (waiting,) = port.ask(ListErasures())
            assert (waiting.id, waiting.stage, waiting.by) == (f"n/{person_id}", ErasureStage.WAITING, "Ana")
            assert [(each["site"], each["id"], each["stage"]) for each in listed(record, capsys)] == [(NORTH, person_id, "waiting")]
            engine = EngineProcess(folder)
            until(lambda: _stages_told(port) == [ErasureStage.DONE], "the site has erased her")
            until(lambda: [each["stage"] for each in listed(record, capsys)] == ["done"], "the hub has heard")
            assert port.snapshot().people.person(f"n/{person_id}") is None
            (done,) = port.ask(ListErasures())
            assert done.id.startswith("n/gone-") and done.by == "Ana" and done.ended_ns is not None
    finally:
        engine.stop()


def _stages_told(port: FederatedPort) -> list[ErasureStage]:
    """None while the site has begun again and does not answer yet."""
    try:
        return [each.stage for each in port.ask(ListErasures())]
    except EnvironmentFault:
        return []
