"""The Incidents page and its dialogs, for the gallery."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from console.dialogs.atlas import AtlasDialog
from console.dialogs.import_reports import ImportReportsDialog
from console.dialogs.merge_incidents import MergeIncidentsDialog
from console.dialogs.site_anchor import SiteAnchorDialog
from console.dialogs.validate_incident import EditIncidentDialog, ValidateDialog
from console.pages.incidents import IncidentsPage
from console.window import MainWindow
from engine.model.atlas import AtlasHealth, AtlasSettings, AtlasState
from engine.model.atlas_call import Pattern, PatternAnswer
from engine.model.event import Severity
from engine.model.incident import Classification, IncidentCategory, Report, SourceOfReport
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


def wait(until: Callable[[], bool], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


class IncidentsGallery:
    _scratch: Path

    def save(self, widget: QWidget, name: str) -> None: ...
    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def incidents(self, engine: FakeEngine, user: str = "ada") -> tuple[MainWindow, IncidentsPage]:
        window = self.window(engine, user)
        window.show_page("incidents")
        page = window.page("incidents")
        assert isinstance(page, IncidentsPage)
        wait(lambda: page.has_content() and page.side.looks.patterns is not None)
        return window, page

    def show_incidents(self) -> None:
        engine = reported_site()
        with engine.running():
            self._show_incidents(engine)

    def _show_incidents(self, engine: FakeEngine) -> None:
        window, page = self.incidents(engine)
        window.resize(1600, 960)
        page.table.select("in-1")
        wait(lambda: page.side.looks.patterns is not None and bool(page.side.looks.reports))
        self.save(window, "incidents")
        page.side.show_tab(1)
        self.save(window, "incidents-reports")
        for panel in page.side.card.reports.panels()[1:3]:
            panel.box.setChecked(True)
        self.save(window, "incidents-split")
        page.side.show_tab(2)
        self.save(window, "incidents-related")
        page.table.select("in-11")
        page.side.show_tab(2)
        self.save(window, "incidents-review")
        page.table.select("in-8")
        page.side.show_tab(0)
        self.save(window, "incidents-degraded")
        page.map.zoom(6)
        page.map.setFocus()
        self.save(window, "incidents-close")
        page.side.setCurrentIndex(1)
        self.save(window, "incidents-atlas")
        page.filter.text.setText("nothing like this")
        self.save(window, "incidents-nothing-fits")
        page.filter.clear()
        page.side.setCurrentIndex(0)
        window.resize(1024, 640)
        self.save(window, "incidents-small")
        window.close()

    def show_incidents_many(self) -> None:
        engine = crowded_site()
        window, page = self.incidents(engine)
        window.resize(1600, 960)
        while page.feed.more:
            page.feed.load_older()
            wait(lambda: self_idle(page))
        self.save(window, "incidents-many")
        window.close()
        window, page = self.incidents(FakeEngine())
        self.save(window, "incidents-none")
        window.close()

    def show_incident_dialogs(self) -> None:
        engine = reported_site()
        window, page = self.incidents(engine)
        page.table.select("in-1")
        wait(lambda: bool(page.side.looks.others))
        it = page.side.incident()
        assert it is not None
        bridge = page._bridge
        others = tuple(engine.incidents.record.incidents.values())
        bad = self._scratch / "reports.csv"
        bad.write_text(CSV, "utf-8")
        for name, dialog in (
            ("validate", ValidateDialog(bridge, it, True)),
            ("edit", EditIncidentDialog(bridge, it)),
            ("merge", MergeIncidentsDialog(bridge, it, tuple(each for each in others if each.id != it.id), "in-5")),
            ("atlas", AtlasDialog(bridge)),
            ("anchor", SiteAnchorDialog(bridge)),
        ):
            dialog.show()
            self.save(dialog, f"incident-dialog-{name}")
            dialog.close()
        importing = ImportReportsDialog(bridge)
        importing.show()
        self.save(importing, "incident-dialog-import")
        importing.file.edit().setText(str(bad))
        importing.start()
        wait(lambda: importing.rows.count() > 0)
        self.save(importing, "incident-dialog-imported")
        importing.close()
        window.close()


CSV = """incident_type,description,latitude,longitude,occurred_at
theft,A bag was taken from a table,59.3301,18.0699,2026-01-01T12:00:00Z
theft,A bag was taken from a table,159.3301,18.0699,2026-01-01T12:00:00Z
murder mystery,A play in the park for everybody,59.3301,18.0699,2026-01-01T12:00:00Z
fire,short,59.3301,18.0699,2026-01-01T12:00:00Z
"""


def self_idle(page: IncidentsPage) -> bool:
    return page.has_content()
