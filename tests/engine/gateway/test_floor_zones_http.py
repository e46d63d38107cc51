"""The people in each zone of the floor over HTTP: the numbers of the screen."""

from dataclasses import replace

import httpx

from console.site import Site
from engine.model.port import EnginePort
from engine.model.radio.fused import FloorZoneCount
from engine.model.site import Zone
from tests.fakes.waiting import until

PATH = "/api/v1/floor/zones"
HALL = Zone("hall-1", "Hall", 0.0, 0.0, 3.0, 5.0)


def test_a_zone_has_the_number_of_the_snapshot(site: Site, client: httpx.Client, port: EnginePort):
    site.engine.update_settings(lambda now: replace(now, floor=replace(now.floor, zones=(HALL,))), "test")
    until(lambda: bool(client.get(PATH).json()["zones"]), "the floor has a zone")
    until(lambda: client.get(PATH).json()["at_ns"] > 0, "people are located")
    until(lambda: _counted(port) is not None, "the zone is counted")
    (zone,) = client.get(PATH).json()["zones"]
    assert (zone["id"], zone["name"], zone["x1"]) == ("hall-1", "Hall", 3.0)
    assert zone["people"] is None and zone["people_ids"] == [], "nothing watches this floor: that is not said to be empty"
    count = _counted(port)
    assert count is not None and count.people is None


def _counted(port: EnginePort) -> FloorZoneCount | None:
    """Of the snapshot: a tick after the settings it has the zone."""
    fused = port.snapshot().people.fused
    return None if fused is None else fused.zone("hall-1")
