"""A believable day on lanes, for tests and pictures of the timeline."""

import random

from engine.model.history.timeline import Bookmark, LaneKind, LaneMarks, LaneSpan, SpanState, Timeline, TimelineLane
from engine.model.time import SECOND

HOUR_NS = 3600 * SECOND
NAMES = {
    "yard": "Yard",
    "hall": "Hall",
    "gate": "North gate",
    "dock": "Loading dock behind the old warehouse, south side",
    "radio": "Radio",
    "p-ada": "Ada Lind",
    "p-bo": "Bo Ek",
}


def busy_day(since_ns: int, until_ns: int, columns: int, now_ns: int) -> tuple[Timeline, dict[str, str]]:
    """Four cameras of which one lost its picture, radio, two people, incidents, decisions, operators; the same each time."""
    chance = random.Random(7)
    column_ns = (until_ns - since_ns) // columns
    last = min(columns, max(0, (now_ns - since_ns) // column_ns))

    def marks(kind: str, rate: float, worst: int = 1, most: int = 6) -> LaneMarks:
        counts = [0] * columns
        for column in range(last):
            busy = 1.0 if 7 <= (since_ns + column * column_ns) // HOUR_NS % 24 < 18 else 0.15
            if chance.random() < rate * busy:
                counts[column] = chance.randint(1, most)
        return LaneMarks(kind, tuple(counts), tuple(worst if count else 0 for count in counts))

    def at(hours: float) -> int:
        return now_ns - round(hours * HOUR_NS)

    cameras = []
    for number, camera_id in enumerate(("yard", "hall", "gate", "dock")):
        lost = camera_id == "gate"
        video = (
            (
                LaneSpan(at(30), at(11.5), SpanState.VIDEO),
                LaneSpan(at(11.5), at(9.2), SpanState.GAP),
                LaneSpan(at(9.2), now_ns, SpanState.VIDEO),
            )
            if lost
            else (LaneSpan(at(30), now_ns, SpanState.VIDEO),)
            if number < 3
            else tuple(LaneSpan(at(n), at(n - 0.03), SpanState.CLIP) for n in (18, 14.2, 13.9, 8.1, 7.7, 5.0, 4.9, 2.2))
        )
        kinds = (marks("motion", 0.5), marks("person", 0.2, 2), marks("raised", 0.008, 4 - number % 2, 1))
        cameras.append(TimelineLane(LaneKind.CAMERA, camera_id, kinds, video))
    watched = [
        TimelineLane(LaneKind.OBSERVED, "yard", (), (LaneSpan(at(30), now_ns, SpanState.OBSERVED),)),
        TimelineLane(
            LaneKind.OBSERVED,
            "hall",
            (),
            (LaneSpan(at(30), at(6), SpanState.OBSERVED), LaneSpan(at(6), now_ns, SpanState.PARTLY, "a third of the picture is masked")),
        ),
        TimelineLane(
            LaneKind.OBSERVED,
            "gate",
            (),
            (
                LaneSpan(at(30), at(11.5), SpanState.OBSERVED),
                LaneSpan(at(11.5), at(9.2), SpanState.BLIND, "no picture"),
                LaneSpan(at(9.2), now_ns, SpanState.OBSERVED),
            ),
        ),
        TimelineLane(LaneKind.OBSERVED, "radio", (), (LaneSpan(at(16), now_ns, SpanState.OBSERVED),)),
    ]
    lanes = (
        *cameras,
        TimelineLane(LaneKind.RADIO, "", (marks("presence", 0.1), marks("zone_visit", 0.05), marks("fall", 0.003, 5, 1))),
        TimelineLane(LaneKind.BLE, "", (marks("named", 0.04),)),
        TimelineLane(LaneKind.PEOPLE, "p-ada", (marks("person", 0.06),)),
        TimelineLane(LaneKind.PEOPLE, "p-bo", (marks("person", 0.03),)),
        TimelineLane(LaneKind.INCIDENTS, "", (marks("incident", 0.01, 3, 1),)),
        TimelineLane(LaneKind.DECISIONS, "", (marks("raised", 0.03, 4, 2), marks("held", 0.15), marks("rejected", 0.4))),
        TimelineLane(LaneKind.ACTS, "", (marks("act", 0.05),)),
        *watched,
    )
    notes = (
        Bookmark("bm-1", at(8), "The blue van comes back", "ada", now_ns),
        Bookmark("bm-2", at(4), "Guard round", "bo", now_ns, until_ns=at(3.2)),
    )
    kept = tuple(note for note in notes if since_ns <= note.at_ns < until_ns)
    return Timeline(since_ns, until_ns, columns, lanes, kept), dict(NAMES)
