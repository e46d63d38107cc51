"""Where incidents are: an R*Tree beside the table in SQLite, a column of geography under GiST in PostgreSQL with PostGIS.

Both give incidents near a place and time, and a few that lie just outside; who asks looks at exact distances. In the R*Tree time is a third
axis, scaled so that the ten minutes around a report are about as long as the hundred metres around it: boxes of the tree are then about as
long each way as what is sought. Its numbers are 32-bit floats, rounded outwards: a metre and some 20 seconds are what that costs.
"""

from typing import Any, Protocol

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Double,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    table,
    text,
    true,
)

from engine._geodesic import Box, boxes_around
from engine.model.incidents.incident import IncidentState
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.store.paging import between
from engine.store.tables import incidents

_NS_PER_DEGREE = 600_000 * SECOND
_EPOCH_NS = 1_577_836_800 * SECOND  # 2020: the nearer, the finer
_ROUNDED = 4e-5  # what a float of this size may be off by, with room to spare
_PG_MARGIN, _PG_MORE_M = 1.0001, 0.01

_AXES = ("south", "north", "west", "east", "since", "until")
_rtree = table("incident_places", column("key", Integer), *(column(name, Double) for name in _AXES))
_PLACE = insert(_rtree).values({name: bindparam(name) for name in ("key", *_AXES)})


@dataclass(frozen=True, slots=True)
class Around:
    """A circle on Earth (radius at most 1,000 km), and times, `until_ns` exclusive; None leaves an end open."""

    latitude: float
    longitude: float
    radius_m: float
    since_ns: int | None = None
    until_ns: int | None = None


class Places(Protocol):
    def prepare(self, connection: Connection) -> None:
        """Make the index of a new database."""
        ...

    def put(self, connection: Connection, key: int, latitude: float, longitude: float, occurred_ns: int) -> None: ...

    def remove(self, connection: Connection, keys: Select[tuple[int]]) -> None:
        """Before the incidents themselves go."""
        ...

    def near(self, around: Around) -> list[ColumnElement[bool]]:
        """Conditions on `incidents` that its index serves. Times are exact, places nearly."""
        ...

    def parameters(self, around: Around) -> dict[str, float] | None:
        """For `NEAREST` of this database, which looks for the same; None where it cannot."""
        ...


def places_of(connection: Connection) -> Places:
    return PostgisPlaces() if connection.dialect.name == "postgresql" else RTreePlaces()


class RTreePlaces:
    """SQLite's. Its migration makes the tree."""

    def prepare(self, connection: Connection) -> None:
        del connection

    def put(self, connection: Connection, key: int, latitude: float, longitude: float, occurred_ns: int) -> None:
        at = time_axis(occurred_ns)
        places = {"south": latitude, "north": latitude, "west": longitude, "east": longitude, "since": at, "until": at}
        connection.execute(_PLACE, {"key": key, **places})

    def remove(self, connection: Connection, keys: Select[tuple[int]]) -> None:
        connection.execute(delete(_rtree).where(_rtree.c.key.in_(keys)))

    def near(self, around: Around) -> list[ColumnElement[bool]]:
        boxes = boxes_around(around.latitude, around.longitude, around.radius_m)
        keys = select(_rtree.c.key).where(or_(*(_overlaps(box, around) for box in boxes)))
        return [incidents.c.key.in_(keys), *between(incidents.c.occurred_ns, around.since_ns, around.until_ns)]

    def parameters(self, around: Around) -> dict[str, float] | None:
        """None at the date line, and without both times."""
        box, *others = boxes_around(around.latitude, around.longitude, around.radius_m)
        if others or around.since_ns is None or around.until_ns is None:
            return None
        times = {"since": time_axis(around.since_ns) - _ROUNDED, "until": time_axis(around.until_ns) + _ROUNDED}
        exact = {"since_ns": around.since_ns, "until_ns": around.until_ns}
        edges = {"south": box.south - _ROUNDED, "north": box.north + _ROUNDED, "west": box.west - _ROUNDED, "east": box.east + _ROUNDED}
        return edges | times | exact


class PostgisPlaces:
    """PostgreSQL's, with its extensions `postgis` and `btree_gist` (for the times beside the places)."""

    def prepare(self, connection: Connection) -> None:
        """Raises DBAPIError where the extensions are not installed on the server."""
        for statement in _POSTGIS:
            connection.execute(text(statement))

    def put(self, connection: Connection, key: int, latitude: float, longitude: float, occurred_ns: int) -> None:
        """The column makes itself of latitude and longitude."""

    def remove(self, connection: Connection, keys: Select[tuple[int]]) -> None:
        """The column goes with its row."""

    def near(self, around: Around) -> list[ColumnElement[bool]]:
        point = func.geography(func.ST_SetSRID(func.ST_MakePoint(around.longitude, around.latitude), 4326))
        reach = literal(_PG_MARGIN * around.radius_m + _PG_MORE_M)
        within = func.ST_DWithin(column("place"), point, reach)
        return [within, *between(incidents.c.occurred_ns, around.since_ns, around.until_ns)]

    def parameters(self, around: Around) -> dict[str, float] | None:
        """None without both times."""
        if around.since_ns is None or around.until_ns is None:
            return None
        reach = _PG_MARGIN * around.radius_m + _PG_MORE_M
        return {"reach": reach, "since_ns": around.since_ns, "until_ns": around.until_ns}


_POSTGIS = (
    "CREATE EXTENSION IF NOT EXISTS postgis",
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "ALTER TABLE incidents ADD COLUMN IF NOT EXISTS place geography(Point, 4326)"
    " GENERATED ALWAYS AS (geography(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326))) STORED",
    "CREATE INDEX IF NOT EXISTS ix_incidents_place ON incidents USING gist (place, occurred_ns)",
)


def time_axis(time_ns: int) -> float:
    """Where a time is on the tree's third axis."""
    return (time_ns - _EPOCH_NS) / _NS_PER_DEGREE


def _overlaps(box: Box, around: Around) -> ColumnElement[bool]:
    since = true() if around.since_ns is None else _rtree.c.until >= time_axis(around.since_ns) - _ROUNDED
    until = true() if around.until_ns is None else _rtree.c.since <= time_axis(around.until_ns) + _ROUNDED
    south, north = _rtree.c.north >= box.south - _ROUNDED, _rtree.c.south <= box.north + _ROUNDED
    west, east = _rtree.c.east >= box.west - _ROUNDED, _rtree.c.west <= box.east + _ROUNDED
    return and_(south, north, west, east, since, until)


def nearest(*within: ColumnElement[bool]) -> Select[Any]:
    """Keys of the nearest incidents that live on in no other, simulated ones or real ones. Parameters: `latitude`, `longitude`, `narrow`
    (the cosine of the latitude), `most`, `simulated`, and those of the conditions."""
    north = incidents.c.latitude - bindparam("latitude", type_=Double)
    east = (incidents.c.longitude - bindparam("longitude", type_=Double)) * bindparam("narrow", type_=Double)
    own = incidents.c.state != IncidentState.MERGED.value
    alike = incidents.c.simulated == bindparam("simulated", type_=Boolean)
    away = north * north + east * east
    return select(incidents.c.key).where(own, alike, *within).order_by(away, incidents.c.id).limit(bindparam("most"))


def _in_tree() -> ColumnElement[bool]:
    edges = {"north": "south", "east": "west", "until": "since"}
    lower = (_rtree.c[name] >= bindparam(edge) for name, edge in edges.items())
    upper = (_rtree.c[edge] <= bindparam(name) for name, edge in edges.items())
    return incidents.c.key.in_(select(_rtree.c.key).where(*lower, *upper))


def _in_reach() -> ColumnElement[bool]:
    point = func.geography(func.ST_SetSRID(func.ST_MakePoint(bindparam("longitude"), bindparam("latitude")), 4326))
    return func.ST_DWithin(column("place"), point, bindparam("reach"))


_TIMES = incidents.c.occurred_ns >= bindparam("since_ns"), incidents.c.occurred_ns < bindparam("until_ns")
# By the name of the database's dialect; for `Places.parameters`.
NEAREST = {"sqlite": nearest(_in_tree(), *_TIMES), "postgresql": nearest(_in_reach(), *_TIMES)}
