"""A hub and a site with an engine, whole: it joins, its record is told, its gateway is reached, and it leaves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.gateway.hub.joining import join, leave
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role, User
from engine.model.errors import EnvironmentFault, InputError
from engine.model.question import ListEvents
from engine.model.time import SystemClock
from engine.runtime.access.accounts import VOUCHED
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.membership import read_membership
from engine.runtime.storage.upgrading import open_beside
from engine.store.shared.record import SharedRecord
from tests.fakes.engine_process import EngineProcess
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.small_site import small_site
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, empty_record, whole_hub

BEN = User("sub-1", "Ben", Role.ADMIN, ("street-1",))  # whom the site lets be an operator at most
ADMIN, PASSWORD = "ada", "correct horse battery"


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
def site(tmp_path: Path) -> Iterator[EngineProcess]:
    small_site(tmp_path / "site")
    engine = EngineProcess(tmp_path / "site")
    yield engine
    engine.stop()


def test_a_site_joins_is_told_of_reached_and_leaves(hub: WholeHub, record: SharedRecord, site: EngineProcess, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "site")
    code = hub.hub.enrolment.new_code("north", "North")
    store = open_beside(folder, SystemClock())
    try:
        joined = join(folder.path, store, hub.url, code)
        assert joined.site == "north"
        with pytest.raises(EnvironmentFault):
            join(folder.path, store, hub.url, code)
        until(lambda: len(record.answer(ListEvents())) > 0, "what it records is told")
        assert all(event.camera_id.startswith("north/") or not event.camera_id for event in record.answer(ListEvents()))
        port = hub.hub.port_to("north")
        assert httpx.get(f"http://127.0.0.1:{port}/api/v1/setup").json() == {"needed": True}
        door = RemoteDoor(f"http://127.0.0.1:{port}")
        remote = door.set_up("North", ADMIN, PASSWORD, site.setup_code)
        assert remote.snapshot().settings.cameras
        remote.close()
        told = by_hub(port, hub.keys.word("north", BEN, SystemClock().now_ns()))
        assert (told["user"], told["role"], told["cameras"]) == ("Ben", "operator", ["street-1"])
        word = hub.keys.word("north", replace(BEN, name=ADMIN, id="another"), SystemClock().now_ns())
        assert by_hub(port, word)["user"] == f"{ADMIN} (hub)"
        for wrong in (word, hub.keys.word("south", BEN, SystemClock().now_ns()), "x.y"):
            with pytest.raises(httpx.HTTPStatusError, match="401"):
                by_hub(port, wrong)
        leave(folder.path, store)
        assert not [stored.user for stored in store.accounts.users() if stored.user.id.startswith(VOUCHED)], (
            "those for whom the hub vouched are out"
        )
        assert read_membership(folder.path) is None
        until(lambda: not _answers(port), "the tunnel ends")
    finally:
        store.close()


def by_hub(port: int, word: str) -> dict[str, Any]:
    return httpx.post(f"http://127.0.0.1:{port}/api/v1/session/hub", json={"word": word}).raise_for_status().json()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/setup", timeout=3).is_success
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("code", ["x", "AAAA-BBBB-CCCC-DDDD"])
def test_a_code_that_is_none_is_refused(hub: WholeHub, tmp_path: Path, code: str) -> None:
    from engine.store import open_store

    data = DataFolder(tmp_path / "other")
    with pytest.raises(InputError, match="code"):
        store = open_store(data.database, SystemClock())
        try:
            join(data.path, store, hub.url, code)
        finally:
            store.close()
    assert read_membership(data.path) is None
