"""The demo site as settings."""

from engine.model.settings import Settings
from engine.sources.simulated import DEMO, DEMO_CAMERAS, demo_floor, demo_nodes, demo_people, demo_phones


def test_settings_take_it() -> None:
    settings = Settings(floor=demo_floor(), nodes=demo_nodes(), ble_devices=demo_phones())
    assert settings.floor.extent == (0.0, 10.0, 18.0, 18.0)
    assert {zone.id for zone in settings.floor.zones} == {"hall", "office", "store"}
    assert {pose.camera_id for pose in settings.floor.camera_poses} == {camera.id for camera in DEMO_CAMERAS}


def test_nodes_hang_inside_at_different_heights() -> None:
    floor = demo_floor()
    assert floor.extent is not None
    x0, y0, x1, y1 = floor.extent
    assert 6 <= len(demo_nodes()) <= 8
    for node in demo_nodes():
        assert node.position is not None
        x, y, z = node.position
        assert x0 < x < x1
        assert y0 < y < y1
        assert 0 < z < floor.height_m
        for piece in DEMO.furniture:
            low = [piece.at[0] - piece.size[0] / 2, piece.at[1] - piece.size[1] / 2, 0.0]
            assert not all(a < v < a + s for a, v, s in zip(low, (x, y, z), piece.size, strict=True)), (node.name, piece.kind)
    assert len({node.position[2] for node in demo_nodes() if node.position is not None}) > 2


def test_walls_have_gaps_where_people_pass() -> None:
    floor = demo_floor()
    assert len(floor.portals) == 4
    for portal in floor.portals:
        middle = ((portal.a[0] + portal.b[0]) / 2, (portal.a[1] + portal.b[1]) / 2)
        for wall in floor.walls:
            inside = all(min(a, b) - 1e-6 <= v <= max(a, b) + 1e-6 for a, b, v in zip(wall.a, wall.b, middle, strict=True))
            assert not inside, (portal.name, wall)


def test_inwards_is_into_the_room_that_the_door_is_named_after() -> None:
    zones = {zone.id: zone for zone in demo_floor().zones}
    for name, zone_id in (("entrance", "hall"), ("dock", "store"), ("store-door", "store"), ("office-door", "office")):
        portal, zone = next(portal for portal in demo_floor().portals if portal.id == name), zones[zone_id]
        way = (portal.b[0] - portal.a[0], portal.b[1] - portal.a[1])
        left = (portal.a[0] + way[0] / 2 - way[1] * 0.3, portal.a[1] + way[1] / 2 + way[0] * 0.3)
        assert zone.x0 < left[0] < zone.x1
        assert zone.y0 < left[1] < zone.y1


def test_registered_phones_belong_to_people_and_the_visitors_does_not() -> None:
    people = {person.id for person in demo_people()}
    assert {phone.person_id for phone in demo_phones()} == people
    assert len(demo_phones()) == len(DEMO.phones) - 1
    carried = {phone.carrier for phone in DEMO.phones if phone.carrier}
    assert carried == {walker.id for walker in DEMO.walkers}
