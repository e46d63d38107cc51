"""A day at a site, made up, with its truth: what deserves an operator, and everything else that happens.

Knows the words of the model, and nothing of how alerts are decided. All numbers of a day follow from its seed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import Event, EventKind, Severity
from engine.model.incidents.incident import Corroboration, EvidenceKind, Incident, IncidentCategory
from engine.model.radio.fused import FusedPicture, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.settings import CameraSettings
from engine.model.site import Floor, Position, Zone
from engine.model.time import SECOND

START_NS = 1_772_406_000 * SECOND  # 2026-03-02 00:00 in Stockholm winter time, a Monday
HOUR_S, DAY_S = 3600.0, 86_400.0
CAMERAS = tuple(f"cam-{number}" for number in range(12))
NODES = tuple(f"24:6F:28:00:00:{number:02X}" for number in range(10))
ZONES = tuple(Zone(f"zone-{n}", f"Zone {n}", 10.0 * n, 0.0, 10.0 * n + 10, 20.0) for n in range(8))
FLOOR = Floor((0.0, 0.0, 80.0, 20.0), zones=ZONES)
NIGHT_ENDS_S, NIGHT_BEGINS_S = 6 * HOUR_S, 21 * HOUR_S


def cameras() -> tuple[CameraSettings, ...]:
    return tuple(CameraSettings(name, name.capitalize(), f"rtsp://192.0.2.1/{name}") for name in CAMERAS)


@dataclass(frozen=True)
class Told:
    """A sensor tells something at a time; it goes on for `lasts_s`. truth: which true occurrence it belongs to, -1: none.

    `sure`: what its track's confidence grows to. person: on the floor, -1 where no camera has a place.
    """

    at_s: float
    kind: EventKind
    severity: Severity
    camera_id: str = ""
    subject_id: str = ""
    lasts_s: float = 20.0
    sure: float = 0.8
    truth: int = -1
    position: Position | None = None
    person: int = -1
    graver: tuple[float, Severity] | None = None  # seconds later it is this


@dataclass(frozen=True)
class Reported:
    """An incident as reports make it: at each of `times_s` there is one reporter more."""

    times_s: tuple[float, ...]
    severity: Severity
    category: IncidentCategory
    name: str
    truth: int = -1

    def at(self, count: int) -> Incident:
        at_ns = ns(self.times_s[0])
        said = tuple(
            Corroboration(EvidenceKind.REPORT, f"{self.name}-{i}", f"user:{self.name}-{i}", ns(self.times_s[i]), "day", 1.0)
            for i in range(count)
        )
        text = "Somebody saw it and says so"
        times = (at_ns, at_ns, ns(self.times_s[count - 1]))
        return Incident(self.name, self.category, text, 59.33, 18.06, *times, self.severity, corroborations=said, revision=count)


@dataclass
class Day:
    seed: int
    told: list[Told] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    truths: dict[int, str] = field(default_factory=dict)

    def true(self, what: str) -> int:
        self.truths[len(self.truths)] = what
        return len(self.truths) - 1


def ns(at_s: float) -> int:
    return START_NS + round(at_s * SECOND)


def make_day(seed: int) -> Day:
    day, chance = Day(seed), random.Random(seed)
    for add in (_falls, _fights, _intruders, _reports, _lost_cameras, _contradictions):
        add(day, chance)
    for add in (_passers_by, _shadows, _parked_cars, _bursts, _chatter, _gossip):
        add(day, chance)
    return day


# what deserves an operator


def _falls(day: Day, chance: random.Random) -> None:
    for _ in range(8):
        at_s, zone = chance.uniform(0, DAY_S - 900), chance.randrange(8)
        truth, place = day.true("fall"), (10.0 * zone + chance.uniform(1, 9), chance.uniform(1, 19), 0.3)
        radio = chance.random() < 0.5
        told = Told(at_s, EventKind.FALL, Severity.HIGH, "" if radio else chance.choice(CAMERAS), f"fall-{truth}", 300.0, truth=truth)
        sure, graver = chance.uniform(0.6, 0.95), (chance.uniform(20, 60), Severity.CRITICAL)
        day.told.append(replace(told, sure=sure, position=place if radio else None, graver=graver))
        for again in range(chance.randrange(3)):  # the track is lost and found, and the fall told anew
            day.told.append(replace(day.told[-1], at_s=at_s + 8.0 * (again + 1), subject_id=f"fall-{truth}-{again}", graver=None))


def _fights(day: Day, chance: random.Random) -> None:
    for _ in range(4):
        at_s, camera, truth = chance.uniform(0, DAY_S - 900), chance.choice(CAMERAS), day.true("fight")
        for again in range(chance.randint(1, 5)):
            subject = f"fight-{truth}-{again}"
            day.told.append(
                Told(at_s + 11.0 * again, EventKind.FIGHT, Severity.HIGH, camera, subject, 9.0, chance.uniform(0.55, 0.9), truth)
            )


def _intruders(day: Day, chance: random.Random) -> None:
    """At night somebody goes through some zones: cameras, radio and zones all tell of them, also under several tracks."""
    for _ in range(5):
        truth, at_s = day.true("intruder"), _at_night(chance)
        zone, place = chance.randrange(6), chance.uniform(2, 18)
        for step in range(chance.randint(2, 4)):
            here, seen_s = (10.0 * (zone + step % 3) + 5, place, 1.0), at_s + 25.0 * step
            camera, sure = CAMERAS[(zone + step) % 12], chance.uniform(0.6, 0.92)
            common = Told(seen_s, EventKind.PERSON, Severity.LOW, camera, f"tr-in-{truth}-{step}", 22.0, sure, truth)
            day.told.append(replace(common, position=here, person=truth))
            radio = Told(seen_s + 1, EventKind.PRESENCE, Severity.MINIMAL, "", f"bl-in-{truth}", 22.0, 0.8, truth, here, truth)
            day.told += [radio, replace(radio, at_s=seen_s + 2, kind=EventKind.ZONE_VISIT)]


def _reports(day: Day, chance: random.Random) -> None:
    for _ in range(14):
        truth, at_s = day.true("reported incident"), chance.uniform(0, DAY_S - HOUR_S)
        more = sorted(chance.uniform(5, 280) for _ in range(chance.randrange(9)))
        category, severity = chance.choice(list(IncidentCategory)), Severity(chance.randint(3, 5))
        day.reported.append(Reported((at_s, *(at_s + later for later in more)), severity, category, f"in-{truth}", truth))


def _lost_cameras(day: Day, chance: random.Random) -> None:
    for _ in range(5):
        truth, camera = day.true("camera lost"), chance.choice(CAMERAS)
        lost = Told(chance.uniform(0, DAY_S - HOUR_S), EventKind.CAMERA_LOST, Severity.MODERATE, camera, camera, 1200.0, 1.0, truth)
        day.told.append(lost)


def _contradictions(day: Day, chance: random.Random) -> None:
    for _ in range(4):
        truth, place = day.true("contradiction"), (chance.uniform(0, 80), chance.uniform(0, 20), 1.0)
        kind = chance.choice([EventKind.TWO_PLACES, EventKind.BADGE_WITHOUT_OWNER])
        day.told.append(Told(chance.uniform(0, DAY_S), kind, Severity.MODERATE, "", f"who-{truth}", 60.0, 1.0, truth, place))


# and everything else


def _passers_by(day: Day, chance: random.Random) -> None:
    """By day, most of them at the beginning and end of work."""
    for number in range(2400):
        middle = chance.choice([8.0, 12.0, 16.5, 13.0])
        at_s = min(max(chance.gauss(middle, 1.2) * HOUR_S, NIGHT_ENDS_S + 60), NIGHT_BEGINS_S - 300)
        camera, lasts_s = chance.choice(CAMERAS), chance.uniform(3, 60)
        day.told.append(Told(at_s, EventKind.PERSON, Severity.LOW, camera, f"tr-day-{number}", lasts_s, chance.uniform(0.5, 0.95)))
        if number % 8 == 0:
            idle = Told(at_s, EventKind.LOITERING, Severity.LOW, camera, f"tr-idle-{number}", 120.0, 0.8)
            day.told.append(idle)


def _shadows(day: Day, chance: random.Random) -> None:
    """At night a detector takes shadows, plants and reflections for people, for a moment."""
    for number in range(500):
        camera, lasts_s = chance.choice(CAMERAS), min(0.6 + chance.expovariate(2.0), 8.0)
        sure = chance.triangular(0.48, 0.64, 0.49)
        shadow = Told(_at_night(chance), EventKind.PERSON, Severity.LOW, camera, f"tr-sh-{number}", lasts_s, sure)
        day.told.append(shadow)


def _parked_cars(day: Day, chance: random.Random) -> None:
    """Headlights, and cars that come and go on the car park; a detector that knows no cars calls it motion."""
    for number in range(900):
        camera = chance.choice(CAMERAS[:3])
        day.told.append(Told(chance.uniform(0, DAY_S), EventKind.MOTION, Severity.MINIMAL, camera, f"mo-{number}", 6.0, 1.0))


def _bursts(day: Day, chance: random.Random) -> None:
    """Power and switches fail: within seconds half of the sensors are gone, for minutes. Worth one alert."""
    for number in range(3):
        truth, at_s = day.true("power failure"), chance.uniform(0, DAY_S - HOUR_S)
        for node in chance.sample(NODES, 8):
            lost = Told(at_s + chance.uniform(0, 20), EventKind.NODE_LOST, Severity.MODERATE, "", node, 400.0 + number, 1.0, truth)
            day.told.append(lost)
        for camera in chance.sample(CAMERAS, 6):
            lost = Told(at_s + chance.uniform(0, 20), EventKind.CAMERA_LOST, Severity.MODERATE, camera, camera, 400.0, 1.0, truth)
            day.told.append(lost)


def _chatter(day: Day, chance: random.Random) -> None:
    """A loose plug: one camera comes and goes for an hour."""
    at_s, camera, truth = chance.uniform(0, DAY_S - 2 * HOUR_S), chance.choice(CAMERAS), day.true("loose plug")
    for number in range(40):
        lost = Told(
            at_s + 90.0 * number + chance.uniform(0, 40), EventKind.CAMERA_LOST, Severity.MODERATE, camera, camera, 20.0, 1.0, truth
        )
        day.told.append(lost)


def _gossip(day: Day, chance: random.Random) -> None:
    """Something big nearby: for twenty minutes many report trifles."""
    at_s = chance.uniform(8, 20) * HOUR_S
    for number in range(60):
        category = chance.choice([IncidentCategory.SUSPICIOUS_ACTIVITY, IncidentCategory.DISTURBANCE])
        severity = Severity(chance.randint(1, 2))
        day.reported.append(Reported((at_s + chance.uniform(0, 1200),), severity, category, f"in-gossip-{number}"))


def _at_night(chance: random.Random) -> float:
    """Well inside, so that what is told then ends before the morning."""
    hours = chance.uniform(0.2, 5.5) if chance.random() < 0.65 else chance.uniform(21.2, 23.6)
    return hours * HOUR_S


# as the floor sees it


def track_of(told: Told, at_s: float) -> Track | None:
    """The camera's track while it is seen: its confidence grows within a second to what it becomes."""
    age_s = at_s - told.at_s
    if told.kind is not EventKind.PERSON or not 0 <= age_s <= told.lasts_s:
        return None
    best = told.sure * min(1.0, 0.85 + 0.15 * age_s)
    now_ns = ns(at_s)
    return Track(
        told.subject_id, 1, told.camera_id, Category.PERSON, TrackStatus.CONFIRMED, (0, 0, 1, 1), (0, 0), best, best, ns(told.at_s), now_ns
    )


def floor_of(living: list[Told], at_s: float) -> FusedPicture:
    """People who have a place, each with all sources that tell of them."""
    people: dict[int, list[Told]] = {}
    for told in living:
        if told.person >= 0 and told.kind in (EventKind.PERSON, EventKind.PRESENCE):
            people.setdefault(told.person, []).append(told)
    return FusedPicture(ns(at_s), tuple(_fused(person, each, at_s) for person, each in people.items()))


def _fused(person: int, each: list[Told], at_s: float) -> FusedTrack:
    sources = tuple(
        FusedSource(SourceKind.CAMERA if t.camera_id else SourceKind.RADIO, t.subject_id, t.camera_id or "radio", ns(at_s), 0.3)
        for t in each
    )
    place = each[-1].position or (0.0, 0.0, 0.0)
    spread = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.1))
    since_ns = ns(each[0].at_s)
    return FusedTrack(f"fu-{person}", person, FusedStatus.CONFIRMED, place, spread, (0.0, 0.0, 0.0), since_ns, ns(at_s), sources)


def event_of(told: Told, event_id: str, at_s: float) -> Event:
    """As a lane says it when it opens; people when they were seen for 0.6 s."""
    confidence = told.sure * 0.94 if told.kind is EventKind.PERSON else told.sure
    begun = Event(event_id, told.kind, told.camera_id, told.subject_id, told.severity, ns(told.at_s), None, ns(at_s), confidence, "de-0")
    zone = next((zone.id for zone in ZONES if told.position and zone.x0 <= told.position[0] < zone.x1), "")
    places = {"position": told.position if not told.camera_id else None}
    return replace(begun, zone_id=zone if told.kind is EventKind.ZONE_VISIT else "", **places)


def opens_s(told: Told) -> float:
    return told.at_s + (0.6 if told.kind is EventKind.PERSON else 0.0)


def closes_s(told: Told) -> float:
    """People may come back for three seconds."""
    return told.at_s + told.lasts_s + (3.0 if told.kind is EventKind.PERSON else 0.0)


def moments(day: Day) -> Iterator[tuple[float, str, Told | Reported, int]]:
    """What is said, in time: `open`, `graver`, `close`, `report` with the number of reporters."""
    said: list[tuple[float, int, str, Told | Reported, int]] = []
    for told in day.told:
        said.append((opens_s(told), len(said), "open", told, 0))
        if told.graver is not None:
            said.append((told.at_s + told.graver[0], len(said), "graver", told, 0))
        said.append((closes_s(told), len(said), "close", told, 0))
    for reported in day.reported:
        said += [(at_s, len(said) + i, "report", reported, i + 1) for i, at_s in enumerate(reported.times_s)]
    for at_s, _, what, about, count in sorted(said, key=lambda each: each[:2]):
        yield at_s, what, about, count
