"""A town around a site in which people report things, for the console."""

from dataclasses import replace

import numpy as np

from engine.model.event import Severity
from engine.model.incidents.atlas import AtlasHealth, AtlasSettings, AtlasState
from engine.model.incidents.atlas_call import Pattern, PatternAnswer
from engine.model.incidents.incident import Classification, IncidentCategory, Report, SourceOfReport
from engine.model.site import Floor, SiteAnchor, Wall
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine

HERE = SiteAnchor(59.3293, 18.0686, 24.0)
C = IncidentCategory
ARABIC = "رأيت شخصين يحاولان فتح باب السيارة البيضاء أمام المتجر ثم هربا باتجاه المحطة."
LONG = (
    "I was walking home along the quay when two people in dark jackets came out between the parked cars. One had a bolt cutter, "
    "went for the bicycles at the rack, the other kept a lookout towards the bridge. They took two bicycles, one red, one grey with a "
    "child seat, and rode off towards the ferry. I shouted, but they did not stop. A man in the kiosk saw it too and may have a picture. "
) * 2


def report(
    engine: FakeEngine,
    number: int,
    ago_s: float,
    category: IncidentCategory,
    text: str,
    north_m: float = 0.0,
    east_m: float = 0.0,
    **more: object,
) -> Report:
    at_ns = engine.now_ns - round(ago_s * SECOND)
    known = Report(
        f"rp-{number}",
        category,
        text,
        HERE.latitude + north_m / 111_400,
        HERE.longitude + east_m / 56_900,
        at_ns,
        at_ns + 9 * SECOND,
        reporter=f"user:{number}",
    )
    return replace(known, **more)  # type: ignore[arg-type]


def reported_site() -> FakeEngine:
    """A town around the site: bicycles stolen and told by four, a fight, a fire, doubts and offers."""
    engine = FakeEngine()
    engine.add_camera("yard", "Yard")
    engine.settings = replace(engine.settings, anchor=HERE, floor=floor())
    book = engine.incidents
    book.file(
        report(engine, 1, 1500, C.THEFT, LONG, 140, 60),
        report(engine, 2, 1460, C.THEFT, "Two men stole bicycles from the rack by the kiosk and rode to the ferry.", 152, 75),
        report(engine, 3, 1430, C.THEFT, ARABIC, 131, 52, source=SourceOfReport.PATROL, severity=Severity.HIGH),
        report(engine, 4, 1390, C.THEFT, "bike theft quay, suspects gone", 160, 50, reporter=""),
        report(engine, 5, 1380, C.SUSPICIOUS_ACTIVITY, "Two people with a bolt cutter hang around the bicycle rack.", 128, 71),
        report(
            engine,
            6,
            5200,
            C.VIOLENCE,
            "A fight outside the restaurant, about six people, one has a bottle.",
            -260,
            310,
            severity=Severity.HIGH,
        ),
        report(engine, 7, 5150, C.VIOLENCE, "Several people fighting at the corner.", -255, 322, severity=Severity.HIGH),
        report(engine, 8, 300, C.FIRE, "Smoke from a container behind the warehouse, flames now.", 40, -210, severity=Severity.CRITICAL),
        report(engine, 9, 9000, C.VANDALISM, "Paint on the tram stop, still wet.", 420, -380, severity=Severity.LOW),
        report(engine, 10, 2000, C.BURGLARY, "A broken window at the ground floor.", -90, -40, media=("a.jpg",), look=(1.0, 0.0)),
        report(
            engine,
            11,
            1950,
            C.BURGLARY,
            "Somebody climbed in through the window.",
            -84,
            -44,
            media=("b.jpg",),
            look_trouble="The picture is damaged.",
        ),
        report(engine, 12, 40, C.DISTURBANCE, "Loud music since two in the morning.", 610, 420, severity=Severity.MINIMAL),
    )
    now = engine.now_ns
    classify(
        engine,
        "in-1",
        Classification(
            "theft",
            Severity.HIGH,
            0.93,
            "atlas",
            now - 1490 * SECOND,
            "TH-2291",
            "atlas-4.2",
            products=(("polisen", "Cykelstöld"),),
            recommendations=("Send the nearest patrol to the ferry terminal.", "Keep the recordings of the quay from 10 minutes before."),
        ),
    )
    classify(
        engine,
        "in-8",
        Classification("fire", Severity.CRITICAL, 0.5, "local", now, degraded_reason="Waiting for Atlas: no answer within 10 s."),
    )
    classify(engine, "in-6", Classification("violence", Severity.HIGH, 0.88, "atlas", now, "TH-2280", "atlas-4.2"))
    book.atlas = AtlasHealth(
        AtlasState.WORKING,
        since_ns=now - 6 * 3600 * SECOND,
        waiting=3,
        classified=0.972,
        enriched=0.61,
        mean_ms=143.0,
        uptime=0.9961,
        links_per_week=7.0,
        agreement=0.91,
        local_agreement=0.64,
        key_stored=True,
    )
    book.patterns = PatternAnswer(
        True,
        (
            Pattern(
                "pt-1",
                "Bicycle thefts along the quay",
                ("theft",),
                HERE.latitude,
                HERE.longitude,
                400,
                23,
                "increasing",
                0.8,
                0.9,
                distance_m=180,
            ),
            Pattern(
                "pt-2", "Fights at closing time", ("violence",), HERE.latitude, HERE.longitude, 300, 9, "stable", 0.6, 0.7, distance_m=640
            ),
        ),
        ("Watch the bicycle racks between 22 and 02.",),
    )
    engine.settings = replace(engine.settings, atlas=AtlasSettings(True, "https://atlas.example.org"))
    engine.publish()
    return engine


def floor() -> Floor:
    walls = (Wall((0, 12), (30, 12)), Wall((18, 0), (18, 12)), Wall((8, 12), (8, 22)))
    return Floor((0.0, 0.0, 30.0, 22.0), walls=walls)


def classify(engine: FakeEngine, incident_id: str, said: Classification) -> None:
    engine.incidents.put(replace(engine.incidents.record.incidents[incident_id], classification=said))


def crowded_site(count: int = 1000) -> FakeEngine:
    """So many incidents around the site, most in two places."""
    engine = FakeEngine()
    engine.settings = replace(engine.settings, anchor=HERE, floor=floor())
    chance = np.random.default_rng(4)
    kinds = tuple(C)
    for number in range(count):
        spread = 2500 if number % 3 else 300
        north, east = chance.normal(0, spread, 2)
        said = report(engine, number, 60.0 * number, kinds[number % len(kinds)], f"Report number {number} of the storm", north, east)
        engine.incidents.file(replace(said, severity=Severity(1 + number % 5)))
    engine.publish()
    return engine
