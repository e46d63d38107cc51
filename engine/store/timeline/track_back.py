"""Where somebody was, stay by stay: events of them at one camera, or in one zone, that follow one another closely."""

import sqlite3
from collections.abc import Iterable, Iterator

from engine.model.history.timeline import HitKind, SearchHit, TrackBack
from engine.model.time import SECOND
from engine.model.value_class import dataclass

APART_NS = 60 * SECOND  # what is further apart are two stays
MOST_EVENTS = 5_000  # that one answer looks at
_EVENTS = (
    "SELECT id, camera_id, zone_id, started_ns, ended_ns, severity, simulated FROM events"
    " WHERE person_id = ? AND person_id != '' AND NOT shadow AND started_ns >= ? AND started_ns < ?"
    " ORDER BY started_ns DESC, id DESC LIMIT ?"
)
_EVER = (-(1 << 63), (1 << 63) - 1)


@dataclass(frozen=True, slots=True)
class StayEvent:
    """An event as a stay needs it. `until_ns` None: still going on."""

    id: str
    camera_id: str
    zone_id: str
    since_ns: int
    until_ns: int | None
    severity: int
    simulated: bool

    @property
    def place(self) -> tuple[str, str]:
        """A zone of the radio has no camera; what a camera saw is at the camera, whatever the zone."""
        return (self.camera_id, "" if self.camera_id else self.zone_id)


def track_back(driver: sqlite3.Connection, ask: TrackBack) -> tuple[SearchHit, ...]:
    """Newest first; each with the id of the event it began with. They may lie within one another, where several sensors saw somebody."""
    since_ns = _EVER[0] if ask.since_ns is None else ask.since_ns
    until_ns = _EVER[1] if ask.until_ns is None else ask.until_ns
    rows = driver.execute(_EVENTS, (ask.person_id, since_ns, until_ns, MOST_EVENTS)).fetchall()
    newest_last = [StayEvent(*row) for row in reversed(rows)]
    stays = sorted(_stays(newest_last), key=lambda stay: (stay[0].since_ns, stay[0].id), reverse=True)
    return tuple(_hit(ask.person_id, stay) for stay in stays[: ask.limit])


def _stays(events: Iterable[StayEvent]) -> Iterator[list[StayEvent]]:
    going_on: dict[tuple[str, str], list[StayEvent]] = {}
    for event in events:
        stay = going_on.get(event.place)
        if stay is not None and _follows(stay, event):
            stay.append(event)
            continue
        if stay is not None:
            yield stay
        going_on[event.place] = [event]
    yield from going_on.values()


def _follows(stay: list[StayEvent], event: StayEvent) -> bool:
    until_ns = _until_ns(stay)
    return until_ns is None or event.since_ns <= until_ns + APART_NS


def _until_ns(stay: list[StayEvent]) -> int | None:
    ends = [event.until_ns for event in stay]
    return None if None in ends else max(end for end in ends if end is not None)


def _hit(person_id: str, stay: list[StayEvent]) -> SearchHit:
    zones = " → ".join(dict.fromkeys(event.zone_id for event in stay if event.zone_id))
    return SearchHit(
        HitKind.PERSON,
        stay[0].id,
        stay[0].since_ns,
        zones,
        _until_ns(stay),
        stay[0].camera_id,
        person_id,
        max(event.severity for event in stay),
        simulated=any(event.simulated for event in stay),
    )
