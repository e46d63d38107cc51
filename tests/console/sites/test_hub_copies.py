"""A site that its hub cannot reach is in the console with its past, and comes back by itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.sites.away import away_text
from console.sites.many_sites import ManySites
from engine.gateway.federation.port import FederatedPort
from engine.model.question import ListEvents
from engine.model.sites import SiteReach
from tests.console.dialogs.test_sites_dialog import FakeHub, FakeVisit
from tests.fakes.engine import FakeEngine


@pytest.fixture
def hub() -> FakeHub:
    made = FakeHub({key: (key.title(), FakeEngine()) for key in ("north", "south")})
    for _, engine in made.engines.values():
        engine.add_camera("door", "Door")
        engine.add_event("door")
    return made


@pytest.fixture
def sites(hub: FakeHub, tmp_path: Path, qapp: QApplication) -> Iterator[ManySites]:
    made = ManySites(tmp_path)
    yield made
    made.close()


def sign_in(sites: ManySites, hub: FakeHub) -> None:
    office = sites.book.add("Office", "http://hub:8750")
    visit: Any = FakeVisit(hub, "ada")
    sites.sessions.hubs.keep(office, visit, sites.book)


def test_a_site_away_is_there_with_its_past(sites: ManySites, hub: FakeHub, qtbot: QtBot) -> None:
    hub.away.add("south")
    sign_in(sites, hub)
    qtbot.waitUntil(lambda: len(sites.sessions.ports) == 1 and len(sites.sessions.hubs.unreached()) == 1)
    bridge = sites.open_bridge()
    port: FederatedPort = bridge._sites
    qtbot.waitUntil(lambda: _reach(port, "south") is SiteReach.AWAY)
    assert {event.camera_id for event in port.ask(ListEvents())} == {"north/door", "south/door"}
    south = port.snapshot().site("south")
    assert south is not None and away_text(south).endswith("History is shown from the hub's copy.")
    hub.away.clear()
    sites.sessions.hubs._look()
    qtbot.waitUntil(lambda: _reach(port, "south") is SiteReach.ONLINE)
    assert [site.key for site in port.snapshot().sites] == ["north", "south"]
    hub.away.add("south")
    sites.sessions.leave("south")
    sites.sessions.hubs._look()
    qtbot.waitUntil(lambda: _reach(port, "south") is SiteReach.AWAY)
    sites.sessions.hubs.leave(next(site for site in sites.book.sites if site.is_hub or not site.hub))
    qtbot.waitUntil(lambda: port.snapshot().sites == ())
    bridge.close()


def _reach(port: FederatedPort, key: str) -> SiteReach | None:
    found = port.snapshot().site(key)
    return None if found is None else found.reach
