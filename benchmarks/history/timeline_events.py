"""A year of events as a busy site has them: days and nights, quiet and crowded cameras, people who come often, sentences of many words."""

from collections.abc import Iterator

import numpy as np

from engine.model.event import Event, EventKind, Severity
from engine.model.time import SECOND

YEAR_S = 365 * 86_400
OF_A_YEAR = 10_000_000
BATCH = 20_000  # events saved at once
CAMERAS, PEOPLE, WORDS = 16, 200, 2_000
_KINDS = (EventKind.MOTION, EventKind.PERSON, EventKind.ZONE_VISIT, EventKind.CROSSING, EventKind.LOITERING, EventKind.FALL)
_SHARES = (0.5, 0.33, 0.1, 0.05, 0.015, 0.005)
_SEVERITIES = tuple(Severity)
_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo")
PLACES = ("gate", "yard", "hall", "stairs", "roof", "cellar", "kitchen", "garage")


def word(number: int) -> str:
    """A made-up word of three syllables."""
    base = len(_SYLLABLES)
    return "".join(_SYLLABLES[number // base**place % base] for place in range(3)) + str(number % 7)


def batches(events: int, until_ns: int) -> Iterator[list[Event]]:
    """All of them in the order in which they began, until `until_ns`. Fewer than those of a year are of less than a year."""
    draw = np.random.default_rng(1)
    each_ns = YEAR_S * SECOND // OF_A_YEAR
    for begin in range(0, events, BATCH):
        count = min(BATCH, events - begin)
        yield _batch(draw, begin, count, until_ns - each_ns * (events - begin), each_ns * count)


def _batch(draw: np.random.Generator, begin: int, count: int, since_ns: int, span_ns: int) -> list[Event]:
    moments = np.sort(draw.beta(2.0, 2.0, count))  # busier in the middle: batches of a quarter of a day are days and nights
    kinds = draw.choice(len(_KINDS), count, p=_SHARES)
    cameras = np.minimum(draw.geometric(0.2, count), CAMERAS) - 1
    severities = np.minimum(draw.geometric(0.55, count), 5)
    people = np.where(draw.random(count) < 0.15, np.minimum(draw.zipf(1.4, count), PEOPLE), 0)
    words = np.minimum(draw.zipf(1.2, (count, 2)), WORDS)
    corners = draw.random((count, 4)) * (900.0, 400.0, 300.0, 300.0)
    rows = zip(
        (since_ns + (moments * span_ns).astype(np.int64)).tolist(),
        kinds.tolist(),
        cameras.tolist(),
        severities.tolist(),
        people.tolist(),
        words.tolist(),
        corners.tolist(),
        strict=True,
    )
    return [_event(begin + number, *row) for number, row in enumerate(rows)]


def _event(number: int, at_ns: int, kind: int, camera: int, severity: int, person: int, words: list[int], corner: list[float]) -> Event:
    x, y, wide, high = corner
    return Event(
        id=f"ev-{number:012x}-0",
        kind=_KINDS[kind],
        camera_id=f"camera-{camera}",
        subject_id=f"tr-{number:012x}-0",
        severity=_SEVERITIES[severity - 1],
        started_ns=at_ns,
        ended_ns=at_ns + 20 * SECOND,
        received_ns=at_ns + SECOND // 10,
        confidence=0.7,
        decision_id=f"de-{number:012x}-0",
        box_xyxy=(x, y, x + wide, y + high),
        reason=f"Seen near the {PLACES[camera % len(PLACES)]} with {word(words[0])} and {word(words[1])}",
        simulated=True,
        person=f"Person {person}" if person else "",
        person_id=f"pe-{person}" if person else "",
    )
