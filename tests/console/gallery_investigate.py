"""The Investigate page and its dialogs, for the gallery."""

from PySide6.QtWidgets import QWidget

from console.dialogs.cameras.recording import RecordingDialog
from console.pages.investigate.investigate import InvestigatePage
from console.window import MainWindow
from engine.model.cameras.segment import EvidenceLock
from engine.model.history.replay import DifferenceKind, Different, ReplayDifference
from engine.model.history.timeline import Bookmark, HitKind, SearchHit
from engine.model.time import SECOND
from tests.console.gallery_chat import PLAN
from tests.console.gallery_incidents import wait
from tests.fakes.engine import FakeEngine

MINUTE_NS = 60 * SECOND
WEEK_NS = 7 * 24 * 60 * MINUTE_NS


class InvestigateGallery:
    def save(self, widget: QWidget, name: str) -> None: ...
    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def investigated(self) -> FakeEngine:
        """Four cameras with a past: hits, bookmarks, a difference."""
        engine = FakeEngine()
        for camera_id, name in (
            ("yard", "Yard"),
            ("hall", "Hall"),
            ("gate", "North gate"),
            ("dock", "Loading dock behind the old warehouse"),
        ):
            engine.add_camera(camera_id, name, f"rtsp://10.0.0.1/{camera_id}")
        now_ns, past = engine.now_ns, engine.past
        past.moments = [now_ns - n * 3 * 3600 * SECOND for n in range(60)]
        past.hits = [
            SearchHit(
                HitKind.EVENT, f"ev-{n}", now_ns - 7 * n * MINUTE_NS, "Person at the gate, for nine seconds", None, "gate", "", n % 5 + 1
            )
            for n in range(30)
        ]
        past.bookmarks = {"bm-1": Bookmark("bm-1", now_ns - 9 * MINUTE_NS, "The blue van comes back", "ada", now_ns)}
        engine.locks = (
            EvidenceLock("lk-3", now_ns - 12 * MINUTE_NS, now_ns - 9 * MINUTE_NS, "Asked for by the police", "ada", now_ns),
            EvidenceLock(
                "lk-2", now_ns - 40 * MINUTE_NS, now_ns - 21 * MINUTE_NS, "Break-in", "ida", now_ns, ("gate", "dock"), now_ns + WEEK_NS
            ),
            EvidenceLock("lk-1", now_ns - 2 * WEEK_NS, now_ns - 2 * WEEK_NS + MINUTE_NS, "Old case", "ida", now_ns, (), now_ns - WEEK_NS),
        )
        gained = Different(DifferenceKind.ALERT, "al-1", now_ns - 22 * MINUTE_NS, None, "Somebody in an armed zone", 4, "yard", "de-1")
        lost = Different(DifferenceKind.HELD, "de-7", now_ns - 18 * MINUTE_NS, None, "Motion", 1, "hall", "de-7")
        past.difference = ReplayDifference(
            "", (gained,), (lost,), ((DifferenceKind.EVENT, 41),), (("gates.min_confidence", "0.45", "0.3"),), 24.0
        )
        return engine

    def show_investigate(self) -> None:
        engine = self.investigated()
        with engine.running():
            window = self.window(engine)
            window.show_page("investigate")
            page = window.page("investigate")
            assert isinstance(page, InvestigatePage)
            wait(page.has_content)
            self.save(window, "investigate")
            engine.chats.plans["how many falls in the purple yard"] = PLAN
            page.question.setText("how many falls in the purple yard")
            wait(lambda: bool(page.chips.buttons))
            self.save(window, "investigate-question")
            page.question.setText("gate")
            page.ask()
            wait(lambda: bool(page.found.headline.text()))
            page.timeline.canvas.set_range((engine.now_ns - 30 * MINUTE_NS, engine.now_ns - 15 * MINUTE_NS))
            self.save(window, "investigate-found")
            page.try_settings()
            page.trying.form.confidence.setValue(0.3)
            self.save(window, "investigate-try")
            page.trying.run()
            wait(lambda: page.trying.difference() is not None)
            window.resize(1280, 800)
            self.save(window, "investigate-difference-small")
            dialog = page.make_pack()
            self.save(dialog, "investigate-pack")
            dialog.close()
            page.why.show_decision(engine.alerts.hold("de-7", age_s=18 * 60))
            self.save(window, "investigate-why")
            window.resize(1024, 640)
            self.save(window, "investigate-why-small-window")
            window.resize(1280, 800)
            page.why.hide()
            page.start_replay()
            wait(lambda: page.floor.view() is not None)
            self.save(window, "investigate-replay")
            page.replay.stop()
            page.show_tab(page.locks)
            wait(lambda: page.locks.list.model().rowCount() == 3)
            page.locks.list.select_moment("lk-2")
            page.locks._go("lk-2")
            self.save(window, "investigate-locks")
            locking = page.lock_stretch()
            locking.reason.setPlainText("Break-in at the gate, file 12/3")
            self.save(locking, "investigate-lock")
            locking.reject()
            recording = RecordingDialog(page._bridge, page)
            recording.open()
            self.save(recording, "investigate-recording")
            recording.close()
            page.open_calendar()
            wait(page.calendar.isVisible)
            self.save(page.calendar, "investigate-calendar")
            page.calendar.hide()
            window.close()

    def show_investigate_form(self) -> None:
        """Hits and timeline limited by the chips of the form; a condition that leaves nothing is named."""
        engine = self.investigated()
        with engine.running():
            window = self.window(engine)
            window.show_page("investigate")
            page = window.page("investigate")
            assert isinstance(page, InvestigatePage)
            wait(page.has_content)
            page.head.form.click()
            page.chips.chosen.emit("where", "camera:gate")
            wait(lambda: page.found.list.model().rowCount() > 0)
            self.save(window, "investigate-form")
            page.chips.chosen.emit("where", "camera:yard")
            wait(lambda: page.found.list.model().rowCount() == 0)
            self.save(window, "investigate-form-nothing")
            window.close()

    def show_investigate_empty(self) -> None:
        window = self.window(FakeEngine())
        window.show_page("investigate")
        self.save(window, "investigate-empty")
        window.close()
