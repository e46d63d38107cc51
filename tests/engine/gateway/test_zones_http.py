"""Zones and lines of a camera's picture over HTTP: put, got with who is in them, and refused with the field that is wrong."""

from collections.abc import Iterator

import httpx
import pytest

from console.site import Site
from engine.model.cameras.picture_zone import LineDirection, ZoneCount
from engine.model.port import EnginePort
from tests.engine.gateway.answers import assert_problem
from tests.fakes.waiting import until

PATH = "/api/v1/cameras/door/zones"
YARD = {"id": "yard", "name": "Hof", "area": [[0, 0.5], [1, 0.5], [1, 1], [0, 1]], "loiter_s": 30, "most": 2, "occupied": True}
GATE = {"id": "gate", "name": "Gate", "begin": [0.5, 0], "end": [0.5, 1], "classes": ["person", "vehicle"], "direction": "to_left"}


@pytest.fixture
def boss(site: Site, admin: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as client:
        yield client
        assert client.put(PATH, json={}).status_code == 200


def test_they_are_put_and_got_and_counted(boss: httpx.Client, site: Site, client: httpx.Client, port: EnginePort):
    before = site.engine.settings.cameras[0]
    put = boss.put(PATH, json={"zones": [YARD], "lines": [GATE]})
    assert put.status_code == 200, put.text
    (zone,), (line,) = site.engine.settings.cameras[0].zones, site.engine.settings.cameras[0].lines
    assert (zone.name, zone.classes, zone.loiter_s, zone.most, zone.occupied) == ("Hof", ("person",), 30, 2, True)
    assert (line.classes, line.direction) == (("person", "vehicle"), LineDirection.TO_LEFT)
    assert site.engine.settings.cameras[0].url == before.url
    until(lambda: client.get(PATH).json()["zones"][0]["now"] is not None, "the zone is counted")
    got = client.get(PATH).json()
    assert got["zones"][0]["now"]["classes"] == [{"class": "person", "count": got["zones"][0]["now"]["count"]}]
    assert {**got["zones"][0], "now": None} == {**YARD, "classes": ["person"], "now": None} and got["lines"] == [GATE]
    until(lambda: isinstance(port.snapshot().zone("yard"), ZoneCount), "the snapshot has it")


def test_what_is_left_out_is_removed(boss: httpx.Client, site: Site):
    assert boss.put(PATH, json={"zones": [YARD], "lines": [GATE]}).status_code == 200
    assert boss.put(PATH, json={"lines": [GATE]}).json()["zones"] == []
    assert site.engine.settings.cameras[0].zones == () and len(site.engine.settings.cameras[0].lines) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"zones": [YARD, {**YARD, "id": "b", "area": [[0, 0], [1, 1]]}]}, "zones[1].area"),
        ({"zones": [{**YARD, "area": [[0, 0], [0.5, 0.5], [1, 1]]}]}, "zones[0].area"),
        ({"zones": [{**YARD, "area": [[0, 0], [1.5, 0], [1, 1]]}]}, "zones[0].area"),
        ({"zones": [{**YARD, "id": "ya rd"}]}, "zones[0].id"),
        ({"zones": [{**YARD, "name": " "}]}, "zones[0].name"),
        ({"zones": [{**YARD, "classes": []}]}, "zones[0].classes"),
        ({"zones": [{**YARD, "classes": ["cat"]}]}, "zones[0].classes"),
        ({"zones": [{**YARD, "loiter_s": -1}]}, "zones[0].loiter_s"),
        ({"zones": [{**YARD, "most": 5000}]}, "zones[0].most"),
        ({"lines": [{**GATE, "end": [0.5, 0.001]}]}, "lines[0].line"),
        ({"zones": [YARD, YARD]}, "zones[1].id"),
        ({"zones": [YARD], "lines": [{**GATE, "id": "yard"}]}, "lines[0].id"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(boss: httpx.Client, site: Site, body: dict[str, object], field: str):
    assert boss.put(PATH, json={"lines": [GATE]}).status_code == 200
    assert_problem(boss.put(PATH, json=body), 422, "bad_input", field)
    assert site.engine.settings.cameras[0].zones == () and len(site.engine.settings.cameras[0].lines) == 1


@pytest.mark.parametrize("body", [{"zones": [{**YARD, "colour": "red"}]}, {"lines": [{**GATE, "direction": "up"}]}, {"zones": 1}, []])
def test_what_is_no_zone_is_refused(boss: httpx.Client, body: object):
    assert boss.put(PATH, json=body).status_code == 422


def test_only_admins_change_them_and_only_of_cameras_that_are_there(client: httpx.Client, boss: httpx.Client, stranger: httpx.Client):
    assert_problem(client.put(PATH, json={}), 403, "not_permitted")
    assert client.get(PATH).status_code == 200
    assert stranger.get(PATH).status_code == 401 and stranger.put(PATH, json={}).status_code == 401
    assert boss.get(PATH.replace("door", "roof")).status_code == 404
    assert boss.put(PATH.replace("door", "roof"), json={}).status_code == 404
