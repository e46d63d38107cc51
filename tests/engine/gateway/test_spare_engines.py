"""A site, its hub and a spare, whole: the site's engine is killed, the spare stands in, the site comes back, the spare hands back."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from nats.aio.client import Client as NatsClient
from nats.js.errors import NotFoundError

from engine.model.accounts.access import Grants, Role, User
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.hub_audit import HubVerb
from engine.model.question import ListAudit, ListEvents
from engine.model.time import SystemClock
from engine.runtime.access.lockout import HERE
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.spares.allowed_spares import withdraw_spare
from engine.runtime.hub.spares.lease import BUCKET
from engine.runtime.storage.upgrading import open_beside
from engine.store.shared.record import SharedRecord
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.site_with_spare import NORTH, STANDS_IN, SiteWithSpare
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, empty_record, whole_hub


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(postgres: str) -> Iterator[SharedRecord]:
    with empty_record(postgres) as record:
        yield record


@pytest.fixture
def hub(tmp_path: Path, record: SharedRecord) -> Iterator[WholeHub]:
    with whole_hub(tmp_path / "hub", record) as hub:
        yield hub


@pytest.fixture
def site(tmp_path: Path, hub: WholeHub, record: SharedRecord) -> Iterator[SiteWithSpare]:
    with ExitStack() as stack:
        yield SiteWithSpare(tmp_path, hub, record, stack)


def seen_by_spare(record: SharedRecord) -> bool:
    return any(event.camera_id.startswith(f"{STANDS_IN}/") for event in record.answer(ListEvents(limit=500)))


def leases_kept(hub: WholeHub) -> int:
    """By the server itself; 0 also where it keeps none."""

    async def asked() -> int:
        shown, client = hub.keys.hub_pass(SystemClock().now_ns()), NatsClient()
        await client.connect(hub.nats, user_jwt_cb=shown.claims.encode, signature_cb=shown.key.answer)
        try:
            return (await client.jetstream().stream_info(f"KV_{BUCKET}")).state.messages
        except NotFoundError:
            return 0
        finally:
            await client.close()

    return asyncio.run(asked())


def sites_of(hub: WholeHub, name: str, cameras: Grants | None) -> dict[str, str]:
    """By key: the names of what an account with these limits is shown."""
    hub.door.accounts.create_user(name, Role.OPERATOR, "correct horse battery", cameras)
    _, session = hub.door.sign_in(name, "correct horse battery", HERE)
    return {site.key: site.name for site in hub.door.sites(session)}


def test_a_site_that_is_killed_is_stood_in_for_and_gets_its_cameras_back(site: SiteWithSpare, hub: WholeHub, record: SharedRecord) -> None:
    assert not any(camera.enabled for camera in site.stand_in_settings().cameras), "it stands by"
    assert list(sites_of(hub, "before", None)) == [NORTH], "neither a spare nor what never stood in is a site"
    until(lambda: site.pictures() > 0, "the site sees something")
    site.kill()
    until(site.stands, "the spare stands in")
    until(lambda: seen_by_spare(record), "what its cameras see is told, under the site's camera ids")
    assert sites_of(hub, "all", None) == {NORTH: "North gate", STANDS_IN: "North gate · Spare-1"}
    assert list(sites_of(hub, "north", (f"{NORTH}/street-1",))) == [NORTH, STANDS_IN], "whoever sees the site sees its spare"
    assert not sites_of(hub, "south", ("south",))
    port = hub.hub.port_to(STANDS_IN)
    word = hub.keys.word(STANDS_IN, User("u-1", "Ben", Role.ADMIN, ("street-1",)), SystemClock().now_ns())
    told = httpx.post(f"http://127.0.0.1:{port}/api/v1/session/hub", json={"word": word}).raise_for_status().json()
    assert (told["user"], told["role"], told["cameras"]) == ("Ben", "operator", ["street-1"]), "limited as at the site"
    site.start_again()
    until(lambda: not site.stands(), "the spare hands back")
    until(lambda: not any(camera.enabled for camera in site.stand_in_settings().cameras), "its cameras are off")
    assert site.pictures() > 0
    assert STANDS_IN in sites_of(hub, "after", None), "what it recorded can still be seen"
    verbs = [row.verb for row in record.audit.rows(50) if row.subject == NORTH and row.detail == STANDS_IN]
    assert verbs == [HubVerb.HAND_BACK, HubVerb.STAND_IN], "the newest first"
    store = open_beside(DataFolder(site.spare.folder.site_folder(NORTH)), SystemClock())
    try:
        told_there = [row.verb for row in store.answer(ListAudit(limit=20)) if row.subject == NORTH]
        assert told_there == [AuditVerb.HAND_BACK, AuditVerb.STAND_IN]
    finally:
        store.close()


def test_nats_that_goes_and_what_it_kept_stop_no_recorder(site: SiteWithSpare, hub: WholeHub) -> None:
    assert hub.server is not None
    until(lambda: site.pictures() > 0, "the site sees something")
    hub.server.kill()
    before = site.pictures()
    until(lambda: site.pictures() > before + 20, "the site goes on without its lease")
    shutil.rmtree(hub.server.folder.parent / "nats-kept")
    hub.server.start()
    before = site.pictures()
    until(lambda: hub.hub.wait_reached(1), "the hub is there again")
    until(lambda: site.pictures() > before + 20, "and so is the site, which never noticed")
    assert not site.stands() and "standing in" not in site.spare.log
    until(lambda: leases_kept(hub) > 0, "the hub has made a place for leases again, and the site has one")
    site.kill()
    until(site.stands, "the spare stands in")


def test_a_spare_that_is_withdrawn_forgets(site: SiteWithSpare, record: SharedRecord) -> None:
    withdraw_spare(site.folder, site.spare.folder.key.public)
    until(lambda: not site.spare.folder.versions(), "what was sealed for it is gone")
    until(lambda: all(camera.url.startswith("simulated:") for camera in site.stand_in_settings().cameras), "addresses are, too")
    assert not record.spares.packages_for(site.spare.folder.key.public)
    assert HubVerb.WITHDRAW_SPARE in [row.verb for row in record.audit.rows(20)]
    site.kill()
    until(lambda: "forgotten" in site.spare.log, "it says so")
    assert not site.stands()


def test_a_spare_that_starts_while_the_hub_is_away_stands_in_all_the_same(site: SiteWithSpare, hub: WholeHub) -> None:
    site.spare.stop()
    hub.hub.stop()
    site.spare.start()
    until(lambda: site.spare.log.count("standing by for north") == 2, "it stands by again")
    site.kill()
    until(lambda: any(camera.enabled for camera in site.stand_in_settings().cameras), "its cameras are on")
