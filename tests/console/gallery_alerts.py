"""Alerts on every screen, for the gallery: the page in all its states, its dialogs, the status bar and Live."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from console.dialogs.alerts.alert_rules import AlertRulesDialog
from console.dialogs.alerts.why_nothing import WhyNothingDialog
from console.pages.alerts.alerts import AlertsPage
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.alerts.alert import AlarmLoad, AlertState, Disposition, Note
from engine.model.alerts.decision import EvidencePart, Outcome
from engine.model.alerts.settings import RuleMode, SiteMode
from engine.model.cameras.picture_zone import PictureZone
from engine.model.cameras.trail import EventTrails, TrackTrail
from engine.model.command import CreateUser
from engine.model.event import EventKind, Severity
from engine.model.question import RuleTrial
from engine.model.site import CameraPose, Floor, Zone
from engine.model.time import SECOND
from tests.fakes.alerts import gates
from tests.fakes.engine import FakeEngine
from tests.fakes.scene import Scene

LONG = "The long corridor behind the north warehouse, second floor, between the archive and the stairs"


def wait(until: Callable[[], bool], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def alerting_site() -> FakeEngine:
    """A night with a fall, somebody in an armed zone whom several cameras see, a lost camera, something shelved and something held."""
    engine = FakeEngine()
    for camera_id, name in (("hall", "Hall"), ("yard", "Yard"), ("gate", "North gate"), ("dock", "Loading dock by the river")):
        engine.add_camera(camera_id, name)
    engine.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    zones = (Zone("z-lab", "Laboratory", 0, 0, 5, 4), Zone("z-store", LONG, 5, 0, 9, 4))
    lane = PictureZone("pz-lane", "Lane to the gate", ((0.1, 0.5), (0.8, 0.45), (0.95, 0.95), (0.05, 0.95)))
    cameras = tuple(replace(camera, zones=(lane,)) if camera.id == "gate" else camera for camera in engine.settings.cameras)
    poses = (CameraPose("hall", (0.5, 0.5, 2.4), (4.0, 3.0, 1.0)), CameraPose("dock", (9.5, 0.5, 2.4), (6.0, 3.0, 1.0)))
    floor = Floor(extent=(0.0, 0.0, 10.0, 6.0), zones=zones, camera_poses=poses)
    engine.settings = replace(engine.settings, floor=floor, cameras=cameras)
    engine.settings = replace(engine.settings, alerts=replace(engine.settings.alerts, mode=SiteMode.NIGHT))
    fake = engine.alerts
    reason = "A fall, Laboratory. Went down at 2.1 m/s and lies still."
    fake.add(EventKind.FALL, Severity.CRITICAL, "hall", 8.0, zone_id="z-lab", person="Ada Lovelace", person_id="p1", reason=reason)
    group = "z-store person"
    for number, (camera_id, age) in enumerate((("dock", 40.0), ("gate", 95.0))):
        text = "Unidentified person in an armed zone."
        made = fake.add(EventKind.PERSON, Severity.HIGH, camera_id, age, zone_id="z-store", group=group, reason=text)
        if number:
            fake.change(made.id, seen_by=("ada",), state=AlertState.ACKNOWLEDGED, assignee="bo", event_ids=("e1", "e2", "e3"))
    lost = fake.add(EventKind.CAMERA_LOST, Severity.MODERATE, "yard", 700.0, procedure=(), reason="No picture for 12 s.", position=None)
    fake.change(lost.id, seen_by=("ada",), state=AlertState.IN_PROGRESS, assignee="ada")
    badge = fake.add(EventKind.BADGE_WITHOUT_OWNER, Severity.LOW, "", 1500.0, zone_id="z-lab", person="Charles", procedure=())
    fake.change(badge.id, seen_by=("ada",))
    shelf = fake.add(EventKind.LOITERING, Severity.LOW, "gate", 3000.0)
    until = engine.now_ns + 2800 * SECOND
    fake.change(shelf.id, shelved_until_ns=until, shelved_reason="The caretaker waits for a delivery.", seen_by=("ada",))
    for number in range(3):
        fake.hold(f"de-h{number}", EventKind.PERSON if number else EventKind.MOTION, "gate" if number else "dock", 60.0 + 200 * number)
    note = Note(engine.now_ns - 60 * SECOND, "bo", "Called the caretaker: he is on his way, and does not know who that could be.")
    fake.change("al-0002", notes=(note,), steps_done=(0,))
    fake.load = AlarmLoad(4, False, 0.004, ((5, 1), (4, 2), (3, 1), (2, 1)), 0, (("gate", 9), ("z-store", 4), ("hall", 2)))
    engine.publish()
    return engine


def walked(camera_id: str, started_ns: int) -> EventTrails:
    """Where the first of the gallery's clip walks."""
    scene = Scene(people=2, width=640, height=360)
    seconds = [n / 2 for n in range(13)]
    boxes = tuple((x0 / 640, y0 / 360, x1 / 640, y1 / 360) for x0, y0, x1, y1 in (scene.boxes_at(second)[0] for second in seconds))
    times = tuple(started_ns + round(second * SECOND) for second in seconds)
    return EventTrails(camera_id, (TrackTrail("tr-1", "person", times[:6], boxes[:6]), TrackTrail("tr-1", "person", times[9:], boxes[9:])))


class AlertsGallery:
    _folder: Path
    _clip: Path

    def save(self, widget: QWidget, name: str) -> None: ...
    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def alerts(self, engine: FakeEngine, user: str = "ada") -> tuple[MainWindow, AlertsPage]:
        window = self.window(engine, user)
        window.show_page("alerts")
        page = window.page("alerts")
        assert isinstance(page, AlertsPage)
        wait(page.has_content)
        return window, page

    def show_alerts(self) -> None:
        engine = alerting_site()
        window, page = self.alerts(engine)
        self.save(window, "alerts")
        page.list.step(1)
        wait(lambda: page.card.decision is not None and page.card.decision.camera_id == "dock")
        wait(lambda: False, 0.3)
        page.card.area.verticalScrollBar().setValue(9999)
        page.card.evidence.boxes()[1].setChecked(False)
        page.card.evidence.boxes()[2].setChecked(False)
        self.save(window, "alerts-silent")
        page.list.step(1)
        self.save(window, "alerts-long-name")
        page.list.step(-1, extend=True)
        page.held.show_list()
        self.save(window, "alerts-held")
        page.back()
        page.list.bar.shelved.setChecked(True)
        self.save(window, "alerts-shelved")
        page.list.bar.clear()
        page.list.bar.text.setText("nothing like it")
        self.save(window, "alerts-no-match")
        page.list.bar.clear()
        fall = next(event for event in engine.events if event.kind is EventKind.FALL)
        engine.trails[fall.id] = walked(fall.camera_id, fall.started_ns)
        engine.add_clip(fall, self._clip)
        page.want(page.list.model.visible_alerts()[0].id)
        wait(page.stage.shows_clip, 4)
        wait(lambda: False, 1.5)
        self.save(window, "alerts-clip")
        window.resize(1024, 640)
        self.save(window, "alerts-small-window")
        window.close()

    def show_alerts_live(self) -> None:
        engine = alerting_site()
        with engine.running():
            window = self.window(engine)
            page = window.page("live")
            wait(page.has_content)
            wait(lambda: False, 1)
            self.save(window, "alerts-live")
            window.status.mode_button.chosen.emit(SiteMode.HOME)
            self.save(next(one for one in window.findChildren(QDialog) if one.isVisible()), "alerts-mode")
            next(one for one in window.findChildren(QDialog) if one.isVisible()).close()
            window.resize(1024, 640)
            self.save(window, "alerts-live-small")
            window.close()

    def show_alerts_numbers(self) -> None:
        engine = FakeEngine()
        engine.add_camera("hall", "Hall")
        window, _ = self.alerts(engine)
        self.save(window, "alerts-0")
        window.close()
        kinds = (EventKind.PERSON, EventKind.FALL, EventKind.LOITERING, EventKind.CAMERA_LOST)
        for number in range(200):
            engine.alerts.add(kinds[number % 4], Severity(1 + number % 5), "hall", 5.0 * number, group=f"g{number // 3}")
        holding = "Alarm flood: 34 alerts in ten minutes. Minimal and low alerts are held, and alerts of one cause are grouped."
        engine.alerts.load = AlarmLoad(
            34, True, 0.062, tuple((level, 40) for level in (5, 4, 3, 2, 1)), 3, (("hall", 180), ("gate", 20)), holding
        )
        engine.publish()
        window, _ = self.alerts(engine)
        self.save(window, "alerts-200")
        window.close()

    def show_alerts_past(self) -> None:
        engine = alerting_site()
        first = engine.alerts.open[0]
        engine.alerts.closed = tuple(
            replace(first, id=f"past-{number}", state=AlertState.CLOSED, disposition=Disposition.BENIGN, group=f"past-{number}")
            for number in range(450)
        )
        window, page = self.alerts(engine)
        page.list.bar.state.setCurrentIndex(page.list.bar.state.findData(AlertState.CLOSED))
        page.list.bar.text.setText(first.camera_id)
        wait(lambda: page.older.isVisible())
        self.save(window, "alerts-past")
        window.close()

    def show_alerts_dialogs(self) -> None:
        engine = alerting_site()
        fake = engine.alerts
        rules = engine.settings.alerts.rules
        engine.settings = replace(
            engine.settings,
            alerts=replace(
                engine.settings.alerts, rules=(*rules, replace(rules[1], id="trial", name="Loiters at the gate", mode=RuleMode.SHADOW))
            ),
        )
        for number in range(4):
            parts = (EvidencePart("camera", "gate", "Camera: confidence 55%", 0.2),)
            low = fake.decide(f"de-w{number}", EventKind.PERSON, Severity.LOW, Outcome.REJECTED, "gate", parts, 50.0 + number, gates(0.2))
            fake.decisions[low.id] = replace(low, flip="Missing for an alert: 1.80 more evidence (0.20, threshold 2.00).")
        engine.publish()
        window, page = self.alerts(engine)
        for name, act in (("close", "close"), ("shelve", "shelve"), ("note", "note")):
            page.do(act)
            self._dialog(page, f"alerts-{name}")
        page.ask_why_nothing()
        self._why(page)
        page.edit_rules()
        fake.trial = RuleTrial(412, ("de-w0", "de-w1"), ("de-h0",), tuple(f"de-a{number}" for number in range(5)))
        self._rules(page)
        window.show_shortcuts()
        self.save(next(one for one in window.findChildren(QDialog) if one.isVisible()), "alerts-keys")
        window.close()

    def _why(self, page: AlertsPage) -> None:
        dialog = next(one for one in page.findChildren(WhyNothingDialog))
        self.save(dialog, "alerts-why-empty")
        dialog.tabs.setCurrentIndex(0)
        dialog.plan.choose_place(3.0, 2.0)
        dialog.ask()
        wait(lambda: bool(dialog.found.current()))
        self.save(dialog, "alerts-why")
        dialog.close()

    def _rules(self, page: AlertsPage) -> None:
        dialog = next(one for one in page.findChildren(AlertRulesDialog))
        dialog.list.setCurrentRow(1)
        self.save(dialog, "alerts-rules")
        dialog.form.evidence.setValue(3.0)
        dialog.form.hours.add_button.click()
        dialog.try_now()
        wait(lambda: dialog.save.isEnabled())
        self.save(dialog, "alerts-rules-tried")
        dialog.tabs.setCurrentWidget(dialog.text)
        wait(lambda: dialog.text.settled)
        self.save(dialog, "alerts-rules-text")
        editor = dialog.text.editor
        wrong = editor.toPlainText().replace('"badge_without_owner"', '"badge_without"').replace("armed_only = true", "armed_onl = true")
        editor.setPlainText(wrong)
        wait(lambda: bool(dialog.text.wrong))
        editor.go_to(20)
        self.save(dialog, "alerts-rules-text-wrong")
        dialog.tabs.setCurrentWidget(dialog.arming)
        self.save(dialog, "alerts-arming")
        dialog.close()

    def _dialog(self, page: AlertsPage, name: str) -> None:
        dialog = next(one for one in page.findChildren(QDialog) if one.isVisible())
        self.save(dialog, name)
        dialog.close()
        wait(lambda: False, 0.1)
