"""An engine that belongs to a hub as `north`, and the way of the hub's people into it."""

from pathlib import Path

import httpx

from engine.gateway.hub.joining import join
from engine.gateway.remote.hub import HubVisit
from engine.gateway.remote.port import RemotePort
from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.storage.upgrading import open_beside
from tests.fakes.engine_process import EngineProcess
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub

NORTH = "north"


def set_up_at_hub(folder: Path, engine: EngineProcess, hub: WholeHub, admin: str, password: str, most_role: Role = Role.OPERATOR) -> None:
    """`engine`: runs on `folder`, and has no account yet. `admin`: of the site. `most_role`: of the hub's people there."""
    store = open_beside(DataFolder(folder), SystemClock())
    try:
        join(folder, store, hub.url, hub.hub.enrolment.new_code(NORTH, "North gate"), most_role=most_role)
    finally:
        store.close()
    account = {"site_name": "North", "admin_name": admin, "password": password, "code": engine.setup_code}
    httpx.post(f"{engine.url}/api/v1/setup", json=account, timeout=60).raise_for_status()


def enter_site(visit: HubVisit) -> RemotePort:
    """An engine on a busy machine answers late, and is asked again."""
    ports: list[RemotePort] = []

    def entered() -> bool:
        try:
            ports.append(visit.enter(NORTH))
        except EnvironmentFault:
            return False
        return True

    until(entered, "the site lets them in")
    return ports[0]
