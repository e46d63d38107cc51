"""All named places of a site: one list, one space of ids, and everything that looks names up in it."""

from dataclasses import replace

import pytest

from engine.history.names import NamedKind, directory_of
from engine.model.alerts.settings import AlertSettings, Rule, SiteMode
from engine.model.cameras.picture_zone import PictureLine, PictureZone
from engine.model.errors import InputError
from engine.model.places import PlaceKind, choices, place_name, place_names, places_of
from engine.model.settings import CameraSettings, Settings
from engine.model.site import Floor, Portal, Zone
from engine.runtime.alerts.rule_questions import check_places

YARD = PictureZone("yard", "Yard", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
GATE = PictureLine("gate", "Gate", (0.0, 0.5), (1.0, 0.5))
FLOOR = Floor(zones=(Zone("hall", "Hall", 0, 0, 3, 3),), portals=(Portal("door", "Door", (0.0, 1.0), (0.0, 2.0)),))
SITE = Settings(
    cameras=(
        CameraSettings("north", "North", "rtsp://192.0.2.1/1", zones=(YARD,), lines=(GATE,)),
        CameraSettings("south", "South", "rtsp://192.0.2.1/2", zones=(replace(YARD, id="lawn", name="Lawn"),)),
    ),
    floor=FLOOR,
)


def test_all_places_are_listed_in_the_order_of_the_settings():
    assert [(place.id, place.kind, place.camera_id) for place in places_of(SITE)] == [
        ("hall", PlaceKind.ZONE, ""),
        ("door", PlaceKind.PORTAL, ""),
        ("yard", PlaceKind.PICTURE_ZONE, "north"),
        ("gate", PlaceKind.PICTURE_LINE, "north"),
        ("lawn", PlaceKind.PICTURE_ZONE, "south"),
    ]
    assert place_names(SITE) == {"hall": "Hall", "door": "Door", "yard": "Yard", "gate": "Gate", "lawn": "Lawn"}
    assert place_name(SITE, "gate") == "Gate" and place_name(SITE, "gone") == "gone"
    assert choices(SITE) == (("hall", "Hall"), ("yard", "Yard (North)"), ("gate", "Gate (North)"), ("lawn", "Lawn (South)"))


@pytest.mark.parametrize("taken", ["hall", "door", "yard", "lawn"])
def test_an_id_is_used_once_in_a_site(taken: str):
    north = SITE.cameras[0]
    with pytest.raises(InputError, match="used twice") as refused:
        replace(SITE, cameras=(replace(north, lines=(replace(GATE, id=taken),)), SITE.cameras[1]))
    assert refused.value.field in ("cameras[0].lines[0].id", "cameras[1].zones[0].id")


def test_rules_and_armed_zones_name_them_and_nothing_else():
    rule = Rule("r", "R", zone_ids=("yard", "gate", "hall"))
    armed = ((SiteMode.AWAY, ("lawn", "*")),)
    check_places(AlertSettings(rules=(rule,), armed_zones=armed), SITE)
    with pytest.raises(InputError, match="no zone 'attic'"):
        check_places(AlertSettings(rules=(replace(rule, zone_ids=("attic",)),)), SITE)
    with pytest.raises(InputError, match="no zone 'attic'"):
        check_places(AlertSettings(rules=(), armed_zones=((SiteMode.AWAY, ("attic",)),)), SITE)


def test_questions_name_the_places_of_cameras_that_are_seen():
    everything, north = directory_of(SITE, ()), directory_of(SITE, (), cameras=frozenset({"north"}))
    assert {each.name for each in everything.of_kind(NamedKind.ZONE)} == {"Hall", "Door", "Yard", "Gate", "Lawn"}
    assert {each.name for each in north.of_kind(NamedKind.ZONE)} == {"Hall", "Door", "Yard", "Gate"}
    assert everything.portals == {"door", "gate"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"area": ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0))}, "area"),
        ({"area": tuple((i / 100, (i % 2) / 2) for i in range(65))}, "area"),
        ({"area": ((0.0, 0.0), (float("nan"), 0.0), (1.0, 1.0))}, "area"),
        ({"classes": ("cat",)}, "classes"),
        ({"classes": ("person", "person")}, "classes"),
        ({"id": "x" * 65}, "id"),
        ({"name": "n" * 121}, "name"),
        ({"loiter_s": float("nan")}, "loiter_s"),
    ],
)
def test_what_is_no_zone_is_refused_by_field(changed: dict[str, object], field: str):
    with pytest.raises(InputError) as refused:
        replace(YARD, **changed)
    assert refused.value.field == field
