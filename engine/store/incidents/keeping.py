"""Letting go of incidents that have long been over, with all that was said in them. Their ids, and those of reports that a sender chose the
key of, stay known as gone, so that nothing else is ever called by them.
"""

from collections.abc import Callable
from collections.abc import Sequence as Several
from collections.abc import Set as AnySet

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from engine.model.incidents.incident import IncidentState
from engine.model.value_class import dataclass
from engine.store.fire.smoke_tables import incident_smoke
from engine.store.incidents.places import places_of
from engine.store.tables import incident_news, incidents, removed_ids, reports
from engine.store.upsert import insert_into

_OWNER = reports.c.link["own_incident_id"].as_string()
_MERGED = IncidentState.MERGED.value
_INTO = incidents.c.body["merged_into"].as_string()
_AT_ONCE = 500  # ids in one statement
_GONE = select(removed_ids.c.id).where(removed_ids.c.id.in_(bindparam("ids", expanding=True)))

Place = tuple[int, str]
"""When an incident occurred, and its id: where a walk through them is."""
Protected = Callable[[Several[str]], AnySet[str]]
"""Which of these ids somebody still needs."""


@dataclass(frozen=True, slots=True)
class Swept:
    """`ids` that were removed, or may be. `after`: where to go on; None: all were looked at, so from the beginning."""

    ids: tuple[str, ...] = ()
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class _Old:
    """`into`: which one it lives on in; empty where it is of itself."""

    id: str
    is_open: bool
    changed_ns: int
    into: str


def sweep(connection: Connection, before_ns: int, after: Place | None, most: int, protected: Protected) -> Swept:
    """Look at `most` incidents that occurred before a time, and remove those that may go."""
    found = may_go(connection, before_ns, after, most, protected)
    for begin in range(0, len(found.ids), _AT_ONCE):
        _remove(connection, list(found.ids[begin : begin + _AT_ONCE]))
    return found


def count(connection: Connection, before_ns: int, protected: Protected) -> int:
    """How many `sweep` would remove in the end."""
    found = may_go(connection, before_ns, None, _AT_ONCE, protected)
    total = len(found.ids)
    while found.after is not None:
        found = may_go(connection, before_ns, found.after, _AT_ONCE, protected)
        total += len(found.ids)
    return total


def may_go(connection: Connection, before_ns: int, after: Place | None, most: int, protected: Protected) -> Swept:
    """Of `most` incidents that occurred before a time, those that are closed, last changed before it, and not protected, each together
    with those that live on in it, or not at all."""
    rows = _old(connection, before_ns, after, most)
    ends = [each for each, _ in rows if not each.is_open and not each.into]
    merged = _merged_into(connection, [each.id for each in ends])
    lost = _orphaned_merges(connection, [each for each, _ in rows if each.into])
    groups = [*([each, *merged.get(each.id, ())] for each in ends), *([each] for each in lost)]
    kept = protected([each.id for group in groups for each in group])
    gone = [each.id for group in groups if all(each.changed_ns < before_ns and each.id not in kept for each in group) for each in group]
    return Swept(tuple(gone), rows[-1][1] if len(rows) == most else None)


def gone_ids(connection: Connection, ids: Several[str]) -> frozenset[str]:
    """Those of some hundred that were in the record once."""
    return frozenset(connection.scalars(_GONE, {"ids": ids})) if ids else frozenset()


def _old(connection: Connection, before_ns: int, after: Place | None, most: int) -> list[tuple[_Old, Place]]:
    place = incidents.c.occurred_ns, incidents.c.id
    query = select(*place, incidents.c.state, incidents.c.updated_ns, _INTO).where(incidents.c.occurred_ns < before_ns)
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*after))
    rows = connection.execute(query.order_by(*place).limit(most))
    return [(_Old(row[1], row[2] == IncidentState.OPEN.value, row[3], row[4] or ""), (row[0], row[1])) for row in rows]


def _merged_into(connection: Connection, ids: list[str]) -> dict[str, list[_Old]]:
    """Those that live on in them, which the links of their reports name, and of what sensors said."""
    found: dict[str, list[_Old]] = {}
    owners = _owners(connection, ids)
    query = select(incidents.c.id, incidents.c.updated_ns, incidents.c.occurred_ns, _INTO).where(incidents.c.state == _MERGED)
    for begin in range(0, len(owners), _AT_ONCE):
        for row in connection.execute(query.where(incidents.c.id.in_(owners[begin : begin + _AT_ONCE]))):
            found.setdefault(row[3], []).append(_Old(row[0], False, max(row[1], row[2]), row[3]))
    return {into: several for into, several in found.items() if into in ids}


def _owners(connection: Connection, ids: list[str]) -> list[str]:
    """Incidents that links of these began in."""
    if not ids:
        return []
    told = connection.scalars(select(_OWNER).where(reports.c.incident_id.in_(ids), reports.c.incident_id != _OWNER).distinct())
    links = connection.scalars(select(incidents.c.body["corroborations"]).where(incidents.c.id.in_(ids)))
    sensed = (str(link["own_incident_id"]) for several in links for link in several)
    return [each for each in dict.fromkeys((*told, *sensed)) if each and each not in ids]


def _orphaned_merges(connection: Connection, merged: list[_Old]) -> list[_Old]:
    """Those of merged ones whose other is gone: all that was said in them was moved elsewhere before."""
    if not merged:
        return []
    known = set(connection.scalars(select(incidents.c.id).where(incidents.c.id.in_({each.into for each in merged}))))
    return [each for each in merged if each.into not in known]


def _remove(connection: Connection, ids: list[str]) -> None:
    of_them = reports.c.incident_id.in_(ids)
    known_again = select(reports.c.id).where(of_them, reports.c.key != "")
    _note_gone(connection, [*ids, *connection.scalars(known_again)])
    places_of(connection).remove(connection, select(incidents.c.key).where(incidents.c.id.in_(ids)))
    connection.execute(delete(reports).where(of_them))
    connection.execute(delete(incident_news).where(incident_news.c.incident_id.in_(ids)))
    connection.execute(delete(incident_smoke).where(incident_smoke.c.incident_id.in_(ids)))
    connection.execute(delete(incidents).where(incidents.c.id.in_(ids)))


def _note_gone(connection: Connection, ids: list[str]) -> None:
    connection.execute(insert_into(connection, removed_ids).on_conflict_do_nothing(), [{"id": each} for each in ids])
