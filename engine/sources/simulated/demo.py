"""The demo site as settings: floor, nodes, people and their phones. Nothing of where anybody is."""

import re

from engine.model.people.person import Person
from engine.model.site import BleDeviceSettings, CameraPose, Floor, NodeSettings, Portal, Wall, Zone
from engine.sources.simulated.plan import DEMO
from engine.sources.simulated.plan import Wall as PlanWall

COVERED = ("hall", "office", "store")  # rooms with radio nodes; the yard has none, and unobserved is not empty
_NAMES = {"hall": "Entrance hall", "office": "Office", "store": "Store"}
_MATERIALS = {"facade": "brick", "plaster": "drywall"}


def demo_floor() -> Floor:
    """The building; the yard is outside."""
    rooms = [DEMO.rooms[name] for name in COVERED]
    extent = (min(r[0] for r in rooms), min(r[1] for r in rooms), max(r[2] for r in rooms), max(r[3] for r in rooms))
    return Floor(
        extent=extent,
        height_m=DEMO.ceiling_m,
        walls=tuple(piece for wall in DEMO.walls if wall.material in _MATERIALS for piece in _pieces(wall)),
        zones=tuple(_zone(name) for name in COVERED),
        portals=tuple(Portal(door.id, door.name, door.a, door.b, door.height_m) for door in DEMO.portals),
        camera_poses=tuple(CameraPose(camera.id, camera.at, camera.aim, camera.fov_deg) for camera in DEMO.cameras),
    )


def demo_nodes() -> tuple[NodeSettings, ...]:
    return tuple(NodeSettings(node.mac, node.name, node.at) for node in DEMO.nodes)


def demo_people() -> tuple[Person, ...]:
    return tuple(Person(_id(phone.person), phone.person, phone.color) for phone in DEMO.phones if phone.person)


def demo_phones() -> tuple[BleDeviceSettings, ...]:
    """The registered ones; the visitor's is not."""
    return tuple(
        BleDeviceSettings(phone.address, phone.label, "person", _id(phone.person), phone.color) for phone in DEMO.phones if phone.person
    )


def demo_walkers() -> tuple[str, ...]:
    """Who can be made to fall."""
    return tuple(walker.id for walker in DEMO.walkers)


def _id(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower())


def _zone(name: str) -> Zone:
    x0, y0, x1, y1 = DEMO.rooms[name]
    return Zone(name, _NAMES[name], x0, y0, x1, y1, 0.0, DEMO.ceiling_m)


def _pieces(wall: PlanWall) -> list[Wall]:
    """A wall without its doors."""
    doors = [opening for opening in wall.openings if opening.sill == 0]
    length = abs(wall.b[0] - wall.a[0]) + abs(wall.b[1] - wall.a[1])
    edges = [0.0, *(edge for door in doors for edge in (door.start, door.end)), length]
    x, y = (1.0, 0.0) if wall.along_x else (0.0, 1.0)
    material = _MATERIALS[wall.material]
    ends = zip(edges[::2], edges[1::2], strict=True)
    return [
        Wall((wall.a[0] + x * a, wall.a[1] + y * a), (wall.a[0] + x * b, wall.a[1] + y * b), wall.height, material)
        for a, b in ends
        if b > a
    ]
